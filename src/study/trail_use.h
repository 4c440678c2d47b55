/* trail_use.h: what CloudTrail shows of root use, beside what reports show: a report tells the last
 * use only, so that of all uses in a week it shows one.
 *
 * A use of the console is a sign-in that succeeded; where a session's calls are there and its
 * sign-in is not, the session is one all the same: the first call, and what follows within twelve
 * hours of it. A use of a key is a day (UTC) on which it signed calls. Both are counted in the
 * seven days before a sample, as the report's own are, and for accounts that the study judges.
 *
 * Ownership: the timeline is borrowed and outlives the study.
 * Threads:   pure functions.
 *
 * Example:   struct trail_uses uses;
 *            trail_uses_count(timeline, sample->account, sample->at, &uses); */
#ifndef STUDY_TRAIL_USE_H
#define STUDY_TRAIL_USE_H

#include "source/timeline.h"
#include "study/result.h"

struct tally;

struct trail_uses {
    uint64_t console, console_no_mfa; /* sessions; those whose sign-in says that no MFA was used */
    uint64_t keys;                    /* days */
    uint64_t calls;                   /* of sessions and keys, each one */
    uint64_t events;                  /* of any kind */
};

void trail_uses_count(const struct timeline *timeline, uint64_t account, int64_t at,
                      struct trail_uses *out);

/* Events of the account in the seven days up to `at` that are later than *from, which moves on: how
 * many events some sample's week holds, each counted once. Samples come in the order of time. */
uint64_t trail_events_since(const struct timeline *timeline, uint64_t account, int64_t at,
                            int64_t *from);

/* What it comes to, in the result and beside its figures. Nothing where there is no timeline. */
void trail_use_fill(struct study_result *result, const struct tally *tally);

/* The value beside a figure, as study_value_write writes the figure's own; and by how much it
 * differs: "+12", "-0.50", "0". */
void trail_value_write(struct buf *out, const struct study_figure *figure, bool is_grouped);
void trail_difference_write(struct buf *out, const struct study_figure *figure, bool is_grouped);

/* The two side by side, for a terminal; nothing where there is no timeline. */
void trail_table_write(struct buf *out, const struct study_result *result, size_t columns,
                       bool color);

#endif
