/* json.h: RFC 8259 JSON as a pull reader over text in memory: tokens, no tree, no allocation.
 *
 * Strict: no comments, no trailing commas, valid UTF-8, \u surrogates paired, one value and then
 * only white space; depth at most JSON_DEPTH_MAX. Duplicate keys are the caller's business.
 *
 * Ownership: tokens point into the text, which must outlive them.
 * Threads:   one thread at a time per reader.
 *
 * Example:   struct json_reader reader;
 *            struct json_token token;
 *            json_init(&reader, text);
 *            while (json_next(&reader, &token, &err) && token.kind != JSON_END) { ... } */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 128 };

enum json_kind {
    JSON_END, /* the text is over and was valid */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

struct json_token {
    enum json_kind kind;
    struct str text; /* KEY, STRING: between the quotes, still escaped; NUMBER: as written */
    bool is_escaped; /* KEY, STRING: holds a backslash */
    size_t offset;   /* of the token in the text */
};

struct json_reader {
    struct str text;
    size_t at;
    uint32_t depth;
    uint32_t state;                          /* private */
    uint64_t kinds[JSON_DEPTH_MAX / 64 + 1]; /* bit per level: 1 object, 0 array */
};

void json_init(struct json_reader *reader, struct str text);
/* The next token; errors carry line and column. After an error the reader is spent. */
MUST_USE bool json_next(struct json_reader *reader, struct json_token *token, struct err *err);
/* Skips the value that `token`, just read, begins (scalars: nothing to skip; a KEY: its value). */
MUST_USE bool json_skip(struct json_reader *reader, const struct json_token *token,
                        struct err *err);
/* The text of a KEY or STRING token with escapes resolved; borrowed when there are none. False only
 * when the arena is full. */
MUST_USE bool json_unescape(struct arena *arena, const struct json_token *token, struct str *out);

#endif
