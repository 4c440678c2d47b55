/* calls.h: every call that a collection can make, in one table.
 *
 * What it asks, of whom, on which option, in what pages and how fast: the run makes calls by it,
 * the plan counts by it, the policy is made of its permissions. A call that is not here is not
 * made.
 *
 * Threads:   a constant table.
 *
 * Example:   for (size_t i = 0; i < CALL_COUNT; i++) {
 *                const struct call *call = call_at((enum call_id)i);
 *                if (call_is_asked(call, parts)) { ... call->action, call->scope ... }
 *            } */
#ifndef COLLECT_CALLS_H
#define COLLECT_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/service.h"
#include "base/str.h"

/* What a collection is asked for, as bits. */
enum collect_part {
    COLLECT_BASE = 1 << 0,         /* always */
    COLLECT_ORGANIZATION = 1 << 1, /* --org */
    COLLECT_ROLE = 1 << 2,         /* accounts are entered with a role */
    COLLECT_ROOT_SESSION = 1 << 3, /* --root-session */
    COLLECT_ASSETS = 1 << 4,       /* --assets */
    COLLECT_LIVE_KEYS = 1 << 5,    /* --live-keys */
    /* --with NAME,... */
    COLLECT_CONTACTS = 1 << 6,
    COLLECT_ANALYZERS = 1 << 7,
    COLLECT_FEDERATION = 1 << 8,
    COLLECT_CERTIFICATES = 1 << 9,
    COLLECT_INSTANCES = 1 << 10,
    COLLECT_TRAILS = 1 << 11,
    COLLECT_SSH_KEYS = 1 << 12,
};

/* The names of --with. NULL after the last. */
struct collect_extra {
    const char *name;
    unsigned part;
    const char *help;
};
const struct collect_extra *collect_extras(void);

/* Whom a call is about, and so how often it is made. The subject that an answer is kept under is
 * what the comment names: a user's name, a key's id, an ARN. */
enum call_scope {
    CALL_OF_CALLER,       /* once, with the credentials that were found */
    CALL_OF_ORGANIZATION, /* once, in the management account or a delegated administrator's */
    CALL_OF_NODE,         /* of the organization: the subject is a root's or unit's id */
    CALL_OF_POLICY_KIND,  /* of the organization: SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY */
    CALL_OF_POLICY,       /* of the organization: the subject is a policy's id */
    CALL_OF_ADMINISTRATOR, /* of the organization: the subject is a delegated administrator's id */
    CALL_OF_ENTRY,         /* once for each account, with the caller's credentials: entering it */
    CALL_OF_ACCOUNT,       /* once for each account, in it */
    CALL_OF_REGION,        /* in an account, for each region it may use */
    CALL_OF_USER,          /* in an account, for a user of whom more must be known */
    CALL_OF_KEY,           /* in an account, for an active access key */
    CALL_OF_TRAIL,         /* in an account, for a trail, in the trail's region */
    CALL_OF_TOPIC,         /* in an account, for a topic that alarms tell, in the topic's region */
    CALL_OF_ROOT,          /* in a session of an account's root user; the subject is
                           "<root_account>" */
    CALL_OF_ROOT_KEY,      /* the same, for each of its access keys */
};

enum call_id {
    CALL_GET_CALLER_IDENTITY,
    CALL_DESCRIBE_ORGANIZATION,
    CALL_LIST_ACCOUNTS,
    CALL_LIST_ROOTS,
    CALL_LIST_UNITS,
    CALL_LIST_UNIT_ACCOUNTS,
    CALL_LIST_POLICIES,
    CALL_DESCRIBE_POLICY,
    CALL_LIST_TARGETS,
    CALL_LIST_ADMINISTRATORS,
    CALL_LIST_ADMINISTRATOR_SERVICES,
    CALL_LIST_FEATURES,
    CALL_ASSUME_ROLE,
    CALL_ASSUME_ROOT,
    CALL_GENERATE_REPORT,
    CALL_GET_REPORT,
    CALL_GET_AUTHORIZATION_DETAILS,
    CALL_GET_SUMMARY,
    CALL_GET_PASSWORD_POLICY,
    CALL_LIST_VIRTUAL_MFA,
    CALL_LIST_SERVICE_CREDENTIALS,
    CALL_LIST_MFA,
    CALL_LIST_KEYS,
    CALL_GET_KEY_LAST_USED,
    CALL_LIST_SSH_KEYS,
    CALL_ROOT_GET_LOGIN_PROFILE,
    CALL_ROOT_LIST_KEYS,
    CALL_ROOT_GET_KEY_LAST_USED,
    CALL_ROOT_LIST_MFA,
    CALL_ROOT_LIST_CERTIFICATES,
    CALL_ROOT_GET_USER,
    CALL_DESCRIBE_REGIONS,
    CALL_LIST_BUCKETS,
    CALL_LIST_TRAILS,
    CALL_DESCRIBE_INSTANCES,
    CALL_DESCRIBE_DATABASES,
    CALL_GET_CONTACT,
    CALL_GET_SECURITY_CONTACT,
    CALL_LIST_REGIONS,
    CALL_LIST_ANALYZERS,
    CALL_LIST_SAML_PROVIDERS,
    CALL_LIST_IDENTITY_CENTERS,
    CALL_LIST_SERVER_CERTIFICATES,
    CALL_DESCRIBE_TRAILS,
    CALL_GET_TRAIL_STATUS,
    CALL_DESCRIBE_METRIC_FILTERS,
    CALL_DESCRIBE_ALARMS,
    CALL_LIST_SUBSCRIPTIONS,
    CALL_COUNT,
};

/* A parameter that never changes. In a JSON body `is_raw` ones stand without quotes. */
struct call_parameter {
    const char *name, *value;
    bool is_raw;
};

/* How a long answer comes: `token_out` of one page, a path in its result, is `token_in` of the
 * next. Zeroed: there is one page. */
struct call_paging {
    const char *token_out, *token_in;
};

enum { CALL_PARAMETER_MAX = 2 };

struct call {
    enum aws_service service;
    enum call_scope scope;
    const char *operation;
    const char *action;   /* the permission it takes, "iam:GetAccountSummary"; empty: none */
    const char *resource; /* what the permission is given for; NULL: "*" */
    unsigned parts;       /* any of these asks for it */
    unsigned page_items;  /* the most that AWS puts on a page; 0: one page */
    struct call_parameter parameters[CALL_PARAMETER_MAX]; /* name NULL: none */
    const char *subject;                                  /* parameter that says of whom; or NULL */
    struct call_paging paging;
    const char *must;   /* a path that an answer has, of the list where it comes in pages; NULL: who
                           asks looks at the answer */
    const char *method; /* of REST */
    const char *path;   /* of REST */
    const char *help;   /* what it tells */
    unsigned rate;      /* a second and account, as documented or, where AWS tells none, as it is
                           known to take without complaint */
};

const struct call *call_at(enum call_id id);

/* Whether what is asked for needs it. */
bool call_is_asked(const struct call *call, unsigned parts);

/* Whether its permission belongs to the role in the accounts (true) or to whoever runs the
 * collection, in the management account or a delegated administrator's (false). Calls of a root
 * session are allowed by its task policy, so they belong to neither and answer false. */
bool call_is_of_role(const struct call *call);
bool call_is_of_caller(const struct call *call);

#endif
