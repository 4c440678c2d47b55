#include "rule/batch_kernel.h"

#include <immintrin.h>

#include "model/user_batch.h"

static inline __m256i load(const int64_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void store(int64_t *p, __m256i x)
{
    _mm256_storeu_si256((__m256i *)(void *)p, x);
}

static void greater(const int64_t *numbers, int64_t limit, size_t words, uint64_t *out)
{
    const __m256i limits = _mm256_set1_epi64x(limit);

    for (size_t word = 0; word < words; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 16; i++) {
            __m256i above = _mm256_cmpgt_epi64(load(numbers + word * 64 + (size_t)i * 4), limits);
            bits |= (uint64_t)(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(above)) << (i * 4);
        }
        out[word] = bits;
    }
}

static void first_time(const int64_t *a, const int64_t *b, size_t words, int64_t *out)
{
    const __m256i never = _mm256_set1_epi64x(TIME_NEVER), none = _mm256_set1_epi64x(TIME_NONE);

    for (size_t i = 0; i < words * 64; i += 4) {
        __m256i x = load(a + i);
        __m256i absent = _mm256_or_si256(_mm256_cmpeq_epi64(x, never), _mm256_cmpeq_epi64(x, none));
        store(out + i, _mm256_blendv_epi8(x, load(b + i), absent));
    }
}

static void difference(const int64_t *a, const int64_t *b, size_t words, int64_t *out)
{
    const __m256i last_special = _mm256_set1_epi64x(TIME_FIRST - 1),
                  missing = _mm256_set1_epi64x(TIME_MISSING);

    for (size_t i = 0; i < words * 64; i += 4) {
        __m256i x = load(a + i), y = load(b + i);
        __m256i both = _mm256_and_si256(_mm256_cmpgt_epi64(x, last_special),
                                        _mm256_cmpgt_epi64(y, last_special));
        store(out + i, _mm256_blendv_epi8(missing, _mm256_sub_epi64(x, y), both));
    }
}

static void absolute(const int64_t *a, size_t words, int64_t *out)
{
    const __m256i last_special = _mm256_set1_epi64x(TIME_FIRST - 1), zero = _mm256_setzero_si256();

    for (size_t i = 0; i < words * 64; i += 4) {
        __m256i x = load(a + i);
        __m256i below =
            _mm256_and_si256(_mm256_cmpgt_epi64(x, last_special), _mm256_cmpgt_epi64(zero, x));
        store(out + i, _mm256_blendv_epi8(x, _mm256_sub_epi64(zero, x), below));
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

const struct batch_kernel batch_kernel_avx2 = {greater, first_time, difference, absolute,
                                               count_both};
