/* reports.h: the reports of a store as they were imported or collected: each account's newest, or
 * the newest not later than some time; and what was collected beside them.
 *
 * The list is made once; any number of readers, each with a connection of its own, then fetch the
 * bytes of what it names.
 *
 * Ownership: the list and the readers own what they hand out; bytes until the reader's next read.
 * Threads:   a list is immutable once made; one thread at a time per reader.
 *
 * Example:   if (!store_reports_list(&list, path, true, as_of, &err)) { ... }
 *            reader = store_reports_open(path, &err);              // one for each thread
 *            store_reports_read(reader, &list.reports[i], &bytes, &source, &err);
 *            store_reports_close(reader);
 *            store_reports_release(&list); */
#ifndef STORE_REPORTS_H
#define STORE_REPORTS_H

#include "base/arena.h"
#include "inventory/inventory.h"
#include "store/store.h"

/* What the newest run that was to collect an account came to. */
enum stored_attempt {
    ATTEMPT_NONE,    /* it was collected, or imported since, or nobody tried */
    ATTEMPT_FAILED,  /* `error` says why */
    ATTEMPT_PENDING, /* the run was interrupted, or is at work */
};

struct stored_report {
    int64_t snapshot;
    uint64_t account; /* the 12 digits as a number */
    int64_t taken_at;
    bool has_generated_at;
    int64_t generated_at;
    uint64_t report_size; /* in bytes */
    bool is_collected;
    int64_t collection; /* of the run that brought it, where it is collected */
    enum stored_attempt attempt;
    struct str error;
};

/* An account that has no snapshot, or none so early. */
struct stored_absence {
    uint64_t account;
    enum stored_attempt attempt;
    struct str error;
};

/* Ordered by account. */
struct stored_reports {
    struct stored_report *reports;
    size_t count;
    struct stored_absence *absent;
    size_t absent_count;
    struct arena texts;
};

/* Without `has_limit`, each account's newest snapshot, and what became of a newer attempt to
 * collect it; accounts whose snapshots are all gone are not absent then. With it, the newest not
 * later than `limit`. */
MUST_USE bool store_reports_list(struct stored_reports *out, struct str path, bool has_limit,
                                 int64_t limit, struct err *err);
void store_reports_release(struct stored_reports *list); /* a zeroed one is fine */

struct store_reports_reader;

MUST_USE bool store_reports_open(struct store_reports_reader **out, struct str path,
                                 struct err *err);
void store_reports_close(struct store_reports_reader *reader); /* NULL is fine */
/* The bytes of the report, held against their digest, and where it was imported from. */
MUST_USE bool store_reports_read(struct store_reports_reader *reader,
                                 const struct stored_report *report, struct str *bytes,
                                 struct str *source, struct err *err);

/* What was collected beside the report: entities and gaps of the account, then those of its
 * organization. Nothing where it is not collected. It lives in the arena. */
MUST_USE bool store_reports_inventory(struct store_reports_reader *reader,
                                      const struct stored_report *report, struct arena *arena,
                                      struct inventory *out, struct err *err);

#endif
