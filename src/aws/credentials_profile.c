/* Keys that a file of ~/.aws holds itself, and what only AWS's CLI can use. */
#include "aws/internal_provider.h"

static enum provider_found keys_of(const struct tree *profile, const struct str *name,
                                   struct credentials *out, struct err *err)
{
    const struct tree *id = tree_find(profile, "aws_access_key_id");
    const struct tree *token = tree_find(profile, "aws_security_token");

    if (id == NULL) {
        return PROVIDER_NONE;
    }
    if (tree_find(profile, "aws_secret_access_key") == NULL) {
        (void)err_set(err, ERR_INPUT, "profile '%.*s' has no aws_secret_access_key",
                      STR_ARG(*name));
        return PROVIDER_FAILED;
    }
    if (token == NULL) {
        token = tree_find(profile, "aws_session_token");
    }
    return provider_found_if(credentials_set(
        out, id->text, tree_text(profile, "aws_secret_access_key"), tree_text(token, ""), err));
}

static enum provider_found fetch_credentials(struct provider_context *context,
                                             struct credentials *out, struct err *err)
{
    return keys_of(profiles_find_credentials(context->profiles, context->profile),
                   &context->profile, out, err);
}

static enum provider_found fetch_config(struct provider_context *context, struct credentials *out,
                                        struct err *err)
{
    return keys_of(profiles_find_config(context->profiles, context->profile), &context->profile,
                   out, err);
}

static enum provider_found fetch_login(struct provider_context *context, struct credentials *out,
                                       struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, context->profile);

    (void)out;
    if (tree_find(profile, "login_session") == NULL) {
        return PROVIDER_NONE;
    }
    (void)err_set(err, ERR_INPUT, "profile '%.*s' is signed in with `aws login`",
                  STR_ARG(context->profile));
    err_hint(err,
             "give a profile of its own the line credential_process = "
             "aws configure export-credentials --profile %.*s",
             STR_ARG(context->profile));
    return PROVIDER_FAILED;
}

const struct provider provider_shared_credentials = {"shared-credentials-file", fetch_credentials};
const struct provider provider_config = {"config-file", fetch_config};
const struct provider provider_login = {"login", fetch_login};
