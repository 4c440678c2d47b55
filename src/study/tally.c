#include "study/tally.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/instant.h"
#include "source/accounts.h"

/* What groups may take of a worker's memory; a fleet in which every account is an organization of
 * its own has nothing to compare. */
enum { GROUP_SIZE_MAX = 24 << 20 };

static size_t group_size(const struct sample_provider *provider)
{
    return sizeof(struct group_tally) + provider->date_count * 2 * sizeof(uint32_t);
}

void tally_init(struct tally *tally, const struct sample_provider *provider, uint32_t iam_date,
                enum study_grouping grouping, size_t offender_max)
{
    size_t dates = provider->date_count + 1, names = provider->name_count;

    *tally = (struct tally){.provider = provider,
                            .iam_date = iam_date,
                            .grouping = grouping,
                            .offender_max = offender_max,
                            .name_words = names / 64 + 1};
    tally->weeks = mem_array(dates, sizeof *tally->weeks);
    for (size_t i = 0; i < dates; i++) {
        user_counts_init(&tally->weeks[i].users);
    }
    for (size_t i = 0; i < NAME_SET_COUNT; i++) {
        tally->names[i] = mem_array(tally->name_words, sizeof(uint64_t));
    }
    tally->weekly_sampled = mem_array(dates * tally->name_words, sizeof(uint64_t));
    tally->weekly_use = mem_array(dates * tally->name_words, sizeof(uint64_t));
    tally->weekly_trail_use = mem_array(dates * tally->name_words, sizeof(uint64_t));
    tally->uses_of_accounts = mem_array(dates, sizeof(uint64_t));
    if (names <= GROUP_SIZE_MAX / group_size(provider)) {
        tally->groups = mem_array(names, sizeof *tally->groups);
        tally->group_weeks = mem_array(names * dates * 2, sizeof *tally->group_weeks);
    }
    for (size_t i = 0; i < LIFE_KIND_COUNT; i++) {
        life_ages_init(&tally->ages[i]);
    }
}

void tally_release(struct tally *tally)
{
    mem_free(tally->weeks);
    for (size_t i = 0; i < NAME_SET_COUNT; i++) {
        mem_free(tally->names[i]);
    }
    mem_free(tally->weekly_sampled);
    mem_free(tally->weekly_use);
    mem_free(tally->weekly_trail_use);
    mem_free(tally->trail_accounts);
    mem_free(tally->uses_of_accounts);
    mem_free(tally->groups);
    mem_free(tally->group_weeks);
    mem_free(tally->offenders);
    mem_free(tally->seen_groups);
    for (size_t i = 0; i < LIFE_KIND_COUNT; i++) {
        life_ages_release(&tally->ages[i]);
    }
    *tally = (struct tally){0};
}

static void set_add(uint64_t *set, uint32_t name)
{
    set[name / 64] |= UINT64_C(1) << (name % 64);
}

/* ---- one sample ----------------------------------------------------------------------------- */

static void tally_standing(struct week_tally *week, const struct sample *sample,
                           const struct sample_facts *facts)
{
    uint64_t no_mfa = facts->users.sets[USER_NO_MFA];

    week->standalone += sample->standing == ACCOUNT_STANDALONE;
    week->standing_unknown += sample->standing == ACCOUNT_STANDING_UNKNOWN;
    if (sample->standing == ACCOUNT_STANDALONE) {
        week->no_mfa_standalone += no_mfa;
    } else if (sample->standing == ACCOUNT_MEMBER) {
        week->no_mfa_member += no_mfa;
    } else {
        week->no_mfa_unknown += no_mfa;
    }
}

static void tally_names(struct tally *tally, const struct sample *sample, uint32_t root)
{
    uint32_t name = sample->organization;
    size_t week = sample->date * tally->name_words;

    if (name == 0) {
        tally->unknown_organization++;
        return;
    }
    set_add(tally->weekly_sampled + week, name);
    set_add(tally->names[NAMES_SAMPLED], name);
    if ((root & ROOT_KEY) != 0) {
        set_add(tally->names[NAMES_KEY], name);
    }
    if ((root & ROOT_USE) != 0) {
        set_add(tally->weekly_use + week, name);
        set_add(tally->names[NAMES_USE], name);
    }
    if ((root & ROOT_CONSOLE) != 0) {
        set_add(tally->names[NAMES_CONSOLE], name);
    }
    if ((root & ROOT_CONSOLE_NO_MFA) != 0) {
        set_add(tally->names[NAMES_CONSOLE_NO_MFA], name);
    }
}

