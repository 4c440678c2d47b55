/* The metadata service of an EC2 instance, version 2 only: version 1 gives its keys to whoever can
 * make a program of the instance fetch a URL. */
#include <stdio.h>

#include "aws/internal_provider.h"
#include "os/system.h"

enum { TIMEOUT_MS = 1000, URL_SIZE_MAX = 1024, ANSWER_SIZE_MAX = 64 << 10, TOKEN_SIZE_MAX = 1024 };

static const char roles_path[] = "/latest/meta-data/iam/security-credentials/";

static struct str setting(const struct provider_context *context, const char *variable,
                          const char *key)
{
    struct str value = system_env(variable);

    return value.n > 0 ? value : tree_text(profiles_find(context->profiles, context->profile), key);
}

static struct str base_url(const struct provider_context *context)
{
    struct str url =
        setting(context, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    struct str mode = setting(context, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                              "ec2_metadata_service_endpoint_mode");

    if (url.n == 0) {
        url = str_eq_nocase(mode, STR("ipv6")) ? STR("http://[fd00:ec2::254]")
                                               : STR("http://169.254.169.254");
    }
    while (str_ends(url, STR("/"))) {
        url.n--;
    }
    return url;
}

static bool send(struct provider_context *context, const char *method, const char *path,
                 struct str token, struct http_response *response, struct err *err)
{
    struct str base = base_url(context);
    char url[URL_SIZE_MAX];
    struct http_header header = {STR("x-aws-ec2-metadata-token"), token};
    struct http_request request = {.method = method,
                                   .url = url,
                                   .headers = &header,
                                   .header_count = 1,
                                   .total_timeout_ms = TIMEOUT_MS,
                                   .body_size_max = ANSWER_SIZE_MAX,
                                   .is_local = true,
                                   .is_secret = true};

    if (token.n == 0) {
        header = (struct http_header){STR("x-aws-ec2-metadata-token-ttl-seconds"), STR("21600")};
    }
    if (snprintf(url, sizeof url, "%.*s%s", STR_ARG(base), path) >= (int)sizeof url) {
        return err_set(err, ERR_INPUT, "the address of the instance's metadata is too long");
    }
    return http_send(context->client->http, &request, response, err);
}

static enum provider_found read_role(struct provider_context *context, struct str token,
                                     struct credentials *out, struct err *err)
{
    struct http_response roles = {0}, keys = {0};
    enum provider_found found = PROVIDER_FAILED;
    char path[512];
    struct str role;

    if (!send(context, "GET", roles_path, token, &roles, err)) {
        goto cleanup;
    }
    role = str_trim(str_sub(buf_text(&roles.body), 0, str_find(buf_text(&roles.body), '\n')));
    if (roles.status == 404 || (roles.status == 200 && role.n == 0)) {
        found = PROVIDER_NONE; /* an instance without a role */
        goto cleanup;
    }
    (void)snprintf(path, sizeof path, "%s%.*s", roles_path, (int)(role.n < 256 ? role.n : 256),
                   role.p != NULL ? role.p : "");
    if (roles.status != 200 || !send(context, "GET", path, token, &keys, err) ||
        keys.status != 200) {
        (void)err_set(err, ERR_REMOTE, "the instance's metadata service answers %u",
                      roles.status != 200 ? roles.status : keys.status);
        goto cleanup;
    }
    found = provider_found_if(provider_read_json(buf_text(&keys.body), "Token", out, err));
cleanup:
    http_response_release(&roles);
    http_response_release(&keys);
    return found;
}

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    struct http_response answer = {0};
    struct err nobody = {0};
    enum provider_found found = PROVIDER_NONE;

    if (str_eq_nocase(system_env("AWS_EC2_METADATA_DISABLED"), STR("true"))) {
        return PROVIDER_NONE;
    }
    /* No answer, or none of a metadata service: this is no instance. */
    if (send(context, "PUT", "/latest/api/token", STR(""), &answer, &nobody) &&
        answer.status == 200 && answer.body.n > 0 && answer.body.n <= TOKEN_SIZE_MAX) {
        found = read_role(context, buf_text(&answer.body), out, err);
    }
    http_response_release(&answer);
    return found;
}

const struct provider provider_imds = {"iam-role", fetch};
