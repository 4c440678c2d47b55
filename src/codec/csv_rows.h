/* csv_rows.h: a CSV text that is in memory, row by row.
 *
 * For lists that people write: a mark before the first byte, blank rows and a last row without a
 * line end are nobody's error. Large inputs have readers of their own (source/row_reader.h).
 *
 * Ownership: the text is the caller's; quotes are taken out of it in place. Cells point into it.
 * Threads:   one at a time.
 *
 * Example:   csv_rows_init(&rows, text.p, text.n);
 *            while (csv_rows_next(&rows)) { ... csv_rows_cell(&rows, 0) ... rows.line ... } */
#ifndef CODEC_CSV_ROWS_H
#define CODEC_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Cells of a row that can be read; the index of a column that is not there, too. */
enum { CSV_CELLS_MAX = 256 };

struct csv_rows {
    size_t cell_count; /* of the row at hand; may be more than can be read */
    uint64_t line;     /* where it begins; 0 before the first */
    bool has_quotes;   /* cells are no longer where they stood in the line */
    /* private: */
    char *text;
    size_t n, at, begin;
    uint64_t next_line;
    uint32_t ends[CSV_CELLS_MAX];
};

void csv_rows_init(struct csv_rows *rows, char *text, size_t n);

/* Goes to the next row that is not blank; false at the end. */
bool csv_rows_next(struct csv_rows *rows);

/* Empty where the row has no such cell. */
struct str csv_rows_cell(const struct csv_rows *rows, size_t index);

/* Where the cell begins, in bytes of its line and from 1; 0 where quotes moved it. */
uint64_t csv_rows_col(const struct csv_rows *rows, size_t index);

/* No more rows than that can be left: for those who make room first. */
size_t csv_rows_left_max(const struct csv_rows *rows);

#endif
