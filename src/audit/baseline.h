/* baseline.h: the findings of an earlier audit, so that a later one shows only what is new.
 *
 * A finding is known by its account, user, control and status. Only hashes are kept: 9 bytes for
 * each slot of a table that is between three eighths and three quarters full, so 12 to 24 bytes for
 * each (account, user, control), and at most BASELINE_ENTRIES_MAX of them: 151 MB, and half as much
 * again for a moment while the table grows. With n of them and m findings asked for, the chance
 * that any is taken for another is below n * m / 2^64.
 *
 * Ownership: the baseline owns its table.
 * Threads:   read by one; then asked by many at once.
 *
 * Example:   baseline_init(&baseline);
 *            if (!baseline_read_file(&baseline, path, &err)) { ... }
 *            if (baseline_knows(&baseline, account, user, control, STATUS_FAIL)) { ... */
#ifndef AUDIT_BASELINE_H
#define AUDIT_BASELINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "model/finding.h"
#include "model/posture.h"

enum { BASELINE_ENTRIES_MAX = 12000000 };

struct baseline {
    struct str path;
    bool is_since; /* what a store knew by `since`, not a file */
    int64_t since;
    uint64_t seed;
    uint64_t *hashes; /* 0: free */
    atomic_uchar *flags;
    size_t size; /* slots, a power of 2 */
    size_t count;
    uint64_t finding_count;
    atomic_ullong known;
};

void baseline_init(struct baseline *baseline);
void baseline_release(struct baseline *baseline);

/* Adds the failures, unknowns and excepted findings of a file that keywarden wrote as json, jsonl
 * or csv; which of them is told by its content. Errors name the line. `path` must outlive the
 * baseline. */
MUST_USE bool baseline_read_file(struct baseline *baseline, struct str path, struct err *err);
/* The same from wherever the bytes come. *got == 0 is the end. */
MUST_USE bool baseline_read(struct baseline *baseline,
                            bool (*read)(void *shared, void *to, size_t size, size_t *got,
                                         struct err *err),
                            void *shared, struct err *err);

/* Adds one; false when there are too many. */
MUST_USE bool baseline_add(struct baseline *baseline, struct str account, struct str user,
                           struct str control, enum status status);

/* Whether the finding was there with this status. What is asked for counts as found. */
bool baseline_knows(struct baseline *baseline, struct str account, struct str user,
                    struct str control, enum status status);

struct baseline_totals baseline_totals(const struct baseline *baseline);

#endif