static struct account_group *seen_group(struct tally *tally, uint32_t group)
{
    for (size_t i = 0; i < tally->seen_count; i++) {
        if (tally->seen_groups[i].group == group) {
            return &tally->seen_groups[i];
        }
    }
    if (tally->seen_count == tally->seen_capacity) {
        tally->seen_capacity = tally->seen_capacity == 0 ? 8 : tally->seen_capacity * 2;
        tally->seen_groups =
            mem_resize(tally->seen_groups, tally->seen_capacity * sizeof *tally->seen_groups);
    }
    tally->seen_groups[tally->seen_count] = (struct account_group){.group = group};
    return &tally->seen_groups[tally->seen_count++];
}

static void tally_group(struct tally *tally, const struct sample *sample,
                        const struct sample_facts *facts)
{
    uint32_t name = tally->grouping == STUDY_BY_UNIT ? sample->unit : sample->organization;
    uint32_t root = facts->root.facts;
    const uint64_t *sets = facts->users.sets;

    if (tally->groups == NULL) {
        return;
    }
    struct group_tally *group = &tally->groups[name];
    struct account_group *seen = seen_group(tally, name);
    uint32_t *week = &tally->group_weeks[(name * tally->provider->date_count + sample->date) * 2];
    seen->has_use |= (root & ROOT_USE) != 0;
    seen->has_key |= (root & ROOT_KEY) != 0;
    group->samples++;
    group->uses += (root & ROOT_USE) != 0;
    group->console_uses += (root & ROOT_CONSOLE) != 0;
    group->console_uses_no_mfa += (root & ROOT_CONSOLE_NO_MFA) != 0;
    group->api_uses += (root & ROOT_API) != 0;
    week[0]++;
    week[1] += (root & ROOT_USE) != 0;
    if (sample->date == tally->iam_date) {
        group->users += sets[USER_ALL];
        group->no_mfa += sample->standing == ACCOUNT_STANDALONE ? sets[USER_NO_MFA] : 0;
        group->initial_key += sets[USER_INITIAL_KEY];
        group->two_keys += sets[USER_TWO_KEYS];
        group->not_rotated_90 += sets[USER_NOT_ROTATED_90];
        group->unused_90 += sets[USER_UNUSED_90];
    }
}

static void tally_use(struct tally *tally, const struct sample *sample, uint32_t root,
                      struct week_tally *week)
{
    struct offender *offender = &tally->offender;

    week->use_accounts++;
    week->first_offenders += offender->uses == 0;
    week->console_uses += (root & ROOT_CONSOLE) != 0;
    week->console_uses_no_mfa += (root & ROOT_CONSOLE_NO_MFA) != 0;
    week->api_uses += (root & ROOT_API) != 0;
    week->api_old_uses += (root & ROOT_API_OLD) != 0;
    tally->uses_by_class[sample->asset_class]++;
    offender->first_date = offender->uses == 0 ? sample->date : offender->first_date;
    offender->last_date = sample->date;
    offender->account = sample->account;
    offender->organization = sample->organization;
    offender->asset_class = sample->asset_class;
    offender->uses++;
    offender->console_uses += (root & ROOT_CONSOLE) != 0;
    offender->console_uses_no_mfa += (root & ROOT_CONSOLE_NO_MFA) != 0;
    offender->api_uses += (root & ROOT_API) != 0;
}

static void tally_trail_names(struct tally *tally, const struct sample *sample,
                              const struct trail_uses *uses)
{
    uint32_t name = sample->organization;

    if (name == 0) {
        return;
    }
    set_add(tally->weekly_trail_use + sample->date * tally->name_words, name);
    set_add(tally->names[NAMES_TRAIL_USE], name);
    if (uses->console > 0) {
        set_add(tally->names[NAMES_TRAIL_CONSOLE], name);
    }
    if (uses->console_no_mfa > 0) {
        set_add(tally->names[NAMES_TRAIL_CONSOLE_NO_MFA], name);
    }
}

static void tally_trail(struct tally *tally, const struct sample *sample, uint32_t root,
                        struct study_trail_week *week)
{
    struct trail_uses uses;

    trail_uses_count(tally->timeline, sample->account, sample->at, &uses);
    tally->trail_placed +=
        trail_events_since(tally->timeline, sample->account, sample->at, &tally->trail_from);
    if ((root & ROOT_JUDGED) == 0) {
        return;
    }
    bool has_use = uses.console + uses.keys > 0;
    week->use_accounts += has_use;
    week->console_uses += uses.console;
    week->console_uses_no_mfa += uses.console_no_mfa;
    week->key_uses += uses.keys;
    week->calls += uses.calls;
    week->report_only += (root & ROOT_USE) != 0 && !has_use;
    tally->trail_by_class[sample->asset_class] += uses.console + uses.keys;
    tally->trail_uses += (uint32_t)(uses.console + uses.keys);
    if (has_use) {
        tally_trail_names(tally, sample, &uses);
    }
}

