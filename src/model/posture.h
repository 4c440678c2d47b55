/* posture.h: everything an audit found, counted, with a bounded sample of findings per control.
 *
 * The engine adds findings in report order from its merging thread; table, summary, HTML and exit
 * code are made of this alone. Counts are always true; samples are the first of each control, fails
 * before unknowns.
 *
 * Ownership: posture owns copies of the sampled findings, without paths and key slots; controls are
 *            borrowed.
 * Threads:   one thread at a time.
 *
 * Example:   posture_add(&posture, &finding, control_index); */
#ifndef MODEL_POSTURE_H
#define MODEL_POSTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/finding.h"
#include "model/tiers.h"

/* Verdicts of a control in accounts of one class. */
struct class_tally {
    uint64_t counts[STATUS_COUNT];
    uint64_t unknown_input;
};

struct control_tally {
    uint64_t counts[STATUS_COUNT];
    uint64_t unknown_input; /* of the unknowns: GAP_INPUT */
    /* Of all these, those whose severity --accounts lowers and raises. */
    struct class_tally small, large;
    /* Sampled findings, in report order within a status: fail, unknown and excepted. */
    struct finding *samples[STATUS_COUNT];
    size_t sample_counts[STATUS_COUNT];
};

/* --baseline: findings of an earlier audit; or --new-since: findings that a store knew by then. */
struct baseline_totals {
    bool is_given;
    bool is_since;
    int64_t since;
    struct str path;
    uint64_t findings; /* in it */
    uint64_t known;    /* found again, and left out */
    uint64_t changed;  /* found again with another status */
    uint64_t gone;     /* not found again */
};

struct posture {
    const struct control *const *controls; /* in pack order */
    size_t control_count;
    struct control_tally *tallies; /* one per control */
    size_t sample_max;             /* per control and status */
    struct arena arena;

    uint64_t report_count;  /* reports judged */
    uint64_t skipped_count; /* files in folders that are no reports */
    uint64_t user_count;    /* rows judged, root rows not counted */
    uint64_t root_count;
    uint64_t byte_count;  /* report bytes read, inflated */
    uint64_t error_count; /* bad files and rows */
    struct err *errors;   /* the first ERROR_SAMPLE_MAX of them */
    size_t error_sample_count;
    uint64_t late_date_count; /* dates later than the as-of time */

    /* --exceptions: what came of each, in the order of the files. */
    bool has_exceptions;
    struct exception_use *exceptions; /* owned */
    size_t exception_count;

    struct baseline_totals baseline;

    struct str archive;           /* where the reports were kept; empty: in files */
    int64_t taken_min, taken_max; /* range of the times they were kept under */

    struct tiers tiers; /* --tiers; of count 0 when nobody asked */
    bool has_accounts;  /* --accounts: severities depend on the class of the account */

    int64_t now;                          /* when the audit ran */
    int64_t as_of_min, as_of_max;         /* range of the as-of times used; equal for one report */
    bool as_of_clock;                     /* some input had no time of its own: the clock decided */
    bool as_of_given;                     /* --as-of */
    bool age_known;                       /* some input carried GeneratedTime */
    uint64_t generated_count;             /* how many did */
    int64_t generated_min, generated_max; /* range of those */
};

enum { ERROR_SAMPLE_MAX = 100 };

void posture_init(struct posture *posture, const struct control *const *controls,
                  size_t control_count, size_t sample_max);
void posture_release(struct posture *posture);

void posture_add(struct posture *posture, const struct finding *finding, size_t control_index);
/* Keeps a copy as a sample, if one is still wanted, and counts nothing. */
void posture_sample(struct posture *posture, const struct finding *finding, size_t control_index);
void posture_add_error(struct posture *posture, const struct err *err);

/* Those verdicts whose severity is the control's own. */
struct class_tally control_tally_rest(const struct control_tally *tally);

/* Findings of one status and one severity, as raised or lowered; people ask for STATUS_FAIL. */
uint64_t posture_count(const struct posture *posture, enum severity severity, enum status status);

/* "66 findings are in the baseline and left out; ..." */
void baseline_totals_write(struct buf *out, const struct baseline_totals *totals);

#endif
