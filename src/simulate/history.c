#include "simulate/history.h"

#include <assert.h>

#include "base/arena.h"
#include "simulate/names.h"

enum { SALT_ACCOUNT, SALT_ROOT, SALT_ASSETS, SALT_FACTS, SALT_USERS };
enum {
    ACCOUNT_AGE_DAYS_MIN = 120, /* on the first Sunday, but for new ones */
    ACCOUNT_OLDER_DAYS_MAX = 900,
    MINUTE = 60,
    HOUR = 3600,
};

static int64_t day(int year, int month, int of_month)
{
    return days_from_civil(year, month, of_month) * SECONDS_PER_DAY;
}

static int64_t end_of_plan(void)
{
    return week_instant(PLAN_WEEKS - 1);
}

/* ---- users ---------------------------------------------------------------------------------- */

struct window {
    int64_t first, last;
};

static int64_t draw(struct random *random, struct window window)
{
    return random_between(random, window.first, window.last);
}

/* Instants whose age on the last Sunday is above `days_min` and at most `days_max`. */
static struct window window_of_age(int64_t days_min, int64_t days_max)
{
    return (struct window){end_of_plan() - days_max * SECONDS_PER_DAY,
                           end_of_plan() - days_min * SECONDS_PER_DAY - 1};
}

static struct window narrow(struct window a, struct window b)
{
    return (struct window){a.first > b.first ? a.first : b.first,
                           a.last < b.last ? a.last : b.last};
}

/* The window of a tier, told by the traits for over 30, 90, 365 and 1,825 days. */
static struct window window_of_tier(uint32_t traits, uint32_t over_30, uint32_t over_90,
                                    uint32_t over_365, uint32_t over_1825)
{
    return (traits & over_1825) != 0  ? window_of_age(1825, 3650)
           : (traits & over_365) != 0 ? window_of_age(365, over_1825 == 0 ? 3650 : 1825)
           : (traits & over_90) != 0  ? window_of_age(90, 365)
           : (traits & over_30) != 0  ? window_of_age(30, 90)
                                      : window_of_age(0, 30);
}

static struct window window_of_creation(const struct user_plan *user, int64_t floor)
{
    struct window window = window_of_tier(user->traits, USER_30, USER_90, USER_365, USER_1825);

    if ((user->traits & OLDEST_KEY) != 0) {
        return (struct window){day(2010, 9, 15), day(2011, 8, 1)};
    }
    if ((user->traits & (OLDEST_IDLE_CONSOLE | OLDEST_IDLE_KEY)) != 0) {
        return (struct window){day(2012, 1, 1), day(2014, 2, 1)};
    }
    /* An hour is left for what comes after the creation and must be of the same tier. */
    window = narrow(window, (struct window){day(2011, 10, 1), window.last - HOUR});
    if (user->join > 0) {
        int64_t sunday = week_instant(user->join);
        window = narrow(window, (struct window){sunday - WEEK_SECONDS + 1, sunday - HOUR});
    }
    return narrow(window, (struct window){floor, INT64_MAX});
}

int64_t history_used(const struct use_history *use, int64_t at)
{
    int64_t steps, used;

    if (use->last == TIME_OF_NOTHING || at < use->first) {
        return TIME_OF_NOTHING;
    }
    if (at >= use->last) {
        return use->last;
    }
    /* Uses lie on a grid that ends with the last one, each a little early. */
    steps = (use->last - at + use->period - 1) / use->period;
    for (int64_t step = steps > 1 ? steps - 1 : 1; step <= steps; step++) {
        uint64_t early = hash_mix(use->salt ^ (uint64_t)step, UINT64_C(0x9e3779b97f4a7c15));
        used = use->last - step * use->period - (int64_t)(early % (uint64_t)(use->period / 2));
        if (used <= at) {
            return used >= use->first ? used : use->first;
        }
    }
    return use->first;
}

/* Uses that end within `last`, none before `first`. */
static struct use_history draw_use(struct random *random, int64_t first, struct window last,
                                   int64_t unit)
{
    struct use_history use = {.first = first};
    int64_t drawn = draw(random, last);

    use.last = drawn - drawn % unit >= first ? drawn - drawn % unit : drawn;
    use.last = use.last < last.first ? drawn : use.last;
    use.first = random_between(random, first, first + (use.last - first) / 4);
    use.period = random_between(random, HOUR, 20 * SECONDS_PER_DAY);
    use.salt = random_u64(random);
    return use;
}

