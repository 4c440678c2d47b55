/* audit_store.h: keywarden audit --store: what a store gives to an audit, and learns from it.
 *
 * An audit of each account's newest snapshot tells the store the lives of its findings, in one
 * transaction and before it prints anything; one as of a time that was asked for only reads.
 *
 * Ownership: owned by the options of the audit.
 * Threads:   one.
 *
 * Example:   if (!audit_store_open(&store, path, NULL, true, &warning, &err)) { ... }
 *            if (!audit_store_tell(&store, &config, &err)) { ... }
 *            audit_store_release(&store); */
#ifndef CLI_AUDIT_STORE_H
#define CLI_AUDIT_STORE_H

#include "audit/engine.h"
#include "cli/store_archive.h"

struct audit_store {
    struct store *store;
    bool is_writing; /* lives are to be told */
    struct store_archive archive;
};

/* `as_of`: NULL, or the time asked for. With `wants_lives` the store is opened for writing; where
 * that cannot be, *warning says so and the audit goes on without. */
MUST_USE bool audit_store_open(struct audit_store *store, struct str path, const int64_t *as_of,
                               bool wants_lives, struct err *warning, struct err *err);
void audit_store_release(struct audit_store *store); /* a zeroed one is fine */

/* Adds the exceptions that the store keeps; *any: there are some. */
MUST_USE bool audit_store_exceptions(struct audit_store *store, struct exceptions *exceptions,
                                     bool *any, struct err *err);

/* Judges all snapshots by the rules of `config` and tells the store, where lives are wanted. */
MUST_USE bool audit_store_tell(struct audit_store *store, const struct audit_config *config,
                               struct err *err);

/* Fills the baseline with what the store knew by then. */
MUST_USE bool audit_store_known(struct audit_store *store, int64_t since, struct baseline *baseline,
                                struct err *err);

#endif
