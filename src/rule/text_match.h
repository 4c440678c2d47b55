/* text_match.h: texts with wildcards, as Sigma and CloudWatch write them, matched without regular
 * expressions.
 *
 * A text is a sequence of codes: a byte, ANY (any run, also of nothing) or ONE (one character). It
 * is built code by code, so that each front end reads its own escapes, and then compiled.
 *
 * Letter case of ASCII is all that can be ignored; other letters must be the same.
 *
 * Ownership: compiled texts live in the arena given.
 * Threads:   immutable; pure functions.
 *
 * Example:   struct text_match match;
 *            if (text_match_compile(&arena, codes, count, false, &match) &&
 *                text_matches(&match, value)) { ... } */
#ifndef RULE_TEXT_MATCH_H
#define RULE_TEXT_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/str.h"

enum { TEXT_ANY = 256, TEXT_ONE = 257 };

/* A text without ONE and with ANY at its ends alone is compared directly. */
enum text_shape { TEXT_IS, TEXT_BEGINS, TEXT_ENDS, TEXT_CONTAINS, TEXT_GLOB };

struct text_match {
    enum text_shape shape;
    bool is_cased;
    struct str literal;    /* all shapes but GLOB: between the stars; folded unless cased */
    const uint16_t *codes; /* as written */
    size_t count;
};

/* False only when the arena is full. */
MUST_USE bool text_match_compile(struct arena *arena, const uint16_t *codes, size_t count,
                                 bool is_cased, struct text_match *out);

bool text_matches(const struct text_match *match, struct str text);

/* The longest run of bytes that every matching text holds; empty if there is none. It points into
 * the match or, for a GLOB, is copied into the arena. */
MUST_USE bool text_match_run(struct arena *arena, const struct text_match *match, struct str *out);

/* Appends it in Sigma's own notation. */
void text_match_write(struct buf *out, const struct text_match *match);

/* Whether `part`, folded unless cased, stands in `text`. */
bool text_contains(struct str text, struct str part, bool is_cased);

#endif
