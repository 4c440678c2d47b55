#include "render/terminal.h"

#include <string.h>

#include "codec/utf8.h"
#include "render/glyph.h"

void terminal_style(struct buf *out, enum terminal_style style, bool color)
{
    static const struct str codes[] = {
        [STYLE_NONE] = STR_LIT("0"),        [STYLE_BOLD] = STR_LIT("1"),
        [STYLE_FAINT] = STR_LIT("2"),       [STYLE_TITLE] = STR_LIT("1;4"),
        [STYLE_ALARM] = STR_LIT("1;97;41"), [STYLE_RED] = STR_LIT("1;31"),
        [STYLE_ORANGE] = STR_LIT("31"),     [STYLE_YELLOW] = STR_LIT("33"),
        [STYLE_GREEN] = STR_LIT("32"),      [STYLE_BLUE] = STR_LIT("36"),
        [STYLE_MAGENTA] = STR_LIT("35"),
    };

    if (color) {
        buf_str(out, STR("\x1b["));
        buf_str(out, codes[style]);
        buf_char(out, 'm');
    }
}

static size_t plain_prefix(struct str text)
{
    size_t n = 0;

    while (n < text.n && text.p[n] >= 0x20 && text.p[n] < 0x7f) {
        n++;
    }
    return n;
}

static void text_write(struct buf *out, struct str text, bool keep_lines)
{
    while (text.n > 0) {
        size_t plain = plain_prefix(text);
        uint32_t c = 0;

        buf_bytes(out, text.p, plain);
        text = str_sub(text, plain, text.n);
        if (text.n == 0) {
            return;
        }
        size_t used = utf8_next(text, &c);
        if (c == UTF8_INVALID) {
            glyph_escape(out, (unsigned char)text.p[0]);
        } else if (glyph_is_hidden(c) && !(keep_lines && (c == '\n' || c == '\t'))) {
            glyph_escape(out, c);
        } else {
            buf_bytes(out, text.p, used);
        }
        text = str_sub(text, used, text.n);
    }
}

void terminal_text(struct buf *out, struct str text)
{
    text_write(out, text, false);
}

size_t terminal_width(struct str safe_text)
{
    size_t width = 0;

    while (safe_text.n > 0) {
        uint32_t c = 0;
        size_t used = utf8_next(safe_text, &c);
        width += glyph_width(c);
        safe_text = str_sub(safe_text, used, safe_text.n);
    }
    return width;
}

size_t terminal_cut(struct buf *out, struct str safe_text, size_t width)
{
    struct str rest = safe_text;
    size_t kept = 0; /* bytes that leave a column for the ellipsis */
    size_t kept_width = 0, at_width = 0;

    while (rest.n > 0) {
        uint32_t c = 0;
        size_t used = utf8_next(rest, &c);
        at_width += glyph_width(c);
        if (at_width > width) {
            break;
        }
        rest = str_sub(rest, used, rest.n);
        if (at_width < width) {
            kept = safe_text.n - rest.n;
            kept_width = at_width;
        }
    }
    if (rest.n == 0) {
        buf_str(out, safe_text);
        return at_width;
    }
    if (width == 0) {
        return 0;
    }
    buf_str(out, str_sub(safe_text, 0, kept));
    buf_str(out, STR("\xe2\x80\xa6"));
    return kept_width + 1;
}

struct str terminal_line(struct str *rest, size_t width, char before_blank)
{
    struct str all = str_trim(*rest);
    size_t line_size = 0;
    size_t at = 0, at_width = 0;

    while (at < all.n && (at_width <= width || line_size == 0)) {
        uint32_t c = 0;
        if (all.p[at] == ' ' && (before_blank == 0 || all.p[at - 1] == before_blank)) {
            line_size = at;
        }
        at += utf8_next(str_sub(all, at, all.n), &c);
        at_width += glyph_width(c);
    }
    if (line_size == 0 || (at == all.n && at_width <= width)) {
        line_size = all.n;
    }
    *rest = str_trim(str_sub(all, line_size, all.n));
    return str_trim(str_sub(all, 0, line_size));
}

void terminal_bar(struct buf *out, uint64_t part, uint64_t whole, unsigned width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double share = whole == 0 ? 0 : (double)part / (double)whole;
    unsigned all = width * 8;
    unsigned filled = (unsigned)(share * all + 0.5);

    if (part > 0 && filled == 0 && width > 0) {
        filled = 1;
    }
    if (part < whole && filled >= all && all > 0) {
        filled = all - 1;
    }
    for (unsigned i = 0; i < filled / 8; i++) {
        buf_str(out, STR("█"));
    }
    buf_str(out, str_from(eighths[filled % 8]));
    for (unsigned i = (filled + 7) / 8; i < width; i++) {
        buf_str(out, STR("·"));
    }
}

/* How many bytes the character has that starts with this byte; 1 for what starts none. */
static size_t character_size(char first)
{
    unsigned char c = (unsigned char)first;

    if (c >= 0xf0 && c <= 0xf4) {
        return 4;
    }
    if (c >= 0xe0 && c <= 0xef) {
        return 3;
    }
    return c >= 0xc2 && c <= 0xdf ? 2 : 1;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes at the end of text that are a character's start and wait for the rest of it. */
static size_t cut_suffix(struct str text)
{
    for (size_t back = 1; back <= 3 && back <= text.n; back++) {
        char c = text.p[text.n - back];
        if (!is_continuation(c)) {
            return character_size(c) > back ? back : 0;
        }
    }
    return 0;
}

void terminal_filter_write(struct terminal_filter *filter, struct buf *out, struct str piece)
{
    while (filter->cut_size > 0 && piece.n > 0) {
        bool continues = is_continuation(piece.p[0]);
        if (continues) {
            filter->cut[filter->cut_size++] = piece.p[0];
            piece = str_sub(piece, 1, piece.n);
        }
        if (!continues || filter->cut_size == character_size(filter->cut[0])) {
            terminal_filter_end(filter, out);
        }
    }
    if (piece.n == 0) {
        return;
    }
    size_t cut = cut_suffix(piece);
    text_write(out, str_sub(piece, 0, piece.n - cut), true);
    memcpy(filter->cut, piece.p + piece.n - cut, cut);
    filter->cut_size = cut;
}

void terminal_filter_end(struct terminal_filter *filter, struct buf *out)
{
    text_write(out, (struct str){filter->cut, filter->cut_size}, true);
    filter->cut_size = 0;
}
