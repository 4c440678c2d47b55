/* progress.h: one line on the terminal that says how far a long run is.
 *
 * It appears after a second of silence, is rewritten a few times a second, and is gone at the end;
 * where standard error is no terminal, nothing is ever written. Where the whole is known, it has a
 * bar and says how much time is left.
 *
 * Example:   struct progress progress;
 *            progress_begin(&progress, is_quiet);
 *            progress_show(&progress, bytes, count);
 *            progress_end(&progress); */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct progress {
    uint64_t started_ns, shown_ns;
    struct str noun; /* one of what is counted; progress_begin says report */
    /* All that there will be, if somebody knows: set behind progress_begin. 0: nobody does. */
    uint64_t bytes_whole, count_whole;
    bool is_on;      /* there is a terminal to show it on */
    bool is_visible; /* the line stands there now */
};

void progress_begin(struct progress *progress, bool is_quiet);
/* So far; without bytes the rate is that of what is counted. */
void progress_show(struct progress *progress, uint64_t bytes, uint64_t count);
/* Takes the line away; before a message, and at the end. */
void progress_end(struct progress *progress);

/* [#####...............] and a blank. */
void progress_write_bar(struct buf *out, uint64_t part, uint64_t whole);

#endif
