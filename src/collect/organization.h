/* organization.h: the accounts of an organization, its tree, its policies, as its own calls tell.
 *
 * The tree is walked from its root down, so that an account is known with its unit; accounts are
 * handed out as they are found, since there may be ten thousand of them. ListAccounts then says
 * whether one was missed, which happens when it is moved meanwhile.
 *
 * Ownership: answers and warnings are the asker's; what is handed out lives until the callback
 *            returns.
 * Threads:   one thread; the callbacks are called by it.
 *
 * Example:   struct discovery discovery = {.collector = &collector, .found = found, .shared = run};
 *            struct asker asker;
 *            asker_init(&asker);
 *            if (!organization_discover(&discovery, &asker, &err)) { ... }
 *            ... asker.answers ... */
#ifndef COLLECT_ORGANIZATION_H
#define COLLECT_ORGANIZATION_H

#include "collect/asker.h"
#include "collect/collector.h"

struct found_account {
    uint64_t number;
    struct str name;
    struct str unit;   /* "/Workloads/Production"; "/" at the root; empty: not known */
    struct str status; /* "ACTIVE", "SUSPENDED", ... */
    bool is_active;
};

struct discovery {
    struct collector *collector;
    /* The organization's id and management account, before any account is handed out. */
    void (*known)(void *shared, struct str organization, uint64_t management);
    void (*found)(void *shared, const struct found_account *account);
    void *shared;
};

/* Errors (ERR_REMOTE): the caller's account is in no organization, or one that may not list its
 * accounts; the accounts could not all be listed. What else is denied is a warning. */
MUST_USE bool organization_discover(const struct discovery *discovery, struct asker *asker,
                                    struct err *err);

#endif
