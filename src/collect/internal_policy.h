/* internal_policy.h: the statements of a policy, before they have a form.
 *
 * Example:   struct policy_statements role;
 *            policy_of_role(&role, request); */
#ifndef COLLECT_INTERNAL_POLICY_H
#define COLLECT_INTERNAL_POLICY_H

#include "collect/calls.h"
#include "collect/policy.h"

enum { POLICY_STATEMENT_MAX = 4, POLICY_RESOURCE_MAX = 40 };

struct policy_statement {
    const char *sid;
    const char *actions[CALL_COUNT]; /* by name, each once */
    size_t action_count;
    const struct str *resources; /* none: all */
    size_t resource_count;
    const char *task_policy; /* of a root session: the one that must be asked for; or NULL */
};

struct policy_statements {
    struct policy_statement items[POLICY_STATEMENT_MAX];
    size_t count;
};

/* The role as a template of CloudFormation or a configuration of Terraform; `role` is its name with
 * its path. */
void policy_write_cloudformation(struct buf *out, const struct policy_statement *look,
                                 struct str role);
void policy_write_terraform(struct buf *out, const struct policy_statement *look, struct str role);

#endif
