/* random.h: random numbers that are a function of a seed and of what they are for.
 *
 * A stream is named by its seed and two numbers, such as an account and a user; so the details of
 * any account can be made alone, in any order and by any worker, and are the same each time. Good
 * enough to look alive, of no use for secrets.
 *
 * Threads:   one thread at a time per stream.
 *
 * Example:   struct random random = random_of(seed, account, user);
 *            uint64_t die = 1 + random_below(&random, 6); */
#ifndef SIMULATE_RANDOM_H
#define SIMULATE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct random {
    uint64_t state;
};

static inline uint64_t random_u64(struct random *random)
{
    random->state += UINT64_C(0xa0761d6478bd642f);
    return hash_mix(random->state, random->state ^ UINT64_C(0xe7037ed1a0b428db));
}

static inline struct random random_of(uint64_t seed, uint64_t a, uint64_t b)
{
    struct random random = {seed ^ UINT64_C(0x8ebc6af09c88c6e3)};

    random.state = random_u64(&random) + a;
    random.state = random_u64(&random) + b;
    random.state = random_u64(&random);
    return random;
}

/* 0 to count - 1; count must be above 0. */
static inline uint64_t random_below(struct random *random, uint64_t count)
{
    __extension__ typedef unsigned __int128 u128;

    return (uint64_t)(((u128)random_u64(random) * count) >> 64);
}

/* first to last, both included; first where there is nothing in between. */
static inline int64_t random_between(struct random *random, int64_t first, int64_t last)
{
    return last <= first ? first
                         : first + (int64_t)random_below(random, (uint64_t)(last - first) + 1);
}

static inline void random_shuffle(uint32_t *items, size_t count, struct random *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_below(random, i);
        uint32_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

static inline bool random_percent(struct random *random, unsigned percent)
{
    return random_below(random, 100) < percent;
}

#endif
