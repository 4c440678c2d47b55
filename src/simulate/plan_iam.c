/* The fleet of the study of IAM users: its tables, dealt one line after the other. */
#include <assert.h>

#include "base/arena.h"
#include "simulate/deal.h"
#include "simulate/plan.h"

enum {
    IAM_ACCOUNTS = 1143,
    STANDALONE_ACCOUNTS = 178,
    USERS_PER_ACCOUNT_MAX = 400,
};

/* Older keys are in all younger tiers too. */
enum {
    OVER_30 = KEY_ANY | KEY_30,
    OVER_90 = OVER_30 | KEY_90,
    OVER_365 = OVER_90 | KEY_365,
    OVER_1825 = OVER_365 | KEY_1825,
    TWO_OVER_30 = TWO_KEYS | TWO_KEYS_30,
    TWO_OVER_90 = TWO_OVER_30 | TWO_KEYS_90,
    TWO_OVER_365 = TWO_OVER_90 | TWO_KEYS_365,
};

/* Where a number stands twice it is a published one; the others are by lot. */
static const struct deal user_deals[] = {
    /* 8,001 users are older than a year, 11,395 than 90 days, 12,100 than 30 days. */
    {8001, 8001, 0, 0, USER_30 | USER_90 | USER_365},
    {900, 1500, USER_365, 0, USER_1825},
    {11395 - 8001, 11395 - 8001, 0, USER_30, USER_30 | USER_90},
    {12100 - 11395, 12100 - 11395, 0, USER_30, USER_30},
    /* 245 have an active key not rotated for five years, 4,931 for a year, 7,580 for 90 days. */
    {245, 245, USER_1825, 0, OVER_1825},
    {4931 - 245, 4931 - 245, USER_365, KEY_ANY, OVER_365},
    {7580 - 4931, 7580 - 4931, USER_90, KEY_ANY, OVER_90},
    {400, 600, USER_30, KEY_ANY, OVER_30},
    {100, 200, 0, KEY_ANY, KEY_ANY},
    /* 830 have two active keys, 799 two older than 30 days, 720 than 90, 445 than a year. */
    {445, 445, KEY_365, 0, TWO_OVER_365},
    {720 - 445, 720 - 445, KEY_90, TWO_KEYS, TWO_OVER_90},
    {799 - 720, 799 - 720, KEY_30, TWO_KEYS, TWO_OVER_30},
    {830 - 799, 830 - 799, KEY_ANY, TWO_KEYS, TWO_KEYS},
    /* 1,331 have an active key since they were set up, which is therefore as old as they are. */
    {DEAL_ALL, DEAL_ALL, KEY_1825, 0, KEY_SAME_TIER},
    {DEAL_ALL, DEAL_ALL, KEY_365, USER_1825, KEY_SAME_TIER},
    {DEAL_ALL, DEAL_ALL, KEY_90, USER_365, KEY_SAME_TIER},
    {DEAL_ALL, DEAL_ALL, KEY_30, USER_90, KEY_SAME_TIER},
    {DEAL_ALL, DEAL_ALL, KEY_ANY, USER_30, KEY_SAME_TIER},
    {1331, 1331, KEY_SAME_TIER, 0, KEY_INITIAL},
    {300, 500, KEY_ANY, TWO_KEYS, KEY_INACTIVE},
    {1000, 1800, 0, KEY_ANY, KEY_INACTIVE},
    {5200, 6200, 0, STANDALONE, PASSWORD},
    {DEAL_ALL, DEAL_ALL, KEY_ANY, 0, CREDENTIAL},
    {DEAL_ALL, DEAL_ALL, PASSWORD, 0, CREDENTIAL},
    /* Of 6,211 no credential was used for 90 days, of 3,549 for a year: with a key younger than
     * that, it cannot be. */
    {DEAL_ALL, DEAL_ALL, KEY_ANY, KEY_365, CREDENTIAL_365},
    {DEAL_ALL, DEAL_ALL, TWO_KEYS, TWO_KEYS_365, CREDENTIAL_365},
    {DEAL_ALL, DEAL_ALL, KEY_ANY, KEY_90, CREDENTIAL_90},
    {DEAL_ALL, DEAL_ALL, TWO_KEYS, TWO_KEYS_90, CREDENTIAL_90},
    {3549, 3549, CREDENTIAL | USER_365, CREDENTIAL_365, IDLE_90 | IDLE_365},
    {6211 - 3549, 6211 - 3549, CREDENTIAL | USER_90, CREDENTIAL_90 | IDLE_90, IDLE_90},
    {2500, 3500, PASSWORD, STANDALONE, MFA},
    {60, 120, 0, PASSWORD, MFA},
    /* The oldest of each. */
    {1, 1, KEY_1825, IDLE_90 | KEY_INITIAL, OLDEST_KEY},
    {1, 1, KEY_1825 | IDLE_365, TWO_KEYS | PASSWORD | KEY_INITIAL, OLDEST_IDLE_KEY},
    {1, 1, USER_1825 | IDLE_365 | PASSWORD, KEY_ANY, OLDEST_IDLE_CONSOLE},
};

