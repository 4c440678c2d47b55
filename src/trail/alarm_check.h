/* alarm_check.h: whether an account has the alarms it should have, and whether they can fire.
 *
 * An alarm is a chain: a trail that records everything and sends it to a log group; a metric filter
 * there that catches what the alarm is about; a metric alarm on that filter's metric that one event
 * sets off; a topic that it tells; somebody who has confirmed to be told. A chain is as good as its
 * worst link, and of several the best one counts.
 *
 * Ownership: reports live in the arena they were made in and point into the state.
 * Threads:   pure functions.
 *
 * Example:   struct alarm_selection selection = {.has = {[ALARM_KIND_ROOT] = true}};
 *            if (!alarm_check(&arena, &state, &selection, &report, &err)) { ... } */
#ifndef TRAIL_ALARM_CHECK_H
#define TRAIL_ALARM_CHECK_H

#include "trail/alarm_kind.h"
#include "inventory/alarm_state.h"

struct alarm_selection {
    bool has[ALARM_KIND_COUNT];
    struct str trail; /* a name or an ARN; empty: the best there is */
};

enum alarm_level {
    ALARM_GOOD,
    ALARM_NOISY,   /* it fires, and for more than it should, or late */
    ALARM_UNKNOWN, /* it could not be looked at */
    ALARM_BROKEN,  /* it cannot fire, or nobody hears it */
};

/* "pass", "note", "unknown", "fail". */
struct str alarm_level_name(enum alarm_level level);

struct alarm_finding {
    enum alarm_level level;
    struct str what;   /* "the trail is stopped" */
    struct str remedy; /* what to do; may be empty */
};

enum { ALARM_FINDINGS_MAX = 24 };
struct alarm_findings {
    struct alarm_finding list[ALARM_FINDINGS_MAX];
    size_t count;
    enum alarm_level level; /* the worst of them */
};

/* The best chain that there is for a kind; NULL from where it breaks off. */
struct alarm_verdict {
    const struct alarm_kind *kind;
    const struct alarm_filter *filter;
    const struct alarm_transformation *metric;
    const struct alarm_metric_alarm *alarm;
    const struct alarm_topic *topic;
    size_t confirmed;  /* subscriptions */
    bool topic_is_fit; /* as far as is known; who is subscribed to it is another matter */
    enum alarm_level filter_level, alarm_level, topic_level;
    struct alarm_findings findings;
    enum alarm_level level; /* of all of it, the trail included */
};

struct alarm_report {
    const struct alarm_trail *trail; /* NULL: none at all */
    const struct alarm_group *group; /* NULL: none, or in another account */
    struct alarm_findings trail_findings;
    struct alarm_verdict verdicts[ALARM_KIND_COUNT]; /* those selected */
    size_t count;
    enum alarm_level level;
};

/* False when the arena is full, or no trail has the name that was asked for. */
MUST_USE bool alarm_check(struct arena *arena, const struct alarm_state *state,
                          const struct alarm_selection *selection, struct alarm_report *out,
                          struct err *err);

#endif
