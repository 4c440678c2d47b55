#include "inventory/internal.h"

/* Trails, the log groups they write to, the metric filters on these, the alarms on their metrics,
 * and who the alarms tell: one entity, made of five calls in many regions. What one of these calls
 * did not tell is left out where it would stand, and the rest is there.
 *
 * All that is opened here stays open until the end, so that each may be looked up from the other. */

static const struct str nobody = {0};

#define TRAILS STR("cloudtrail:DescribeTrails")

/* What a call told in one region, read once. */
struct of_region {
    struct of_region *next;
    struct str action, region;
    enum told told;
    struct pages pages;
};

struct looking {
    struct reading *reading;
    struct json_writer *json;
    struct of_region *opened;
};

static const struct of_region *look(struct looking *looking, struct str action, struct str region,
                                    const char *must)
{
    struct of_region *at = looking->opened;

    while (at != NULL && !(str_eq(at->action, action) && str_eq(at->region, region))) {
        at = at->next;
    }
    if (at == NULL) {
        at = arena_alloc(looking->reading->arena, sizeof *at);
        if (at == NULL) {
            looking->reading->is_full = true;
            return NULL;
        }
        *at = (struct of_region){looking->opened, action, region, TOLD_NOTHING, {0}};
        at->told = call_open(looking->reading, action, nobody, region, must, &at->pages);
        looking->opened = at;
    }
    return at->told == TOLD_ALL ? at : NULL;
}

/* The part of an ARN between colons, counted from 0; the sixth is all the rest. */
static struct str arn_part(struct str arn, unsigned part)
{
    struct str head = {0};

    for (unsigned i = 0; i <= part && i < 6; i++) {
        if (!str_cut(&arn, ':', &head) && i < part) {
            return nobody;
        }
    }
    return part < 6 ? head : arn;
}

/* ---- alarms and topics ---- */

/* Whoever has not confirmed is told nothing; "PendingConfirmation" stands in place of the ARN. */
static void subscribers_write(struct looking *looking, struct str topic)
{
    struct pages pages;
    enum told told = call_open(looking->reading, STR("sns:ListSubscriptionsByTopic"), topic,
                               arn_part(topic, 3), "Subscriptions", &pages);

    if (told == TOLD_NOTHING && str_eq(arn_part(topic, 2), STR("sns"))) {
        return;
    }
    json_key(looking->json, STR("Subscriptions"));
    json_open(looking->json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *one = tree_first(pages.results[i], "Subscriptions"); one != NULL;
             one = one->next) {
            if (str_starts(tree_text(one, "SubscriptionArn"), STR("arn:"))) {
                json_text(looking->json, tree_text(one, "Endpoint"));
            }
        }
    }
    json_close(looking->json, ']');
}

