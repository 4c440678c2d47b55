/* policy.h: what a collection must be allowed, and nothing else, as IAM takes it.
 *
 * Made of the table of calls, so that it cannot say other than what is done. There are two sides:
 * the role that accounts are entered with, and the caller who enters them, lists the organization
 * and looks at its own account with its own credentials.
 *
 * Ownership: everything is borrowed.
 * Threads:   pure functions.
 *
 * Example:   enum policy_form form;
 *            if (!policy_form_find(STR("terraform"), &form) ||
 *                !policy_write(&out, form, &request, "aws", &err)) { ... } */
#ifndef COLLECT_POLICY_H
#define COLLECT_POLICY_H

#include "collect/request.h"

enum policy_form {
    POLICY_JSON,           /* both sides, in one object */
    POLICY_ROLE,           /* the role's policy alone, for IAM */
    POLICY_CALLER,         /* the caller's */
    POLICY_CLOUDFORMATION, /* the role as a template, for a StackSet */
    POLICY_TERRAFORM,      /* the role as a configuration */
};

#define POLICY_FORMS "json, role, caller, cloudformation or terraform"

bool policy_form_find(struct str name, enum policy_form *out);

/* `partition` as ARNs write it, "aws"; templates find it out themselves. Errors (ERR_USAGE): a form
 * of the role, where no account is entered with one; a template that would make the role that AWS
 * Organizations makes; a role whose name is none. */
MUST_USE bool policy_write(struct buf *out, enum policy_form form,
                           const struct collect_request *request, const char *partition,
                           struct err *err);

#endif
