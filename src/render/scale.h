/* scale.h: the range of an axis, and the round values that are marked on it.
 *
 * Threads:   pure functions over plain structs.
 *
 * Example:   struct scale scale = scale_make(SCALE_SHARE, 0.028, 5);   // 0 to 3%
 *            struct scale_tick ticks[SCALE_TICK_MAX];
 *            size_t count = scale_ticks(&scale, 5, ticks);             // 0%, 1%, 2%, 3% */
#ifndef RENDER_SCALE_H
#define RENDER_SCALE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum scale_kind {
    SCALE_COUNT, /* whole numbers */
    SCALE_SHARE, /* 0 to 1, shown in percent */
    SCALE_DAYS,  /* spans of time in days, shown in days or in years */
    SCALE_DATE,  /* seconds since 1970 */
};

struct scale {
    enum scale_kind kind;
    double low, high;    /* high is above low */
    int64_t first, last; /* of dates: those marked, whatever room is around them */
};

enum { SCALE_TICK_MAX = 16 };

struct scale_tick {
    double at;
    char text[32]; /* "1,200", "2.5%", "90", "2 years", "13 Sep" */
    char below[8]; /* of a date: its year, at the first tick and where it changes; else empty */
};

/* From 0 to a round value that is not below `high`, so that at most tick_max ticks mark all of it.
 * A share ends at 100 %, and days end at `high` itself. */
struct scale scale_make(enum scale_kind kind, double high, size_t tick_max);

/* Dates from the first to the last; half a day wider to both sides where they are the same. */
struct scale scale_dates(int64_t first, int64_t last);

/* At most tick_max, which is at most SCALE_TICK_MAX; returns how many. */
size_t scale_ticks(const struct scale *scale, size_t tick_max, struct scale_tick *ticks);

/* Appends a share as "2.8%": one decimal, "<0.1%" and ">99.9%" rather than a wrong 0% or 100%.
 * `whole` must be above 0. */
void scale_percent(struct buf *out, double part, double whole);

#endif
