/* A time is checked and converted with a dozen vector instructions and no branch on its content;
 * the words of the format are told apart by length and first bytes. Cells are read in blocks of 32
 * bytes, which is why chunks have readable padding. */
#include "source/report_decode.h"

#include <immintrin.h>
#include <string.h>

#include "base/instant.h"

static inline uint64_t load_u64(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint32_t load_u32(const char *p)
{
    uint32_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint64_t word_of(const char *eight)
{
    return load_u64(eight);
}

/* Converts YYYY-MM-DDThh:mm:ss at p; false when it is not that, or beyond the calendar's table. */
static inline bool time_convert(const struct calendar *calendar, const char *p, int64_t *out)
{
    const __m128i gather = _mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1);
    const __m128i separators =
        _mm_setr_epi8(0, 0, 0, 0, '-', 0, 0, '-', 0, 0, 'T', 0, 0, ':', 0, 0);
    const __m128i tens = _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 0, 0);
    enum { SEPARATOR_MASK = 1 << 4 | 1 << 7 | 1 << 10 | 1 << 13 };
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)p);
    uint16_t seconds = 0;

    memcpy(&seconds, p + 17, sizeof seconds);
    __m128i digits = _mm_insert_epi16(_mm_shuffle_epi8(text, gather), seconds, 6);
    digits = _mm_sub_epi8(digits, _mm_set1_epi8('0'));
    __m128i in_range = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
    unsigned are_digits = (unsigned)_mm_movemask_epi8(in_range) & 0x3fffU;
    unsigned are_separators =
        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, separators)) & SEPARATOR_MASK;
    /* Pairs of digits: century, year, month, day, hour, minute, second. */
    __m128i pairs = _mm_maddubs_epi16(digits, tens);
    uint64_t low = (uint64_t)_mm_cvtsi128_si64(pairs);
    uint64_t high = (uint64_t)_mm_extract_epi64(pairs, 1);
    unsigned year = (unsigned)(low & 0xffff) * 100 + (unsigned)(low >> 16 & 0xffff);
    unsigned month = (unsigned)(low >> 32 & 0xffff), day = (unsigned)(low >> 48);
    unsigned hour = (unsigned)(high & 0xffff), minute = (unsigned)(high >> 16 & 0xffff),
             second = (unsigned)(high >> 32 & 0xffff);
    unsigned index = (year - CALENDAR_YEAR_FIRST) * 12 + month - 1;
    bool in_table = year - CALENDAR_YEAR_FIRST < CALENDAR_MONTHS / 12 && month - 1 < 12;
    unsigned safe = in_table ? index : 0;
    int32_t month_start = calendar->days[safe];
    unsigned month_days = (unsigned)(calendar->days[safe + 1] - month_start);

    *out = ((int64_t)month_start + day - 1) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    return (are_digits == 0x3fffU) & (are_separators == SEPARATOR_MASK) & (p[16] == ':') &
           in_table & (day - 1 < month_days) & (hour < 24) & (minute < 60) & (second < 60);
}

static inline int64_t time_decode(const struct calendar *calendar, const char *p, size_t n)
{
    int64_t at = 0;
    bool is_zulu = (n == 20) & (p[19] == 'Z');
    bool is_offset =
        (n == 25) & (load_u32(p + 19) == load_u32("+00:")) & (p[23] == '0') & (p[24] == '0');
    bool is_na = (n == 3) & ((load_u32(p) & 0xffffff) == (load_u32("N/A") & 0xffffff));

    bool is_time = time_convert(calendar, p, &at) & (is_zulu | is_offset);
    if (likely(is_time | is_na)) {
        return is_time ? at : TIME_NONE;
    }
    return report_time_of((struct str){p, n});
}

bool report_times_avx2(const struct calendar *calendar, const struct row_table *table, size_t first,
                       size_t rows, size_t position, int64_t *out)
{
    const uint32_t *ends = table->ends + first * table->stride + position;
    bool unreadable = false;

    if (position == 0) { /* its cells do not begin behind another one's end */
        return report_times_scalar(calendar, table, first, rows, position, out);
    }
    for (size_t row = 0; row < rows; row++, ends += table->stride) {
        uint32_t begin = ends[-1] + 1;
        out[row] = time_decode(calendar, table->base + begin, ends[0] - begin);
        unreadable |= out[row] == TIME_UNREADABLE;
    }
    return unreadable;
}

/* One word of bits for up to 64 rows. */
static inline bool flags_word(const struct row_table *table, const uint32_t *ends, size_t rows,
                              struct flag_bits *out, size_t word)
{
    const uint64_t fold = UINT64_C(0x2020202020202020);
    const uint64_t true_word = word_of("true\0\0\0"), false_word = word_of("false\0\0");
    uint64_t is_true = 0, is_false = 0, others = 0;

    for (size_t i = 0; i < rows; i++) {
        const uint32_t *cell = ends + i * table->stride;
        uint32_t begin = cell[-1] + 1, n = cell[0] - begin;
        uint64_t text = (load_u64(table->base + begin) | fold);
        uint64_t yes = (n == 4) & ((text & UINT64_C(0xffffffff)) == true_word);
        uint64_t no = (n == 5) & ((text & UINT64_C(0xffffffffff)) == false_word);
        is_true |= yes << i;
        is_false |= no << i;
        others |= ((yes | no) ^ 1) << i;
    }
    out->is_true[word] = is_true;
    out->is_false[word] = is_false;
    out->is_na[word] = 0;
    out->is_not_supported[word] = 0;
    return report_flags_others(table, ends, others, out, word);
}

bool report_flags_avx2(const struct row_table *table, size_t first, size_t rows, size_t position,
                       struct flag_bits *out)
{
    const uint32_t *ends = table->ends + first * table->stride + position;
    bool unreadable = false;

    if (position == 0) {
        return report_flags_scalar(table, first, rows, position, out);
    }
    for (size_t row = 0; row < rows; row += 64) {
        size_t here = rows - row < 64 ? rows - row : 64;
        unreadable |= flags_word(table, ends + row * table->stride, here, out, row / 64);
    }
    return unreadable;
}
