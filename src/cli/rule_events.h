/* rule_events.h: what the `rule` commands do with Sigma rules, and with rules about events.
 *
 * Example:   if (rule_events_add_file(&set, path, buf_text(&text), &err)) { ... } */
#ifndef CLI_RULE_EVENTS_H
#define CLI_RULE_EVENTS_H

#include "base/buf.h"
#include "cli/opt.h"
#include "rule/sigma.h"

/* Values that --placeholders names. */
MUST_USE bool rule_events_placeholders(struct sigma_set *set, const struct args *args,
                                       struct err *err);
/* A pack of Sigma rules by its name; false, without an error, when there is none. */
bool rule_events_pack(struct str name, struct str *text);

/* Checks all documents of a file, prints what is wrong with carets, and appends what can never
 * match and what is left out. Returns the number of wrong ones. */
size_t rule_events_check(struct sigma_set *set, struct str path, struct str text, struct buf *out,
                         bool is_quiet);

/* One line a rule: id, level, title. */
void rule_events_list(struct buf *out, const struct sigma_set *set);

/* The programs, or with an event (JSON) what decides for it. `id` may be empty: all. Returns how
 * many were shown, or SIZE_MAX with an error. */
size_t rule_events_explain(struct buf *out, const struct sigma_set *set, struct str id,
                           struct str event, int64_t as_of, struct err *err);

/* "match", "no-match" or "unknown" for one event, or for a list of them in order of time, which for
 * a correlation is a match when it fires. `reference` is an id or name; false with no error when
 * the set has none of it. */
bool rule_events_answer(const struct sigma_set *set, struct str reference, struct str json,
                        struct str *answer, struct err *err);

/* The same for a program that no set holds. */
MUST_USE bool rule_events_answer_one(const struct rule_program *program, struct str json,
                                     int64_t as_of, struct str *answer, struct err *err);

#endif
