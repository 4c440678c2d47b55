/* alarm_state.h: what an account has that could raise an alarm: trails, log groups, metric filters,
 * metric alarms, topics and who is subscribed; made of the answers of AWS, by nobody who calls.
 *
 * Each answer is added by one function, in the order trails, their status and selectors, then for
 * each log group its filters, for each region its alarms, for each topic its attributes and
 * subscriptions. What was not added is not known, which is never the same as not there:
 * TRUTH_UNKNOWN, or `is_known` false. The inventory fills one from answers that were kept,
 * `trail alarm` from those it gets, and both have the same entity written of it.
 *
 * Ownership: the state owns copies of all it keeps, in its arena, until alarm_state_release.
 * Threads:   one thread at a time; immutable once filled.
 *
 * Example:   struct alarm_state state;
 *            alarm_state_init(&state, STR("111122223333"), STR("eu-west-1"), "aws");
 *            alarm_state_trails(&state, answer.result);
 *            ...
 *            alarm_state_write(&json, &state);   // what rules about CloudTrails read */
#ifndef INVENTORY_ALARM_STATE_H
#define INVENTORY_ALARM_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "codec/tree.h"
#include "render/json.h"
#include "rule/value.h"

enum { ALARM_STATE_SIZE_MAX = 256 << 20 };

struct alarm_transformation {
    struct alarm_transformation *next;
    struct str metric, space, value;
    bool has_default;    /* a value is published where nothing matches */
    bool has_dimensions; /* then it is many metrics */
};

struct alarm_filter {
    struct alarm_filter *next;
    struct str name, pattern;
    bool has_pattern; /* an empty one matches every event */
    struct alarm_transformation *transformations;
};

struct alarm_group {
    struct alarm_group *next;
    struct str region, name;
    bool is_known; /* its filters are */
    bool is_gone;  /* there is no such group: then that is known, and there are none */
    struct alarm_filter *filters;
};

/* In the order in which AWS sorts by name. */
struct alarm_metric_alarm {
    struct alarm_metric_alarm *next;
    struct str name, metric, space, statistic, comparison, missing;
    struct str threshold; /* a number as AWS writes it */
    uint64_t period_s, periods, datapoints;
    bool has_dimensions, actions_enabled;
    struct alarm_action {
        struct alarm_action *next;
        struct str arn;
    } * actions;
};

struct alarm_region {
    struct alarm_region *next;
    struct str name;
    bool is_known; /* its alarms are */
    struct alarm_metric_alarm *alarms;
};

struct alarm_subscription {
    struct alarm_subscription *next;
    struct str protocol, endpoint;
    bool is_confirmed;
};

struct alarm_topic {
    struct alarm_topic *next;
    struct str arn;
    enum truth exists;
    struct str key_id;            /* what it is encrypted with; empty: nothing, or not known */
    bool has_known_subscriptions; /* below are all of them */
    struct alarm_subscription *subscriptions;
};

struct alarm_trail {
    struct alarm_trail *next;
    struct str arn, name, home_region;
    enum truth is_multi_region, is_organization, has_global_events, has_validation;
    enum truth is_logging;
    enum truth has_management_events; /* reads and writes, but perhaps of: */
    bool leaves_out_kms;              /* KMS, whose events are many */
    struct str delivery_error;        /* of the last delivery to the log group; empty: none */
    struct str group_arn;             /* empty: none */
    struct str group_account, group_region, group_name;
};

struct alarm_state {
    struct str account, region;
    const char *partition; /* as ARNs write it */
    bool has_known_trails;
    struct alarm_trail *trails;
    struct alarm_group *groups;
    struct alarm_region *regions;
    struct alarm_topic *topics;
    bool is_full; /* something did not fit and is not there */
    struct arena arena;
};

/* `partition` is a constant text. */
void alarm_state_init(struct alarm_state *state, struct str account, struct str region,
                      const char *partition);
void alarm_state_release(struct alarm_state *state); /* a zeroed struct is fine */

/* DescribeTrails: all trails, shadows of other regions included; each is kept once. */
void alarm_state_trails(struct alarm_state *state, const struct tree *answer);
/* GetTrailStatus and GetEventSelectors of a trail. */
void alarm_state_trail_status(struct alarm_state *state, struct alarm_trail *trail,
                              const struct tree *answer);
void alarm_state_trail_selectors(struct alarm_trail *trail, const struct tree *answer);

/* The group of that name, made where there is none; NULL when the state is full. The same for
 * regions and topics. */
struct alarm_group *alarm_state_group(struct alarm_state *state, struct str region,
                                      struct str name);
struct alarm_region *alarm_state_region(struct alarm_state *state, struct str name);
struct alarm_topic *alarm_state_topic(struct alarm_state *state, struct str arn);

/* One page each of DescribeMetricFilters, which may tell of other groups too, DescribeAlarms and
 * ListSubscriptionsByTopic; behind the last page the caller sets is_known or
 * has_known_subscriptions. */
void alarm_state_filters(struct alarm_state *state, struct alarm_group *group,
                         const struct tree *answer);
void alarm_state_alarms(struct alarm_state *state, struct alarm_region *region,
                        const struct tree *answer);
void alarm_state_subscriptions(struct alarm_state *state, struct alarm_topic *topic,
                               const struct tree *answer);
/* GetTopicAttributes; NULL: there is no such topic. */
void alarm_state_topic_attributes(struct alarm_state *state, struct alarm_topic *topic,
                                  const struct tree *answer);

/* Whether an ARN is an SNS topic's. */
bool alarm_arn_is_topic(struct str arn);
/* Looks, makes nothing. NULL: not there. The group of a trail may be in another account, of which
 * nothing is known here. */
const struct alarm_group *alarm_state_find_group(const struct alarm_state *state,
                                                 const struct alarm_trail *trail);
const struct alarm_region *alarm_state_find_region(const struct alarm_state *state,
                                                   struct str name);
const struct alarm_topic *alarm_state_find_topic(const struct alarm_state *state, struct str arn);

/* Whether a filter feeds the metric that the alarm is on. */
bool alarm_state_feeds(const struct alarm_state *state, const struct alarm_region *region,
                       const struct alarm_metric_alarm *alarm);

/* Adds the member CloudTrails of the entity AWS, as rules read it. What is not known is left out,
 * so that rules answer unknown; of subscriptions only confirmed ones are there. */
void alarm_state_write(struct json_writer *json, const struct alarm_state *state);

#endif
