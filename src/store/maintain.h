/* maintain.h: what a store holds, and keeping it small: info, prune, compact.
 *
 * Ownership: plain values.
 * Threads:   as the store's.
 *
 * Example:   struct store_info info;
 *            if (!store_info_read(store, now, &info, &err)) { ... } */
#ifndef STORE_MAINTAIN_H
#define STORE_MAINTAIN_H

#include "store/store.h"

enum { STORE_TABLE_MAX = 32, STORE_AGE_COUNT = 4 };

struct table_info {
    struct str name; /* static */
    uint64_t rows;
    int64_t bytes; /* with its indexes; -1: not known */
};

struct store_info {
    int version;
    uint64_t size; /* of the file */
    uint64_t accounts, snapshots, users, organizations, units;
    bool has_times;
    int64_t first_at, last_at; /* of the snapshots */
    /* Accounts by the age of their newest snapshot: up to a day, a week, 30 days, older. */
    uint64_t ages[STORE_AGE_COUNT];
    uint64_t without_snapshot; /* accounts all of whose snapshots were pruned */
    uint64_t collections;      /* runs of `keywarden collect` */
    uint64_t failed, pending;  /* accounts that the newest run to collect them did not */
    struct table_info tables[STORE_TABLE_MAX];
    size_t table_count;
};

/* For a store of any version. */
MUST_USE bool store_info_read(struct store *store, int64_t now, struct store_info *out,
                              struct err *err);

struct prune_config {
    bool has_before;
    int64_t before; /* removes snapshots older than this */
    bool has_keep;
    uint64_t keep; /* and never the newest so many of an account */
    bool is_dry;   /* removes nothing */
};

/* One of the two conditions must be there. *removed: snapshots; *accounts: those that have none
 * left. Findings, users and exceptions stay; a collection whose snapshots are all gone goes too. */
MUST_USE bool store_prune(struct store *store, const struct prune_config *config, uint64_t *removed,
                          uint64_t *accounts, struct err *err);

/* Gives back what is not needed. Sizes of the file before and after, its log included. */
MUST_USE bool store_compact(struct store *store, uint64_t *before, uint64_t *after,
                            struct err *err);

#endif
