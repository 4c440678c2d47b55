#include "source/report_decode.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"

int64_t report_time_of(struct str cell)
{
    int64_t at = 0;

    if (instant_parse(cell, &at)) {
        return at;
    }
    return str_eq(cell, STR("N/A"))              ? TIME_NONE
           : str_eq(cell, STR("no_information")) ? TIME_NEVER
           : str_eq(cell, STR("not_supported"))  ? TIME_NOT_SUPPORTED
                                                 : TIME_UNREADABLE;
}

enum flag_word report_flag_of(struct str cell)
{
    return str_eq_nocase(cell, STR("true"))      ? FLAG_TRUE
           : str_eq_nocase(cell, STR("false"))   ? FLAG_FALSE
           : str_eq(cell, STR("N/A"))            ? FLAG_NA
           : str_eq(cell, STR("not_supported"))  ? FLAG_NOT_SUPPORTED
           : str_eq(cell, STR("no_information")) ? FLAG_NO_INFORMATION
                                                 : FLAG_UNREADABLE;
}

bool report_times_scalar(const struct calendar *calendar, const struct row_table *table,
                         size_t first, size_t rows, size_t position, int64_t *out)
{
    bool unreadable = false;

    (void)calendar;
    for (size_t row = 0; row < rows; row++) {
        out[row] = report_time_of(row_cell(table, first + row, position));
        unreadable |= out[row] == TIME_UNREADABLE;
    }
    return unreadable;
}

bool report_flags_scalar(const struct row_table *table, size_t first, size_t rows, size_t position,
                         struct flag_bits *out)
{
    bool unreadable = false;

    memset(out, 0, sizeof *out);
    for (size_t row = 0; row < rows; row++) {
        enum flag_word word = report_flag_of(row_cell(table, first + row, position));
        uint64_t bit = UINT64_C(1) << (row % 64);
        out->is_true[row / 64] |= word == FLAG_TRUE ? bit : 0;
        out->is_false[row / 64] |= word == FLAG_FALSE ? bit : 0;
        out->is_na[row / 64] |= word == FLAG_NA ? bit : 0;
        out->is_not_supported[row / 64] |= word == FLAG_NOT_SUPPORTED ? bit : 0;
        unreadable |= word == FLAG_UNREADABLE;
    }
    return unreadable;
}

bool report_flags_others(const struct row_table *table, const uint32_t *ends, uint64_t others,
                         struct flag_bits *out, size_t word)
{
    bool unreadable = false;

    for (; others != 0; others &= others - 1) {
        unsigned i = (unsigned)__builtin_ctzll(others);
        const uint32_t *cell = ends + i * table->stride;
        uint32_t begin = cell[-1] + 1;
        enum flag_word flag = report_flag_of((struct str){table->base + begin, cell[0] - begin});
        uint64_t bit = UINT64_C(1) << i;
        out->is_na[word] |= flag == FLAG_NA ? bit : 0;
        out->is_not_supported[word] |= flag == FLAG_NOT_SUPPORTED ? bit : 0;
        unreadable |= flag == FLAG_UNREADABLE;
    }
    return unreadable;
}

static void report_hashes(uint64_t seed, const struct row_table *table, size_t first, size_t rows,
                          size_t position, uint64_t *out)
{
    for (size_t row = 0; row < rows; row++) {
        out[row] = hash_bytes(seed, row_cell(table, first + row, position));
    }
}

static void calendar_fill(struct calendar *calendar)
{
    for (int i = 0; i <= CALENDAR_MONTHS; i++) {
        calendar->days[i] = (int32_t)days_from_civil(CALENDAR_YEAR_FIRST + i / 12, i % 12 + 1, 1);
    }
    /* 2000 is a leap year, and its March year begins in 1999 for January and February. */
    for (int month = 0; month < 13; month++) {
        int next = month == 12 ? 1 : month + 1;
        int64_t begin = month == 0 ? 0 : days_from_civil(2000, month, 1);
        int64_t end = month == 0 ? 0 : days_from_civil(month == 12 ? 2001 : 2000, next, 1);
        for (int day = 0; day < 32; day++) {
            int64_t march = days_from_civil(month < 3 ? 1999 : 2000, 3, 1);
            bool exists = day >= 1 && begin + day <= end;
            calendar->day_of_year[month * 32 + day] =
                exists ? (int32_t)(begin + day - 1 - march) : -1;
        }
    }
}

void report_decoder_init(struct report_decoder *decoder, enum simd_level level)
{
    calendar_fill(&decoder->calendar);
    decoder->times = report_times_scalar;
    decoder->flags = report_flags_scalar;
    decoder->hashes = report_hashes;
#if defined(__x86_64__)
    if (level >= SIMD_AVX2) {
        decoder->times = report_times_avx2;
        decoder->flags = report_flags_avx2;
    }
    if (level >= SIMD_AVX512) {
        decoder->times = report_times_avx512;
        decoder->flags = report_flags_avx512;
    }
#endif
    (void)level;
}

static void mark_rows(struct user_batch *batch)
{
    size_t position = (size_t)batch->positions[COLUMN_USER];

    batch->words = (batch->rows + 63) / 64;
    memset(batch->is_root, 0, sizeof batch->is_root);
    memset(batch->valid, 0, sizeof batch->valid);
    memset(batch->valid, 0xff, batch->rows / 64 * sizeof(uint64_t));
    if (batch->rows % 64 != 0) {
        batch->valid[batch->rows / 64] = (UINT64_C(1) << (batch->rows % 64)) - 1;
    }
    for (size_t row = 0; row < batch->rows; row++) {
        struct str user = row_cell(batch->table, batch->first + row, position);
        if (unlikely(user.n > 0 && user.p[0] == '<') && str_eq(user, STR("<root_account>"))) {
            batch->is_root[row / 64] |= UINT64_C(1) << (row % 64);
        }
    }
}

void report_decode(const struct report_decoder *decoder, struct user_batch *batch, uint32_t wanted,
                   uint32_t *unreadable)
{
    *unreadable = 0;
    mark_rows(batch);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        bool bad = false;
        if ((wanted >> i & 1) == 0 || batch->positions[i] < 0) {
            continue;
        }
        size_t position = (size_t)batch->positions[i];
        if (batch->times[i] != NULL) {
            bad = decoder->times(&decoder->calendar, batch->table, batch->first, batch->rows,
                                 position, batch->times[i]);
        } else if (batch->flags[i] != NULL) {
            bad =
                decoder->flags(batch->table, batch->first, batch->rows, position, batch->flags[i]);
        }
        *unreadable |= bad ? 1U << i : 0;
    }
}

void report_decode_missing(struct user_batch *batch, uint32_t wanted, uint32_t missing)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if ((wanted & missing) >> i & 1) {
            for (size_t row = 0; batch->times[i] != NULL && row < BATCH_ROWS_MAX; row++) {
                batch->times[i][row] = TIME_MISSING;
            }
            if (batch->flags[i] != NULL) {
                memset(batch->flags[i], 0, sizeof *batch->flags[i]);
            }
        }
    }
}