/* When a credential was last used, so that its user is idle as the plan says. `made` is the instant
 * that stands in where it never was; `first` that of its first possible use. */
static struct use_history draw_last_use(struct random *random, uint32_t traits, bool is_primary,
                                        int64_t made, int64_t first, int64_t floor, int64_t unit)
{
    bool is_idle = (traits & IDLE_90) != 0;
    int64_t end = end_of_plan();
    struct window window = {first, end - 1};

    if ((traits & IDLE_365) != 0) {
        window.last = end - 365 * SECONDS_PER_DAY;
    } else if (is_idle) {
        window.last = end - 90 * SECONDS_PER_DAY;
        window.first = is_primary ? end - 365 * SECONDS_PER_DAY + 1 : first;
    } else if (is_primary) {
        window.first = end - 90 * SECONDS_PER_DAY + 1;
    }
    window = narrow(window, (struct window){first > floor ? first : floor, INT64_MAX});
    if (made >= window.first && made <= window.last && random_percent(random, 30)) {
        return (struct use_history){.last = TIME_OF_NOTHING};
    }
    return draw_use(random, first, window, unit);
}

static void draw_password(struct user_history *user, uint32_t traits, bool is_primary,
                          struct random *random)
{
    int64_t end = end_of_plan();
    int64_t last = (traits & IDLE_365) != 0  ? end - 365 * SECONDS_PER_DAY
                   : (traits & IDLE_90) != 0 ? end - 90 * SECONDS_PER_DAY
                                             : end - 1;
    int64_t floor = day(2014, 10, 20); /* AWS tells of console uses since then */

    user->has_password = true;
    user->console.last = TIME_OF_NOTHING;
    if ((traits & OLDEST_IDLE_CONSOLE) != 0) {
        user->password_changed =
            draw(random, (struct window){day(2014, 3, 1), day(2014, 4, 1) - 1});
        user->password_first = user->password_changed;
        return;
    }
    user->password_changed = random_percent(random, 50)
                                 ? user->created + random_between(random, 1, HOUR / 2)
                                 : random_between(random, user->created, last);
    user->password_first = random_percent(random, 60)
                               ? user->password_changed
                               : random_between(random, user->created, user->password_changed);
    user->console = draw_last_use(random, traits, is_primary, user->password_changed,
                                  user->password_first, floor, 1);
}

static void draw_key_details(struct key_history *key, int64_t created, struct random *random)
{
    key->inactive_since = INT64_MAX;
    key->earlier = TIME_OF_NOTHING;
    key->service = (uint8_t)random_u64(random);
    key->region = (uint8_t)random_u64(random);
    if (key->made - created > 60 * SECONDS_PER_DAY && random_percent(random, 50)) {
        key->earlier = random_between(random, created + HOUR, key->made - 30 * SECONDS_PER_DAY);
        key->earlier_use = draw_use(random, key->earlier,
                                    (struct window){key->earlier, key->made - 1}, 15 * MINUTE);
    }
}

/* The oldest active key, and the second one. */
static void draw_keys(struct user_history *user, uint32_t traits, unsigned primary,
                      struct random *random)
{
    unsigned slot = (unsigned)random_below(random, 2);
    struct key_history *oldest = &user->keys[slot], *other = &user->keys[1 - slot];
    /* AWS tells of uses since 2015-04-22; the oldest idle key is that of a marked user. */
    int64_t floor = day(2015, 5, 15);
    struct window window = window_of_tier(traits, KEY_30, KEY_90, KEY_365, KEY_1825);

