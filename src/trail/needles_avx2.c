/* Thirty-two bytes a step: a byte's buckets are those of its low and of its high half. */
#include <immintrin.h>
#include <string.h>

#include "trail/needles.h"

enum { BLOCK = 32 };

struct halves {
    __m256i low, high;
};

static struct halves load_halves(const struct needles *needles, size_t place)
{
    return (struct halves){
        _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)needles->lows[place])),
        _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)needles->highs[place])),
    };
}

static __m256i buckets_of(const char *text, const struct halves *halves)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i low = _mm256_and_si256(block, nibble);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(block, 4), nibble);

    return _mm256_and_si256(_mm256_shuffle_epi8(halves->low, low),
                            _mm256_shuffle_epi8(halves->high, high));
}

static uint32_t block_marks(const char *text, const struct halves places[NEEDLE_SIZE])
{
    __m256i all = _mm256_and_si256(
        _mm256_and_si256(buckets_of(text, &places[0]), buckets_of(text + 1, &places[1])),
        buckets_of(text + 2, &places[2]));

    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

size_t needles_avx2(const struct needles *needles, const char *text, size_t n, size_t more,
                    uint32_t *hits)
{
    const struct halves places[NEEDLE_SIZE] = {load_halves(needles, 0), load_halves(needles, 1),
                                               load_halves(needles, 2)};
    char last[BLOCK + NEEDLE_SIZE - 1];
    uint32_t marks[NEEDLES_TEXT_MAX / BLOCK + 1];
    uint32_t begins[NEEDLES_TEXT_MAX / BLOCK + 1];
    size_t blocks = 0, count = 0, at = 0;

    /* Blocks with a hit are noted without a branch, which nobody could predict. */
    for (; at + sizeof last <= n; at += BLOCK) {
        marks[blocks] = block_marks(text + at, places);
        begins[blocks] = (uint32_t)at;
        blocks += marks[blocks] != 0;
    }
    for (; at < n; at += BLOCK) {
        size_t left = n + more - at;
        memset(last, 0, sizeof last);
        memcpy(last, text + at, left < sizeof last ? left : sizeof last);
        marks[blocks] =
            _bzhi_u32(block_marks(last, places), n - at < BLOCK ? (unsigned)(n - at) : BLOCK);
        begins[blocks] = (uint32_t)at;
        blocks += marks[blocks] != 0;
    }
    for (size_t i = 0; i < blocks; i++) {
        for (uint32_t left = marks[i]; left != 0; left = _blsr_u32(left)) {
            hits[count++] = begins[i] + _tzcnt_u32(left);
        }
    }
    return count;
}
