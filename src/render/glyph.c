#include "render/glyph.h"

/* Default_Ignorable_Code_Point of Unicode without the variation selectors U+FE00-FE0F (they belong
 * to a visible character, and are counted as marks), with the separators, the annotation characters
 * and the controls. */
static const struct glyph_range glyph_hidden[] = {
    {0x00, 0x1f},         {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
    {0x61c, 0x61c},       {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200f},     {0x2028, 0x202e},   {0x2060, 0x206f},   {0x2800, 0x2800},
    {0x3164, 0x3164},     {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0xfffe, 0xffff},     {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    {0x10fffe, 0x10ffff},
};

static bool ranges_hold(const struct glyph_range *ranges, size_t count, uint32_t code_point)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > ranges[middle].last) {
            low = middle + 1;
        } else if (code_point < ranges[middle].first) {
            high = middle;
        } else {
            return true;
        }
    }
    return false;
}

unsigned glyph_width(uint32_t code_point)
{
    if (code_point < 0x300) {
        return 1;
    }
    if (ranges_hold(glyph_zero, glyph_zero_count, code_point)) {
        return 0;
    }
    return ranges_hold(glyph_wide, glyph_wide_count, code_point) ? 2 : 1;
}

bool glyph_is_hidden(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7f) {
        return false;
    }
    return ranges_hold(glyph_hidden, sizeof glyph_hidden / sizeof glyph_hidden[0], code_point);
}

void glyph_escape(struct buf *out, uint32_t code_point)
{
    if (code_point < 0x100) {
        buf_printf(out, "\\x%02x", (unsigned)code_point);
    } else {
        buf_printf(out, "\\u{%x}", (unsigned)code_point);
    }
}
