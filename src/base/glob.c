#include "base/glob.h"

bool glob_is_pattern(struct str pattern)
{
    return str_find(pattern, '*') < pattern.n || str_find(pattern, '?') < pattern.n;
}

bool glob_is_all(struct str pattern)
{
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] != '*') {
            return false;
        }
    }
    return pattern.n > 0;
}

/* Behind the character at `at`: the bytes that go on with it in UTF-8 belong to it. */
static size_t character_end(struct str text, size_t at)
{
    at++;
    while (at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80) {
        at++;
    }
    return at;
}

bool glob_match(struct str pattern, struct str text)
{
    size_t p = 0, t = 0;
    size_t star = pattern.n; /* the last star seen; pattern.n: none yet */
    size_t taken = 0;        /* where what stands behind that star is being tried */

    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.n && pattern.p[p] == '?') {
            p++;
            t = character_end(text, t);
        } else if (p < pattern.n && pattern.p[p] == text.p[t]) {
            p++;
            t++;
        } else if (star < pattern.n) {
            /* Only the last star need be tried again: what an earlier one took stays right. */
            p = star + 1;
            taken = character_end(text, taken);
            t = taken;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') {
        p++;
    }
    return p == pattern.n;
}
