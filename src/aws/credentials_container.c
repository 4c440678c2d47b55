/* The service that ECS and EKS Pod Identity give a container. */
#include <stdio.h>

#include "aws/internal_provider.h"
#include "os/file.h"
#include "os/system.h"

enum { TIMEOUT_MS = 2000, ATTEMPTS = 3, PAUSE_MS = 1000, TOKEN_SIZE_MAX = 16 << 10 };
enum { ANSWER_SIZE_MAX = 64 << 10, URL_SIZE_MAX = 2048 };

/* Without TLS only what cannot leave the machine: loopback and the addresses of ECS and EKS. */
static bool is_allowed(struct str url)
{
    static const struct str hosts[] = {STR_LIT("169.254.170.2"), STR_LIT("169.254.170.23"),
                                       STR_LIT("[fd00:ec2::23]"), STR_LIT("localhost"),
                                       STR_LIT("[::1]")};
    struct str host = str_sub(url, 7, url.n);
    uint64_t part = 0;
    size_t dots = 0;

    if (str_find(url, '@') < url.n || str_find(url, '\\') < url.n) {
        return false;
    }
    if (str_starts(url, STR("https://"))) {
        return true;
    }
    if (!str_starts(url, STR("http://"))) {
        return false;
    }
    host = str_sub(host, 0, str_find(host, '/'));
    host = str_sub(host, 0, str_find(host, '?'));
    if (str_starts(host, STR("["))) {
        host = str_sub(host, 0, str_find(host, ']') + 1);
    } else {
        host = str_sub(host, 0, str_find(host, ':'));
    }
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (str_eq(host, hosts[i])) {
            return true;
        }
    }
    /* 127.x.y.z, written out: no name that only begins so. */
    for (struct str rest = host, head; rest.n > 0; dots++) {
        (void)str_cut(&rest, '.', &head);
        if (!str_to_u64(head, &part) || part > 255 || (dots == 0 && part != 127)) {
            return false;
        }
    }
    return dots == 4;
}

static bool url_make(char url[URL_SIZE_MAX], struct err *err)
{
    struct str relative = system_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    struct str full = system_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    int n = relative.n > 0
                ? snprintf(url, URL_SIZE_MAX, "http://169.254.170.2%.*s", STR_ARG(relative))
                : snprintf(url, URL_SIZE_MAX, "%.*s", STR_ARG(full));

    if (n >= URL_SIZE_MAX || (relative.n > 0 && relative.p[0] != '/') ||
        !is_allowed(str_from(url))) {
        (void)err_set(err, ERR_INPUT, "AWS_CONTAINER_CREDENTIALS_FULL_URI is not to be trusted");
        err_hint(err, "https://, a loopback address or one of ECS and EKS is");
        return false;
    }
    return true;
}

/* The file's token comes first: it is renewed. */
static bool token_read(struct buf *token, struct err *err)
{
    struct str path = system_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    bool ok = buf_reserve(token, TOKEN_SIZE_MAX) != NULL;

    if (path.n > 0) {
        ok = ok && file_read_all(path, TOKEN_SIZE_MAX, token, err);
    } else {
        buf_str(token, system_env("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    }
    for (size_t i = 0; ok && i < token->n; i++) {
        if (token->p[i] == '\r' || token->p[i] == '\n') {
            return err_set(err, ERR_INPUT, "the container's token has more than one line");
        }
    }
    return ok;
}

static bool ask(struct aws_client *client, const char *url, struct str token,
                struct credentials *out, struct err *err)
{
    struct http_header headers[] = {{STR_LIT("accept"), STR_LIT("application/json")},
                                    {STR_LIT("authorization"), token}};
    struct http_request request = {.method = "GET",
                                   .url = url,
                                   .headers = headers,
                                   .header_count = token.n > 0 ? 2 : 1,
                                   .total_timeout_ms = TIMEOUT_MS,
                                   .body_size_max = ANSWER_SIZE_MAX,
                                   .is_local = true,
                                   .is_secret = true};
    struct err last = {0};
    bool ok = false;

    for (int i = 0; i < ATTEMPTS && !ok; i++) {
        struct http_response response = {0};
        if (i > 0 && !client->clock.sleep_ms(client->clock.context, PAUSE_MS)) {
            break;
        }
        last = (struct err){0};
        ok = http_send(client->http, &request, &response, &last);
        if (ok && response.status != 200) {
            ok = err_set(&last, ERR_REMOTE, "the container's credentials: status %u",
                         response.status);
        }
        ok = ok && provider_read_json(buf_text(&response.body), "Token", out, &last);
        http_response_release(&response);
    }
    if (!ok && err->kind == ERR_NONE) {
        *err = last;
    }
    return ok;
}

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    char url[URL_SIZE_MAX];
    struct buf token;
    bool ok = false;

    if (system_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").n == 0 &&
        system_env("AWS_CONTAINER_CREDENTIALS_FULL_URI").n == 0) {
        return PROVIDER_NONE;
    }
    buf_init(&token, TOKEN_SIZE_MAX + 1);
    ok = url_make(url, err) && token_read(&token, err) &&
         ask(context->client, url, buf_text(&token), out, err);
    secret_wipe_buf(&token);
    return provider_found_if(ok);
}

const struct provider provider_container = {"container-role", fetch};
