/* assets.h: to whom accounts belonged and how much they held, at the time of given snapshots.
 *
 * Ownership: facts live for the call.
 * Threads:   one.
 *
 * Example:   if (!store_assets_read(store, &list, write_row, &text, &err)) { ... } */
#ifndef STORE_ASSETS_H
#define STORE_ASSETS_H

#include "store/reports.h"

enum { STORE_ASSETS = 5 }; /* iam_users, rds, s3, ec2, cloudtrail */

struct store_assets {
    uint64_t account;
    struct str organization;      /* empty: not known */
    int64_t counts[STORE_ASSETS]; /* -1: not known */
};

/* Calls `tell` for each of those snapshots that any asset is counted of. */
MUST_USE bool store_assets_read(struct store *store, const struct stored_reports *list,
                                void (*tell)(void *shared, const struct store_assets *assets),
                                void *shared, struct err *err);

#endif
