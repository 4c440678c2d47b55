/* sigma.h: Sigma rules and correlations about CloudTrail into programs.
 *
 * Reads what the Sigma specification 2.1 says of rules (docs/sigma.md has the exact meaning of each
 * part). A document about another log source is left out with a word; one that this reader does not
 * understand in full is an error: a rule is never loaded in part.
 *
 * A file is added document by document, so that `rule check` can name all that is wrong. After the
 * last file sigma_set_resolve joins correlations with their rules.
 *
 * Ownership: a set owns all that its rules point to, file texts included.
 * Threads:   immutable once resolved.
 *
 * Example:   struct sigma_set set;
 *            sigma_set_init(&set);
 *            if (sigma_set_add(&set, path, text, &err) && sigma_set_resolve(&set, &err)) { ... }
 *            sigma_set_release(&set); */
#ifndef RULE_SIGMA_H
#define RULE_SIGMA_H

#include "codec/yaml.h"
#include "model/control.h"
#include "rule/correlation.h"
#include "rule/program.h"

/* What a program can say about a rule that loads: a part, or all of it, that no event can match. */
struct sigma_note {
    struct str part; /* the detection's name; empty: the whole rule */
    struct str text;
    bool is_unused; /* the condition does not name the part */
    uint32_t line, col;
};

struct sigma_rule {
    struct str id, name, title, status, description, author;
    enum severity severity;
    bool has_level;
    struct str_list tags, references, falsepositives, fields;
    struct rule_program program;
    const struct sigma_note *notes;
    size_t note_count;
    bool never_matches;
    /* A correlation is about it, and does not ask for alerts of the rule itself. */
    bool is_silent;
    struct str file, source; /* where it stands */
    uint32_t line;
};

/* A document that is no rule about CloudTrail. */
struct sigma_skip {
    struct str title, reason, file;
    uint32_t line;
};

struct sigma_placeholder {
    struct str name;
    struct str_list values;
};

struct sigma_set {
    struct arena arena;
    struct sigma_rule *rules;
    size_t rule_count, rule_capacity;
    struct correlation *correlations;
    size_t correlation_count, correlation_capacity;
    struct sigma_skip *skips;
    size_t skip_count, skip_capacity;
    struct sigma_placeholder *placeholders;
    size_t placeholder_count;
};

/* Whether a file is Sigma, told by its content: a top-level key that only Sigma has. */
bool sigma_is_text(struct str text);

void sigma_set_init(struct sigma_set *set);
void sigma_set_release(struct sigma_set *set);

/* Values for `expand`: YAML or JSON, a mapping of names to a text or a list of texts. */
MUST_USE bool sigma_set_add_placeholders(struct sigma_set *set, struct str file, struct str text,
                                         struct err *err);

/* Copies a file's name and text into the set and parses it. */
MUST_USE bool sigma_set_read(struct sigma_set *set, struct str *file, struct str *text,
                             const struct yaml_node **first, struct err *err);
/* One of its documents. */
MUST_USE bool sigma_set_add_document(struct sigma_set *set, struct str file, struct str text,
                                     const struct yaml_node *document, struct err *err);
/* A whole file, up to the first error. Errors have file, line and column. */
MUST_USE bool sigma_set_add(struct sigma_set *set, struct str file, struct str text,
                            struct err *err);

MUST_USE bool sigma_set_resolve(struct sigma_set *set, struct err *err);

/* By id, or by name; SIZE_MAX when there is none. */
size_t sigma_rule_find(const struct sigma_set *set, struct str reference);
size_t sigma_correlation_find(const struct sigma_set *set, struct str reference);

/* "informational" is what Sigma calls SEVERITY_INFO. */
bool sigma_level_parse(struct str name, enum severity *out);

#endif
