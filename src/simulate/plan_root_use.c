/* What root does in the study's twenty weeks: 510 uses, by whom, in which weeks, by console or key,
 * with MFA or without. The keys that nobody uses are plan_root_keys.c's. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "simulate/deal.h"
#include "simulate/plan.h"

enum {
    USES = 510,
    USE_ACCOUNTS = 143,
    USE_ORGANIZATIONS = 65,
    REPEAT_ACCOUNTS = 72,
    REPEAT_USES = USES - (USE_ACCOUNTS - REPEAT_ACCOUNTS),
    TOP_ACCOUNTS = 17,                    /* the smallest set that makes half of the uses */
    TOP_USES_MIN = 8,                     /* each of them; nobody else has more than that */
    WEEK_ORGANIZATIONS = 20 * PLAN_WEEKS, /* organizations with use, added up over the weeks */
    USES_SMALL = 286,                     /* 56 % */
    USES_MEDIUM = 148,                    /* 29 % */
    USES_LARGE = 76,                      /* 15 % */
    USES_API = 64,
    USES_API_OLD = 58,
    USES_BOTH = 18, /* console and key in one week: 464 + 64 - 510 */
    API_ONLY_ORGANIZATIONS = 2,
    API_ONLY_USES_MAX = 15, /* of such an organization */
    NO_MFA_ORGANIZATIONS = 35,
    NO_MFA_USES = 283,
    YOUNG_API_ACCOUNTS = 2,
    API_ACCOUNT_USES_MIN = 4, /* so that few accounts, hence few organizations, are enough */
    TRIES_MAX = 100000,
};

enum organization_trait {
    ORG_STEADY = 1 << 0, /* there all the time */
    ORG_USE = 1 << 1,
    ORG_API_ONLY = 1 << 2,
    ORG_NO_MFA = 1 << 3,
};

enum account_trait {
    ACCOUNT_IN_USE = 1 << 0, /* in an organization with use */
    ACCOUNT_USE = 1 << 1,
    ACCOUNT_API = 1 << 2,
};

/* One use. */
enum cell_trait {
    CELL_API_ONLY = 1 << 0, /* of an organization without console use */
    CELL_OLD = 1 << 1,      /* there is a key older than 90 days */
    CELL_YOUNG = 1 << 2,
    CELL_KEPT = 1 << 3, /* stays a console use, so that the organization has one */
    CELL_API = 1 << 4,
    CELL_BOTH = 1 << 5,
    CELL_CONSOLE = 1 << 6,
};

struct draft {
    struct account_plan *accounts;
    uint32_t account_count, organization_count;
    uint32_t organizations[PLAN_ORGANIZATIONS_MAX]; /* traits */
    uint32_t traits[PLAN_ACCOUNTS_MAX];
    uint32_t users[USE_ACCOUNTS]; /* accounts with use, in random order */
    uint32_t uses[USE_ACCOUNTS];
    struct random *random;
};

static struct account_plan *user_at(struct draft *draft, size_t i)
{
    return &draft->accounts[draft->users[i]];
}

/* ---- who, and how often --------------------------------------------------------------------- */

static void draw_users(struct draft *draft)
{
    const struct deal organizations[] = {
        {USE_ORGANIZATIONS, USE_ORGANIZATIONS, ORG_STEADY, 0, ORG_USE}};
    const struct deal accounts[] = {{USE_ACCOUNTS - USE_ORGANIZATIONS,
                                     USE_ACCOUNTS - USE_ORGANIZATIONS, ACCOUNT_IN_USE, ACCOUNT_USE,
                                     ACCOUNT_USE}};
    uint32_t count = 0;

    deal_all(draft->organizations, draft->organization_count, organizations, 1, draft->random);
    for (uint32_t i = 0; i < draft->account_count; i++) {
        bool is_in_use = (draft->organizations[draft->accounts[i].organization] & ORG_USE) != 0;
        bool is_first = i < draft->organization_count;
        draft->traits[i] = !is_in_use ? 0 : is_first ? ACCOUNT_USE : ACCOUNT_IN_USE;
    }
    deal_all(draft->traits, draft->account_count, accounts, 1, draft->random);
    for (uint32_t i = 0; i < draft->account_count; i++) {
        if ((draft->traits[i] & ACCOUNT_USE) != 0) {
            assert(count < USE_ACCOUNTS);
            draft->users[count++] = i;
        }
    }
    assert(count == USE_ACCOUNTS);
}

