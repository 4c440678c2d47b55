#include "render/html.h"

#include <stdbool.h>

#include "codec/utf8.h"
#include "render/glyph.h"

static struct str entity(unsigned char c)
{
    switch (c) {
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '&':
        return STR("&amp;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return STR("");
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '<' && c != '>' && c != '&' && c != '"' && c != '\'';
}

static void text_write(struct buf *out, struct str text, bool keep_blanks)
{
    while (text.n > 0) {
        size_t plain = 0;
        uint32_t c = 0;

        while (plain < text.n && is_plain((unsigned char)text.p[plain])) {
            plain++;
        }
        buf_bytes(out, text.p, plain);
        text = str_sub(text, plain, text.n);
        if (text.n == 0) {
            return;
        }
        size_t used = utf8_next(text, &c);
        if (c == UTF8_INVALID) {
            glyph_escape(out, (unsigned char)text.p[0]);
        } else if (keep_blanks && (c == '\n' || c == '\t')) {
            buf_char(out, (char)c);
        } else if (glyph_is_hidden(c)) {
            glyph_escape(out, c);
        } else if (c < 0x80) {
            buf_str(out, entity((unsigned char)c));
        } else {
            buf_bytes(out, text.p, used);
        }
        text = str_sub(text, used, text.n);
    }
}

void html_text(struct buf *out, struct str text)
{
    text_write(out, text, false);
}

void html_prose(struct buf *out, struct str text)
{
    text_write(out, text, true);
}
