#include "inventory/organization.h"

#include <stdlib.h>
#include <string.h>

#include "inventory/internal.h"

/* The answers of AWS Organizations, put together: accounts are listed without their parents, and
 * again below each parent; policies without their texts and without what they are attached to. */

static const struct str nobody = {0};

static const struct str policy_types[] = {
    [POLICY_SCP] = STR_LIT("SERVICE_CONTROL_POLICY"),
    [POLICY_RCP] = STR_LIT("RESOURCE_CONTROL_POLICY"),
};

struct gathering {
    struct reading *reading;
    struct organization *organization;
    size_t node_capacity, policy_capacity, attachment_capacity, administrator_capacity;
};

/* One more item at the end of a growing array. The arrays of the result are copied into the arena
 * when they are whole. */
static void *item_add(void **items, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        *capacity = *capacity == 0 ? 64 : *capacity * 2;
        *items = mem_resize(*items, *capacity * size);
    }
    return (char *)*items + (*count)++ * size;
}

static struct str keep(struct reading *reading, struct str text)
{
    struct str copy = {0};

    if (!arena_str(reading->arena, text, &copy)) {
        reading->is_full = true;
    }
    return copy;
}

static struct str keep_text(struct reading *reading, const struct tree *node, const char *path)
{
    return keep(reading, tree_text(node, path));
}

/* ---- the organization itself ---- */

static void description_read(struct gathering *gathering)
{
    struct organization *organization = gathering->organization;
    struct reading *reading = gathering->reading;
    struct pages pages;

    if (call_open(reading, STR("organizations:DescribeOrganization"), nobody, nobody,
                  "Organization", &pages) != TOLD_ALL) {
        return;
    }
    const struct tree *node = tree_find(pages.results[0], "Organization");
    organization->id = keep_text(reading, node, "Id");
    organization->arn = keep_text(reading, node, "Arn");
    organization->management_account = keep_text(reading, node, "MasterAccountId");
    organization->feature_set = keep_text(reading, node, "FeatureSet");
}

/* Some refusals are answers: without trusted access for IAM, or without all features, neither
 * feature can be on. */
static bool says_features_are_off(const struct call *call)
{
    static const char *const codes[] = {
        "ServiceAccessNotEnabled", "ServiceAccessNotEnabledException",
        "OrganizationNotInAllFeaturesMode", "OrganizationNotInAllFeaturesModeException"};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (call->outcome != ANSWER_GIVEN && str_eq(call->code, str_from(codes[i]))) {
            return true;
        }
    }
    return false;
}

static void features_read(struct gathering *gathering)
{
    struct organization *organization = gathering->organization;
    struct str action = STR("iam:ListOrganizationsFeatures");
    struct pages pages;
    size_t count = 0;
    struct call *call = calls_of(gathering->reading, action, &count);

    if (count == 1 && says_features_are_off(call)) {
        call->outcome = ANSWER_ABSENT;
        organization->credentials_management = ORGANIZATION_NO;
        organization->root_sessions = ORGANIZATION_NO;
        return;
    }
    if (call_open(gathering->reading, action, nobody, nobody, "OrganizationId", &pages) !=
        TOLD_ALL) {
        return;
    }
    organization->credentials_management = ORGANIZATION_NO;
    organization->root_sessions = ORGANIZATION_NO;
    for (const struct tree *feature = tree_first(pages.results[0], "EnabledFeatures");
         feature != NULL; feature = feature->next) {
        if (str_eq(feature->text, STR("RootCredentialsManagement"))) {
            organization->credentials_management = ORGANIZATION_YES;
        } else if (str_eq(feature->text, STR("RootSessions"))) {
            organization->root_sessions = ORGANIZATION_YES;
        }
    }
}

/* ---- the tree ---- */

static void node_add(struct gathering *gathering, const struct tree *from, struct str parent,
                     enum organization_node_kind kind)
{
    struct organization *organization = gathering->organization;
    struct reading *reading = gathering->reading;
    struct organization_node *node =
        item_add((void **)&organization->nodes, &organization->node_count,
                 &gathering->node_capacity, sizeof *node);
    struct str status = tree_text(from, "Status");

    *node = (struct organization_node){
        .id = keep_text(reading, from, "Id"),
        .parent = keep(reading, parent),
        .name = keep_text(reading, from, "Name"),
        .arn = keep_text(reading, from, "Arn"),
        .email = keep_text(reading, from, "Email"),
        .status = keep(reading, status.n > 0 ? status : tree_text(from, "State")),
        .kind = kind,
    };
    if (!instant_read(tree_text(from, "JoinedTimestamp"), &node->joined_at)) {
        node->joined_at = 0;
    }
}

/* The pages of one call as nodes below its subject. */
static bool nodes_read(struct gathering *gathering, struct str action, struct str parent,
                       const char *list, enum organization_node_kind kind)
{
    struct pages pages;

    if (call_open(gathering->reading, action, parent, nobody, list, &pages) != TOLD_ALL) {
        return false;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *node = tree_first(pages.results[i], list); node != NULL;
             node = node->next) {
            node_add(gathering, node, parent, kind);
        }
    }
    return true;
}

