/* Sixty-four bytes a step: a table of 64 entries is one register. */
#include <immintrin.h>

#include "trail/needles.h"

enum { BLOCK = 64 };

/* The first `size` bytes at p as a vector, zeros behind; nothing else is read. */
static __m512i load_part(const char *p, size_t size)
{
    return _mm512_maskz_loadu_epi8(size >= BLOCK ? ~UINT64_C(0) : _bzhi_u64(~UINT64_C(0), size), p);
}

static size_t minus(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

size_t needles_avx512(const struct needles *needles, const char *text, size_t n, size_t more,
                      uint32_t *hits)
{
    const __m512i first = _mm512_loadu_si512(needles->sixes[0]);
    const __m512i second = _mm512_loadu_si512(needles->sixes[1]);
    const __m512i third = _mm512_loadu_si512(needles->sixes[2]);
    uint64_t marks[NEEDLES_TEXT_MAX / BLOCK + 1];
    uint32_t begins[NEEDLES_TEXT_MAX / BLOCK + 1];
    size_t blocks = 0, count = 0, at = 0;

    /* Blocks with a hit are noted without a branch, which nobody could predict. */
    for (; at + BLOCK + NEEDLE_SIZE - 1 <= n; at += BLOCK) {
        __m512i a = _mm512_permutexvar_epi8(_mm512_loadu_si512(text + at), first);
        __m512i b = _mm512_permutexvar_epi8(_mm512_loadu_si512(text + at + 1), second);
        __m512i c = _mm512_permutexvar_epi8(_mm512_loadu_si512(text + at + 2), third);
        marks[blocks] = _mm512_test_epi8_mask(_mm512_and_si512(a, b), c);
        begins[blocks] = (uint32_t)at;
        blocks += marks[blocks] != 0;
    }
    for (; at < n; at += BLOCK) {
        size_t left = n + more - at;
        __m512i a = _mm512_permutexvar_epi8(load_part(text + at, left), first);
        __m512i b = _mm512_permutexvar_epi8(load_part(text + at + 1, minus(left, 1)), second);
        __m512i c = _mm512_permutexvar_epi8(load_part(text + at + 2, minus(left, 2)), third);
        marks[blocks] = _bzhi_u64(_mm512_test_epi8_mask(_mm512_and_si512(a, b), c),
                                  n - at < BLOCK ? (unsigned)(n - at) : BLOCK);
        begins[blocks] = (uint32_t)at;
        blocks += marks[blocks] != 0;
    }
    for (size_t i = 0; i < blocks; i++) {
        for (uint64_t left = marks[i]; left != 0; left = _blsr_u64(left)) {
            hits[count++] = begins[i] + (uint32_t)_tzcnt_u64(left);
        }
    }
    return count;
}
