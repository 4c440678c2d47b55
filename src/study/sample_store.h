/* sample_store.h: samples from a store: what `keywarden store import` put there.
 *
 * A date of the study is a day (UTC) on which some snapshot was taken; each snapshot is judged at
 * its own instant. Of several of one account and day the first is taken, the others are counted.
 *
 * Ownership: a stored fleet owns everything that its provider points to, but `path`.
 * Threads:   stored_fleet_open by one; then immutable. Readers as sample.h says, each with a
 *            connection of its own.
 *
 * Example:   if (!stored_fleet_open(&fleet, path, &err)) { ... }
 *            study_run(&fleet.provider, ...);
 *            stored_fleet_close(&fleet); */
#ifndef STUDY_SAMPLE_STORE_H
#define STUDY_SAMPLE_STORE_H

#include <stdatomic.h>

#include "store/samples.h"
#include "study/names.h"
#include "study/sample.h"

struct stored_fleet {
    struct sample_provider provider;
    struct str path;
    uint64_t *begins; /* the first account of each block */
    int64_t *dates;   /* midnight of each day that has a snapshot */
    struct names names;
    uint32_t *organizations, *units; /* numbers of their names, by id */
    uint64_t organization_count, unit_count;
    struct store_extent extent;
    atomic_ullong duplicates; /* snapshots beyond the first of an account and day, as far as read */
};

MUST_USE bool stored_fleet_open(struct stored_fleet *fleet, struct str path, struct err *err);
void stored_fleet_close(struct stored_fleet *fleet); /* a zeroed struct is fine */

#endif
