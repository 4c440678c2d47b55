/* store.h: a fleet over time in one file: a connection to it.
 *
 * The file is an SQLite database; docs/store.md tells its tables. One process writes at a time,
 * any number read at once, also while one writes. A store that an older keywarden made is brought
 * up to date by the first that writes; one of a newer keywarden is refused.
 *
 * Ownership: store_open/store_close.
 * Threads:   one thread at a time per store; each thread opens its own.
 *
 * Example:   struct store *store = NULL;
 *            if (!store_open(&store, STR("keywarden.db"), STORE_READ, &err)) { ... }
 *            store_close(store); */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum store_mode {
    STORE_READ,    /* of the present version */
    STORE_WRITE,   /* made if missing, brought up to date if old */
    STORE_INSPECT, /* of any version up to ours */
    STORE_VERIFY,  /* the same, and a file that is no store is taken for a damaged one */
};

struct store;

/* Errors are ERR_STORE for a file that is damaged, else ERR_INPUT, and name the file. */
MUST_USE bool store_open(struct store **out, struct str path, enum store_mode mode,
                         struct err *err);
void store_close(struct store *store); /* NULL is fine; gives up what is not committed */

struct str store_path(const struct store *store);
int store_version(const struct store *store);

/* From begin to commit nobody else writes, and readers see all or nothing of it. What is committed
 * is on the disk. */
MUST_USE bool store_begin(struct store *store, struct err *err);
MUST_USE bool store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store); /* does nothing outside of begin and commit */

#endif
