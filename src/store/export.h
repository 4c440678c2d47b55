/* export.h: every table and view of a store as CSV, as it is or under pseudonyms.
 *
 * Seals are left out, and so is what the tables hold twice (packed_samples). Times are ISO 8601
 * where they are times, and the table's own numbers where they stand for no value. Reports are
 * cells of raw_reports.csv.
 *
 * Under a key, accounts, users, ARNs, organizations, units, paths and free text become pseudonyms:
 * the same for the same in all tables and all exports under that key. Reports, AWS's answers, the
 * entities made of them and policies are left out.
 *
 * Threads:   as the store's.
 *
 * Example:   if (!store_export(store, &config, &err)) { ... } */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

#include "crypto/pseudonym.h"
#include "store/store.h"

struct export_config {
    struct str folder;               /* made if missing */
    const struct pseudonym_key *key; /* NULL: everything as it is */
    bool csv_safe;                   /* guards cells that a spreadsheet would take for formulas */
    void (*written)(void *shared, struct str path, uint64_t rows);
    void *shared;
};

MUST_USE bool store_export(struct store *store, const struct export_config *config,
                           struct err *err);

#endif
