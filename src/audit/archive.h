/* archive.h: reports that do not lie in files: whoever keeps them hands them out by number.
 *
 * An audit of an archive judges its reports in the order of their numbers, each as of the archived
 * time, unless the audit has a time of its own for all.
 *
 * Ownership: the archive is the caller's and must outlive the audit. What is read stays until the
 *            same worker reads again.
 * Threads:   `read` is called from all workers at once, each with its own number; `size` by one
 *            at a time, while others read.
 *
 * Example:   struct report_archive archive = {STR("kept"), 2, size_kept, read_kept, &kept, false};
 *            config.archive = &archive;      // in place of paths */
#ifndef AUDIT_ARCHIVE_H
#define AUDIT_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { AUDIT_WORKERS_MAX = 64 };

struct inventory;

struct archived_report {
    struct str bytes;   /* as a file would hold them: CSV, gzip or JSON */
    struct str name;    /* what findings and messages call it, as they call a file by its path */
    struct str account; /* for rows whose own arn names none; may be empty */
    int64_t as_of;
    bool has_generated_at; /* known beside the report; else the report may say it itself */
    int64_t generated_at;
    /* What was collected beside the report; NULL: nothing. It stays as `bytes` do. */
    const struct inventory *inventory;
    struct str warning; /* what should be known of it; may be empty */
};

struct report_archive {
    struct str name; /* of the whole, for people */
    size_t count;
    /* How many bytes that report has, about: so many small ones are judged in one go. */
    uint64_t (*size)(void *shared, size_t index);
    /* Fills *out with the report of that number, below `count`; `worker` is below
     * AUDIT_WORKERS_MAX. On failure out->name must be set all the same. */
    bool (*read)(void *shared, unsigned worker, size_t index, struct archived_report *out,
                 struct err *err);
    void *shared;
    bool has_inventories; /* beside some of the reports something was collected */
};

#endif
