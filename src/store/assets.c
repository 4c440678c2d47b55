#include "store/assets.h"

#include "store/statement.h"

/* Whether any is counted; false on failure too, which sets *err. */
static bool read_one(struct statement *query, int64_t snapshot, struct store_assets *assets,
                     struct err *err)
{
    bool is_counted = false;

    statement_begin(query);
    statement_int(query, snapshot);
    if (!statement_next(query, err)) {
        return false;
    }
    assets->organization = column_bytes(query, 0);
    for (int i = 0; i < STORE_ASSETS; i++) {
        bool is_known = column_kind(query, 1 + i) != COLUMN_NULL;
        assets->counts[i] = is_known ? column_int(query, 1 + i) : -1;
        is_counted |= is_known;
    }
    return is_counted;
}

bool store_assets_read(struct store *store, const struct stored_reports *list,
                       void (*tell)(void *shared, const struct store_assets *assets), void *shared,
                       struct err *err)
{
    struct statement query = {0};
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT name, iam_users, rds, s3, ec2, cloudtrail FROM snapshots"
                                " LEFT JOIN organizations ON organizations.id = organization"
                                " WHERE snapshots.id = ?",
                                err);

    for (size_t i = 0; i < list->count && ok; i++) {
        struct store_assets assets = {.account = list->reports[i].account};
        if (read_one(&query, list->reports[i].snapshot, &assets, err)) {
            tell(shared, &assets);
        }
        ok = err->kind == ERR_NONE;
    }
    statement_release(&query);
    return ok;
}
