#include "render/markdown.h"

#include <stdbool.h>
#include <string.h>

#include "codec/utf8.h"
#include "render/glyph.h"
#include "render/terminal.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_number_before(struct str text, size_t at)
{
    while (at > 0 && text.p[at - 1] >= '0' && text.p[at - 1] <= '9') {
        at--;
    }
    return at == 0;
}

/* ASCII that never begins markup within a line. An underscore between letters is no emphasis; the
 * first characters of a line could begin a block ("- ", "1. "). */
static bool is_plain(struct str text, size_t at)
{
    char c = text.p[at];

    if ((c == '.' || c == ')') && is_number_before(text, at)) {
        return false;
    }
    if (c == '_') {
        return at > 0 && at + 1 < text.n && is_word(text.p[at - 1]) && is_word(text.p[at + 1]);
    }
    if (c == ':') {
        return at + 1 == text.n || text.p[at + 1] != '/';
    }
    if (c == '.') {
        return !(at >= 3 && strncmp(text.p + at - 3, "www", 3) == 0);
    }
    return is_word(c) || (at > 0 && c != '\0' && strchr(" ,;=/'()+-%?!\"", c) != NULL);
}

/* One character at text.p[at], in a form that is nothing but itself; returns its length. */
static size_t char_write(struct buf *out, struct str text, size_t at)
{
    uint32_t c = 0;
    size_t used = utf8_next(str_sub(text, at, text.n), &c);

    if (c == UTF8_INVALID || glyph_is_hidden(c)) {
        /* The escape's own backslash and braces are markup, too. */
        char escape[16];
        struct buf shown = {.p = escape, .capacity = sizeof escape, .size_max = sizeof escape};
        glyph_escape(&shown, c == UTF8_INVALID ? (unsigned char)text.p[at] : c);
        for (size_t i = 0; i < shown.n; i++) {
            if (is_word(escape[i])) {
                buf_char(out, escape[i]);
            } else {
                buf_printf(out, "&#%d;", escape[i]);
            }
        }
    } else if (c >= 0x80) {
        buf_bytes(out, text.p + at, used);
    } else if (is_plain(text, at)) {
        buf_char(out, (char)c);
    } else {
        buf_printf(out, "&#%u;", (unsigned)c);
    }
    return used;
}

void markdown_text(struct buf *out, struct str text)
{
    text = str_trim(text);
    for (size_t at = 0; at < text.n;) {
        if (text.p[at] == '\n' || text.p[at] == '\t') {
            buf_char(out, ' ');
            at++;
        } else {
            at += char_write(out, text, at);
        }
    }
}

/* Whether the text means itself between two backquotes, in a table's cell: a pipe would end the
 * cell, and readers disagree about backslashes before one. */
static bool fits_backquotes(struct str text)
{
    if (text.p[0] == ' ' || text.p[text.n - 1] == ' ') {
        return false;
    }
    for (size_t at = 0; at < text.n;) {
        uint32_t c = 0;
        at += utf8_next(str_sub(text, at, text.n), &c);
        if (c == '`' || c == '|' || c == '\\' || c == UTF8_INVALID || glyph_is_hidden(c)) {
            return false;
        }
    }
    return true;
}

void markdown_code(struct buf *out, struct str text)
{
    if (text.n == 0) {
        return;
    }
    if (fits_backquotes(text)) {
        buf_char(out, '`');
        buf_str(out, text);
        buf_char(out, '`');
        return;
    }
    buf_str(out, STR("<code>"));
    for (size_t at = 0; at < text.n;) {
        at += char_write(out, text, at);
    }
    buf_str(out, STR("</code>"));
}

static size_t longest_fence(struct str text)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

void markdown_block(struct buf *out, struct str info, struct str text)
{
    size_t fence = longest_fence(text) + 1;
    struct str line;
    bool more = true;

    fence = fence < 3 ? 3 : fence;
    buf_fill(out, '`', fence);
    buf_str(out, info);
    buf_char(out, '\n');
    while (more) {
        more = str_cut(&text, '\n', &line);
        terminal_text(out, line);
        buf_char(out, '\n');
    }
    buf_fill(out, '`', fence);
    buf_char(out, '\n');
}
