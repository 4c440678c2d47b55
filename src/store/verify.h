/* verify.h: whether a store is what it was when it was written: every row, byte by byte.
 *
 * SQLite's own checks find torn trees. What they cannot see is held against something else: the
 * tables against the schema as this program makes it; reports against their SHA-256; rows and
 * packed texts against the reports; entities and organizations against AWS's answers; all other
 * rows, and the answers, against their seals.
 *
 * Threads:   as the store's.
 *
 * Example:   struct verify_result result;
 *            if (!store_verify(store, &sink, &result, &err)) { ... }
 *            if (result.problems > 0) { ... damaged ... } */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "store/store.h"

struct verify_sink {
    void (*problem)(void *shared,
                    struct str what); /* half a sentence: what is damaged, and where */
    void (*progress)(void *shared, uint64_t snapshots);
    void *shared;
};

struct verify_result {
    uint64_t problems, snapshots, rows;
};

/* The store is best opened with STORE_VERIFY. False when it cannot be checked at all. */
MUST_USE bool store_verify(struct store *store, const struct verify_sink *sink,
                           struct verify_result *result, struct err *err);

#endif
