#include "render/svg.h"

#include "codec/utf8.h"
#include "render/glyph.h"
#include "render/html.h"

/* Tenths as whole numbers: neither a locale nor a negative zero can get into the text. */
static void number_write(struct buf *out, double value)
{
    int64_t tenths = (int64_t)(value * 10 + (value < 0 ? -0.5 : 0.5));

    if (tenths < 0) {
        buf_char(out, '-');
        tenths = -tenths;
    }
    buf_i64(out, tenths / 10);
    if (tenths % 10 != 0) {
        buf_char(out, '.');
        buf_i64(out, tenths % 10);
    }
}

static void attribute_write(struct buf *out, const char *name, double value)
{
    buf_printf(out, " %s=\"", name);
    number_write(out, value);
    buf_char(out, '"');
}

static void class_write(struct buf *out, const char *element, struct str class)
{
    buf_printf(out, "<%s", element);
    if (class.n > 0) {
        buf_printf(out, " class=\"%.*s\"", STR_ARG(class));
    }
}

void svg_open(struct buf *out, struct str class, double width, double height, struct str title,
              struct str description)
{
    class_write(out, "svg", class);
    buf_str(out, STR(" role=\"img\" viewBox=\"0 0 "));
    number_write(out, width);
    buf_char(out, ' ');
    number_write(out, height);
    buf_str(out, STR("\">\n<title>"));
    html_text(out, title);
    buf_str(out, STR("</title>\n<desc>"));
    html_text(out, description);
    buf_str(out, STR("</desc>\n"));
}

void svg_close(struct buf *out)
{
    buf_str(out, STR("</svg>\n"));
}

void svg_line(struct buf *out, struct str class, double x1, double y1, double x2, double y2)
{
    class_write(out, "line", class);
    attribute_write(out, "x1", x1);
    attribute_write(out, "y1", y1);
    attribute_write(out, "x2", x2);
    attribute_write(out, "y2", y2);
    buf_str(out, STR("/>\n"));
}

void svg_rect(struct buf *out, struct str class, double x, double y, double width, double height)
{
    if (width <= 0 || height <= 0) {
        return;
    }
    class_write(out, "rect", class);
    attribute_write(out, "x", x);
    attribute_write(out, "y", y);
    attribute_write(out, "width", width);
    attribute_write(out, "height", height);
    buf_str(out, STR("/>\n"));
}

void svg_dot(struct buf *out, struct str class, double x, double y, double radius)
{
    class_write(out, "circle", class);
    attribute_write(out, "cx", x);
    attribute_write(out, "cy", y);
    attribute_write(out, "r", radius);
    buf_str(out, STR("/>\n"));
}

void svg_text(struct buf *out, struct str class, double x, double y, enum svg_anchor anchor,
              struct str text)
{
    static const struct str anchors[] = {
        [SVG_START] = STR_LIT(""),
        [SVG_MIDDLE] = STR_LIT(" text-anchor=\"middle\""),
        [SVG_END] = STR_LIT(" text-anchor=\"end\""),
    };

    class_write(out, "text", class);
    attribute_write(out, "x", x);
    attribute_write(out, "y", y);
    buf_str(out, anchors[anchor]);
    buf_char(out, '>');
    html_text(out, text);
    buf_str(out, STR("</text>\n"));
}

void svg_path_open(struct buf *out, struct str class)
{
    class_write(out, "path", class);
    buf_str(out, STR(" d=\""));
}

void svg_path_move(struct buf *out, double x, double y)
{
    buf_char(out, 'M');
    number_write(out, x);
    buf_char(out, ' ');
    number_write(out, y);
}

void svg_path_draw(struct buf *out, double x, double y)
{
    buf_char(out, 'L');
    number_write(out, x);
    buf_char(out, ' ');
    number_write(out, y);
}

void svg_path_end(struct buf *out)
{
    buf_char(out, 'Z');
}

void svg_path_close(struct buf *out)
{
    buf_str(out, STR("\"/>\n"));
}

/* In shares of the size, after DejaVu Sans, which is among the widest that pages are shown in. */
static double glyph_advance(uint32_t c)
{
    if (c >= 0x80) {
        return glyph_width(c) == 2 ? 1.05 : glyph_width(c) == 0 ? 0 : 0.75;
    }
    switch (c) {
    case ' ':
    case '.':
    case ',':
    case ':':
    case ';':
    case '\'':
    case '!':
    case '|':
    case 'i':
    case 'j':
    case 'l':
        return 0.34;
    case 'f':
    case 'r':
    case 't':
    case '(':
    case ')':
    case '/':
    case '-':
        return 0.42;
    case 'm':
    case 'w':
    case 'M':
    case 'W':
    case '%':
    case '@':
        return 1.0;
    default:
        return c >= 'A' && c <= 'Z' ? 0.78 : 0.64;
    }
}

/* How many bytes of the text fit, and how wide they are. */
static size_t text_measure(struct str text, double width_max, double *width)
{
    struct str rest = text;

    *width = 0;
    while (rest.n > 0) {
        uint32_t c = 0;
        size_t used = utf8_next(rest, &c);
        /* What html_text writes out as an escape takes up to ten characters. */
        double advance = SVG_TEXT_SIZE *
                         (c == UTF8_INVALID || glyph_is_hidden(c) ? 10 * 0.64 : glyph_advance(c));
        if (*width + advance > width_max) {
            break;
        }
        *width += advance;
        rest = str_sub(rest, used, rest.n);
    }
    return text.n - rest.n;
}

double svg_text_width(struct str text)
{
    double width;

    (void)text_measure(text, 1e9, &width);
    return width;
}

void svg_text_fit(struct buf *out, struct str text, double width)
{
    static const struct str ellipsis = STR_LIT("\u2026");
    double taken;

    if (text_measure(text, width, &taken) == text.n) {
        buf_str(out, text);
        return;
    }
    size_t kept = text_measure(text, width - SVG_TEXT_SIZE, &taken);
    buf_str(out, str_trim(str_sub(text, 0, kept)));
    buf_str(out, ellipsis);
}
