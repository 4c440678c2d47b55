/* pattern.h: regular expressions for `like`, through PCRE2 with limits on time and memory.
 *
 * Ownership: a compiled pattern lives in the arena; a scratch belongs to one thread.
 * Threads:   patterns are immutable; one scratch per thread.
 *
 * Example:   if (pattern_search(pattern, subject, scratch, &found)) { ... } */
#ifndef RULE_PATTERN_H
#define RULE_PATTERN_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct pattern;
struct pattern_scratch;

enum pattern_flags {
    PATTERN_CASELESS = 1,
    PATTERN_MULTILINE = 2, /* ^ and $ at every line */
    PATTERN_DOT_ALL = 4,   /* . is a line's end too */
    PATTERN_UTF = 8,       /* text is UTF-8, and . a character */
};

/* Errors say what PCRE2 says and where in the expression. */
MUST_USE bool pattern_compile(struct arena *arena, struct str text, unsigned flags,
                              const struct pattern **out, struct err *err);

struct pattern_scratch *pattern_scratch_new(void);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* What stands in every text in which the pattern is found, whatever its letters' case; lower case,
 * and empty where that is not plain to see. */
struct str pattern_needed(const struct pattern *pattern);

/* Searches; false when the limits were hit and so nothing is known. A text without what is needed
 * is not searched, however long it is. */
MUST_USE bool pattern_search(const struct pattern *pattern, struct str subject,
                             struct pattern_scratch *scratch, bool *found);

#endif
