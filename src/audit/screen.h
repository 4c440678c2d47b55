/* screen.h: what stands between a rule's answer and a finding: exceptions.
 *
 * Only failures and unknowns are looked at, one by one, and only where an audit asks for this; the
 * rules know nothing of it.
 *
 * Ownership: a screen borrows the configuration; its caches are its own.
 * Threads:   one screen for each thread.
 *
 * Example:   screen_rows(screen, &batch, file->account, control, as_of, &bits, &screened); */
#ifndef AUDIT_SCREEN_H
#define AUDIT_SCREEN_H

#include "audit/engine.h"
#include "model/user_batch.h"
#include "rule/batch.h"

/* Rows of a batch whose answer is not what a reader is told. */
struct screened_bits {
    uint64_t excepted[BATCH_WORDS];
    uint64_t was_unknown[BATCH_WORDS]; /* of the excepted: the rule could not tell */
};

struct screen;

/* NULL when the audit asks for nothing of this. */
struct screen *screen_new(const struct audit_config *config);
void screen_free(struct screen *screen);

/* Takes rows out of the control's failures and unknowns, and says where they went. */
void screen_rows(struct screen *screen, const struct user_batch *batch, struct str account,
                 uint32_t control, int64_t as_of, struct verdict_bits *bits,
                 struct screened_bits *out);

/* Completes a finding of such a row. */
void screen_finding(struct screen *screen, uint32_t control, int64_t as_of,
                    struct finding *finding);

/* The same as both for a finding that stands in no batch. */
void screen_single(struct screen *screen, uint32_t control, int64_t as_of, struct finding *finding);

#endif
