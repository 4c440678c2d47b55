/* collected.h: what `keywarden collect` brings, into the store: a run, the organization it went
 * through, and a snapshot of each account.
 *
 * A worker packs an account: the report is read, the answers are turned into entities, all is
 * compressed. The one thread that writes then puts it into the store, and commits some accounts at
 * a time or one by one: what a reader sees of an account is all or nothing. Whoever is killed
 * leaves a run that can be resumed; accounts that were not committed are still pending in it.
 *
 * The answers are kept as they came; entities and gaps are what inventory_read makes of them. The
 * answer that holds the credential report is not among them, since the report is kept byte for
 * byte as that of an import is.
 *
 * Ownership: texts and answers that are given are the caller's and are not kept; what is packed is
 *            freed by who packed it or by who wrote it, after it was written.
 * Threads:   one packer for each thread; a run belongs to the thread that writes.
 *
 * Example:   if (!collected_begin(&run, store, &facts, &err) ||
 *                !collected_accounts(run, accounts, count, &err) ||
 *                !collected_organization(run, answers, answer_count, &err) ||
 *                !collected_commit(run, &err)) { ... }
 *            // in a worker:
 *            if (!collected_pack(packer, &snapshot, &packed, &err)) { ... }
 *            // in the writer:
 *            collected_account(run, packed, &err) && collected_commit(run, &err);
 *            collected_failed(run, account, &why, &err) && collected_commit(run, &err);
 *            collected_finish(run, now, &err);
 *            collected_close(run); */
#ifndef STORE_COLLECTED_H
#define STORE_COLLECTED_H

#include "base/arena.h"
#include "inventory/answer.h"
#include "source/accounts.h"
#include "store/store.h"

/* ---- a run ---------------------------------------------------------------------------------- */

struct collected_facts {
    int64_t started_at; /* by the clock */
    /* What --resume needs of the command line, in whatever form its reader likes; no secrets. */
    struct str arguments;
};

enum collected_state { COLLECTED_PENDING, COLLECTED_DONE, COLLECTED_FAILED };

/* An account that a run is to collect, as it was found. */
struct collected_listing {
    uint64_t account;           /* the 12 digits as a number */
    struct str name;            /* may be empty */
    struct str unit;            /* the path of its organizational unit; empty: not known */
    enum collected_state state; /* read only */
    struct str error;           /* why it failed; read only */
};

struct collected_run;

/* A new run, not committed yet. `store` is open for writing and must outlive it. */
MUST_USE bool collected_begin(struct collected_run **out, struct store *store,
                              const struct collected_facts *facts, struct err *err);
/* The newest run, or the one of that id, to go on with; an error when there is none or it is
 * finished. What it tells lives in the arena. */
MUST_USE bool collected_resume(struct collected_run **out, struct store *store, bool has_id,
                               int64_t id, struct arena *arena, struct collected_facts *facts,
                               struct err *err);
/* Gives up what is not committed. NULL is fine. */
void collected_close(struct collected_run *run);
int64_t collected_id(const struct collected_run *run);

/* Adds accounts that are to be collected; one that is listed already keeps its state. */
MUST_USE bool collected_accounts(struct collected_run *run,
                                 const struct collected_listing *accounts, size_t count,
                                 struct err *err);
/* All accounts of the run by number, with their states; what is not COLLECTED_DONE is left to
 * do. */
MUST_USE bool collected_list(struct collected_run *run, struct arena *arena,
                             struct collected_listing **out, size_t *count, struct err *err);
/* The organization's answers; those of an earlier call are replaced. */
MUST_USE bool collected_organization(struct collected_run *run, const struct answer *answers,
                                     size_t count, struct err *err);
/* The organization's answers as they were given, for --resume; none when there are none. */
MUST_USE bool collected_organization_answers(struct collected_run *run, struct arena *arena,
                                             struct answer **out, size_t *count, struct err *err);

/* ---- an account ----------------------------------------------------------------------------- */

struct collected_snapshot {
    uint64_t account;
    int64_t taken_at;  /* the start of the collection, or --now */
    struct str source; /* where it came from, for people; empty: "collected" */
    struct str report; /* the credential report's CSV, byte for byte */
    bool has_generated_at;
    int64_t generated_at;
    struct str organization, unit; /* at that instant; empty: not known */
    enum account_standing standing;
    int64_t counts[ACCOUNT_COUNTS]; /* of assets, in the order of accounts.csv; -1: not known */
    const struct answer *answers;
    size_t answer_count;
};

struct collected_packer;
struct collected_packed;

struct collected_packer *collected_packer_new(void);
void collected_packer_free(struct collected_packer *packer); /* NULL is fine */

/* Errors are of this account alone: a report that is none, or of another account, answers that
 * cannot be read at all. */
MUST_USE bool collected_pack(struct collected_packer *packer,
                             const struct collected_snapshot *snapshot,
                             struct collected_packed **out, struct err *err);
void collected_packed_free(struct collected_packed *packed); /* NULL is fine */

/* Writes it and marks the account as done. A snapshot of that account and instant makes way. An
 * account that was not listed is listed. */
MUST_USE bool collected_account(struct collected_run *run, const struct collected_packed *packed,
                                struct err *err);
/* Notes why an account could not be collected. `why` must hold no secrets. */
MUST_USE bool collected_failed(struct collected_run *run, uint64_t account, const struct err *why,
                               struct err *err);
/* What was written since the last commit is on the disk. */
MUST_USE bool collected_commit(struct collected_run *run, struct err *err);
/* Commits, and marks the run as finished where every account is done: any other can be resumed. */
MUST_USE bool collected_finish(struct collected_run *run, int64_t now, struct err *err);

#endif
