/* Signs requests for tests: a JSON object a line in, one a line out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/arena.h"
#include "codec/tree.h"
#include "crypto/sha256.h"
#include "render/json.h"

static void key_text(struct json_writer *json, const char *key, struct str text)
{
    json_key(json, str_from(key));
    json_text(json, text);
}

static int64_t number(const struct tree *task, const char *name)
{
    int64_t value = 0;

    if (!str_to_i64(tree_text(task, name), &value)) {
        abort();
    }
    return value;
}

static bool answer(struct arena *arena, struct str line, struct buf *out, struct err *err)
{
    const struct tree *task = NULL;
    struct buf canonical, to_sign, result;
    struct http_header headers[SIGV4_HEADER_MAX + 1];
    struct sigv4_request request = {.headers = headers};
    struct json_writer json = {.out = out};
    bool ok = false, presign = false;

    if (!tree_read_json(arena, line, &task, err)) {
        return false;
    }
    struct sigv4_key key = {tree_text(task, "access"), tree_text(task, "secret"),
                            tree_text(task, "token")};
    struct sigv4_scope scope = {tree_text(task, "region"), tree_text(task, "service"),
                                number(task, "at"), str_eq(tree_text(task, "s3"), STR("true"))};
    presign = str_eq(tree_text(task, "presign"), STR("true"));
    request.method = tree_text(task, "method");
    request.path = tree_text(task, "path");
    request.query = tree_text(task, "query");
    request.body_sha256 = tree_text(task, "body_sha256");
    for (const struct tree *at = tree_first(task, "headers");
         at != NULL && request.header_count <= SIGV4_HEADER_MAX; at = at->next) {
        headers[request.header_count++] =
            (struct http_header){at->first->text, at->first->next->text};
    }
    buf_init(&canonical, 1 << 20);
    buf_init(&to_sign, 1 << 20);
    buf_init(&result, 1 << 20);
    ok = presign ? sigv4_presign(&key, &scope, &request, (uint32_t)number(task, "expires"), &result,
                                 err)
                 : sigv4_sign(&key, &scope, &request, &result, err);
    if (ok && presign) {
        struct str all = buf_text(&result);
        size_t signature = all.n - strlen("&X-Amz-Signature=") - SHA256_HEX_SIZE;
        request.query = str_sub(all, 0, signature);
    }
    ok = ok && sigv4_canonical_write(&canonical, &scope, &request, err);
    if (ok) {
        sigv4_string_to_sign_write(&to_sign, &scope, buf_text(&canonical));
        json_open(&json, '{');
        key_text(&json, "canonical", buf_text(&canonical));
        key_text(&json, "to_sign", buf_text(&to_sign));
        key_text(&json, "result", buf_text(&result));
        json_close(&json, '}');
        buf_char(out, '\n');
    }
    buf_release(&canonical);
    buf_release(&to_sign);
    buf_release(&result);
    return ok;
}

int main(void)
{
    static char line[1 << 20];
    struct arena arena;
    struct buf out;

    arena_init(&arena, 16 << 20);
    buf_init(&out, 16 << 20);
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct err err = {0};
        buf_clear(&out);
        arena_reset(&arena);
        if (!answer(&arena, str_from(line), &out, &err)) {
            char text[1024];
            err_format(&err, text, sizeof text);
            (void)fprintf(stderr, "%s\n", text);
            return 1;
        }
        (void)fwrite(out.p, 1, out.n, stdout);
        (void)fflush(stdout);
    }
    arena_release(&arena);
    buf_release(&out);
    return 0;
}
