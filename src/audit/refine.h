/* refine.h: rows of a report that the report alone does not decide: answered again, one by one.
 *
 * The rules run on columns first. Then, in a report beside which something was collected, each
 * unknown of a rule that asks about more than columns is evaluated again on the row and what was
 * collected of its user; and where that replaces what the report says, all rules are. The same
 * happens to rules about keys or certificates where the report says that a user has more of them
 * than there are columns and nobody listed them: it must not pass for what nobody saw.
 *
 * Ownership: owns its memory; borrows rules and batch.
 * Threads:   one refiner for each worker.
 *
 * Example:   if (refiner_begin(refiner, &batch, names, file->entities, as_of)) {
 *                refiner_control(refiner, control, &bits);
 *            }
 *            if (refiner_has(refiner, control, row)) { ... refiner_evidence(...) ... } */
#ifndef AUDIT_REFINE_H
#define AUDIT_REFINE_H

#include "audit/entity_set.h"
#include "audit/pack.h"
#include "model/finding.h"
#include "rule/batch.h"

struct refiner;

struct refiner *refiner_new(const struct ruleset *rules);
void refiner_free(struct refiner *refiner); /* NULL is fine */

/* Looks for rows of the batch that may need it; false: none does. `set`: NULL where nothing was
 * collected. */
bool refiner_begin(struct refiner *refiner, const struct user_batch *batch,
                   struct batch_names names, const struct entity_set *set, int64_t as_of);
/* Answers again where it is due. */
void refiner_control(struct refiner *refiner, uint32_t control, struct verdict_bits *bits);
/* Whether the row's answer to the control comes from here. */
bool refiner_has(const struct refiner *refiner, uint32_t control, size_t row);
/* As batch_evidence, for such an answer; texts live until the next call. */
size_t refiner_evidence(struct refiner *refiner, uint32_t control, size_t row,
                        struct evidence *evidence, enum gap *gap);

/* The row as rules see it: merged with what was collected. It lives until the next batch; NULL when
 * it is too large. */
const struct value *refiner_entity(struct refiner *refiner, size_t row);

#endif
