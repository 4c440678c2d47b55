/* study.h: samples of a fleet into every figure of the study, by as many workers as are wanted.
 *
 * Ownership: a result is released by study_result_release; it borrows nothing but `source` and
 *            `profile` of the config.
 * Threads:   one study at a time per config; the functions of the config are called by one thread
 *            at a time.
 *
 * Example:   struct study_config config = {.provider = &folders.provider, .kind = STUDY_BOTH, ...};
 *            if (!study_run(&config, &result, &err)) { ... } */
#ifndef STUDY_STUDY_H
#define STUDY_STUDY_H

#include "base/buf.h"
#include "study/tally.h"

enum { STUDY_ERRORS_MAX = 64, STUDY_JOBS_MAX = 64 };

struct study_config {
    const struct sample_provider *provider;
    enum study_kind kind;
    bool has_iam_date;
    uint32_t iam_date; /* index of a date; else the newest is taken */
    enum study_grouping grouping;
    unsigned jobs;
    struct str source, profile;
    bool csv_safe;                   /* study_show guards names against formulas in spreadsheets */
    size_t offender_max;             /* 0: STUDY_OFFENDER_MAX */
    const struct timeline *timeline; /* what CloudTrail shows; NULL: nothing is known */
    /* What is known of the samples before any is read, for the notes. */
    uint64_t duplicates, outside, not_reports;
    bool has_accounts;
    void (*progress)(void *shared, uint64_t bytes, uint64_t samples); /* may be NULL */
    void *shared;
};

/* Errors of input, in the order of accounts and time whatever the number of workers: the first of
 * them, and how many there are. */
struct study_errors {
    struct err list[STUDY_ERRORS_MAX];
    size_t count;
    uint64_t total;
};

/* Reads all samples and fills the result; `errors` tells of those that could not be read. */
MUST_USE bool study_run(const struct study_config *config, struct study_result *result,
                        struct study_errors *errors, struct err *err);
void study_result_release(struct study_result *result); /* a zeroed struct is fine */

/* ---- what is behind a figure ---------------------------------------------------------------- */

/* Writes CSV, date,account,organization,unit,user,detail: as many rows as the figure counts.
 * `result` is of a study of the same samples whose offender_max was SIZE_MAX. */
MUST_USE bool study_show(const struct study_config *config, const struct study_result *result,
                         struct str figure, bool (*write)(void *shared, struct str, struct err *),
                         void *shared, struct err *err);
/* Whether there is such a figure. */
bool study_show_knows(struct str figure);

/* ---- shared by the two ---------------------------------------------------------------------- */

/* Reads one sample whole into *facts, following lives where there are any (NULL: not); false when
 * it broke off. */
struct sample_scan {
    const struct sample_provider *provider;
    void *reader;
    struct lives *lives;
    struct user_sets sets;
    uint64_t bytes;
    /* Called for each batch, when it is wanted: rows and their sets. */
    void (*batch)(void *shared, const struct sample_rows *rows, const struct user_sets *sets);
    void *shared;
};
bool sample_scan_read(struct sample_scan *scan, const struct sample *sample,
                      struct sample_facts *facts);

#endif
