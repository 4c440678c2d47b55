/* correlate.h: runs correlations over the matches of their rules, fed in the order of time.
 *
 * Matching and correlating are apart, so that events need not be kept: when a rule matches,
 * correlator_record writes down what the correlations will ask of the event; the records are sorted
 * by time, by whoever collects them, and fed.
 *
 * Memory is that of the groups that are still within their timespan, up to a limit. A group keeps
 * no more times than its condition can tell apart.
 *
 *   event_count, value_count   fire with the match that makes the condition true
 *   temporal                   the same, of the number of different rules
 *   temporal_ordered           fires with every match of the last rule that completes the order
 *   first_seen                 fires with a match of a group that had none in the timespan before
 *
 * A match and one that is a timespan older still belong together.
 *
 * Ownership: borrows the set until correlator_free.
 * Threads:   correlator_record from any thread; correlator_feed from one at a time.
 *
 * Example:   if (correlator_record(correlator, rule, &event, &record)) { ... keep it ... }
 *            if (!correlator_feed(correlator, rule, n, time, record, hit, shared, &err)) { ... } */
#ifndef TRAIL_CORRELATE_H
#define TRAIL_CORRELATE_H

#include "rule/sigma.h"

struct correlator;

/* `seed` should differ from process to process; `memory_max` is about bytes of groups. */
struct correlator *correlator_new(const struct sigma_set *set, uint64_t seed, size_t memory_max);
void correlator_free(struct correlator *correlator);

/* Appends the record of an event that a rule matched. False: no correlation wants it. */
bool correlator_record(const struct correlator *correlator, size_t rule, const struct event *event,
                       struct buf *record);

struct correlation_hit {
    size_t correlation; /* in the set */
    struct str group;   /* the group's texts, with ", " between them */
    int64_t time;       /* of the match that made it fire */
    uint32_t count;     /* what the condition counted */
};
typedef void (*correlation_hit_fn)(void *shared, const struct correlation_hit *hit);

/* Calls `hit` for each correlation that fires, silent ones too. Times must not go back; the rules
 * that match one event are fed one after the other with the same `event`, a number of it alone.
 * Fails past the limit of memory. */
MUST_USE bool correlator_feed(struct correlator *correlator, size_t rule, uint64_t event,
                              int64_t time, struct str record, correlation_hit_fn hit, void *shared,
                              struct err *err);

#endif
