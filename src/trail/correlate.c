#include "trail/correlate.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

enum { BUCKETS_FIRST = 1024, ENTRIES_MAX = 1024, GROUP_SIZE_MAX = 1 << 16 };
#define NO_TIME INT64_MIN

/* What one correlation knows of one group. */
struct group {
    struct group *next; /* in its bucket */
    uint64_t hash;
    uint32_t correlation;
    int64_t last;
    int64_t *times;   /* EVENT_COUNT, VALUE_COUNT: oldest first; TEMPORAL...: one a member */
    uint64_t *values; /* VALUE_COUNT: of what each time is; TEMPORAL_ORDERED: of which event */
    uint32_t count, capacity;
    uint32_t key_size;
    char key[];
};

struct uplink {
    uint32_t correlation, member;
};

struct uplinks {
    struct uplink *items;
    size_t count;
};

struct correlator {
    const struct sigma_set *set;
    uint64_t seed;
    size_t memory, memory_max;
    struct group **buckets;
    size_t bucket_count, group_count;
    struct uplinks *of_rules, *of_correlations;
    struct uplink *links;
    struct buf text;
    int64_t now;
    uint64_t event;
};

/* ---- who asks about whom -------------------------------------------------------------------- */

static struct uplinks *uplinks_new(const struct sigma_set *set, bool of_correlations, size_t count,
                                   struct uplink **links)
{
    struct uplinks *uplinks = mem_array(count, sizeof *uplinks);

    for (size_t target = 0; target < count; target++) {
        uplinks[target].items = *links;
        for (size_t i = 0; i < set->correlation_count; i++) {
            for (size_t j = 0; j < set->correlations[i].member_count; j++) {
                const struct correlation_member *member = &set->correlations[i].members[j];
                if (member->is_correlation == of_correlations && member->index == target) {
                    uplinks[target].items[uplinks[target].count++] =
                        (struct uplink){(uint32_t)i, (uint32_t)j};
                }
            }
        }
        *links += uplinks[target].count;
    }
    return uplinks;
}

struct correlator *correlator_new(const struct sigma_set *set, uint64_t seed, size_t memory_max)
{
    struct correlator *correlator = mem_alloc(sizeof *correlator);
    struct uplink *links = NULL;
    size_t total = 0;

    for (size_t i = 0; i < set->correlation_count; i++) {
        total += set->correlations[i].member_count;
    }
    *correlator =
        (struct correlator){.set = set, .seed = seed, .memory_max = memory_max, .now = NO_TIME};
    correlator->bucket_count = BUCKETS_FIRST;
    correlator->buckets = mem_array(correlator->bucket_count, sizeof(struct group *));
    correlator->links = links = mem_array(total, sizeof *links);
    correlator->of_rules = uplinks_new(set, false, set->rule_count, &links);
    correlator->of_correlations = uplinks_new(set, true, set->correlation_count, &links);
    buf_init(&correlator->text, 2 * (size_t)GROUP_SIZE_MAX);
    return correlator;
}

static void group_free(struct correlator *correlator, struct group *group)
{
    correlator->memory -= sizeof *group + group->key_size + group->capacity * 16U;
    correlator->group_count--;
    mem_free(group->times);
    mem_free(group->values);
    mem_free(group);
}

void correlator_free(struct correlator *correlator)
{
    if (correlator == NULL) {
        return;
    }
    for (size_t i = 0; i < correlator->bucket_count; i++) {
        while (correlator->buckets[i] != NULL) {
            struct group *group = correlator->buckets[i];
            correlator->buckets[i] = group->next;
            group_free(correlator, group);
        }
    }
    mem_free(correlator->buckets);
    mem_free(correlator->links);
    mem_free(correlator->of_rules);
    mem_free(correlator->of_correlations);
    buf_release(&correlator->text);
    mem_free(correlator);
}

/* ---- records -------------------------------------------------------------------------------- */

/* Of an entry of a record: who asks, whether the event takes part, the sizes of what follows. */
struct entry {
    struct uplink link;
    uint32_t group_size, value_size;
    uint32_t takes_part;
};

/* Each text of the group with its size before it, so that no two groups look alike. */
static bool write_group(const struct correlation *correlation,
                        const struct correlation_member *member, const struct event *event,
                        struct buf *scratch, struct buf *out)
{
    for (size_t i = 0; i < correlation->group_by.count; i++) {
        struct str text;
        uint32_t size = 0;
        if (!event_text(event, &member->group_by[i], scratch, &text) || text.n > GROUP_SIZE_MAX) {
            return false;
        }
        size = (uint32_t)text.n;
        buf_bytes(out, &size, sizeof size);
        buf_str(out, text);
    }
    return true;
}

