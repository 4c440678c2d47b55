#include "study/trail_use.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "study/figures.h"
#include "study/format.h"
#include "study/tally.h"

enum { WEEK_S = 7 * 86400, SESSION_S = 12 * 3600 };

/* ---- one sample ----------------------------------------------------------------------------- */

/* Where the session at hand, and the day of the key, begin. */
struct state {
    int64_t session, day;
};

static void event_count(struct trail_uses *uses, struct state *state,
                        const struct timeline_event *event, bool is_inside)
{
    int64_t day = event->at / SECONDS_PER_DAY;

    switch ((enum root_use_kind)event->kind) {
    case ROOT_SIGN_IN:
        state->session = event->at;
        uses->console += is_inside;
        uses->console_no_mfa += is_inside && event->mfa == TIMELINE_MFA_NO;
        break;
    case ROOT_CONSOLE_CALL:
        uses->calls += is_inside;
        if (event->at - state->session > SESSION_S) {
            state->session = event->at;
            uses->console += is_inside;
        }
        break;
    case ROOT_KEY_CALL:
        uses->calls += is_inside;
        uses->keys += is_inside && day != state->day;
        state->day = is_inside ? day : state->day;
        break;
    case ROOT_FAILED_SIGN_IN:
    case ROOT_OTHER:
    case ROOT_USE_KIND_COUNT:
        break;
    }
}

void trail_uses_count(const struct timeline *timeline, uint64_t account, int64_t at,
                      struct trail_uses *out)
{
    struct state state = {.session = INSTANT_MIN, .day = INSTANT_MIN};
    size_t count = 0;
    const struct timeline_event *events = timeline_of(timeline, account, &count);

    *out = (struct trail_uses){0};
    /* A session that began before the week reaches into it, and is none of its uses. */
    for (size_t i = 0; i < count && events[i].at <= at; i++) {
        bool is_inside = events[i].at >= at - WEEK_S;
        out->events += is_inside;
        event_count(out, &state, &events[i], is_inside);
    }
}

uint64_t trail_events_since(const struct timeline *timeline, uint64_t account, int64_t at,
                            int64_t *from)
{
    size_t count = 0;
    const struct timeline_event *events = timeline_of(timeline, account, &count);
    uint64_t found = 0;

    for (size_t i = 0; i < count && events[i].at <= at; i++) {
        found += events[i].at >= at - WEEK_S && events[i].at > *from;
    }
    *from = at > *from ? at : *from;
    return found;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void beside(struct study_result *result, struct str name, uint64_t sum, uint64_t divisor)
{
    for (size_t i = 0; i < result->figure_count; i++) {
        struct study_figure *figure = &result->figures[i];
        if (str_eq(figure->name, name) && figure->type != STUDY_NOTHING) {
            figure->has_trail = true;
            figure->trail_sum = sum;
            figure->trail_divisor = divisor;
        }
    }
}

static int most_first(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x < y) - (x > y);
}

/* Of accounts with use: how many have more than one, their uses, and how few make half. */
static void fill_accounts(struct study_result *result, const struct tally *tally)
{
    size_t count = tally->trail_account_count;
    uint32_t *uses = mem_array(count + 1, sizeof *uses);
    uint64_t repeat = 0, repeat_uses = 0, all = 0, sum = 0, half = 0;

    if (count > 0) {
        memcpy(uses, tally->trail_accounts, count * sizeof *uses);
        qsort(uses, count, sizeof *uses, most_first);
    }
    for (size_t i = 0; i < count; i++) {
        all += uses[i];
        repeat += uses[i] > 1;
        repeat_uses += uses[i] > 1 ? uses[i] : 0;
    }
    while (half < count && 2 * sum < all) {
        sum += uses[half++];
    }
    mem_free(uses);
    beside(result, STR("use_accounts"), count, 1);
    beside(result, STR("uses"), all, 1);
    beside(result, STR("repeat_accounts"), repeat, 1);
    beside(result, STR("repeat_uses"), repeat_uses, 1);
    beside(result, STR("half_uses_accounts"), half, 1);
    if (count > 0) {
        beside(result, STR("uses_per_account"), all, count);
    }
    result->trail.uses = all;
    result->trail.accounts = count;
}

