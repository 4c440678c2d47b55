/* Sixteen times at once. Each cell's 25 bytes are loaded, and one byte permutation puts the digits
 * into one block of 16 bytes and the separators and zone into another; from there on everything is
 * arithmetic on vectors, and a cell that is not exactly right falls out of a mask. What is left
 * over (the words of the format, and whatever is wrong) goes to the exact reader one by one. */
#include "source/report_decode.h"

#include <immintrin.h>
#include <string.h>

#include "base/instant.h"

enum { BLOCK = 16, BLOCKS_AT_ONCE = 4, MONTH_DAY_COUNT = 13 * 32 };

/* What the cells of a block look like before the arithmetic. */
struct stage {
    _Alignas(64) uint8_t digits[BLOCK][16];     /* YYYYMMDDhhmmss, then two '0' */
    _Alignas(64) uint8_t separators[BLOCK][16]; /* --T:: and the zone */
    _Alignas(64) uint32_t begins[BLOCK], sizes[BLOCK];
};

static void stage_fill(struct stage *stage, const struct row_table *table, const uint32_t *ends,
                       size_t rows)
{
    /* Places without a byte of their own repeat one; they are masked out later, except behind the
     * zone, where the last '0' must stand again and again. */
    const __m256i order =
        _mm256_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 18, 18, 4, 7, 10, 13, 16,
                         19, 20, 21, 22, 23, 24, 24, 24, 24, 24, 24);

    for (size_t i = 0; i < BLOCK; i++) {
        const uint32_t *cell = ends + (i < rows ? i : 0) * table->stride;
        uint32_t begin = cell[-1] + 1;
        __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)(table->base + begin));
        __m256i sorted = _mm256_permutexvar_epi8(order, text);
        _mm_store_si128((__m128i *)(void *)stage->digits[i], _mm256_castsi256_si128(sorted));
        _mm_store_si128((__m128i *)(void *)stage->separators[i],
                        _mm256_extracti128_si256(sorted, 1));
        stage->begins[i] = begin;
        stage->sizes[i] = cell[0] - begin;
    }
}

/* Bit per cell of a vector of four (two 64-bit lanes a cell): set where either lane's bit is. */
static inline uint32_t either_lane(__mmask8 lanes)
{
    uint32_t bits = (uint32_t)lanes | (uint32_t)lanes >> 1;

    return (uint32_t)_pext_u32(bits, 0x55);
}

