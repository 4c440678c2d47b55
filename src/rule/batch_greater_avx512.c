#include "rule/batch.h"

#include <immintrin.h>

void batch_greater_avx512(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out)
{
    const __m512i limits = _mm512_set1_epi64(limit);

    for (size_t word = 0; word < words; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 8; i++) {
            __m512i eight = _mm512_loadu_si512(numbers + word * 64 + i * 8);
            bits |= (uint64_t)_mm512_cmpgt_epi64_mask(eight, limits) << (i * 8);
        }
        out[word] = bits;
    }
}
