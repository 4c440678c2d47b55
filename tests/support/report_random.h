/* report_random.h: random credential reports, rich in edge cases: columns missing and shuffled,
 * each special value in each column, dates on both sides of every limit, names that need quotes.
 *
 * Threads:   one thread at a time.
 *
 * Example:   report_random_begin(&report, &random);
 *            report_random_header(&report, &out);
 *            report_random_row(&report, &out); */
#ifndef SUPPORT_REPORT_RANDOM_H
#define SUPPORT_REPORT_RANDOM_H

#include "base/buf.h"
#include "model/report_column.h"
#include "support/random.h"

enum { REPORT_RANDOM_COLUMNS_MAX = COLUMN_COUNT + 2 };

struct report_random {
    struct random *random;
    int columns[REPORT_RANDOM_COLUMNS_MAX]; /* in order; COLUMN_COUNT and above: unknown ones */
    size_t column_count;
    bool is_clean;    /* most values are as AWS writes them */
    bool is_unique;   /* the first row is root, all others are users of different names */
    size_t row_count; /* so far */
};

/* Chooses the columns: a generation, some of them taken out, perhaps shuffled, perhaps a new one.
 * */
void report_random_begin(struct report_random *report, struct random *random);
void report_random_header(const struct report_random *report, struct buf *out);
void report_random_row(struct report_random *report, struct buf *out);
/* One cell as CSV, quoted where it must be. */
void report_random_cell(struct buf *out, struct str cell);

#endif
