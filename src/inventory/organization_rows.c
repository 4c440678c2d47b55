#include <stdlib.h>

#include "inventory/internal.h"
#include "inventory/organization.h"

/* An organization nests five levels of units between its root and an account. */
enum { ANCESTORS_MAX = 16 };

static int node_find_compare(const void *key, const void *node)
{
    return str_cmp(*(const struct str *)key, ((const struct organization_node *)node)->id);
}

const struct organization_node *organization_node_find(const struct organization *organization,
                                                       struct str id)
{
    return organization->node_count == 0
               ? NULL
               : bsearch(&id, organization->nodes, organization->node_count,
                         sizeof *organization->nodes, node_find_compare);
}

static int policy_find_compare(const void *key, const void *policy)
{
    return str_cmp(*(const struct str *)key, ((const struct organization_policy *)policy)->id);
}

const struct organization_policy *organization_policy_find(const struct organization *organization,
                                                           struct str id)
{
    return organization->policy_count == 0
               ? NULL
               : bsearch(&id, organization->policies, organization->policy_count,
                         sizeof *organization->policies, policy_find_compare);
}

/* The account, its unit, that one's unit and so on up to the root. */
struct chain {
    const struct organization_node *nodes[ANCESTORS_MAX];
    size_t count;
    bool is_whole; /* it ends in a root */
};

static void chain_follow(const struct organization *organization,
                         const struct organization_node *node, struct chain *chain)
{
    *chain = (struct chain){0};
    while (node != NULL && chain->count < ANCESTORS_MAX) {
        chain->nodes[chain->count++] = node;
        if (node->kind == NODE_ROOT) {
            chain->is_whole = true;
            return;
        }
        node = node->parent.n > 0 ? organization_node_find(organization, node->parent) : NULL;
    }
}

static bool is_attached(const struct organization *organization, struct str policy,
                        const struct chain *chain)
{
    size_t from = 0, to = organization->attachment_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (str_cmp(organization->attachments[middle].policy, policy) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    for (; from < organization->attachment_count &&
           str_eq(organization->attachments[from].policy, policy);
         from++) {
        for (size_t i = 0; i < chain->count; i++) {
            if (str_eq(organization->attachments[from].node, chain->nodes[i]->id)) {
                return true;
            }
        }
    }
    return false;
}

static void policies_write(struct reading *reading, struct json_writer *json,
                           const struct organization *organization, const struct chain *chain,
                           enum organization_policy_kind kind, struct str member)
{
    if (!organization->is_complete[kind] || !chain->is_whole) {
        return;
    }
    json_key(json, member);
    json_open(json, '[');
    for (size_t i = 0; i < organization->policy_count; i++) {
        const struct organization_policy *policy = &organization->policies[i];
        if (policy->kind != kind || !is_attached(organization, policy->id, chain)) {
            continue;
        }
        json_open(json, '{');
        json_member_text(json, STR("id"), policy->arn);
        json_member_text(json, STR("Name"), policy->name);
        document_member(&reading->documents, json, STR("Permissions"), policy->document, false,
                        (struct str){0});
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void told_text(struct json_writer *json, struct str key, struct str text)
{
    if (text.n > 0) {
        json_member_text(json, key, text);
    }
}

static void account_row_write(struct reading *reading, const struct organization *organization,
                              const struct organization_node *node)
{
    struct json_writer *json = part_begin(reading);
    struct chain chain;

    chain_follow(organization, node, &chain);
    json_member_text(json, STR("id"), node->id);
    told_text(json, STR("Name"), node->name);
    told_text(json, STR("Email"), node->email);
    told_text(json, STR("Status"), node->status);
    if (node->joined_at != 0) {
        json_member_instant(json, STR("JoinedTime"), true, node->joined_at);
    }
    if (chain.count > 1) {
        told_text(json, STR("OrganizationalUnit"), chain.nodes[1]->name);
    }
    if (organization->management_account.n > 0) {
        json_key(json, STR("IsManagementAccount"));
        json_bool(json, str_eq(organization->management_account, node->id));
    }
    policies_write(reading, json, organization, &chain, POLICY_SCP, STR("ServiceControlPolicies"));
    policies_write(reading, json, organization, &chain, POLICY_RCP, STR("ResourceControlPolicies"));
    part_end(reading, STR("Account"), node->id, STR(""));
}

static void known_bool(struct json_writer *json, struct str key, enum organization_known known)
{
    if (known != ORGANIZATION_UNKNOWN) {
        json_key(json, key);
        json_bool(json, known == ORGANIZATION_YES);
    }
}

static void organization_row_write(struct reading *reading, const struct organization *organization)
{
    struct json_writer *json = part_begin(reading);

    told_text(json, STR("id"), organization->id);
    told_text(json, STR("ManagementAccountId"), organization->management_account);
    told_text(json, STR("FeatureSet"), organization->feature_set);
    known_bool(json, STR("RootCredentialsManagement"), organization->credentials_management);
    known_bool(json, STR("RootSessions"), organization->root_sessions);
    if (reading->text.n > 0) {
        part_end(reading, STR("Organization"), organization->id, STR(""));
    }
}

bool organization_rows(struct arena *arena, const struct organization *organization,
                       struct str account, struct inventory *out, struct err *err)
{
    struct inventory inventory = {.gaps = organization->gaps, .gap_count = organization->gap_count};
    const struct organization_node *node = organization_node_find(organization, account);
    struct reading reading;
    bool ok = reading_init(&reading, arena, account, NULL, 0);

    if (ok) {
        if (node != NULL && node->kind == NODE_ACCOUNT) {
            account_row_write(&reading, organization, node);
        }
        organization_row_write(&reading, organization);
        ok = rows_write(&reading, &inventory.rows, &inventory.row_count);
    }
    reading_release(&reading);
    if (!ok) {
        return err_set(err, ERR_INPUT, "the policies of account %.*s are larger than any can be",
                       STR_ARG(account));
    }
    *out = inventory;
    return true;
}
