/* lives.h: follows the keys and the unused users of one account from sample to sample.
 *
 * A life is: an access key of root, an access key of a user (both from last_rotated until it is
 * deactivated, deleted or rotated, or its user is gone), and an unused user (from the day on which
 * every enabled credential had been idle for 90 days, until one is used, none is enabled any more,
 * or the user is gone).
 *
 * A life is seen from the first sample that shows it; what ended before any sample is not known of,
 * so a life enters at the age it then has (delayed entry). Its end is dated at the first sample
 * that shows it to be over, so a life may be told too long by the time since the sample before. A
 * life of which a later sample cannot tell (a column or the root row is missing, a row was lost),
 * and one that still lasts at the account's last sample, is cut off at the last sample that showed
 * it.
 *
 * Keys have no ids and slots no order: a key is known by when it was made.
 *
 * Ownership: the tracker owns its lists.
 * Threads:   one thread at a time per tracker; ages add up by life_ages_add.
 *
 * Example:   lives_begin(lives, ages);              // an account
 *            lives_row(lives, identity, &batch, &sets, row);
 *            lives_sample(lives, at, is_partial);   // after all rows of a sample
 *            lives_end(lives);                      // of the account */
#ifndef STUDY_LIVES_H
#define STUDY_LIVES_H

#include "study/facts.h"

enum life_kind { LIFE_ROOT_KEY, LIFE_USER_KEY, LIFE_UNUSED_USER, LIFE_KIND_COUNT };

/* Whole days; what is older counts as this old. */
enum { LIFE_DAYS_MAX = 20000 };

/* How many lives of a kind came into sight, were cut off and ended at each age. */
struct life_ages {
    uint64_t *entered, *cut_off, *ended; /* LIFE_DAYS_MAX + 1 each */
    uint64_t lives, ends;
};

void life_ages_init(struct life_ages *ages);
void life_ages_release(struct life_ages *ages);
void life_ages_add(struct life_ages *to, const struct life_ages *from);
/* One life under observation from one age to a later one; nothing where it is no later. */
void life_ages_record(struct life_ages *ages, uint32_t from, uint32_t to, bool is_end);

struct lives;

struct lives *lives_new(void);
void lives_free(struct lives *lives);
/* `ages` has one entry for each kind and takes what is found. */
void lives_begin(struct lives *lives, struct life_ages *ages);
/* A row of the sample at hand, root's too, whose identity is its own. */
void lives_row(struct lives *lives, uint64_t identity, const struct user_batch *batch,
               const struct user_sets *sets, size_t row);
/* Ends the sample. Partial: who is not in it may still be there. */
void lives_sample(struct lives *lives, int64_t at, bool is_partial);
/* Forgets the rows of a sample that broke off. */
void lives_drop(struct lives *lives);
void lives_end(struct lives *lives);

#endif
