#include "simulate/plan.h"

#include "base/arena.h"

static const struct str names[PROFILE_COUNT] = {
    [PROFILE_ROOT_2020] = STR_LIT("root-2020"),
    [PROFILE_IAM_2021] = STR_LIT("iam-2021"),
};

struct str profile_name(enum profile profile)
{
    return names[profile];
}

bool profile_find(struct str name, enum profile *out)
{
    for (int i = 0; i < PROFILE_COUNT; i++) {
        if (str_eq(names[i], name)) {
            *out = (enum profile)i;
            return true;
        }
    }
    return false;
}

int64_t week_instant(unsigned week)
{
    return days_from_civil(2020, 9, 13) * SECONDS_PER_DAY + (int64_t)week * WEEK_SECONDS;
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct plan *plan_new(enum profile profile, uint64_t seed)
{
    struct plan *plan = mem_alloc(sizeof *plan);
    struct random random = random_of(seed, (uint64_t)profile, UINT64_MAX);

    plan->profile = profile;
    plan->seed = seed;
    plan->accounts = mem_array(PLAN_ACCOUNTS_MAX, sizeof *plan->accounts);
    if (profile == PROFILE_ROOT_2020) {
        plan_root(plan, &random);
    } else {
        plan_iam(plan, &random);
    }
    do {
        plan->factor = (uint32_t)random_between(&random, 1, plan->account_count - 1);
    } while (common_divisor(plan->account_count, plan->factor) != 1);
    plan->offset = (uint32_t)random_below(&random, plan->account_count);
    return plan;
}

void plan_free(struct plan *plan)
{
    if (plan != NULL) {
        mem_free(plan->accounts);
        mem_free(plan->users);
        mem_free(plan);
    }
}

/* A factor without a common divisor visits every slot once. */
uint32_t plan_slot(const struct plan *plan, uint64_t account)
{
    uint64_t place = account % plan->account_count;

    return (uint32_t)((place * plan->factor + plan->offset) % plan->account_count);
}