/* In the accounts that stand alone, 773 have a password and no MFA. */
static const struct deal standalone_deals[] = {
    {1000, 1150, STANDALONE, 0, PASSWORD},
    {773, 773, STANDALONE | PASSWORD, 0, NO_MFA},
    {DEAL_ALL, DEAL_ALL, STANDALONE | PASSWORD, NO_MFA, MFA},
};

enum {
    USER_DEALS = sizeof user_deals / sizeof *user_deals,
    STANDALONE_DEALS = sizeof standalone_deals / sizeof *standalone_deals,
};

void plan_user_traits(uint32_t *traits, uint32_t standalone_count, struct random *random)
{
    for (uint32_t i = 0; i < IAM_USERS; i++) {
        traits[i] = i < standalone_count ? STANDALONE : 0;
    }
    if (standalone_count > 0) {
        deal_all(traits, IAM_USERS, standalone_deals, STANDALONE_DEALS, random);
    }
    deal_all(traits, IAM_USERS, user_deals, USER_DEALS, random);
}

/* Spreads users over accounts, most of which have few. */
static void draw_sizes(struct account_plan *accounts, uint32_t count, uint32_t users,
                       struct random *random)
{
    while (users > 0) {
        struct account_plan *account =
            &accounts[random_below(random, random_below(random, count) + 1)];
        if (account->user_count < USERS_PER_ACCOUNT_MAX) {
            account->user_count++;
            users--;
        }
    }
}

/* What root did is no part of this study; it is as in the other one. */
static void draw_root(struct account_plan *account, struct random *random)
{
    account->mfa = random_percent(random, 60) ? ALL_WEEKS : 0;
    account->has_key = random_percent(random, 6);
    account->key_active = account->has_key && random_percent(random, 90) ? ALL_WEEKS : 0;
    if (random_percent(random, 15)) {
        for (unsigned uses = 1 + (unsigned)random_below(random, 6); uses > 0; uses--) {
            account->console |= week_bit((unsigned)random_below(random, PLAN_WEEKS));
        }
        account->api = account->key_active & account->console & (uint32_t)random_u64(random);
    }
}

void plan_iam(struct plan *plan, struct random *random)
{
    uint32_t *traits = mem_array(IAM_USERS, sizeof *traits);
    uint32_t first = 0;

    plan->samples = 1;
    plan->account_count = IAM_ACCOUNTS;
    plan->organization_count = (uint32_t)random_between(random, 150, 220);
    plan->standalone_users = (uint32_t)random_between(random, 1800, 2200);
    draw_sizes(plan->accounts, STANDALONE_ACCOUNTS, plan->standalone_users, random);
    draw_sizes(plan->accounts + STANDALONE_ACCOUNTS, IAM_ACCOUNTS - STANDALONE_ACCOUNTS,
               IAM_USERS - plan->standalone_users, random);
    plan_user_traits(traits, plan->standalone_users, random);
    plan->user_count = IAM_USERS;
    plan->users = mem_array(IAM_USERS, sizeof *plan->users);
    for (uint32_t i = 0; i < IAM_USERS; i++) {
        plan->users[i] = (struct user_plan){.traits = traits[i], .leave = PLAN_WEEKS};
    }
    for (uint32_t i = 0; i < IAM_ACCOUNTS; i++) {
        struct account_plan *account = &plan->accounts[i];
        account->present = ALL_WEEKS;
        account->standalone = i < STANDALONE_ACCOUNTS;
        account->key_made = -1;
        account->organization =
            (uint16_t)random_below(random, random_below(random, plan->organization_count) + 1);
        account->asset_class = random_percent(random, 55)   ? ASSET_SMALL
                               : random_percent(random, 67) ? ASSET_MEDIUM
                                                            : ASSET_LARGE;
        account->user_first = first;
        first += account->user_count;
        draw_root(account, random);
    }
    assert(first == IAM_USERS);
    mem_free(traits);
}
