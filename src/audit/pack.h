/* pack.h: rule files into controls and checked programs.
 *
 * A pack is YAML (a list of controls; docs/rule-language.md) or plain text (one rule a line, `let`
 * lines before it, indented lines continuing it). Packs of the program itself come from
 * embedded.h; everything else is a file of the user's, read the same way. A control that extends
 * another takes over what it does not say itself.
 *
 * Ownership: a ruleset owns all that its controls and programs point to.
 * Threads:   immutable once loaded.
 *
 * Example:   struct ruleset rules;
 *            ruleset_init(&rules);
 *            ruleset_add_text(&rules, STR("my.yaml"), text, &err);
 *            ruleset_compile(&rules, &err);          // after all --param were set
 *            ruleset_release(&rules); */
#ifndef AUDIT_PACK_H
#define AUDIT_PACK_H

#include "base/arena.h"
#include "base/err.h"
#include "model/control.h"
#include "rule/batch.h"
#include "rule/program.h"

/* Where a rule's text stands, for error messages. */
struct rule_origin {
    struct str file;
    struct str source; /* the whole file */
    size_t begin, end; /* bytes of the rule's scalar in it */
    bool is_inherited; /* it is the rule of the control that this one extends */
};

struct ruleset {
    struct arena arena;
    struct control *controls; /* in load order */
    struct rule_origin *origins;
    struct rule_program *programs;   /* after ruleset_compile */
    const struct control **pointers; /* to each control, for those who want an array of them */
    size_t count, capacity;
    struct batch_plan plan;
    /* What `extends` may name beside earlier controls of the same file; NULL until one does. */
    struct ruleset *catalogue;
    bool is_catalogue;
};

void ruleset_init(struct ruleset *rules);
void ruleset_release(struct ruleset *rules);

/* Adds all controls of a file's text (copied). Errors name file, line and column. */
MUST_USE bool ruleset_add_text(struct ruleset *rules, struct str file, struct str text,
                               struct err *err);
/* Adds a copy of a control, whose texts must live as long as the ruleset; origin may be NULL. */
MUST_USE bool ruleset_add_control(struct ruleset *rules, const struct control *control,
                                  const struct rule_origin *origin, struct err *err);
/* Adds a built-in pack; an unknown name is ERR_USAGE with a hint. */
MUST_USE bool ruleset_add_pack(struct ruleset *rules, struct str name, struct err *err);

/* Sets a declared parameter: "access-key-rotated.days=30". ERR_USAGE with a hint otherwise. */
MUST_USE bool ruleset_set_param(struct ruleset *rules, struct str assignment, struct err *err);

/* Parses and checks one rule; errors carry its place in the file. */
MUST_USE bool ruleset_check_one(struct ruleset *rules, size_t index, struct err *err);
/* All of them, and the plan that runs them. Stops at the first error. */
MUST_USE bool ruleset_compile(struct ruleset *rules, struct err *err);

#endif