static void fill_classes(struct study_result *result, const struct tally *tally)
{
    beside(result, STR("uses_small"), tally->trail_by_class[ASSET_SMALL], 1);
    beside(result, STR("uses_medium"), tally->trail_by_class[ASSET_MEDIUM], 1);
    beside(result, STR("uses_large"), tally->trail_by_class[ASSET_LARGE], 1);
}

static void fill_weeks(struct study_result *result, const struct tally *tally)
{
    size_t week = 0;

    for (size_t date = 0; date < tally->provider->date_count; date++) {
        const struct week_tally *from = &tally->weeks[date];
        if (from->accounts == 0) {
            continue;
        }
        struct study_trail_week *to = &result->weeks[week++].trail;
        *to = from->trail;
        to->use_organizations =
            names_count(tally->weekly_trail_use + date * tally->name_words, tally->name_words);
        result->trail.sums.use_accounts += to->use_accounts;
        result->trail.sums.use_organizations += to->use_organizations;
        result->trail.sums.console_uses += to->console_uses;
        result->trail.sums.console_uses_no_mfa += to->console_uses_no_mfa;
        result->trail.sums.key_uses += to->key_uses;
        result->trail.sums.calls += to->calls;
        result->trail.sums.report_only += to->report_only;
    }
}

void trail_use_fill(struct study_result *result, const struct tally *tally)
{
    size_t words = tally->name_words;
    const struct study_trail_week *sums = &result->trail.sums;

    if (tally->timeline == NULL) {
        return;
    }
    result->trail.is_there = true;
    result->trail.events = tally->timeline->count;
    result->trail.placed = tally->trail_placed;
    fill_weeks(result, tally);
    fill_accounts(result, tally);
    fill_classes(result, tally);
    if (result->week_count > 0) {
        beside(result, STR("weekly_use_accounts_mean"), sums->use_accounts, result->week_count);
        beside(result, STR("weekly_use_organizations_mean"), sums->use_organizations,
               result->week_count);
    }
    beside(result, STR("use_organizations"), names_count(tally->names[NAMES_TRAIL_USE], words), 1);
    beside(result, STR("uses_api"), sums->key_uses, 1);
    beside(result, STR("console_uses"), sums->console_uses, 1);
    beside(result, STR("console_uses_no_mfa"), sums->console_uses_no_mfa, 1);
    beside(result, STR("console_organizations"),
           names_count(tally->names[NAMES_TRAIL_CONSOLE], words), 1);
    beside(result, STR("console_organizations_no_mfa"),
           names_count(tally->names[NAMES_TRAIL_CONSOLE_NO_MFA], words), 1);
}

/* ---- text ----------------------------------------------------------------------------------- */

void trail_value_write(struct buf *out, const struct study_figure *figure, bool is_grouped)
{
    struct study_figure trail = *figure;

    trail.sum = figure->trail_sum;
    trail.divisor = figure->trail_divisor;
    study_value_write(out, &trail, is_grouped);
}

/* In hundredths, as both values are shown. */
void trail_difference_write(struct buf *out, const struct study_figure *figure, bool is_grouped)
{
    bool is_mean = figure->type == STUDY_MEAN;
    uint64_t scale = is_mean ? 100 : 1;
    uint64_t ours = is_mean ? figure->divisor : 1, theirs = is_mean ? figure->trail_divisor : 1;
    uint64_t report = (2 * scale * figure->sum + ours) / (2 * ours);
    uint64_t trail = (2 * scale * figure->trail_sum + theirs) / (2 * theirs);
    struct study_figure difference = {
        .type = figure->type,
        .sum = trail > report ? trail - report : report - trail,
        .divisor = scale,
    };

    if (trail != report) {
        buf_char(out, trail > report ? '+' : '-');
    }
    study_value_write(out, &difference, is_grouped);
}
