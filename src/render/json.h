/* json.h: a JSON writer (RFC 8259) that cannot forget a comma or leave a byte unescaped.
 *
 * One flag is all its state: whether the next key or value needs a comma before it. Text of any
 * bytes becomes valid JSON: what is not UTF-8 turns into U+FFFD, and U+2028 and U+2029 are escaped,
 * so that a line is a line for every reader.
 *
 * Threads:   one thread at a time per writer.
 *
 * Example:   struct json_writer json = {.out = &out};
 *            json_open(&json, '{');
 *            json_key(&json, STR("user"));
 *            json_text(&json, user);
 *            json_close(&json, '}'); */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct json_writer {
    struct buf *out;
    bool comma;
};

void json_open(struct json_writer *json, char bracket);  /* '{' or '[' */
void json_close(struct json_writer *json, char bracket); /* '}' or ']' */
void json_key(struct json_writer *json, struct str key); /* plain ASCII, written as it is */
void json_text(struct json_writer *json, struct str text);
void json_u64(struct json_writer *json, uint64_t value);
void json_i64(struct json_writer *json, int64_t value);
void json_bool(struct json_writer *json, bool value);
void json_null(struct json_writer *json);

/* A key and its value. */
void json_member_text(struct json_writer *json, struct str key, struct str text);
void json_member_texts(struct json_writer *json, struct str key, const struct str *texts,
                       size_t count);
void json_member_u64(struct json_writer *json, struct str key, uint64_t value);
/* As 2026-11-01T00:00:00Z, or null. */
void json_member_instant(struct json_writer *json, struct str key, bool is_known, int64_t at);

/* The string alone, with its quotes. */
void json_string_write(struct buf *out, struct str text);

#endif
