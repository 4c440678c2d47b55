/* role.h: credentials of a role, or of a member account's root user, for a while: from STS.
 *
 * Ownership: texts are borrowed as long as the struct is used; the session is the one that asks,
 *            shared by all who assume from the same place, so that STS's limits are kept together.
 * Threads:   a role is fetched by its source, one thread at a time; the session takes any number.
 *
 * Example:   struct role role = {.sts = &sts, .arn = STR("arn:aws:iam::111122223333:role/Audit"),
 *                                .session_name = STR("keywarden")};
 *            struct credentials_source *source =
 *                credentials_source_new(role_fetch, &role, &client.clock); */
#ifndef AWS_ROLE_H
#define AWS_ROLE_H

#include "aws/client.h"

/* Asks for the code of an MFA device. False: nobody to ask, or no answer. */
typedef bool (*mfa_prompt_fn)(void *context, struct str serial, struct secret *code,
                              struct err *err);

struct role {
    struct aws_session *sts;
    struct str arn;
    struct str session_name; /* empty: keywarden-TIME */
    struct str external_id;
    struct str mfa_serial;
    uint32_t duration_s; /* 0: STS's own, an hour */
    mfa_prompt_fn prompt;
    void *prompt_context;
    struct retry_patience *patience; /* with STS, for this role; NULL: endless */
    struct aws_failure failure;      /* of the last fetch that failed */
};

/* sts:AssumeRole; a credentials_fetch_fn over a struct role. */
MUST_USE bool role_fetch(void *role, struct credentials *out, struct err *err);

/* sts:AssumeRoleWithWebIdentity, which is not signed. */
MUST_USE bool role_fetch_web_identity(struct role *role, struct str token, struct credentials *out,
                                      struct err *err);

struct root_user {
    struct aws_session *sts;
    struct str account;         /* a member account's id */
    struct str task_policy_arn; /* what the session may do: IAMAuditRootUserCredentials */
    uint32_t duration_s;        /* at most 900; 0: STS's own */
    struct retry_patience *patience;
    struct aws_failure failure;
};

/* sts:AssumeRoot; a credentials_fetch_fn over a struct root_user. */
MUST_USE bool root_user_fetch(void *root_user, struct credentials *out, struct err *err);

#endif
