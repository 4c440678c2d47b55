/* rules.h: --pack, --rules and --param, which several commands share.
 *
 * Example:   if (!rules_load(&rules, args, &names, &err)) { ... } */
#ifndef CLI_RULES_H
#define CLI_RULES_H

#include "audit/pack.h"
#include "base/buf.h"
#include "cli/opt.h"

/* Loads what the options name (the pack keywarden when nothing is), sets parameters and compiles.
 * Rules about CloudTrail's events, which no report answers, are an error. Appends the names loaded
 * to `names`, for people. */
MUST_USE bool rules_load(struct ruleset *rules, const struct args *args, struct buf *names,
                         struct err *err);

/* The next pack that --pack names, each once, however often it is named: a pack loads once. `at`
 * begins at 0. */
bool rules_next_pack(const struct args *args, size_t *at, struct str *name);

/* Appends the name of a pack or file to a list for people. */
void rules_name(struct buf *names, struct str name);

/* Adds the packs that --pack names, each once, and appends their names to `names`. */
MUST_USE bool rules_add_packs(struct ruleset *rules, const struct args *args, struct buf *names,
                              struct err *err);

/* Prints the line of `source` at fault to standard error, with a caret under the column. */
void rule_caret(struct str source, uint32_t line, uint32_t col);

/* Reads a rule file's text, for those who look at its kind first. */
MUST_USE bool rules_read_file(struct str path, struct buf *text, struct err *err);

/* Adds one rule file of controls; one of Sigma is an error. */
MUST_USE bool rules_add_file(struct ruleset *rules, struct str path, struct err *err);

#endif
