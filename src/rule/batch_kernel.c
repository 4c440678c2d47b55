#include "rule/batch_kernel.h"

#include "model/user_batch.h"

static void greater(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out)
{
    for (size_t word = 0; word < words; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i++) {
            bits |= (uint64_t)(numbers[word * 64 + i] > limit) << i;
        }
        out[word] = bits;
    }
}

static void first_time(const int64_t *a, const int64_t *b, size_t words, int64_t *out)
{
    for (size_t i = 0; i < words * 64; i++) {
        out[i] = a[i] == TIME_NEVER || a[i] == TIME_NONE ? b[i] : a[i];
    }
}

static void difference(const int64_t *a, const int64_t *b, size_t words, int64_t *out)
{
    for (size_t i = 0; i < words * 64; i++) {
        /* Sentinels wrap without harm: the result is not used then. */
        int64_t wrapped = (int64_t)((uint64_t)a[i] - (uint64_t)b[i]);
        out[i] = a[i] >= TIME_FIRST && b[i] >= TIME_FIRST ? wrapped : TIME_MISSING;
    }
}

static void absolute(const int64_t *a, size_t words, int64_t *out)
{
    for (size_t i = 0; i < words * 64; i++) {
        out[i] = a[i] >= TIME_FIRST && a[i] < 0 ? -a[i] : a[i];
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

const struct batch_kernel batch_kernel_scalar = {greater, first_time, difference, absolute,
                                                 count_both};

const struct batch_kernel *batch_kernel_choose(enum simd_level level)
{
#if defined(__x86_64__)
    if (level == SIMD_AVX512) {
        return &batch_kernel_avx512;
    }
    if (level == SIMD_AVX2) {
        return &batch_kernel_avx2;
    }
#endif
    (void)level;
    return &batch_kernel_scalar;
}
