#include "aws/sigv4.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "crypto/hmac.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"

enum { QUERY_SIZE_MAX = 1 << 20 };

void sigv4_time_write(int64_t at, char out[SIGV4_TIME_SIZE + 1])
{
    struct buf text;
    size_t n = 0;

    buf_init(&text, 64);
    instant_write(&text, at);
    for (size_t i = 0; i < text.n && n < SIGV4_TIME_SIZE; i++) {
        if (text.p[i] != '-' && text.p[i] != ':') {
            out[n++] = text.p[i];
        }
    }
    out[n] = '\0';
    buf_release(&text);
}

/* ---- Encoding ---- */

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static void byte_encode(struct buf *out, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[3] = {'%', digits[byte >> 4], digits[byte & 15]};

    buf_bytes(out, text, sizeof text);
}

void sigv4_encode(struct buf *out, struct str text, char keep)
{
    for (size_t i = 0; i < text.n; i++) {
        if (is_unreserved(text.p[i]) || (keep != '\0' && text.p[i] == keep)) {
            buf_char(out, text.p[i]);
        } else {
            byte_encode(out, (unsigned char)text.p[i]);
        }
    }
}

/* Brings text that is encoded, perhaps not wholly or in another way, into the one canonical form:
 * what decodes to the same bytes becomes the same text. */
static void normal_write(struct buf *out, struct str text, char keep)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '%' && i + 2 < text.n && str_hex_digit(text.p[i + 1]) >= 0 &&
            str_hex_digit(text.p[i + 2]) >= 0) {
            unsigned char byte =
                (unsigned char)(str_hex_digit(text.p[i + 1]) << 4 | str_hex_digit(text.p[i + 2]));
            if (is_unreserved((char)byte)) {
                buf_char(out, (char)byte);
            } else {
                byte_encode(out, byte);
            }
            i += 2;
        } else {
            sigv4_encode(out, str_sub(text, i, i + 1), keep);
        }
    }
}

/* ---- The parts of a canonical request ---- */

/* `.` and empty segments go, `..` takes the one before it along. */
static void path_resolve(struct buf *out, struct str path)
{
    struct str rest = path, segment;
    bool more = true;

    while (more) {
        more = str_cut(&rest, '/', &segment);
        if (str_eq(segment, STR(".."))) {
            while (out->n > 0 && out->p[--out->n] != '/') {
            }
        } else if (segment.n > 0 && !str_eq(segment, STR("."))) {
            buf_char(out, '/');
            buf_str(out, segment);
        }
    }
    if (out->n == 0 || path.p[path.n - 1] == '/') {
        buf_char(out, '/');
    }
}

static void path_write(struct buf *out, const struct sigv4_scope *scope, struct str path)
{
    struct buf resolved;

    if (path.n == 0) {
        buf_char(out, '/');
    } else if (scope->is_s3) {
        normal_write(out, path, '/');
    } else {
        buf_init(&resolved, path.n + 2);
        path_resolve(&resolved, path);
        sigv4_encode(out, buf_text(&resolved), '/');
        buf_release(&resolved);
    }
}

struct parameter {
    struct str name, value;
};

static int parameter_compare(const void *a, const void *b)
{
    const struct parameter *left = a, *right = b;
    int order = str_cmp(left->name, right->name);

    return order != 0 ? order : str_cmp(left->value, right->value);
}

static bool normal_copy(struct arena *arena, struct buf *scratch, struct str text, struct str *out)
{
    buf_clear(scratch);
    normal_write(scratch, text, '\0');
    return !scratch->overflowed && arena_str(arena, buf_text(scratch), out);
}

static bool query_write(struct buf *out, struct str query, struct err *err)
{
    struct arena arena;
    struct buf scratch;
    struct parameter *parameters = NULL;
    size_t count = 1, n = 0;
    bool ok = false;
    struct str part;

    for (size_t i = 0; i < query.n; i++) {
        count += query.p[i] == '&';
    }
    arena_init(&arena, QUERY_SIZE_MAX);
    buf_init(&scratch, QUERY_SIZE_MAX);
    parameters = arena_array(&arena, count, sizeof *parameters);
    while (parameters != NULL && query.n > 0) {
        struct str name, value;
        (void)str_cut(&query, '&', &part);
        if (part.n == 0) {
            continue;
        }
        value = part;
        (void)str_cut(&value, '=', &name);
        if (!normal_copy(&arena, &scratch, name, &parameters[n].name) ||
            !normal_copy(&arena, &scratch, value, &parameters[n].value)) {
            goto cleanup;
        }
        n++;
    }
    if (parameters == NULL) {
        goto cleanup;
    }
    qsort(parameters, n, sizeof *parameters, parameter_compare);
    for (size_t i = 0; i < n; i++) {
        buf_str(out, i > 0 ? STR("&") : STR(""));
        buf_str(out, parameters[i].name);
        buf_char(out, '=');
        buf_str(out, parameters[i].value);
    }
    ok = true;
cleanup:
    arena_release(&arena);
    buf_release(&scratch);
    return ok || err_set(err, ERR_INPUT, "a query too large to sign");
}

