#include "aws/blank.h"

#include <string.h>

enum { VALUE_SIZE_MIN = 8 };

static const struct name {
    struct str name; /* in any case */
    struct str becomes;
    bool is_of_session; /* a secret only there */
} names[] = {
    {STR_LIT("SecretAccessKey"), STR_LIT("REMOVED"), false},
    {STR_LIT("SessionToken"), STR_LIT("REMOVED"), false},
    {STR_LIT("Token"), STR_LIT("REMOVED"), false},
    {STR_LIT("AccessToken"), STR_LIT("REMOVED"), false},
    {STR_LIT("RefreshToken"), STR_LIT("REMOVED"), false},
    {STR_LIT("IdToken"), STR_LIT("REMOVED"), false},
    {STR_LIT("ClientSecret"), STR_LIT("REMOVED"), false},
    {STR_LIT("Password"), STR_LIT("REMOVED"), false},
    {STR_LIT("ServicePassword"), STR_LIT("REMOVED"), false},
    {STR_LIT("ServiceCredentialSecret"), STR_LIT("REMOVED"), false},
    {STR_LIT("Base32StringSeed"), STR_LIT("REMOVED"), false},
    {STR_LIT("QRCodePNG"), STR_LIT("REMOVED"), false},
    {STR_LIT("PrivateKey"), STR_LIT("REMOVED"), false},
    {STR_LIT("AccessKeyId"), STR_LIT("REMOVED"), true},
    {STR_LIT("Expiration"), STR_LIT("2099-01-01T00:00:00Z"), true},
};

/* In the text of a refused signature, which repeats the request that was signed. */
static const struct str token_header = STR_LIT("x-amz-security-token");

static const struct name *name_find(struct str name, bool is_session)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_eq_nocase(names[i].name, name)) {
            return names[i].is_of_session && !is_session ? NULL : &names[i];
        }
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ':' || c == '.';
}

/* The name that begins at `at`; an XML prefix is left out. */
static struct str name_take(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.n && is_of_name(text.p[end])) {
        end++;
        if (text.p[end - 1] == ':') {
            at = end;
        }
    }
    return str_sub(text, at, end);
}

/* Where the element of that name ends, its closing tag not included; all of the text when it does
 * not. */
static size_t element_end(struct str text, size_t at, struct str name)
{
    for (; at + 2 < text.n; at++) {
        if (text.p[at] == '<' && text.p[at + 1] == '/' &&
            str_eq_nocase(name_take(text, at + 2), name)) {
            return at;
        }
    }
    return text.n;
}

/* True when `name`, with more than nothing in it, begins an element; its value is [*from,
 * *to). */
static bool element_take(struct str text, struct str name, size_t *from, size_t *to)
{
    size_t at = (size_t)(name.p - text.p) + name.n;

    while (at < text.n && text.p[at] != '>') {
        at++;
    }
    if (at < text.n && text.p[at - 1] == '/') {
        return false;
    }
    *from = at < text.n ? at + 1 : (size_t)(name.p - text.p) + name.n;
    *to = element_end(text, *from, name);
    return *to > *from;
}

static size_t blanks_skip(struct str text, size_t at)
{
    while (at < text.n && is_blank(text.p[at])) {
        at++;
    }
    return at;
}

static size_t slashes_skip(struct str text, size_t at)
{
    while (at < text.n && text.p[at] == '\\') {
        at++;
    }
    return at;
}

static bool is_at(struct str text, size_t at, char c)
{
    return at < text.n && text.p[at] == c;
}

/* `at` is behind the name. A text within a text has a backslash before each quote. */
static bool member_take(struct str text, size_t at, size_t *from, size_t *to)
{
    size_t quote = slashes_skip(text, at), colon = blanks_skip(text, quote + 1);
    bool is_inner = quote > at;

    at = slashes_skip(text, blanks_skip(text, colon + 1));
    if (!is_at(text, quote, '"') || !is_at(text, colon, ':') || !is_at(text, at, '"')) {
        return false;
    }
    *from = ++at;
    while (at < text.n && text.p[at] != '"') {
        at += !is_inner && text.p[at] == '\\' ? 2 : 1;
    }
    *to = at < text.n ? at : text.n;
    while (is_inner && *to > *from && text.p[*to - 1] == '\\') {
        (*to)--;
    }
    return *to > *from;
}

/* The token of a request that is repeated in a message: up to what cannot be part of one. */
static bool token_take(struct str text, size_t at, size_t *from, size_t *to)
{
    if (!str_eq_nocase(str_sub(text, at, at + token_header.n), token_header)) {
        return false;
    }
    at += token_header.n;
    while (at < text.n && (text.p[at] == ':' || text.p[at] == '=' || text.p[at] == ' ')) {
        at++;
    }
    *from = at;
    while (at < text.n && !is_blank(text.p[at]) && strchr("<>\"'&\\;,", text.p[at]) == NULL) {
        at++;
    }
    *to = at;
    return *to > *from;
}

void blank_named(struct str text, bool is_session, struct buf *out)
{
    size_t copied = 0;

    for (size_t at = 0; at < text.n; at++) {
        struct str becomes = STR("REMOVED");
        size_t from = 0, to = 0;
        bool found = false;
        if (text.p[at] == '<' || text.p[at] == '"') {
            struct str name = name_take(text, at + 1);
            const struct name *known = name_find(name, is_session);
            found = known != NULL &&
                    (text.p[at] == '<'
                         ? element_take(text, name, &from, &to)
                         : member_take(text, (size_t)(name.p - text.p) + name.n, &from, &to));
            becomes = known != NULL ? known->becomes : becomes;
        } else if (text.p[at] == 'x' || text.p[at] == 'X') {
            found = token_take(text, at, &from, &to);
        }
        if (found) {
            buf_str(out, str_sub(text, copied, from));
            buf_str(out, becomes);
            copied = to;
            at = to - 1;
        }
    }
    buf_str(out, str_sub(text, copied, text.n));
}

void blank_value(struct buf *text, struct str value)
{
    char *at = text->p;
    size_t left = text->n;

    if (value.n < VALUE_SIZE_MIN) {
        return;
    }
    while (left >= value.n && (at = memmem(at, left, value.p, value.n)) != NULL) {
        memset(at, 'X', value.n);
        at += value.n;
        left = (size_t)(text->p + text->n - at);
    }
}
