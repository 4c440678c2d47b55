#include <stdlib.h>

#include "inventory/internal.h"

/* GetAccountAuthorizationDetails: users, groups, roles and the managed policies in use, all in one
 * call. It says from the holders' side who has which policy; rules ask from the policy's side too,
 * so that is turned round here. */

#define DETAILS STR("iam:GetAccountAuthorizationDetails")

enum holder_kind { HOLDER_USER, HOLDER_GROUP, HOLDER_ROLE };

/* Somebody has a managed policy. */
struct holding {
    struct str policy, holder;
    enum holder_kind kind;
};

/* A group's name and its ARN: its users are told only the name. */
struct group {
    struct str name, arn;
};

struct details {
    struct reading *reading;
    struct pages pages;
    struct holding *holdings;
    size_t holding_count, holding_capacity;
    struct group *groups;
    size_t group_count, group_capacity;
    bool is_whole; /* nothing stood there that should not */
};

static const struct {
    const char *list, *name;
} holder_lists[] = {
    [HOLDER_USER] = {"UserDetailList", "UserName"},
    [HOLDER_GROUP] = {"GroupDetailList", "GroupName"},
    [HOLDER_ROLE] = {"RoleDetailList", "RoleName"},
};

static int holding_compare(const void *a, const void *b)
{
    const struct holding *first = a, *second = b;
    int order = str_cmp(first->policy, second->policy);

    if (order == 0) {
        order = (first->kind > second->kind) - (first->kind < second->kind);
    }
    return order != 0 ? order : str_cmp(first->holder, second->holder);
}

