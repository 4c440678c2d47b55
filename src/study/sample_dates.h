/* sample_dates.h: the days on which samples were taken, each for itself or gathered into weeks.
 *
 * The study's figures are about weeks. Where samples come more often, a use of root would count in
 * each sample that still shows it; gathered, a week has one sample of an account, its newest. Weeks
 * are counted back from the newest day and named by their last one, so that weekly samples stay as
 * they are.
 *
 * Ownership: the dates own their arrays.
 * Threads:   immutable once made.
 *
 * Example:   sample_dates_make(&dates, days, day_count, is_weekly);
 *            dates.list[dates.index[3]] is the date of samples of the day days[3] */
#ifndef STUDY_SAMPLE_DATES_H
#define STUDY_SAMPLE_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sample_dates {
    int64_t *list; /* rising */
    size_t count;
    uint32_t *index; /* by day: which of the list */
};

/* `days`: first seconds of days, rising, each once. */
void sample_dates_make(struct sample_dates *dates, const int64_t *days, size_t day_count,
                       bool is_weekly);
void sample_dates_release(struct sample_dates *dates); /* a zeroed struct is fine */

#endif