    oldest->made = other->made = TIME_OF_NOTHING;
    if ((traits & KEY_ANY) != 0) {
        window = narrow(window, (struct window){user->created + MINUTE, INT64_MAX});
        oldest->made = (traits & KEY_INITIAL) != 0
                           ? user->created + (int64_t)random_below(random, 9)
                           : draw(random, window);
        if ((traits & OLDEST_KEY) != 0) {
            oldest->made = draw(random, (struct window){day(2011, 8, 2), day(2011, 9, 1) - 1});
        }
        draw_key_details(oldest, user->created, random);
        oldest->use = draw_last_use(random, traits, primary == 1, oldest->made, oldest->made, floor,
                                    15 * MINUTE);
        if ((traits & OLDEST_IDLE_KEY) != 0) {
            oldest->made = draw(random, (struct window){user->created + MINUTE, day(2015, 4, 1)});
            oldest->earlier = TIME_OF_NOTHING;
            oldest->use = draw_use(random, oldest->made,
                                   (struct window){day(2015, 4, 22), day(2015, 5, 1) - 1}, MINUTE);
        }
    }
    if ((traits & TWO_KEYS) != 0) {
        window = window_of_tier(traits, TWO_KEYS_30, TWO_KEYS_90, TWO_KEYS_365, 0);
        other->made =
            draw(random, narrow(window, (struct window){oldest->made + MINUTE, INT64_MAX}));
        draw_key_details(other, user->created, random);
        other->use = draw_last_use(random, traits, primary == 2, other->made, other->made, floor,
                                   15 * MINUTE);
    } else if ((traits & KEY_INACTIVE) != 0) {
        other->made = random_between(random, user->created + MINUTE, end_of_plan() - HOUR);
        draw_key_details(other, user->created, random);
        other->inactive_since = random_between(random, other->made, end_of_plan() - 1);
        other->use = draw_use(random, other->made,
                              (struct window){other->made, other->inactive_since}, 15 * MINUTE);
        if (other->inactive_since < floor || random_percent(random, 30)) {
            other->use.last = TIME_OF_NOTHING;
        }
    }
}

/* Which of the credentials decides how long the user was idle: 0 the password, 1 and 2 the keys. */
static unsigned draw_primary(uint32_t traits, struct random *random)
{
    unsigned choices[3], count = 0;

    if ((traits & PASSWORD) != 0) {
        choices[count++] = 0;
    }
    if ((traits & KEY_ANY) != 0) {
        choices[count++] = 1;
    }
    if ((traits & TWO_KEYS) != 0) {
        choices[count++] = 2;
    }
    return count == 0 ? 0 : choices[random_below(random, count)];
}

static void fill_user(struct user_history *user, const struct user_plan *plan, int64_t created,
                      struct random *random)
{
    unsigned primary = draw_primary(plan->traits, random);

    *user = (struct user_history){
        .created = created, .join = plan->join, .leave = plan->leave, .mfa_since = INT64_MAX};
    draw_keys(user, plan->traits, primary, random);
    if ((plan->traits & PASSWORD) != 0) {
        draw_password(user, plan->traits, primary == 0, random);
    }
    if ((plan->traits & MFA) != 0) {
        user->mfa_since = random_percent(random, 60)
                              ? user->created + random_between(random, MINUTE, HOUR)
                              : random_between(random, user->created, end_of_plan() - 1);
    }
}

/* ---- accounts ------------------------------------------------------------------------------- */

static bool slot_is_new(const struct account_plan *slot, uint32_t users_wanted)
{
    return slot->is_new && users_wanted == 0;
}

/* 12 digits: steps through all of them, each once, from a place that the seed decides. */
static uint64_t account_number(uint64_t seed, uint64_t index)
{
    __extension__ typedef unsigned __int128 u128;
    const uint64_t count = UINT64_C(900000000000), step = UINT64_C(556231078187);
    uint64_t start = hash_mix(seed ^ UINT64_C(0x2545f4914f6cdd1d), step) % count;

    return UINT64_C(100000000000) + (uint64_t)(((u128)index * step + start) % count);
}

static uint64_t salt_of(const struct plan *plan, uint64_t index)
{
    struct random random = random_of(plan->seed, index, (uint64_t)plan->profile);

    return random_u64(&random);
}

static uint32_t count_users(const struct account_plan *slot, uint32_t users_wanted)
{
    return users_wanted == 0 ? slot->user_count : users_wanted;
}

/* The plan's user, or in a fleet with as many users in each account, one by lot among those of
 * accounts of the same kind, who is there all the time. */
static struct user_plan plan_of_user(const struct plan *plan, const struct account_plan *slot,
                                     uint32_t i, uint32_t users_wanted, struct random *random)
{
    struct user_plan user;
    uint32_t first = 0, count = plan->user_count;

    if (users_wanted == 0) {
        return plan->users[slot->user_first + i];
    }
    if (plan->standalone_users > 0) {
        first = slot->standalone ? 0 : plan->standalone_users;
        count = slot->standalone ? plan->standalone_users : count - plan->standalone_users;
    }
    user = plan->users[first + random_below(random, count)];
    user.join = 0;
    user.leave = PLAN_WEEKS;
    return user;
}

