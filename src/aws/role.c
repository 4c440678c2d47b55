#include "aws/role.h"

#include <stdio.h>

enum { PARAMETERS_MAX = 8 };

struct request {
    struct aws_parameter parameters[PARAMETERS_MAX];
    struct aws_call call;
    char duration[16], session_name[64];
};

static void add(struct request *request, const char *name, struct str value)
{
    if (value.n > 0) {
        request->parameters[request->call.parameter_count++] = (struct aws_parameter){name, value};
    }
}

static void add_duration(struct request *request, uint32_t duration_s)
{
    if (duration_s > 0) {
        (void)snprintf(request->duration, sizeof request->duration, "%u", duration_s);
        add(request, "DurationSeconds", str_from(request->duration));
    }
}

static bool send(struct aws_session *sts, struct request *request, struct aws_failure *failure,
                 const char *method, struct credentials *out, struct err *err)
{
    struct aws_answer answer = {0};
    bool ok = false;

    request->call.service = AWS_STS;
    request->call.parameters = request->parameters;
    request->call.is_secret = true;
    if (aws_send(sts, &request->call, &answer, failure, err)) {
        const struct tree *found = tree_find(answer.result, "Credentials");
        ok = credentials_set(out, tree_text(found, "AccessKeyId"),
                             tree_text(found, "SecretAccessKey"), tree_text(found, "SessionToken"),
                             err) &&
             (credentials_time_parse(tree_text(found, "Expiration"), &out->expires_at) ||
              err_set(err, ERR_REMOTE, "sts %s: an answer without a time of expiry",
                      request->call.operation));
        out->method = method;
    }
    aws_answer_release(&answer);
    return ok;
}

static void add_role(struct request *request, const struct role *role)
{
    const struct net_clock *clock = &role->sts->client->clock;

    (void)snprintf(request->session_name, sizeof request->session_name, "keywarden-%lld",
                   (long long)clock->now(clock->context));
    add(request, "RoleArn", role->arn);
    add(request, "RoleSessionName",
        role->session_name.n > 0 ? role->session_name : str_from(request->session_name));
    add_duration(request, role->duration_s);
}

bool role_fetch(void *context, struct credentials *out, struct err *err)
{
    struct role *role = context;
    struct request request = {.call = {.operation = "AssumeRole", .patience = role->patience}};
    struct secret code = {0};
    bool ok = false;

    add_role(&request, role);
    add(&request, "ExternalId", role->external_id);
    if (role->mfa_serial.n > 0) {
        if (role->prompt == NULL) {
            (void)err_set(err, ERR_INPUT, "the role needs a code of MFA device '%.*s'",
                          STR_ARG(role->mfa_serial));
            err_hint(err, "run in a terminal, which can ask for it");
            goto cleanup;
        }
        if (!role->prompt(role->prompt_context, role->mfa_serial, &code, err)) {
            goto cleanup;
        }
        add(&request, "SerialNumber", role->mfa_serial);
        add(&request, "TokenCode", secret_text(&code));
    }
    ok = send(role->sts, &request, &role->failure, "assume-role", out, err);
cleanup:
    secret_release(&code);
    return ok;
}

bool role_fetch_web_identity(struct role *role, struct str token, struct credentials *out,
                             struct err *err)
{
    struct request request = {
        .call = {.operation = "AssumeRoleWithWebIdentity", .is_unsigned = true}};

    add_role(&request, role);
    add(&request, "WebIdentityToken", token);
    return send(role->sts, &request, &role->failure, "assume-role-with-web-identity", out, err);
}

bool root_user_fetch(void *context, struct credentials *out, struct err *err)
{
    struct root_user *root = context;
    struct request request = {.call = {.operation = "AssumeRoot", .patience = root->patience}};

    add(&request, "TargetPrincipal", root->account);
    add(&request, "TaskPolicyArn.arn", root->task_policy_arn);
    add_duration(&request, root->duration_s);
    return send(root->sts, &request, &root->failure, "assume-root", out, err);
}
