/* row_cutter.h: text that comes in windows, cut into chunks of whole rows.
 *
 * What is left behind the last whole row of a window is carried to the next one. Stretches that are
 * no rows (a line longer than REPORT_CHUNK_SIZE, a quote never closed) are dropped by line and
 * reported; the rows around them are kept.
 *
 * Ownership: the cutter owns its carry.
 * Threads:   one thread at a time; windows in order.
 *
 * Example:   size_t n = row_cutter_take(&cutter, window);
 *            n += read more behind it;
 *            row_cutter_cut(&cutter, window, n, at_end, false, &chunk); */
#ifndef SOURCE_ROW_CUTTER_H
#define SOURCE_ROW_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    REPORT_CHUNK_SIZE = 256 * 1024, /* a window, and the longest row that is read */
    REPORT_CHUNK_ERRORS_MAX = 4,
};

/* Whole rows of one report. */
struct report_chunk {
    char *text;
    size_t n;
    uint32_t lines_dropped; /* before its first row; errors[].line counts from 1 at its start */
    struct err errors[REPORT_CHUNK_ERRORS_MAX];
    size_t error_count;
};

struct row_cutter {
    char *carry;
    size_t carry_n;
    bool is_discarding; /* inside an endless line */
};

void row_cutter_init(struct row_cutter *cutter);
void row_cutter_release(struct row_cutter *cutter);

/* Moves the carry to `to` and returns its size: less than REPORT_CHUNK_SIZE, unless the last cut
 * asked to be called again. */
size_t row_cutter_take(struct row_cutter *cutter, char *to);
/* Cuts text[0..n), n at most 2 * REPORT_CHUNK_SIZE, with one byte of room behind it. `at_end`: no
 * text follows, so a last row may lack its line feed, unless `is_damaged`: then what has none was
 * cut off and is dropped. The chunk is a part of text and may be empty. True when more must be cut
 * before more is read: call again with what row_cutter_take gives. */
bool row_cutter_cut(struct row_cutter *cutter, char *text, size_t n, bool at_end, bool is_damaged,
                    struct report_chunk *chunk);

#endif