/* A new account's creation; INT64_MIN for one that was there before. */
static int64_t created_of_new(const struct account_plan *slot, uint64_t salt, uint32_t users_wanted)
{
    struct random random = random_of(salt, SALT_ACCOUNT, 0);

    return !slot_is_new(slot, users_wanted)
               ? INT64_MIN
               : week_instant((unsigned)__builtin_ctz(slot->present)) - WEEK_SECONDS +
                     random_between(&random, HOUR, 2 * SECONDS_PER_DAY);
}

/* Draws a user's plan and creation from its stream, which then goes on with the rest. */
static struct user_plan start_user(const struct plan *plan, const struct account_plan *slot,
                                   uint64_t salt, uint32_t i, uint32_t users_wanted, int64_t floor,
                                   struct random *random, int64_t *created)
{
    struct user_plan user;

    *random = random_of(salt, SALT_USERS, i);
    user = plan_of_user(plan, slot, i, users_wanted, random);
    *created = draw(random, window_of_creation(&user, floor));
    return user;
}

/* Older than its users, and old enough for everything that its root did. */
static int64_t created_of_old(uint64_t salt, int64_t oldest_user)
{
    struct random random = random_of(salt, SALT_ACCOUNT, 1);
    int64_t latest = week_instant(0) - ACCOUNT_AGE_DAYS_MIN * SECONDS_PER_DAY;

    return (oldest_user < latest ? oldest_user : latest) -
           random_between(&random, HOUR, ACCOUNT_OLDER_DAYS_MAX * SECONDS_PER_DAY);
}

static void fill_root(struct account_history *account)
{
    const struct account_plan *slot = account->slot;
    struct random random = random_of(account->salt, SALT_ROOT, 0);
    int64_t before = week_instant(0) - 8 * SECONDS_PER_DAY;
    struct key_history *key = &account->key;
    struct window window = {account->created + HOUR, before};

    account->console_before = random_percent(&random, 25) ? TIME_OF_NOTHING : draw(&random, window);
    if (account->created > before) {
        account->console_before = account->created + random_between(&random, MINUTE, HOUR);
    }
    *key = (struct key_history){.made = TIME_OF_NOTHING, .earlier = TIME_OF_NOTHING};
    account->key_slot = random_percent(&random, 85) ? 0 : 1;
    if (!slot->has_key) {
        return;
    }
    /* Thirteen Sundays after it was made, a key is more than 90 days old, and twelve after not. */
    window.last = week_instant(0) - 91 * SECONDS_PER_DAY;
    key->made = slot->key_made < 0 ? draw(&random, window)
                                   : week_instant((unsigned)slot->key_made) -
                                         random_between(&random, 2 * HOUR, 5 * SECONDS_PER_DAY);
    key->service = (uint8_t)random_u64(&random);
    key->region = (uint8_t)random_u64(&random);
    window.first = key->made > day(2015, 4, 22) ? key->made : day(2015, 4, 22);
    window.last = before;
    key->use.last = TIME_OF_NOTHING;
    if (slot->key_made < 0 && random_percent(&random, 60)) {
        key->use = draw_use(&random, key->made, window, MINUTE);
    }
}

void history_fill(struct account_history *account, const struct plan *plan, uint64_t index,
                  uint32_t users_wanted)
{
    const struct account_plan *slot = &plan->accounts[plan_slot(plan, index)];
    int64_t floor, oldest = INT64_MAX;
    uint64_t names;

    account->plan = plan;
    account->slot = slot;
    account->index = index;
    account->number = account_number(plan->seed, index);
    account->block = index / plan->account_count;
    account->salt = salt_of(plan, index);
    account->user_count = count_users(slot, users_wanted);
    if (account->user_count > account->user_capacity) {
        account->user_capacity = account->user_count;
        account->users =
            mem_resize(account->users, account->user_capacity * sizeof *account->users);
    }
    assert(account->user_count <= NAME_COUNT);
    names = NAME_COUNT / (account->user_count + 1);
    floor = created_of_new(slot, account->salt, users_wanted);
    for (uint32_t i = 0; i < account->user_count; i++) {
        struct random random;
        int64_t created;
        struct user_plan user =
            start_user(plan, slot, account->salt, i, users_wanted, floor, &random, &created);
        oldest = created < oldest ? created : oldest;
        fill_user(&account->users[i], &user, created, &random);
        /* Each user has a range of names of its own, in their order. */
        account->users[i].name_place = i * names + random_below(&random, names);
    }
    account->created = floor != INT64_MIN ? floor : created_of_old(account->salt, oldest);
    fill_root(account);
}

