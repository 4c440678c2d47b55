/* derive.h: a stored report back into the rows and the packed text that were made of it.
 *
 * Ownership: what is derived lives until the next call.
 * Threads:   one thread at a time per deriver.
 *
 * Example:   struct deriver *deriver = deriver_new();
 *            if (!derive_report(deriver, account, frame, &err)) { ... }
 *            ... deriver_states(deriver)->rows ... */
#ifndef STORE_DERIVE_H
#define STORE_DERIVE_H

#include "store/packed.h"
#include "store/states.h"

struct deriver;

struct deriver *deriver_new(void);
void deriver_free(struct deriver *deriver);

/* From the compressed report. Errors are ERR_STORE: it was read once already. */
MUST_USE bool derive_report(struct deriver *deriver, uint64_t account, struct str frame,
                            struct err *err);
const struct report_states *deriver_states(const struct deriver *deriver);
struct str deriver_report(const struct deriver *deriver);
/* The packed text of the report at hand. */
struct str derive_packed(struct deriver *deriver, const struct sample_facts *facts,
                         const uint64_t *identities);

#endif
