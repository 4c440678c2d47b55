#include "codec/json.h"

#include <string.h>

#include "codec/utf8.h"

/* What may come next. */
enum state {
    STATE_VALUE,      /* the text's value, an item behind a comma, a member's value */
    STATE_FIRST_ITEM, /* behind '[': an item or ']' */
    STATE_FIRST_KEY,  /* behind '{': a key or '}' */
    STATE_COMMA,      /* behind a value: ',' or the end of what it is in */
    STATE_DONE,       /* only white space */
    STATE_FAILED,
};

static bool fail_at(struct json_reader *reader, size_t offset, const char *what, struct err *err)
{
    uint64_t line = 1;
    size_t line_begin = 0;

    for (size_t i = 0; i < offset; i++) {
        if (reader->text.p[i] == '\n') {
            line++;
            line_begin = i + 1;
        }
    }
    reader->state = STATE_FAILED;
    (void)err_set(err, ERR_INPUT, "JSON: %s", what);
    err_place(err, (struct str){0}, line, offset - line_begin + 1);
    return false;
}

void json_init(struct json_reader *reader, struct str text)
{
    *reader = (struct json_reader){.text = text, .state = STATE_VALUE};
}

static void skip_blanks(struct json_reader *reader)
{
    while (reader->at < reader->text.n) {
        char c = reader->text.p[reader->at];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            break;
        }
        reader->at++;
    }
}

/* The next byte, or -1 at the end of the text. */
static int peek(const struct json_reader *reader)
{
    return reader->at < reader->text.n ? (unsigned char)reader->text.p[reader->at] : -1;
}

/* Length of the run of bytes that a string may hold as they are: printable ASCII without quote and
 * backslash. Reports travel as one base64 string of megabytes, so eight bytes at a time: in `odd`
 * the high bit of each byte says that the byte, or one before it, needs a closer look. */
static size_t plain_run(const char *p, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones * 0x80;
    size_t at = 0;

    while (n - at >= sizeof(uint64_t)) {
        uint64_t word = 0, quote = 0, backslash = 0, odd = 0;
        memcpy(&word, p + at, sizeof word);
        quote = word ^ ones * '"';
        backslash = word ^ ones * '\\';
        odd = (word - ones * 0x20) | (quote - ones) | (backslash - ones) | word;
        if ((odd & highs) != 0) {
            break;
        }
        at += sizeof word;
    }
    while (at < n && (unsigned char)p[at] >= 0x20 && (unsigned char)p[at] < 0x80 && p[at] != '"' &&
           p[at] != '\\') {
        at++;
    }
    return at;
}

/* The value of four hexadecimal digits at p; false when they are not all there. */
static bool take_hex4(const char *p, size_t n, uint32_t *out)
{
    uint32_t value = 0;

    if (n < 4) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16) {
            return false;
        }
        value = value << 4 | digit;
    }
    *out = value;
    return true;
}

/* Reads one escape sequence: its length, 0 when it is wrong, and the code point it stands for. */
static size_t escape_read(struct str s, uint32_t *code_point)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *name = NULL;
    uint32_t low = 0;

    if (s.n < 2) {
        return 0;
    }
    if (s.p[1] != 'u') {
        name = s.p[1] == '\0' ? NULL : strchr(names, s.p[1]);
        *code_point = name == NULL ? 0 : (uint32_t)values[name - names];
        return name == NULL ? 0 : 2;
    }
    if (!take_hex4(s.p + 2, s.n - 2, code_point) ||
        (*code_point >= 0xDC00 && *code_point <= 0xDFFF)) {
        return 0;
    }
    if (*code_point < 0xD800 || *code_point > 0xDBFF) {
        return 6;
    }
    if (s.n < 12 || s.p[6] != '\\' || s.p[7] != 'u' || !take_hex4(s.p + 8, 4, &low) ||
        low < 0xDC00 || low > 0xDFFF) {
        return 0;
    }
    *code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (low - 0xDC00);
    return 12;
}

