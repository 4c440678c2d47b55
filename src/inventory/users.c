#include <stdlib.h>

#include "inventory/internal.h"

/* What is told of one user at a time, and what one call tells of all of them. Users of whom only
 * the credential report knows have no row of their own: the row of the others says of them what
 * those calls say of whoever they do not name. */

#define SERVICE_CREDENTIALS STR("iam:ListServiceSpecificCredentials")
#define SSH_KEYS STR("iam:ListSSHPublicKeys")
#define USER_TAGS STR("iam:ListUserTags")

/* ---- credentials of single services ---- */

struct service_credential {
    struct str user, id, service, status, created;
    struct str expires; /* empty: never */
};

struct service_credentials {
    struct service_credential *items; /* by user */
    size_t count, capacity;
    bool is_known;
};

static int credential_compare(const void *a, const void *b)
{
    const struct service_credential *first = a, *second = b;
    int order = str_cmp(first->user, second->user);

    return order != 0 ? order : str_cmp(first->id, second->id);
}

static struct service_credential credential_of(const struct tree *node)
{
    return (struct service_credential){
        .user = tree_text(node, "UserName"),
        .id = tree_text(node, "ServiceSpecificCredentialId"),
        .service = tree_text(node, "ServiceName"),
        .status = tree_text(node, "Status"),
        .created = tree_text(node, "CreateDate"),
        .expires = tree_text(node, "ExpirationDate"),
    };
}

static void credential_write(struct json_writer *json, const struct service_credential *credential)
{
    json_open(json, '{');
    json_member_text(json, STR("id"), credential->id);
    json_member_text(json, STR("ServiceName"), credential->service);
    if (credential->status.n > 0) {
        json_key(json, STR("Active"));
        json_bool(json, str_eq(credential->status, STR("Active")));
    }
    member_instant(json, STR("CreatedTime"), credential->created);
    if (credential->expires.n > 0) {
        member_instant(json, STR("ExpirationTime"), credential->expires);
    } else {
        json_member_text(json, STR("ExpirationTime"), STR("never"));
    }
    json_close(json, '}');
}

static void credential_add(struct reading *reading, struct service_credentials *credentials,
                           const struct service_credential *from)
{
    struct service_credential *to = NULL;

    if (credentials->count == credentials->capacity) {
        credentials->capacity = credentials->capacity == 0 ? 64 : credentials->capacity * 2;
        credentials->items =
            mem_resize(credentials->items, credentials->capacity * sizeof *credentials->items);
    }
    to = &credentials->items[credentials->count];
    if (!arena_str(reading->arena, from->user, &to->user) ||
        !arena_str(reading->arena, from->id, &to->id) ||
        !arena_str(reading->arena, from->service, &to->service) ||
        !arena_str(reading->arena, from->status, &to->status) ||
        !arena_str(reading->arena, from->created, &to->created) ||
        !arena_str(reading->arena, from->expires, &to->expires)) {
        reading->is_full = true;
        return;
    }
    credentials->count++;
    user_add(reading, from->user);
}

/* Those of all users, asked for at once. */
static void credentials_read(struct reading *reading, struct service_credentials *credentials)
{
    struct pages pages;
    struct str none = {0};

    *credentials = (struct service_credentials){0};
    if (call_open(reading, SERVICE_CREDENTIALS, none, none, "ServiceSpecificCredentials", &pages) !=
        TOLD_ALL) {
        return;
    }
    credentials->is_known = true;
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *credential =
                 tree_first(pages.results[i], "ServiceSpecificCredentials");
             credential != NULL; credential = credential->next) {
            struct service_credential item = credential_of(credential);
            credential_add(reading, credentials, &item);
        }
    }
    if (credentials->count > 0) {
        qsort(credentials->items, credentials->count, sizeof *credentials->items,
              credential_compare);
    }
}

