/* alerts.h: gathers the matches of a scan, leaves each event once, puts them in the order of time,
 * runs the correlations over them and hands out alerts.
 *
 * Two matches of a rule are one when their events have the same eventID; where such copies differ,
 * the one with the smallest line of csv counts. An event without an eventID is never a copy. Alerts
 * come by time, then eventID, then the rule's id, whatever the order of files and the number of
 * workers was.
 *
 * Memory is bounded: what does not fit is sorted on disk (sorter.h).
 *
 * Ownership: the configuration and all it points to outlive it.
 * Threads:   alerts_add from any worker at once; the rest from one thread, before and behind.
 *
 * Example:   struct alerts *alerts = alerts_new(&config, &err);
 *            ... alerts_add(alerts, worker, match, &err) ...
 *            ok = alerts_finish(alerts, write_alert, &mine, &err);
 *            alerts_free(alerts); */
#ifndef TRAIL_ALERTS_H
#define TRAIL_ALERTS_H

#include "model/alert.h"
#include "rule/sigma.h"
#include "trail/scan.h"

struct alerts_config {
    /* As the scan numbers them; those of `set` come first, in its order. Behind `rule_count` of
     * them stand the set's correlations. */
    const struct alert_rule *rules;
    size_t rule_count;
    const struct sigma_set *set;
    const bool *is_silent; /* of rules and correlations: no alert of their own */
    unsigned jobs;
    size_t memory_max;
    uint64_t seed; /* of the correlations' tables */
};

struct alerts;

struct alerts *alerts_new(const struct alerts_config *config, struct err *err);
void alerts_free(struct alerts *alerts); /* NULL is fine */

/* A trail_scan_config.match. */
MUST_USE bool alerts_add(struct alerts *alerts, unsigned worker, const struct trail_match *match,
                         struct err *err);

typedef bool (*alert_fn)(void *shared, const struct alert *alert, struct err *err);

/* After the last match: hands out all alerts. */
MUST_USE bool alerts_finish(struct alerts *alerts, alert_fn write, void *shared, struct err *err);

/* Of how many records it could not be found out whether the rule matches. */
uint64_t alerts_unknown(const struct alerts *alerts, size_t rule);
/* Matches so far, copies included; and bytes set aside on disk. */
uint64_t alerts_matches(const struct alerts *alerts);
uint64_t alerts_spilled(const struct alerts *alerts);

#endif
