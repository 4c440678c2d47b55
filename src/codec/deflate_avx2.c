/* Shifts by BMI2, copies by 32 bytes. */
#include <immintrin.h>

#include "codec/deflate_fast.h"

enum { PART = 32 };

static inline __m256i load(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void store(unsigned char *p, __m256i part)
{
    _mm256_storeu_si256((__m256i *)(void *)p, part);
}

static inline void copy_avx2(unsigned char *to, const unsigned char *from)
{
    __m256i a = load(from), b = load(from + PART), c = load(from + 2 * PART);
    __m256i d = load(from + 3 * PART);

    store(to, a);
    store(to + PART, b);
    store(to + 2 * PART, c);
    store(to + 3 * PART, d);
}

enum deflate_step deflate_fast_avx2(struct deflate *deflate, struct deflate_io *io)
{
    return deflate_fast(deflate, io, copy_avx2);
}