static void alarm_write(struct looking *looking, const struct tree *alarm)
{
    struct json_writer *json = looking->json;
    bool acts = str_eq(tree_text(alarm, "ActionsEnabled"), STR("true"));

    json_open(json, '{');
    write_text(json, STR("Name"), alarm, "AlarmName");
    json_key(json, STR("AlarmActions"));
    json_open(json, '[');
    for (const struct tree *action = acts ? tree_first(alarm, "AlarmActions") : NULL;
         action != NULL; action = action->next) {
        json_open(json, '{');
        json_key(json, STR("SNSTopic"));
        json_open(json, '{');
        json_member_text(json, STR("id"), action->text);
        subscribers_write(looking, action->text);
        json_close(json, '}');
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* The alarms on a metric, in the region of the log group. */
static void alarms_write(struct looking *looking, const struct tree *transformation,
                         struct str region)
{
    const struct of_region *alarms =
        look(looking, STR("cloudwatch:DescribeAlarms"), region, "MetricAlarms");

    if (alarms == NULL) {
        return;
    }
    json_key(looking->json, STR("MetricAlarms"));
    json_open(looking->json, '[');
    for (size_t i = 0; i < alarms->pages.count; i++) {
        for (const struct tree *alarm = tree_first(alarms->pages.results[i], "MetricAlarms");
             alarm != NULL; alarm = alarm->next) {
            if (str_eq(tree_text(alarm, "MetricName"), tree_text(transformation, "metricName")) &&
                str_eq(tree_text(alarm, "Namespace"),
                       tree_text(transformation, "metricNamespace"))) {
                alarm_write(looking, alarm);
            }
        }
    }
    json_close(looking->json, ']');
}

/* ---- filters and groups ---- */

static void filter_write(struct looking *looking, const struct tree *filter, struct str region)
{
    struct json_writer *json = looking->json;

    json_open(json, '{');
    write_text(json, STR("Name"), filter, "filterName");
    write_text(json, STR("FilterPattern"), filter, "filterPattern");
    json_key(json, STR("Transformations"));
    json_open(json, '[');
    for (const struct tree *transformation = tree_first(filter, "metricTransformations");
         transformation != NULL; transformation = transformation->next) {
        json_open(json, '{');
        write_text(json, STR("MetricName"), transformation, "metricName");
        write_text(json, STR("MetricNamespace"), transformation, "metricNamespace");
        alarms_write(looking, transformation, region);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void filters_write(struct looking *looking, struct str region, struct str group)
{
    const struct of_region *filters =
        look(looking, STR("logs:DescribeMetricFilters"), region, "metricFilters");

    if (filters == NULL) {
        return;
    }
    json_key(looking->json, STR("MetricFilters"));
    json_open(looking->json, '[');
    for (size_t i = 0; i < filters->pages.count; i++) {
        for (const struct tree *filter = tree_first(filters->pages.results[i], "metricFilters");
             filter != NULL; filter = filter->next) {
            if (str_eq(tree_text(filter, "logGroupName"), group)) {
                filter_write(looking, filter, region);
            }
        }
    }
    json_close(looking->json, ']');
}

/* A trail without a log group has no filters, which is known. The group of an organization's trail
 * is in another account, of which nothing was asked here. */
static void group_write(struct looking *looking, const struct tree *trail)
{
    struct json_writer *json = looking->json;
    struct str arn = tree_text(trail, "CloudWatchLogsLogGroupArn");
    struct str name = arn_part(arn, 6); /* arn:aws:logs:REGION:ACCOUNT:log-group:NAME:* */

    if (str_ends(name, STR(":*"))) {
        name.n -= 2;
    }
    json_key(json, STR("LogGroup"));
    json_open(json, '{');
    if (arn.n == 0) {
        json_key(json, STR("MetricFilters"));
        json_open(json, '[');
        json_close(json, ']');
    } else {
        json_member_text(json, STR("Name"), name);
        if (str_eq(arn_part(arn, 4), looking->reading->account)) {
            filters_write(looking, arn_part(arn, 3), name);
        }
    }
    json_close(json, '}');
}

/* ---- trails ---- */

static void trail_write(struct looking *looking, const struct tree *trail)
{
    struct json_writer *json = looking->json;
    struct str arn = tree_text(trail, "TrailARN");
    struct pages status;

    json_open(json, '{');
    json_member_text(json, STR("id"), arn);
    write_text(json, STR("Name"), trail, "Name");
    write_bool(json, STR("MultiRegionTrailEnabled"), trail, "IsMultiRegionTrail");
    write_bool(json, STR("LogFileValidationEnabled"), trail, "LogFileValidationEnabled");
    if (call_open(looking->reading, STR("cloudtrail:GetTrailStatus"), arn, arn_part(arn, 3),
                  "IsLogging", &status) == TOLD_ALL) {
        write_bool(json, STR("LoggingEnabled"), status.results[0], "IsLogging");
    }
    group_write(looking, trail);
    json_close(json, '}');
}

/* A trail of all regions is told in each of them; once is enough. */
static void trails_of_region(struct looking *looking, struct str region, struct names *written)
{
    const struct of_region *trails = look(looking, TRAILS, region, "trailList");

    for (size_t i = 0; trails != NULL && i < trails->pages.count; i++) {
        for (const struct tree *trail = tree_first(trails->pages.results[i], "trailList");
             trail != NULL; trail = trail->next) {
            struct str arn = tree_text(trail, "TrailARN");
            if (!names_have(written, arn)) {
                trail_write(looking, trail);
                names_add(looking->reading, written, arn);
                names_sort(written);
            }
        }
    }
}

void trails_read(struct reading *reading)
{
    struct looking looking = {.reading = reading};
    struct names regions = {0}, written = {0};
    bool is_whole = regions_enabled(reading, &regions) && regions.count > 0;

    arena_reset(&reading->trees);
    reading->keeps_trees = true;
    for (size_t i = 0; i < regions.count; i++) {
        is_whole = look(&looking, TRAILS, regions.items[i], "trailList") != NULL && is_whole;
    }
    if (is_whole) {
        looking.json = part_begin(reading);
        json_key(looking.json, STR("CloudTrails"));
        json_open(looking.json, '[');
        for (size_t i = 0; i < regions.count; i++) {
            trails_of_region(&looking, regions.items[i], &written);
        }
        json_close(looking.json, ']');
        part_end(reading, STR("AWS"), nobody, STR("CloudTrails"));
    }
    reading->keeps_trees = false;
    mem_free(regions.items);
    mem_free(written.items);
}
