#include "inventory/alarm_state.h"
#include "inventory/internal.h"
#include "model/arn.h"

/* Trails, the log groups they write to, the metric filters on these, the alarms on their metrics,
 * and who the alarms tell: one part, made of five calls in many regions. What one of these calls
 * did not tell is left out where it would stand, and the rest is there. */

static const struct str nobody = {0};

/* A trail of all regions is told in each of them. False when a region did not tell. */
static bool trails_add(struct reading *reading, struct alarm_state *state, struct str region)
{
    struct pages pages;
    enum told told =
        call_open(reading, STR("cloudtrail:DescribeTrails"), nobody, region, "trailList", &pages);

    for (size_t i = 0; i < pages.count; i++) {
        alarm_state_trails(state, pages.results[i]);
    }
    return told == TOLD_ALL;
}

static void status_add(struct reading *reading, struct alarm_state *state,
                       struct alarm_trail *trail)
{
    struct pages pages;

    if (call_open(reading, STR("cloudtrail:GetTrailStatus"), trail->arn,
                  arn_part(trail->arn, ARN_REGION), "IsLogging", &pages) == TOLD_ALL) {
        alarm_state_trail_status(state, trail, pages.results[0]);
    }
}

/* The group of an organization's trail is in another account, of which nothing was asked here. */
static void group_add(struct reading *reading, struct alarm_state *state,
                      const struct alarm_trail *trail)
{
    struct alarm_group *group = NULL;
    struct pages pages;

    if (trail->group_arn.n == 0 || !str_eq(trail->group_account, state->account)) {
        return;
    }
    group = alarm_state_group(state, trail->group_region, trail->group_name);
    if (group == NULL || group->is_known) {
        return;
    }
    group->is_known = call_open(reading, STR("logs:DescribeMetricFilters"), nobody, group->region,
                                "metricFilters", &pages) == TOLD_ALL;
    for (size_t i = 0; i < pages.count; i++) {
        alarm_state_filters(state, group, pages.results[i]);
    }
}

/* The alarms of the region, where a metric is made of the group's events. */
static void alarms_add(struct reading *reading, struct alarm_state *state,
                       const struct alarm_group *group)
{
    const struct alarm_filter *filter = group->filters;
    struct alarm_region *region = NULL;
    struct pages pages;

    while (filter != NULL && filter->transformations == NULL) {
        filter = filter->next;
    }
    region = filter == NULL ? NULL : alarm_state_region(state, group->region);
    if (region == NULL || region->is_known) {
        return;
    }
    region->is_known = call_open(reading, STR("cloudwatch:DescribeAlarms"), nobody, region->name,
                                 "MetricAlarms", &pages) == TOLD_ALL;
    for (size_t i = 0; i < pages.count; i++) {
        alarm_state_alarms(state, region, pages.results[i]);
    }
}

static void topic_add(struct reading *reading, struct alarm_state *state, struct str arn)
{
    struct alarm_topic *topic = alarm_state_topic(state, arn);
    struct pages pages;
    enum told told = TOLD_NOTHING;

    if (topic == NULL || topic->exists == TRUTH_FALSE || topic->has_known_subscriptions) {
        return;
    }
    told = call_open(reading, STR("sns:ListSubscriptionsByTopic"), arn, arn_part(arn, ARN_REGION),
                     "Subscriptions", &pages);
    if (told == TOLD_ABSENT) {
        alarm_state_topic_attributes(state, topic, NULL);
    }
    for (size_t i = 0; i < pages.count; i++) {
        alarm_state_subscriptions(state, topic, pages.results[i]);
    }
    topic->has_known_subscriptions = told == TOLD_ALL;
}

static void topics_add(struct reading *reading, struct alarm_state *state,
                       const struct alarm_region *region)
{
    for (const struct alarm_metric_alarm *alarm = region->alarms; alarm != NULL;
         alarm = alarm->next) {
        bool rings = alarm->actions_enabled && alarm_state_feeds(state, region, alarm);
        for (const struct alarm_action *it = rings ? alarm->actions : NULL; it != NULL;
             it = it->next) {
            if (alarm_arn_is_topic(it->arn)) {
                topic_add(reading, state, it->arn);
            }
        }
    }
}

void trails_read(struct reading *reading)
{
    struct alarm_state state;
    struct names regions = {0};
    bool is_whole = regions_enabled(reading, &regions) && regions.count > 0;

    alarm_state_init(&state, reading->account, nobody, "");
    for (size_t i = 0; i < regions.count; i++) {
        is_whole = trails_add(reading, &state, regions.items[i]) && is_whole;
    }
    if (is_whole) {
        for (struct alarm_trail *trail = state.trails; trail != NULL; trail = trail->next) {
            status_add(reading, &state, trail);
            group_add(reading, &state, trail);
        }
        for (struct alarm_group *group = state.groups; group != NULL; group = group->next) {
            alarms_add(reading, &state, group);
        }
        for (struct alarm_region *region = state.regions; region != NULL; region = region->next) {
            topics_add(reading, &state, region);
        }
        alarm_state_write(part_begin(reading), &state);
        part_end(reading, STR("AWS"), nobody, STR("CloudTrails"));
    }
    reading->is_full |= state.is_full;
    alarm_state_release(&state);
    mem_free(regions.items);
}
