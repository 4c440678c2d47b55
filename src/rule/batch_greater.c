#include "rule/batch.h"

void batch_greater_scalar(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out)
{
    for (size_t word = 0; word < words; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i++) {
            bits |= (uint64_t)(numbers[word * 64 + i] > limit) << i;
        }
        out[word] = bits;
    }
}

batch_greater_fn batch_greater_choose(enum simd_level level)
{
#if defined(__x86_64__)
    if (level == SIMD_AVX512) {
        return batch_greater_avx512;
    }
    if (level == SIMD_AVX2) {
        return batch_greater_avx2;
    }
#endif
    (void)level;
    return batch_greater_scalar;
}
