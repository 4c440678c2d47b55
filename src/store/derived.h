/* derived.h: what the inventory makes of raw answers, as rows of the store's tables.
 *
 * One function makes the rows when a collection is written, and makes them again when the store is
 * verified. Rows come in the order of their tables' keys.
 *
 * Ownership: cells point into what is derived and into the arena.
 * Threads:   pure functions.
 *
 * Example:   struct derived_sink sink = {insert_row, &writer};
 *            if (!derived_inventory(&arena, snapshot, &inventory, &sink, &err)) { ... } */
#ifndef STORE_DERIVED_H
#define STORE_DERIVED_H

#include "base/arena.h"
#include "inventory/inventory.h"
#include "inventory/organization.h"
#include "store/statement.h"

enum derived_table {
    DERIVED_ENTITIES,
    DERIVED_GAPS,
    DERIVED_ORGANIZATIONS,
    DERIVED_NODES,
    DERIVED_POLICIES,
    DERIVED_ATTACHMENTS,
    DERIVED_ADMINISTRATORS,
};
enum { DERIVED_TABLE_COUNT = 7, DERIVED_CELLS_MAX = 11 };

/* The statements of a table: `select` is by snapshot (the first two tables) or collection, and
 * ends in the seal, as `insert` does. */
extern const struct derived_sql {
    const char *name, *insert, *select;
} derived_sql[DERIVED_TABLE_COUNT];

/* All columns before the seal. */
struct derived_cell {
    enum column_kind kind; /* COLUMN_NULL, COLUMN_INT or COLUMN_TEXT */
    int64_t number;
    struct str text;
};

struct derived_sink {
    bool (*row)(void *shared, enum derived_table table, const struct derived_cell *cells,
                size_t count, struct err *err);
    void *shared;
};

/* False when the sink said so, or the arena is full. */
MUST_USE bool derived_inventory(struct arena *arena, int64_t snapshot,
                                const struct inventory *inventory, const struct derived_sink *sink,
                                struct err *err);
MUST_USE bool derived_organization(struct arena *arena, int64_t collection,
                                   const struct organization *organization,
                                   const struct derived_sink *sink, struct err *err);

/* 'given', 'absent', 'denied', 'failed', and back. */
struct str answer_outcome_word(enum answer_outcome outcome);
MUST_USE bool answer_outcome_find(struct str word, enum answer_outcome *out);

#endif
