/* retry.h: how long to wait before the next try, and whether there should be one at all.
 *
 * Waits are drawn from 0 to twice the bound of the try before ("full jitter"), so that many callers
 * that failed together do not come back together; a Retry-After of the server is the least. The
 * budget holds what all callers of one place may spend on retries: when a service is down, most
 * calls fail at once instead of each trying to the end, and answers fill it up again. Patience is
 * the same in time, for calls in a row: what they may take until one of them is answered.
 *
 * Threads:   a budget is shared by any number of threads, patience belongs to one at a time; the
 *            rest is pure.
 *
 * Example:   struct retry_budget budget;
 *            retry_budget_init(&budget, 500);
 *            if (attempt < policy.attempts_max && retry_budget_take(&budget, 5)) {
 *                wait_ms = retry_wait_ms(&policy, attempt, random, retry_after_ms);
 *            } */
#ifndef NET_RETRY_H
#define NET_RETRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct retry_policy {
    unsigned attempts_max; /* tries in all */
    uint32_t base_ms;      /* bound of the first wait */
    uint32_t cap_ms;       /* of any */
};

/* `attempt` tries have failed, at least one. The server's wish counts up to ten times the cap. */
uint64_t retry_wait_ms(const struct retry_policy *policy, unsigned attempt, uint64_t random,
                       uint64_t retry_after_ms);

/* The value of a Retry-After header, seconds or a date, from `now` on; 0 when it says nothing. */
uint64_t retry_after_ms(struct str value, int64_t now);

/* Reads the one form of dates that HTTP still writes: "Sun, 06 Nov 1994 08:49:37 GMT". */
MUST_USE bool http_date_parse(struct str value, int64_t *out);

struct retry_budget {
    atomic_int left;
    int size;
};

void retry_budget_init(struct retry_budget *budget, int size);
/* False when less than `cost` is left. */
bool retry_budget_take(struct retry_budget *budget, int cost);
/* An answer came: gives back, never more than the size. */
void retry_budget_give(struct retry_budget *budget, int amount);

struct retry_patience {
    uint64_t size_ms, spent_ms;
    struct err why; /* what it was spent on last */
};

/* Failed tries and waits take of it, an answer makes it whole. */
void retry_patience_spend(struct retry_patience *patience, uint64_t ms);
void retry_patience_renew(struct retry_patience *patience);
bool retry_patience_is_over(const struct retry_patience *patience);
/* Whether a call may be tried again after `wait_ms`: within the first half. The second half is for
 * the calls behind it, once each, so that one which gets nowhere does not speak for all. */
bool retry_patience_allows(const struct retry_patience *patience, uint64_t wait_ms);

#endif
