#include "rule/batch.h"

#include <immintrin.h>

void batch_greater_avx2(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out)
{
    const __m256i limits = _mm256_set1_epi64x(limit);

    for (size_t word = 0; word < words; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 16; i++) {
            const int64_t *four = numbers + word * 64 + i * 4;
            __m256i greater = _mm256_cmpgt_epi64(
                _mm256_loadu_si256((const __m256i *)(const void *)four), limits);
            bits |= (uint64_t)(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(greater))
                    << (i * 4);
        }
        out[word] = bits;
    }
}
