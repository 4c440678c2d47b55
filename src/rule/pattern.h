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

/* Errors say what PCRE2 says and where in the expression. */
MUST_USE bool pattern_compile(struct arena *arena, struct str text, const struct pattern **out,
                              struct err *err);

struct pattern_scratch *pattern_scratch_new(void);
void pattern_scratch_free(struct pattern_scratch *scratch);

/* Searches; false when the limits were hit and so nothing is known. */
MUST_USE bool pattern_search(const struct pattern *pattern, struct str subject,
                             struct pattern_scratch *scratch, bool *found);

#endif
