/* event_match.h: one predicate on an event: what NODE_MATCH asks of the values at a path.
 *
 * Sigma and CloudWatch patterns are two-valued: a field that is not there matches nothing. Unknown
 * comes only from regular expressions that ran into their limits.
 *
 * Numbers and booleans are compared with texts as they are written, objects by their text form
 * (event_node_text), arrays of a loose path element by element.
 *
 * Ownership: matches live in the arena of the rule; a context belongs to its user.
 * Threads:   matches are immutable; one context per thread.
 *
 * Example:   enum truth truth = event_match_truth(&context, match, event); */
#ifndef RULE_EVENT_MATCH_H
#define RULE_EVENT_MATCH_H

#include "rule/event.h"
#include "rule/pattern.h"
#include "rule/text_match.h"
#include "rule/value.h"

enum match_op {
    MATCH_TEXT,      /* any of `texts` matches */
    MATCH_DIFFERS,   /* CloudWatch's !=: a string or number is there, none of `texts` matches */
    MATCH_REGEX,     /* `pattern` is found in it */
    MATCH_NO_REGEX,  /* CloudWatch's != %..%: a string or number is there without it */
    MATCH_NUMBER,    /* it is a number, and `compare` holds against `number` */
    MATCH_CIDR,      /* it is an address or block inside `text` */
    MATCH_NULL,      /* Sigma's null: nothing stands there but null */
    MATCH_EXISTS,    /* there is such a member */
    MATCH_FIELD,     /* its text is that of a value at `other`, or begins or ends with it */
    MATCH_TIME_PART, /* it is a time whose `part` compares with `number` */
    MATCH_IS_NULL,   /* CloudWatch's IS NULL: it is there and null */
    MATCH_IS_TRUE,   /* it is the boolean true */
    MATCH_IS_FALSE,  /* it is the boolean false */
};

enum number_op { NUMBER_EQ, NUMBER_NEQ, NUMBER_LT, NUMBER_LTE, NUMBER_GT, NUMBER_GTE };
enum time_part { PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR };

struct event_match {
    enum match_op op;
    struct event_path path; /* no steps: every string, number and boolean of the event */
    const struct text_match *texts;
    uint32_t text_count;
    const struct pattern *pattern;
    struct str text; /* CIDR: the block; REGEX: the expression */
    double number;
    enum number_op compare;
    enum time_part part;
    struct event_path other; /* FIELD */
    bool is_begin, is_end;   /* FIELD: begins, ends with; both: contains; none: equals */
    bool is_cased;           /* FIELD */
    bool is_plain;           /* CloudWatch: only strings and numbers are values */
    struct str label;        /* the predicate as the rule writes it */
};

struct match_context {
    struct pattern_scratch *scratch;
    struct buf text, other_text;
};

void match_context_init(struct match_context *context);
void match_context_release(struct match_context *context);

enum truth event_match_truth(struct match_context *context, const struct event_match *match,
                             const struct event *event);

/* Appends the predicate for people, on one line. */
void event_match_write(struct buf *out, const struct event_match *match);
/* Appends what stands at its path, cut to a line. */
void event_match_write_found(struct buf *out, struct match_context *context,
                             const struct event_match *match, const struct event *event);

#endif
