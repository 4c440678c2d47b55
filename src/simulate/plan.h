/* plan.h: who does what and when in a simulated fleet: integers that add up to a published study.
 *
 * A plan has a slot for each account: its organization, the weeks in which it is sampled, in which
 * its root user signs in, uses a key, has MFA or an active key, and who its users are. It says
 * nothing of names and seconds: those are history.h's, made from the slot and the account's number.
 * So a fleet of any size is made of one plan: account i has slot plan_slot(plan, i).
 *
 * Sets of weeks are bits: bit 0 is the first Sunday, 2020-09-13, bit 19 the last, 2021-01-24.
 *
 * Ownership: plan_new/plan_free.
 * Threads:   immutable once made.
 *
 * Example:   struct plan *plan = plan_new(PROFILE_ROOT_2020, seed);
 *            const struct account_plan *account = &plan->accounts[plan_slot(plan, 0)];
 *            plan_free(plan); */
#ifndef SIMULATE_PLAN_H
#define SIMULATE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/str.h"
#include "model/asset.h"
#include "simulate/random.h"

enum { PLAN_WEEKS = 20, PLAN_ACCOUNTS_MAX = 2048, PLAN_ORGANIZATIONS_MAX = 256 };
#define WEEK_SECONDS (7 * SECONDS_PER_DAY)
#define ALL_WEEKS ((UINT32_C(1) << PLAN_WEEKS) - 1)

enum profile { PROFILE_ROOT_2020, PROFILE_IAM_2021 };
enum { PROFILE_COUNT = PROFILE_IAM_2021 + 1 };

/* What a user is like on 2021-01-24. Ages are those of the user or of its oldest active key. */
enum user_trait {
    USER_30 = 1 << 0, /* older than 30 days, and so on */
    USER_90 = 1 << 1,
    USER_365 = 1 << 2,
    USER_1825 = 1 << 3,
    KEY_ANY = 1 << 4, /* has an active key */
    KEY_30 = 1 << 5,
    KEY_90 = 1 << 6,
    KEY_365 = 1 << 7,
    KEY_1825 = 1 << 8,
    TWO_KEYS = 1 << 9, /* two active keys; both older than that */
    TWO_KEYS_30 = 1 << 10,
    TWO_KEYS_90 = 1 << 11,
    TWO_KEYS_365 = 1 << 12,
    KEY_SAME_TIER = 1 << 13, /* the oldest key is of the same tier of age as its user */
    KEY_INITIAL = 1 << 14,   /* made with the user */
    KEY_INACTIVE = 1 << 15,  /* one that is no longer active */
    STANDALONE = 1 << 16,    /* in an account that stands alone */
    PASSWORD = 1 << 17,
    CREDENTIAL = 1 << 18, /* a password or an active key */
    CREDENTIAL_365 =
        1 << 19,             /* none of them can have lain idle for so long: an active key is too */
    CREDENTIAL_90 = 1 << 20, /* young */
    IDLE_90 = 1 << 21,       /* no credential used for so long */
    IDLE_365 = 1 << 22,
    MFA = 1 << 23,
    NO_MFA = 1 << 24,
    OLDEST_KEY = 1 << 25,          /* the one of August 2011 */
    OLDEST_IDLE_CONSOLE = 1 << 26, /* of March 2014 */
    OLDEST_IDLE_KEY = 1 << 27,     /* of April 2015 */
};

struct user_plan {
    uint32_t traits;
    uint8_t join;  /* 0: was there before the first Sunday; else made in the week before that one */
    uint8_t leave; /* first week without it; PLAN_WEEKS: stays */
};

struct account_plan {
    uint32_t present; /* weeks in which it is sampled */
    uint32_t console, api;
    uint32_t mfa;
    uint32_t key_active;
    bool has_key;
    bool is_new; /* made in the week before its first sample */
    bool standalone;
    int8_t key_made; /* the week that ends with this Sunday; -1: long before */
    uint16_t organization;
    enum asset_class asset_class;
    uint32_t user_first, user_count; /* in the plan's users */
};

struct plan {
    enum profile profile;
    uint64_t seed;
    uint32_t samples; /* weeks that the profile has, the last ones */
    struct account_plan *accounts;
    uint32_t account_count;
    uint32_t organization_count;
    struct user_plan *users;
    uint32_t user_count;
    uint32_t
        standalone_users;    /* iam: the first so many users are those of accounts standing alone */
    uint32_t factor, offset; /* of the order in which accounts get slots */
};

struct str profile_name(enum profile profile);
bool profile_find(struct str name, enum profile *out);

struct plan *plan_new(enum profile profile, uint64_t seed);
void plan_free(struct plan *plan); /* NULL is fine */

/* The slot of an account by its number in the fleet; each run of account_count has each once. */
uint32_t plan_slot(const struct plan *plan, uint64_t account);
/* 00:00:00 UTC of that Sunday. */
int64_t week_instant(unsigned week);

/* Used while a plan is made. The users of user traits alone, on 2021-01-24. */
void plan_user_traits(uint32_t *traits, uint32_t standalone_count, struct random *random);
void plan_root(struct plan *plan, struct random *random);
void plan_root_use(struct plan *plan, const uint32_t *lives, struct random *random);
void plan_root_keys(struct plan *plan, const uint32_t *lives, struct random *random);
void plan_iam(struct plan *plan, struct random *random);
enum { IAM_USERS = 12478 };
/* Sundays on which a key made in the period is no older than 90 days. */
enum { WEEKS_YOUNG = 13 };

static inline uint32_t week_bit(unsigned week)
{
    return UINT32_C(1) << week;
}

/* The weeks from `first` on, `end` not included. */
static inline uint32_t week_run(unsigned first, unsigned end)
{
    return (week_bit(end) - 1) & ~(week_bit(first) - 1);
}

static inline unsigned week_count(uint32_t weeks)
{
    return (unsigned)__builtin_popcount(weeks);
}

#endif
