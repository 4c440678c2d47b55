#include "trail/alarm_plan.h"

#include <string.h>

#include "rule/event.h"

enum { NAME_SIZE_MAX = 1024 };

/* ---- wishes --------------------------------------------------------------------------------- */

static bool is_of(struct str text, const char *others)
{
    bool ok = text.n > 0;

    for (size_t i = 0; ok && i < text.n; i++) {
        char c = text.p[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             (c != '\0' && strchr(others, c) != NULL);
    }
    return ok;
}

bool alarm_group_name_is_valid(struct str name)
{
    return name.n <= 512 && is_of(name, "_-/.#");
}

bool alarm_region_is_valid(struct str name)
{
    return name.n <= 63 && is_of(name, "-");
}

bool alarm_address_read(struct str text, struct alarm_address *out, struct err *err)
{
    size_t at = str_find(text, '@');
    bool is_printable = text.n > 0 && text.n <= 320;

    for (size_t i = 0; i < text.n; i++) {
        is_printable = is_printable && text.p[i] > ' ' && text.p[i] < 0x7f;
    }
    if (is_printable && str_starts(text, STR("https://")) && text.n > 8) {
        *out = (struct alarm_address){STR("https"), text};
        return true;
    }
    if (is_printable && at > 0 && at + 1 < text.n && str_find(text, '/') == text.n) {
        *out = (struct alarm_address){STR("email"), text};
        return true;
    }
    (void)err_set(err, ERR_USAGE, "nobody can be told at '%.*s'", STR_ARG(text));
    err_hint(err, "name a mail address, or a URL that begins with https://");
    return false;
}

bool alarm_wish_check(const struct alarm_wish *wish, struct err *err)
{
    if (!is_of(wish->space, "_-/.#") || wish->space.n > 255 ||
        str_starts(wish->space, STR("AWS/"))) {
        return err_set(err, ERR_USAGE, "'%.*s' is no namespace for metrics of one's own",
                       STR_ARG(wish->space));
    }
    if (alarm_arn_is_topic(wish->topic) ? !is_of(wish->topic, "_-:")
                                        : !is_of(wish->topic, "_-") || wish->topic.n > 256) {
        (void)err_set(err, ERR_USAGE, "'%.*s' is no topic", STR_ARG(wish->topic));
        err_hint(err, "name a topic by letters, digits, - and _, or by its ARN");
        return false;
    }
    return true;
}

/* ---- what is there already ------------------------------------------------------------------ */

struct planner {
    struct arena *arena;
    const struct alarm_state *state;
    struct alarm_plan *plan;
    bool is_full;
};

static struct str text_keep(struct planner *planner, const struct buf *text)
{
    struct str kept = {0};

    planner->is_full |= text->overflowed || !arena_str(planner->arena, buf_text(text), &kept);
    return kept;
}

static bool filter_is_ours(const struct alarm_filter *filter, const struct alarm_item *item,
                           struct str space)
{
    const struct alarm_transformation *metric = filter->transformations;

    return str_eq(filter->pattern, item->pattern) && metric != NULL && metric->next == NULL &&
           str_eq(metric->metric, item->kind->name) && str_eq(metric->space, space) &&
           str_eq(metric->value, STR("1")) && !metric->has_default && !metric->has_dimensions;
}

static bool has_action(const struct alarm_metric_alarm *alarm, struct str arn)
{
    const struct alarm_action *it = alarm->actions;

    while (it != NULL && !str_eq(it->arn, arn)) {
        it = it->next;
    }
    return it != NULL;
}

static bool alarm_is_ours(const struct alarm_metric_alarm *alarm, const struct alarm_item *item,
                          struct str space, struct str topic_arn)
{
    double threshold = 0;

    return str_eq(alarm->metric, item->kind->name) && str_eq(alarm->space, space) &&
           str_eq(alarm->statistic, STR("Sum")) &&
           str_eq(alarm->comparison, STR("GreaterThanOrEqualToThreshold")) &&
           str_eq(alarm->missing, STR("notBreaching")) &&
           event_number(alarm->threshold, &threshold) && threshold > 0 && threshold <= 1 &&
           alarm->period_s == ALARM_PERIOD_S && alarm->periods == 1 && alarm->datapoints == 1 &&
           !alarm->has_dimensions && alarm->actions_enabled && has_action(alarm, topic_arn);
}

static const struct alarm_filter *filter_named(const struct alarm_group *group, struct str name)
{
    const struct alarm_filter *it = group == NULL ? NULL : group->filters;

    while (it != NULL && !str_eq(it->name, name)) {
        it = it->next;
    }
    return it;
}

static const struct alarm_metric_alarm *alarm_named(const struct alarm_region *region,
                                                    struct str name)
{
    const struct alarm_metric_alarm *it = region == NULL ? NULL : region->alarms;

    while (it != NULL && !str_eq(it->name, name)) {
        it = it->next;
    }
    return it;
}

/* ---- items ---------------------------------------------------------------------------------- */

static struct alarm_item *item_add(struct planner *planner, const struct alarm_kind *kind)
{
    struct alarm_plan *plan = planner->plan;
    struct alarm_item *item = &plan->items[plan->item_count++];
    struct buf name;

    *item = (struct alarm_item){.kind = kind, .pattern = alarm_kind_pattern(kind)};
    buf_init(&name, NAME_SIZE_MAX);
    buf_printf(&name, "keywarden-%.*s", STR_ARG(kind->name));
    item->alarm_name = text_keep(planner, &name);
    buf_release(&name);
    return item;
}

/* Our topic, and whatever an alarm of that name told before: nobody is to be told less. */
static void item_actions(struct planner *planner, struct alarm_item *item,
                         const struct alarm_metric_alarm *old)
{
    size_t count = 1;

    for (const struct alarm_action *it = old == NULL ? NULL : old->actions; it != NULL;
         it = it->next) {
        count++;
    }
    item->actions = arena_array(planner->arena, count, sizeof *item->actions);
    if (item->actions == NULL) {
        planner->is_full = true;
        return;
    }
    item->actions[item->action_count++] = planner->plan->topic_arn;
    for (const struct alarm_action *it = old == NULL ? NULL : old->actions; it != NULL;
         it = it->next) {
        if (!str_eq(it->arn, planner->plan->topic_arn)) {
            item->actions[item->action_count++] = it->arn;
        }
    }
}

static void item_plan(struct planner *planner, struct alarm_item *item,
                      const struct alarm_filter *filter, const struct alarm_metric_alarm *alarm)
{
    struct alarm_plan *plan = planner->plan;

    plan->uses_topic = true;
    item->puts_filter = filter == NULL || !filter_is_ours(filter, item, plan->wish->space);
    item->changes_filter = item->puts_filter && filter != NULL;
    item->puts_alarm =
        alarm == NULL || !alarm_is_ours(alarm, item, plan->wish->space, plan->topic_arn);
    item->changes_alarm = item->puts_alarm && alarm != NULL;
    item_actions(planner, item, alarm);
    plan->change_count += (size_t)item->puts_filter + item->puts_alarm;
}

static void verdict_plan(struct planner *planner, const struct alarm_verdict *verdict)
{
    const struct alarm_report *report = planner->plan->report;
    struct alarm_item *item = item_add(planner, verdict->kind);
    const struct alarm_region *region =
        alarm_state_find_region(planner->state, report->group->region);

    item->verdict = verdict;
    if (verdict->filter_level <= ALARM_NOISY && verdict->alarm_level <= ALARM_NOISY &&
        verdict->topic != NULL && verdict->topic_is_fit) {
        item->by_filter = verdict->filter;
        item->by_alarm = verdict->alarm;
        return;
    }
    item_plan(planner, item, filter_named(report->group, verdict->kind->name),
              alarm_named(region, item->alarm_name));
}

/* ---- the topic and who is told -------------------------------------------------------------- */

static void topic_name(struct planner *planner)
{
    struct alarm_plan *plan = planner->plan;
    struct buf arn;

    if (alarm_arn_is_topic(plan->wish->topic)) {
        plan->topic_arn = plan->wish->topic;
        return;
    }
    plan->topic_name = plan->wish->topic;
    buf_init(&arn, NAME_SIZE_MAX);
    buf_printf(&arn, "arn:%s:sns:%.*s:%.*s:%.*s", plan->partition, STR_ARG(plan->region),
               STR_ARG(plan->account), STR_ARG(plan->topic_name));
    plan->topic_arn = text_keep(planner, &arn);
    buf_release(&arn);
}

static void topic_plan(struct planner *planner)
{
    struct alarm_plan *plan = planner->plan;
    const struct alarm_topic *topic =
        planner->state == NULL ? NULL : alarm_state_find_topic(planner->state, plan->topic_arn);

    plan->makes_topic = plan->uses_topic && plan->topic_name.n > 0 &&
                        (topic == NULL || topic->exists != TRUTH_TRUE);
    plan->change_count += plan->makes_topic;
}

static void subscribe(struct planner *planner, struct str topic_arn)
{
    struct alarm_plan *plan = planner->plan;
    const struct alarm_topic *topic =
        planner->state == NULL ? NULL : alarm_state_find_topic(planner->state, topic_arn);

    for (size_t i = 0; i < plan->wish->notify_count; i++) {
        const struct alarm_address *to = &plan->wish->notify[i];
        const struct alarm_subscription *it = topic == NULL ? NULL : topic->subscriptions;
        while (it != NULL &&
               !(str_eq(it->protocol, to->protocol) && str_eq(it->endpoint, to->address))) {
            it = it->next;
        }
        bool is_there = it != NULL;
        for (size_t k = 0; k < plan->subscribe_count; k++) {
            is_there |= str_eq(plan->subscribes[k].topic_arn, topic_arn) &&
                        str_eq(plan->subscribes[k].to.address, to->address);
        }
        if (!is_there) {
            plan->subscribes[plan->subscribe_count++] =
                (struct alarm_subscribe){topic_arn, str_eq(topic_arn, plan->topic_arn), *to};
            plan->change_count++;
        }
    }
}

static void subscribes_plan(struct planner *planner)
{
    struct alarm_plan *plan = planner->plan;
    const struct alarm_report *report = plan->report;

    plan->subscribes =
        arena_array(planner->arena, (ALARM_KIND_COUNT + 1) * plan->wish->notify_count,
                    sizeof *plan->subscribes);
    if (plan->subscribes == NULL) {
        planner->is_full = true;
        return;
    }
    if (plan->uses_topic) {
        subscribe(planner, plan->topic_arn);
    }
    for (size_t i = 0; i < plan->item_count; i++) {
        if (plan->items[i].by_alarm != NULL) {
            subscribe(planner, report->verdicts[i].topic->arn);
        }
    }
}

/* ---- plans ---------------------------------------------------------------------------------- */

static bool finish(struct planner *planner, struct err *err)
{
    topic_plan(planner);
    subscribes_plan(planner);
    return !planner->is_full || err_set(err, ERR_REMOTE, "the plan does not fit into memory");
}

static bool is_readable(const struct alarm_state *state, const struct alarm_report *report,
                        struct err *err)
{
    const struct alarm_region *region = alarm_state_find_region(state, report->group->region);

    if (!report->group->is_known || region == NULL || !region->is_known) {
        (void)err_set(err, ERR_REMOTE, "what is there could not be read, so there is no plan");
        err_hint(err, "allow logs:DescribeMetricFilters and cloudwatch:DescribeAlarms");
        return false;
    }
    return true;
}

bool alarm_plan_make(struct arena *arena, const struct alarm_state *state,
                     const struct alarm_report *report, const struct alarm_wish *wish,
                     struct alarm_plan *out, struct err *err)
{
    struct planner planner = {.arena = arena, .state = state, .plan = out};

    *out = (struct alarm_plan){.report = report,
                               .wish = wish,
                               .account = state->account,
                               .region = state->region,
                               .partition = state->partition};
    out->is_blocked = report->group == NULL || report->group->is_gone;
    if (out->is_blocked) {
        return true;
    }
    if (!is_readable(state, report, err)) {
        return false;
    }
    out->region = report->group->region;
    out->group = report->group->name;
    topic_name(&planner);
    for (size_t i = 0; i < report->count; i++) {
        verdict_plan(&planner, &report->verdicts[i]);
    }
    return finish(&planner, err);
}

bool alarm_plan_make_blind(struct arena *arena, const struct alarm_state *place, struct str group,
                           const struct alarm_selection *selection, const struct alarm_wish *wish,
                           struct alarm_plan *out, struct err *err)
{
    struct planner planner = {.arena = arena, .plan = out};

    *out = (struct alarm_plan){.wish = wish,
                               .account = place->account,
                               .region = place->region,
                               .partition = place->partition,
                               .group = group};
    topic_name(&planner);
    for (size_t i = 0; i < ALARM_KIND_COUNT; i++) {
        if (selection->has[i]) {
            item_plan(&planner, item_add(&planner, &alarm_kinds[i]), NULL, NULL);
        }
    }
    return finish(&planner, err);
}

void alarm_item_describe(struct buf *out, const struct alarm_item *item)
{
    buf_printf(out, "CloudTrail shows %.*s. Made by keywarden (CIS %.*s).",
               STR_ARG(item->kind->subject), STR_ARG(item->kind->number));
}
