/* diff.h: two sets of reports into what differs between them: new, closed and changed findings,
 * users and credentials.
 *
 * Both sides are audited, each as of its own time. The users of the older one are kept, packed;
 * those of the newer one pass by. So memory grows with the older side (its size in bytes and about
 * a third more, whatever is in it) and with the number of changes (some 150 bytes each).
 *
 * Ownership: a result owns everything its diff points to; the rules must outlive it.
 * Threads:   diff_run starts and ends its own; callbacks come from one thread at a time.
 *
 * Example:   struct diff_result result;
 *            bool ok = diff_run(&config, &result, &err);
 *            ... result.diff.changes ...
 *            diff_result_release(&result); */
#ifndef AUDIT_DIFF_H
#define AUDIT_DIFF_H

#include "audit/diff_compare.h"

enum diff_which { DIFF_BEFORE, DIFF_AFTER };
enum { DIFF_SIDES = 2 };

struct diff_side_config {
    struct str path; /* file, folder or "-" */
    bool has_as_of;
    int64_t as_of;
};

struct diff_config {
    const struct ruleset *rules;   /* compiled */
    struct exceptions *exceptions; /* bound to the rules; NULL: there are none */
    struct diff_side_config sides[DIFF_SIDES];
    int64_t now;
    unsigned jobs;
    enum simd_level simd;
    void (*message)(void *shared, enum audit_message kind, const struct err *err);
    void (*progress)(void *shared, uint64_t bytes, uint64_t reports);
    void *shared;
};

struct diff_users;

struct diff_result {
    struct diff diff;
    struct posture postures[DIFF_SIDES];
    uint64_t repeated[DIFF_SIDES]; /* rows of users that came before on that side */
    /* Private from here. */
    struct diff_reader reader;
    struct diff_list list;
    struct diff_users *users;
};

/* False when the users or changes need more memory than the caps allow. Errors of the input are
 * counted in the postures and told through `message`. */
MUST_USE bool diff_run(const struct diff_config *config, struct diff_result *result,
                       struct err *err);
void diff_result_release(struct diff_result *result); /* a zeroed one is fine */

#endif
