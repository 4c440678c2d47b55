/* ast.h: a rule as it was written: the tree that parse makes, format prints and check types.
 *
 * Ownership: nodes live in the arena of the parse; texts point into the rule text.
 * Threads:   immutable after the parse.
 *
 * Example:   struct ast_rule rule;
 *            if (!rule_parse(&arena, text, &rule, &err)) { ... }
 *            rule_format(&out, &rule); */
#ifndef RULE_AST_H
#define RULE_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum ast_kind {
    AST_OR,         /* a or b */
    AST_AND,        /* a and b */
    AST_NOT,        /* not a */
    AST_COMPARE,    /* a <op> b */
    AST_LIKE,       /* a [not] like b */
    AST_IN,         /* a in|notin (args) */
    AST_IS,         /* a is [not] <what> */
    AST_EXISTS,     /* a exists */
    AST_WITH,       /* a with [ b ] */
    AST_QUANTIFY,   /* every a, no a, exactly n a ... : a is the predicate quantified */
    AST_ARITHMETIC, /* a <op> b */
    AST_NEGATE,     /* - a */
    AST_CALL,       /* name(args), or a name(args): a function behind a path */
    AST_PATH,       /* ..Name.Name */
    AST_NUMBER,
    AST_DURATION, /* a <unit> */
    AST_STRING,
    AST_BOOL,
    AST_IP,
    AST_PARAM,
    AST_NOW,
};

enum compare_op { OP_EQ, OP_NEQ, OP_GT, OP_GTE, OP_LT, OP_LTE };
enum arithmetic_op { OP_ADD, OP_SUB, OP_MUL, OP_DIV };
enum is_what { IS_NEVER, IS_UNKNOWN, IS_NOT_SUPPORTED };
enum quantifier { QUANTIFY_ANY, QUANTIFY_EVERY, QUANTIFY_NO, QUANTIFY_ATLEAST, QUANTIFY_EXACTLY };

struct ast {
    enum ast_kind kind;
    uint32_t offset, end; /* in the rule text */
    uint32_t height;      /* levels below, so that no later pass recurses without a bound */
    bool is_negated;      /* LIKE, IN (notin), IS */
    bool is_true;         /* BOOL */
    union {
        enum compare_op compare;
        enum arithmetic_op arithmetic;
        enum is_what is;
        enum quantifier quantifier;
    } op;
    int64_t number;  /* NUMBER, QUANTIFY: n */
    uint32_t ups;    /* PATH: how many leading '..' */
    struct str text; /* STRING, IP, PARAM, CALL: name; DURATION: unit */
    struct ast *a, *b;
    struct ast *args;        /* CALL, IN: first argument */
    struct ast *next;        /* the argument after this one */
    const struct str *names; /* PATH */
    uint32_t name_count;
};

struct ast_let {
    struct str name;
    uint32_t offset;
    struct ast *value;
    struct ast_let *next;
};

struct ast_rule {
    struct str text;
    struct ast_let *lets; /* in order */
    struct str entity;
    uint32_t entity_offset;
    struct ast *where; /* NULL: none */
    bool is_not;       /* should not have */
    struct ast *have;
};

enum { RULE_TEXT_SIZE_MAX = 1 << 16, RULE_DEPTH_MAX = 100, RULE_HEIGHT_MAX = 1000 };

/* Parses one rule, all of `text`. Errors carry line and column in the text, and where a word was
 * expected the nearest known one. */
MUST_USE bool rule_parse(struct arena *arena, struct str text, struct ast_rule *out,
                         struct err *err);

/* Appends the rule in its canonical layout, without a newline at the end: one line up to 100
 * columns, else broken at where, should, and/or and brackets, from the outside in. Parsing the
 * result gives the same tree; comments are not part of it. `out` must be empty or end a line. */
void rule_format(struct buf *out, const struct ast_rule *rule);
/* One expression, on one line. */
void ast_format(struct buf *out, const struct ast *ast);

/* True when the trees mean the same word for word (places ignored). */
bool ast_equal(const struct ast *a, const struct ast *b);
bool ast_rule_equal(const struct ast_rule *a, const struct ast_rule *b);

#endif
