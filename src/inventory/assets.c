#include "inventory/internal.h"

/* How much an account holds. A count is known when everything it is the sum of was told. */

static const struct str nobody = {0};

static uint64_t items_count(const struct pages *pages, const char *list)
{
    uint64_t count = 0;

    for (size_t i = 0; i < pages->count; i++) {
        for (const struct tree *item = tree_first(pages->results[i], list); item != NULL;
             item = item->next) {
            count++;
        }
    }
    return count;
}

static struct inventory_count list_count(struct reading *reading, struct str action,
                                         const char *list)
{
    struct pages pages;

    if (call_open(reading, action, nobody, nobody, list, &pages) != TOLD_ALL) {
        return (struct inventory_count){0};
    }
    return (struct inventory_count){true, items_count(&pages, list)};
}

/* A machine that is gone is still listed for an hour. */
static uint64_t instances_count(const struct pages *pages)
{
    uint64_t count = 0;

    for (size_t i = 0; i < pages->count; i++) {
        for (const struct tree *reservation = tree_first(pages->results[i], "reservationSet");
             reservation != NULL; reservation = reservation->next) {
            for (const struct tree *instance = tree_first(reservation, "instancesSet");
                 instance != NULL; instance = instance->next) {
                count += !str_eq(tree_text(instance, "instanceState.name"), STR("terminated"));
            }
        }
    }
    return count;
}

/* The sum over all regions that the account may use. */
static struct inventory_count regions_count(struct reading *reading, const struct names *regions,
                                            struct str action, const char *list)
{
    struct inventory_count sum = {.is_known = true};

    for (size_t i = 0; i < regions->count; i++) {
        struct pages pages;
        if (call_open(reading, action, nobody, regions->items[i], list, &pages) != TOLD_ALL) {
            return (struct inventory_count){0};
        }
        sum.count += str_eq(action, STR("ec2:DescribeInstances")) ? instances_count(&pages)
                                                                  : items_count(&pages, list);
    }
    return sum;
}

/* Users are counted by the list of them, or else by the summary. */
static struct inventory_count users_count(struct reading *reading)
{
    struct inventory_count users =
        list_count(reading, STR("iam:GetAccountAuthorizationDetails"), "UserDetailList");
    struct pages pages;

    if (users.is_known || call_open(reading, STR("iam:GetAccountSummary"), nobody, nobody,
                                    "SummaryMap", &pages) != TOLD_ALL) {
        return users;
    }
    for (const struct tree *entry = tree_first(pages.results[0], "SummaryMap"); entry != NULL;
         entry = entry->next) {
        if (str_eq(tree_text(entry, "key"), STR("Users"))) {
            users.is_known = str_to_u64(tree_text(entry, "value"), &users.count);
        }
    }
    return users;
}

bool inventory_assets(const struct answer *answers, size_t count, struct inventory_assets *out,
                      struct err *err)
{
    struct names regions = {0};
    struct reading reading;
    struct arena arena;
    bool ok = false;

    arena_init(&arena, 1 << 20);
    ok = reading_init(&reading, &arena, nobody, answers, count);
    if (ok) {
        struct inventory_assets assets = {
            .iam_users = users_count(&reading),
            .s3 = list_count(&reading, STR("s3:ListAllMyBuckets"), "Buckets"),
            .cloudtrail = list_count(&reading, STR("cloudtrail:ListTrails"), "Trails"),
        };
        if (regions_enabled(&reading, &regions)) {
            assets.ec2 =
                regions_count(&reading, &regions, STR("ec2:DescribeInstances"), "reservationSet");
            assets.rds =
                regions_count(&reading, &regions, STR("rds:DescribeDBInstances"), "DBInstances");
        }
        *out = assets;
        ok = !reading.is_full;
    }
    mem_free(regions.items);
    reading_release(&reading);
    arena_release(&arena);
    return ok || err_set(err, ERR_INPUT, "the regions of an account are more than any has");
}
