/* findings.h: the lives of findings: since when each is there, when it went and when it came back.
 *
 * A life is that of a control which a principal did not pass: it failed, or it could not be told.
 * A principal is a user (one that is made anew under the same name is another), the root user, or
 * the account itself. A life is closed by a later snapshot of its account in which the control was
 * judged and passes or does not apply, or in which the user is gone; neither a verdict that becomes
 * unknown nor an exception closes it.
 *
 * All times are those of snapshots. A snapshot that is older than one by which a control was judged
 * before changes nothing of that control, and the same one twice changes nothing.
 *
 * Ownership: the caller's struct; texts of a verdict must stay for the call only.
 * Threads:   one.
 *
 * Example:   if (!store_begin(store, &err) ||
 *                !store_lives_begin(&lives, store, ids, count, &err)) { ... }
 *            // for each snapshot, its verdicts between:
 *            if (!store_lives_snapshot(&lives, id, &err) ||
 *                !store_lives_see(&lives, &verdict, &err) ||
 *                !store_lives_finish(&lives, true, &err)) { ... }
 *            if (!store_lives_commit(&lives, &err)) { ... }
 *            store_lives_release(&lives); */
#ifndef STORE_FINDINGS_H
#define STORE_FINDINGS_H

#include <stddef.h>

#include "base/arena.h"
#include "store/statement.h"

/* What an audit tells of one principal and control. */
struct store_verdict {
    struct str user; /* as in the report; empty: the account itself */
    struct str control;
    struct str severity;
    struct str evidence;
    struct str excepted_by; /* the exception that covers it; empty: none */
    bool is_unknown;        /* it is not known whether it fails */
};

enum { LIVES_STATEMENTS = 16 };

struct store_lives {
    struct store *store;
    const struct str *controls; /* that are judged, borrowed */
    int64_t *judged_at;         /* of each: by which snapshot of the account at hand, so far */
    size_t control_count;
    int64_t snapshot, account, taken_at; /* at hand */
    bool has_present;                    /* its users are in the temporary table */
    int64_t last_id;
    struct arena arena; /* of the user's name at hand */
    struct statement statements[LIVES_STATEMENTS];
};

/* Within store_begin; store_lives_commit ends that. */
MUST_USE bool store_lives_begin(struct store_lives *lives, struct store *store,
                                const struct str *controls, size_t control_count, struct err *err);
MUST_USE bool store_lives_snapshot(struct store_lives *lives, int64_t snapshot, struct err *err);
MUST_USE bool store_lives_see(struct store_lives *lives, const struct store_verdict *verdict,
                              struct err *err);
/* Closes what the snapshot did not show. `is_whole` is false where rows of it could not be read:
 * then a user who is not in it may still be there. */
MUST_USE bool store_lives_finish(struct store_lives *lives, bool is_whole, struct err *err);
MUST_USE bool store_lives_commit(struct store_lives *lives, struct err *err);
void store_lives_release(struct store_lives *lives); /* gives up what is not committed */

/* What was there by a time, and still was at another. */
struct store_known {
    struct str account; /* 12 digits */
    struct str user, control;
    bool was_failing; /* not only unknown */
};

/* Calls `tell` for each life that began, or began again, not later than `since` and has not ended
 * (by `as_of`, if there is one); false from it ends the reading. *is_empty: no audit has told lives
 * yet. */
MUST_USE bool store_lives_known(struct store *store, int64_t since, const int64_t *as_of,
                                bool (*tell)(void *shared, const struct store_known *known,
                                             struct err *err),
                                void *shared, bool *is_empty, struct err *err);

#endif
