/* The fleet of the study of root use: organizations, accounts and users that come, stay and go, so
 * that the sums over its twenty Sundays are the published means times twenty. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "simulate/plan.h"

enum {
    SUM_ACCOUNTS = 915 * PLAN_WEEKS,
    SUM_ORGANIZATIONS = 153 * PLAN_WEEKS,
    SUM_USERS = 15660 * PLAN_WEEKS,
    USERS_MAX = 40000,
    SMALL_USERS_MAX = 44, /* leaves room for a trail and a few other things */
    MEDIUM_USERS_MAX = 200,
    LARGE_USERS_MAX = 900,
};

/* Some organizations join or leave; as many as are needed are there all the time. Those that are
 * come first. */
static uint32_t draw_organizations(uint32_t *lives, struct random *random)
{
    uint32_t partial[32] = {0}, partial_count = 0, sum = 0, count = 0;
    uint32_t wanted = (uint32_t)random_between(random, 8, 16);

    while (partial_count < wanted || sum % PLAN_WEEKS != 0) {
        unsigned weeks = partial_count < wanted
                             ? (unsigned)random_between(random, 1, PLAN_WEEKS - 1)
                             : PLAN_WEEKS - sum % PLAN_WEEKS;
        partial[partial_count++] = random_percent(random, 60)
                                       ? week_run(PLAN_WEEKS - weeks, PLAN_WEEKS)
                                       : week_run(0, weeks);
        sum += weeks;
    }
    while (sum + count * PLAN_WEEKS < SUM_ORGANIZATIONS) {
        lives[count++] = ALL_WEEKS;
    }
    memcpy(lives + count, partial, partial_count * sizeof *partial);
    return count + partial_count;
}

/* The first account of each organization is there as long as the organization is. The others go to
 * organizations by a lot that favours some, until there are more account weeks than needed. */
static void draw_accounts(struct plan *plan, const uint32_t *lives, struct random *random)
{
    uint32_t sum = 0, slack = (uint32_t)random_between(random, 700, 1300);

    while (sum < SUM_ACCOUNTS + slack) {
        uint32_t i = plan->account_count++;
        uint32_t organization = i;
        assert(i < PLAN_ACCOUNTS_MAX);
        if (i >= plan->organization_count) {
            organization =
                (uint32_t)random_below(random, random_below(random, plan->organization_count) + 1);
        }
        plan->accounts[i] = (struct account_plan){
            .present = lives[organization],
            .organization = (uint16_t)organization,
            .key_made = -1,
        };
        sum += week_count(lives[organization]);
    }
}

/* Weeks of one account that may go: it joins late, leaves early, or has a gap. */
static uint32_t draw_absence(struct random *random)
{
    unsigned week = (unsigned)random_between(random, 1, PLAN_WEEKS - 2);

    switch (random_below(random, 4)) {
    case 0:
        return week_run(0, week);
    case 1:
        return week_run(week, PLAN_WEEKS);
    default:
        return week_run(week, week + 1 + (random_percent(random, 20) && week < PLAN_WEEKS - 2));
    }
}

/* Takes away exactly what is too much, but no week in which something planned happens. */
static void draw_presence(struct plan *plan, struct random *random)
{
    uint32_t excess = 0;

    for (uint32_t i = 0; i < plan->account_count; i++) {
        excess += week_count(plan->accounts[i].present);
    }
    for (excess -= SUM_ACCOUNTS; excess > 0;) {
        uint64_t others = plan->account_count - plan->organization_count;
        struct account_plan *account =
            &plan->accounts[plan->organization_count + random_below(random, others)];
        uint32_t absence = draw_absence(random) & account->present;
        if ((absence & (account->console | account->api)) != 0 || absence == account->present ||
            week_count(absence) > excess) {
            continue;
        }
        account->present &= ~absence;
        excess -= week_count(absence);
    }
}

/* Of the accounts that were not sampled from the start, some had not been there. */
static void draw_new(struct plan *plan, struct random *random)
{
    for (uint32_t i = plan->organization_count; i < plan->account_count; i++) {
        struct account_plan *account = &plan->accounts[i];
        bool is_late = (account->present & 1) == 0;
        account->is_new = is_late && !account->has_key && (account->console | account->api) == 0 &&
                          random_percent(random, 50);
    }
}

static void draw_standalone(struct plan *plan, struct random *random)
{
    uint32_t sizes[PLAN_ORGANIZATIONS_MAX] = {0};

    for (uint32_t i = 0; i < plan->account_count; i++) {
        sizes[plan->accounts[i].organization]++;
    }
    for (uint32_t i = 0; i < plan->account_count; i++) {
        struct account_plan *account = &plan->accounts[i];
        account->standalone = sizes[account->organization] == 1 || random_percent(random, 12);
    }
}

