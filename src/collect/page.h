/* page.h: one call of the table, all its pages, kept as answers.
 *
 * What comes is kept as it came. What does not come is kept too: an answer without a body that
 * says why. A page is looked at once, while its tree is there; whoever needs something of it for
 * the next call takes it then.
 *
 * Ownership: answers own their texts until answers_release; what a page function is shown lives
 *            until it returns.
 * Threads:   one thread at a time for each set of answers.
 *
 * Example:   struct answers answers = {0};
 *            const struct ask ask = {.session = &session, .call = call_at(CALL_GET_SUMMARY)};
 *            enum ask_end end = answers_ask(&answers, &ask, &failure, &err);
 *            if (end == ASK_STOPPED) { ... the account cannot be gone on with ... }
 *            answers_release(&answers); */
#ifndef COLLECT_PAGE_H
#define COLLECT_PAGE_H

#include "aws/client.h"
#include "base/arena.h"
#include "collect/calls.h"
#include "inventory/answer.h"

struct answers {
    struct answer *items;
    size_t count, capacity;
    struct arena arena;
};

void answers_release(struct answers *answers); /* a zeroed struct is fine */

/* Looks at a page. False, with *err, when there is no going on. */
typedef bool (*page_fn)(void *context, const struct tree *result, struct err *err);

struct ask {
    struct aws_session *session;
    const struct call *call;
    struct str region;  /* of a regional call */
    struct str subject; /* what the call's subject parameter says */
    struct str label;   /* what the answer is kept under; empty: the subject */
    page_fn look;       /* NULL: nobody looks */
    void *context;
};

enum ask_end {
    ASK_GIVEN,
    ASK_ABSENT, /* there is no such thing */
    ASK_DENIED,
    ASK_FAILED,
    ASK_STOPPED, /* cancelled, a page function that gave up, no room */
};

/* Asks for every page. For all ends but the first two *failure and *err say why: of ASK_DENIED and
 * ASK_FAILED it is for a warning, and an answer that tells of it was kept. */
MUST_USE enum ask_end answers_ask(struct answers *answers, const struct ask *ask,
                                  struct aws_failure *failure, struct err *err);

/* Keeps what a failure outside of answers_ask means: DENIED or FAILED. False when there is no
 * room. */
MUST_USE bool answers_note(struct answers *answers, const struct ask *ask,
                           const struct aws_failure *failure, struct err *err);

/* Writes the parameters of one request as the service's protocol has them: a JSON object, or names
 * and values. For tests. */
struct ask_request {
    struct aws_parameter parameters[CALL_PARAMETER_MAX + 2];
    struct aws_call call;
    struct buf body;
};
void ask_request_make(struct ask_request *request, const struct ask *ask, struct str token);
void ask_request_release(struct ask_request *request);

#endif
