/* terminal.h: text that a terminal shows as it is: nothing in it moves the cursor, changes colours,
 * reads backwards or hides. Styles are ours alone and are written around such text.
 *
 * Ownership: buffers are the caller's; a filter holds at most three bytes of a cut character.
 * Threads:   pure functions; one thread at a time per filter.
 *
 * Example:   terminal_style(&out, STYLE_BOLD, color);
 *            terminal_text(&out, user);
 *            terminal_style(&out, STYLE_NONE, color); */
#ifndef RENDER_TERMINAL_H
#define RENDER_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum terminal_style {
    STYLE_NONE, /* ends the style before */
    STYLE_BOLD,
    STYLE_FAINT,
    STYLE_TITLE,
    STYLE_ALARM, /* white on red */
    STYLE_RED,
    STYLE_ORANGE,
    STYLE_YELLOW,
    STYLE_GREEN,
    STYLE_BLUE,
    STYLE_MAGENTA,
};

/* Appends the escape sequence of a style; nothing when `color` is false. */
void terminal_style(struct buf *out, enum terminal_style style, bool color);

/* Appends text with every hidden character and every byte that is not UTF-8 as \x1b or \u{202e}. */
void terminal_text(struct buf *out, struct str text);

/* Columns of text that terminal_text wrote. */
size_t terminal_width(struct str safe_text);

/* Appends safe text cut to `width` columns, its last column an ellipsis where it was cut. Returns
 * the columns written. */
size_t terminal_cut(struct buf *out, struct str safe_text, size_t width);

/* Takes from *rest what fits on a line of `width` columns and ends at a blank, without the blank.
 * `before_blank` is the character the blank must follow, or 0 for any. Where no such blank fits,
 * the line goes to the first one and is too long. */
struct str terminal_line(struct str *rest, size_t width, char before_blank);

/* A bar of `width` columns, `part` of `whole` filled in steps of an eighth; never empty when part
 * is above 0, never full when part is below whole. */
void terminal_bar(struct buf *out, uint64_t part, uint64_t whole, unsigned width);

/* The same as terminal_text over a stream in pieces, with newlines and tabs left alone: for output
 * of any format that happens to go to a terminal. */
struct terminal_filter {
    char cut[4]; /* the start of a character whose end has not come yet */
    size_t cut_size;
};

void terminal_filter_write(struct terminal_filter *filter, struct buf *out, struct str piece);
void terminal_filter_end(struct terminal_filter *filter, struct buf *out);

#endif
