/* history.h: the life of one account and its users in seconds: what a slot of the plan becomes.
 *
 * A history says for any instant what a report of that instant shows, and never takes anything
 * back: creation is fixed, last use only moves on, a key is used only after it was made. It is a
 * function of the plan's seed and the account's number, so any account can be made alone.
 *
 * Ownership: an account_history owns its users' array and can be filled again and again.
 * Threads:   one thread at a time per history.
 *
 * Example:   struct account_history account = {0};
 *            history_fill(&account, plan, number, users_wanted);
 *            int64_t at = history_root_console(&account, 19);
 *            history_release(&account); */
#ifndef SIMULATE_HISTORY_H
#define SIMULATE_HISTORY_H

#include "simulate/plan.h"

#define TIME_OF_NOTHING INT64_MIN /* there was none */

/* Uses from `first` to `last`, one in about every `period` seconds. */
struct use_history {
    int64_t first, last; /* last: TIME_OF_NOTHING where it was never used */
    int64_t period;
    uint64_t salt;
};

struct key_history {
    int64_t made;           /* TIME_OF_NOTHING: none */
    int64_t earlier;        /* when the key before it was made; TIME_OF_NOTHING: there was none */
    int64_t inactive_since; /* INT64_MAX: active */
    struct use_history use, earlier_use;
    uint8_t service, region; /* of its uses, as report_text numbers them */
};

struct user_history {
    int64_t created;
    uint8_t join, leave; /* weeks */
    bool has_password;
    int64_t password_first, password_changed;
    struct use_history console;
    int64_t mfa_since; /* INT64_MAX: never */
    struct key_history keys[2];
    uint64_t name_place; /* of the name, among all names in order; see report_text.h */
};

struct account_history {
    const struct plan *plan;
    const struct account_plan *slot;
    uint64_t index;  /* of the account in the fleet */
    uint64_t number; /* its 12 digits */
    uint64_t block;  /* how often the plan's slots were gone through before */
    uint64_t salt;
    int64_t created;
    int64_t console_before; /* root's last console use before the first week, or TIME_OF_NOTHING */
    struct key_history key;
    unsigned key_slot;
    struct user_history *users;
    uint32_t user_count, user_capacity;
};

/* users_wanted 0: as many as the slot has. */
void history_fill(struct account_history *account, const struct plan *plan, uint64_t index,
                  uint32_t users_wanted);
void history_release(struct account_history *account);

/* What accounts.csv tells. counts: of users, RDS instances, buckets, EC2 instances and trails. */
enum { ASSET_COUNTS = 5 };
struct account_facts {
    uint64_t number, organization;
    bool standalone;
    int64_t created;
    uint64_t counts[ASSET_COUNTS];
};
void history_facts(struct account_facts *facts, const struct plan *plan, uint64_t index,
                   uint32_t users_wanted);

/* The latest use not after `at`, or TIME_OF_NOTHING. */
int64_t history_used(const struct use_history *use, int64_t at);
/* Root's last console use, and that of its key, as of the week's Sunday; or TIME_OF_NOTHING. */
int64_t history_root_console(const struct account_history *account, unsigned week);
int64_t history_root_key(const struct account_history *account, unsigned week);

static inline bool user_is_there(const struct user_history *user, unsigned week, int64_t at)
{
    return user->join <= week && week < user->leave && user->created <= at;
}

#endif
