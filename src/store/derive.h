/* derive.h: a stored report back into the rows and the packed text that were made of it.
 *
 * Ownership: what is derived lives until the next call.
 * Threads:   one thread at a time per derivation.
 *
 * Example:   struct derivation *derivation = derivation_new();
 *            if (!derive_report(derivation, account, frame, &err)) { ... }
 *            ... derivation_states(derivation)->rows ... */
#ifndef STORE_DERIVE_H
#define STORE_DERIVE_H

#include "store/packed.h"
#include "store/states.h"

struct derivation;

struct derivation *derivation_new(void);
void derivation_free(struct derivation *derivation);

/* From the compressed report. Errors are ERR_STORE: it was read once already. */
MUST_USE bool derive_report(struct derivation *derivation, uint64_t account, struct str frame,
                            struct err *err);
const struct report_states *derivation_states(const struct derivation *derivation);
struct str derivation_report(const struct derivation *derivation);
/* The packed text of the report at hand. */
struct str derive_packed(struct derivation *derivation, const struct sample_facts *facts,
                         const uint64_t *identities);

#endif
