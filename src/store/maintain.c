#include "store/maintain.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "os/file.h"
#include "store/internal.h"
#include "store/statement.h"

enum { SQL_SIZE_MAX = 512, PATH_SIZE_MAX = 32 << 10, COLLECTED_SINCE = 5 };

/* ---- info ----------------------------------------------------------------------------------- */

static const struct {
    int since;
    const char *name;
} tables[] = {
    {1, "accounts"},
    {1, "organizations"},
    {1, "units"},
    {1, "imports"},
    {1, "snapshots"},
    {1, "raw_reports"},
    {1, "users"},
    {1, "user_states"},
    {2, "findings"},
    {2, "finding_spans"},
    {2, "judgements"},
    {2, "exception_files"},
    {2, "exceptions"},
    {3, "packed_samples"},
    {5, "collections"},
    {5, "collection_accounts"},
    {5, "raw_answers"},
    {5, "entities"},
    {5, "gaps"},
    {5, "aws_organizations"},
    {5, "aws_nodes"},
    {5, "aws_policies"},
    {5, "aws_attachments"},
    {5, "aws_administrators"},
};

static bool read_table(struct store *store, const char *name, struct table_info *out,
                       struct err *err)
{
    char sql[SQL_SIZE_MAX];
    int64_t rows = 0;
    struct err ignored = {0};

    out->name = str_from(name);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", name);
    if (!store_number(store, sql, &rows, err)) {
        return false;
    }
    out->rows = (uint64_t)rows;
    /* Not every SQLite is built with dbstat. */
    (void)snprintf(sql, sizeof sql,
                   "SELECT sum(pgsize) FROM dbstat WHERE name IN"
                   " (SELECT name FROM sqlite_schema WHERE tbl_name = '%s')",
                   name);
    if (!store_number(store, sql, &out->bytes, &ignored)) {
        out->bytes = -1;
    }
    return true;
}

static bool read_ages(struct store *store, int64_t now, struct store_info *out, struct err *err)
{
    static const int64_t days[STORE_AGE_COUNT - 1] = {1, 7, 30};
    struct statement query = {0};
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT (SELECT max(taken_at) FROM snapshots AS s"
                                " WHERE s.account = a.account) FROM accounts AS a",
                                err);

    while (ok && statement_next(&query, err)) {
        int64_t age = now - column_int(&query, 0);
        size_t i = 0;
        if (column_kind(&query, 0) == COLUMN_NULL) {
            out->without_snapshot++;
            continue;
        }
        while (i < STORE_AGE_COUNT - 1 && age > days[i] * 86400) {
            i++;
        }
        out->ages[i]++;
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE;
}

static bool read_counts(struct store *store, struct store_info *out, struct err *err)
{
    struct statement query = {0};
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT (SELECT count(*) FROM accounts), count(*), min(taken_at),"
                                " max(taken_at), (SELECT count(*) FROM users),"
                                " (SELECT count(*) FROM organizations),"
                                " (SELECT count(*) FROM units) FROM snapshots",
                                err) &&
              statement_next(&query, err);

    if (ok) {
        out->accounts = (uint64_t)column_int(&query, 0);
        out->snapshots = (uint64_t)column_int(&query, 1);
        out->has_times = column_kind(&query, 2) != COLUMN_NULL;
        out->first_at = column_int(&query, 2);
        out->last_at = column_int(&query, 3);
        out->users = (uint64_t)column_int(&query, 4);
        out->organizations = (uint64_t)column_int(&query, 5);
        out->units = (uint64_t)column_int(&query, 6);
    }
    statement_release(&query);
    return ok;
}

/* How far the newest run came, and whom the newest run of each account did not reach. */
static bool read_collections(struct store *store, struct store_info *out, struct err *err)
{
    struct statement query = {0};
    bool ok =
        statement_prepare(&query, store, STR(""),
                          "SELECT (SELECT count(*) FROM collections),"
                          " (SELECT count(*) FROM collection_failures WHERE state = 'failed'),"
                          " (SELECT count(*) FROM collection_failures WHERE state = 'pending')",
                          err) &&
        statement_next(&query, err);

    if (ok) {
        out->collections = (uint64_t)column_int(&query, 0);
        out->failed = (uint64_t)column_int(&query, 1);
        out->pending = (uint64_t)column_int(&query, 2);
    }
    statement_release(&query);
    return ok;
}

