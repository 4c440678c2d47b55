#include "trail/needles.h"

#include <assert.h>

needles_fn needles_choose(enum simd_level level)
{
#if defined(__x86_64__)
    if (level == SIMD_AVX512) {
        return needles_avx512;
    }
    if (level == SIMD_AVX2) {
        return needles_avx2;
    }
#endif
    (void)level;
    return needles_scalar;
}

static void add_byte(struct needles *needles, unsigned bucket, size_t place, unsigned char c)
{
    needles->bytes[place][c] |= (uint8_t)(1u << bucket);
}

static unsigned char other_case(unsigned char c)
{
    unsigned char folded = c | 0x20;

    return folded >= 'a' && folded <= 'z' ? c ^ 0x20 : c;
}

void needles_add(struct needles *needles, unsigned bucket, const char *window, enum needle_case how)
{
    assert(bucket < NEEDLE_BUCKETS);
    for (size_t place = 0; place < NEEDLE_SIZE; place++) {
        unsigned char c = (unsigned char)window[place];
        if (how == NEEDLE_TWO && place == NEEDLE_SIZE - 1) {
            for (unsigned any = 0; any < 256; any++) {
                add_byte(needles, bucket, place, (unsigned char)any);
            }
            return;
        }
        add_byte(needles, bucket, place, c);
        if (how == NEEDLE_CASELESS) {
            add_byte(needles, bucket, place, other_case(c));
        }
    }
}

void needles_finish(struct needles *needles)
{
    for (size_t place = 0; place < NEEDLE_SIZE; place++) {
        for (unsigned c = 0; c < 256; c++) {
            uint8_t buckets = needles->bytes[place][c];
            needles->sixes[place][c & 63] |= buckets;
            needles->lows[place][c & 15] |= buckets;
            needles->highs[place][c >> 4] |= buckets;
        }
    }
}

size_t needles_scalar(const struct needles *needles, const char *text, size_t n, size_t more,
                      uint32_t *hits)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t count = 0;

    for (size_t at = 0; at < n && at + NEEDLE_SIZE <= n + more; at++) {
        if ((needles->bytes[0][bytes[at]] & needles->bytes[1][bytes[at + 1]] &
             needles->bytes[2][bytes[at + 2]]) != 0) {
            hits[count++] = (uint32_t)at;
        }
    }
    return count;
}
