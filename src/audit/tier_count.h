/* tier_count.h: the keys and credentials of a batch into tiers.
 *
 * Threads:   pure.
 *
 * Example:   tier_count_batch(&batch, as_of, &tiers); */
#ifndef AUDIT_TIER_COUNT_H
#define AUDIT_TIER_COUNT_H

#include "model/tiers.h"
#include "model/user_batch.h"

/* The columns that must be decoded: a bit for each. */
uint32_t tier_columns(void);

void tier_count_batch(const struct user_batch *batch, int64_t as_of, struct tiers *tiers);

#endif