static void write_entry(const struct correlator *correlator, struct uplink link,
                        const struct event *event, struct buf *scratch, struct buf *record)
{
    const struct correlation *correlation = &correlator->set->correlations[link.correlation];
    struct entry entry = {.link = link};
    size_t at = record->n;
    struct str value = {0};

    buf_bytes(record, &entry, sizeof entry);
    entry.takes_part =
        write_group(correlation, &correlation->members[link.member], event, scratch, record);
    if (entry.takes_part != 0 && correlation->kind == CORRELATE_VALUE_COUNT) {
        entry.takes_part = event_text(event, &correlation->field, scratch, &value);
    }
    if (record->overflowed) {
        return;
    }
    if (entry.takes_part == 0) {
        record->n = at + sizeof entry;
    }
    entry.group_size = (uint32_t)(record->n - at - sizeof entry);
    entry.value_size = (uint32_t)value.n;
    buf_str(record, value);
    if (!record->overflowed) {
        memcpy(record->p + at, &entry, sizeof entry);
    }
}

/* Everything above: a correlation that fires is a match of those that name it. */
static size_t collect_links(const struct correlator *correlator, size_t rule, struct uplink *links)
{
    size_t count = 0;

    for (size_t i = 0; i < correlator->of_rules[rule].count && count < ENTRIES_MAX; i++) {
        links[count++] = correlator->of_rules[rule].items[i];
    }
    for (size_t i = 0; i < count; i++) {
        const struct uplinks *above = &correlator->of_correlations[links[i].correlation];
        for (size_t j = 0; j < above->count && count < ENTRIES_MAX; j++) {
            size_t k = 0;
            while (k < count && (links[k].correlation != above->items[j].correlation ||
                                 links[k].member != above->items[j].member)) {
                k++;
            }
            if (k == count) {
                links[count++] = above->items[j];
            }
        }
    }
    return count;
}

bool correlator_record(const struct correlator *correlator, size_t rule, const struct event *event,
                       struct buf *record)
{
    struct uplink links[ENTRIES_MAX];
    size_t count = collect_links(correlator, rule, links);
    struct buf scratch;

    buf_init(&scratch, 2 * (size_t)EVENT_SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        write_entry(correlator, links[i], event, &scratch, record);
    }
    buf_release(&scratch);
    return count > 0;
}

/* ---- groups --------------------------------------------------------------------------------- */

static void forget_old(struct correlator *correlator)
{
    for (size_t i = 0; i < correlator->bucket_count; i++) {
        struct group **link = &correlator->buckets[i];
        while (*link != NULL) {
            struct group *group = *link;
            int64_t span = correlator->set->correlations[group->correlation].timespan;
            if (group->last < correlator->now - span) {
                *link = group->next;
                group_free(correlator, group);
            } else {
                link = &group->next;
            }
        }
    }
}

static void more_buckets(struct correlator *correlator)
{
    size_t count = correlator->bucket_count * 2;
    struct group **buckets = mem_array(count, sizeof(struct group *));

    for (size_t i = 0; i < correlator->bucket_count; i++) {
        while (correlator->buckets[i] != NULL) {
            struct group *group = correlator->buckets[i];
            correlator->buckets[i] = group->next;
            group->next = buckets[group->hash % count];
            buckets[group->hash % count] = group;
        }
    }
    mem_free(correlator->buckets);
    correlator->buckets = buckets;
    correlator->bucket_count = count;
}

static bool reserve(struct correlator *correlator, size_t size, struct err *err)
{
    if (correlator->memory + size > correlator->memory_max) {
        forget_old(correlator);
    }
    if (correlator->memory + size > correlator->memory_max) {
        return err_set(err, ERR_INPUT,
                       "the correlations have more groups at once than fit into "
                       "%zu MiB",
                       correlator->memory_max >> 20);
    }
    correlator->memory += size;
    return true;
}

static struct group *group_find(struct correlator *correlator, uint32_t correlation, struct str key,
                                struct err *err)
{
    uint64_t hash = hash_bytes(correlator->seed + correlation, key);
    struct group *group = correlator->buckets[hash % correlator->bucket_count];
    struct group **bucket = NULL;

