#include "inventory/alarm_state.h"

#include "model/arn.h"

/* ---- memory --------------------------------------------------------------------------------- */

void alarm_state_init(struct alarm_state *state, struct str account, struct str region,
                      const char *partition)
{
    *state = (struct alarm_state){.partition = partition};
    arena_init(&state->arena, ALARM_STATE_SIZE_MAX);
    state->is_full = !arena_str(&state->arena, account, &state->account) ||
                     !arena_str(&state->arena, region, &state->region);
}

void alarm_state_release(struct alarm_state *state)
{
    arena_release(&state->arena);
    *state = (struct alarm_state){0};
}

static struct str keep(struct alarm_state *state, struct str text)
{
    struct str kept = {0};

    state->is_full |= !arena_str(&state->arena, text, &kept);
    return kept;
}

static struct str keep_at(struct alarm_state *state, const struct tree *node, const char *path)
{
    return keep(state, tree_text(node, path));
}

static void *make(struct alarm_state *state, size_t size)
{
    void *made = arena_alloc(&state->arena, size);

    state->is_full |= made == NULL;
    return made;
}

static enum truth truth_at(const struct tree *node, const char *path)
{
    struct str text = tree_text(node, path);

    return str_eq_nocase(text, STR("true"))    ? TRUTH_TRUE
           : str_eq_nocase(text, STR("false")) ? TRUTH_FALSE
                                               : TRUTH_UNKNOWN;
}

static uint64_t number_at(const struct tree *node, const char *path, uint64_t otherwise)
{
    uint64_t number = 0;

    return str_to_u64(tree_text(node, path), &number) ? number : otherwise;
}

/* ---- names ---------------------------------------------------------------------------------- */

bool alarm_arn_is_topic(struct str arn)
{
    return str_eq(arn_part(arn, ARN_SERVICE), STR("sns"));
}

const struct alarm_group *alarm_state_find_group(const struct alarm_state *state,
                                                 const struct alarm_trail *trail)
{
    const struct alarm_group *group =
        str_eq(trail->group_account, state->account) ? state->groups : NULL;

    while (group != NULL && !(str_eq(group->name, trail->group_name) &&
                              str_eq(group->region, trail->group_region))) {
        group = group->next;
    }
    return group;
}

const struct alarm_region *alarm_state_find_region(const struct alarm_state *state, struct str name)
{
    const struct alarm_region *region = state->regions;

    while (region != NULL && !str_eq(region->name, name)) {
        region = region->next;
    }
    return region;
}

const struct alarm_topic *alarm_state_find_topic(const struct alarm_state *state, struct str arn)
{
    const struct alarm_topic *topic = state->topics;

    while (topic != NULL && !str_eq(topic->arn, arn)) {
        topic = topic->next;
    }
    return topic;
}

/* ---- trails --------------------------------------------------------------------------------- */

/* arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME, and :* behind it. */
static void trail_group_read(struct alarm_trail *trail)
{
    struct str rest = arn_part(trail->group_arn, ARN_RESOURCE), kind;

    trail->group_region = arn_part(trail->group_arn, ARN_REGION);
    trail->group_account = arn_part(trail->group_arn, ARN_ACCOUNT);
    if (str_cut(&rest, ':', &kind) && str_eq(kind, STR("log-group"))) {
        trail->group_name = rest;
        if (str_ends(trail->group_name, STR(":*"))) {
            trail->group_name.n -= 2;
        }
    }
}

static struct alarm_trail *trail_read(struct alarm_state *state, const struct tree *node)
{
    struct alarm_trail *trail = make(state, sizeof *trail);

    if (trail == NULL) {
        return NULL;
    }
    trail->arn = keep_at(state, node, "TrailARN");
    trail->name = keep_at(state, node, "Name");
    trail->home_region = keep_at(state, node, "HomeRegion");
    trail->is_multi_region = truth_at(node, "IsMultiRegionTrail");
    trail->is_organization = truth_at(node, "IsOrganizationTrail");
    trail->has_global_events = truth_at(node, "IncludeGlobalServiceEvents");
    trail->has_validation = truth_at(node, "LogFileValidationEnabled");
    trail->group_arn = keep_at(state, node, "CloudWatchLogsLogGroupArn");
    trail->is_logging = TRUTH_UNKNOWN;
    trail->has_management_events = TRUTH_UNKNOWN;
    trail_group_read(trail);
    return trail;
}

void alarm_state_trails(struct alarm_state *state, const struct tree *answer)
{
    for (const struct tree *node = tree_first(answer, "trailList"); node != NULL;
         node = node->next) {
        struct alarm_trail **end = &state->trails;
        while (*end != NULL && !str_eq((*end)->arn, tree_text(node, "TrailARN"))) {
            end = &(*end)->next;
        }
        if (*end == NULL) {
            *end = trail_read(state, node);
        }
    }
    state->has_known_trails = !state->is_full;
}

