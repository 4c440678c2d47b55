/* Answers requests of test_codec.py, so that Python can compare our codecs with its own.
 *
 * A request is a line "<what> <option> <n>" and n bytes; the answer a line "ok <n>" or "error <n>"
 * and n bytes: the result, or what was handed out before the error. The requests:
 *
 *   gzip STEP        inflate, read from a source that gives STEP bytes at a time
 *   base64 0         decode
 *   json 0           the tokens, a line each, strings unescaped and in hexadecimal
 *   ini 0            the sections and keys, a line each, texts in hexadecimal behind a dot
 *   instant 0        the seconds, in decimal
 *   walk 0           the paths below the folder named, NUL behind each */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/instant.h"
#include "codec/base64.h"
#include "codec/gzip.h"
#include "codec/ini.h"
#include "codec/json.h"
#include "os/walk.h"

enum { SIZE_LIMIT = 64 << 20 };

struct pieces {
    struct str rest;
    size_t step;
};

static bool pieces_read(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    struct pieces *pieces = context;
    size_t n = pieces->rest.n < size ? pieces->rest.n : size;

    (void)err;
    n = n < pieces->step ? n : pieces->step;
    if (n > 0) {
        memcpy(to, pieces->rest.p, n);
    }
    pieces->rest = str_sub(pieces->rest, n, pieces->rest.n);
    *got = n;
    return true;
}

/* One reader for all streams: nothing of one may be seen in the next. */
static bool probe_gzip(struct str request, size_t step, struct buf *out, struct err *err)
{
    static struct gzip *gzip;
    struct pieces pieces = {.rest = request, .step = step};
    size_t got = 1;

    if (gzip == NULL) {
        gzip = gzip_new(simd_level_detect());
    }
    gzip_reset(gzip, (struct byte_source){pieces_read, &pieces}, (struct str){0});
    while (got > 0) {
        size_t room = 1 + step * 3;
        char *to = buf_reserve(out, room);
        if (to == NULL) {
            return err_set(err, ERR_INPUT, "too much");
        }
        if (!gzip_read(gzip, to, room, &got, err)) {
            return false;
        }
        out->n += got;
    }
    return true;
}

static bool probe_base64(struct str request, struct buf *out, struct err *err)
{
    char *to = buf_reserve(out, request.n / 4 * 3 + 3);
    size_t n = 0;

    if (to == NULL || !base64_decode(request, to, &n, err)) {
        return false;
    }
    out->n += n;
    return true;
}

static bool probe_json(struct str request, struct buf *out, struct err *err)
{
    static const char *const names[] = {"END", "{",   "}",    "[",     "]",   "key",
                                        "str", "num", "true", "false", "null"};
    struct json_reader reader;
    struct json_token token = {.kind = JSON_NULL};
    struct arena arena;
    bool ok = true;

    arena_init(&arena, SIZE_LIMIT);
    json_init(&reader, request);
    while (ok && token.kind != JSON_END) {
        struct str text = {0};
        ok = json_next(&reader, &token, err) && json_unescape(&arena, &token, &text);
        if (ok) {
            buf_printf(out, "%s", names[token.kind]);
            for (size_t i = 0; i < text.n; i++) {
                buf_printf(out, "%s%02x", i == 0 ? " " : "", (unsigned char)text.p[i]);
            }
            buf_char(out, '\n');
        }
    }
    arena_release(&arena);
    return ok;
}

static void write_hex(struct buf *out, struct str text)
{
    buf_str(out, STR(" ."));
    for (size_t i = 0; i < text.n; i++) {
        buf_printf(out, "%02x", (unsigned char)text.p[i]);
    }
}

static bool probe_ini(struct str request, struct buf *out, struct err *err)
{
    struct ini_reader reader;
    struct ini_token token;

    ini_init(&reader, request);
    while (ini_next(&reader, &token, err)) {
        if (token.kind == INI_END) {
            return true;
        }
        buf_str(out, token.kind == INI_SECTION ? STR("section") : STR("key"));
        write_hex(out, token.name);
        write_hex(out, token.value);
        buf_char(out, '\n');
    }
    return false;
}

static bool probe_instant(struct str request, struct buf *out)
{
    int64_t at = 0;

    if (!instant_parse(request, &at)) {
        return false;
    }
    buf_i64(out, at);
    return true;
}

static bool probe_walk(struct str request, struct buf *out)
{
    static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".json")};
    struct walk *walk = walk_new(&request, 1, suffixes, 2);
    struct walk_entry entry;
    bool ok = true;

    while (walk_next(walk, &entry)) {
        ok = ok && entry.err.kind == ERR_NONE;
        buf_str(out, entry.path);
        buf_char(out, '\0');
    }
    walk_free(walk);
    return ok;
}

static bool answer(struct str what, size_t option, struct str request, struct buf *out)
{
    struct err err = {0};

    if (str_eq(what, STR("gzip"))) {
        return probe_gzip(request, option, out, &err);
    }
    if (str_eq(what, STR("base64"))) {
        return probe_base64(request, out, &err);
    }
    if (str_eq(what, STR("json"))) {
        return probe_json(request, out, &err);
    }
    if (str_eq(what, STR("ini"))) {
        return probe_ini(request, out, &err);
    }
    if (str_eq(what, STR("instant"))) {
        return probe_instant(request, out);
    }
    return str_eq(what, STR("walk")) && probe_walk(request, out);
}

/* Reads a request's first line and what follows it; false at the end of the input. */
static bool request_read(char line[256], struct str *what, size_t *option, struct buf *request)
{
    struct str rest = {0}, word = {0};
    uint64_t number = 0, n = 0;
    char *to = NULL;

    if (fgets(line, 256, stdin) == NULL) {
        return false;
    }
    rest = str_trim(str_from(line));
    (void)str_cut(&rest, ' ', what);
    (void)str_cut(&rest, ' ', &word);
    buf_clear(request);
    if (!str_to_u64(word, &number) || !str_to_u64(rest, &n)) {
        return false;
    }
    to = buf_reserve(request, n);
    if (to == NULL || fread(to, 1, n, stdin) != n) {
        return false;
    }
    request->n = n;
    *option = number;
    return true;
}

int main(void)
{
    struct buf request, out;
    struct str what = {0};
    char line[256];
    size_t option = 0;

    buf_init(&request, SIZE_LIMIT);
    buf_init(&out, SIZE_LIMIT);
    while (request_read(line, &what, &option, &request)) {
        /* A block of exactly its size, so that a sanitizer sees a read behind it. */
        char *exact = mem_alloc(request.n);
        bool ok = false;
        memcpy(exact, request.p, request.n);
        buf_clear(&out);
        ok = answer(what, option, (struct str){exact, request.n}, &out);
        mem_free(exact);
        (void)printf("%s %zu\n", ok ? "ok" : "error", out.n);
        (void)fwrite(out.p, 1, out.n, stdout);
        (void)fflush(stdout);
    }
    buf_release(&request);
    buf_release(&out);
    return 0;
}