static size_t credential_bound(const struct service_credentials *credentials, struct str user)
{
    size_t from = 0, to = credentials->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (str_cmp(credentials->items[middle].user, user) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static void own_credentials_write(struct json_writer *json, const struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++) {
        for (const struct tree *credential =
                 tree_first(pages->results[i], "ServiceSpecificCredentials");
             credential != NULL; credential = credential->next) {
            struct service_credential item = credential_of(credential);
            credential_write(json, &item);
        }
    }
}

/* Asked for alone, or else those of the list of all. */
static void credentials_write(struct reading *reading,
                              const struct service_credentials *credentials, struct str user)
{
    struct json_writer *json = part_begin(reading);
    struct pages pages;
    bool is_own = call_open(reading, SERVICE_CREDENTIALS, user, (struct str){0},
                            "ServiceSpecificCredentials", &pages) == TOLD_ALL;

    if (!is_own && !credentials->is_known) {
        return;
    }
    json_key(json, STR("ServiceSpecificCredentials"));
    json_open(json, '[');
    if (is_own) {
        own_credentials_write(json, &pages);
    }
    for (size_t i = credential_bound(credentials, user);
         !is_own && i < credentials->count && str_eq(credentials->items[i].user, user); i++) {
        credential_write(json, &credentials->items[i]);
    }
    json_close(json, ']');
    part_end(reading, STR("IAMUser"), user, STR("ServiceSpecificCredentials"));
}

/* ---- SSH keys and tags ---- */

static void ssh_keys_write(struct reading *reading, struct str user)
{
    struct json_writer *json = part_begin(reading);
    struct pages pages;
    uint64_t active = 0, inactive = 0;

    if (call_open(reading, SSH_KEYS, user, (struct str){0}, "SSHPublicKeys", &pages) != TOLD_ALL) {
        return;
    }
    json_key(json, STR("SSHPublicKeys"));
    json_open(json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *key = tree_first(pages.results[i], "SSHPublicKeys"); key != NULL;
             key = key->next) {
            json_open(json, '{');
            write_text(json, STR("SSHPublicKeyId"), key, "SSHPublicKeyId");
            write_text(json, STR("Status"), key, "Status");
            write_instant(json, STR("UploadTime"), key, "UploadDate");
            json_close(json, '}');
            if (str_eq(tree_text(key, "Status"), STR("Active"))) {
                active++;
            } else {
                inactive++;
            }
        }
    }
    json_close(json, ']');
    json_member_u64(json, STR("ActiveSSHPublicKeysCount"), active);
    json_member_u64(json, STR("InactiveSSHPublicKeysCount"), inactive);
    part_end(reading, STR("IAMUser"), user, STR("SSHPublicKeys"));
}

static void tags_write(struct reading *reading, struct str user)
{
    struct json_writer *json = part_begin(reading);
    struct pages pages;

    if (call_open(reading, USER_TAGS, user, (struct str){0}, "Tags", &pages) != TOLD_ALL) {
        return;
    }
    json_key(json, STR("Tags"));
    json_open(json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        write_tag_items(json, tree_find(pages.results[i], "Tags"));
    }
    json_close(json, ']');
    part_end(reading, STR("IAMUser"), user, STR("Tags"));
}

/* ---- */

void users_read(struct reading *reading)
{
    static const struct str of_users[] = {
        STR_LIT("iam:ListAccessKeys"),    STR_LIT("iam:ListMFADevices"),
        STR_LIT("iam:ListSSHPublicKeys"), STR_LIT("iam:ListServiceSpecificCredentials"),
        STR_LIT("iam:ListUserTags"),
    };
    struct service_credentials credentials;
    struct last_uses uses;
    struct devices devices;

    devices_read(reading, &devices);
    credentials_read(reading, &credentials);
    last_uses_read(reading, &uses);
    for (size_t i = 0; i < sizeof of_users / sizeof of_users[0]; i++) {
        size_t count = 0;
        const struct call *calls = calls_of(reading, of_users[i], &count);
        for (size_t at = 0; at < count; at++) {
            if (calls[at].subject.n > 0) {
                user_add(reading, calls[at].subject);
            }
        }
    }
    user_add(reading, OTHER_USERS);
    names_sort(&reading->users);
    for (size_t i = 0; i < reading->users.count; i++) {
        struct str user = reading->users.items[i];
        (void)devices_write(reading, &devices, user);
        (void)keys_write(reading, &uses, user);
        credentials_write(reading, &credentials, user);
        ssh_keys_write(reading, user);
        tags_write(reading, user);
    }
    root_write(reading, &devices, &uses);
    devices_release(&devices);
    last_uses_release(&uses);
    mem_free(credentials.items);
}
