#include "cli/progress.h"

#include <stdio.h>

#include "os/system.h"

enum { STDERR_FD = 2 };

static const uint64_t second_ns = 1000000000, refresh_ns = 200000000;

void progress_begin(struct progress *progress, bool is_quiet)
{
    *progress = (struct progress){.started_ns = system_monotonic_ns(),
                                  .noun = "reports",
                                  .is_on = !is_quiet && system_is_terminal(STDERR_FD)};
}

void progress_show(struct progress *progress, uint64_t bytes, uint64_t reports)
{
    uint64_t now = 0, elapsed = 0;

    if (!progress->is_on) {
        return;
    }
    now = system_monotonic_ns();
    elapsed = now - progress->started_ns;
    if (elapsed < second_ns || now - progress->shown_ns < refresh_ns) {
        return;
    }
    progress->shown_ns = now;
    progress->is_visible = true;
    (void)fprintf(stderr, "\r\x1b[K%llu %s, %.1f GB, %.0f MB/s", (unsigned long long)reports,
                  progress->noun, (double)bytes / 1e9,
                  (double)bytes / 1e6 / ((double)elapsed / 1e9));
    (void)fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->is_visible) {
        (void)fputs("\r\x1b[K", stderr);
        (void)fflush(stderr);
        progress->is_visible = false;
    }
}
