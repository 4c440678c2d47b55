#include "trail/alerts.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "trail/alert_record.h"
#include "trail/correlate.h"
#include "trail/fields.h"
#include "trail/sorter.h"

enum { ARENA_MAX = 64 << 10, TEXT_MAX = 1 << 30, GROUPS_SIZE_MIN = 64 << 20 };

/* What a worker builds its records in. */
struct gatherer {
    struct buf texts, scratch, correlation, record;
};

/* One event's alerts, until the last of them is known. */
struct group {
    struct buf records;
    struct group_item {
        uint32_t rank;
        size_t offset, size;
    } * items;
    size_t count, capacity;
    struct buf time, id; /* of the event */
    uint64_t number;     /* of the event, for the correlations */
};

struct alerts {
    struct alerts_config config;
    size_t total;      /* rules and correlations */
    uint32_t *ranks;   /* place of a rule in the order of ids */
    uint32_t *by_rank; /* the way back */
    struct correlator *correlator;
    struct arena arena;
    const struct alert_paths *paths;
    struct gatherer *gatherers;
    pthread_mutex_t lock; /* of all below, while matches are added */
    struct sorter copies; /* by event and rule */
    uint64_t *unknown;
    uint64_t matches, serial;
    /* While alerts are handed out. */
    struct sorter ordered; /* by time */
    struct group group;
    struct buf record;
    const struct alert_parts *feeding;
    alert_fn write;
    void *shared;
    uint64_t spilled;
};

/* ---- beginning and end ---------------------------------------------------------------------- */

