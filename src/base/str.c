#include "base/str.h"

#include <string.h>

struct str str_from(const char *z)
{
    return (struct str){z, z == NULL ? 0 : strlen(z)};
}

struct str str_sub(struct str s, size_t from, size_t to)
{
    if (to > s.n) {
        to = s.n;
    }
    if (from > to) {
        from = to;
    }
    // An empty str may have no pointer, and even NULL + 0 is undefined.
    return s.p == NULL ? (struct str){NULL, 0} : (struct str){s.p + from, to - from};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

    if (c != 0) {
        return c;
    }
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, s.n), suffix);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

size_t str_find(struct str s, char c)
{
    const char *hit = s.n == 0 ? NULL : memchr(s.p, c, s.n);

    return hit == NULL ? s.n : (size_t)(hit - s.p);
}

bool str_cut(struct str *s, char sep, struct str *head)
{
    size_t at = str_find(*s, sep);
    bool found = at < s->n;

    *head = str_sub(*s, 0, at);
    *s = str_sub(*s, found ? at + 1 : at, s->n);
    return found;
}

bool str_to_u64(struct str s, uint64_t *out)
{
    uint64_t value = 0;

    if (s.n == 0) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    uint64_t magnitude = 0, most = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;

    if (!str_to_u64(negative ? str_sub(s, 1, s.n) : s, &magnitude) || magnitude > most) {
        return false;
    }
    *out = magnitude > INT64_MAX ? INT64_MIN : negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

int str_hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

unsigned str_distance(struct str a, struct str b, unsigned cap)
{
    enum { LONGEST = 63 };
    unsigned row[3][LONGEST + 1];
    unsigned *before = row[0], *last = row[1], *now = row[2];

    if (a.n > LONGEST || b.n > LONGEST) {
        return cap;
    }
    for (size_t j = 0; j <= b.n; j++) {
        last[j] = (unsigned)j;
        before[j] = 0;
    }
    for (size_t i = 1; i <= a.n; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            bool same = lower(a.p[i - 1]) == lower(b.p[j - 1]);
            unsigned best = last[j - 1] + (same ? 0 : 1);
            if (last[j] + 1 < best) {
                best = last[j] + 1;
            }
            if (now[j - 1] + 1 < best) {
                best = now[j - 1] + 1;
            }
            if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
                lower(a.p[i - 2]) == lower(b.p[j - 1]) && before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            now[j] = best;
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.n] < cap ? last[b.n] : cap;
}

bool str_is_near(struct str written, struct str candidate, unsigned *best)
{
    unsigned third = (unsigned)(written.n < 63 ? written.n / 3 : 21);
    unsigned cap = written.n <= 3 ? 1 : third > 2 ? third : 2;
    unsigned distance = str_distance(written, candidate, cap + 1);

    if (distance > cap || distance >= *best) {
        return false;
    }
    *best = distance;
    return true;
}