/* Reads a string whose quote is at reader->at. */
static bool take_string(struct json_reader *reader, struct json_token *token, struct err *err)
{
    size_t begin = reader->at + 1, at = begin;

    for (;;) {
        struct str rest = str_sub(reader->text, at, reader->text.n);
        uint32_t code_point = 0;
        size_t used = plain_run(rest.p, rest.n);

        at += used;
        rest = str_sub(rest, used, rest.n);
        if (rest.n == 0) {
            return fail_at(reader, token->offset, "a string without an end", err);
        }
        if (rest.p[0] == '"') {
            break;
        }
        if (rest.p[0] == '\\') {
            used = escape_read(rest, &code_point);
            token->is_escaped = true;
            if (used == 0) {
                return fail_at(reader, at, "a wrong escape sequence", err);
            }
        } else {
            used = utf8_next(rest, &code_point);
            if (code_point == UTF8_INVALID) {
                return fail_at(reader, at, "a byte that is not UTF-8", err);
            }
            if (code_point < 0x20) {
                return fail_at(reader, at, "a control character inside a string", err);
            }
        }
        at += used;
    }
    token->text = str_sub(reader->text, begin, at);
    reader->at = at + 1;
    return true;
}

static bool take_digits(struct json_reader *reader)
{
    size_t begin = reader->at;

    while (peek(reader) >= '0' && peek(reader) <= '9') {
        reader->at++;
    }
    return reader->at > begin;
}

static bool take_number(struct json_reader *reader, struct json_token *token, struct err *err)
{
    bool ok = true;

    if (peek(reader) == '-') {
        reader->at++;
    }
    if (peek(reader) == '0') {
        reader->at++; /* no digit may follow; the caller finds it where a comma belongs */
    } else {
        ok = take_digits(reader);
    }
    if (ok && peek(reader) == '.') {
        reader->at++;
        ok = take_digits(reader);
    }
    if (ok && (peek(reader) == 'e' || peek(reader) == 'E')) {
        reader->at++;
        if (peek(reader) == '+' || peek(reader) == '-') {
            reader->at++;
        }
        ok = take_digits(reader);
    }
    if (!ok) {
        return fail_at(reader, reader->at, "a number that lacks a digit", err);
    }
    token->kind = JSON_NUMBER;
    token->text = str_sub(reader->text, token->offset, reader->at);
    return true;
}

static bool take_word(struct json_reader *reader, struct json_token *token, struct err *err)
{
    static const struct {
        struct str word;
        enum json_kind kind;
    } words[] = {
        {STR_LIT("true"), JSON_TRUE},
        {STR_LIT("false"), JSON_FALSE},
        {STR_LIT("null"), JSON_NULL},
    };
    struct str rest = str_sub(reader->text, reader->at, reader->text.n);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_starts(rest, words[i].word)) {
            token->kind = words[i].kind;
            reader->at += words[i].word.n;
            return true;
        }
    }
    return fail_at(reader, reader->at, rest.n == 0 ? "the text ends too early" : "expected a value",
                   err);
}

static bool is_in_object(const struct json_reader *reader)
{
    uint32_t level = reader->depth - 1;

    return reader->depth > 0 && (reader->kinds[level / 64] >> level % 64 & 1) != 0;
}

static bool open_level(struct json_reader *reader, struct json_token *token, bool is_object,
                       struct err *err)
{
    uint64_t bit = UINT64_C(1) << reader->depth % 64;
    uint64_t *kinds = &reader->kinds[reader->depth / 64];

    if (reader->depth == JSON_DEPTH_MAX) {
        return fail_at(reader, reader->at, "nested too deeply", err);
    }
    *kinds = is_object ? *kinds | bit : *kinds & ~bit;
    reader->depth++;
    reader->at++;
    reader->state = is_object ? STATE_FIRST_KEY : STATE_FIRST_ITEM;
    token->kind = is_object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
    return true;
}

static bool close_level(struct json_reader *reader, struct json_token *token)
{
    token->kind = is_in_object(reader) ? JSON_OBJECT_END : JSON_ARRAY_END;
    reader->depth--;
    reader->at++;
    reader->state = reader->depth == 0 ? STATE_DONE : STATE_COMMA;
    return true;
}