static int header_compare(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        int left = (unsigned char)a.p[i], right = (unsigned char)b.p[i];
        left += left >= 'A' && left <= 'Z' ? 'a' - 'A' : 0;
        right += right >= 'A' && right <= 'Z' ? 'a' - 'A' : 0;
        if (left != right) {
            return left - right;
        }
    }
    return (a.n > b.n) - (a.n < b.n);
}

/* Fills `order` with the headers' indexes by name; equal names keep the order they stand in, which
 * is the order their values are joined in. */
static bool headers_sort(const struct sigv4_request *request, uint8_t order[SIGV4_HEADER_MAX],
                         struct err *err)
{
    if (request->header_count > SIGV4_HEADER_MAX) {
        return err_set(err, ERR_INPUT, "%zu headers to sign, more than %d", request->header_count,
                       SIGV4_HEADER_MAX);
    }
    for (size_t i = 0; i < request->header_count; i++) {
        size_t at = i;
        while (at > 0 &&
               header_compare(request->headers[order[at - 1]].name, request->headers[i].name) > 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = (uint8_t)i;
    }
    return true;
}

static void lower_write(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        buf_char(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

/* Without blanks at its ends, and every run of them inside as one. */
static void value_write(struct buf *out, struct str value)
{
    bool blank = false;

    value = str_trim(value);
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!is_blank || !blank) {
            buf_char(out, is_blank ? ' ' : c);
        }
        blank = is_blank;
    }
}

static bool same_header(const struct sigv4_request *request, const uint8_t *order, size_t at)
{
    return at > 0 && header_compare(request->headers[order[at - 1]].name,
                                    request->headers[order[at]].name) == 0;
}

static void headers_write(struct buf *out, const struct sigv4_request *request,
                          const uint8_t *order)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[order[i]];
        if (same_header(request, order, i)) {
            out->n -= out->n > 0; /* the line goes on */
            buf_char(out, ',');
        } else {
            lower_write(out, header->name);
            buf_char(out, ':');
        }
        value_write(out, header->value);
        buf_char(out, '\n');
    }
}

static void signed_headers_write(struct buf *out, const struct sigv4_request *request,
                                 const uint8_t *order, const char *separator)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (!same_header(request, order, i)) {
            buf_str(out, i > 0 ? str_from(separator) : STR(""));
            lower_write(out, request->headers[order[i]].name);
        }
    }
}

bool sigv4_canonical_write(struct buf *out, const struct sigv4_scope *scope,
                           const struct sigv4_request *request, struct err *err)
{
    uint8_t order[SIGV4_HEADER_MAX];

    if (!headers_sort(request, order, err)) {
        return false;
    }
    buf_str(out, request->method);
    buf_char(out, '\n');
    path_write(out, scope, request->path);
    buf_char(out, '\n');
    if (!query_write(out, request->query, err)) {
        return false;
    }
    buf_char(out, '\n');
    headers_write(out, request, order);
    buf_char(out, '\n');
    signed_headers_write(out, request, order, ";");
    buf_char(out, '\n');
    buf_str(out, request->body_sha256);
    return !out->overflowed || err_set(err, ERR_INPUT, "a request too large to sign");
}

/* ---- Signing ---- */

static void scope_write(struct buf *out, const struct sigv4_scope *scope, const char *separator)
{
    char time[SIGV4_TIME_SIZE + 1];

    sigv4_time_write(scope->at, time);
    buf_bytes(out, time, 8);
    buf_str(out, str_from(separator));
    buf_str(out, scope->region);
    buf_str(out, str_from(separator));
    buf_str(out, scope->service);
    buf_str(out, str_from(separator));
    buf_str(out, STR("aws4_request"));
}

void sigv4_string_to_sign_write(struct buf *out, const struct sigv4_scope *scope,
                                struct str canonical)
{
    char time[SIGV4_TIME_SIZE + 1], hex[SHA256_HEX_SIZE + 1];

    sigv4_time_write(scope->at, time);
    sha256_text_hex(canonical, hex);
    buf_printf(out, "AWS4-HMAC-SHA256\n%s\n", time);
    scope_write(out, scope, "/");
    buf_printf(out, "\n%s", hex);
}

