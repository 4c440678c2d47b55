#include "rule/text_match.h"

#include <string.h>

#include "codec/utf8.h"

static unsigned char fold(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static unsigned char byte_of(char c, bool is_cased)
{
    return is_cased ? (unsigned char)c : fold((unsigned char)c);
}

bool text_match_compile(struct arena *arena, const uint16_t *codes, size_t count, bool is_cased,
                        struct text_match *out)
{
    uint16_t *copy = arena_array(arena, count, sizeof *copy);
    char *literal = arena_alloc(arena, count);
    size_t n = 0, begin = 0, end = count;
    bool is_plain = true;

    if (copy == NULL || literal == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        /* Two stars are one. */
        if (codes[i] == TEXT_ANY && n > 0 && copy[n - 1] == TEXT_ANY) {
            continue;
        }
        copy[n++] = codes[i];
    }
    end = n;
    begin = n > 0 && copy[0] == TEXT_ANY ? 1 : 0;
    end = n > begin && copy[n - 1] == TEXT_ANY ? n - 1 : n;
    for (size_t i = begin; i < end; i++) {
        is_plain = is_plain && copy[i] < TEXT_ANY;
        literal[i - begin] = (char)byte_of((char)(unsigned char)copy[i], is_cased);
    }
    *out = (struct text_match){
        .shape = !is_plain              ? TEXT_GLOB
                 : begin > 0 && end < n ? TEXT_CONTAINS
                 : begin > 0            ? (end > begin ? TEXT_ENDS : TEXT_CONTAINS)
                 : end < n              ? TEXT_BEGINS
                                        : TEXT_IS,
        .is_cased = is_cased,
        .literal = {literal, is_plain ? end - begin : 0},
        .codes = copy,
        .count = n,
    };
    return true;
}

static bool equal_at(const char *text, struct str part, bool is_cased)
{
    if (is_cased) {
        return part.n == 0 || memcmp(text, part.p, part.n) == 0;
    }
    for (size_t i = 0; i < part.n; i++) {
        if (fold((unsigned char)text[i]) != (unsigned char)part.p[i]) {
            return false;
        }
    }
    return true;
}

bool text_contains(struct str text, struct str part, bool is_cased)
{
    for (size_t i = 0; i + part.n <= text.n; i++) {
        if (part.n == 0 || (byte_of(text.p[i], is_cased) == (unsigned char)part.p[0] &&
                            equal_at(text.p + i, part, is_cased))) {
            return true;
        }
    }
    return false;
}

/* On a mismatch the last star takes one character more; stars before it need no second try. */
static bool glob_matches(const struct text_match *match, struct str text)
{
    size_t at = 0, code = 0, star = SIZE_MAX, star_at = 0;
    uint32_t unused = 0;

    while (at < text.n) {
        if (code < match->count && match->codes[code] == TEXT_ANY) {
            star = ++code;
            star_at = at;
        } else if (code < match->count && match->codes[code] == TEXT_ONE) {
            at += utf8_next(str_sub(text, at, text.n), &unused);
            code++;
        } else if (code < match->count && match->codes[code] < TEXT_ANY &&
                   byte_of((char)(unsigned char)match->codes[code], match->is_cased) ==
                       byte_of(text.p[at], match->is_cased)) {
            at++;
            code++;
        } else if (star != SIZE_MAX) {
            star_at += utf8_next(str_sub(text, star_at, text.n), &unused);
            at = star_at;
            code = star;
        } else {
            return false;
        }
    }
    while (code < match->count && match->codes[code] == TEXT_ANY) {
        code++;
    }
    return code == match->count;
}

bool text_matches(const struct text_match *match, struct str text)
{
    struct str part = match->literal;

    if (match->shape != TEXT_GLOB && text.n < part.n) {
        return false;
    }
    switch (match->shape) {
    case TEXT_IS:
        return text.n == part.n && equal_at(text.p, part, match->is_cased);
    case TEXT_BEGINS:
        return equal_at(text.p, part, match->is_cased);
    case TEXT_ENDS:
        return part.n == 0 || equal_at(text.p + (text.n - part.n), part, match->is_cased);
    case TEXT_CONTAINS:
        return text_contains(text, part, match->is_cased);
    case TEXT_GLOB:
        return glob_matches(match, text);
    }
    return false;
}

bool text_match_run(struct arena *arena, const struct text_match *match, struct str *out)
{
    size_t best = 0, best_size = 0, begin = 0;
    char *copy = NULL;

    if (match->shape != TEXT_GLOB) {
        *out = match->literal;
        return true;
    }
    for (size_t i = 0; i <= match->count; i++) {
        if (i < match->count && match->codes[i] < TEXT_ANY) {
            continue;
        }
        if (i - begin > best_size) {
            best = begin;
            best_size = i - begin;
        }
        begin = i + 1;
    }
    copy = arena_alloc(arena, best_size);
    if (copy == NULL) {
        return false;
    }
    for (size_t i = 0; i < best_size; i++) {
        copy[i] = (char)(unsigned char)match->codes[best + i];
    }
    *out = (struct str){copy, best_size};
    return true;
}

void text_match_write(struct buf *out, const struct text_match *match)
{
    for (size_t i = 0; i < match->count; i++) {
        uint16_t code = match->codes[i];
        if (code == TEXT_ANY || code == TEXT_ONE) {
            buf_char(out, code == TEXT_ANY ? '*' : '?');
            continue;
        }
        if (code == '*' || code == '?' || code == '\\') {
            buf_char(out, '\\');
        }
        buf_char(out, (char)(unsigned char)code);
    }
}
