/* difference.h: where another tool's check answers otherwise than our control, on the same row.
 *
 * Ownership: texts of a check belong to the rules it was loaded from; a difference borrows all it
 * points to; a comparison owns the copies of its samples.
 * Threads:   plain values; a comparison is filled by one thread.
 *
 * Example:   enum difference_kind kind;
 *            if (difference_find(STATUS_FAIL, STATUS_PASS, &kind)) { ... DIFFERENCE_MISSED ... } */
#ifndef MODEL_DIFFERENCE_H
#define MODEL_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "model/finding.h"

/* Why a check answers as it does, for the statuses given, or for all that have no reason of their
 * own. */
struct peer_reason {
    bool has_ours, has_theirs;
    enum status ours, theirs;
    struct str text;
};

/* A check of another tool, as its published code or text has it. Not applicable means that it says
 * nothing about the row. */
struct peer_check {
    struct str system;           /* "prowler" */
    const struct control *ours;  /* what it is held against, with the check's own threshold */
    const struct control *check; /* its id there, and its meaning as a rule */
    struct str version, source;
    const struct peer_reason *reasons;
    size_t reason_count;
    bool joins_namesakes; /* it gives users the keys of others: audit/namesakes.h */
};

enum difference_kind {
    DIFFERENCE_MISSED,      /* it fails; they pass it or say nothing */
    DIFFERENCE_FALSE_ALARM, /* they fail what does not fail */
    DIFFERENCE_UNFOUNDED,   /* they pass or fail what the report leaves open */
    DIFFERENCE_SILENT,      /* they say nothing where the answer is unknown */
};
enum { DIFFERENCE_KIND_COUNT = 4 };

/* "missed", "false-alarm", "unfounded", "silent". */
struct str difference_name(enum difference_kind kind);

/* Whether a person would be told something wrong. Pass and not applicable are no difference: nobody
 * is told to act; nor is anything where their answer hangs on what was not collected. */
bool difference_find(enum status ours, enum status theirs, enum difference_kind *kind);

struct difference {
    const struct peer_check *check;
    size_t check_index;
    enum difference_kind kind;
    enum status ours, theirs;
    struct str account, user, arn;
    const struct finding *finding; /* ours, with its evidence */
    struct str why;                /* empty where the check gives no reason */
};

/* The reason that fits best; empty when there is none. */
struct str difference_why(const struct peer_check *check, enum status ours, enum status theirs);

struct difference_sample {
    struct str account, user, evidence, why;
    enum status ours, theirs;
};

enum { DIFFERENCE_SAMPLES_MAX = 5 };

struct difference_tally {
    uint64_t counts[DIFFERENCE_KIND_COUNT];
    struct difference_sample samples[DIFFERENCE_KIND_COUNT][DIFFERENCE_SAMPLES_MAX];
    size_t sample_counts[DIFFERENCE_KIND_COUNT];
};

struct comparison {
    const struct peer_check *checks;
    size_t check_count;
    struct difference_tally *tallies; /* one per check */
    struct arena arena;
};

void comparison_init(struct comparison *comparison, const struct peer_check *checks,
                     size_t check_count);
void comparison_release(struct comparison *comparison);
/* Counts it, and keeps a copy of the first few of each kind; evidence is the text of ours. */
void comparison_add(struct comparison *comparison, const struct difference *difference,
                    struct str evidence);

#endif