/* `sum` in `count` parts, each between the bounds. */
static void draw_parts(uint32_t *parts, uint32_t count, uint32_t sum, uint32_t least, uint32_t most,
                       struct random *random)
{
    for (uint32_t i = 0; i < count; i++) {
        parts[i] = least;
        sum -= least;
    }
    while (sum > 0) {
        uint32_t *part = &parts[random_below(random, count)];
        if (*part < most) {
            (*part)++;
            sum--;
        }
    }
}

/* 17 accounts make half of all uses, and without the least of them not quite. */
static void draw_uses(struct draft *draft)
{
    uint32_t top = USES / 2 + (uint32_t)random_below(draft->random, TOP_USES_MIN);
    uint32_t *uses = draft->uses;

    draw_parts(uses, TOP_ACCOUNTS, top, TOP_USES_MIN, PLAN_WEEKS, draft->random);
    draw_parts(uses + TOP_ACCOUNTS, REPEAT_ACCOUNTS - TOP_ACCOUNTS, REPEAT_USES - top, 2,
               TOP_USES_MIN, draft->random);
    draw_parts(uses + REPEAT_ACCOUNTS, USE_ACCOUNTS - REPEAT_ACCOUNTS, USES - REPEAT_USES, 1, 1,
               draft->random);
}

/* Whether the uses of an organization's accounts can coincide as often as they must: all of them do
 * at best when it has as many weeks as its most eager account. */
static bool can_coincide(struct draft *draft)
{
    uint32_t most[PLAN_ORGANIZATIONS_MAX] = {0}, all[PLAN_ORGANIZATIONS_MAX] = {0};
    uint32_t sum_least = 0, sum_most = 0;

    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        uint16_t organization = user_at(draft, i)->organization;
        uint32_t uses = draft->uses[i];
        all[organization] += uses;
        most[organization] = uses > most[organization] ? uses : most[organization];
    }
    for (uint32_t i = 0; i < draft->organization_count; i++) {
        sum_least += most[i];
        sum_most += all[i] < PLAN_WEEKS ? all[i] : PLAN_WEEKS;
    }
    return sum_least + PLAN_WEEKS <= WEEK_ORGANIZATIONS &&
           sum_most >= WEEK_ORGANIZATIONS + PLAN_WEEKS;
}

static void assign_uses(struct draft *draft)
{
    random_shuffle(draft->users, USE_ACCOUNTS, draft->random);
    for (int tries = 0; !can_coincide(draft); tries++) {
        assert(tries < TRIES_MAX);
        random_shuffle(draft->users, USE_ACCOUNTS, draft->random);
    }
}

/* Accounts with many uses first, where there is most room left; single uses fill up the rest. */
static void draw_classes(struct draft *draft)
{
    uint32_t room[] = {
        [ASSET_SMALL] = USES_SMALL, [ASSET_MEDIUM] = USES_MEDIUM, [ASSET_LARGE] = USES_LARGE};
    uint32_t left = USES;

    for (size_t i = 0; i < USE_ACCOUNTS;) {
        uint64_t place = random_below(draft->random, left);
        enum asset_class asset_class = place < room[ASSET_SMALL] ? ASSET_SMALL
                                       : place < room[ASSET_SMALL] + room[ASSET_MEDIUM]
                                           ? ASSET_MEDIUM
                                           : ASSET_LARGE;
        if (room[asset_class] >= draft->uses[i]) {
            user_at(draft, i)->asset_class = asset_class;
            room[asset_class] -= draft->uses[i];
            left -= draft->uses[i];
            i++;
        }
    }
    for (uint32_t i = 0; i < draft->account_count; i++) {
        if (draft->accounts[i].asset_class == ASSET_NONE) {
            draft->accounts[i].asset_class = random_percent(draft->random, 56)   ? ASSET_SMALL
                                             : random_percent(draft->random, 65) ? ASSET_MEDIUM
                                                                                 : ASSET_LARGE;
        }
    }
}