static uint32_t users_max(enum asset_class asset_class)
{
    return asset_class == ASSET_SMALL    ? SMALL_USERS_MAX
           : asset_class == ASSET_MEDIUM ? MEDIUM_USERS_MAX
                                         : LARGE_USERS_MAX;
}

/* One user's life in an account that has room for it; large accounts are drawn more often. */
static uint32_t draw_user(struct plan *plan, struct user_plan *user, struct random *random)
{
    static const unsigned weights[] = {[ASSET_SMALL] = 8, [ASSET_MEDIUM] = 35, [ASSET_LARGE] = 100};
    uint32_t i;
    const struct account_plan *account;

    do {
        i = (uint32_t)random_below(random, plan->account_count);
        account = &plan->accounts[i];
    } while (account->user_count >= users_max(account->asset_class) ||
             !random_percent(random, weights[account->asset_class]));
    *user = (struct user_plan){.leave = PLAN_WEEKS};
    if (random_percent(random, 8)) {
        user->join = (uint8_t)random_between(random, 1, PLAN_WEEKS - 1);
    }
    if (random_percent(random, 6)) {
        user->leave = (uint8_t)random_between(random, user->join + 1, PLAN_WEEKS);
    }
    /* Nobody was there before the account was. */
    if (account->is_new && user->join < (unsigned)__builtin_ctz(account->present)) {
        user->join = (uint8_t)__builtin_ctz(account->present);
        user->leave = PLAN_WEEKS;
    }
    return i;
}

/* Users come until their weeks add up; the last ones leave when they have to. */
static void draw_users(struct plan *plan, struct random *random)
{
    struct user_plan *users = mem_array(USERS_MAX, sizeof *users);
    uint32_t *owners = mem_array(USERS_MAX, sizeof *owners);
    uint32_t missing = SUM_USERS, first = 0;

    while (missing > 0) {
        struct user_plan user;
        uint32_t i = draw_user(plan, &user, random), weeks;
        uint32_t present = plan->accounts[i].present;
        assert(plan->user_count < USERS_MAX);
        while (week_count(present & week_run(user.join, user.leave)) > missing) {
            user.leave--;
        }
        weeks = week_count(present & week_run(user.join, user.leave));
        if (weeks == 0) {
            continue;
        }
        missing -= weeks;
        users[plan->user_count] = user;
        owners[plan->user_count++] = i;
        plan->accounts[i].user_count++;
    }
    /* Those of an account beside each other. */
    plan->users = mem_array(plan->user_count, sizeof *plan->users);
    for (uint32_t i = 0; i < plan->account_count; i++) {
        plan->accounts[i].user_first = first;
        first += plan->accounts[i].user_count;
        plan->accounts[i].user_count = 0;
    }
    for (uint32_t i = 0; i < plan->user_count; i++) {
        struct account_plan *account = &plan->accounts[owners[i]];
        plan->users[account->user_first + account->user_count++] = users[i];
    }
    mem_free(users);
    mem_free(owners);
}

/* The tier of age, on the last Sunday, of somebody who was made in the week before another one. */
static uint32_t traits_of_join(unsigned join)
{
    unsigned days = 7 * (PLAN_WEEKS - 1 - join);

    if (join == 0) {
        return USER_30 | USER_90 | USER_365;
    }
    return days >= 90 ? USER_30 | USER_90 : days >= 30 ? USER_30 : 0;
}

/* Each is like some user of the other study who is about as old. */
static void draw_user_traits(struct plan *plan, struct random *random)
{
    const uint32_t compared =
        USER_30 | USER_90 | USER_365 | OLDEST_KEY | OLDEST_IDLE_KEY | OLDEST_IDLE_CONSOLE;
    uint32_t *traits = mem_array(IAM_USERS, sizeof *traits);

    plan_user_traits(traits, 0, random);
    for (uint32_t i = 0; i < plan->user_count; i++) {
        uint32_t wanted = traits_of_join(plan->users[i].join), drawn;
        do {
            drawn = traits[random_below(random, IAM_USERS)];
        } while ((drawn & compared) != wanted);
        plan->users[i].traits = drawn;
    }
    mem_free(traits);
}

void plan_root(struct plan *plan, struct random *random)
{
    uint32_t lives[PLAN_ORGANIZATIONS_MAX] = {0};

    plan->samples = PLAN_WEEKS;
    plan->organization_count = draw_organizations(lives, random);
    draw_accounts(plan, lives, random);
    plan_root_use(plan, lives, random);
    draw_presence(plan, random);
    plan_root_keys(plan, lives, random);
    draw_new(plan, random);
    draw_standalone(plan, random);
    draw_users(plan, random);
    draw_user_traits(plan, random);
}
