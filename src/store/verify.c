#include "store/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "crypto/sha256.h"
#include "store/derive.h"
#include "store/internal.h"
#include "store/internal_verify.h"
#include "store/schema.h"
#include "store/statement.h"

enum { TEXT_SIZE_MAX = 4096, PACKED_SINCE = 3, COLLECTED_SINCE = 5, ROW_SIZE_MAX = 64 << 20 };

struct verify {
    struct store *store;
    const struct verify_sink *sink;
    struct verify_result *result;
    struct derivation *derivation;
    struct buf identities;
    struct statement rows, packed;
};

/* ---- problems ------------------------------------------------------------------------------- */

void verify_complain(const struct verify_sink *sink, struct verify_result *result,
                     const char *format, ...)
{
    char text[TEXT_SIZE_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    result->problems++;
    sink->problem(sink->shared, str_from(text));
}

void verify_complain_err(const struct verify_sink *sink, struct verify_result *result,
                         const char *what, struct err *err)
{
    if (err->kind != ERR_NONE) {
        verify_complain(sink, result, "%s cannot be read: %s", what, err->text);
        *err = (struct err){0};
    }
}

/* ---- SQLite's own checks -------------------------------------------------------------------- */

static void check_integrity(struct verify *verify)
{
    struct statement check = {0};
    struct err err = {0};

    if (statement_prepare(&check, verify->store, STR(""), "PRAGMA integrity_check(100)", &err)) {
        while (statement_next(&check, &err)) {
            struct str line = column_bytes(&check, 0);
            if (!str_eq(line, STR("ok"))) {
                verify_complain(verify->sink, verify->result, "the file's structure: %.*s",
                                STR_ARG(line));
            }
        }
    }
    statement_release(&check);
    verify_complain_err(verify->sink, verify->result, "the file's structure", &err);
}

static void check_references(struct verify *verify)
{
    struct statement check = {0};
    struct err err = {0};

    if (statement_prepare(&check, verify->store, STR(""), "PRAGMA foreign_key_check", &err)) {
        while (statement_next(&check, &err)) {
            struct str table = column_bytes(&check, 0);
            verify_complain(verify->sink, verify->result,
                            "table %.*s: row %lld names something of another table that is not "
                            "there",
                            STR_ARG(table), (long long)column_int(&check, 1));
        }
    }
    statement_release(&check);
    verify_complain_err(verify->sink, verify->result, "what rows say of each other", &err);
}

/* ---- the schema ----------------------------------------------------------------------------- */

/* One table, index or view as a step of ours makes it. */
static bool check_object(struct verify *verify, struct statement *find,
                         const struct statement *ours, int version, struct err *err)
{
    struct str type = column_bytes(ours, 0), name = column_bytes(ours, 1);
    bool is_due = version <= verify->store->version;

    statement_begin(find);
    statement_text(find, type);
    statement_text(find, name);
    bool is_there = statement_next(find, err);
    if (err->kind != ERR_NONE) {
        return false;
    }
    if (is_there && is_due &&
        (!str_eq(column_bytes(find, 0), column_bytes(ours, 2)) ||
         !str_eq(column_bytes(find, 1), column_bytes(ours, 3)))) {
        verify_complain(verify->sink, verify->result,
                        "the schema: %.*s %.*s is not as keywarden made it", STR_ARG(type),
                        STR_ARG(name));
    } else if (is_there != is_due) {
        verify_complain(verify->sink, verify->result,
                        "the schema: %.*s %.*s of version %d is %s in a store of version %d",
                        STR_ARG(type), STR_ARG(name), version, is_there ? "there" : "missing",
                        verify->store->version);
    }
    statement_begin(find);
    return true;
}

/* Makes the schema anew in memory, step by step, and looks for each thing that a step brings. What
 * a user has added is left alone. */
static void check_schema(struct verify *verify)
{
    struct store model = {.path = verify->store->path, .mode = STORE_WRITE};
    struct statement ours = {0}, find = {0};
    struct err err = {0};
    int64_t seen = 0;
    bool ok = sqlite3_open(":memory:", &model.db) == SQLITE_OK &&
              statement_prepare(&find, verify->store, STR(""),
                                "SELECT tbl_name, sql FROM sqlite_schema"
                                " WHERE type = ? AND name = ?",
                                &err);

    for (int version = 1; ok && version <= SCHEMA_VERSION; version++) {
        const struct schema_step *step = &schema_steps[version - 1];
        char *sql = mem_alloc(step->sql.n + 1);
        memcpy(sql, step->sql.p, step->sql.n);
        ok = store_execute(&model, sql, &err) &&
             statement_prepare(&ours, &model, STR(""),
                               "SELECT type, name, tbl_name, sql, rowid FROM sqlite_schema"
                               " WHERE rowid > ?",
                               &err);
        mem_free(sql);
        if (ok) {
            statement_int(&ours, seen);
        }
        while (ok && statement_next(&ours, &err)) {
            seen = column_int(&ours, 4);
            ok = check_object(verify, &find, &ours, version, &err);
        }
        statement_release(&ours);
    }
    statement_release(&find);
    (void)sqlite3_close(model.db);
    verify_complain_err(verify->sink, verify->result, "the schema", &err);
}

/* ---- seals ---------------------------------------------------------------------------------- */

static void check_sealed(struct verify *verify, struct str table, const char *sql)
{
    struct statement read = {0};
    struct err err = {0};
    char what[128];

    (void)snprintf(what, sizeof what, "table %.*s", STR_ARG(table));
    if (statement_prepare(&read, verify->store, STR(""), sql, &err)) {
        int last = column_count(&read) - 1;
        while (statement_next(&read, &err)) {
            if (column_kind(&read, last) != COLUMN_INT ||
                (uint64_t)column_int(&read, last) != column_seal(&read, table)) {
                verify_complain(verify->sink, verify->result,
                                "%s: the row of %.*s %lld does not match its seal", what,
                                STR_ARG(column_name(&read, 0)), (long long)column_int(&read, 0));
            }
        }
    }
    statement_release(&read);
    verify_complain_err(verify->sink, verify->result, what, &err);
}

static void check_seals(struct verify *verify)
{
    static const struct {
        int since;
        struct str table;
        const char *sql;
    } sealed[] = {
        {1, STR_LIT("accounts"), "SELECT * FROM accounts"},
        {1, STR_LIT("organizations"), "SELECT * FROM organizations"},
        {1, STR_LIT("units"), "SELECT * FROM units"},
        {1, STR_LIT("imports"), "SELECT * FROM imports"},
        {1, STR_LIT("snapshots"), "SELECT * FROM snapshots"},
        {1, STR_LIT("raw_reports"), "SELECT * FROM raw_reports"},
        {1, STR_LIT("users"), "SELECT * FROM users"},
        {2, STR_LIT("findings"), "SELECT * FROM findings"},
        {2, STR_LIT("finding_spans"), "SELECT * FROM finding_spans"},
        {2, STR_LIT("judgements"), "SELECT * FROM judgements"},
        {2, STR_LIT("exception_files"), "SELECT * FROM exception_files"},
        {2, STR_LIT("exceptions"), "SELECT * FROM exceptions"},
        {5, STR_LIT("collections"), "SELECT * FROM collections"},
        {5, STR_LIT("collection_accounts"), "SELECT * FROM collection_accounts"},
        {5, STR_LIT("raw_answers"), "SELECT * FROM raw_answers"},
        {5, STR_LIT("entities"), "SELECT * FROM entities"},
        {5, STR_LIT("gaps"), "SELECT * FROM gaps"},
        {5, STR_LIT("aws_organizations"), "SELECT * FROM aws_organizations"},
        {5, STR_LIT("aws_nodes"), "SELECT * FROM aws_nodes"},
        {5, STR_LIT("aws_policies"), "SELECT * FROM aws_policies"},
        {5, STR_LIT("aws_attachments"), "SELECT * FROM aws_attachments"},
        {5, STR_LIT("aws_administrators"), "SELECT * FROM aws_administrators"},
    };

    for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++) {
        if (sealed[i].since <= verify->store->version) {
            check_sealed(verify, sealed[i].table, sealed[i].sql);
        }
    }
}

