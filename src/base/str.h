/* str.h: text as a borrowed slice, passed by value. Never NUL-terminated, never owned.
 *
 * Ownership: a str points into memory that somebody else keeps alive; the function that returns
 *            one says whose.
 * Threads:   plain values; no state.
 *
 * Example:   struct str rest = STR_LIT("a,b"), head;
 *            if (str_cut(&rest, ',', &head)) { ... head is "a", rest is "b" ... }
 *            printf("%.*s", STR_ARG(head)); */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct str {
    const char *p;
    size_t n;
};

/* A str over a string literal, usable in static initialisers. */
#define STR_LIT(literal)                                                                           \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
/* The same as an expression. */
#define STR(literal) ((struct str)STR_LIT(literal))
/* The two arguments that "%.*s" takes. */
#define STR_ARG(s) (int)(s).n, (s).p

struct str str_from(const char *z);                       /* z may be NULL: the empty str */
struct str str_sub(struct str s, size_t from, size_t to); /* clamped to s */

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);        /* byte order, then length */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s); /* blanks, tabs, CR, LF at both ends */

/* Index of the first c in s, or s.n. */
size_t str_find(struct str s, char c);

/* Splits *s at the first sep: *head is what stands before it, *s what follows. Without a sep, *head
 * is all of *s and *s becomes empty; returns false then. */
bool str_cut(struct str *s, char sep, struct str *head);

/* Decimal digits only, at least one, nothing else; false on anything else or on overflow. */
MUST_USE bool str_to_u64(struct str s, uint64_t *out);
/* The same with an optional leading '-'. */
MUST_USE bool str_to_i64(struct str s, int64_t *out);

/* Of a hexadecimal digit in either case: 0 to 15; -1 for what is none. */
int str_hex_digit(char c);

/* Edit distance (insert, delete, replace, swap of neighbours; letter case ignored), at most `cap`.
 * For "did you mean" hints; strings over 63 bytes answer `cap`. */
unsigned str_distance(struct str a, struct str b, unsigned cap);

/* Whether `candidate` may be meant by `written` and is nearer than any before: one typing slip in
 * up to three letters, else two, or a third of a long name. Lowers *best, which starts at
 * UINT_MAX. */
bool str_is_near(struct str written, struct str candidate, unsigned *best);

#endif
