#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "store/internal.h"
#include "store/schema.h"

/* Work that SQL alone cannot do, by the version it leads to. */
static bool convert(struct store *store, int version, struct err *err)
{
    return version != 3 || store_fill_packed(store, err);
}

static bool run_step(struct store *store, int version, struct err *err)
{
    const struct schema_step *step = &schema_steps[version - 1];
    char *sql = mem_alloc(step->sql.n + 1);
    char pragma[64];
    bool ok = false;

    memcpy(sql, step->sql.p, step->sql.n);
    (void)snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", version);
    ok = store_execute(store, sql, err) && convert(store, version, err) &&
         store_execute(store, pragma, err);
    mem_free(sql);
    if (ok) {
        store->version = version;
    }
    return ok;
}

/* All of a new store comes at once: whoever looks finds nothing, or all of it. */
static bool create(struct store *store, struct err *err)
{
    char pragma[64];

    (void)snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d", STORE_APPLICATION_ID);
    if (!store_execute(store, "PRAGMA page_size = 8192", err) || !store_begin(store, err)) {
        return false;
    }
    int64_t objects = 0;
    if (!store_number(store, "SELECT count(*) FROM sqlite_schema", &objects, err)) {
        return false;
    }
    if (objects > 0) { /* another process was faster */
        int64_t version = 0;
        bool ok = store_number(store, "PRAGMA user_version", &version, err);
        store->version = (int)version;
        store_rollback(store);
        return ok;
    }
    if (!store_execute(store, pragma, err)) {
        return false;
    }
    for (int version = 1; version <= SCHEMA_VERSION; version++) {
        if (!run_step(store, version, err)) {
            return false;
        }
    }
    return store_commit(store, err);
}

/* One step; the version is looked at again under the lock, since another process may have taken the
 * step meanwhile. */
static bool advance(struct store *store, struct err *err)
{
    int64_t version = 0;

    if (!store_begin(store, err) || !store_number(store, "PRAGMA user_version", &version, err)) {
        return false;
    }
    store->version = (int)version;
    if (version >= SCHEMA_VERSION) {
        store_rollback(store);
        return version == SCHEMA_VERSION ||
               err_set(err, ERR_INPUT, "a newer keywarden has changed this store meanwhile");
    }
    return run_step(store, store->version + 1, err) && store_commit(store, err);
}

bool store_migrate(struct store *store, struct err *err)
{
    bool ok = store->version > 0 || create(store, err);

    while (ok && store->version < SCHEMA_VERSION) {
        ok = advance(store, err);
    }
    if (!ok) {
        store_rollback(store);
        err_place(err, store->path, 0, 0);
        return false;
    }
    return store_execute(store, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 6000;",
                         err);
}
