/* random.h: the small deterministic generator of the random tests (splitmix64).
 *
 * Threads:   one thread at a time per generator.
 *
 * Example:   struct random random = {42};
 *            if (random_chance(&random, 30)) { ... three times in ten ... } */
#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct random {
    uint64_t state;
};

uint64_t random_u64(struct random *random);
/* Below n, which is not 0. */
size_t random_below(struct random *random, size_t n);
bool random_chance(struct random *random, unsigned percent);
struct str random_pick(struct random *random, const struct str *choices, size_t count);

/* random_pick from an array. */
#define RANDOM_PICK(random, choices)                                                               \
    random_pick((random), (choices), sizeof(choices) / sizeof((choices)[0]))

#endif
