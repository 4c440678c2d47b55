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
 * A reply that was lost is asked for again, because reading may be repeated. An operation that may
 * not be says so (is_once): when nobody knows whether it was done, that is what comes back.
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

struct aws_session;
struct aws_call;

/* A signed request, and what it is about, for who carries it. */
struct aws_exchange {
    const struct aws_session *session;
    const struct aws_call *call;
    const struct credentials *credentials; /* that signed it; NULL: nobody did */
    struct str region;                     /* that it is signed for */
    const struct http_request *request;
};

/* As http_send: brings what came of it. From any number of threads. */
typedef bool (*aws_carry_fn)(void *context, const struct aws_exchange *exchange,
                             struct http_response *response, struct err *err);

struct aws_client {
    struct http *http;
    aws_carry_fn carry; /* NULL: http_send. Set it before the first call */
    void *carry_context;
    struct net_clock clock;
    struct aws_settings settings;
    struct retry_policy retry;
    _Atomic int64_t skew_s; /* what AWS's clock is ahead of ours */
};

void aws_client_init(struct aws_client *client, struct http *http, struct net_clock clock,
                     const struct aws_settings *settings);

enum { AWS_LABEL_MAX = 31 };

struct aws_session {
    struct aws_client *client;
    char label[AWS_LABEL_MAX + 1]; /* who answers, in recordings: an account's id, "caller" */
    struct credentials_source *credentials; /* borrowed; NULL: nothing is signed */
    struct throttle throttle;
    struct retry_budget budget;
    struct retry_patience *patience; /* of its calls, which then are one thread's; NULL: endless */
};

void aws_session_init(struct aws_session *session, struct aws_client *client,
                      struct credentials_source *credentials);
void aws_session_release(struct aws_session *session);
/* Whose answers these are, where calls are recorded (recorder.h); at most AWS_LABEL_MAX bytes. What
 * a session without a label asks is not recorded. */
void aws_session_label(struct aws_session *session, struct str label);

struct aws_parameter {
    const char *name; /* lists: Name.member.1; of EC2: Name.1 */
    struct str value;
};

struct aws_call {
    const char *operation;                  /* as the API names it */
    const struct aws_parameter *parameters; /* of a query; of REST: behind the question mark */
    size_t parameter_count;
    struct str region;  /* empty: the settings' */
    struct str body;    /* of JSON and REST; for JSON empty means {} */
    const char *method; /* of REST */
    const char *path;   /* of REST, encoded */
    struct str bucket;  /* of S3: stands before the host or, where it cannot, before the path */
    struct str bearer;  /* x-amz-sso_bearer_token, for AWS_SSO */
    size_t answer_max;  /* bytes; 0: 64 MiB */
    struct retry_patience *patience; /* of this call, in a session that others share */
    uint32_t timeout_ms;             /* of one try; 0: 5 minutes */
    enum aws_service service;
    bool is_unsigned; /* of a signed service: this operation is not */
    bool is_secret;   /* answer or parameters hold secrets: both are wiped */
    bool is_mute;     /* of JSON: an empty answer is the one to expect */
    bool is_raw;      /* the answer is somebody's file: no tree is made of it */
    bool is_once;     /* is not repeated unless it was refused or never sent; class AWS_RETRY then
                         says that it may have been done */
};

struct aws_answer {
    unsigned status;
    struct buf body;         /* as it came */
    const struct tree *tree; /* all of it; NULL when the body is empty, as REST and is_mute allow */
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

/* Whether it is a matter of time: of the network, of load, of too many calls. */
bool aws_failure_may_pass(const struct aws_failure *failure);

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
