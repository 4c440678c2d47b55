/* check_parts.h: the type check's two halves to each other: values and paths in check_value.c,
 * conditions, quantifiers and the rule itself in check.c.
 *
 * Example:   only check.c and check_value.c include this; the face is program.h. */
#ifndef RULE_CHECK_PARTS_H
#define RULE_CHECK_PARTS_H

#include "rule/program.h"

struct frame {
    const struct schema_entity *entity;
    bool is_string; /* element of a list of strings */
};

struct checker {
    struct arena *arena;
    const struct ast_rule *rule;
    const struct control_param *params;
    size_t param_count;
    struct frame frames[FRAME_COUNT_MAX];
    uint32_t frame_count;
    uint32_t lexical[FRAME_COUNT_MAX]; /* frames that `with` opened, which `..` climbs */
    uint32_t lexical_count;
    const struct node *steps[FRAME_COUNT_MAX]; /* lists crossed by the predicate at hand */
    uint32_t step_count;
    uint32_t let_depth;
    struct err *err;
};

/* Sets the error at an offset of the rule's text; always NULL. */
struct node *checker_fail(struct checker *checker, uint32_t offset, const char *format, ...)
    PRINTF(3, 4);

/* New nodes; NULL operands make NULL, so that failures pass through. */
struct node *checker_node(struct checker *checker, enum node_kind kind, enum rule_type type,
                          const struct ast *ast);
struct node *checker_unary(struct checker *checker, enum node_kind kind, enum rule_type type,
                           const struct ast *ast, const struct node *a);
struct node *checker_binary(struct checker *checker, enum node_kind kind, enum rule_type type,
                            const struct ast *ast, const struct node *a, const struct node *b);
struct node *checker_const(struct checker *checker, const struct ast *ast, struct value value,
                           enum rule_type type);
struct node *checker_attr(struct checker *checker, const struct ast *ast, uint32_t frame,
                          const struct schema_attr *const *chain, uint32_t chain_count);

/* Crosses `list`: its elements get a frame of their own, the predicate at hand one step more. */
bool checker_step_into(struct checker *checker, const struct node *list, const struct ast *ast);

bool node_is_const(const struct node *node);
/* Makes a constant string that stands beside a time a time. False where it is no constant, and with
 * an error where it is no date. */
bool checker_date(struct checker *checker, struct node *node, const struct ast *ast);
/* What to call a node's type in a message: "a list", "a time". */
const char *node_type_text(const struct node *node);

/* Any expression; lists and structs as they are. */
struct node *check_value(struct checker *checker, const struct ast *ast);
/* One value: a list becomes "any of its elements", a struct its `value` or `id`. */
struct node *check_scalar(struct checker *checker, const struct ast *ast);
struct node *check_path(struct checker *checker, const struct ast *ast);
/* The values of in(...) and has(...): constants of one type, into node->args. Gives node back. */
struct node *check_const_list(struct checker *checker, const struct ast *first, enum rule_type type,
                              struct node *node);
/* A condition, with the lists it crosses quantified. */
struct node *check_bool(struct checker *checker, const struct ast *ast);

#endif