static void children_read(struct gathering *gathering, struct str action, const char *list,
                          enum organization_node_kind kind)
{
    size_t count = 0;
    const struct call *calls = calls_of(gathering->reading, action, &count);

    for (size_t i = 0; i < count; i++) {
        (void)nodes_read(gathering, action, calls[i].subject, list, kind);
    }
}

/* Of two entries for one node the one with a parent comes first. */
static int node_compare(const void *a, const void *b)
{
    const struct organization_node *first = a, *second = b;
    int order = str_cmp(first->id, second->id);

    return order != 0 ? order : (first->parent.n == 0) - (second->parent.n == 0);
}

static void nodes_sort(struct organization *organization)
{
    size_t kept = 0;

    if (organization->node_count > 0) {
        qsort(organization->nodes, organization->node_count, sizeof *organization->nodes,
              node_compare);
    }
    for (size_t i = 0; i < organization->node_count; i++) {
        if (kept == 0 || !str_eq(organization->nodes[kept - 1].id, organization->nodes[i].id)) {
            organization->nodes[kept++] = organization->nodes[i];
        }
    }
    organization->node_count = kept;
}

static void tree_read(struct gathering *gathering)
{
    (void)nodes_read(gathering, STR("organizations:ListRoots"), nobody, "Roots", NODE_ROOT);
    children_read(gathering, STR("organizations:ListOrganizationalUnitsForParent"),
                  "OrganizationalUnits", NODE_UNIT);
    children_read(gathering, STR("organizations:ListAccountsForParent"), "Accounts", NODE_ACCOUNT);
    (void)nodes_read(gathering, STR("organizations:ListAccounts"), nobody, "Accounts",
                     NODE_ACCOUNT);
    nodes_sort(gathering->organization);
}

/* ---- policies ---- */

static void policies_read(struct gathering *gathering, enum organization_policy_kind kind)
{
    struct organization *organization = gathering->organization;
    struct reading *reading = gathering->reading;
    struct pages pages;

    if (call_open(reading, STR("organizations:ListPolicies"), policy_types[kind], nobody,
                  "Policies", &pages) != TOLD_ALL) {
        return;
    }
    organization->is_complete[kind] = true;
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *policy = tree_first(pages.results[i], "Policies"); policy != NULL;
             policy = policy->next) {
            struct organization_policy *to =
                item_add((void **)&organization->policies, &organization->policy_count,
                         &gathering->policy_capacity, sizeof *to);
            *to = (struct organization_policy){
                .id = keep_text(reading, policy, "Id"),
                .arn = keep_text(reading, policy, "Arn"),
                .name = keep_text(reading, policy, "Name"),
                .kind = kind,
            };
        }
    }
}

static void policy_text_read(struct gathering *gathering, struct organization_policy *policy)
{
    struct pages pages;

    if (call_open(gathering->reading, STR("organizations:DescribePolicy"), policy->id, nobody,
                  "Policy.Content", &pages) == TOLD_ALL) {
        policy->document = keep_text(gathering->reading, pages.results[0], "Policy.Content");
    }
}

static void targets_read(struct gathering *gathering, const struct organization_policy *policy)
{
    struct organization *organization = gathering->organization;
    struct pages pages;

    if (call_open(gathering->reading, STR("organizations:ListTargetsForPolicy"), policy->id, nobody,
                  "Targets", &pages) != TOLD_ALL) {
        organization->is_complete[policy->kind] = false;
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *target = tree_first(pages.results[i], "Targets"); target != NULL;
             target = target->next) {
            struct organization_attachment *to =
                item_add((void **)&organization->attachments, &organization->attachment_count,
                         &gathering->attachment_capacity, sizeof *to);
            *to = (struct organization_attachment){
                policy->id, keep_text(gathering->reading, target, "TargetId")};
        }
    }
}

/* The kinds that are switched on below one root. False when it does not say. */
static bool kinds_read(const struct tree *root, bool is_on[])
{
    for (const struct tree *type = tree_first(root, "PolicyTypes"); type != NULL;
         type = type->next) {
        for (size_t kind = 0; kind <= POLICY_RCP; kind++) {
            is_on[kind] |= str_eq(tree_text(type, "Type"), policy_types[kind]);
        }
    }
    return tree_find(root, "PolicyTypes") != NULL;
}

/* Where a kind of policy is switched off, none of that kind is attached to anything. */
static void switched_off_read(struct gathering *gathering)
{
    struct pages pages;
    bool is_on[POLICY_RCP + 1] = {false};
    size_t root_count = 0;

    if (call_open(gathering->reading, STR("organizations:ListRoots"), nobody, nobody, "Roots",
                  &pages) != TOLD_ALL) {
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *root = tree_first(pages.results[i], "Roots"); root != NULL;
             root = root->next, root_count++) {
            if (!kinds_read(root, is_on)) {
                return;
            }
        }
    }
    for (size_t kind = 0; root_count > 0 && kind <= POLICY_RCP; kind++) {
        gathering->organization->is_complete[kind] |= !is_on[kind];
    }
}

