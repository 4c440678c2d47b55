/* credentials_chain.h: finds credentials where AWS's own tools do, in their order.
 *
 * Environment (unless a profile was named), the profile's role, web identity, IAM Identity Center,
 * the credentials file, the profile's process, the config file, a container's or EKS pod's service,
 * the instance's. The first that has something configured is the one that counts, and its failure
 * is the failure of all.
 *
 * Ownership: texts of the options are borrowed as long as the chain is used.
 * Threads:   fetched by its source, one thread at a time.
 *
 * Example:   struct credentials_chain chain = {.client = &client, .profile = STR("audit")};
 *            struct credentials_source *source =
 *                credentials_source_new(credentials_chain_fetch, &chain, &client.clock); */
#ifndef AWS_CREDENTIALS_CHAIN_H
#define AWS_CREDENTIALS_CHAIN_H

#include "aws/role.h"

struct credentials_chain {
    struct aws_client *client; /* whose settings say where STS and SSO are */
    struct str profile;        /* named by an option; empty: as the environment says */
    mfa_prompt_fn prompt;      /* NULL: nobody can be asked */
    void *prompt_context;
};

/* A credentials_fetch_fn. The files are read anew each time, and nothing of them is kept. */
MUST_USE bool credentials_chain_fetch(void *chain, struct credentials *out, struct err *err);

#endif
