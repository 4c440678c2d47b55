#include <stdlib.h>

#include "inventory/internal.h"

/* MFA devices. ListVirtualMFADevices says of the whole account whose devices are apps; the devices
 * of one user, of every kind, are told by ListMFADevices alone. A user may have several of
 * different kinds, so without a list of its own the hardware it has is not known. */

static int device_compare(const void *a, const void *b)
{
    const struct device *first = a, *second = b;
    int order = str_cmp(first->owner, second->owner);

    return order != 0 ? order : str_cmp(first->serial, second->serial);
}

static void device_add(struct reading *reading, struct devices *devices,
                       const struct device *device)
{
    struct device *to = NULL;

    if (devices->count == devices->capacity) {
        devices->capacity = devices->capacity == 0 ? 64 : devices->capacity * 2;
        devices->items = mem_resize(devices->items, devices->capacity * sizeof *devices->items);
    }
    to = &devices->items[devices->count];
    if (!arena_str(reading->arena, device->owner, &to->owner) ||
        !arena_str(reading->arena, device->serial, &to->serial) ||
        !arena_str(reading->arena, device->enabled, &to->enabled)) {
        reading->is_full = true;
        return;
    }
    devices->count++;
}

/* Whose device it is: the resource of the owner's ARN is `root` and nothing else for the root user,
 * since a user may be called groot. Empty for a device that nobody has. */
static struct str owner_read(const struct reading *reading, const struct tree *device)
{
    struct str account, resource, name = {0};

    if (!arn_read(tree_text(device, "User.Arn"), &account, &resource) ||
        !str_eq(account, reading->account)) {
        return (struct str){0};
    }
    if (str_eq(resource, STR("root"))) {
        return ROOT_NAME;
    }
    if (!str_starts(resource, STR("user/"))) {
        return (struct str){0};
    }
    while (str_cut(&resource, '/', &name)) {
    }
    return name;
}

void devices_read(struct reading *reading, struct devices *devices)
{
    struct str action = STR("iam:ListVirtualMFADevices"), none = {0};
    struct pages pages;

    *devices = (struct devices){0};
    if (call_open(reading, action, none, none, "VirtualMFADevices", &pages) != TOLD_ALL) {
        return;
    }
    devices->is_known = true;
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *device = tree_first(pages.results[i], "VirtualMFADevices");
             device != NULL; device = device->next) {
            struct str owner = owner_read(reading, device);
            struct str serial = tree_text(device, "SerialNumber");
            if (owner.n == 0) {
                continue;
            }
            device_add(reading, devices,
                       &(struct device){owner, serial, tree_text(device, "EnableDate")});
            user_add(reading, owner);
        }
    }
    if (devices->count > 0) {
        qsort(devices->items, devices->count, sizeof *devices->items, device_compare);
    }
}

void devices_release(struct devices *devices)
{
    mem_free(devices->items);
    *devices = (struct devices){0};
}

static bool is_listed(const struct devices *devices, struct str owner, struct str serial)
{
    struct device wanted = {.owner = owner, .serial = serial};

    return devices->count > 0 && bsearch(&wanted, devices->items, devices->count,
                                         sizeof *devices->items, device_compare) != NULL;
}

/* An app has the serial number of a virtual device; so had the text messages of old, which are no
 * hardware either. Security keys and passkeys are `u2f/...`, tokens have a number and no ARN. */
static bool is_virtual(const struct devices *devices, struct str owner, struct str serial)
{
    struct str account, resource;

    if (is_listed(devices, owner, serial)) {
        return true;
    }
    return arn_read(serial, &account, &resource) &&
           (str_starts(resource, STR("mfa/")) || str_starts(resource, STR("sms-mfa/")));
}

static void own_list_write(struct json_writer *json, struct str key, const struct pages *pages,
                           const struct devices *devices, struct str owner, bool wants_virtual)
{
    json_key(json, key);
    json_open(json, '[');
    for (size_t i = 0; i < pages->count; i++) {
        for (const struct tree *device = tree_first(pages->results[i], "MFADevices");
             device != NULL; device = device->next) {
            if (is_virtual(devices, owner, tree_text(device, "SerialNumber")) != wants_virtual) {
                continue;
            }
            json_open(json, '{');
            write_text(json, STR("SerialNumber"), device, "SerialNumber");
            write_instant(json, STR("EnabledTime"), device, "EnableDate");
            json_close(json, '}');
        }
    }
    json_close(json, ']');
}

static void ids_write(struct json_writer *json, const struct pages *pages)
{
    json_key(json, STR("id"));
    json_open(json, '[');
    for (size_t i = 0; i < pages->count; i++) {
        for (const struct tree *device = tree_first(pages->results[i], "MFADevices");
             device != NULL; device = device->next) {
            json_text(json, tree_text(device, "SerialNumber"));
        }
    }
    json_close(json, ']');
}

/* The first device of an owner. */
static size_t device_bound(const struct devices *devices, struct str owner)
{
    size_t from = 0, to = devices->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (str_cmp(devices->items[middle].owner, owner) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static void virtual_write(struct json_writer *json, const struct devices *devices, struct str owner)
{
    size_t i = device_bound(devices, owner);

    json_key(json, STR("Virtual"));
    json_open(json, '[');
    for (; i < devices->count && str_eq(devices->items[i].owner, owner); i++) {
        json_open(json, '{');
        json_member_text(json, STR("SerialNumber"), devices->items[i].serial);
        member_instant(json, STR("EnabledTime"), devices->items[i].enabled);
        json_close(json, '}');
    }
    json_close(json, ']');
}

bool devices_write(struct reading *reading, const struct devices *devices, struct str owner)
{
    struct json_writer *json = part_begin(reading);
    struct pages pages;
    bool is_own = call_open(reading, STR("iam:ListMFADevices"), owner, (struct str){0},
                            "MFADevices", &pages) == TOLD_ALL;

    if (!is_own && !devices->is_known) {
        return false;
    }
    json_key(json, STR("MFADevices"));
    json_open(json, '{');
    if (is_own) {
        ids_write(json, &pages);
        own_list_write(json, STR("Physical"), &pages, devices, owner, false);
        own_list_write(json, STR("Virtual"), &pages, devices, owner, true);
    } else {
        virtual_write(json, devices, owner);
    }
    json_close(json, '}');
    if (is_own) {
        json_key(json, STR("MFAActive"));
        json_bool(json, pages_have_items(&pages, "MFADevices"));
    }
    part_end(reading, STR("IAMUser"), owner, STR("MFADevices"));
    return is_own;
}
