/* The state of an account as the member of its entity that rules about CloudTrails read. */
#include "inventory/alarm_state.h"

static void truth_write(struct json_writer *json, struct str key, enum truth truth)
{
    if (truth != TRUTH_UNKNOWN) {
        json_key(json, key);
        json_bool(json, truth == TRUTH_TRUE);
    }
}

/* AWS has no empty names: an empty one was not told. */
static void name_write(struct json_writer *json, struct str key, struct str name)
{
    if (name.n > 0) {
        json_member_text(json, key, name);
    }
}

/* An action that is no topic tells nobody of whom SNS knows. */
static void action_write(struct json_writer *json, const struct alarm_state *state, struct str arn)
{
    const struct alarm_topic *topic = alarm_state_find_topic(state, arn);
    bool is_gone = !alarm_arn_is_topic(arn) || (topic != NULL && topic->exists == TRUTH_FALSE);

    json_open(json, '{');
    json_key(json, STR("SNSTopic"));
    json_open(json, '{');
    json_member_text(json, STR("id"), arn);
    if (is_gone || (topic != NULL && topic->has_known_subscriptions)) {
        json_key(json, STR("Subscriptions"));
        json_open(json, '[');
        for (const struct alarm_subscription *it = is_gone ? NULL : topic->subscriptions;
             it != NULL; it = it->next) {
            if (it->is_confirmed) {
                json_text(json, it->endpoint);
            }
        }
        json_close(json, ']');
    }
    json_close(json, '}');
    json_close(json, '}');
}

static void alarms_write(struct json_writer *json, const struct alarm_state *state,
                         const struct alarm_region *region,
                         const struct alarm_transformation *transformation)
{
    if (region == NULL || !region->is_known) {
        return;
    }
    json_key(json, STR("MetricAlarms"));
    json_open(json, '[');
    for (const struct alarm_metric_alarm *alarm = region->alarms; alarm != NULL;
         alarm = alarm->next) {
        if (!str_eq(alarm->metric, transformation->metric) ||
            !str_eq(alarm->space, transformation->space)) {
            continue;
        }
        json_open(json, '{');
        name_write(json, STR("Name"), alarm->name);
        json_key(json, STR("AlarmActions"));
        json_open(json, '[');
        /* Actions that are switched off are none. */
        for (const struct alarm_action *it = alarm->actions_enabled ? alarm->actions : NULL;
             it != NULL; it = it->next) {
            action_write(json, state, it->arn);
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void filter_write(struct json_writer *json, const struct alarm_state *state,
                         const struct alarm_group *group, const struct alarm_filter *filter)
{
    const struct alarm_region *region = alarm_state_find_region(state, group->region);

    json_open(json, '{');
    name_write(json, STR("Name"), filter->name);
    if (filter->has_pattern) {
        json_member_text(json, STR("FilterPattern"), filter->pattern);
    }
    json_key(json, STR("Transformations"));
    json_open(json, '[');
    for (const struct alarm_transformation *it = filter->transformations; it != NULL;
         it = it->next) {
        json_open(json, '{');
        name_write(json, STR("MetricName"), it->metric);
        name_write(json, STR("MetricNamespace"), it->space);
        alarms_write(json, state, region, it);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* A trail without a log group has no filters, which is known. */
static void group_write(struct json_writer *json, const struct alarm_state *state,
                        const struct alarm_trail *trail)
{
    const struct alarm_group *group = alarm_state_find_group(state, trail);
    bool has_none = trail->group_arn.n == 0;

    json_key(json, STR("LogGroup"));
    json_open(json, '{');
    if (!has_none) {
        json_member_text(json, STR("Name"), trail->group_name);
    }
    if (has_none || (group != NULL && group->is_known)) {
        json_key(json, STR("MetricFilters"));
        json_open(json, '[');
        for (const struct alarm_filter *it = has_none ? NULL : group->filters; it != NULL;
             it = it->next) {
            filter_write(json, state, group, it);
        }
        json_close(json, ']');
    }
    json_close(json, '}');
}

static void trail_write(struct json_writer *json, const struct alarm_state *state,
                        const struct alarm_trail *trail)
{
    json_open(json, '{');
    json_member_text(json, STR("id"), trail->arn);
    name_write(json, STR("Name"), trail->name);
    truth_write(json, STR("MultiRegionTrailEnabled"), trail->is_multi_region);
    truth_write(json, STR("LogFileValidationEnabled"), trail->has_validation);
    truth_write(json, STR("LoggingEnabled"), trail->is_logging);
    group_write(json, state, trail);
    json_close(json, '}');
}

void alarm_state_write(struct json_writer *json, const struct alarm_state *state)
{
    if (!state->has_known_trails) {
        return;
    }
    json_key(json, STR("CloudTrails"));
    json_open(json, '[');
    for (const struct alarm_trail *trail = state->trails; trail != NULL; trail = trail->next) {
        trail_write(json, state, trail);
    }
    json_close(json, ']');
}
