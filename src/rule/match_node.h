/* match_node.h: the nodes that front ends for events make: predicates, and what joins them.
 *
 * Each gives NULL when the arena is full or an operand is NULL, so that failures pass through and
 * the caller reports once.
 *
 * Example:   struct node *both = match_join(&arena, NODE_AND, nodes, 2); */
#ifndef RULE_MATCH_NODE_H
#define RULE_MATCH_NODE_H

#include "rule/event_match.h"
#include "rule/program.h"

/* The match is copied. */
struct node *match_node(struct arena *arena, const struct event_match *match);
struct node *match_const(struct arena *arena, bool value, struct str text);
struct node *match_not(struct arena *arena, const struct node *a);
/* All of them joined by NODE_AND or NODE_OR, as a tree whose height grows with the logarithm of
 * their number, so that a list of ten thousand values is no deep recursion. None joined by and is
 * true, by or false. */
const struct node *match_join(struct arena *arena, enum node_kind kind,
                              const struct node *const *nodes, size_t count);

/* A program that fails, which for events means alerts, where `have` is true. */
struct rule_program match_program(struct str text, enum rule_dialect dialect,
                                  const struct node *have);

#endif
