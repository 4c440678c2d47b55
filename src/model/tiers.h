/* tiers.h: how old active keys are and how long enabled credentials have been idle, by tier.
 *
 * A tier is a number of days. A key is beyond the tier of N days when its age is over N; a
 * credential is when it has been idle for N or more. Each is counted once, in the band behind the
 * last tier it is beyond; where the date is not known it is counted apart. So the sum of a row is
 * all there are.
 *
 * Threads:   plain values.
 *
 * Example:   row = &tiers->rows[TIER_USERS][TIER_KEY_AGE];
 *            row->bands[tier_band_over(tiers, as_of - rotated)]++; */
#ifndef MODEL_TIERS_H
#define MODEL_TIERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum { TIERS_MAX = 7, TIER_DAYS_MAX = 100000 };

enum tier_who { TIER_ROOT, TIER_USERS };

enum tier_row_kind {
    TIER_KEY_AGE,      /* active keys, by as-of minus last rotated */
    TIER_USED,         /* enabled credentials, by as-of minus last used */
    TIER_NEVER_USED,   /* never used: by as-of minus when they were made */
    TIER_USE_UNKNOWN,  /* enabled credentials whose last use is not known: no bands */
    TIER_STATE_UNKNOWN /* credentials that may be enabled or not: no bands */
};
enum { TIER_WHO_COUNT = 2, TIER_ROW_COUNT = 5 };

struct tier_row {
    uint64_t bands[TIERS_MAX + 1]; /* [0]: beyond no tier */
    uint64_t unknown;
};

struct tiers {
    int64_t days[TIERS_MAX]; /* rising */
    size_t count;            /* 0: nobody asked */
    struct tier_row rows[TIER_WHO_COUNT][TIER_ROW_COUNT];
};

/* Reads "90,365,1825". */
MUST_USE bool tiers_parse(struct str text, struct tiers *out, struct err *err);

/* How many of the tiers a span of seconds is over, and how many it has reached. */
size_t tier_band_over(const struct tiers *tiers, int64_t seconds);
size_t tier_band_reached(const struct tiers *tiers, int64_t seconds);

void tiers_add(struct tiers *to, const struct tiers *from);
void tiers_clear(struct tiers *tiers); /* the days stay */
uint64_t tier_row_sum(const struct tiers *tiers, const struct tier_row *row);

#endif
