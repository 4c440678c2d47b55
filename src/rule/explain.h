/* explain.h: a program for people: its tree, its columnar plan, and what decided for an entity.
 *
 * Example:   explain_program(&out, &program); */
#ifndef RULE_EXPLAIN_H
#define RULE_EXPLAIN_H

#include "base/buf.h"
#include "rule/batch.h"
#include "rule/eval.h"

/* The typed tree, one node a line, each attribute with its source. */
void explain_program(struct buf *out, const struct rule_program *program);

/* The columnar operations of the rules of a plan, one a line. */
void explain_plan(struct buf *out, const struct batch_plan *plan);

/* The verdict on an entity and the predicates that decided it, each with its values. */
void explain_entity(struct buf *out, const struct rule_program *program, const struct value *entity,
                    int64_t as_of);

/* Whether the rule alerts on an event, and the predicates that decided it, each with what stands in
 * the event. */
void explain_event(struct buf *out, const struct rule_program *program, const struct event *event,
                   int64_t as_of);

#endif
