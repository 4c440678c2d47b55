/* engine.h: reports through rules to findings: reads, judges, merges, in order, on all processors.
 *
 * Whoever is free takes the next task (some small reports, or a block of a large one), reads and
 * judges it alone and hands the result in; results are merged in the order of the tasks. So output
 * does not depend on the number of workers, and memory not on the size of the input.
 *
 * Ownership: the engine borrows its configuration; the posture is the caller's.
 * Threads:   audit_run starts and ends its own; callbacks come from one thread at a time.
 *
 * Example:   struct audit_config config = {.rules = &rules, .paths = paths, .path_count = n, ...};
 *            if (!audit_run(&config, &posture, &err)) { ... } */
#ifndef AUDIT_ENGINE_H
#define AUDIT_ENGINE_H

#include "audit/archive.h"
#include "audit/baseline.h"
#include "audit/exceptions.h"
#include "audit/pack.h"
#include "base/simd.h"
#include "model/posture.h"
#include "model/user_batch.h"
#include "report/report.h"
#include "source/accounts.h"

/* Two rules whose verdicts on the same row are held against each other. */
struct audit_pair {
    uint32_t ours, theirs;
};

enum audit_message { AUDIT_ERROR, AUDIT_WARNING, AUDIT_NOTE };

enum { STATUS_NOT_JUDGED = STATUS_COUNT };

/* A row as it was judged, for commands that need more of a report than its findings. */
struct audit_row {
    const struct user_batch *batch;
    size_t index; /* of the row in it */
    struct str account;
    const uint8_t *statuses; /* of each control; STATUS_NOT_JUDGED where it judges no rows */
    size_t status_count;
};

/* A report whose rows have all been judged. */
struct audit_report {
    struct str path;
    int64_t as_of;
    size_t index;       /* of the archive */
    uint64_t lost_rows; /* that could not be read, about: 0 says that none was */
};

struct audit_config {
    const struct ruleset *rules; /* compiled */
    const struct str *paths;
    size_t path_count;
    const struct report_archive *archive; /* judged in place of the paths; NULL: there is none */
    bool has_as_of;
    int64_t as_of; /* --as-of; else each input's own time, else `now` */
    int64_t now;
    unsigned jobs;
    enum simd_level simd;
    bool show_all; /* findings of every status */
    /* If any: findings only of rows where the verdicts of a pair differ. */
    const struct audit_pair *pairs;
    size_t pair_count;
    bool wants_gaps;               /* find out why each unknown is unknown (--strict) */
    bool exceptions_go_on;         /* into another audit, at whose end is told what came of them */
    struct exceptions *exceptions; /* bound to the rules; NULL: there are none */
    struct baseline *baseline;     /* findings to leave out; NULL: none */
    const struct accounts *accounts; /* classes of accounts; NULL: severities are as declared */
    const struct tiers *tiers;       /* the days wanted; NULL: none */
    const struct report_format *format;
    const struct report_options *options;
    /* Puts every row before its findings; pure, called from many threads at once. May be NULL. */
    void (*row)(struct buf *out, const struct audit_row *row);
    uint32_t columns; /* bit per column that `row` reads, beside those that rules do */
    /* Behind the bytes of each report, in order; false stops the audit. May be NULL. */
    bool (*report_end)(void *shared, const struct audit_report *report, struct err *err);

    /* Bytes of the report, cut between findings; false stops the audit. */
    bool (*write)(void *shared, struct str bytes, struct err *err);
    /* What went wrong or should be known; not bytes of the report. */
    void (*message)(void *shared, enum audit_message kind, const struct err *err);
    /* Report bytes and reports judged so far; may be NULL. */
    void (*progress)(void *shared, uint64_t bytes, uint64_t reports);
    void *shared;
};

/* Judges everything and fills the posture (initialised by the caller). False when the output could
 * not be written; errors of the input are counted in the posture and told through `message`. */
MUST_USE bool audit_run(const struct audit_config *config, struct posture *posture,
                        struct err *err);

#endif
