/* program.h: a rule after the type check: the one predicate program behind every back end.
 *
 * check makes it; eval runs it on one entity; batch runs it on columns of a report; explain prints
 * it. Front ends for other languages make the same nodes.
 *
 * A quantifier binds its elements to numbered frames; frame 0 is the rule's entity. An attribute
 * names its frame, so a node means the same wherever it stands.
 *
 * Ownership: everything lives in the arena given to rule_check and points into the rule text, which
 *            must outlive it.
 * Threads:   immutable; any number of threads may run it.
 *
 * Example:   struct rule_program program;
 *            if (!rule_check(&arena, &ast, params, param_count, &program, &err)) { ... } */
#ifndef RULE_PROGRAM_H
#define RULE_PROGRAM_H

#include "model/control.h"
#include "rule/ast.h"
#include "rule/pattern.h"
#include "rule/schema.h"
#include "rule/value.h"

enum node_kind {
    NODE_CONST,
    NODE_NOW,  /* the as-of time */
    NODE_ATTR, /* chain of attributes from the entity in `frame`; empty chain: the element itself */
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_COMPARE,
    NODE_LIKE,
    NODE_IN,
    NODE_HAS,
    NODE_IS,
    NODE_EXISTS,
    NODE_QUANTIFY, /* args: the lists, each from the element of the one before; b: the body */
    NODE_LEN,
    NODE_ARITHMETIC,
    NODE_NEGATE,
    NODE_AGE,
    NODE_ABS,
    NODE_FIRST_TIME,
    NODE_NUMHOSTS,
    NODE_IS_PRIVATE,
    NODE_IS_PUBLIC,
    NODE_DIVISIBLE,
    NODE_MATCH, /* a predicate on an event, of Sigma or a filter pattern */
};

struct event_match;

enum { FRAME_COUNT_MAX = 24 };

struct node {
    enum node_kind kind;
    enum rule_type type; /* of the result; of the element, for a list */
    bool is_list;
    bool is_negated;                    /* LIKE, IN */
    const struct schema_entity *entity; /* TYPE_ENTITY: of what kind */
    union {
        enum compare_op compare;
        enum arithmetic_op arithmetic;
        enum is_what is;
        enum quantifier quantifier;
    } op;
    int64_t number;        /* QUANTIFY: n */
    struct value constant; /* CONST */
    uint32_t frame;        /* ATTR: where the chain starts; QUANTIFY: frame of the first list */
    const struct schema_attr *const *chain;
    uint32_t chain_count;
    struct str open_name; /* ATTR into an open struct: the name behind the chain */
    const struct node *a, *b;
    const struct node *const *args;
    uint32_t arg_count;
    const struct pattern *pattern;   /* LIKE */
    const struct event_match *match; /* MATCH */
    struct str text;                 /* as written in the rule */
};

/* Which language it was written in: what its predicates are, and how its answers are called. */
enum rule_dialect { DIALECT_KEYWARDEN, DIALECT_SIGMA, DIALECT_FILTER_PATTERN };

struct rule_program {
    struct str text;
    enum rule_dialect dialect;
    const struct schema_entity *entity;
    const struct node *where; /* NULL: always */
    const struct node *have;
    bool is_not;
    /* For IAMUser: whether `where` can hold on the root row, on a user's row. */
    bool judges_root, judges_users;
};

MUST_USE bool rule_check(struct arena *arena, const struct ast_rule *rule,
                         const struct control_param *params, size_t param_count,
                         struct rule_program *out, struct err *err);

/* Parse and check in one step. A text that begins with '{' is a CloudWatch filter pattern. */
MUST_USE bool rule_compile(struct arena *arena, struct str text, const struct control_param *params,
                           size_t param_count, struct rule_program *out, struct err *err);

/* Appends what an ATTR is called: "Password.LastUsedTime". */
void node_attr_write(struct buf *out, const struct node *attr);
/* What obtains an ATTR: the innermost attribute or entity that says so. */
struct str node_attr_obtain(const struct node *attr);
/* Appends what obtains all that the rule asks about its entity, each once: "a:B, c:D". What a
 * credential report tells is left out. */
void rule_obtain_write(struct buf *out, const struct rule_program *program);

#endif
