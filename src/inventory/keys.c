#include <stdlib.h>

#include "inventory/internal.h"

/* Access keys by their ids: all a user has, also those that the report has no slot for. */

#define LAST_USED STR("iam:GetAccessKeyLastUsed")

static int last_use_compare(const void *a, const void *b)
{
    return str_cmp(((const struct last_use *)a)->key, ((const struct last_use *)b)->key);
}

static bool last_use_read(struct reading *reading, struct str key, struct last_use *out)
{
    struct pages pages;

    if (call_open(reading, LAST_USED, key, (struct str){0}, "AccessKeyLastUsed.ServiceName",
                  &pages) != TOLD_ALL) {
        return false;
    }
    const struct tree *use = tree_find(pages.results[0], "AccessKeyLastUsed");
    struct str date = tree_text(use, "LastUsedDate");
    int64_t at = 0;
    /* A date that cannot be read is not the same as none. */
    if (date.n > 0 && !instant_read(date, &at)) {
        call_refuse(reading, LAST_USED, key, (struct str){0});
        return false;
    }
    if (!arena_str(reading->arena, key, &out->key) ||
        !arena_str(reading->arena, date, &out->date) ||
        !arena_str(reading->arena, tree_text(use, "Region"), &out->region) ||
        !arena_str(reading->arena, tree_text(use, "ServiceName"), &out->service)) {
        reading->is_full = true;
        return false;
    }
    return true;
}

void last_uses_read(struct reading *reading, struct last_uses *uses)
{
    size_t count = 0;
    struct call *calls = calls_of(reading, LAST_USED, &count);

    *uses = (struct last_uses){.items = mem_array(count, sizeof *uses->items)};
    for (size_t i = 0; i < count; i++) {
        uses->count += last_use_read(reading, calls[i].subject, &uses->items[uses->count]);
    }
    if (uses->count > 0) {
        qsort(uses->items, uses->count, sizeof *uses->items, last_use_compare);
    }
}

void last_uses_release(struct last_uses *uses)
{
    mem_free(uses->items);
    *uses = (struct last_uses){0};
}

/* AWS says N/A where a key was never used, and so does the report. */
static void last_use_write(struct json_writer *json, const struct last_uses *uses, struct str key)
{
    struct last_use wanted = {.key = key};
    const struct last_use *use = uses->count == 0 ? NULL
                                                  : bsearch(&wanted, uses->items, uses->count,
                                                            sizeof *uses->items, last_use_compare);
    int64_t at = 0;

    if (use == NULL) {
        return;
    }
    if (instant_read(use->date, &at)) {
        json_member_instant(json, STR("LastUsedTime"), true, at);
    } else {
        json_member_text(json, STR("LastUsedTime"), STR("N/A"));
    }
    json_member_text(json, STR("LastUsedRegion"), use->region);
    json_member_text(json, STR("LastUsedService"), use->service);
}

bool keys_write(struct reading *reading, const struct last_uses *uses, struct str owner)
{
    struct json_writer *json = part_begin(reading);
    struct pages pages;

    if (call_open(reading, STR("iam:ListAccessKeys"), owner, (struct str){0}, "AccessKeyMetadata",
                  &pages) != TOLD_ALL) {
        return false;
    }
    json_key(json, STR("AccessKey"));
    json_open(json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *key = tree_first(pages.results[i], "AccessKeyMetadata");
             key != NULL; key = key->next) {
            json_open(json, '{');
            write_text(json, STR("id"), key, "AccessKeyId");
            write_active(json, STR("Active"), key, "Status");
            write_instant(json, STR("CreatedTime"), key, "CreateDate");
            write_instant(json, STR("LastRotatedTime"), key, "CreateDate");
            last_use_write(json, uses, tree_text(key, "AccessKeyId"));
            json_close(json, '}');
        }
    }
    json_close(json, ']');
    part_end(reading, STR("IAMUser"), owner, STR("AccessKey"));
    return true;
}