void alarm_state_trail_status(struct alarm_state *state, struct alarm_trail *trail,
                              const struct tree *answer)
{
    trail->is_logging = truth_at(answer, "IsLogging");
    trail->delivery_error = keep_at(state, answer, "LatestCloudWatchLogsDeliveryError");
}

static bool list_has(const struct tree *first, struct str value)
{
    while (first != NULL && !str_eq(first->text, value)) {
        first = first->next;
    }
    return first != NULL;
}

/* An advanced selector of management events; any field but these two narrows it to some. */
static bool selector_has_all(const struct tree *selector, bool *leaves_out_kms)
{
    bool is_management = false;

    for (const struct tree *it = tree_first(selector, "FieldSelectors"); it != NULL;
         it = it->next) {
        struct str field = tree_text(it, "Field");
        if (str_eq(field, STR("eventCategory"))) {
            is_management = list_has(tree_first(it, "Equals"), STR("Management"));
        } else if (str_eq(field, STR("eventSource")) && tree_first(it, "Equals") == NULL) {
            *leaves_out_kms = list_has(tree_first(it, "NotEquals"), STR("kms.amazonaws.com"));
        } else {
            return false;
        }
    }
    return is_management;
}

void alarm_state_trail_selectors(struct alarm_trail *trail, const struct tree *answer)
{
    static const struct str kms = STR_LIT("kms.amazonaws.com");
    bool has_all = false, leaves_out_kms = true;
    bool has_none = tree_first(answer, "EventSelectors") == NULL &&
                    tree_first(answer, "AdvancedEventSelectors") == NULL;

    for (const struct tree *it = tree_first(answer, "EventSelectors"); it != NULL; it = it->next) {
        if (truth_at(it, "IncludeManagementEvents") == TRUTH_TRUE &&
            str_eq(tree_text(it, "ReadWriteType"), STR("All"))) {
            has_all = true;
            leaves_out_kms &= list_has(tree_first(it, "ExcludeManagementEventSources"), kms);
        }
    }
    for (const struct tree *it = tree_first(answer, "AdvancedEventSelectors"); it != NULL;
         it = it->next) {
        bool leaves_out = false;
        if (selector_has_all(it, &leaves_out)) {
            has_all = true;
            leaves_out_kms &= leaves_out;
        }
    }
    /* Without selectors, all management events are recorded. */
    trail->has_management_events = truth_of(has_all || has_none);
    trail->leaves_out_kms = has_all && leaves_out_kms;
}

/* ---- log groups and filters ----------------------------------------------------------------- */

struct alarm_group *alarm_state_group(struct alarm_state *state, struct str region, struct str name)
{
    struct alarm_group **end = &state->groups;

    while (*end != NULL) {
        if (str_eq((*end)->name, name) && str_eq((*end)->region, region)) {
            return *end;
        }
        end = &(*end)->next;
    }
    *end = make(state, sizeof **end);
    if (*end != NULL) {
        (*end)->region = keep(state, region);
        (*end)->name = keep(state, name);
    }
    return *end;
}

static struct alarm_filter *filter_read(struct alarm_state *state, const struct tree *node)
{
    struct alarm_filter *filter = make(state, sizeof *filter);

    if (filter == NULL) {
        return NULL;
    }
    filter->name = keep_at(state, node, "filterName");
    filter->pattern = keep_at(state, node, "filterPattern");
    filter->has_pattern = tree_find(node, "filterPattern") != NULL;
    struct alarm_transformation **end = &filter->transformations;
    for (const struct tree *it = tree_first(node, "metricTransformations"); it != NULL;
         it = it->next) {
        *end = make(state, sizeof **end);
        if (*end == NULL) {
            return NULL;
        }
        (*end)->metric = keep_at(state, it, "metricName");
        (*end)->space = keep_at(state, it, "metricNamespace");
        (*end)->value = keep_at(state, it, "metricValue");
        (*end)->has_default = tree_find(it, "defaultValue") != NULL;
        (*end)->has_dimensions = tree_first(it, "dimensions") != NULL;
        end = &(*end)->next;
    }
    return filter;
}

void alarm_state_filters(struct alarm_state *state, struct alarm_group *group,
                         const struct tree *answer)
{
    struct alarm_filter **end = &group->filters;

    while (*end != NULL) {
        end = &(*end)->next;
    }
    for (const struct tree *node = tree_first(answer, "metricFilters"); node != NULL;
         node = node->next) {
        if (!str_eq(tree_text(node, "logGroupName"), group->name)) {
            continue;
        }
        *end = filter_read(state, node);
        if (*end == NULL) {
            return;
        }
        end = &(*end)->next;
    }
}

