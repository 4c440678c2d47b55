/* client.h: one call to AWS: an operation and its parameters in, an answer as a tree out.
 *
 * aws_send signs, sends, waits its turn, tries again what may be tried again, corrects a wrong
 * clock once and renews credentials that expired once. What fails for good comes back as a
 * struct aws_failure that says what it means (error_table.h) and, for a denial, which action was
 * missing.
 *
 * A client is what a run shares: connections, settings, what is known of the clock. A session is
 * one account (or one place that many ask of: Organizations, STS): its credentials, how fast it may
 * be asked, its budget for retries.
 *
 * Every operation here may be repeated: a reply that was lost is asked for again.
 *
 * Ownership: a client outlives its sessions, those their calls; an answer owns body and tree until
 *            aws_answer_release.
 * Threads:   any number of threads may call with one session.
 *
 * Example:   struct aws_client client;
 *            struct aws_session session;
 *            aws_client_init(&client, http, net_clock_of(http), &settings);
 *            aws_session_init(&session, &client, source);
 *            const struct aws_parameter parameters[] = {{"MaxItems", STR_LIT("1000")}};
 *            const struct aws_call call = {.service = AWS_IAM, .operation = "ListUsers",
 *                                          .parameters = parameters, .parameter_count = 1};
 *            struct aws_answer answer = {0};
 *            struct aws_failure failure;
 *            if (aws_send(&session, &call, &answer, &failure, &err)) {
 *                ... tree_first(answer.result, "Users") ...
 *            }
 *            aws_answer_release(&answer); */
#ifndef AWS_CLIENT_H
#define AWS_CLIENT_H

#include <stdatomic.h>

#include "aws/credentials.h"
#include "aws/error_table.h"
#include "aws/settings.h"
#include "codec/tree.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/throttle.h"

struct aws_client {
    struct http *http;
    struct net_clock clock;
    struct aws_settings settings;
    struct retry_policy retry;
    _Atomic int64_t skew_s; /* what AWS's clock is ahead of ours */
};

void aws_client_init(struct aws_client *client, struct http *http, struct net_clock clock,
                     const struct aws_settings *settings);

struct aws_session {
    struct aws_client *client;
    struct credentials_source *credentials; /* borrowed; NULL: nothing is signed */
    struct throttle throttle;
    struct retry_budget budget;
};

void aws_session_init(struct aws_session *session, struct aws_client *client,
                      struct credentials_source *credentials);
void aws_session_release(struct aws_session *session);

struct aws_parameter {
    const char *name; /* lists: Name.member.1; of EC2: Name.1 */
    struct str value;
};

struct aws_call {
    const char *operation;                  /* as the API names it */
    const struct aws_parameter *parameters; /* of a query; of REST: behind the question mark */
    size_t parameter_count;
    struct str region;   /* empty: the settings' */
    struct str body;     /* of JSON and REST; for JSON empty means {} */
    const char *method;  /* of REST */
    const char *path;    /* of REST, encoded */
    struct str bucket;   /* of S3: stands before the host or, where it cannot, before the path */
    struct str bearer;   /* x-amz-sso_bearer_token, for AWS_SSO */
    size_t answer_max;   /* bytes; 0: 64 MiB */
    uint32_t timeout_ms; /* of one try; 0: 5 minutes */
    enum aws_service service;
    bool is_unsigned; /* of a signed service: this operation is not */
    bool is_secret;   /* answer or parameters hold secrets: both are wiped */
    bool is_raw;      /* the answer is somebody's file: no tree is made of it */
};

struct aws_answer {
    unsigned status;
    struct buf body;           /* as it came */
    const struct tree *tree;   /* all of it; NULL when the body is empty, as REST allows */
    const struct tree *result; /* where the operation's members are, in every protocol */
    char request_id[128];
    unsigned attempts;
    /* Private. */
    struct buf headers;
    struct arena arena;
    bool is_secret;
};

struct aws_failure {
    enum aws_class class;
    enum http_fault fault; /* HTTP_ANSWERED: AWS said no; otherwise nothing came of it */
    unsigned status;
    char code[96]; /* "AccessDenied"; empty when the answer was none of AWS's */
    char request_id[128];
    char action[96]; /* of a denial: the permission that was missing, "iam:ListUsers" */
    char region[AWS_REGION_MAX + 1]; /* where a bucket is that was asked for elsewhere */
    unsigned attempts;
};

/* *answer is zeroed or was released. On failure *failure is filled and *err (ERR_REMOTE) tells it
 * to people: service, operation, code, message, request id; never a credential. Errors before
 * anything was sent (no credentials, a wrong setting) keep their kind, with class AWS_FAIL_LOGIN or
 * AWS_FAIL. */
MUST_USE bool aws_send(struct aws_session *session, const struct aws_call *call,
                       struct aws_answer *answer, struct aws_failure *failure, struct err *err);
/* The value of a header of the answer, in any case of its name; empty when there is none. */
struct str aws_answer_header(const struct aws_answer *answer, struct str name);
void aws_answer_release(struct aws_answer *answer);

#endif
