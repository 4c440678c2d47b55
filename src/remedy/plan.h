/* plan.h: the steps of all findings, in the order in which they are to be read and carried out.
 *
 * By account; within one, what can be taken back before what cannot, root first, worst first, then
 * as in the report. Steps are kept in memory, as text: PLAN_SIZE_MAX bytes of them, some hundred
 * thousand steps. Plan files, apply and undo will stand on the same steps.
 *
 * Ownership: a plan owns its steps; the filter is borrowed.
 * Threads:   one thread at a time.
 *
 * Example:   plan_init(&plan, &filter);
 *            audit_run(&config, ...)              // format step_format, write calls plan_add
 *            plan_order(&plan);
 *            script_write(&plan, ...) */
#ifndef REMEDY_PLAN_H
#define REMEDY_PLAN_H

#include "base/err.h"
#include "remedy/step.h"

enum { PLAN_SIZE_MAX = 256 << 20 };

struct plan_filter {
    const struct str *controls; /* ids; none: all */
    size_t control_count;
    struct str account; /* empty: all */
};

struct plan_entry {
    struct step step;
    struct str account, control, text;
    size_t number; /* in the order of the findings */
};

struct plan {
    const struct plan_filter *filter;
    struct buf bytes;           /* records */
    size_t read;                /* of the bytes: those looked at, and kept */
    struct plan_entry *entries; /* after plan_order */
    size_t count;
    uint64_t counts[STEP_KIND_COUNT];
    uint64_t severities[SEVERITY_COUNT]; /* of the changes and what people do */
    uint64_t filtered_count;             /* left out by the filter */
};

void plan_init(struct plan *plan, const struct plan_filter *filter);
void plan_release(struct plan *plan);

/* Takes records that step_format wrote, cut anywhere. ERR_INPUT past the cap. */
MUST_USE bool plan_add(struct plan *plan, struct str bytes, struct err *err);

/* After the last plan_add. */
void plan_order(struct plan *plan);

#endif
