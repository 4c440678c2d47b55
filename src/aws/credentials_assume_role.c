#include "aws/internal_provider.h"

static const char *const static_keys[] = {"aws_access_key_id", "aws_secret_access_key"};

static bool has_keys(const struct tree *profile)
{
    return tree_find(profile, static_keys[0]) != NULL || tree_find(profile, static_keys[1]) != NULL;
}

/* A role with a web identity is that provider's. */
static bool has_role(const struct tree *profile)
{
    return tree_find(profile, "role_arn") != NULL &&
           tree_find(profile, "web_identity_token_file") == NULL;
}

struct role provider_role(struct provider_context *context, struct aws_session *sts,
                          struct credentials_source *source)
{
    aws_session_init(sts, context->client, source);
    return (struct role){
        .sts = sts, .prompt = context->prompt, .prompt_context = context->prompt_context};
}

static bool assume(struct provider_context *context, struct str name, struct credentials *out,
                   struct err *err);

/* ---- Where the role is assumed from ---- */

static bool from_named_source(struct provider_context *context, struct str source,
                              struct credentials *out, struct err *err)
{
    static const struct {
        struct str name;
        const struct provider *provider;
    } sources[] = {
        {STR_LIT("Environment"), &provider_environment},
        {STR_LIT("EcsContainer"), &provider_container},
        {STR_LIT("Ec2InstanceMetadata"), &provider_imds},
    };
    struct provider_context any = *context;

    any.ignores_environment = false; /* it is what was asked for */
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (str_eq(sources[i].name, source)) {
            enum provider_found found = sources[i].provider->fetch(&any, out, err);
            return found == PROVIDER_FOUND ||
                   err_set(err, ERR_INPUT, "credential_source %.*s has no credentials",
                           STR_ARG(source));
        }
    }
    (void)err_set(err, ERR_INPUT, "no credential_source is called '%.*s'", STR_ARG(source));
    err_hint(err, "there are Environment, EcsContainer and Ec2InstanceMetadata");
    return false;
}

static bool was_visited(const struct provider_context *context, struct str name)
{
    for (size_t i = 0; i < context->visited_count; i++) {
        if (str_eq(context->visited[i], name)) {
            return true;
        }
    }
    return false;
}

/* A profile may be its own source when it has keys itself; any other circle has no beginning. */
static bool check_source(const struct provider_context *context, struct str name, struct str source,
                         struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, source);

    if (profile == NULL) {
        return err_set(err, ERR_INPUT,
                       "profile '%.*s' names source_profile '%.*s', which no file "
                       "has",
                       STR_ARG(name), STR_ARG(source));
    }
    if (was_visited(context, source) && (!str_eq(source, name) || !has_keys(profile))) {
        return err_set(err, ERR_INPUT, "source_profile goes in a circle at '%.*s'",
                       STR_ARG(source));
    }
    return context->visited_count < PROFILE_CHAIN_MAX ||
           err_set(err, ERR_INPUT, "more than %d profiles, each the source of another",
                   PROFILE_CHAIN_MAX - 1);
}

static bool from_profile(struct provider_context *context, struct str source,
                         struct credentials *out, struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, source);
    struct provider_context other = *context;
    enum provider_found found = PROVIDER_NONE;

    if (has_role(profile) && !has_keys(profile)) {
        return assume(context, source, out, err);
    }
    other.profile = source;
    other.ignores_environment = true;
    found = providers_ask(providers_of_profile, &other, out, err);
    return found == PROVIDER_FOUND ||
           err_set(err, ERR_INPUT, "source_profile '%.*s' has no credentials", STR_ARG(source));
}

static bool source_fetch(struct provider_context *context, struct str name,
                         const struct tree *profile, struct credentials *out, struct err *err)
{
    const struct tree *source = tree_find(profile, "source_profile");
    const struct tree *named = tree_find(profile, "credential_source");

    if ((source == NULL) == (named == NULL)) {
        return err_set(err, ERR_INPUT,
                       "profile '%.*s' has role_arn and %s source_profile %s credential_source",
                       STR_ARG(name), source != NULL ? "both" : "neither",
                       source != NULL ? "and" : "nor");
    }
    if (named != NULL) {
        return from_named_source(context, named->text, out, err);
    }
    if (!check_source(context, name, source->text, err)) {
        return false;
    }
    context->visited[context->visited_count++] = source->text;
    return from_profile(context, source->text, out, err);
}

/* ---- The role ---- */

/* Recursion ends with the chain of profiles, which check_source bounds. */
static bool assume(struct provider_context *context, struct str name, struct credentials *out,
                   struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, name);
    struct credentials base = {0};
    struct credentials_source *source = NULL;
    struct aws_session sts;
    struct role role;
    uint64_t duration = 0;
    bool ok = false;

    if (!source_fetch(context, name, profile, &base, err)) {
        credentials_release(&base);
        return false;
    }
    source = credentials_source_of(&base, &context->client->clock);
    role = provider_role(context, &sts, source);
    role.arn = tree_text(profile, "role_arn");
    role.session_name = tree_text(profile, "role_session_name");
    role.external_id = tree_text(profile, "external_id");
    role.mfa_serial = tree_text(profile, "mfa_serial");
    if (str_to_u64(tree_text(profile, "duration_seconds"), &duration) && duration <= UINT32_MAX) {
        role.duration_s = (uint32_t)duration;
    }
    ok = role_fetch(&role, out, err);
    aws_session_release(&sts);
    credentials_source_free(source);
    return ok;
}

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    if (!has_role(profiles_find(context->profiles, context->profile))) {
        return PROVIDER_NONE;
    }
    return provider_found_if(assume(context, context->profile, out, err));
}

const struct provider provider_assume_role = {"assume-role", fetch};