void history_release(struct account_history *account)
{
    mem_free(account->users);
    *account = (struct account_history){0};
}

/* ---- root, week by week --------------------------------------------------------------------- */

/* The instant of a use in the week that ends with that Sunday, well inside of it. */
static int64_t use_in_week(const struct account_history *account, unsigned week, uint64_t kind,
                           int64_t first, int64_t unit)
{
    struct random random = random_of(account->salt, SALT_ROOT + 16 + kind, week);
    int64_t sunday = week_instant(week), begin = sunday - WEEK_SECONDS + HOUR;
    int64_t at = random_between(&random, begin > first ? begin : first, sunday - 2 * MINUTE);

    return at - at % unit > first ? at - at % unit : at;
}

/* The last of these weeks up to this one; -1: none. */
static int last_week(uint32_t weeks, unsigned week)
{
    weeks &= week_run(0, week + 1);
    return weeks == 0 ? -1 : 31 - __builtin_clz(weeks);
}

int64_t history_root_console(const struct account_history *account, unsigned week)
{
    int last = last_week(account->slot->console, week);

    return last < 0 ? account->console_before
                    : use_in_week(account, (unsigned)last, 0, INT64_MIN, 1);
}

int64_t history_root_key(const struct account_history *account, unsigned week)
{
    int last = last_week(account->slot->api, week);

    return last < 0 ? account->key.use.last
                    : use_in_week(account, (unsigned)last, 1, account->key.made + MINUTE, MINUTE);
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* The other four counts fill up to a total of the account's class. */
static void draw_counts(uint64_t *counts, enum asset_class asset_class, struct random *random)
{
    uint64_t users = counts[0], first = 0, last = ASSET_MEDIUM_FIRST - 1, rest;

    if (asset_class == ASSET_MEDIUM) {
        first = ASSET_MEDIUM_FIRST;
        last = ASSET_LARGE_FIRST - 1;
    } else if (asset_class == ASSET_LARGE) {
        first = ASSET_LARGE_FIRST;
        last = 1500;
    }
    rest = (uint64_t)random_between(random, (int64_t)(users > first ? users : first),
                                    (int64_t)(users > last ? users + 50 : last)) -
           users;
    counts[4] = rest > 0 ? random_below(random, rest < 6 ? rest + 1 : 6) : 0;
    rest -= counts[4];
    for (unsigned i = 1; i < 3; i++) {
        counts[i] = random_below(random, rest + 1) / (i == 1 ? 3 : 1);
        rest -= counts[i];
    }
    counts[3] = rest;
}

void history_facts(struct account_facts *facts, const struct plan *plan, uint64_t index,
                   uint32_t users_wanted)
{
    const struct account_plan *slot = &plan->accounts[plan_slot(plan, index)];
    uint64_t salt = salt_of(plan, index);
    struct random assets = random_of(salt, SALT_ASSETS, 0);
    int64_t floor = created_of_new(slot, salt, users_wanted), oldest = INT64_MAX;
    unsigned last_week = 31 - (unsigned)__builtin_clz(slot->present);

    *facts = (struct account_facts){
        .number = account_number(plan->seed, index),
        .organization = index / plan->account_count * plan->organization_count + slot->organization,
        .standalone = slot->standalone,
    };
    for (uint32_t i = 0; i < count_users(slot, users_wanted); i++) {
        struct random random;
        int64_t created;
        struct user_plan user =
            start_user(plan, slot, salt, i, users_wanted, floor, &random, &created);
        oldest = created < oldest ? created : oldest;
        facts->counts[0] += user.join <= last_week && last_week < user.leave;
    }
    facts->created = floor != INT64_MIN ? floor : created_of_old(salt, oldest);
    draw_counts(facts->counts, slot->asset_class, &assets);
}
