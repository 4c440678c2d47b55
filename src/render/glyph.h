/* glyph.h: what one code point does on a screen: how much room it takes, and whether it hides.
 *
 * "Hidden" is everything that a reader cannot see for what it is: controls, the bidirectional
 * controls that make text read backwards, and characters without any ink. Names in a report are
 * untrusted; every writer for people shows these as escapes.
 *
 * Threads:   pure functions.
 *
 * Example:   if (glyph_is_hidden(c)) { glyph_escape(&out, c); } */
#ifndef RENDER_GLYPH_H
#define RENDER_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct glyph_range {
    uint32_t first, last;
};

/* Sorted; glyph_table.c. */
extern const struct glyph_range glyph_zero[], glyph_wide[];
extern const size_t glyph_zero_count, glyph_wide_count;

/* Columns: 0 for marks that sit on the character before, 2 for East Asian wide, else 1. */
unsigned glyph_width(uint32_t code_point);

/* C0, DEL, C1, line and paragraph separators, bidirectional and zero-width characters, fillers,
 * tags and noncharacters. True for newline and tab, too. */
bool glyph_is_hidden(uint32_t code_point);

/* Appends \x1b (below 0x100) or \u{202e}. */
void glyph_escape(struct buf *out, uint32_t code_point);

#endif