/* ---- snapshots ------------------------------------------------------------------------------ */

static bool value_is(const struct statement *row, int column, const struct state_value *value)
{
    if (value->text != NULL) {
        return column_kind(row, column) == COLUMN_TEXT &&
               str_eq(column_bytes(row, column), (struct str){value->text, (size_t)value->number});
    }
    if (value->number == STATE_NONE) {
        return column_kind(row, column) == COLUMN_NULL;
    }
    return column_kind(row, column) == COLUMN_INT && column_int(row, column) == value->number;
}

/* The columns of ROWS_SQL. */
enum { ROW_ROW, ROW_USER, ROW_NAME, ROW_CREATED, ROW_ACCOUNT, ROW_ARN, ROW_VALUES };
static const char rows_sql[] =
    "SELECT t.row, t.user, u.name, u.created, u.account, t.arn, t.password_enabled,"
    " t.password_last_used, t.password_last_changed, t.password_next_rotation, t.mfa_active,"
    " t.access_key_1_active, t.access_key_1_last_rotated, t.access_key_1_last_used_date,"
    " t.access_key_1_last_used_region, t.access_key_1_last_used_service, t.access_key_2_active,"
    " t.access_key_2_last_rotated, t.access_key_2_last_used_date, t.access_key_2_last_used_region,"
    " t.access_key_2_last_used_service, t.cert_1_active, t.cert_1_last_rotated, t.cert_2_active,"
    " t.cert_2_last_rotated, t.additional_credentials_info"
    " FROM user_states AS t LEFT JOIN users AS u ON u.id = t.user"
    " WHERE t.snapshot = ? ORDER BY t.row";

