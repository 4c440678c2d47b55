/* user_batch.h: up to 1,024 rows of a credential report, column by column: what rules run on.
 *
 * Booleans are pairs of bit sets (true, false; neither: no boolean stood there); times are seconds,
 * with everything that is no time below TIME_FIRST. Only wanted columns are filled; a column that
 * the report lacks reads as missing.
 *
 * Ownership: the batch owns its arrays; cell texts point into the chunk that the batch was read
 *            from, which must outlive their use.
 * Threads:   one thread at a time per batch.
 *
 * Example:   struct str raw = user_batch_cell(batch, row, COLUMN_MFA); */
#ifndef MODEL_USER_BATCH_H
#define MODEL_USER_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/report_column.h"

enum { BATCH_ROWS_MAX = 1024, BATCH_WORDS = BATCH_ROWS_MAX / 64 };

/* What is no time, in order: the unknown ones first, then never and none. */
#define TIME_MISSING INT64_MIN          /* no such column */
#define TIME_UNREADABLE (INT64_MIN + 1) /* something else stood there */
#define TIME_NOT_SUPPORTED (INT64_MIN + 2)
#define TIME_NEVER (INT64_MIN + 3) /* no_information */
#define TIME_NONE (INT64_MIN + 4)  /* N/A */
#define TIME_FIRST (INT64_MIN + 16)

/* Where a cell's text stands: every row of a chunk has `stride` cells; cell c of row r ends at
 * ends[r * stride + c], and begins one byte behind the end of the cell before it, the first at
 * begins[r]. Line ends are no part of any cell. */
struct row_table {
    const char *base;
    const uint32_t *ends;
    const uint32_t *begins;
    const uint32_t *lines; /* line of each row within the chunk, from 0; NULL: line = row */
    size_t rows;
    uint32_t stride;
};

/* The whole row_table has at most this many rows per chunk; a batch views part of it. */
struct flag_bits {
    uint64_t is_true[BATCH_WORDS], is_false[BATCH_WORDS];
    uint64_t is_na[BATCH_WORDS];            /* the word N/A */
    uint64_t is_not_supported[BATCH_WORDS]; /* the word not_supported */
};

struct user_batch {
    size_t rows;
    size_t words; /* 64-bit words that hold bits for them */
    const struct row_table *table;
    size_t first;             /* row of the table that is row 0 here */
    const int16_t *positions; /* COLUMN_COUNT: where in a row the column stands; -1: missing */
    int64_t *times[COLUMN_COUNT];
    struct flag_bits *flags[COLUMN_COUNT];
    uint64_t is_root[BATCH_WORDS];
    uint64_t valid[BATCH_WORDS]; /* ones for the rows there are */
};

static inline struct str row_cell(const struct row_table *table, size_t row, size_t position)
{
    const uint32_t *ends = table->ends + row * table->stride;
    uint32_t begin = position == 0 ? table->begins[row] : ends[position - 1] + 1;

    return (struct str){table->base + begin, ends[position] - begin};
}

/* The text of a known column; empty when the report lacks it. */
static inline struct str user_batch_cell(const struct user_batch *batch, size_t row,
                                         enum report_column column)
{
    int16_t position = batch->positions[column];

    if (position < 0) {
        return (struct str){0};
    }
    return row_cell(batch->table, batch->first + row, (size_t)position);
}

void user_batch_init(struct user_batch *batch, uint32_t columns_wanted);
void user_batch_release(struct user_batch *batch);

/* The parts of an IAM ARN; empty where it is none. path has its slashes. */
struct arn_parts {
    struct str partition, account, path;
};
struct arn_parts arn_split(struct str arn);

/* Whom a row is about. The account is the one in its ARN, or `otherwise` where that has none. */
struct row_principal {
    struct str account, user, arn;
};
struct row_principal user_batch_principal(const struct user_batch *batch, size_t row,
                                          struct str otherwise);

#endif
