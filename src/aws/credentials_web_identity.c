#include "aws/internal_provider.h"
#include "os/file.h"
#include "os/system.h"

enum { TOKEN_SIZE_MAX = 32 << 10 };

/* A setting of the environment, unless that does not count, or else of the profile. */
static struct str setting(const struct provider_context *context, const char *variable,
                          const char *key)
{
    struct str value = context->ignores_environment ? STR("") : system_env(variable);

    return value.n > 0 ? value : tree_text(profiles_find(context->profiles, context->profile), key);
}

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    struct str path = setting(context, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    struct aws_session sts;
    struct role role = provider_role(context, &sts, NULL);
    struct arena arena;
    struct buf token;
    bool ok = false;

    arena_init(&arena, 64 << 10);
    buf_init(&token, TOKEN_SIZE_MAX + 1);
    role.arn = setting(context, "AWS_ROLE_ARN", "role_arn");
    role.session_name = setting(context, "AWS_ROLE_SESSION_NAME", "role_session_name");
    if (path.n > 0 && role.arn.n == 0) {
        (void)err_set(err, ERR_INPUT, "a web identity token, but no role to assume with it");
        err_hint(err, "AWS_ROLE_ARN, or role_arn in the profile, names it");
    } else if (path.n > 0) {
        ok = home_path(&arena, path, &path, err) && buf_reserve(&token, TOKEN_SIZE_MAX) != NULL &&
             file_read_all(path, TOKEN_SIZE_MAX, &token, err) &&
             role_fetch_web_identity(&role, str_trim(buf_text(&token)), out, err);
    }
    secret_wipe_buf(&token);
    arena_release(&arena);
    aws_session_release(&sts);
    return path.n == 0 ? PROVIDER_NONE : provider_found_if(ok);
}

const struct provider provider_web_identity = {"assume-role-with-web-identity", fetch};