static void signature_write(const struct sigv4_key *key, const struct sigv4_scope *scope,
                            struct str string_to_sign, char hex[SHA256_HEX_SIZE + 1])
{
    char first[4 + SIGV4_SECRET_KEY_MAX] = "AWS4", time[SIGV4_TIME_SIZE + 1];
    unsigned char derived[SHA256_SIZE];

    assert(key->secret_key.n <= SIGV4_SECRET_KEY_MAX);
    if (key->secret_key.n > 0) {
        memcpy(first + 4, key->secret_key.p, key->secret_key.n);
    }
    sigv4_time_write(scope->at, time);
    hmac_sha256(first, 4 + key->secret_key.n, (struct str){time, 8}, derived);
    hmac_sha256(derived, sizeof derived, scope->region, derived);
    hmac_sha256(derived, sizeof derived, scope->service, derived);
    hmac_sha256(derived, sizeof derived, STR("aws4_request"), derived);
    hmac_sha256(derived, sizeof derived, string_to_sign, derived);
    sha256_hex(derived, hex);
    secret_wipe(first, sizeof first);
    secret_wipe(derived, sizeof derived);
}

static bool signature_make(const struct sigv4_key *key, const struct sigv4_scope *scope,
                           const struct sigv4_request *request, char hex[SHA256_HEX_SIZE + 1],
                           struct err *err)
{
    struct buf canonical, to_sign;
    bool ok = false;

    if (key->secret_key.n > SIGV4_SECRET_KEY_MAX) {
        return err_set(err, ERR_INPUT, "a secret access key of %zu bytes, more than %d",
                       key->secret_key.n, SIGV4_SECRET_KEY_MAX);
    }
    buf_init(&canonical, 4 * QUERY_SIZE_MAX);
    buf_init(&to_sign, 4096);
    if (sigv4_canonical_write(&canonical, scope, request, err)) {
        sigv4_string_to_sign_write(&to_sign, scope, buf_text(&canonical));
        ok = !to_sign.overflowed || err_set(err, ERR_INPUT, "a name too long to sign");
    }
    if (ok) {
        signature_write(key, scope, buf_text(&to_sign), hex);
    }
    secret_wipe_buf(&canonical); /* the session token stands in it */
    buf_release(&to_sign);
    return ok;
}

bool sigv4_sign(const struct sigv4_key *key, const struct sigv4_scope *scope,
                const struct sigv4_request *request, struct buf *authorization, struct err *err)
{
    char hex[SHA256_HEX_SIZE + 1];
    uint8_t order[SIGV4_HEADER_MAX];

    if (!headers_sort(request, order, err) || !signature_make(key, scope, request, hex, err)) {
        return false;
    }
    buf_str(authorization, STR("AWS4-HMAC-SHA256 Credential="));
    buf_str(authorization, key->access_key_id);
    buf_char(authorization, '/');
    scope_write(authorization, scope, "/");
    buf_str(authorization, STR(", SignedHeaders="));
    signed_headers_write(authorization, request, order, ";");
    buf_printf(authorization, ", Signature=%s", hex);
    return !authorization->overflowed || err_set(err, ERR_INPUT, "a signature too large");
}

bool sigv4_presign(const struct sigv4_key *key, const struct sigv4_scope *scope,
                   const struct sigv4_request *request, uint32_t expires_s, struct buf *query,
                   struct err *err)
{
    char hex[SHA256_HEX_SIZE + 1], time[SIGV4_TIME_SIZE + 1];
    uint8_t order[SIGV4_HEADER_MAX];
    struct sigv4_request whole = *request;
    size_t begin = query->n;

    if (!headers_sort(request, order, err)) {
        return false;
    }
    sigv4_time_write(scope->at, time);
    buf_str(query, request->query);
    buf_str(query, request->query.n > 0 ? STR("&") : STR(""));
    buf_str(query, STR("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="));
    sigv4_encode(query, key->access_key_id, '\0');
    buf_str(query, STR("%2F"));
    scope_write(query, scope, "%2F");
    buf_printf(query, "&X-Amz-Date=%s&X-Amz-SignedHeaders=", time);
    signed_headers_write(query, request, order, "%3B");
    buf_printf(query, "&X-Amz-Expires=%u", expires_s);
    if (key->session_token.n > 0) {
        buf_str(query, STR("&X-Amz-Security-Token="));
        sigv4_encode(query, key->session_token, '\0');
    }
    if (query->overflowed) {
        return err_set(err, ERR_INPUT, "a query too large to sign");
    }
    whole.query = (struct str){query->p + begin, query->n - begin};
    if (!signature_make(key, scope, &whole, hex, err)) {
        return false;
    }
    buf_printf(query, "&X-Amz-Signature=%s", hex);
    return !query->overflowed || err_set(err, ERR_INPUT, "a query too large to sign");
}
