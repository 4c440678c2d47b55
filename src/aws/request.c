#include "aws/internal_request.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"
#include "crypto/sha256.h"

enum { REQUEST_SIZE_MAX = 1 << 20 };

static void header_add(struct aws_request *request, const char *name, struct str value)
{
    assert(request->http.header_count < AWS_REQUEST_HEADER_MAX);
    request->headers[request->http.header_count++] = (struct http_header){str_from(name), value};
}

static void parameters_write(struct buf *out, const struct aws_call *call)
{
    for (size_t i = 0; i < call->parameter_count; i++) {
        buf_str(out, out->n > 0 ? STR("&") : STR(""));
        sigv4_encode(out, str_from(call->parameters[i].name), '\0');
        buf_char(out, '=');
        sigv4_encode(out, call->parameters[i].value, '\0');
    }
}

/* Body, method and what goes with the protocol. */
static void body_make(struct aws_request *request, const struct aws_call *call, struct buf *query)
{
    const struct aws_service_info *info = aws_service_info(call->service);

    request->http.method = "POST";
    switch (info->protocol) {
    case AWS_QUERY:
        buf_printf(&request->body, "Action=%s&Version=%s", call->operation, info->version);
        parameters_write(&request->body, call);
        header_add(request, "content-type",
                   STR("application/x-www-form-urlencoded; charset=utf-8"));
        break;
    case AWS_JSON:
        buf_str(&request->body, call->body.n > 0 ? call->body : STR("{}"));
        (void)snprintf(request->target, sizeof request->target, "%s.%s", info->target,
                       call->operation);
        header_add(request, "content-type", STR("application/x-amz-json-1.1"));
        header_add(request, "x-amz-target", str_from(request->target));
        break;
    case AWS_REST_JSON:
        if (call->body.n > 0) {
            header_add(request, "content-type", STR("application/json"));
        }
        /* fall through */
    case AWS_REST_XML:
        request->http.method = call->method;
        buf_str(&request->body, call->body);
        parameters_write(query, call);
        break;
    }
    request->http.body = buf_text(&request->body);
}

static bool sign(struct aws_request *request, const struct aws_call *call,
                 const struct credentials *credentials, int64_t at, struct str path,
                 struct str query, struct err *err)
{
    struct sigv4_key key = {str_from(credentials->access_key_id),
                            secret_text(&credentials->secret_key),
                            secret_text(&credentials->session_token)};
    struct sigv4_scope scope = {str_from(request->endpoint.signing_region),
                                str_from(aws_service_info(call->service)->endpoint_prefix), at,
                                call->service == AWS_S3};
    struct sigv4_request signed_request = {.method = str_from(request->http.method),
                                           .path = path,
                                           .query = query,
                                           .headers = request->headers,
                                           .body_sha256 = str_from(request->body_sha256)};

    header_add(request, "host", str_from(request->endpoint.host));
    sigv4_time_write(at, request->time);
    header_add(request, "x-amz-date", str_from(request->time));
    if (call->service == AWS_S3) {
        header_add(request, "x-amz-content-sha256", str_from(request->body_sha256));
    }
    if (key.session_token.n > 0) {
        header_add(request, "x-amz-security-token", key.session_token);
    }
    signed_request.header_count = request->http.header_count;
    if (!sigv4_sign(&key, &scope, &signed_request, &request->authorization, err)) {
        return false;
    }
    header_add(request, "authorization", buf_text(&request->authorization));
    return true;
}

/* A name that can stand in a host name under the one certificate of S3. */
static bool is_label(struct str bucket)
{
    enum { LABEL_MAX = 63 };

    for (size_t i = 0; i < bucket.n; i++) {
        char c = bucket.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              (c == '-' && i > 0 && i + 1 < bucket.n))) {
            return false;
        }
    }
    return bucket.n > 0 && bucket.n <= LABEL_MAX;
}

/* Puts the bucket before the host, as AWS wants it; at an endpoint of somebody's own, which need
 * not know such names, and for names that are none of a host, it stands in the path. */
static void bucket_place(struct aws_request *request, const struct aws_client *client,
                         struct str bucket, struct buf *path)
{
    struct aws_endpoint *endpoint = &request->endpoint;
    struct buf host;

    buf_init(&host, AWS_URL_MAX - 8);
    buf_printf(&host, "%.*s.%s", STR_ARG(bucket), endpoint->host);
    if (client->settings.endpoint_url[AWS_S3][0] == '\0' && is_label(bucket) && !host.overflowed) {
        (void)snprintf(endpoint->url, sizeof endpoint->url, "https://%.*s", (int)host.n, host.p);
        (void)snprintf(endpoint->host, sizeof endpoint->host, "%.*s", (int)host.n, host.p);
    } else {
        buf_char(path, '/');
        sigv4_encode(path, bucket, '\0');
    }
    buf_release(&host);
}

bool aws_request_make(struct aws_request *request, const struct aws_client *client,
                      const struct aws_call *call, const struct credentials *credentials,
                      int64_t at, struct err *err)
{
    struct buf query, path;
    bool ok = false;

    *request = (struct aws_request){.http = {.headers = request->headers}};
    buf_init(&request->url, REQUEST_SIZE_MAX);
    buf_init(&request->body, REQUEST_SIZE_MAX);
    buf_init(&request->authorization, 8192);
    buf_init(&query, REQUEST_SIZE_MAX);
    buf_init(&path, AWS_URL_MAX + REQUEST_SIZE_MAX);
    if (call->is_secret) {
        (void)buf_reserve(&request->body, 32 << 10);
    }
    if (!aws_endpoint_resolve(&client->settings, call->service, call->region, &request->endpoint,
                              err)) {
        goto cleanup;
    }
    body_make(request, call, &query);
    buf_str(&path, str_from(request->endpoint.path));
    if (call->bucket.n > 0) {
        bucket_place(request, client, call->bucket, &path);
    }
    buf_str(&path, call->path != NULL ? str_from(call->path) : STR("/"));
    buf_str(&request->url, str_from(request->endpoint.url));
    buf_str(&request->url, str_sub(buf_text(&path), strlen(request->endpoint.path), path.n));
    buf_str(&request->url, query.n > 0 ? STR("?") : STR(""));
    buf_str(&request->url, buf_text(&query));
    buf_char(&request->url, '\0');
    if (request->url.overflowed || request->body.overflowed || query.overflowed) {
        (void)err_set(err, ERR_REMOTE, "%s %s: the request is too large",
                      aws_service_info(call->service)->name, call->operation);
        goto cleanup;
    }
    sha256_text_hex(request->http.body, request->body_sha256);
    if (call->bearer.n > 0) {
        header_add(request, "x-amz-sso_bearer_token", call->bearer);
    }
    if (credentials != NULL &&
        !sign(request, call, credentials, at, buf_text(&path), buf_text(&query), err)) {
        goto cleanup;
    }
    header_add(request, "user-agent", STR("keywarden/" KEYWARDEN_VERSION));
    request->http.url = request->url.p;
    request->http.body_size_max = call->answer_max;
    request->http.total_timeout_ms = call->timeout_ms;
    request->http.is_secret = call->is_secret;
    ok = true;
cleanup:
    buf_release(&query);
    buf_release(&path);
    return ok;
}

void aws_request_release(struct aws_request *request)
{
    secret_wipe_buf(&request->body);
    buf_release(&request->url);
    buf_release(&request->authorization);
}
