/* compare.h: an audit that prints only where other tools would have answered otherwise.
 *
 * Their checks and our controls run side by side over each row; what differs is told with the
 * reason and with the values that decided for us.
 *
 * Ownership: borrows its configuration; the posture is the caller's, counted over all those rules.
 * Threads:   as audit_run.
 *
 * Example:   struct compare_job job = {.peers = &peers, .format = &compare_csv, .config = config};
 *            if (!compare_run(&job, &posture, &err)) { ... } */
#ifndef AUDIT_COMPARE_H
#define AUDIT_COMPARE_H

#include "audit/peers.h"
#include "report/compare.h"

struct compare_job {
    const struct peers *peers;
    const struct compare_format *format;
    /* Inputs, time, workers and callbacks as for audit_run; rules and format are set here. */
    struct audit_config config;
};

MUST_USE bool compare_run(const struct compare_job *job, struct posture *posture, struct err *err);

#endif