/* Where the sample stands among the account's own. */
static void tally_presence(struct tally *tally, const struct sample *sample)
{
    if (tally->account_samples == 0) {
        tally->first_date = sample->date;
    } else {
        for (uint32_t date = tally->last_date + 1; date < sample->date; date++) {
            tally->weeks[date].gaps++;
            tally->gaps++;
        }
        tally->has_moved |= sample->organization != tally->organization;
    }
    tally->account_samples++;
    tally->last_date = sample->date;
    tally->organization = sample->organization;
}

void tally_account_begin(struct tally *tally)
{
    tally->offender = (struct offender){0};
    tally->account_samples = 0;
    tally->gaps = 0;
    tally->has_moved = false;
    tally->seen_count = 0;
    tally->trail_uses = 0;
    tally->trail_from = INSTANT_MIN;
}

void tally_sample(struct tally *tally, const struct sample *sample,
                  const struct sample_facts *facts)
{
    struct week_tally *week = &tally->weeks[sample->date];
    uint32_t root = facts->root.facts;

    tally_presence(tally, sample);
    week->accounts++;
    week->judged += (root & ROOT_JUDGED) != 0;
    week->key_accounts += (root & ROOT_KEY) != 0;
    week->key_old_accounts += (root & ROOT_KEY_OLD) != 0;
    user_counts_add(&week->users, &facts->users);
    tally_standing(week, sample, facts);
    tally_names(tally, sample, root);
    tally_group(tally, sample, facts);
    if ((root & ROOT_USE) != 0) {
        tally_use(tally, sample, root, week);
    }
    if (tally->timeline != NULL) {
        tally_trail(tally, sample, root, &week->trail);
    }
    tally->samples++;
    tally->late_cells += facts->late;
    tally->late_roots += (root & ROOT_LATE) != 0;
    tally->young_uses += (root & ROOT_YOUNG) != 0;
    tally->unreadable_cells += facts->unreadable;
    tally->rows_lost += facts->rows_lost;
    tally->no_root += !facts->has_root;
    tally->lacking_columns += facts->lacks_columns;
}

/* ---- one account ---------------------------------------------------------------------------- */

static int offender_compare(const void *a, const void *b)
{
    const struct offender *x = a, *y = b;

    return x->uses != y->uses ? (x->uses < y->uses) - (x->uses > y->uses)
                              : (x->account > y->account) - (x->account < y->account);
}

void tally_sort_offenders(struct tally *tally, size_t max)
{
    if (tally->offender_count > 0) {
        qsort(tally->offenders, tally->offender_count, sizeof *tally->offenders, offender_compare);
    }
    tally->offender_count = tally->offender_count < max ? tally->offender_count : max;
}

/* Those who cannot be among the first any more are dropped from time to time. */
static void keep_offender(struct tally *tally, const struct offender *offender)
{
    if (tally->offender_count == tally->offender_capacity) {
        if (tally->offender_count / 4 >= tally->offender_max) {
            tally_sort_offenders(tally, tally->offender_max);
        } else {
            tally->offender_capacity =
                tally->offender_capacity == 0 ? 256 : tally->offender_capacity * 2;
            tally->offenders =
                mem_resize(tally->offenders, tally->offender_capacity * sizeof *tally->offenders);
        }
    }
    tally->offenders[tally->offender_count++] = *offender;
}

static void keep_trail_account(struct tally *tally, uint32_t uses)
{
    if (tally->trail_account_count == tally->trail_account_capacity) {
        tally->trail_account_capacity =
            tally->trail_account_capacity == 0 ? 256 : tally->trail_account_capacity * 2;
        tally->trail_accounts = mem_resize(
            tally->trail_accounts, tally->trail_account_capacity * sizeof *tally->trail_accounts);
    }
    tally->trail_accounts[tally->trail_account_count++] = uses;
}

void tally_account_end(struct tally *tally)
{
    if (tally->account_samples == 0) {
        return;
    }
    tally->accounts++;
    tally->gap_accounts += tally->gaps > 0;
    tally->moved_accounts += tally->has_moved;
    tally->weeks[tally->first_date].joined++;
    tally->weeks[tally->last_date].left++;
    tally->uses_of_accounts[tally->offender.uses]++;
    if (tally->offender.uses > 0) {
        tally->offender_total++;
        keep_offender(tally, &tally->offender);
    }
    if (tally->trail_uses > 0) {
        keep_trail_account(tally, tally->trail_uses);
    }
    for (size_t i = 0; i < tally->seen_count; i++) {
        struct group_tally *group = &tally->groups[tally->seen_groups[i].group];
        group->accounts++;
        group->use_accounts += tally->seen_groups[i].has_use;
        group->key_accounts += tally->seen_groups[i].has_key;
    }
}

