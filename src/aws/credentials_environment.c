#include "aws/internal_provider.h"
#include "os/system.h"

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    struct str id = system_env("AWS_ACCESS_KEY_ID"), token = system_env("AWS_SECURITY_TOKEN");
    struct str secret = system_env("AWS_SECRET_ACCESS_KEY");
    struct str expiry = system_env("AWS_CREDENTIAL_EXPIRATION");

    if (context->ignores_environment || id.n == 0) {
        return PROVIDER_NONE;
    }
    if (secret.n == 0) {
        (void)err_set(err, ERR_INPUT, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
        return PROVIDER_FAILED;
    }
    if (expiry.n > 0 && !credentials_time_parse(expiry, &out->expires_at)) {
        (void)err_set(err, ERR_INPUT, "AWS_CREDENTIAL_EXPIRATION is no time");
        return PROVIDER_FAILED;
    }
    if (token.n == 0) {
        token = system_env("AWS_SESSION_TOKEN");
    }
    return provider_found_if(credentials_set(out, id, secret, token, err));
}

const struct provider provider_environment = {"env", fetch};