static int group_compare(const void *a, const void *b)
{
    return str_cmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

static void holding_add(struct details *details, const struct holding *holding)
{
    if (details->holding_count == details->holding_capacity) {
        details->holding_capacity =
            details->holding_capacity == 0 ? 256 : details->holding_capacity * 2;
        details->holdings =
            mem_resize(details->holdings, details->holding_capacity * sizeof *details->holdings);
    }
    details->holdings[details->holding_count++] = *holding;
}

static void group_add(struct details *details, const struct tree *group)
{
    if (details->group_count == details->group_capacity) {
        details->group_capacity = details->group_capacity == 0 ? 64 : details->group_capacity * 2;
        details->groups =
            mem_resize(details->groups, details->group_capacity * sizeof *details->groups);
    }
    details->groups[details->group_count++] =
        (struct group){tree_text(group, "GroupName"), tree_text(group, "Arn")};
}

/* A name, and an ARN of this account. */
static bool is_ours(const struct details *details, const struct tree *node, struct str name)
{
    struct str account, resource;

    return name.n > 0 && arn_read(tree_text(node, "Arn"), &account, &resource) &&
           str_eq(account, details->reading->account);
}

/* Who has what, and what groups there are. */
static void holders_read(struct details *details, const struct tree *page, enum holder_kind kind)
{
    for (const struct tree *holder = tree_first(page, holder_lists[kind].list); holder != NULL;
         holder = holder->next) {
        struct str name = tree_text(holder, holder_lists[kind].name);
        details->is_whole = details->is_whole && is_ours(details, holder, name);
        for (const struct tree *policy = tree_first(holder, "AttachedManagedPolicies");
             policy != NULL; policy = policy->next) {
            holding_add(details, &(struct holding){tree_text(policy, "PolicyArn"), name, kind});
        }
        if (kind == HOLDER_GROUP) {
            group_add(details, holder);
        }
    }
}

static void details_sort(struct details *details)
{
    if (details->holding_count > 0) {
        qsort(details->holdings, details->holding_count, sizeof *details->holdings,
              holding_compare);
    }
    if (details->group_count > 0) {
        qsort(details->groups, details->group_count, sizeof *details->groups, group_compare);
    }
}

/* ---- what all of them have ---- */

static void inline_write(struct details *details, struct json_writer *json, struct str key,
                         const struct tree *list)
{
    json_key(json, key);
    json_open(json, '[');
    for (const struct tree *policy = list != NULL ? list->first : NULL; policy != NULL;
         policy = policy->next) {
        json_open(json, '{');
        write_text(json, STR("id"), policy, "PolicyName");
        document_member(&details->reading->documents, json, STR("PolicyDocument"),
                        tree_text(policy, "PolicyDocument"), true, (struct str){0});
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void managed_write(struct json_writer *json, struct str key, const struct tree *holder)
{
    json_key(json, key);
    json_open(json, '[');
    for (const struct tree *policy = tree_first(holder, "AttachedManagedPolicies"); policy != NULL;
         policy = policy->next) {
        json_open(json, '{');
        write_text(json, STR("id"), policy, "PolicyArn");
        write_text(json, STR("Name"), policy, "PolicyName");
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void policies_write(struct details *details, struct json_writer *json,
                           const struct tree *holder, const char *inline_list)
{
    json_key(json, STR("Policies"));
    json_open(json, '{');
    json_key(json, STR("id"));
    json_open(json, '[');
    for (const struct tree *policy = tree_first(holder, "AttachedManagedPolicies"); policy != NULL;
         policy = policy->next) {
        json_text(json, tree_text(policy, "PolicyArn"));
    }
    json_close(json, ']');
    managed_write(json, STR("Managed"), holder);
    inline_write(details, json, STR("Inline"), tree_find(holder, inline_list));
    json_close(json, '}');
}

/* What it is called and since when it is there. */
static void identity_write(struct details *details, struct json_writer *json,
                           const struct tree *node, const char *name)
{
    write_text(json, STR("id"), node, "Arn");
    write_text(json, STR("Name"), node, name);
    json_member_text(json, STR("AccountId"), details->reading->account);
    write_instant(json, STR("CreationDate"), node, "CreateDate");
}

/* ---- users, groups, roles ---- */

static void groups_write(struct details *details, struct json_writer *json, const struct tree *user)
{
    json_key(json, STR("Groups"));
    json_open(json, '[');
    for (const struct tree *member = tree_first(user, "GroupList"); member != NULL;
         member = member->next) {
        struct group wanted = {.name = member->text};
        const struct group *group = details->group_count == 0
                                        ? NULL
                                        : bsearch(&wanted, details->groups, details->group_count,
                                                  sizeof *details->groups, group_compare);
        json_open(json, '{');
        if (group != NULL) {
            json_member_text(json, STR("id"), group->arn);
        }
        json_member_text(json, STR("Name"), member->text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void users_write(struct details *details, const struct tree *page)
{
    for (const struct tree *user = tree_first(page, "UserDetailList"); user != NULL;
         user = user->next) {
        struct str name = tree_text(user, "UserName");
        struct json_writer *json = part_begin(details->reading);
        policies_write(details, json, user, "UserPolicyList");
        groups_write(details, json, user);
        part_end(details->reading, STR("IAMUser"), name, STR("Policies"));
        json = part_begin(details->reading);
        if (tree_find(user, "Tags") != NULL) {
            write_tags(json, tree_find(user, "Tags"));
            part_end(details->reading, STR("IAMUser"), name, STR("Tags"));
        }
        user_add(details->reading, name);
    }
}

static void group_rows_write(struct details *details, const struct tree *page)
{
    for (const struct tree *group = tree_first(page, "GroupDetailList"); group != NULL;
         group = group->next) {
        struct json_writer *json = part_begin(details->reading);
        identity_write(details, json, group, "GroupName");
        json_key(json, STR("GroupPolicy"));
        json_open(json, '{');
        inline_write(details, json, STR("InlinePolicies"), tree_find(group, "GroupPolicyList"));
        managed_write(json, STR("ManagedPolicies"), group);
        json_close(json, '}');
        part_end(details->reading, STR("IAMGroup"), tree_text(group, "Arn"), STR(""));
    }
}

static void profiles_write(struct json_writer *json, const struct tree *role)
{
    json_key(json, STR("InstanceProfile"));
    json_open(json, '[');
    for (const struct tree *profile = tree_first(role, "InstanceProfileList"); profile != NULL;
         profile = profile->next) {
        json_open(json, '{');
        write_text(json, STR("id"), profile, "Arn");
        write_text(json, STR("Name"), profile, "InstanceProfileName");
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void roles_write(struct details *details, const struct tree *page)
{
    for (const struct tree *role = tree_first(page, "RoleDetailList"); role != NULL;
         role = role->next) {
        struct json_writer *json = part_begin(details->reading);
        identity_write(details, json, role, "RoleName");
        profiles_write(json, role);
        document_member(&details->reading->documents, json, STR("AssumeRolePolicy"),
                        tree_text(role, "AssumeRolePolicyDocument"), true,
                        details->reading->account);
        policies_write(details, json, role, "RolePolicyList");
        write_tags(json, tree_find(role, "Tags"));
        part_end(details->reading, STR("IAMRole"), tree_text(role, "Arn"), STR(""));
    }
}

/* ---- managed policies ---- */

/* The first holding of a policy. */
static size_t holding_bound(const struct details *details, struct str policy)
{
    size_t from = 0, to = details->holding_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (str_cmp(details->holdings[middle].policy, policy) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static void attached_write(const struct details *details, struct json_writer *json,
                           struct str policy)
{
    static const struct str keys[] = {STR_LIT("Users"), STR_LIT("Groups"), STR_LIT("Roles")};
    size_t at = holding_bound(details, policy);

    json_key(json, STR("AttachedEntities"));
    json_open(json, '{');
    for (enum holder_kind kind = HOLDER_USER; kind <= HOLDER_ROLE; kind++) {
        json_key(json, keys[kind]);
        json_open(json, '[');
        for (; at < details->holding_count && details->holdings[at].kind == kind &&
               str_eq(details->holdings[at].policy, policy);
             at++) {
            json_text(json, details->holdings[at].holder);
        }
        json_close(json, ']');
    }
    json_close(json, '}');
}

static struct str default_document(const struct tree *policy)
{
    for (const struct tree *version = tree_first(policy, "PolicyVersionList"); version != NULL;
         version = version->next) {
        if (str_eq(tree_text(version, "IsDefaultVersion"), STR("true"))) {
            return tree_text(version, "Document");
        }
    }
    return (struct str){0};
}

static void managed_rows_write(struct details *details, const struct tree *page)
{
    for (const struct tree *policy = tree_first(page, "Policies"); policy != NULL;
         policy = policy->next) {
        struct json_writer *json = part_begin(details->reading);
        struct str arn = tree_text(policy, "Arn"), account, resource;
        if (!arn_read(arn, &account, &resource)) {
            details->is_whole = false;
            return;
        }
        identity_write(details, json, policy, "PolicyName");
        json_member_text(json, STR("Type"),
                         str_eq(account, STR("aws")) ? STR("AWS Managed")
                                                     : STR("Customer Managed"));
        document_member(&details->reading->documents, json, STR("Permissions"),
                        default_document(policy), true, (struct str){0});
        attached_write(details, json, arn);
        write_number(json, STR("PermissionsBoundaryUsageCount"), policy,
                     "PermissionsBoundaryUsageCount");
        part_end(details->reading, STR("IAMPolicy"), arn, STR(""));
    }
}

/* ---- */

static void rows_of_details(struct details *details)
{
    for (size_t i = 0; i < details->pages.count; i++) {
        users_write(details, details->pages.results[i]);
        group_rows_write(details, details->pages.results[i]);
        roles_write(details, details->pages.results[i]);
        managed_rows_write(details, details->pages.results[i]);
    }
    list_is_whole(details->reading, STR("IAMGroups"));
    list_is_whole(details->reading, STR("IAMPolicies"));
    list_is_whole(details->reading, STR("IAMRoles"));
}

void authorization_read(struct reading *reading)
{
    struct details details = {.reading = reading, .is_whole = true};
    struct str none = {0};
    size_t part_count = reading->part_count, user_count = reading->users.count;

    if (call_open(reading, DETAILS, none, none, "UserDetailList", &details.pages) != TOLD_ALL) {
        return;
    }
    for (size_t i = 0; i < details.pages.count; i++) {
        for (enum holder_kind kind = HOLDER_USER; kind <= HOLDER_ROLE; kind++) {
            holders_read(&details, details.pages.results[i], kind);
        }
    }
    details_sort(&details);
    rows_of_details(&details);
    if (!details.is_whole) {
        parts_drop(reading, part_count);
        reading->users.count = user_count;
        call_refuse(reading, DETAILS, none, none);
    }
    mem_free(details.holdings);
    mem_free(details.groups);
}
