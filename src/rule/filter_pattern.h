/* filter_pattern.h: JSON filter patterns of CloudWatch Logs, as CIS publishes them, into programs.
 *
 *     { ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }
 *
 * Their meaning is CloudWatch's own, which is not Sigma's (docs/sigma.md): letter case counts, a
 * star is a wildcard at the ends of a text only, a selector names one place (arrays by index), and
 * a comparison holds only where a string or number stands, `!=` too.
 *
 * Ownership: programs live in the arena and point into the text, which must outlive them.
 * Threads:   pure functions.
 *
 * Example:   if (filter_pattern_compile(&arena, text, &program, &err)) { ... } */
#ifndef RULE_FILTER_PATTERN_H
#define RULE_FILTER_PATTERN_H

#include "rule/program.h"

/* Whether a rule's text is a pattern: it begins with a brace, which no rule of the language does.
 * */
bool filter_pattern_is_text(struct str text);

/* Errors have line and column in the text. */
MUST_USE bool filter_pattern_compile(struct arena *arena, struct str text, struct rule_program *out,
                                     struct err *err);

#endif
