/* sample_store.h: samples from a store: what `keywarden store import` put there.
 *
 * A date of the study is a day (UTC) on which some snapshot was taken, or a week (sample_dates.h);
 * each snapshot is judged at its own instant. Of several of an account and date the newest counts.
 *
 * Ownership: a stored fleet owns everything that its provider points to, but `path`.
 * Threads:   stored_fleet_open by one; then immutable. Readers as sample.h says, each with a
 *            connection of its own.
 *
 * Example:   if (!stored_fleet_open(&fleet, path, false, &err)) { ... }
 *            study_run(&fleet.provider, ...);
 *            stored_fleet_close(&fleet); */
#ifndef STUDY_SAMPLE_STORE_H
#define STUDY_SAMPLE_STORE_H

#include "store/samples.h"
#include "study/names.h"
#include "study/sample.h"
#include "study/sample_dates.h"

struct stored_fleet {
    struct sample_provider provider;
    struct str path;
    uint64_t *begins; /* the first account of each block */
    int64_t *days;    /* midnight of each day that has a snapshot */
    size_t day_count;
    struct sample_dates dates;
    bool has_spans; /* some account may have several samples of a date */
    struct store_spans spans;
    struct names names;
    uint32_t *organizations, *units; /* numbers of their names, by id */
    uint64_t organization_count, unit_count;
    struct store_extent extent;
    atomic_ullong passed;
};

MUST_USE bool stored_fleet_open(struct stored_fleet *fleet, struct str path, bool is_weekly,
                                struct err *err);
void stored_fleet_close(struct stored_fleet *fleet); /* a zeroed struct is fine */

#endif