/* ---- when ----------------------------------------------------------------------------------- */

/* How many accounts of the organization have a use in that week. */
static uint32_t uses_at(struct draft *draft, uint16_t organization, unsigned week)
{
    uint32_t count = 0;

    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        const struct account_plan *account = user_at(draft, i);
        count += account->organization == organization && (account->console & week_bit(week)) != 0;
    }
    return count;
}

static uint32_t week_organizations(struct draft *draft)
{
    uint32_t weeks[PLAN_ORGANIZATIONS_MAX] = {0}, sum = 0;

    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        weeks[user_at(draft, i)->organization] |= user_at(draft, i)->console;
    }
    for (uint32_t i = 0; i < draft->organization_count; i++) {
        sum += week_count(weeks[i]);
    }
    return sum;
}

/* Weeks by lot; then single uses move to other weeks until accounts of one organization coincide as
 * often as they must. */
static void draw_weeks(struct draft *draft)
{
    uint32_t sum;

    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        const struct deal deal = {draft->uses[i], draft->uses[i], 0, 0, 1};
        uint32_t weeks[PLAN_WEEKS] = {0};
        deal_one(weeks, PLAN_WEEKS, deal, draft->random);
        for (unsigned week = 0; week < PLAN_WEEKS; week++) {
            user_at(draft, i)->console |= weeks[week] << week;
        }
    }
    sum = week_organizations(draft);
    for (int tries = 0; sum != WEEK_ORGANIZATIONS; tries++) {
        struct account_plan *account = user_at(draft, random_below(draft->random, USE_ACCOUNTS));
        unsigned from = (unsigned)random_below(draft->random, PLAN_WEEKS);
        unsigned to = (unsigned)random_below(draft->random, PLAN_WEEKS);
        assert(tries < TRIES_MAX);
        if ((account->console & week_bit(from)) == 0 || (account->console & week_bit(to)) != 0) {
            continue;
        }
        bool loses = uses_at(draft, account->organization, from) == 1;
        bool gains = uses_at(draft, account->organization, to) == 0;
        if (loses == gains || gains == (sum < WEEK_ORGANIZATIONS)) {
            account->console ^= week_bit(from) | week_bit(to);
            sum = sum + gains - loses;
        }
    }
}

/* ---- by what -------------------------------------------------------------------------------- */

/* Two organizations have no console use at all: two that have few uses. */
static void draw_api_only(struct draft *draft)
{
    uint32_t uses[PLAN_ORGANIZATIONS_MAX] = {0}, count = 0;

    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        uses[user_at(draft, i)->organization] += draft->uses[i];
    }
    for (int tries = 0; count < API_ONLY_ORGANIZATIONS; tries++) {
        uint16_t i = user_at(draft, random_below(draft->random, USE_ACCOUNTS))->organization;
        assert(tries < TRIES_MAX);
        if (uses[i] <= API_ONLY_USES_MAX && (draft->organizations[i] & ORG_API_ONLY) == 0) {
            draft->organizations[i] |= ORG_API_ONLY;
            count++;
        }
    }
}

static void give_key(struct draft *draft, size_t user, int made)
{
    struct account_plan *account = user_at(draft, user);

    draft->traits[draft->users[user]] |= ACCOUNT_API;
    account->has_key = true;
    account->key_made = (int8_t)made;
    account->key_active = made < 0 ? ALL_WEEKS : week_run((unsigned)made, PLAN_WEEKS);
}

/* Whose root has a key that it uses: those organizations' accounts, two of the most eager with a
 * key made early in the period, and others by lot until there are enough uses to choose from. */