static int rank_compare(const void *x, const void *y, void *shared)
{
    const uint32_t *a = x, *b = y;
    const struct alerts *alerts = shared;
    int order = str_cmp(alerts->config.rules[*a].id, alerts->config.rules[*b].id);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static void rank_rules(struct alerts *alerts)
{
    alerts->ranks = mem_array(alerts->total + 1, sizeof *alerts->ranks);
    alerts->by_rank = mem_array(alerts->total + 1, sizeof *alerts->by_rank);
    for (size_t i = 0; i < alerts->total; i++) {
        alerts->by_rank[i] = (uint32_t)i;
    }
    if (alerts->total > 1) {
        qsort_r(alerts->by_rank, alerts->total, sizeof *alerts->by_rank, rank_compare, alerts);
    }
    for (size_t i = 0; i < alerts->total; i++) {
        alerts->ranks[alerts->by_rank[i]] = (uint32_t)i;
    }
}

struct alerts *alerts_new(const struct alerts_config *config, struct err *err)
{
    struct alerts *alerts = mem_alloc(sizeof *alerts);

    alerts->config = *config;
    alerts->total = config->rule_count + config->set->correlation_count;
    (void)pthread_mutex_init(&alerts->lock, NULL);
    arena_init(&alerts->arena, ARENA_MAX);
    rank_rules(alerts);
    alerts->unknown = mem_array(config->rule_count + 1, sizeof *alerts->unknown);
    alerts->gatherers = mem_array(config->jobs, sizeof *alerts->gatherers);
    for (unsigned i = 0; i < config->jobs; i++) {
        struct gatherer *one = &alerts->gatherers[i];
        buf_init(&one->texts, TEXT_MAX);
        buf_init(&one->scratch, TEXT_MAX);
        buf_init(&one->correlation, TEXT_MAX);
        buf_init(&one->record, TEXT_MAX);
    }
    sorter_init(&alerts->copies, config->memory_max / 2);
    sorter_init(&alerts->ordered, config->memory_max / 4);
    buf_init(&alerts->record, TEXT_MAX);
    buf_init(&alerts->group.records, TEXT_MAX);
    buf_init(&alerts->group.time, TEXT_MAX);
    buf_init(&alerts->group.id, TEXT_MAX);
    alerts->paths = alert_paths_new(&alerts->arena, err);
    if (alerts->paths == NULL) {
        alerts_free(alerts);
        return NULL;
    }
    if (config->set->correlation_count > 0) {
        size_t room = config->memory_max > GROUPS_SIZE_MIN ? config->memory_max : GROUPS_SIZE_MIN;
        alerts->correlator = correlator_new(config->set, config->seed, room);
    }
    return alerts;
}

void alerts_free(struct alerts *alerts)
{
    if (alerts == NULL) {
        return;
    }
    for (unsigned i = 0; i < alerts->config.jobs; i++) {
        struct gatherer *one = &alerts->gatherers[i];
        buf_release(&one->texts);
        buf_release(&one->scratch);
        buf_release(&one->correlation);
        buf_release(&one->record);
    }
    mem_free(alerts->gatherers);
    sorter_release(&alerts->copies);
    sorter_release(&alerts->ordered);
    buf_release(&alerts->record);
    buf_release(&alerts->group.records);
    buf_release(&alerts->group.time);
    buf_release(&alerts->group.id);
    mem_free(alerts->group.items);
    if (alerts->correlator != NULL) {
        correlator_free(alerts->correlator);
    }
    mem_free(alerts->ranks);
    mem_free(alerts->by_rank);
    mem_free(alerts->unknown);
    arena_release(&alerts->arena);
    (void)pthread_mutex_destroy(&alerts->lock);
    mem_free(alerts);
}

uint64_t alerts_unknown(const struct alerts *alerts, size_t rule)
{
    return alerts->unknown[rule];
}

uint64_t alerts_matches(const struct alerts *alerts)
{
    return alerts->matches;
}

uint64_t alerts_spilled(const struct alerts *alerts)
{
    return alerts->spilled;
}

/* ---- gathering ------------------------------------------------------------------------------ */

/* Whether anybody wants the match; if so, what correlations ask of it is in the gatherer. */
static bool is_wanted(const struct alerts *alerts, struct gatherer *one, size_t rule,
                      const struct event *event)
{
    bool correlates = false;

    buf_clear(&one->correlation);
    if (alerts->correlator != NULL && rule < alerts->config.set->rule_count) {
        correlates = correlator_record(alerts->correlator, rule, event, &one->correlation);
    }
    return correlates || !alerts->config.is_silent[rule];
}

static bool add_locked(struct alerts *alerts, struct gatherer *one, struct alert_parts *parts,
                       struct err *err)
{
    bool ok = false;

    (void)pthread_mutex_lock(&alerts->lock);
    alerts->matches++;
    parts->serial = parts->alert.event_id.n == 0 ? ++alerts->serial : 0;
    buf_clear(&one->record);
    buf_char(&one->record, parts->serial == 0);
    field_key_text(&one->record, parts->alert.event_id);
    field_key_number(&one->record, parts->rank);
    alert_record_write(&one->record, parts);
    ok = one->record.overflowed || one->correlation.overflowed
             ? err_set(err, ERR_INPUT, "an event is too large to be told")
             : sorter_add(&alerts->copies, buf_text(&one->record), err);
    (void)pthread_mutex_unlock(&alerts->lock);
    return ok;
}

static void count_unknown(struct alerts *alerts, const struct trail_match *match)
{
    (void)pthread_mutex_lock(&alerts->lock);
    for (size_t i = 0; i < match->unknown_count; i++) {
        alerts->unknown[match->unknown_rules[i]]++;
    }
    (void)pthread_mutex_unlock(&alerts->lock);
}

bool alerts_add(struct alerts *alerts, unsigned worker, const struct trail_match *match,
                struct err *err)
{
    struct gatherer *one = &alerts->gatherers[worker];
    struct alert_parts parts = {0};
    bool ok = true;

    if (match->unknown_count > 0) {
        count_unknown(alerts, match);
    }
    if (match->rule_count > 0) {
        alert_from_event(alerts->paths, match->event, &one->texts, &one->scratch, &parts.alert);
        parts.alert.file = match->file;
    }
    for (size_t i = 0; ok && i < match->rule_count; i++) {
        size_t rule = match->rules[i];
        if (is_wanted(alerts, one, rule, match->event)) {
            parts.alert.rule = &alerts->config.rules[rule];
            parts.rank = alerts->ranks[rule];
            parts.correlation = buf_text(&one->correlation);
            ok = add_locked(alerts, one, &parts, err);
        }
    }
    return ok;
}

/* ---- handing out ---------------------------------------------------------------------------- */

static const struct alert_rule *rule_of(const struct alerts *alerts, uint32_t rank)
{
    return &alerts->config.rules[alerts->by_rank[rank]];
}

/* From the order of events to that of time, each event and rule once: the first of its copies. */
static bool order_alerts(struct alerts *alerts, struct err *err)
{
    struct buf last;
    struct str record;
    bool ok = sorter_begin(&alerts->copies, err);

    buf_init(&last, TEXT_MAX);
    while (ok && sorter_next(&alerts->copies, &record, err)) {
        struct alert_parts parts;
        alert_record_read(record, &parts);
        if (parts.serial == 0 && str_eq(parts.key, buf_text(&last))) {
            continue;
        }
        buf_clear(&last);
        buf_str(&last, parts.key);
        parts.alert.rule = rule_of(alerts, parts.rank);
        buf_clear(&alerts->record);
        field_key_text(&alerts->record, parts.alert.time);
        field_key_text(&alerts->record, parts.alert.event_id);
        field_key_number(&alerts->record, parts.rank);
        alert_record_write(&alerts->record, &parts);
        ok = sorter_add(&alerts->ordered, buf_text(&alerts->record), err);
    }
    ok = ok && err->kind == ERR_NONE;
    alerts->spilled = sorter_spilled(&alerts->copies);
    sorter_release(&alerts->copies);
    buf_release(&last);
    return ok;
}

static bool is_silent(const struct alerts *alerts, uint32_t rank)
{
    return alerts->config.is_silent[alerts->by_rank[rank]];
}

static struct str item_record(const struct group *group, const struct group_item *item)
{
    return (struct str){group->records.p + item->offset, item->size};
}

/* Keeps an alert of the event at hand. A correlation may fire twice with the matches of one event:
 * the smallest line counts, as with copies. */
static void group_add(struct alerts *alerts, const struct alert_parts *parts)
{
    struct group *group = &alerts->group;
    struct group_item item = {.rank = parts->rank, .offset = group->records.n};
    size_t at = group->count;

    if (is_silent(alerts, parts->rank)) {
        return;
    }
    buf_clear(&alerts->record);
    alert_record_write(&alerts->record, parts);
    buf_str(&group->records, buf_text(&alerts->record));
    item.size = group->records.n - item.offset;
    while (at > 0 && group->items[at - 1].rank > parts->rank) {
        at--;
    }
    if (at > 0 && group->items[at - 1].rank == parts->rank) {
        if (str_cmp(item_record(group, &item), item_record(group, &group->items[at - 1])) < 0) {
            group->items[at - 1] = item;
        }
        return;
    }
    if (group->count == group->capacity) {
        group->capacity = group->capacity == 0 ? 16 : 2 * group->capacity;
        group->items = mem_resize(group->items, group->capacity * sizeof *group->items);
    }
    memmove(&group->items[at + 1], &group->items[at], (group->count - at) * sizeof item);
    group->items[at] = item;
    group->count++;
}

static bool group_end(struct alerts *alerts, struct err *err)
{
    struct group *group = &alerts->group;
    bool ok = !group->records.overflowed || err_set(err, ERR_INPUT, "too many alerts of an event");

    for (size_t i = 0; ok && i < group->count; i++) {
        const struct group_item *item = &group->items[i];
        struct alert_parts parts;
        alert_record_read(item_record(group, item), &parts);
        parts.alert.rule = rule_of(alerts, item->rank);
        ok = alerts->write(alerts->shared, &parts.alert, err);
    }
    buf_clear(&group->records);
    group->count = 0;
    return ok;
}

static void take_hit(void *shared, const struct correlation_hit *hit)
{
    struct alerts *alerts = shared;
    struct alert_parts parts = *alerts->feeding;

    parts.rank = alerts->ranks[alerts->config.rule_count + hit->correlation];
    parts.alert.rule = rule_of(alerts, parts.rank);
    parts.alert.group = hit->group;
    parts.alert.count = hit->count;
    parts.correlation = (struct str){0};
    group_add(alerts, &parts);
}

/* An event without a time that can be read takes no part in correlations. */
static bool feed(struct alerts *alerts, const struct alert_parts *parts, struct err *err)
{
    size_t rule = alerts->by_rank[parts->rank];
    int64_t at = 0;

    if (alerts->correlator == NULL || parts->correlation.n == 0 ||
        !instant_parse(parts->alert.time, &at)) {
        return true;
    }
    alerts->feeding = parts;
    return correlator_feed(alerts->correlator, rule, alerts->group.number, at, parts->correlation,
                           take_hit, alerts, err);
}

/* Whether this is one more alert of the event at hand; an event without an id is on its own. */
static bool is_same_event(const struct group *group, const struct alert *alert)
{
    return alert->event_id.n > 0 && str_eq(alert->event_id, buf_text(&group->id)) &&
           str_eq(alert->time, buf_text(&group->time));
}

bool alerts_finish(struct alerts *alerts, alert_fn write, void *shared, struct err *err)
{
    struct group *group = &alerts->group;
    struct str record;
    bool ok = order_alerts(alerts, err) && sorter_begin(&alerts->ordered, err);

    alerts->write = write;
    alerts->shared = shared;
    while (ok && sorter_next(&alerts->ordered, &record, err)) {
        struct alert_parts parts;
        alert_record_read(record, &parts);
        parts.alert.rule = rule_of(alerts, parts.rank);
        if (!is_same_event(group, &parts.alert)) {
            ok = group_end(alerts, err);
            buf_clear(&group->time);
            buf_str(&group->time, parts.alert.time);
            buf_clear(&group->id);
            buf_str(&group->id, parts.alert.event_id);
            group->number++;
        }
        group_add(alerts, &parts);
        ok = ok && feed(alerts, &parts, err);
    }
    alerts->spilled += sorter_spilled(&alerts->ordered);
    return ok && err->kind == ERR_NONE && group_end(alerts, err);
}
