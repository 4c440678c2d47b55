/* plan.h: the calls that a collection would make, how many, and how long they take.
 *
 * Nothing is asked. What depends on what an account holds, such as its users, is not known and is
 * said to be more; the sums are the least there will be. Times come of the documented rates in the
 * table of calls, of what one answer takes, and of how many accounts are worked on at once.
 *
 * Ownership: plain values; the calls are those of the table.
 * Threads:   pure functions.
 *
 * Example:   struct collect_plan plan;
 *            plan_make(&plan, &request, 500, 64);
 *            plan_write_json(&plan, &out); */
#ifndef COLLECT_PLAN_H
#define COLLECT_PLAN_H

#include "base/buf.h"
#include "collect/calls.h"
#include "collect/request.h"

enum {
    PLAN_LATENCY_MS = 100,  /* what one answer takes */
    PLAN_REGION_COUNT = 17, /* that an account may use when nobody enabled another */
    PLAN_REPORT_MS = 5000,  /* what AWS takes to make a report */
};

struct plan_row {
    const struct call *call;
    uint64_t calls; /* in all, at least */
    bool has_more;  /* as many more as there are things that only the account knows */
    const char *often;
};

struct collect_plan {
    struct plan_row rows[CALL_COUNT];
    size_t row_count;
    uint64_t accounts;
    unsigned jobs;
    uint64_t calls; /* at least */
    bool has_more;
    uint64_t organization_calls, organization_ms;
    uint64_t entry_ms;                  /* as long as STS lets so many accounts be entered */
    uint64_t account_calls, account_ms; /* of one account, one call after the other */
    uint64_t accounts_ms;               /* of all, so many at a time */
    uint64_t total_ms;
};

/* `accounts` is how many there are. */
void plan_make(struct collect_plan *plan, const struct collect_request *request, uint64_t accounts,
               unsigned jobs);

void plan_write_table(const struct collect_plan *plan, struct buf *out, size_t width, bool color);
void plan_write_json(const struct collect_plan *plan, struct buf *out);

#endif
