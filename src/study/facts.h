/* facts.h: what the rows of one sample say: the definitions of the study's figures.
 *
 * Each figure about users is a set of rows, so that what is counted and what is listed behind a
 * figure are the same bits. What is not known puts a user or an account into no set: it is neither
 * a pass nor a violation, and is counted apart.
 *
 * Threads:   plain values; pure functions.
 *
 * Example:   facts_root(&batch, row, at, &root);
 *            facts_users(&batch, at, &sets);
 *            user_counts_add(&counts, &sets, batch.words); */
#ifndef STUDY_FACTS_H
#define STUDY_FACTS_H

#include "model/user_batch.h"
#include "study/result.h"

/* ---- root ----------------------------------------------------------------------------------- */

enum root_fact {
    ROOT_JUDGED = 1 << 0, /* the account is known to be 30 days old */
    ROOT_USE = 1 << 1,    /* within the week, of an account that is judged */
    ROOT_CONSOLE = 1 << 2,
    ROOT_API = 1 << 3,
    ROOT_API_OLD = 1 << 4, /* by a key that was not rotated for over 90 days */
    ROOT_CONSOLE_NO_MFA = 1 << 5,
    ROOT_KEY = 1 << 6, /* a key is active; however young the account is */
    ROOT_KEY_OLD = 1 << 7,
    ROOT_LATE = 1 << 8,  /* last used after the audit instant: no use yet */
    ROOT_YOUNG = 1 << 9, /* used within the week, but the account is too young or of unknown age */
};

struct root_facts {
    uint32_t facts; /* of enum root_fact */
    int64_t used;   /* the latest of the three, where one is a time */
};

void facts_root(const struct user_batch *batch, size_t row, int64_t at, struct root_facts *out);

/* ---- users ---------------------------------------------------------------------------------- */

enum user_set {
    USER_ALL,
    USER_NO_MFA, /* whatever the account's standing */
    USER_INITIAL_KEY,
    USER_TWO_KEYS,
    USER_NOT_ROTATED_90,
    USER_NOT_ROTATED_365,
    USER_NOT_ROTATED_1825,
    USER_UNUSED_90,
    USER_UNUSED_365,
    USER_GT_30,
    USER_GT_90,
    USER_GT_365,
    USER_TWO_KEYS_GT_30,
    USER_TWO_KEYS_GT_90,
    USER_TWO_KEYS_GT_365,
    /* Not known whether the user violates the practice. */
    USER_UNJUDGED_MFA,
    USER_UNJUDGED_INITIAL_KEY,
    USER_UNJUDGED_TWO_KEYS,
    USER_UNJUDGED_ROTATION,
    USER_UNJUDGED_UNUSED,
    USER_SET_COUNT,
};

/* How a user's credentials stand as to use: since when all of them are idle, or one of these. */
#define IDLE_UNKNOWN INT64_MIN
#define IDLE_NO_CREDENTIAL (INT64_MIN + 1)
#define IDLE_FIRST (INT64_MIN + 2)

struct user_sets {
    uint64_t rows[USER_SET_COUNT][BATCH_WORDS];
    int64_t idle_since[BATCH_ROWS_MAX]; /* of users; IDLE_UNKNOWN, IDLE_NO_CREDENTIAL */
    int64_t oldest_key[BATCH_ROWS_MAX]; /* earliest rotation of an active key; INT64_MAX: none */
};

void facts_users(const struct user_batch *batch, int64_t at, struct user_sets *out);

struct user_counts {
    uint64_t sets[USER_SET_COUNT];
    uint64_t key_age[STUDY_TIER_COUNT], idle[STUDY_TIER_COUNT];
    /* INT64_MAX: there is none. */
    int64_t oldest_active_key, oldest_unused_console, oldest_unused_key;
};

extern const uint32_t facts_tier_days[STUDY_TIER_COUNT];

void user_counts_init(struct user_counts *counts);
/* Counts the batch's rows, whose sets those are. */
void user_counts_batch(struct user_counts *counts, const struct user_batch *batch,
                       const struct user_sets *sets, int64_t at);
void user_counts_add(struct user_counts *to, const struct user_counts *from);

/* When the credential was last used, else when it was made; IDLE_UNKNOWN where that is not
 * known. */
int64_t facts_idle_since(int64_t used, int64_t stand_in);

/* Cells of the study's columns that hold a time after `at`, and, of the columns in `unreadable`,
 * cells that hold neither a value nor a word of the format. */
uint64_t facts_late(const struct user_batch *batch, int64_t at);
uint64_t facts_unreadable(const struct user_batch *batch, uint32_t unreadable);

static inline bool facts_has(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

#endif