static void draw_api_accounts(struct draft *draft)
{
    uint32_t order[USE_ACCOUNTS], room = 0;
    unsigned young = 0;

    for (uint32_t i = 0; i < USE_ACCOUNTS; i++) {
        order[i] = i;
        if ((draft->organizations[user_at(draft, i)->organization] & ORG_API_ONLY) != 0) {
            give_key(draft, i, -1);
        }
    }
    random_shuffle(order, USE_ACCOUNTS, draft->random);
    for (size_t n = 0; n < USE_ACCOUNTS && (room < USES_API || young < YOUNG_API_ACCOUNTS); n++) {
        uint32_t i = order[n];
        if (user_at(draft, i)->has_key) {
            continue;
        }
        if (draft->uses[i] >= TOP_USES_MIN + 3 && young < YOUNG_API_ACCOUNTS) {
            give_key(draft, i, (int)random_between(draft->random, 1, 5));
            young++;
        } else if (room < USES_API && draft->uses[i] >= API_ACCOUNT_USES_MIN) {
            give_key(draft, i, -1);
            room += draft->uses[i] - 1;
        }
    }
    assert(young == YOUNG_API_ACCOUNTS && room >= USES_API);
}

static uint32_t cell_traits(const struct draft *draft, const struct account_plan *account,
                            unsigned week)
{
    if ((draft->organizations[account->organization] & ORG_API_ONLY) != 0) {
        return CELL_API_ONLY | CELL_OLD;
    }
    if ((account->key_active & week_bit(week)) == 0) {
        return 0;
    }
    return account->key_made >= 0 && (int)week < account->key_made + WEEKS_YOUNG ? CELL_YOUNG
                                                                                 : CELL_OLD;
}

static void draw_kinds(struct draft *draft)
{
    uint32_t cells[USES], count = 0, api_only = 0, seen[PLAN_ORGANIZATIONS_MAX] = {0};

    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        const struct account_plan *account = user_at(draft, i);
        for (unsigned week = 0; week < PLAN_WEEKS; week++) {
            if ((account->console & week_bit(week)) != 0) {
                uint32_t traits = cell_traits(draft, account, week);
                traits |= seen[account->organization]++ == 0 ? CELL_KEPT : 0;
                api_only += (traits & CELL_API_ONLY) != 0;
                cells[count++] = traits;
            }
        }
    }
    assert(count == USES);
    const struct deal deals[] = {
        {DEAL_ALL, DEAL_ALL, CELL_API_ONLY, 0, CELL_API},
        {USES_API_OLD - api_only, USES_API_OLD - api_only, CELL_OLD, CELL_KEPT | CELL_API,
         CELL_API},
        {USES_API - USES_API_OLD, USES_API - USES_API_OLD, CELL_YOUNG, CELL_KEPT, CELL_API},
        {USES_BOTH, USES_BOTH, CELL_API, CELL_API_ONLY, CELL_BOTH | CELL_CONSOLE},
        {DEAL_ALL, DEAL_ALL, 0, CELL_API, CELL_CONSOLE},
    };
    deal_all(cells, USES, deals, sizeof deals / sizeof *deals, draft->random);
    count = 0;
    for (size_t i = 0; i < USE_ACCOUNTS; i++) {
        struct account_plan *account = user_at(draft, i);
        uint32_t used = account->console;
        account->console = 0;
        for (unsigned week = 0; week < PLAN_WEEKS; week++) {
            if ((used & week_bit(week)) != 0) {
                uint32_t traits = cells[count++];
                account->console |= (traits & CELL_CONSOLE) != 0 ? week_bit(week) : 0;
                account->api |= (traits & CELL_API) != 0 ? week_bit(week) : 0;
            }
        }
    }
}

/* ---- with MFA or without -------------------------------------------------------------------- */