    while (group != NULL && (group->hash != hash || group->correlation != correlation ||
                             !str_eq((struct str){group->key, group->key_size}, key))) {
        group = group->next;
    }
    if (group != NULL || !reserve(correlator, sizeof *group + key.n, err)) {
        return group;
    }
    if (correlator->group_count > correlator->bucket_count) {
        more_buckets(correlator);
    }
    group = mem_alloc(sizeof *group + key.n);
    group->hash = hash;
    group->correlation = correlation;
    group->last = NO_TIME;
    group->key_size = (uint32_t)key.n;
    if (key.n > 0) {
        memcpy(group->key, key.p, key.n);
    }
    assert(correlator->bucket_count > 0);
    bucket = &correlator->buckets[hash % correlator->bucket_count];
    group->next = *bucket;
    *bucket = group;
    correlator->group_count++;
    return group;
}

static bool group_grow(struct correlator *correlator, struct group *group, uint32_t capacity,
                       struct err *err)
{
    if (!reserve(correlator, (capacity - group->capacity) * 16U, err)) {
        return false;
    }
    group->times = mem_resize(group->times, capacity * sizeof *group->times);
    group->values = mem_resize(group->values, capacity * sizeof *group->values);
    for (uint32_t i = group->capacity; i < capacity; i++) {
        group->times[i] = NO_TIME;
        group->values[i] = UINT64_MAX;
    }
    group->capacity = capacity;
    return true;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static bool holds(const struct correlation *correlation, uint32_t count)
{
    return count > 0 && count >= correlation->least && count <= correlation->most;
}

static void drop(struct group *group, uint32_t from, uint32_t count)
{
    memmove(group->times + from, group->times + from + count,
            (group->count - from - count) * sizeof *group->times);
    memmove(group->values + from, group->values + from + count,
            (group->count - from - count) * sizeof *group->values);
    group->count -= count;
}

/* Counts matches, or values, of the timespan up to now. A count that is above what the condition
 * tells apart is as good as any higher one. */
static bool step_count(struct correlator *correlator, const struct correlation *correlation,
                       struct group *group, struct str value, bool *fires, struct err *err)
{
    bool is_values = correlation->kind == CORRELATE_VALUE_COUNT;
    uint32_t limit = correlation->most == UINT32_MAX ? correlation->least : correlation->most + 1;
    uint64_t hash = is_values ? hash_bytes(correlator->seed, value) : 0;
    uint32_t old = 0;
    bool had = false;

    while (old < group->count && group->times[old] < correlator->now - correlation->timespan) {
        old++;
    }
    if (old > 0) {
        drop(group, 0, old);
    }
    had = holds(correlation, group->count);
    for (uint32_t i = 0; is_values && i < group->count; i++) {
        if (group->values[i] == hash) {
            drop(group, i, 1);
        }
    }
    if (limit > 0 && group->count == limit) {
        drop(group, 0, 1);
    }
    if (group->count == group->capacity &&
        !group_grow(correlator, group, group->capacity == 0 ? 4 : group->capacity * 2, err)) {
        return false;
    }
    group->times[group->count] = correlator->now;
    group->values[group->count++] = hash;
    *fires = holds(correlation, group->count) && !had;
    return true;
}

static uint32_t count_members(const struct correlator *correlator,
                              const struct correlation *correlation, const struct group *group)
{
    uint32_t count = 0;

    for (size_t i = 0; i < correlation->member_count; i++) {
        count += group->times[i] != NO_TIME &&
                 group->times[i] >= correlator->now - correlation->timespan;
    }
    return count;
}

static void step_temporal(const struct correlator *correlator,
                          const struct correlation *correlation, struct group *group,
                          uint32_t member, bool *fires)
{
    bool had = holds(correlation, count_members(correlator, correlation, group));

    group->times[member] = correlator->now;
    group->count = count_members(correlator, correlation, group);
    *fires = holds(correlation, group->count) && !had;
}

/* times[k] is the latest possible begin of an ordered chain up to member k, which the event
 * values[k] made; behind them, what it was before that event: two steps of an order are two events.
 * */
static void step_ordered(const struct correlator *correlator, const struct correlation *correlation,
                         struct group *group, uint32_t member, bool *fires)
{
    uint32_t count = (uint32_t)correlation->member_count;
    int64_t begin = correlator->now;

