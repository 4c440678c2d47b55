/* answers.h: what AWS answered, as a store keeps it, and what was made of it.
 *
 * Ownership: what is read lives in the arena that was given.
 * Threads:   one thread at a time per reader, with a store of its own.
 *
 * Example:   struct answers_reader *reader = NULL;
 *            answers_open(&reader, store, &err) &&
 *                answers_read_account(reader, snapshot, &arena, &answers, &count, &err);
 *            answers_close(reader); */
#ifndef STORE_ANSWERS_H
#define STORE_ANSWERS_H

#include "base/arena.h"
#include "inventory/answer.h"
#include "inventory/inventory.h"
#include "store/store.h"

struct answers_reader;

/* The store must outlive it. */
MUST_USE bool answers_open(struct answers_reader **out, struct store *store, struct err *err);
void answers_close(struct answers_reader *reader); /* NULL is fine */

/* The answers of one account, or of the organization of one collection, in the order in which they
 * came. Errors are ERR_STORE: each was written once already. */
MUST_USE bool answers_read_account(struct answers_reader *reader, int64_t snapshot,
                                   struct arena *arena, struct answer **answers, size_t *count,
                                   struct err *err);
MUST_USE bool answers_read_organization(struct answers_reader *reader, int64_t collection,
                                        struct arena *arena, struct answer **answers, size_t *count,
                                        struct err *err);

/* Entities and gaps of one account as they are kept. */
MUST_USE bool answers_read_inventory(struct answers_reader *reader, int64_t snapshot,
                                     struct arena *arena, struct inventory *out, struct err *err);

#endif
