/* row_reader.h: a chunk of whole CSV rows into tables of cell positions, a batch at a time.
 *
 * Rows without quotes go through the vectorised index, all others one by one through the exact
 * reader; a row with the wrong number of cells is reported and left out.
 *
 * Ownership: the reader owns its tables; the chunk is the caller's, is written to (quotes are taken
 *            out in place), and needs CSV_PADDING readable bytes behind it.
 * Threads:   one thread at a time per reader.
 *
 * Example:   row_reader_begin(&reader, &header, text, n);
 *            while (row_reader_next(&reader, bad_row, shared)) { ... reader.table ... } */
#ifndef SOURCE_ROW_READER_H
#define SOURCE_ROW_READER_H

#include "base/simd.h"
#include "codec/csv.h"
#include "model/user_batch.h"
#include "source/report_header.h"

struct row_reader {
    csv_index_fn index;
    struct row_table table;
    uint32_t *ends, *begins, *lines;
    size_t rows_max;
    char *text;
    size_t n, at;
    uint32_t line; /* of `at`, from 0 */
};

/* Called for a row that has `found` cells where the header has `expected`. */
typedef void (*bad_row_fn)(void *shared, uint32_t line, size_t found, size_t expected);

void row_reader_init(struct row_reader *reader, enum simd_level level);
void row_reader_release(struct row_reader *reader);
/* Whole rows only: the text is empty or ends in a line feed. */
void row_reader_begin(struct row_reader *reader, const struct report_header *header, char *text,
                      size_t n);
/* Fills reader->table with the next rows, at most BATCH_ROWS_MAX; false when none are left. Line
 * numbers count from 0 at the start of the chunk. */
bool row_reader_next(struct row_reader *reader, bad_row_fn bad_row, void *shared);

#endif