/* The name of the first column of the row that is not what the report says; NULL: all are. */
static struct str row_difference(const struct statement *row, const struct user_row *wanted,
                                 uint64_t account, size_t index)
{
    struct state_value arn = {.number = STATE_NONE};

    if (wanted->has_arn) {
        arn = (struct state_value){wanted->arn.n == 0 ? "" : wanted->arn.p, (int64_t)wanted->arn.n};
    }
    if (column_int(row, ROW_ROW) != (int64_t)index + 1) {
        return STR("row");
    }
    if (column_kind(row, ROW_NAME) != COLUMN_TEXT ||
        !str_eq(column_bytes(row, ROW_NAME), wanted->name) ||
        column_int(row, ROW_CREATED) != wanted->created ||
        column_int(row, ROW_ACCOUNT) != (int64_t)account) {
        return STR("user");
    }
    if (!value_is(row, ROW_ARN, &arn)) {
        return STR("arn");
    }
    for (int i = 0; i < STATE_COLUMNS; i++) {
        if (!value_is(row, ROW_VALUES + i, &wanted->values[i])) {
            return report_column_name((enum report_column)(STATE_COLUMN_FIRST + i));
        }
    }
    return (struct str){0};
}

/* The rows against what the report says; collects the ids of the users. */
static bool check_rows(struct verify *verify, int64_t snapshot, const char *what)
{
    const struct report_states *states = derivation_states(verify->derivation);
    struct err err = {0};
    size_t count = 0;
    bool ok = true;

    buf_clear(&verify->identities);
    statement_begin(&verify->rows);
    statement_int(&verify->rows, snapshot);
    while (statement_next(&verify->rows, &err)) {
        uint64_t id = (uint64_t)column_int(&verify->rows, ROW_USER);
        buf_bytes(&verify->identities, &id, sizeof id);
        struct str column =
            count < states->row_count
                ? row_difference(&verify->rows, &states->rows[count], states->account, count)
                : (struct str){0};
        if (column.n > 0) {
            verify_complain(verify->sink, verify->result,
                            "table user_states: %s, row %zu: %.*s is not what the report says",
                            what, count + 1, STR_ARG(column));
            ok = false;
        }
        count++;
    }
    if (err.kind == ERR_NONE && count != states->row_count) {
        verify_complain(verify->sink, verify->result,
                        "table user_states: %s has %zu rows, its report %zu", what, count,
                        states->row_count);
    }
    ok = ok && err.kind == ERR_NONE && count == states->row_count;
    verify_complain_err(verify->sink, verify->result, "table user_states", &err);
    verify->result->rows += count;
    return ok;
}

static void check_packed(struct verify *verify, const struct statement *snapshot, const char *what)
{
    const struct report_states *states = derivation_states(verify->derivation);
    struct sample_facts facts = {.bad_rows = states->bad_rows, .row_count = states->row_count};
    struct err err = {0};
    struct str packed = {0};

    snapshot_facts(snapshot, 4, &facts);
    packed = derive_packed(verify->derivation, &facts,
                           (const uint64_t *)(const void *)verify->identities.p);
    statement_begin(&verify->packed);
    statement_int(&verify->packed, column_int(snapshot, 1));
    statement_int(&verify->packed, column_int(snapshot, 2));
    if (statement_next(&verify->packed, &err)) {
        if (column_kind(&verify->packed, 0) != COLUMN_BLOB ||
            !str_eq(column_bytes(&verify->packed, 0), packed)) {
            verify_complain(verify->sink, verify->result,
                            "table packed_samples: %s is not what its rows say", what);
        }
        statement_begin(&verify->packed);
    } else if (err.kind == ERR_NONE) {
        verify_complain(verify->sink, verify->result, "table packed_samples: %s is missing", what);
    }
    verify_complain_err(verify->sink, verify->result, "table packed_samples", &err);
}