static bool take_value(struct json_reader *reader, struct json_token *token, struct err *err)
{
    int c = peek(reader);

    if (c == '{' || c == '[') {
        return open_level(reader, token, c == '{', err);
    }
    reader->state = reader->depth == 0 ? STATE_DONE : STATE_COMMA;
    if (c == '"') {
        token->kind = JSON_STRING;
        return take_string(reader, token, err);
    }
    return c == '-' || (c >= '0' && c <= '9') ? take_number(reader, token, err)
                                              : take_word(reader, token, err);
}

/* A key and the colon behind it. */
static bool take_key(struct json_reader *reader, struct json_token *token, struct err *err)
{
    if (peek(reader) != '"') {
        return fail_at(reader, reader->at, "expected a key in quotes", err);
    }
    token->kind = JSON_KEY;
    if (!take_string(reader, token, err)) {
        return false;
    }
    skip_blanks(reader);
    if (peek(reader) != ':') {
        return fail_at(reader, reader->at, "expected ':' behind the key", err);
    }
    reader->at++;
    reader->state = STATE_VALUE;
    return true;
}

/* Behind a value that is inside something: its end, or a comma and what follows. */
static bool take_following(struct json_reader *reader, struct json_token *token, struct err *err)
{
    bool is_object = is_in_object(reader);

    if (peek(reader) == (is_object ? '}' : ']')) {
        return close_level(reader, token);
    }
    if (peek(reader) != ',') {
        return fail_at(reader, reader->at,
                       is_object ? "expected ',' or '}'" : "expected ',' or ']'", err);
    }
    reader->at++;
    skip_blanks(reader);
    token->offset = reader->at;
    return is_object ? take_key(reader, token, err) : take_value(reader, token, err);
}

bool json_next(struct json_reader *reader, struct json_token *token, struct err *err)
{
    skip_blanks(reader);
    *token = (struct json_token){.offset = reader->at};
    switch ((enum state)reader->state) {
    case STATE_VALUE:
        return take_value(reader, token, err);
    case STATE_FIRST_ITEM:
        return peek(reader) == ']' ? close_level(reader, token) : take_value(reader, token, err);
    case STATE_FIRST_KEY:
        return peek(reader) == '}' ? close_level(reader, token) : take_key(reader, token, err);
    case STATE_COMMA:
        return take_following(reader, token, err);
    case STATE_DONE:
        if (reader->at < reader->text.n) {
            return fail_at(reader, reader->at, "something behind the end of the value", err);
        }
        token->kind = JSON_END;
        return true;
    case STATE_FAILED:
        break;
    }
    return err_set(err, ERR_INPUT, "JSON: not read on after an error");
}

bool json_skip(struct json_reader *reader, const struct json_token *token, struct err *err)
{
    struct json_token inner = *token;
    uint32_t depth = reader->depth;

    if (inner.kind == JSON_KEY && !json_next(reader, &inner, err)) {
        return false;
    }
    if (inner.kind != JSON_OBJECT_BEGIN && inner.kind != JSON_ARRAY_BEGIN) {
        return true;
    }
    depth = reader->depth;
    while (reader->depth >= depth) {
        if (!json_next(reader, &inner, err)) {
            return false;
        }
    }
    return true;
}

/* Writes one code point as UTF-8; returns its length. */
static size_t utf8_write(char *to, uint32_t c)
{
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};

    for (size_t i = length - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    to[0] = (char)(marks[length] | c);
    return length;
}

bool json_unescape(struct arena *arena, const struct json_token *token, struct str *out)
{
    struct str from = token->text;
    char *to = NULL;
    size_t n = 0;

    if (!token->is_escaped) {
        *out = from;
        return true;
    }
    to = arena_alloc(arena, from.n); /* an escape sequence is longer than what it stands for */
    if (to == NULL) {
        return false;
    }
    while (from.n > 0) {
        uint32_t code_point = 0;
        size_t used = from.p[0] == '\\' ? escape_read(from, &code_point) : 0;
        if (used > 0) {
            n += utf8_write(to + n, code_point);
        } else {
            to[n++] = from.p[0];
            used = 1;
        }
        from = str_sub(from, used, from.n);
    }
    *out = (struct str){to, n};
    return true;
}
