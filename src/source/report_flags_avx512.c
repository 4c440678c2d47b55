/* Eight booleans a step: their bounds and first eight bytes are gathered, and two comparisons give
 * the bits. Whatever is neither true nor false goes to the exact reader. */
#include "source/report_decode.h"

#include <immintrin.h>

/* The words of up to eight cells as bits; `rows` of them count. */
static void eight_cells(const struct row_table *table, const uint32_t *ends, size_t rows,
                        uint64_t *is_true, uint64_t *is_false)
{
    const __m512i fold = _mm512_set1_epi64(0x2020202020202020);
    const __m512i low = _mm512_set1_epi64(0xffffffff), five = _mm512_set1_epi64(0xffffffffff);
    const __m512i true_word = _mm512_set1_epi64(0x65757274);    /* "true" */
    const __m512i false_word = _mm512_set1_epi64(0x65736c6166); /* "false" */
    const __m512i lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    __mmask8 all = (__mmask8)(0xffU >> (rows >= 8 ? 0 : 8 - rows));
    __m512i offsets = _mm512_mul_epu32(lanes, _mm512_set1_epi64(table->stride));
    /* The end of the cell before and of the cell itself, side by side. */
    __m512i bounds = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), all, offsets,
                                                 (const void *)(ends - 1), 4);
    __m512i begins = _mm512_add_epi64(_mm512_and_si512(bounds, low), _mm512_set1_epi64(1));
    __m512i sizes = _mm512_sub_epi64(_mm512_srli_epi64(bounds, 32), begins);
    __m512i text = _mm512_or_si512(
        _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), all, begins, table->base, 1), fold);
    __mmask8 is_4 = _mm512_mask_cmpeq_epi64_mask(all, sizes, _mm512_set1_epi64(4));
    __mmask8 is_5 = _mm512_mask_cmpeq_epi64_mask(all, sizes, _mm512_set1_epi64(5));

    *is_true = _mm512_mask_cmpeq_epi64_mask(is_4, _mm512_and_si512(text, low), true_word);
    *is_false = _mm512_mask_cmpeq_epi64_mask(is_5, _mm512_and_si512(text, five), false_word);
}

bool report_flags_avx512(const struct row_table *table, size_t first, size_t rows, size_t position,
                         struct flag_bits *out)
{
    const uint32_t *ends = table->ends + first * table->stride + position;
    bool unreadable = false;

    if (position == 0) { /* its cells do not begin behind another one's end */
        return report_flags_scalar(table, first, rows, position, out);
    }
    for (size_t row = 0; row < rows; row += 64, ends += (size_t)64 * table->stride) {
        size_t here = rows - row < 64 ? rows - row : 64, word = row / 64;
        uint64_t is_true = 0, is_false = 0;
        for (size_t i = 0; i < here; i += 8) {
            uint64_t yes = 0, no = 0;
            eight_cells(table, ends + i * table->stride, here - i, &yes, &no);
            is_true |= yes << i;
            is_false |= no << i;
        }
        uint64_t all = here == 64 ? ~UINT64_C(0) : (UINT64_C(1) << here) - 1;
        out->is_true[word] = is_true;
        out->is_false[word] = is_false;
        out->is_na[word] = 0;
        out->is_not_supported[word] = 0;
        unreadable |= report_flags_others(table, ends, all & ~(is_true | is_false), out, word);
    }
    return unreadable;
}