/* Organizations in which somebody signs in without MFA; together they must have enough uses. */
static void draw_no_mfa_organizations(struct draft *draft)
{
    const struct deal deal = {NO_MFA_ORGANIZATIONS, NO_MFA_ORGANIZATIONS, ORG_USE, ORG_API_ONLY,
                              ORG_NO_MFA};
    uint32_t uses;

    for (int tries = 0;; tries++) {
        assert(tries < TRIES_MAX);
        deal_one(draft->organizations, draft->organization_count, deal, draft->random);
        uses = 0;
        for (size_t i = 0; i < USE_ACCOUNTS; i++) {
            const struct account_plan *account = user_at(draft, i);
            bool is_without = (draft->organizations[account->organization] & ORG_NO_MFA) != 0;
            uses += is_without ? week_count(account->console) : 0;
        }
        if (uses >= NO_MFA_USES) {
            return;
        }
        for (uint32_t i = 0; i < draft->organization_count; i++) {
            draft->organizations[i] &= ~(uint32_t)ORG_NO_MFA;
        }
    }
}

/* The first week from which on MFA may be on, so that exactly so many console uses come before. */
static unsigned week_after_uses(uint32_t console, uint32_t uses)
{
    unsigned week = 0;

    while (week < PLAN_WEEKS && week_count(console & week_run(0, week)) < uses) {
        week++;
    }
    return week;
}

static void draw_mfa(struct draft *draft)
{
    uint32_t left = NO_MFA_USES, has_one[PLAN_ORGANIZATIONS_MAX] = {0}, order[USE_ACCOUNTS];
    bool is_off[USE_ACCOUNTS] = {false};

    for (uint32_t i = 0; i < draft->account_count; i++) {
        unsigned since = random_percent(draft->random, 6)
                             ? (unsigned)random_below(draft->random, PLAN_WEEKS)
                             : 0;
        bool is_on = random_percent(draft->random, 70);
        draft->accounts[i].mfa = is_on ? week_run(since, PLAN_WEEKS) : 0;
    }
    /* One use in each of these organizations; then account after account until it is enough. */
    for (uint32_t i = 0; i < USE_ACCOUNTS; i++) {
        order[i] = i;
    }
    random_shuffle(order, USE_ACCOUNTS, draft->random);
    for (size_t n = 0; n < USE_ACCOUNTS; n++) {
        uint32_t i = order[n];
        struct account_plan *account = user_at(draft, i);
        account->mfa = ALL_WEEKS;
        if ((draft->organizations[account->organization] & ORG_NO_MFA) != 0 &&
            account->console != 0 && has_one[account->organization]++ == 0) {
            account->mfa = week_run(week_after_uses(account->console, 1), PLAN_WEEKS);
            is_off[i] = true;
            left--;
        }
    }
    for (size_t n = 0; n < USE_ACCOUNTS && left > 0; n++) {
        uint32_t i = order[n];
        struct account_plan *account = user_at(draft, i);
        uint32_t all = week_count(account->console), more = all - is_off[i];
        if ((draft->organizations[account->organization] & ORG_NO_MFA) == 0 || more == 0) {
            continue;
        }
        more = more < left ? more : left;
        account->mfa = week_run(week_after_uses(account->console, more + is_off[i]), PLAN_WEEKS);
        left -= more;
        if (more + is_off[i] == all && random_percent(draft->random, 70)) {
            account->mfa = 0; /* nobody did anything about it */
        }
    }
    assert(left == 0);
}

void plan_root_use(struct plan *plan, const uint32_t *lives, struct random *random)
{
    struct draft *draft = mem_alloc(sizeof *draft);

    draft->accounts = plan->accounts;
    draft->account_count = plan->account_count;
    draft->organization_count = plan->organization_count;
    draft->random = random;
    for (uint32_t i = 0; i < plan->organization_count; i++) {
        draft->organizations[i] = lives[i] == ALL_WEEKS ? ORG_STEADY : 0;
    }
    draw_users(draft);
    draw_uses(draft);
    assign_uses(draft);
    draw_classes(draft);
    draw_weeks(draft);
    draw_api_only(draft);
    draw_api_accounts(draft);
    draw_kinds(draft);
    draw_no_mfa_organizations(draft);
    draw_mfa(draft);
    mem_free(draft);
}
