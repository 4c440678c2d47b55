#include "cli/progress.h"

#include <stdio.h>

#include "os/system.h"
#include "render/number.h"

enum { STDERR_FD = 2, LINE_SIZE_MAX = 256, BAR_WIDTH = 20 };

static const uint64_t second_ns = 1000000000, refresh_ns = 200000000;

void progress_begin(struct progress *progress, bool is_quiet)
{
    *progress = (struct progress){.started_ns = system_monotonic_ns(),
                                  .noun = STR("report"),
                                  .is_on = !is_quiet && system_is_terminal(STDERR_FD)};
}

static void write_size(struct buf *line, double bytes)
{
    if (bytes >= 1e9) {
        buf_printf(line, "%.1f GB", bytes / 1e9);
    } else if (bytes >= 1e6) {
        buf_printf(line, "%.0f MB", bytes / 1e6);
    } else {
        buf_printf(line, "%.0f kB", bytes / 1e3);
    }
}

void progress_write_bar(struct buf *out, uint64_t part, uint64_t whole)
{
    uint64_t filled = whole == 0 ? 0 : part >= whole ? BAR_WIDTH : part * BAR_WIDTH / whole;

    buf_char(out, '[');
    buf_fill(out, '#', filled);
    buf_fill(out, '.', BAR_WIDTH - filled);
    buf_str(out, STR("] "));
}

static void write_count(struct buf *line, const struct progress *progress, uint64_t count)
{
    if (progress->count_whole == 0) {
        number_counted(line, count, progress->noun);
        return;
    }
    number_grouped(line, count);
    buf_str(line, STR(" of "));
    number_counted(line, progress->count_whole, progress->noun);
}

/* Files may differ a thousandfold in size: what was read tells better how long the rest takes. */
static void write_rest(struct buf *line, const struct progress *progress, uint64_t bytes,
                       double seconds)
{
    if (bytes > 0 && bytes < progress->bytes_whole) {
        double left = (double)(progress->bytes_whole - bytes) * seconds / (double)bytes;
        buf_str(line, STR(", "));
        number_duration(line, (int64_t)left + 1);
        buf_str(line, STR(" left"));
    }
}

static void write_line(struct buf *line, const struct progress *progress, uint64_t bytes,
                       uint64_t count, double seconds)
{
    buf_str(line, STR("\r\x1b[K"));
    if (progress->bytes_whole > 0) {
        progress_write_bar(line, bytes, progress->bytes_whole);
    }
    write_count(line, progress, count);
    buf_str(line, STR(", "));
    if (bytes > 0) {
        write_size(line, (double)bytes);
        buf_str(line, STR(", "));
        write_size(line, (double)bytes / seconds);
    } else {
        buf_printf(line, "%.0f", (double)count / seconds);
    }
    buf_str(line, STR("/s"));
    write_rest(line, progress, bytes, seconds);
}

void progress_show(struct progress *progress, uint64_t bytes, uint64_t count)
{
    uint64_t now = 0, elapsed = 0;
    struct buf line;

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
    buf_init(&line, LINE_SIZE_MAX);
    write_line(&line, progress, bytes, count, (double)elapsed / 1e9);
    (void)fwrite(line.p, 1, line.n, stderr);
    (void)fflush(stderr);
    buf_release(&line);
}

void progress_end(struct progress *progress)
{
    if (progress->is_visible) {
        (void)fputs("\r\x1b[K", stderr);
        (void)fflush(stderr);
        progress->is_visible = false;
    }
}
