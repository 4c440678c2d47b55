#include "render/json.h"

#include "base/instant.h"
#include "codec/utf8.h"

/* Bytes that stand for themselves. What is above ASCII has to be looked at: it may be no UTF-8. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static size_t plain_prefix(struct str text)
{
    size_t n = 0;

    while (n < text.n && is_plain((unsigned char)text.p[n])) {
        n++;
    }
    return n;
}

static void escape_write(struct buf *out, uint32_t c)
{
    switch (c) {
    case '"':
        buf_str(out, STR("\\\""));
        break;
    case '\\':
        buf_str(out, STR("\\\\"));
        break;
    case '\n':
        buf_str(out, STR("\\n"));
        break;
    case '\r':
        buf_str(out, STR("\\r"));
        break;
    case '\t':
        buf_str(out, STR("\\t"));
        break;
    default:
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

void json_string_write(struct buf *out, struct str text)
{
    buf_char(out, '"');
    for (;;) {
        size_t plain = plain_prefix(text);
        uint32_t c = 0;

        buf_bytes(out, text.p, plain);
        text = str_sub(text, plain, text.n);
        if (likely(text.n == 0)) {
            break;
        }
        size_t used = utf8_next(text, &c);
        if (c == UTF8_INVALID) {
            buf_str(out, STR("\xef\xbf\xbd"));
        } else if (c < 0x80 || c == 0x2028 || c == 0x2029) {
            escape_write(out, c);
        } else {
            buf_bytes(out, text.p, used);
        }
        text = str_sub(text, used, text.n);
    }
    buf_char(out, '"');
}

static void value_begin(struct json_writer *json)
{
    if (json->comma) {
        buf_char(json->out, ',');
    }
    json->comma = true;
}

void json_open(struct json_writer *json, char bracket)
{
    value_begin(json);
    buf_char(json->out, bracket);
    json->comma = false;
}

void json_close(struct json_writer *json, char bracket)
{
    buf_char(json->out, bracket);
    json->comma = true;
}

void json_key(struct json_writer *json, struct str key)
{
    value_begin(json);
    buf_char(json->out, '"');
    buf_str(json->out, key);
    buf_str(json->out, STR("\":"));
    json->comma = false;
}

void json_text(struct json_writer *json, struct str text)
{
    value_begin(json);
    json_string_write(json->out, text);
}

void json_u64(struct json_writer *json, uint64_t value)
{
    value_begin(json);
    buf_u64(json->out, value);
}

void json_i64(struct json_writer *json, int64_t value)
{
    value_begin(json);
    buf_i64(json->out, value);
}

void json_bool(struct json_writer *json, bool value)
{
    value_begin(json);
    buf_str(json->out, value ? STR("true") : STR("false"));
}

void json_null(struct json_writer *json)
{
    value_begin(json);
    buf_str(json->out, STR("null"));
}

void json_member_text(struct json_writer *json, struct str key, struct str text)
{
    json_key(json, key);
    json_text(json, text);
}

void json_member_texts(struct json_writer *json, struct str key, const struct str *texts,
                       size_t count)
{
    json_key(json, key);
    json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        json_text(json, texts[i]);
    }
    json_close(json, ']');
}

void json_member_u64(struct json_writer *json, struct str key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

void json_member_instant(struct json_writer *json, struct str key, bool is_known, int64_t at)
{
    char text[40];
    struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    json_key(json, key);
    if (is_known) {
        instant_write(&time, at);
        json_text(json, buf_text(&time));
    } else {
        json_null(json);
    }
}