bool store_info_read(struct store *store, int64_t now, struct store_info *out, struct err *err)
{
    struct file_info file = {0};
    bool ok = true;

    *out = (struct store_info){.version = store->version};
    out->size = file_look(store->path, &file) ? file.size : 0;
    ok = store_execute(store, "BEGIN", err) && read_counts(store, out, err) &&
         read_ages(store, now, out, err) &&
         (store->version < COLLECTED_SINCE || read_collections(store, out, err));
    for (size_t i = 0; ok && i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i].since <= store->version) {
            ok = read_table(store, tables[i].name, &out->tables[out->table_count++], err);
        }
    }
    return ok && store_execute(store, "COMMIT", err);
}

/* ---- prune ---------------------------------------------------------------------------------- */

/* What is to go, by id. */
static bool choose(struct store *store, const struct prune_config *config, struct err *err)
{
    struct statement chosen = {0};
    bool ok = store_execute(store, "CREATE TEMP TABLE pruned (id INTEGER PRIMARY KEY)", err) &&
              statement_prepare(&chosen, store, STR(""),
                                "INSERT INTO pruned SELECT id FROM (SELECT id, taken_at,"
                                " row_number() OVER (PARTITION BY account ORDER BY taken_at DESC)"
                                " AS age FROM snapshots) WHERE age > ? AND taken_at < ?",
                                err);

    if (ok) {
        statement_int(&chosen, config->has_keep ? (int64_t)config->keep : 0);
        statement_int(&chosen, config->has_before ? config->before : INT64_MAX);
        ok = statement_run(&chosen, err);
    }
    statement_release(&chosen);
    return ok;
}

bool store_prune(struct store *store, const struct prune_config *config, uint64_t *removed,
                 uint64_t *accounts, struct err *err)
{
    int64_t snapshots = 0, emptied = 0;
    bool ok = store_begin(store, err) && choose(store, config, err) &&
              store_number(store, "SELECT count(*) FROM temp.pruned", &snapshots, err) &&
              store_number(store,
                           "SELECT count(DISTINCT account) FROM snapshots WHERE account NOT IN"
                           " (SELECT account FROM snapshots WHERE id NOT IN"
                           " (SELECT id FROM temp.pruned))",
                           &emptied, err);

    if (ok && config->is_dry) {
        store_rollback(store);
    } else if (ok) {
        ok = store_execute(store,
                           /* A run that brought nothing but what goes, goes as well. */
                           "CREATE TEMP TABLE pruned_runs AS SELECT DISTINCT import AS id"
                           " FROM snapshots WHERE id IN (SELECT id FROM temp.pruned);"
                           "DELETE FROM snapshots WHERE id IN (SELECT id FROM temp.pruned);"
                           "DELETE FROM collections WHERE id IN (SELECT id FROM temp.pruned_runs)"
                           " AND id NOT IN (SELECT import FROM snapshots);"
                           "DROP TABLE temp.pruned; DROP TABLE temp.pruned_runs",
                           err) &&
             store_commit(store, err);
    }
    store_rollback(store);
    *removed = (uint64_t)snapshots;
    *accounts = (uint64_t)emptied;
    return ok;
}

/* ---- compact -------------------------------------------------------------------------------- */

static uint64_t size_of(const struct store *store)
{
    static const struct str ends[] = {STR_LIT(""), STR_LIT("-wal")};
    uint64_t size = 0;

    for (size_t i = 0; i < 2; i++) {
        struct file_info info = {0};
        struct buf path;
        buf_init(&path, PATH_SIZE_MAX);
        buf_str(&path, store->path);
        buf_str(&path, ends[i]);
        size += file_look(buf_text(&path), &info) ? info.size : 0;
        buf_release(&path);
    }
    return size;
}

bool store_compact(struct store *store, uint64_t *before, uint64_t *after, struct err *err)
{
    *before = size_of(store);
    /* The copy that is made on the way is as large as the store: it belongs on the disk. */
    if (!store_execute(store, "PRAGMA temp_store = FILE; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);",
                       err)) {
        return false;
    }
    *after = size_of(store);
    return true;
}
