/* eval.h: runs a program on one entity: the obvious way, a walk over the tree.
 *
 * The batch back end does the same on columns; tests hold the two against each other.
 *
 * Ownership: the context borrows all it is given; it owns its scratch until eval_release.
 * Threads:   one context per thread.
 *
 * Example:   struct eval_context context;
 *            eval_init(&context, as_of);
 *            enum verdict verdict = eval_rule(&context, &program, &entity);
 *            eval_release(&context); */
#ifndef RULE_EVAL_H
#define RULE_EVAL_H

#include "rule/event_match.h"
#include "rule/program.h"

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_NOT_APPLICABLE, VERDICT_UNKNOWN };

/* "pass", "fail", "not-applicable", "unknown". */
struct str verdict_name(enum verdict verdict);

struct eval_context {
    int64_t now; /* the as-of time */
    const struct value *frames[FRAME_COUNT_MAX];
    const struct event *event; /* of eval_event */
    struct match_context match;
    struct arena arena; /* eval_event: an event as an entity of the language */
};

void eval_init(struct eval_context *context, int64_t now);
void eval_release(struct eval_context *context);

enum verdict eval_rule(struct eval_context *context, const struct rule_program *program,
                       const struct value *entity);

/* Whether a rule about events alerts on this one: TRUE where a pattern matches or a rule of the
 * language fails. UNKNOWN is for what a regular expression did not find out within its limits, and
 * for unknowns of the language. */
enum truth eval_event(struct eval_context *context, const struct rule_program *program,
                      const struct event *event);

/* One node of type boolean, with the frames as they are. */
enum truth eval_truth(struct eval_context *context, const struct node *node);
/* One node of any other type. */
struct value eval_value(struct eval_context *context, const struct node *node);

/* A comparison of two values under the language's rules for never, none and unknown. */
enum truth value_compare(enum compare_op op, const struct value *a, const struct value *b);
/* A string predicate (LIKE, IN, COMPARE with a constant) on one text: what batch uses per row. */
enum truth eval_on_value(struct eval_context *context, const struct node *node,
                         const struct value *operand);

/* Calls `visit` for each predicate that decided the truth of `node`, with the frames set as they
 * were and `depth` the number of elements entered. */
struct decision {
    const struct node *node;
    enum truth truth;
    unsigned depth;
    const size_t *element_indexes; /* `depth` of them: which element of each list entered */
};
typedef void (*decision_fn)(void *shared, struct eval_context *context,
                            const struct decision *decision);
void eval_decide(struct eval_context *context, const struct node *node, decision_fn visit,
                 void *shared);

#endif
