/* internal.h: a connection, as only this module sees it.
 *
 * Ownership: as in store.h.
 * Threads:   one thread at a time per store.
 *
 * Example:   return store_execute(store, "PRAGMA query_only = ON", err); */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/store.h"

struct sqlite3;

struct store {
    struct sqlite3 *db;
    struct str path; /* of path_text */
    char *path_text;
    enum store_mode mode;
    int version; /* of its schema; 0: there is none yet */
    bool is_writing;
};

/* Turns what SQLite complained of into an error with the file, the cause and a remedy. Always
 * false. */
bool store_fail(struct store *store, struct err *err);
/* The same for a result code and a text. */
bool store_fail_code(const struct store *store, int code, int system_error, const char *text,
                     struct err *err);

/* Runs statements that give no rows. */
MUST_USE bool store_execute(struct store *store, const char *sql, struct err *err);
/* The one number of the one row of a query. */
MUST_USE bool store_number(struct store *store, const char *sql, int64_t *out, struct err *err);

/* Brings a store that is open for writing up to SCHEMA_VERSION, step by step; a new one in one
 * transaction. */
MUST_USE bool store_migrate(struct store *store, struct err *err);

struct statement;
struct sample_facts;
struct buf;

/* The facts of the row of `snapshots` that a statement stands on, from its column `first` on:
 * organization, unit, standalone, the five counts. */
void snapshot_facts(const struct statement *row, int first, struct sample_facts *facts);
/* The user ids of a snapshot, row by row, as an array of uint64_t; `find` selects them. */
MUST_USE bool snapshot_identities(struct statement *find, int64_t snapshot, struct buf *out,
                                  struct err *err);

/* Fills packed_samples from the reports, when version 3 brings that table. */
MUST_USE bool store_fill_packed(struct store *store, struct err *err);

#endif
