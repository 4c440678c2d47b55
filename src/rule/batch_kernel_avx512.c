#include "rule/batch_kernel.h"

#include <immintrin.h>

#include "model/user_batch.h"

static void greater(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out)
{
    const __m512i limits = _mm512_set1_epi64(limit);

    for (size_t word = 0; word < words; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 8; i++) {
            __m512i eight = _mm512_loadu_si512(numbers + word * 64 + (size_t)i * 8);
            bits |= (uint64_t)_mm512_cmpgt_epi64_mask(eight, limits) << (i * 8);
        }
        out[word] = bits;
    }
}

static void first_time(const int64_t *a, const int64_t *b, size_t words, int64_t *out)
{
    const __m512i never = _mm512_set1_epi64(TIME_NEVER), none = _mm512_set1_epi64(TIME_NONE);

    for (size_t i = 0; i < words * 64; i += 8) {
        __m512i x = _mm512_loadu_si512(a + i);
        __mmask8 absent =
            (__mmask8)(_mm512_cmpeq_epi64_mask(x, never) | _mm512_cmpeq_epi64_mask(x, none));
        _mm512_storeu_si512(out + i, _mm512_mask_loadu_epi64(x, absent, b + i));
    }
}

static void difference(const int64_t *a, const int64_t *b, size_t words, int64_t *out)
{
    const __m512i first = _mm512_set1_epi64(TIME_FIRST), missing = _mm512_set1_epi64(TIME_MISSING);

    for (size_t i = 0; i < words * 64; i += 8) {
        __m512i x = _mm512_loadu_si512(a + i), y = _mm512_loadu_si512(b + i);
        __mmask8 both = _mm512_mask_cmpge_epi64_mask(_mm512_cmpge_epi64_mask(x, first), y, first);
        _mm512_storeu_si512(out + i, _mm512_mask_sub_epi64(missing, both, x, y));
    }
}

static void absolute(const int64_t *a, size_t words, int64_t *out)
{
    const __m512i first = _mm512_set1_epi64(TIME_FIRST), zero = _mm512_setzero_si512();

    for (size_t i = 0; i < words * 64; i += 8) {
        __m512i x = _mm512_loadu_si512(a + i);
        __mmask8 below = _mm512_mask_cmplt_epi64_mask(_mm512_cmpge_epi64_mask(x, first), x, zero);
        _mm512_storeu_si512(out + i, _mm512_mask_sub_epi64(x, below, zero, x));
    }
}

static uint64_t count_both(const uint64_t *a, const uint64_t *b, size_t words)
{
    uint64_t count = 0;

    for (size_t word = 0; word < words; word++) {
        count += (uint64_t)__builtin_popcountll(a[word] & b[word]);
    }
    return count;
}

const struct batch_kernel batch_kernel_avx512 = {greater, first_time, difference, absolute,
                                                 count_both};