    if (member > 0) {
        bool is_own = group->values[member - 1] == correlator->event;
        begin = group->times[is_own ? count + member - 1 : member - 1];
    }
    if (begin == NO_TIME || begin < correlator->now - correlation->timespan) {
        return;
    }
    if (group->values[member] != correlator->event) {
        group->times[count + member] = group->times[member];
        group->values[member] = correlator->event;
    }
    group->times[member] = begin > group->times[member] ? begin : group->times[member];
    *fires = member + 1 == count;
    group->count = count;
}

/* ---- feeding -------------------------------------------------------------------------------- */

struct feed {
    struct correlator *correlator;
    struct str record;
    correlation_hit_fn hit;
    void *shared;
    struct err *err;
};

static bool next_entry(struct str *rest, struct entry *entry, struct str *group, struct str *value)
{
    if (rest->n < sizeof *entry) {
        return false;
    }
    memcpy(entry, rest->p, sizeof *entry);
    *rest = str_sub(*rest, sizeof *entry, rest->n);
    *group = str_sub(*rest, 0, entry->group_size);
    *value = str_sub(*rest, entry->group_size, (size_t)entry->group_size + entry->value_size);
    *rest = str_sub(*rest, (size_t)entry->group_size + entry->value_size, rest->n);
    return true;
}

static struct str group_text(struct correlator *correlator, struct str key)
{
    buf_clear(&correlator->text);
    while (key.n >= sizeof(uint32_t)) {
        uint32_t size = 0;
        memcpy(&size, key.p, sizeof size);
        buf_str(&correlator->text, correlator->text.n == 0 ? STR("") : STR(", "));
        buf_str(&correlator->text, str_sub(key, sizeof size, sizeof size + (size_t)size));
        key = str_sub(key, sizeof size + (size_t)size, key.n);
    }
    return buf_text(&correlator->text);
}

static bool step(struct feed *feed, const struct entry *entry, struct str key, struct str value,
                 bool *fires)
{
    struct correlator *correlator = feed->correlator;
    const struct correlation *correlation = &correlator->set->correlations[entry->link.correlation];
    struct group *group = group_find(correlator, entry->link.correlation, key, feed->err);
    struct correlation_hit hit = {.correlation = entry->link.correlation, .time = correlator->now};
    bool ok = group != NULL;

    *fires = false;
    if (!ok) {
        return false;
    }
    switch (correlation->kind) {
    case CORRELATE_EVENT_COUNT:
    case CORRELATE_VALUE_COUNT:
        ok = step_count(correlator, correlation, group, value, fires, feed->err);
        break;
    case CORRELATE_TEMPORAL:
    case CORRELATE_TEMPORAL_ORDERED:
        ok = group->capacity > 0 ||
             group_grow(correlator, group, 2 * (uint32_t)correlation->member_count, feed->err);
        if (ok && correlation->kind == CORRELATE_TEMPORAL) {
            step_temporal(correlator, correlation, group, entry->link.member, fires);
        } else if (ok) {
            step_ordered(correlator, correlation, group, entry->link.member, fires);
        }
        break;
    case CORRELATE_FIRST_SEEN:
        *fires = group->last == NO_TIME || group->last < correlator->now - correlation->timespan;
        group->count = 1;
        break;
    }
    group->last = correlator->now;
    if (ok && *fires) {
        hit.count = group->count;
        hit.group = group_text(correlator, key);
        feed->hit(feed->shared, &hit);
    }
    return ok;
}

/* Steps the correlations that name a rule, or, one level up, a correlation that fired. */
static bool step_all(struct feed *feed, const struct uplinks *links)
{
    for (size_t i = links->count; i > 0; i--) {
        struct str rest = feed->record, group, value;
        struct entry entry;
        bool fires = false;
        while (next_entry(&rest, &entry, &group, &value)) {
            if (entry.link.correlation == links->items[i - 1].correlation &&
                entry.link.member == links->items[i - 1].member && entry.takes_part != 0) {
                if (!step(feed, &entry, group, value, &fires)) {
                    return false;
                }
                break;
            }
        }
        if (fires &&
            !step_all(feed, &feed->correlator->of_correlations[links->items[i - 1].correlation])) {
            return false;
        }
    }
    return true;
}

bool correlator_feed(struct correlator *correlator, size_t rule, uint64_t event, int64_t time,
                     struct str record, correlation_hit_fn hit, void *shared, struct err *err)
{
    struct feed feed = {correlator, record, hit, shared, err};

    assert(time >= correlator->now);
    correlator->now = time;
    correlator->event = event;
    return step_all(&feed, &correlator->of_rules[rule]);
}
