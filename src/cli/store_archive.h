/* store_archive.h: a store as what an audit judges: each account's newest snapshot.
 *
 * Accounts without a snapshot by the time asked for, and those that could never be collected, stand
 * behind the others, as reports that cannot be read: so each is named. One whose newest collection
 * failed is judged by the snapshot it has, with a warning.
 *
 * Ownership: owns its list and connections, and borrows the path; the archive points into it, so
 *            it must stay where it is for the audit.
 * Threads:   as report_archive asks for.
 *
 * Example:   if (!store_archive_open(&it, path, NULL, &err)) { ... }
 *            config.archive = &it.archive;
 *            store_archive_release(&it); */
#ifndef CLI_STORE_ARCHIVE_H
#define CLI_STORE_ARCHIVE_H

#include "audit/archive.h"
#include "base/buf.h"
#include "source/accounts.h"
#include "store/reports.h"

/* A worker's connection, and what it calls the report at hand. */
struct archive_reader {
    struct store_reports_reader *reader; /* NULL: not needed yet */
    struct buf name, warning;
    char account[24];
    struct arena arena; /* of what was collected beside the report at hand */
    struct inventory inventory;
};

struct store_archive {
    struct str path;
    bool has_as_of;
    int64_t as_of;
    struct stored_reports list;
    struct report_archive archive;
    struct archive_reader readers[AUDIT_WORKERS_MAX];
};

/* Lists what is in the store at `path`. as_of: no later snapshots; NULL: the
 * newest, and no word of accounts whose snapshots are all gone. */
MUST_USE bool store_archive_open(struct store_archive *archive, struct str path,
                                 const int64_t *as_of, struct err *err);
void store_archive_release(struct store_archive *archive); /* a zeroed one is fine */

/* Reads what the store knows of those accounts at the time of their snapshots. */
MUST_USE bool store_archive_accounts(const struct store_archive *archive, struct store *store,
                                     struct accounts *out, struct err *err);

#endif
