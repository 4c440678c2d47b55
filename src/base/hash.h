/* hash.h: a fast keyed hash of short texts for tables over hostile input.
 *
 * Not cryptographic, but keyed: without the seed, which is drawn anew in each process, collisions
 * cannot be prepared.
 *
 * Example:   uint64_t h = hash_bytes(seed, user); */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>
#include <string.h>

#include "base/str.h"

/* Multiplication to 128 bits, folded: every bit of both inputs reaches every bit of the result. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_load(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint64_t hash_bytes(uint64_t seed, struct str s)
{
    const uint64_t k1 = UINT64_C(0x9e3779b97f4a7c15), k2 = UINT64_C(0xd1b54a32d192ed03);
    uint64_t state = seed ^ hash_mix(seed ^ k1, (uint64_t)s.n ^ k2);
    uint64_t last = 0;

    while (s.n > 16) {
        state = hash_mix(hash_load(s.p) ^ k1, hash_load(s.p + 8) ^ state);
        s.p += 16;
        s.n -= 16;
    }
    if (s.n >= 8) {
        return hash_mix(hash_load(s.p) ^ k2, hash_load(s.p + s.n - 8) ^ state);
    }
    if (s.n > 0) {
        memcpy(&last, s.p, s.n);
    }
    return hash_mix(last ^ k2, state ^ k1);
}

#endif
