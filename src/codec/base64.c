#include "codec/base64.h"

#include <stdint.h>
#include <string.h>

/* The six bits that a character stands for. XX is no digit: its high bit survives being or-ed with
 * any digits, so that one test covers a whole group. */
enum { XX = 0x80 };
/* clang-format off */
static const uint8_t digits[256] = {
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX,
    XX, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX,
    XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
};
/* clang-format on */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Four digits as 24 bits, or a number with bits above those. */
static uint32_t group_value(const char *p)
{
    uint32_t a = digits[(unsigned char)p[0]], b = digits[(unsigned char)p[1]];
    uint32_t c = digits[(unsigned char)p[2]], d = digits[(unsigned char)p[3]];

    return a << 18 | b << 12 | c << 6 | d | ((a | b | c | d) & XX) << 24;
}

static void value_write(char *to, uint32_t value)
{
    to[0] = (char)(value >> 16);
    to[1] = (char)(value >> 8 & 0xFF);
    to[2] = (char)(value & 0xFF);
}

/* Decodes whole groups up to the first that is not four digits; returns the bytes it consumed. In
 * place is fine: what is written never reaches beyond what has been read. */
static size_t groups_decode(const char *from, size_t n, char *to)
{
    size_t at = 0;

    for (; n - at >= 8; at += 8, to += 6) {
        uint32_t first = group_value(from + at), second = group_value(from + at + 4);
        if (((first | second) >> 24) != 0) {
            break;
        }
        value_write(to, first);
        value_write(to + 3, second);
    }
    for (; n - at >= 4; at += 4, to += 3) {
        uint32_t value = group_value(from + at);
        if (value >> 24 != 0) {
            break;
        }
        value_write(to, value);
    }
    return at;
}

static bool fail_at(struct err *err, size_t offset, const char *what)
{
    return err_set(err, ERR_INPUT, "base64: %s at offset %zu", what, offset);
}

/* Decodes the group at `at`, which holds something else than four digits: padding, if it is right;
 * otherwise says what is wrong with it. */
static bool group_pad(struct str text, size_t at, char *to, size_t *written, struct err *err)
{
    char group[4] = {'A', 'A', 'A', 'A'};
    size_t digit_count = 0, pad_count = 0;
    uint32_t value = 0;

    while (digit_count < 4 && at + digit_count < text.n &&
           digits[(unsigned char)text.p[at + digit_count]] != XX) {
        group[digit_count] = text.p[at + digit_count];
        digit_count++;
    }
    at += digit_count;
    while (digit_count + pad_count < 4 && at + pad_count < text.n &&
           text.p[at + pad_count] == '=') {
        pad_count++;
    }
    if (digit_count + pad_count < 4 || digit_count < 2) {
        size_t next = at + pad_count;
        if (pad_count > 0 && (digit_count < 2 || next < text.n)) {
            return fail_at(err, at, "misplaced padding");
        }
        return next == text.n           ? fail_at(err, next, "missing padding")
               : is_blank(text.p[next]) ? fail_at(err, next, "a blank inside a group of four")
                                        : fail_at(err, next, "a byte that is no base64 digit");
    }
    value = group_value(group);
    if ((value & (pad_count == 2 ? 0xFFFFU : 0xFFU)) != 0) {
        return fail_at(err, at - 1, "a last digit with bits too many");
    }
    to[0] = (char)(value >> 16);
    if (pad_count == 1) {
        to[1] = (char)(value >> 8 & 0xFF);
    }
    *written = digit_count - 1;
    return true;
}

bool base64_decode(struct str text, char *to, size_t *n_out, struct err *err)
{
    size_t at = 0, n = 0, padded = 0;

    while (at < text.n) {
        size_t used = groups_decode(text.p + at, text.n - at, to + n);
        at += used;
        n += used / 4 * 3;
        if (at < text.n && is_blank(text.p[at])) {
            at++;
        } else if (at < text.n) {
            if (!group_pad(text, at, to + n, &padded, err)) {
                return false;
            }
            n += padded;
            at += 4;
            break;
        }
    }
    for (; at < text.n; at++) {
        if (!is_blank(text.p[at])) {
            return fail_at(err, at, "a byte after the padding");
        }
    }
    *n_out = n;
    return true;
}
