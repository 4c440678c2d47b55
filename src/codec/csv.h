/* csv.h: where the cells of a CSV text are: RFC 4180, read as Python's csv module reads it.
 *
 * Two readers that agree: an index of commas and line feeds made with the widest vectors the
 * machine has, for text without quotes; and an exact scalar reader for a row with quotes, which
 * takes the quotes out in place.
 *
 * Ownership: nothing is allocated; positions go to the caller's array.
 * Threads:   pure functions.
 *
 * Example:   csv_index_fn index = csv_index_choose(simd_level_detect());
 *            size_t count = index(text, 0, n, positions, positions_max, &span); */
#ifndef CODEC_CSV_H
#define CODEC_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "base/str.h"

/* Bytes behind the text that must be readable (their value does not matter), and spare entries in
 * the positions array: vectors may reach that far. */
enum { CSV_PADDING = 64 };

/* What an index call looked at. */
struct csv_span {
    size_t end;        /* text[from..end) was looked at and holds no quote */
    size_t feed_count; /* line feeds among the positions */
};

/* Writes the offset of each ',' and '\n' of text[from..n) to positions, in order, until the text
 * ends, a block holds a quote, or less than CSV_PADDING entries are left. Returns the count. */
typedef size_t (*csv_index_fn)(const char *text, size_t from, size_t n, uint32_t *positions,
                               size_t positions_max, struct csv_span *span);

csv_index_fn csv_index_choose(enum simd_level level);

/* The variants, for tests and the benchmark. */
size_t csv_index_scalar(const char *text, size_t from, size_t n, uint32_t *positions,
                        size_t positions_max, struct csv_span *span);
size_t csv_index_avx2(const char *text, size_t from, size_t n, uint32_t *positions,
                      size_t positions_max, struct csv_span *span);
size_t csv_index_avx512(const char *text, size_t from, size_t n, uint32_t *positions,
                        size_t positions_max, struct csv_span *span);

/* Offset just behind the line feed that ends the row which begins at `at`, quotes respected; 0 when
 * the text ends first. */
size_t csv_row_end(const char *text, size_t n, size_t at);

/* Reads the row text[begin..end), `end` behind its line feed (or at the end of the text), and takes
 * quotes out in place: cells move left within the row. ends[i] is where cell i ends; at most
 * ends_max are written. Returns the number of cells, 0 for a blank line. */
size_t csv_row_split(char *text, size_t begin, size_t end, uint32_t *ends, size_t ends_max);

#endif
