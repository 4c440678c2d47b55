/* internal_account.h: what the parts of the work on one account share.
 *
 * account.c knows the order and the report, ask.c the calls about the account, root_session.c those
 * in a session of its root user.
 *
 * Example:   struct ask ask = {.subject = user};
 *            if (!work_ask(work, &ask, CALL_LIST_MFA, NULL, &err)) { return false; } */
#ifndef COLLECT_INTERNAL_ACCOUNT_H
#define COLLECT_INTERNAL_ACCOUNT_H

#include "aws/role.h"
#include "collect/account.h"
#include "collect/report_users.h"

enum work_stage { STAGE_ENTER, STAGE_ASK, STAGE_REPORT, STAGE_FOLLOW };

struct account_work {
    struct collector *collector;
    const struct collect_account *account;
    char id[16]; /* the 12 digits */
    enum work_stage stage;
    /* How it is entered. */
    struct str role_arn;
    struct role *role; /* NULL: with the caller's own credentials */
    struct credentials_source *credentials;
    struct aws_session session;
    bool has_session;
    /* The report. */
    struct buf report;
    bool has_generated_at, is_generate_denied;
    int64_t generated_at;
    struct err generate_err; /* of a GenerateCredentialReport that did not work */
    unsigned park_count;
    uint64_t due_ms;
    struct retry_patience patience; /* with the account, until it gives an answer */
    /* The rest. */
    struct asker asker;
    struct gathered virtual_users, regions, listed_regions, trails, topics;
    bool has_virtual_users, has_regions, has_listed_regions, has_root_session;
    struct gathered keys; /* of the user that is asked about now */
    uint64_t throttled_count;
};

/* asker_ask in the account's session. */
MUST_USE bool work_ask(struct account_work *work, struct ask *ask, enum call_id id,
                       enum ask_end *end, struct err *err);

/* The calls that need no report, and those that do. */
MUST_USE bool work_ask_account(struct account_work *work, struct err *err);
MUST_USE bool work_ask_users(struct account_work *work, struct err *err);
/* The calls in a session of the root user. */
MUST_USE bool work_ask_root(struct account_work *work, struct err *err);

#endif
