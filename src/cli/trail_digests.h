/* trail_digests.h: --verify-digests: the public keys, the check, and what it says.
 *
 * Example:   if (!trail_digests_check(digests, args, &input, tell, job, &totals, &err)) { ... } */
#ifndef CLI_TRAIL_DIGESTS_H
#define CLI_TRAIL_DIGESTS_H

#include "base/buf.h"
#include "cli/opt.h"
#include "cli/trail_input.h"
#include "trail/digests.h"

/* With the keys of --digest-keys, else with those that CloudTrail lists. */
MUST_USE bool trail_digests_check(struct digests *digests, const struct args *args,
                                  struct trail_input *input, digest_problem_fn tell, void *shared,
                                  struct digest_totals *totals, struct err *err);

/* One sentence for people. */
void trail_digests_write(struct buf *out, const struct digest_totals *totals);

#endif
