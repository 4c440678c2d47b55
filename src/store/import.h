/* import.h: reports into the store: files, folders of them, and folders of samples.
 *
 * Workers read, check, compress and pack; the thread that runs the import writes, in the order of
 * the input, some hundred snapshots a transaction. A snapshot is told of when it is on the disk.
 *
 * The instant of a sample is the day that its folder is named by (2020-09-13), else `at`, else the
 * GeneratedTime of the report; a report that has none of them is an error, for the clock would be a
 * guess. To whom an account belongs is told by accounts.csv: the one in the folder of the sample,
 * else `accounts`, else the one in the folder that holds the samples' or that was named.
 *
 * Ownership: paths and store are the caller's.
 * Threads:   one import at a time per store; the functions of the configuration are called by the
 *            thread that runs it.
 *
 * Example:   struct import_totals totals;
 *            if (!import_run(&config, &totals, &err)) { ... totals hold what was committed ... } */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include "store/store.h"

enum import_outcome {
    IMPORT_STORED,
    IMPORT_REPLACED,  /* another report of that instant made way */
    IMPORT_DUPLICATE, /* the store holds it already */
};

/* One report, once it is on the disk. */
struct import_line {
    enum import_outcome outcome;
    struct str path;
    uint64_t account;
    int64_t taken_at;
    int64_t snapshot; /* its id */
    uint64_t rows, bad_rows, bad_cells;
};

struct import_config {
    struct store *store; /* open for writing */
    const struct str *paths;
    size_t path_count;
    struct str accounts; /* path of a list of accounts; empty: those beside the reports */
    bool has_at, replaces;
    int64_t at;
    int64_t now; /* the clock */
    unsigned jobs;
    void (*stored)(void *shared, const struct import_line *line);
    /* An error is of one report, which is left out; a warning of one that is stored. */
    void (*problem)(void *shared, bool is_error, const struct err *err);
    void (*progress)(void *shared, uint64_t bytes, uint64_t reports);
    void *shared;
};

struct import_totals {
    uint64_t stored, replaced, duplicates;
    uint64_t skipped; /* files in folders that are no reports */
    uint64_t errors, warnings;
    uint64_t rows, bytes; /* of what was stored or replaced */
};

/* False when the store could not be written or an input that concerns all could not be read: what
 * was told of before stays. */
MUST_USE bool import_run(const struct import_config *config, struct import_totals *totals,
                         struct err *err);

#endif
