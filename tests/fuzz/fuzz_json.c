/* Skipping accepts and refuses what walking does, in the same place; tokens lie in the text one
 * behind the other and nest; unescaped strings are UTF-8. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "codec/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_string(struct arena *arena, const struct json_token *token)
{
    struct str value = {0};
    bool ok = json_unescape(arena, token, &value);

    check(ok && value.n <= token->text.n && (token->is_escaped || value.p == token->text.p));
    check(token->is_escaped == (str_find(token->text, '\\') < token->text.n));
    while (value.n > 0) {
        uint32_t code_point = 0;
        size_t used = utf8_next(value, &code_point);
        check(code_point != UTF8_INVALID);
        value = str_sub(value, used, value.n);
    }
    arena_reset(arena);
}

/* Reads the whole text token by token. */
static bool walk(struct arena *arena, struct str text, struct err *err)
{
    struct json_reader reader;
    struct json_token token;
    char open[JSON_DEPTH_MAX];
    size_t depth = 0, behind = 0;

    json_init(&reader, text);
    for (;;) {
        if (!json_next(&reader, &token, err)) {
            return false;
        }
        check(token.offset >= behind && token.offset <= text.n && reader.at <= text.n);
        behind = reader.at;
        if (token.kind == JSON_OBJECT_BEGIN || token.kind == JSON_ARRAY_BEGIN) {
            check(depth < JSON_DEPTH_MAX);
            open[depth++] = text.p[token.offset];
        } else if (token.kind == JSON_OBJECT_END || token.kind == JSON_ARRAY_END) {
            check(depth > 0 && open[--depth] == (token.kind == JSON_OBJECT_END ? '{' : '['));
        } else if (token.kind == JSON_KEY || token.kind == JSON_STRING) {
            check_string(arena, &token);
        } else if (token.kind == JSON_END) {
            check(depth == 0 && reader.at == text.n);
            return true;
        }
    }
}

/* Reads the text's first `steps` tokens and skips from there whatever begins. */
static bool skip(struct str text, size_t steps, struct err *err)
{
    struct json_reader reader;
    struct json_token token;

    json_init(&reader, text);
    do {
        if (!json_next(&reader, &token, err)) {
            return false;
        }
        if (steps > 0) {
            steps--;
        } else if (!json_skip(&reader, &token, err)) {
            return false;
        }
    } while (token.kind != JSON_END);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct err walked = {0};
    struct arena arena;
    bool ok = false;

    arena_init(&arena, size + 64);
    ok = walk(&arena, text, &walked);
    for (size_t steps = 0; steps < 4; steps++) {
        struct err skipped = {0};
        check(skip(text, steps, &skipped) == ok);
        check(strcmp(walked.text, skipped.text) == 0);
        check(walked.line == skipped.line && walked.col == skipped.col);
    }
    check(ok || (walked.line > 0 && walked.col > 0 && walked.col <= size + 1));
    arena_release(&arena);
    return 0;
}
