#include "inventory/internal.h"

/* What is asked region by region. Which regions there are is told by the account service or by
 * EC2; a list over all of them is whole only when each one that the account may use was asked. */

static const struct str nobody = {0};

#define LIST_REGIONS STR("account:ListRegions")

static bool is_enabled(struct str status)
{
    return str_eq(status, STR("ENABLED")) || str_eq(status, STR("ENABLED_BY_DEFAULT")) ||
           str_eq(status, STR("opted-in")) || str_eq(status, STR("opt-in-not-required"));
}

static bool names_read(struct reading *reading, struct names *names, struct str action,
                       const char *list, const char *name, const char *status)
{
    struct pages pages;

    if (call_open(reading, action, nobody, nobody, list, &pages) != TOLD_ALL) {
        return false;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *region = tree_first(pages.results[i], list); region != NULL;
             region = region->next) {
            if (is_enabled(tree_text(region, status))) {
                names_add(reading, names, tree_text(region, name));
            }
        }
    }
    names_sort(names);
    return true;
}

bool regions_enabled(struct reading *reading, struct names *names)
{
    return names_read(reading, names, LIST_REGIONS, "Regions", "RegionName", "RegionOptStatus") ||
           names_read(reading, names, STR("ec2:DescribeRegions"), "regionInfo", "regionName",
                      "optInStatus");
}

bool regions_told(struct reading *reading, const struct names *names, struct str action)
{
    for (size_t i = 0; i < names->count; i++) {
        struct pages pages;
        if (call_open(reading, action, nobody, names->items[i], NULL, &pages) == TOLD_NOTHING) {
            return false;
        }
    }
    return true;
}

/* ---- analyzers ---- */

static void analyzers_write(struct reading *reading, struct str region)
{
    struct pages pages;
    enum told told = call_open(reading, STR("access-analyzer:ListAnalyzers"), nobody, region,
                               "analyzers", &pages);
    struct json_writer *json = part_begin(reading);

    if (told != TOLD_ALL) {
        return;
    }
    json_key(json, STR("AccessAnalyzers"));
    json_open(json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *analyzer = tree_first(pages.results[i], "analyzers");
             analyzer != NULL; analyzer = analyzer->next) {
            json_open(json, '{');
            write_text(json, STR("Name"), analyzer, "name");
            write_text(json, STR("Type"), analyzer, "type");
            write_text(json, STR("Status"), analyzer, "status");
            json_close(json, '}');
        }
    }
    json_close(json, ']');
    part_end(reading, STR("Region"), region, STR("AccessAnalyzers"));
}

static void region_rows_write(struct reading *reading, struct names *names)
{
    struct pages pages;

    if (call_open(reading, LIST_REGIONS, nobody, nobody, "Regions", &pages) != TOLD_ALL) {
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *region = tree_first(pages.results[i], "Regions"); region != NULL;
             region = region->next) {
            struct str name = tree_text(region, "RegionName");
            struct json_writer *json = part_begin(reading);
            json_member_text(json, STR("Name"), name);
            json_key(json, STR("Enabled"));
            json_bool(json, is_enabled(tree_text(region, "RegionOptStatus")));
            part_end(reading, STR("Region"), name, STR("Name"));
            names_add(reading, names, name);
        }
    }
    names_sort(names);
    list_is_whole(reading, STR("Regions"));
}

/* ---- instances ---- */

static void instance_write(struct reading *reading, const struct tree *instance, struct str region)
{
    struct json_writer *json = part_begin(reading);
    struct str profile = tree_text(instance, "iamInstanceProfile.arn");

    write_text(json, STR("id"), instance, "instanceId");
    json_member_text(json, STR("Region"), region);
    write_text(json, STR("State"), instance, "instanceState.name");
    json_member_text(json, STR("InstanceProfile"), profile.n > 0 ? profile : STR("N/A"));
    part_end(reading, STR("EC2Instance"), tree_text(instance, "instanceId"), STR(""));
}

static void instances_write(struct reading *reading, struct str region)
{
    struct pages pages;

    if (call_open(reading, STR("ec2:DescribeInstances"), nobody, region, "reservationSet",
                  &pages) != TOLD_ALL) {
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *reservation = tree_first(pages.results[i], "reservationSet");
             reservation != NULL; reservation = reservation->next) {
            for (const struct tree *instance = tree_first(reservation, "instancesSet");
                 instance != NULL; instance = instance->next) {
                instance_write(reading, instance, region);
            }
        }
    }
}

/* ---- IAM Identity Center ---- */

/* An instance lives in one region. Where none was found, each region must have said so; one that
 * was found is enough to know that there is one. */
static void centers_read(struct reading *reading, const struct names *enabled, bool are_known)
{
    struct str action = STR("sso:ListInstances");
    size_t count = 0, found = 0;
    const struct call *calls = calls_of(reading, action, &count);
    struct buf arns;
    struct json_writer json = {.out = &arns};

    buf_init(&arns, 1 << 20);
    json_key(&json, STR("IdentityCenterInstances"));
    json_open(&json, '[');
    for (size_t at = 0; at < count; at++) {
        struct pages pages;
        if (call_open(reading, action, calls[at].subject, calls[at].region, "Instances", &pages) !=
            TOLD_ALL) {
            continue;
        }
        for (size_t i = 0; i < pages.count; i++) {
            for (const struct tree *center = tree_first(pages.results[i], "Instances");
                 center != NULL; center = center->next, found++) {
                json_text(&json, tree_text(center, "InstanceArn"));
            }
        }
    }
    json_close(&json, ']');
    if (found > 0 || (are_known && regions_told(reading, enabled, action))) {
        buf_str(part_begin(reading)->out, buf_text(&arns));
        reading->text.overflowed |= arns.overflowed;
        part_end(reading, STR("AWS"), nobody, STR("IdentityCenterInstances"));
    }
    buf_release(&arns);
}

void regions_read(struct reading *reading)
{
    struct names all = {0}, enabled = {0};
    bool are_known = regions_enabled(reading, &enabled);
    size_t count = 0;

    region_rows_write(reading, &all);
    for (size_t i = 0; i < all.count; i++) {
        analyzers_write(reading, all.items[i]);
    }
    const struct call *calls = calls_of(reading, STR("ec2:DescribeInstances"), &count);
    for (size_t i = 0; i < count; i++) {
        instances_write(reading, calls[i].region);
    }
    if (are_known && regions_told(reading, &enabled, STR("ec2:DescribeInstances"))) {
        list_is_whole(reading, STR("EC2Instances"));
    }
    centers_read(reading, &enabled, are_known);
    mem_free(all.items);
    mem_free(enabled.items);
}
