/* Sixty-four bytes a step: two comparisons give a mask, one compress gives its positions. */
#include "codec/csv.h"

#include <immintrin.h>

size_t csv_index_avx512(const char *text, size_t from, size_t n, uint32_t *positions,
                        size_t positions_max, struct csv_span *span)
{
    const __m512i comma = _mm512_set1_epi8(','), feed = _mm512_set1_epi8('\n'),
                  quote = _mm512_set1_epi8('"');
    __m512i iota = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48,
                                   47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
                                   31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                                   15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    size_t count = 0, at = from, feeds = 0;

    for (; at < n && count + 64 <= positions_max; at += 64) {
        __m512i block = _mm512_loadu_si512(text + at);
        uint64_t in_text = n - at >= 64 ? ~UINT64_C(0) : ~UINT64_C(0) >> (64 - (n - at));
        uint64_t quotes = _mm512_cmpeq_epi8_mask(block, quote) & in_text;
        if (quotes != 0) {
            break;
        }
        uint64_t feed_marks = _mm512_cmpeq_epi8_mask(block, feed) & in_text;
        uint64_t marks = (_mm512_cmpeq_epi8_mask(block, comma) & in_text) | feed_marks;
        __m512i packed = _mm512_maskz_compress_epi8(marks, iota);
        __m512i offset = _mm512_set1_epi32((int)at);
        size_t found = (size_t)_mm_popcnt_u64(marks);
        _mm512_storeu_si512(
            positions + count,
            _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed)), offset));
        if (found > 16) {
            _mm512_storeu_si512(
                positions + count + 16,
                _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 1)),
                                 offset));
            _mm512_storeu_si512(
                positions + count + 32,
                _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 2)),
                                 offset));
            _mm512_storeu_si512(
                positions + count + 48,
                _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 3)),
                                 offset));
        }
        count += found;
        feeds += (size_t)_mm_popcnt_u64(feed_marks);
    }
    *span = (struct csv_span){at < n ? at : n, feeds};
    return count;
}
