/* report_decode.h: cells of a row table into the typed columns of a user_batch.
 *
 * Ownership: the decoder owns its tables; nothing else is allocated.
 * Threads:   a decoder is immutable after report_decoder_init.
 *
 * Example:   report_decode(&decoder, &batch, wanted, &unreadable); */
#ifndef SOURCE_REPORT_DECODE_H
#define SOURCE_REPORT_DECODE_H

#include "base/simd.h"
#include "model/user_batch.h"

enum { CALENDAR_YEAR_FIRST = 1970, CALENDAR_MONTHS = 12 * 136 };

struct calendar {
    /* First day of each month from January 1970 on, as days since 1970. */
    int32_t days[CALENDAR_MONTHS + 1];
    /* By month * 32 + day: days since 1 March of the year that starts in March; -1: no such day in
     * any year. */
    int32_t day_of_year[13 * 32];
};

struct report_decoder {
    struct calendar calendar;
    /* Fill out[0..rows) from the column at `position`; true when a cell was unreadable. */
    bool (*times)(const struct calendar *calendar, const struct row_table *table, size_t first,
                  size_t rows, size_t position, int64_t *out);
    bool (*flags)(const struct row_table *table, size_t first, size_t rows, size_t position,
                  struct flag_bits *out);
    /* out[row] = hash of the cell, for finding duplicates. */
    void (*hashes)(uint64_t seed, const struct row_table *table, size_t first, size_t rows,
                   size_t position, uint64_t *out);
};

void report_decoder_init(struct report_decoder *decoder, enum simd_level level);

/* Fills the wanted columns, is_root and valid for batch->rows rows from batch->first of
 * batch->table on. *unreadable: bit per column in which some cell was unreadable. Columns that the
 * report lacks must have been set by report_decode_missing. */
void report_decode(const struct report_decoder *decoder, struct user_batch *batch, uint32_t wanted,
                   uint32_t *unreadable);

/* Sets the wanted columns in `missing` to "missing" for all rows; once per header. */
void report_decode_missing(struct user_batch *batch, uint32_t wanted, uint32_t missing);

/* One cell by the rules of the format, the oracle of all variants. */
int64_t report_time_of(struct str cell);
enum flag_word {
    FLAG_TRUE,
    FLAG_FALSE,
    FLAG_NA,
    FLAG_NOT_SUPPORTED,
    FLAG_NO_INFORMATION,
    FLAG_UNREADABLE,
};
enum flag_word report_flag_of(struct str cell);

/* What the vector variants leave over: of the 64 rows whose cells end at ends[i * stride], those in
 * `others` hold neither true nor false. Sets their bits; true when one is unreadable. */
bool report_flags_others(const struct row_table *table, const uint32_t *ends, uint64_t others,
                         struct flag_bits *out, size_t word);

/* The variants, for tests and the benchmark. */
bool report_times_scalar(const struct calendar *calendar, const struct row_table *table,
                         size_t first, size_t rows, size_t position, int64_t *out);
bool report_flags_scalar(const struct row_table *table, size_t first, size_t rows, size_t position,
                         struct flag_bits *out);
bool report_times_avx2(const struct calendar *calendar, const struct row_table *table, size_t first,
                       size_t rows, size_t position, int64_t *out);
bool report_times_avx512(const struct calendar *calendar, const struct row_table *table,
                         size_t first, size_t rows, size_t position, int64_t *out);
bool report_flags_avx512(const struct row_table *table, size_t first, size_t rows, size_t position,
                         struct flag_bits *out);
bool report_flags_avx2(const struct row_table *table, size_t first, size_t rows, size_t position,
                       struct flag_bits *out);

#endif
