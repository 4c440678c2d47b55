/* property.h: runs a property on many random cases, each from a seed of its own.
 *
 * SEED (default 1) and COUNT (default: the caller's) come from the environment. A case that fails
 * is told with the seed that makes it again, `N passed, N failed` stands last.
 *
 * Threads:   one thread at a time.
 *
 * Example:   struct property property = property_begin(3000);
 *            property_run(&property, "not not A is A", double_negation);
 *            return property_end(&property); */
#ifndef SUPPORT_PROPERTY_H
#define SUPPORT_PROPERTY_H

#include "base/compiler.h"
#include "support/random.h"

struct property {
    uint64_t seed;
    uint64_t count; /* cases of each property */
    uint64_t passed, failed;
    /* Of the case at hand: */
    const char *name;
    uint64_t case_index;
    struct random random;
    bool is_failed;
};

struct property property_begin(uint64_t default_count);

/* Runs count / `cost` cases. Stops the property, not the program, at its third failure. */
typedef void (*property_fn)(struct property *property);
void property_run(struct property *property, const char *name, uint64_t cost, property_fn run);

/* Marks the case as failed and says why; prints a case once only. */
void property_fail(struct property *property, const char *format, ...) PRINTF(2, 3);

/* Prints the count; returns what main returns. */
int property_end(const struct property *property);

#endif
