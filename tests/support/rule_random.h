/* rule_random.h: random rules that check, over the whole grammar and schema.
 *
 * Words vary in spelling (case, eq or ==, blanks), values are few enough that comparisons hit.
 *
 * Ownership: text goes to the caller's buffer.
 * Threads:   one thread at a time.
 *
 * Example:   struct rule_random rules = {.random = &random, .out = &text, .depth = 3};
 *            rule_random_begin(&rules, schema_entity_find(STR("IAMUser")));
 *            rule_random_condition(&rules); */
#ifndef SUPPORT_RULE_RANDOM_H
#define SUPPORT_RULE_RANDOM_H

#include "base/buf.h"
#include "model/control.h"
#include "rule/schema.h"
#include "support/random.h"

enum { RULE_SCOPES_MAX = 6 };

struct rule_random {
    struct random *random;
    struct buf *out;
    int depth;           /* levels of and, or, not and with that may still be opened */
    bool is_report_only; /* mostly attributes that a credential report tells */
    bool is_monotone;    /* nothing that asks whether a value is unknown */
    bool is_plain;       /* every word in its canonical spelling */
    /* The entities that `..` climbs, the innermost last; NULL: a plain string. */
    const struct schema_entity *scopes[RULE_SCOPES_MAX];
    int scope_count;
    int let_count; /* conditions defined before: l0, l1, ... */
};

/* What $days and $n are in every random rule. */
extern const struct control_param rule_random_params[];
enum { RULE_RANDOM_PARAM_COUNT = 2 };

void rule_random_begin(struct rule_random *rules, const struct schema_entity *entity);
/* Appends one condition; parenthesise it to combine it with others. */
void rule_random_condition(struct rule_random *rules);
/* Appends a whole rule, lets and all. */
void rule_random_rule(struct rule_random *rules, const struct schema_entity *entity);

#endif
