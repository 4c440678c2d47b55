/* internal_provider.h: one place where credentials may be found; each has a file of its own.
 *
 * Example:   static const struct provider *const order[] = {&provider_environment, ...}; */
#ifndef AWS_INTERNAL_PROVIDER_H
#define AWS_INTERNAL_PROVIDER_H

#include "aws/profile.h"
#include "aws/role.h"

enum { PROFILE_CHAIN_MAX = 16 };

enum provider_found {
    PROVIDER_NONE,   /* nothing is configured here: the next one is asked */
    PROVIDER_FOUND,  /* *out is filled */
    PROVIDER_FAILED, /* something is, and does not work: nobody else is asked */
};

/* What is looked at: one profile, in one search. */
struct provider_context {
    struct aws_client *client;
    const struct profiles *profiles;
    struct str profile;
    bool
        ignores_environment; /* the profile was named, so variables with credentials do not count */
    struct str visited[PROFILE_CHAIN_MAX]; /* profiles on the way here, for roles of roles */
    size_t visited_count;
    mfa_prompt_fn prompt;
    void *prompt_context;
};

struct provider {
    const char *name; /* which becomes the credentials' method */
    enum provider_found (*fetch)(struct provider_context *context, struct credentials *out,
                                 struct err *err);
};

extern const struct provider provider_environment, provider_assume_role, provider_web_identity,
    provider_sso, provider_shared_credentials, provider_login, provider_process, provider_config,
    provider_container, provider_imds;

/* The first of a list that ends with NULL which has something to say. */
enum provider_found providers_ask(const struct provider *const *list,
                                  struct provider_context *context, struct credentials *out,
                                  struct err *err);
/* Those that look into a profile, in their order. */
extern const struct provider *const providers_of_profile[];

/* A role that `context` wants assumed, its session to be released; signed by `source`. */
struct role provider_role(struct provider_context *context, struct aws_session *sts,
                          struct credentials_source *source);

/* Credentials in JSON, as programs and metadata services print them, whose token has the name
 * `token`. */
MUST_USE bool provider_read_json(struct str text, const char *token, struct credentials *out,
                                 struct err *err);
/* PROVIDER_FOUND or, when `ok` is false, PROVIDER_FAILED. */
enum provider_found provider_found_if(bool ok);

#endif
