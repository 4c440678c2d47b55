/* run.h: a whole collection: accounts found, worked on by many threads, written by one.
 *
 * Workers take accounts from a queue and step them; an account that waits for its report goes back
 * and is due later. What is done is packed by the worker and written into the store by the thread
 * that called; nothing of an account is kept after that. Whatever ends the run, be it a signal, the
 * store holds whole snapshots and knows which accounts are left.
 *
 * Ownership: everything that is given is borrowed until collect_run returns.
 * Threads:   one; all callbacks are called by it.
 *
 * Example:   struct collect_config config = {.request = &request, .collector = &collector,
 *                                            .store = store, .jobs = 64};
 *            if (!collect_run(&config, &totals, &err)) { ... } */
#ifndef COLLECT_RUN_H
#define COLLECT_RUN_H

#include "collect/account.h"
#include "collect/organization.h"
#include "collect/request.h"
#include "store/collected.h"

/* How far a run is. */
struct collect_totals {
    uint64_t found;    /* accounts to collect, as far as they are known */
    bool is_found_all; /* no more will be found */
    uint64_t done, failed, skipped;
    uint64_t before;    /* of a run that is resumed: done by then, and not in `found` */
    uint64_t waiting;   /* for AWS to make a report */
    uint64_t throttled; /* answers that said "slow down" */
    uint64_t left;      /* at the end: neither done nor failed */
};

struct collect_done {
    const struct collect_account *account;
    struct account_result result; /* without report and answers */
    const struct err *failure;    /* why it failed; NULL: it is in the store */
};

struct collect_events {
    void (*done)(void *shared, const struct collect_done *done);
    /* An account that is not active: it is not collected. */
    void (*skipped)(void *shared, const struct found_account *account);
    /* `account` is 0 for what is of the organization. */
    void (*warning)(void *shared, uint64_t account, const struct collect_warning *warning);
    /* At least a few times a second. */
    void (*progress)(void *shared, const struct collect_totals *totals);
    void *shared;
};

struct collect_config {
    const struct collect_request *request;
    struct collector *collector; /* begun */
    struct store *store;
    unsigned jobs;                 /* accounts that are worked on at once */
    int64_t started_at;            /* by the clock */
    struct collected_run *resumed; /* the run to go on with; NULL: a new one. Closed here */
    struct collect_events events;
};

/* Errors are of the whole run: the organization cannot be listed, the store cannot be written, the
 * caller's credentials are over. An account that fails is none; neither is being cancelled, after
 * which totals->left says what is left. *totals is filled in any case. */
MUST_USE bool collect_run(const struct collect_config *config, struct collect_totals *totals,
                          struct err *err);

#endif
