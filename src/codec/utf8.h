/* utf8.h: one code point at a time from untrusted bytes.
 *
 * Example:   uint32_t code_point;
 *            while (s.n > 0) {
 *                s = str_sub(s, utf8_next(s, &code_point), s.n);
 *            } */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define UTF8_INVALID UINT32_MAX

/* Length of the first code point (1 to 4) and its value; a byte that starts no valid sequence
 * (overlong, surrogate, beyond U+10FFFF, cut short) is UTF8_INVALID of length 1. s must not be
 * empty. */
size_t utf8_next(struct str s, uint32_t *code_point);

#endif