/* ---- sums ----------------------------------------------------------------------------------- */

static void add_week(struct week_tally *to, const struct week_tally *from)
{
    to->accounts += from->accounts;
    to->joined += from->joined;
    to->left += from->left;
    to->gaps += from->gaps;
    to->judged += from->judged;
    to->use_accounts += from->use_accounts;
    to->first_offenders += from->first_offenders;
    to->console_uses += from->console_uses;
    to->console_uses_no_mfa += from->console_uses_no_mfa;
    to->api_uses += from->api_uses;
    to->api_old_uses += from->api_old_uses;
    to->key_accounts += from->key_accounts;
    to->key_old_accounts += from->key_old_accounts;
    to->standalone += from->standalone;
    to->no_mfa_standalone += from->no_mfa_standalone;
    to->no_mfa_member += from->no_mfa_member;
    to->no_mfa_unknown += from->no_mfa_unknown;
    to->standing_unknown += from->standing_unknown;
    user_counts_add(&to->users, &from->users);
    to->trail.use_accounts += from->trail.use_accounts;
    to->trail.console_uses += from->trail.console_uses;
    to->trail.console_uses_no_mfa += from->trail.console_uses_no_mfa;
    to->trail.key_uses += from->trail.key_uses;
    to->trail.calls += from->trail.calls;
    to->trail.report_only += from->trail.report_only;
}

static void add_group(struct group_tally *to, const struct group_tally *from)
{
    to->accounts += from->accounts;
    to->samples += from->samples;
    to->use_accounts += from->use_accounts;
    to->key_accounts += from->key_accounts;
    to->uses += from->uses;
    to->console_uses += from->console_uses;
    to->console_uses_no_mfa += from->console_uses_no_mfa;
    to->api_uses += from->api_uses;
    to->users += from->users;
    to->no_mfa += from->no_mfa;
    to->initial_key += from->initial_key;
    to->two_keys += from->two_keys;
    to->not_rotated_90 += from->not_rotated_90;
    to->unused_90 += from->unused_90;
}

static void add_set(uint64_t *to, const uint64_t *from, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        to[i] |= from[i];
    }
}

static void add_groups(struct tally *to, const struct tally *from)
{
    size_t names = to->provider->name_count, dates = to->provider->date_count;

    if (to->groups == NULL) {
        return;
    }
    for (size_t i = 0; i < names; i++) {
        add_group(&to->groups[i], &from->groups[i]);
    }
    for (size_t i = 0; i < names * dates * 2; i++) {
        to->group_weeks[i] += from->group_weeks[i];
    }
}

static void add_notes(struct tally *to, const struct tally *from)
{
    to->samples += from->samples;
    to->broken += from->broken;
    to->late_cells += from->late_cells;
    to->late_roots += from->late_roots;
    to->young_uses += from->young_uses;
    to->unreadable_cells += from->unreadable_cells;
    to->rows_lost += from->rows_lost;
    to->no_root += from->no_root;
    to->lacking_columns += from->lacking_columns;
    to->unknown_organization += from->unknown_organization;
    to->accounts += from->accounts;
    to->gap_accounts += from->gap_accounts;
    to->moved_accounts += from->moved_accounts;
    to->offender_total += from->offender_total;
}

void tally_add(struct tally *to, const struct tally *from)
{
    size_t dates = to->provider->date_count;

    for (size_t i = 0; i < dates; i++) {
        add_week(&to->weeks[i], &from->weeks[i]);
    }
    for (size_t i = 0; i <= dates; i++) {
        to->uses_of_accounts[i] += from->uses_of_accounts[i];
    }
    for (size_t i = 0; i < NAME_SET_COUNT; i++) {
        add_set(to->names[i], from->names[i], to->name_words);
    }
    add_set(to->weekly_sampled, from->weekly_sampled, dates * to->name_words);
    add_set(to->weekly_use, from->weekly_use, dates * to->name_words);
    add_set(to->weekly_trail_use, from->weekly_trail_use, dates * to->name_words);
    for (size_t i = 0; i < from->trail_account_count; i++) {
        keep_trail_account(to, from->trail_accounts[i]);
    }
    to->trail_placed += from->trail_placed;
    for (size_t i = 0; i <= ASSET_LARGE; i++) {
        to->trail_by_class[i] += from->trail_by_class[i];
        to->uses_by_class[i] += from->uses_by_class[i];
    }
    add_groups(to, from);
    for (size_t i = 0; i < LIFE_KIND_COUNT; i++) {
        life_ages_add(&to->ages[i], &from->ages[i]);
    }
    for (size_t i = 0; i < from->offender_count; i++) {
        keep_offender(to, &from->offenders[i]);
    }
    add_notes(to, from);
}
