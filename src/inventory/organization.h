/* organization.h: what the answers about an organization say: its tree, its policies, its features.
 *
 * Collected once, from the management account or a delegated administrator, and asked again for
 * each account: organization_rows gives the entities as that account's rules see them, with the
 * policies that are attached to it or to a unit above it.
 *
 * Ownership: everything lives in the arena; nothing points into the answers.
 * Threads:   pure functions; what is read does not change.
 *
 * Example:   struct organization organization;
 *            if (!organization_read(&arena, answers, count, &organization, &err) ||
 *                !organization_rows(&arena, &organization, account, &inventory, &err)) {
 *                return false;
 *            } */
#ifndef INVENTORY_ORGANIZATION_H
#define INVENTORY_ORGANIZATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "inventory/answer.h"
#include "inventory/inventory.h"

enum organization_node_kind { NODE_ROOT, NODE_UNIT, NODE_ACCOUNT };

enum organization_known { ORGANIZATION_UNKNOWN, ORGANIZATION_NO, ORGANIZATION_YES };

/* A root, a unit or an account. What was not told is empty. */
struct organization_node {
    struct str id, parent; /* "r-...", "ou-...", 12 digits; the parent of a root is empty */
    struct str name, arn;
    struct str email, status; /* of accounts */
    int64_t joined_at;        /* of accounts; 0: not told */
    enum organization_node_kind kind;
};

enum organization_policy_kind { POLICY_SCP, POLICY_RCP };

struct organization_policy {
    struct str id, arn, name; /* "p-..." */
    struct str document;      /* JSON; empty: not told */
    enum organization_policy_kind kind;
};

struct organization_attachment {
    struct str policy, node; /* ids */
};

struct organization_administrator {
    struct str account;
    struct str service; /* "iam.amazonaws.com"; empty: of some service that was not told */
};

struct organization {
    struct str id, arn, management_account, feature_set; /* empty: not told */
    enum organization_known credentials_management, root_sessions;
    /* Whether all policies of the kind, and all that each is attached to, are there. */
    bool is_complete[POLICY_RCP + 1];
    struct organization_node *nodes; /* by id */
    size_t node_count;
    struct organization_policy *policies; /* by id */
    size_t policy_count;
    struct organization_attachment *attachments; /* by policy, then node */
    size_t attachment_count;
    struct organization_administrator *administrators; /* by account, then service */
    size_t administrator_count;
    struct inventory_gap *gaps; /* by action, subject and region */
    size_t gap_count;
};

/* Fails (ERR_INPUT) only when the arena is full. */
MUST_USE bool organization_read(struct arena *arena, const struct answer *answers, size_t count,
                                struct organization *out, struct err *err);

/* The node of that id; NULL when there is none. */
const struct organization_node *organization_node_find(const struct organization *organization,
                                                       struct str id);
/* The policy of that id; NULL when there is none. */
const struct organization_policy *organization_policy_find(const struct organization *organization,
                                                           struct str id);

/* The rows "Account" and "Organization", named by their ids, as the rules of that account see them,
 * and the gaps of the organization. An account that is not in the tree has no row "Account". */
MUST_USE bool organization_rows(struct arena *arena, const struct organization *organization,
                                struct str account, struct inventory *out, struct err *err);

#endif
