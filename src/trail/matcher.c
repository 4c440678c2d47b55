#include "trail/matcher.h"

#include <string.h>

#include "base/arena.h"
#include "rule/eval.h"
#include "trail/record_id.h"

/* The fields that are asked of every record, as paths. */
enum field { FIELD_TIME, FIELD_ACCOUNT, FIELD_CALLER, FIELD_REGION, FIELD_ID, FIELD_TYPE };

static const struct event_step steps[] = {
    {.name = STR_LIT("eventTime")},    {.name = STR_LIT("recipientAccountId")},
    {.name = STR_LIT("userIdentity")}, {.name = STR_LIT("accountId")},
    {.name = STR_LIT("awsRegion")},    {.name = STR_LIT("eventID")},
    {.name = STR_LIT("eventType")},
};

static const struct event_path fields[] = {
    [FIELD_TIME] = {STR_LIT("eventTime"), &steps[0], 1, true},
    [FIELD_ACCOUNT] = {STR_LIT("recipientAccountId"), &steps[1], 1, true},
    [FIELD_CALLER] = {STR_LIT("userIdentity.accountId"), &steps[2], 2, true},
    [FIELD_REGION] = {STR_LIT("awsRegion"), &steps[4], 1, true},
    [FIELD_ID] = {STR_LIT("eventID"), &steps[5], 1, true},
    [FIELD_TYPE] = {STR_LIT("eventType"), &steps[6], 1, true},
};

struct matcher {
    const struct trail_scan_config *config;
    unsigned worker;
    struct event event;
    struct eval_context eval;
    struct buf scratch;
    uint32_t *matched, *unknown; /* room for every rule */
    uint64_t parsed;
};

struct matcher *matcher_new(const struct trail_scan_config *config, unsigned worker)
{
    struct matcher *matcher = mem_alloc(sizeof *matcher);

    matcher->config = config;
    matcher->worker = worker;
    event_init(&matcher->event);
    eval_init(&matcher->eval, config->now);
    buf_init(&matcher->scratch, EVENT_SIZE_MAX);
    matcher->matched = mem_array(config->rule_count, sizeof *matcher->matched);
    matcher->unknown = mem_array(config->rule_count, sizeof *matcher->unknown);
    return matcher;
}

void matcher_free(struct matcher *matcher)
{
    if (matcher != NULL) {
        event_release(&matcher->event);
        eval_release(&matcher->eval);
        buf_release(&matcher->scratch);
        mem_free(matcher->matched);
        mem_free(matcher->unknown);
        mem_free(matcher);
    }
}

uint64_t matcher_parsed(const struct matcher *matcher)
{
    return matcher->parsed;
}

static bool parse(struct matcher *matcher, struct str record, struct err *damage)
{
    matcher->parsed++;
    return event_parse(&matcher->event, record, damage);
}

static bool field_text(struct matcher *matcher, enum field field, struct str *out)
{
    return event_text(&matcher->event, &fields[field], &matcher->scratch, out);
}

/* ---- filters -------------------------------------------------------------------------------- */

static bool is_in_time(struct matcher *matcher)
{
    const struct trail_scan_config *config = matcher->config;
    struct str text;
    int64_t time = 0;

    if (config->since == INSTANT_MIN && config->until == INSTANT_MAX) {
        return true;
    }
    return !field_text(matcher, FIELD_TIME, &text) || !instant_parse(text, &time) ||
           (time >= config->since && time <= config->until);
}

static bool is_listed(const struct str_list *list, struct str text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->items[i], text)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(struct matcher *matcher)
{
    const struct str_list *accounts = &matcher->config->accounts,
                          *regions = &matcher->config->regions;
    struct str text;

    if (!is_in_time(matcher)) {
        return false;
    }
    if (accounts->count > 0 &&
        (field_text(matcher, FIELD_ACCOUNT, &text) || field_text(matcher, FIELD_CALLER, &text)) &&
        !is_listed(accounts, text)) {
        return false;
    }
    return regions->count == 0 || !field_text(matcher, FIELD_REGION, &text) ||
           is_listed(regions, text);
}

/* ---- rules ---------------------------------------------------------------------------------- */

static void ask(struct matcher *matcher, uint32_t rule, struct trail_match *match)
{
    switch (eval_event(&matcher->eval, matcher->config->rules[rule].program, &matcher->event)) {
    case TRUTH_TRUE:
        matcher->matched[match->rule_count++] = rule;
        break;
    case TRUTH_UNKNOWN:
        matcher->unknown[match->unknown_count++] = rule;
        break;
    case TRUTH_FALSE:
        break;
    }
}

bool matcher_take(struct matcher *matcher, struct str file, struct str record,
                  const uint64_t *rules, struct err *damage, struct err *err)
{
    const struct trail_scan_config *config = matcher->config;
    struct trail_match match = {.event = &matcher->event,
                                .record = record,
                                .file = file,
                                .rules = matcher->matched,
                                .unknown_rules = matcher->unknown};

    if (!parse(matcher, record, damage) || !is_wanted(matcher)) {
        return true;
    }
    for (size_t word = 0; word <= config->rule_count / 64; word++) {
        for (uint64_t left = rules[word]; left != 0; left &= left - 1) {
            ask(matcher, (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left)), &match);
        }
    }
    return match.rule_count + match.unknown_count == 0 ||
           config->match(config->shared, matcher->worker, &match, err);
}

/* ---- identity ------------------------------------------------------------------------------- */

bool matcher_identify(struct matcher *matcher, struct str record, struct trail_record_id *id,
                      bool *has_id, struct err *damage)
{
    struct str text;

    if (!parse(matcher, record, damage)) {
        return false;
    }
    *has_id = field_text(matcher, FIELD_ID, &text) && text.n > 0;
    if (*has_id) {
        *id = record_id_of(text);
    }
    return true;
}

bool matcher_is_insight(struct matcher *matcher, struct str record)
{
    struct err ignored = {0};
    struct str text;

    return event_parse(&matcher->event, record, &ignored) &&
           field_text(matcher, FIELD_TYPE, &text) && str_eq(text, STR("AwsCloudTrailInsight"));
}