static bool digest_is(struct str report, struct str digest)
{
    unsigned char ours[SHA256_SIZE];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_add(&sha, report);
    sha256_end(&sha, ours);
    return str_eq(digest, (struct str){(const char *)ours, SHA256_SIZE});
}

/* The columns of the query: id, account, taken_at, zstd, the facts (4 to 11), row_count, bad_rows,
 * bad_cells, report_size, report_sha256. */
static void check_snapshot(struct verify *verify, const struct statement *row)
{
    struct err err = {0};
    char what[128];

    (void)snprintf(what, sizeof what, "snapshot %lld of account %012lld",
                   (long long)column_int(row, 0), (long long)column_int(row, 1));
    if (column_kind(row, 3) != COLUMN_BLOB) {
        verify_complain(verify->sink, verify->result, "table raw_reports: %s has no report", what);
        return;
    }
    if (!derive_report(verify->derivation, (uint64_t)column_int(row, 1), column_bytes(row, 3),
                       &err)) {
        verify_complain(verify->sink, verify->result, "table raw_reports: %s: %s", what, err.text);
        return;
    }
    const struct report_states *states = derivation_states(verify->derivation);
    struct str report = derivation_report(verify->derivation);
    if (!digest_is(report, column_bytes(row, 16)) || column_int(row, 15) != (int64_t)report.n) {
        verify_complain(verify->sink, verify->result,
                        "table raw_reports: %s does not match its SHA-256", what);
        return;
    }
    if (column_int(row, 12) != (int64_t)states->row_count ||
        column_int(row, 13) != (int64_t)states->bad_rows ||
        column_int(row, 14) != (int64_t)states->bad_cells) {
        verify_complain(verify->sink, verify->result,
                        "table snapshots: %s: its counts are not those of its report", what);
    }
    if (check_rows(verify, column_int(row, 0), what) && verify->store->version >= PACKED_SINCE) {
        check_packed(verify, row, what);
    }
}

static void check_snapshots(struct verify *verify)
{
    struct statement read = {0};
    struct err err = {0};
    bool ok = statement_prepare(&verify->rows, verify->store, STR(""), rows_sql, &err) &&
              statement_prepare(&read, verify->store, STR(""),
                                "SELECT s.id, s.account, s.taken_at, r.zstd, s.organization,"
                                " s.unit, s.standalone, s.iam_users, s.rds, s.s3, s.ec2,"
                                " s.cloudtrail, s.row_count, s.bad_rows, s.bad_cells,"
                                " s.report_size, s.report_sha256 FROM snapshots AS s"
                                " LEFT JOIN raw_reports AS r ON r.snapshot = s.id",
                                &err);

    if (ok && verify->store->version >= PACKED_SINCE) {
        ok = statement_prepare(&verify->packed, verify->store, STR(""),
                               "SELECT sample FROM packed_samples WHERE account = ?"
                               " AND taken_at = ?",
                               &err);
    }
    while (ok && statement_next(&read, &err)) {
        check_snapshot(verify, &read);
        verify->result->snapshots++;
        verify->sink->progress(verify->sink->shared, verify->result->snapshots);
    }
    statement_release(&read);
    statement_release(&verify->rows);
    statement_release(&verify->packed);
    verify_complain_err(verify->sink, verify->result, "the tables of snapshots", &err);
}

bool store_verify(struct store *store, const struct verify_sink *sink, struct verify_result *result,
                  struct err *err)
{
    struct verify verify = {.store = store, .sink = sink, .result = result};

    *result = (struct verify_result){0};
    /* All checks are about the same moment, whoever writes meanwhile. */
    if (!store_execute(store, "PRAGMA cell_size_check = ON; BEGIN", err)) {
        return false;
    }
    verify.derivation = derivation_new();
    buf_init(&verify.identities, ROW_SIZE_MAX);
    check_integrity(&verify);
    check_schema(&verify);
    check_references(&verify);
    check_seals(&verify);
    check_snapshots(&verify);
    if (store->version >= COLLECTED_SINCE) {
        verify_collected(store, sink, result);
    }
    derivation_free(verify.derivation);
    buf_release(&verify.identities);
    return store_execute(store, "COMMIT", err);
}
