/* account.h: the work on one account, from entering it to what goes into the store.
 *
 * It is done in steps, so that nobody waits for AWS to make a credential report: the report is
 * asked for first, all else is asked next, and where the report is not there by then the work is
 * parked and stepped again when it is due.
 *
 * What is denied, or fails for good, is noted as a warning and as an answer that says so, and the
 * work goes on. Only an account that cannot be entered or whose report cannot be had fails.
 *
 * Ownership: the work owns everything it gathered until account_work_free.
 * Threads:   one thread at a time, not always the same one.
 *
 * Example:   struct account_work *work = account_work_new(&collector, &account);
 *            switch (account_work_step(work, &err)) {
 *            case WORK_PARKED: ... again at account_work_due(work) ...
 *            case WORK_DONE: ... account_work_result(work) ... } */
#ifndef COLLECT_ACCOUNT_H
#define COLLECT_ACCOUNT_H

#include "collect/asker.h"
#include "collect/collector.h"

struct account_work;

enum work_end {
    WORK_DONE,
    WORK_PARKED,
    WORK_FAILED,  /* *err says why; other accounts may do better */
    WORK_STOPPED, /* cancelled, or the credentials that all accounts are entered with are over */
};

struct account_result {
    struct str report; /* the CSV */
    bool has_generated_at;
    int64_t generated_at;
    bool is_reused; /* the report was made before this collection */
    const struct answer *answers;
    size_t answer_count;
    const struct collect_warning *warnings;
    size_t warning_count;
    uint64_t throttled_count; /* answers that said "slow down" */
    bool has_root_session;    /* root itself was asked */
    bool wants_root_session;
};

struct account_work *account_work_new(struct collector *collector,
                                      const struct collect_account *account);
void account_work_free(struct account_work *work); /* NULL is fine */

enum work_end account_work_step(struct account_work *work, struct err *err);
/* When to step again, by the client's monotonic clock. */
uint64_t account_work_due(const struct account_work *work);
/* How much memory it holds, roughly. */
size_t account_work_size(const struct account_work *work);
const struct collect_account *account_work_account(const struct account_work *work);
/* Valid until the work is freed. */
struct account_result account_work_result(const struct account_work *work);

#endif