/* The separators of sixteen cells: bit set where they are wrong for the cell's length. */
static uint32_t separators_wrong(const struct stage *stage)
{
    const __m512i offset = _mm512_broadcast_i32x4(_mm_setr_epi8(
        '-', '-', 'T', ':', ':', '+', '0', '0', ':', '0', '0', '0', '0', '0', '0', '0'));
    const __m512i zulu = _mm512_broadcast_i32x4(
        _mm_setr_epi8('-', '-', 'T', ':', ':', 'Z', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m512i zulu_bytes =
        _mm512_broadcast_i32x4(_mm_setr_epi8(-1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    __m512i sizes = _mm512_load_si512(stage->sizes);
    uint32_t is_20 = _mm512_cmpeq_epi32_mask(sizes, _mm512_set1_epi32(20));
    uint32_t is_25 = _mm512_cmpeq_epi32_mask(sizes, _mm512_set1_epi32(25));
    uint32_t not_offset = 0, not_zulu = 0;

    for (unsigned i = 0; i < BLOCK / 4; i++) {
        __m512i four = _mm512_load_si512(stage->separators[i * 4]);
        not_offset |= either_lane(_mm512_cmpneq_epi64_mask(four, offset)) << (i * 4);
        not_zulu |= either_lane(_mm512_cmpneq_epi64_mask(_mm512_and_si512(four, zulu_bytes), zulu))
                    << (i * 4);
    }
    return ~((is_25 & ~not_offset) | (is_20 & ~not_zulu)) & 0xffff;
}

/* Year, month * 32 + day, minute of the day and second of sixteen cells, one kind a vector. Returns
 * a bit per cell that holds a non-digit or a number out of range. */
static uint32_t fields_read(const struct stage *stage, __m512i fields[4])
{
    const __m512i used = _mm512_broadcast_i32x4(
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0));
    const __m512i tens = _mm512_set1_epi16(0x010a);
    const __m512i most = _mm512_broadcast_i32x4(_mm_setr_epi16(99, 99, 12, 31, 23, 59, 59, 0));
    const __m512i weights = _mm512_broadcast_i32x4(_mm_setr_epi16(100, 1, 32, 1, 60, 1, 1, 0));
    const __m512i gather_low =
        _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    const __m512i gather_high =
        _mm512_setr_epi32(2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    __m512i quads[4], low[2], high[2];
    uint32_t wrong = 0;

    for (unsigned i = 0; i < BLOCK / 4; i++) {
        __m512i digits = _mm512_and_si512(
            _mm512_sub_epi8(_mm512_load_si512(stage->digits[i * 4]), _mm512_set1_epi8('0')), used);
        __m512i pairs = _mm512_maddubs_epi16(digits, tens);
        __m512i excess = _mm512_or_si512(_mm512_subs_epu8(digits, _mm512_set1_epi8(9)),
                                         _mm512_subs_epu16(pairs, most));
        wrong |= either_lane(_mm512_test_epi64_mask(excess, excess)) << (i * 4);
        quads[i] = _mm512_madd_epi16(pairs, weights);
    }
    for (unsigned i = 0; i < 2; i++) {
        low[i] = _mm512_permutex2var_epi32(quads[i * 2], gather_low, quads[i * 2 + 1]);
        high[i] = _mm512_permutex2var_epi32(quads[i * 2], gather_high, quads[i * 2 + 1]);
    }
    fields[0] = _mm512_shuffle_i64x2(low[0], low[1], 0x44);
    fields[1] = _mm512_shuffle_i64x2(low[0], low[1], 0xee);
    fields[2] = _mm512_shuffle_i64x2(high[0], high[1], 0x44);
    fields[3] = _mm512_shuffle_i64x2(high[0], high[1], 0xee);
    return wrong;
}

/* Days since 1970 of sixteen dates; bit set in the result where there is no such day. The year
 * starts in March, so that a leap day is its last. */
static uint32_t days_of(const struct calendar *calendar, __m512i year, __m512i month_day,
                        __m512i *days)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i safe = _mm512_min_epu32(month_day, _mm512_set1_epi32(MONTH_DAY_COUNT - 1));
    __m512i day_of_year = _mm512_i32gather_epi32(safe, calendar->day_of_year, 4);
    __mmask16 no_day = _mm512_cmplt_epi32_mask(day_of_year, zero);
    __mmask16 early = _mm512_cmplt_epi32_mask(month_day, _mm512_set1_epi32(3 * 32));
    __m512i y = _mm512_mask_sub_epi32(year, early, year, _mm512_set1_epi32(1));
    /* 5243 / 2^19 divides everything below 43,699 by 100 exactly. */
    __m512i century = _mm512_srli_epi32(_mm512_mullo_epi32(y, _mm512_set1_epi32(5243)), 19);
    __m512i leaps = _mm512_add_epi32(_mm512_sub_epi32(_mm512_srli_epi32(y, 2), century),
                                     _mm512_srli_epi32(century, 2));
    __m512i total = _mm512_add_epi32(
        _mm512_add_epi32(_mm512_mullo_epi32(y, _mm512_set1_epi32(365)), leaps), day_of_year);

    /* 29 February: the year itself must be a leap year. */
    __mmask16 leap_day = _mm512_cmpeq_epi32_mask(month_day, _mm512_set1_epi32(2 * 32 + 29));
    if (unlikely(leap_day != 0)) {
        __m512i hundreds = _mm512_srli_epi32(_mm512_mullo_epi32(year, _mm512_set1_epi32(5243)), 19);
        __mmask16 by_4 = _mm512_testn_epi32_mask(year, _mm512_set1_epi32(3));
        __mmask16 by_100 =
            _mm512_cmpeq_epi32_mask(_mm512_mullo_epi32(hundreds, _mm512_set1_epi32(100)), year);
        __mmask16 by_400 = _mm512_testn_epi32_mask(hundreds, _mm512_set1_epi32(3));
        no_day |= leap_day & (__mmask16) ~(by_4 & (__mmask16)((__mmask16)~by_100 | by_400));
    }
    /* 1 March of year 0 is 719,468 days before 1970. */
    *days = _mm512_sub_epi32(total, _mm512_set1_epi32(719468));
    return (uint32_t)no_day | _mm512_cmpeq_epi32_mask(year, zero);
}

/* Converts the block; returns a bit for each cell that is a time, and writes its seconds. */
static uint32_t block_convert(const struct calendar *calendar, const struct stage *stage,
                              int64_t *out)
{
    __m512i fields[4], days;
    uint32_t wrong = separators_wrong(stage) | fields_read(stage, fields);

    wrong |= days_of(calendar, fields[0], fields[1], &days);
    __m512i second =
        _mm512_add_epi32(_mm512_mullo_epi32(fields[2], _mm512_set1_epi32(60)), fields[3]);
    for (unsigned i = 0; i < 2; i++) {
        __m256i half_days =
            i == 0 ? _mm512_castsi512_si256(days) : _mm512_extracti64x4_epi64(days, 1);
        __m256i half_seconds =
            i == 0 ? _mm512_castsi512_si256(second) : _mm512_extracti64x4_epi64(second, 1);
        __m512i at = _mm512_add_epi64(
            _mm512_mul_epi32(_mm512_cvtepi32_epi64(half_days), _mm512_set1_epi64(SECONDS_PER_DAY)),
            _mm512_cvtepu32_epi64(half_seconds));
        _mm512_storeu_si512(out + (size_t)i * 8, at);
    }
    return ~wrong & 0xffff;
}

static uint32_t block_is_na(const struct row_table *table, const struct stage *stage)
{
    __m512i begins = _mm512_load_si512(stage->begins);
    __m512i text = _mm512_and_si512(_mm512_i32gather_epi32(begins, table->base, 1),
                                    _mm512_set1_epi32(0xffffff));
    __mmask16 is_short =
        _mm512_cmpeq_epi32_mask(_mm512_load_si512(stage->sizes), _mm512_set1_epi32(3));

    return _mm512_mask_cmpeq_epi32_mask(is_short, text,
                                        _mm512_set1_epi32('N' | '/' << 8 | 'A' << 16));
}

/* One block of cells, of which the first `rows` count; true when one was unreadable. */
static bool block_decode(const struct calendar *calendar, const struct row_table *table,
                         const struct stage *stage, size_t rows, int64_t *out)
{
    uint32_t all = rows >= BLOCK ? 0xffff : (1U << rows) - 1;
    uint32_t is_time = block_convert(calendar, stage, out);
    uint32_t is_na = block_is_na(table, stage);
    bool unreadable = false;

    for (unsigned i = 0; i < 2; i++) {
        _mm512_mask_storeu_epi64(out + (size_t)i * 8, (__mmask8)((is_na & ~is_time) >> (i * 8)),
                                 _mm512_set1_epi64(TIME_NONE));
    }
    for (uint32_t rest = all & ~(is_time | is_na); rest != 0; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctz(rest);
        out[i] = report_time_of((struct str){table->base + stage->begins[i], stage->sizes[i]});
        unreadable |= out[i] == TIME_UNREADABLE;
    }
    return unreadable;
}

bool report_times_avx512(const struct calendar *calendar, const struct row_table *table,
                         size_t first, size_t rows, size_t position, int64_t *out)
{
    const uint32_t *ends = table->ends + first * table->stride + position;
    struct stage stages[BLOCKS_AT_ONCE];
    bool unreadable = false;

    if (position == 0) { /* its cells do not begin behind another one's end */
        return report_times_scalar(calendar, table, first, rows, position, out);
    }
    for (size_t row = 0; row < rows;) {
        /* All loads of the blocks ahead of the arithmetic: what was just stored in small pieces is
         * slow to read back in large ones. */
        size_t blocks = (rows - row + BLOCK - 1) / BLOCK;
        blocks = blocks < BLOCKS_AT_ONCE ? blocks : BLOCKS_AT_ONCE;
        for (size_t i = 0; i < blocks; i++) {
            stage_fill(&stages[i], table, ends + i * BLOCK * table->stride, rows - row - i * BLOCK);
        }
        ends += blocks * BLOCK * table->stride;
        for (size_t i = 0; i < blocks; i++, row += BLOCK) {
            unreadable |= block_decode(calendar, table, &stages[i], rows - row, out + row);
        }
    }
    return unreadable;
}
