/* Which accounts have an active root key, in which weeks, and in which of them it is young. */
#include <assert.h>

#include "base/arena.h"
#include "simulate/deal.h"
#include "simulate/plan.h"

enum {
    KEY_ORGANIZATIONS = 34,
    KEY_WEEKS_OLD = 52 * PLAN_WEEKS,
    KEY_WEEKS_YOUNG = 2 * PLAN_WEEKS, /* of 54 accounts on average, 52 have an old key */
    CANDIDATES_MIN = 100,
    TRIES_MAX = 100000,
};

enum organization_trait {
    ORG_STEADY = 1 << 0, /* there all the time */
    ORG_KEY = 1 << 1,
    ORG_HAS_KEY = 1 << 2, /* one of its accounts already does */
};

struct key_draft {
    struct plan *plan;
    uint32_t organizations[PLAN_ORGANIZATIONS_MAX];
    uint32_t old_left, young_left; /* account weeks still wanted */
    uint32_t candidates[PLAN_ACCOUNTS_MAX], candidate_count;
    struct random *random;
};

/* The weeks of a key made in that week in which it is young, and those in which it is old. */
static void count_key(struct key_draft *draft, const struct account_plan *account)
{
    unsigned made = account->key_made < 0 ? 0 : (unsigned)account->key_made;
    unsigned old = account->key_made < 0 ? 0 : made + WEEKS_YOUNG;
    uint32_t active = account->present & account->key_active;
    uint32_t young_weeks = week_run(made, old < PLAN_WEEKS ? old : PLAN_WEEKS);

    young_weeks = account->key_made < 0 ? 0 : young_weeks;
    draft->young_left -= week_count(active & young_weeks);
    draft->old_left -= week_count(active & ~young_weeks);
}

/* 34 organizations have accounts with an active root key, those whose root uses one among them. */
static void draw_key_organizations(struct key_draft *draft, const uint32_t *lives)
{
    const struct plan *plan = draft->plan;
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->organization_count; i++) {
        draft->organizations[i] = lives[i] == ALL_WEEKS ? ORG_STEADY : 0;
    }
    for (uint32_t i = 0; i < plan->account_count; i++) {
        if (plan->accounts[i].has_key) {
            draft->organizations[plan->accounts[i].organization] |= ORG_KEY | ORG_HAS_KEY;
        }
    }
    for (uint32_t i = 0; i < plan->organization_count; i++) {
        count += (draft->organizations[i] & ORG_KEY) != 0;
    }
    assert(count <= KEY_ORGANIZATIONS);
    const struct deal deal = {KEY_ORGANIZATIONS - count, KEY_ORGANIZATIONS - count, ORG_STEADY,
                              ORG_KEY, ORG_KEY};
    for (int tries = 0; draft->candidate_count < CANDIDATES_MIN; tries++) {
        assert(tries < TRIES_MAX);
        for (uint32_t i = 0; i < plan->organization_count; i++) {
            uint32_t *traits = &draft->organizations[i];
            *traits = (*traits & ORG_HAS_KEY) != 0 ? *traits : *traits & ~(uint32_t)ORG_KEY;
        }
        deal_one(draft->organizations, plan->organization_count, deal, draft->random);
        draft->candidate_count = 0;
        for (uint32_t i = 0; i < plan->account_count; i++) {
            const struct account_plan *account = &plan->accounts[i];
            bool is_wanted = (draft->organizations[account->organization] & ORG_KEY) != 0;
            if (is_wanted && !account->has_key) {
                draft->candidates[draft->candidate_count++] = i;
            }
        }
    }
    random_shuffle(draft->candidates, draft->candidate_count, draft->random);
}

/* An old key; it is taken away once there are enough weeks, and now and then before. */
static void give_old_key(struct key_draft *draft, struct account_plan *account)
{
    unsigned end = random_percent(draft->random, 12)
                       ? (unsigned)random_between(draft->random, 1, PLAN_WEEKS)
                       : PLAN_WEEKS;

    if ((account->present & week_run(0, end)) == 0) {
        end = PLAN_WEEKS;
    }
    while (week_count(account->present & week_run(0, end)) > draft->old_left) {
        end--;
    }
    if ((account->present & week_run(0, end)) != 0) {
        account->has_key = true;
        account->key_active = week_run(0, end);
        count_key(draft, account);
    }
}

/* A key made in the period, in a week that leaves it no more young weeks than are wanted. */
static void give_young_key(struct key_draft *draft, struct account_plan *account)
{
    unsigned made = (unsigned)random_between(draft->random, 1, PLAN_WEEKS - 1);

    if (made + WEEKS_YOUNG > PLAN_WEEKS - 1 && PLAN_WEEKS - made <= draft->young_left &&
        account->present == ALL_WEEKS) {
        account->has_key = true;
        account->key_made = (int8_t)made;
        account->key_active = week_run(made, PLAN_WEEKS);
        count_key(draft, account);
    }
}

void plan_root_keys(struct plan *plan, const uint32_t *lives, struct random *random)
{
    struct key_draft *draft = mem_alloc(sizeof *draft);

    *draft = (struct key_draft){.plan = plan, .random = random};
    draft->old_left = KEY_WEEKS_OLD;
    draft->young_left = KEY_WEEKS_YOUNG;
    for (uint32_t i = 0; i < plan->account_count; i++) {
        if (plan->accounts[i].has_key) {
            count_key(draft, &plan->accounts[i]);
        }
    }
    draw_key_organizations(draft, lives);
    assert(draft->candidate_count >= CANDIDATES_MIN);
    for (uint32_t i = 0; i < draft->candidate_count; i++) {
        struct account_plan *account = &plan->accounts[draft->candidates[i]];
        uint32_t *traits = &draft->organizations[account->organization];
        if ((*traits & ORG_HAS_KEY) == 0) { /* one for each organization that has none yet */
            *traits |= ORG_HAS_KEY;
            give_old_key(draft, account);
            assert(account->has_key);
        }
    }
    for (uint32_t i = 0; draft->young_left > 0 || draft->old_left > 0; i++) {
        struct account_plan *account =
            &plan->accounts[draft->candidates[i % draft->candidate_count]];
        assert(i < TRIES_MAX);
        if (account->has_key) {
            continue;
        }
        if (draft->young_left > 0) {
            give_young_key(draft, account);
        } else {
            give_old_key(draft, account);
        }
    }
    mem_free(draft);
}