/* ---- alarms --------------------------------------------------------------------------------- */

struct alarm_region *alarm_state_region(struct alarm_state *state, struct str name)
{
    struct alarm_region **end = &state->regions;

    while (*end != NULL) {
        if (str_eq((*end)->name, name)) {
            return *end;
        }
        end = &(*end)->next;
    }
    *end = make(state, sizeof **end);
    if (*end != NULL) {
        (*end)->name = keep(state, name);
    }
    return *end;
}

static struct alarm_metric_alarm *alarm_read(struct alarm_state *state, const struct tree *node)
{
    struct alarm_metric_alarm *alarm = make(state, sizeof *alarm);

    if (alarm == NULL) {
        return NULL;
    }
    alarm->name = keep_at(state, node, "AlarmName");
    alarm->metric = keep_at(state, node, "MetricName");
    alarm->space = keep_at(state, node, "Namespace");
    alarm->statistic = keep_at(state, node, "Statistic");
    alarm->comparison = keep_at(state, node, "ComparisonOperator");
    alarm->missing = keep_at(state, node, "TreatMissingData");
    alarm->threshold = keep_at(state, node, "Threshold");
    alarm->period_s = number_at(node, "Period", 0);
    alarm->periods = number_at(node, "EvaluationPeriods", 1);
    alarm->datapoints = number_at(node, "DatapointsToAlarm", alarm->periods);
    alarm->has_dimensions = tree_first(node, "Dimensions") != NULL;
    alarm->actions_enabled = truth_at(node, "ActionsEnabled") == TRUTH_TRUE;
    struct alarm_action **end = &alarm->actions;
    for (const struct tree *it = tree_first(node, "AlarmActions"); it != NULL; it = it->next) {
        *end = make(state, sizeof **end);
        if (*end == NULL) {
            return NULL;
        }
        (*end)->arn = keep(state, it->text);
        end = &(*end)->next;
    }
    return alarm;
}

void alarm_state_alarms(struct alarm_state *state, struct alarm_region *region,
                        const struct tree *answer)
{
    struct alarm_metric_alarm **end = &region->alarms;

    while (*end != NULL) {
        end = &(*end)->next;
    }
    for (const struct tree *node = tree_first(answer, "MetricAlarms"); node != NULL;
         node = node->next) {
        *end = alarm_read(state, node);
        if (*end == NULL) {
            return;
        }
        end = &(*end)->next;
    }
}

bool alarm_state_feeds(const struct alarm_state *state, const struct alarm_region *region,
                       const struct alarm_metric_alarm *alarm)
{
    for (const struct alarm_group *group = state->groups; group != NULL; group = group->next) {
        for (const struct alarm_filter *filter =
                 str_eq(group->region, region->name) ? group->filters : NULL;
             filter != NULL; filter = filter->next) {
            for (const struct alarm_transformation *it = filter->transformations; it != NULL;
                 it = it->next) {
                if (str_eq(it->metric, alarm->metric) && str_eq(it->space, alarm->space)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* ---- topics --------------------------------------------------------------------------------- */

struct alarm_topic *alarm_state_topic(struct alarm_state *state, struct str arn)
{
    struct alarm_topic **end = &state->topics;

    while (*end != NULL) {
        if (str_eq((*end)->arn, arn)) {
            return *end;
        }
        end = &(*end)->next;
    }
    *end = make(state, sizeof **end);
    if (*end != NULL) {
        (*end)->arn = keep(state, arn);
        (*end)->exists = TRUTH_UNKNOWN;
    }
    return *end;
}

void alarm_state_topic_attributes(struct alarm_state *state, struct alarm_topic *topic,
                                  const struct tree *answer)
{
    topic->exists = truth_of(answer != NULL);
    for (const struct tree *it = tree_first(answer, "Attributes"); it != NULL; it = it->next) {
        if (str_eq(tree_text(it, "key"), STR("KmsMasterKeyId"))) {
            topic->key_id = keep_at(state, it, "value");
        }
    }
}

void alarm_state_subscriptions(struct alarm_state *state, struct alarm_topic *topic,
                               const struct tree *answer)
{
    struct alarm_subscription **end = &topic->subscriptions;

    while (*end != NULL) {
        end = &(*end)->next;
    }
    for (const struct tree *node = tree_first(answer, "Subscriptions"); node != NULL;
         node = node->next) {
        *end = make(state, sizeof **end);
        if (*end == NULL) {
            return;
        }
        (*end)->protocol = keep_at(state, node, "Protocol");
        (*end)->endpoint = keep_at(state, node, "Endpoint");
        /* In its place stand "PendingConfirmation" and, a while, "Deleted". */
        (*end)->is_confirmed = str_starts(tree_text(node, "SubscriptionArn"), STR("arn:"));
        end = &(*end)->next;
    }
}