static int policy_compare(const void *a, const void *b)
{
    return str_cmp(((const struct organization_policy *)a)->id,
                   ((const struct organization_policy *)b)->id);
}

static int attachment_compare(const void *a, const void *b)
{
    const struct organization_attachment *first = a, *second = b;
    int order = str_cmp(first->policy, second->policy);

    return order != 0 ? order : str_cmp(first->node, second->node);
}

static void all_policies_read(struct gathering *gathering)
{
    struct organization *organization = gathering->organization;

    policies_read(gathering, POLICY_SCP);
    policies_read(gathering, POLICY_RCP);
    if (organization->policy_count > 0) {
        qsort(organization->policies, organization->policy_count, sizeof *organization->policies,
              policy_compare);
    }
    for (size_t i = 0; i < organization->policy_count; i++) {
        policy_text_read(gathering, &organization->policies[i]);
        targets_read(gathering, &organization->policies[i]);
    }
    if (organization->attachment_count > 0) {
        qsort(organization->attachments, organization->attachment_count,
              sizeof *organization->attachments, attachment_compare);
    }
    switched_off_read(gathering);
}

/* ---- delegated administrators ---- */

static void administrator_add(struct gathering *gathering, struct str account, struct str service)
{
    struct organization *organization = gathering->organization;
    struct organization_administrator *to =
        item_add((void **)&organization->administrators, &organization->administrator_count,
                 &gathering->administrator_capacity, sizeof *to);

    *to = (struct organization_administrator){keep(gathering->reading, account),
                                              keep(gathering->reading, service)};
}

static void services_read(struct gathering *gathering, struct str account)
{
    struct pages pages;

    if (call_open(gathering->reading, STR("organizations:ListDelegatedServicesForAccount"), account,
                  nobody, "DelegatedServices", &pages) != TOLD_ALL) {
        administrator_add(gathering, account, nobody);
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *service = tree_first(pages.results[i], "DelegatedServices");
             service != NULL; service = service->next) {
            administrator_add(gathering, account, tree_text(service, "ServicePrincipal"));
        }
    }
}

static int administrator_compare(const void *a, const void *b)
{
    const struct organization_administrator *first = a, *second = b;
    int order = str_cmp(first->account, second->account);

    return order != 0 ? order : str_cmp(first->service, second->service);
}

static void administrators_read(struct gathering *gathering)
{
    struct organization *organization = gathering->organization;
    struct names accounts = {0};
    struct pages pages;

    if (call_open(gathering->reading, STR("organizations:ListDelegatedAdministrators"), nobody,
                  nobody, "DelegatedAdministrators", &pages) != TOLD_ALL) {
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *account = tree_first(pages.results[i], "DelegatedAdministrators");
             account != NULL; account = account->next) {
            names_add(gathering->reading, &accounts, tree_text(account, "Id"));
        }
    }
    names_sort(&accounts);
    for (size_t i = 0; i < accounts.count; i++) {
        services_read(gathering, accounts.items[i]);
    }
    mem_free(accounts.items);
    if (organization->administrator_count > 0) {
        qsort(organization->administrators, organization->administrator_count,
              sizeof *organization->administrators, administrator_compare);
    }
}

/* ---- */

/* The items move from the heap into the arena. */
static bool items_keep(struct arena *arena, void **items, size_t count, size_t size)
{
    void *kept = arena_array(arena, count, size);

    if (kept != NULL && count > 0) {
        memcpy(kept, *items, count * size);
    }
    mem_free(*items);
    *items = kept;
    return kept != NULL;
}

bool organization_read(struct arena *arena, const struct answer *answers, size_t count,
                       struct organization *out, struct err *err)
{
    struct organization organization = {0};
    struct reading reading;
    struct gathering gathering = {.reading = &reading, .organization = &organization};
    bool ok = reading_init(&reading, arena, nobody, answers, count);

    if (ok) {
        description_read(&gathering);
        features_read(&gathering);
        tree_read(&gathering);
        all_policies_read(&gathering);
        administrators_read(&gathering);
        ok = gaps_write(&reading, &organization.gaps, &organization.gap_count);
    }
    ok = items_keep(arena, (void **)&organization.nodes, organization.node_count,
                    sizeof *organization.nodes) &&
         ok;
    ok = items_keep(arena, (void **)&organization.policies, organization.policy_count,
                    sizeof *organization.policies) &&
         ok;
    ok = items_keep(arena, (void **)&organization.attachments, organization.attachment_count,
                    sizeof *organization.attachments) &&
         ok;
    ok = items_keep(arena, (void **)&organization.administrators, organization.administrator_count,
                    sizeof *organization.administrators) &&
         ok;
    ok = ok && !reading.is_full;
    reading_release(&reading);
    if (!ok) {
        return err_set(err, ERR_INPUT, "the organization's answers are larger than any can be");
    }
    *out = organization;
    return true;
}
