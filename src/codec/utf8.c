#include "codec/utf8.h"

/* The first byte decides the length and, for four of its values, narrows the second byte: that is
 * where overlong forms (E0, F0), surrogates (ED) and what lies beyond U+10FFFF (F4) are caught. */
size_t utf8_next(struct str s, uint32_t *code_point)
{
    unsigned char first = (unsigned char)s.p[0];
    unsigned char low = 0x80, high = 0xBF;
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t value = 0;

    if (first < 0x80) {
        *code_point = first;
        return 1;
    }
    *code_point = UTF8_INVALID;
    if (first < 0xC2 || first > 0xF4 || s.n < length) {
        return 1;
    }
    low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : low;
    high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : high;
    value = first & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)s.p[i];
        if (next < low || next > high) {
            return 1;
        }
        value = value << 6 | (next & 0x3FU);
        low = 0x80;
        high = 0xBF;
    }
    *code_point = value;
    return length;
}
