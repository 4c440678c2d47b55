#include "aws/credentials_chain.h"

#include "aws/internal_provider.h"

const struct provider *const providers_of_profile[] = {
    &provider_web_identity,
    &provider_sso,
    &provider_shared_credentials,
    &provider_login,
    &provider_process,
    &provider_config,
    NULL,
};

static const struct provider *const first[] = {&provider_environment, &provider_assume_role, NULL};
static const struct provider *const last[] = {&provider_container, &provider_imds, NULL};

enum provider_found provider_found_if(bool ok)
{
    return ok ? PROVIDER_FOUND : PROVIDER_FAILED;
}

enum provider_found providers_ask(const struct provider *const *list,
                                  struct provider_context *context, struct credentials *out,
                                  struct err *err)
{
    for (; *list != NULL; list++) {
        enum provider_found found = (*list)->fetch(context, out, err);
        if (found == PROVIDER_FOUND) {
            out->method = (*list)->name;
        }
        if (found != PROVIDER_NONE) {
            return found;
        }
    }
    return PROVIDER_NONE;
}

bool credentials_chain_fetch(void *chain_context, struct credentials *out, struct err *err)
{
    static const struct provider *const *const lists[] = {first, providers_of_profile, last};
    const struct credentials_chain *chain = chain_context;
    struct str named = chain->profile.n > 0 ? chain->profile : profile_name_of_environment();
    struct profiles profiles;
    struct provider_context context = {
        .client = chain->client,
        .profiles = &profiles,
        .profile = named.n > 0 ? named : STR("default"),
        .ignores_environment = chain->profile.n > 0,
        .prompt = chain->prompt,
        .prompt_context = chain->prompt_context,
    };
    enum provider_found found = PROVIDER_NONE;

    if (!profiles_load(&profiles, err)) {
        return false;
    }
    if (named.n > 0 && profiles_find(&profiles, named) == NULL) {
        (void)err_set(err, ERR_INPUT, "no profile '%.*s' in AWS's configuration", STR_ARG(named));
        found = PROVIDER_FAILED;
    }
    context.visited[context.visited_count++] = context.profile;
    for (size_t i = 0; i < 3 && found == PROVIDER_NONE; i++) {
        found = providers_ask(lists[i], &context, out, err);
    }
    profiles_release(&profiles);
    if (found == PROVIDER_NONE) {
        (void)err_set(err, ERR_INPUT, "no AWS credentials found");
        err_hint(err, "sign in with `aws sso login` or `aws configure`, or name a --profile");
    }
    return found == PROVIDER_FOUND;
}
