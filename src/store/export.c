#include "store/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "codec/zstd.h"
#include "model/arn.h"
#include "model/user_batch.h"
#include "os/file.h"
#include "render/csv.h"
#include "store/internal.h"
#include "store/states.h"
#include "store/statement.h"

enum { OUT_SIZE_MAX = 64 << 20, FLUSH_SIZE = 256 << 10, PATH_SIZE_MAX = 1 << 20, COLUMNS_MAX = 40 };

/* What a column holds, which decides how it is written, and what becomes of it under a key. */
enum content {
    CONTENT_PLAIN, /* numbers, words of ours and of AWS: as it is */
    CONTENT_TIME,
    CONTENT_ACCOUNT,
    CONTENT_USER,
    CONTENT_ARN,
    CONTENT_ORGANIZATION,
    CONTENT_UNIT,
    CONTENT_NODE,   /* of an organization's tree: an account, or an id */
    CONTENT_TEXT,   /* anything: a path, a reason, what somebody wrote */
    CONTENT_DIGEST, /* bytes; empty under a key, since it tells whether a guess is right */
    CONTENT_REPORT,
    CONTENT_LEFT_OUT,
};

/* By table and column; where the table is NULL, in all of them. A text that is not named here
 * becomes a pseudonym: what a later version adds must not slip through. */
static const struct {
    const char *table, *column;
    enum content content;
} contents[] = {
    {NULL, "seal", CONTENT_LEFT_OUT},
    {NULL, "zstd", CONTENT_REPORT},
    {NULL, "report_sha256", CONTENT_DIGEST},
    {NULL, "account", CONTENT_ACCOUNT},
    {"users", "name", CONTENT_USER},
    {"organizations", "name", CONTENT_ORGANIZATION},
    {"units", "path", CONTENT_UNIT},
    {NULL, "organization", CONTENT_ORGANIZATION},
    {NULL, "unit", CONTENT_UNIT},
    {NULL, "user", CONTENT_USER},
    {NULL, "arn", CONTENT_ARN},
    {NULL, "taken_at", CONTENT_TIME},
    {NULL, "generated_at", CONTENT_TIME},
    {NULL, "started_at", CONTENT_TIME},
    {NULL, "imported_at", CONTENT_TIME},
    {NULL, "first_seen", CONTENT_TIME},
    {NULL, "last_seen", CONTENT_TIME},
    {NULL, "opened_at", CONTENT_TIME},
    {NULL, "closed_at", CONTENT_TIME},
    {NULL, "reopened_at", CONTENT_TIME},
    {NULL, "failing_since", CONTENT_TIME},
    {NULL, "open_since", CONTENT_TIME},
    {NULL, "judged_at", CONTENT_TIME},
    {NULL, "created", CONTENT_TIME},
    {NULL, "expires", CONTENT_TIME},
    {NULL, "since", CONTENT_TIME},
    {NULL, "until", CONTENT_TIME},
    {NULL, "newest", CONTENT_TIME},
    {NULL, "last_used", CONTENT_TIME},
    {NULL, "user_creation_time", CONTENT_TIME},
    {NULL, "taken_from", CONTENT_PLAIN},
    {NULL, "program", CONTENT_PLAIN},
    {NULL, "profile", CONTENT_PLAIN},
    {NULL, "standalone", CONTENT_PLAIN},
    {NULL, "control", CONTENT_PLAIN},
    {NULL, "severity", CONTENT_PLAIN},
    {NULL, "status", CONTENT_PLAIN},
    {NULL, "verdict", CONTENT_PLAIN},
    {NULL, "credential", CONTENT_PLAIN},
    {NULL, "node", CONTENT_NODE},
    {NULL, "parent", CONTENT_NODE},
    {NULL, "management_account", CONTENT_NODE},
    {"organization_tree", "path", CONTENT_UNIT},
    {NULL, "finished_at", CONTENT_TIME},
    {NULL, "joined_at", CONTENT_TIME},
    {NULL, "state", CONTENT_PLAIN},
    {NULL, "kind", CONTENT_PLAIN},
    {NULL, "node_kind", CONTENT_PLAIN},
    {NULL, "action", CONTENT_PLAIN},
    {NULL, "region", CONTENT_PLAIN},
    {NULL, "outcome", CONTENT_PLAIN},
    {NULL, "code", CONTENT_PLAIN},
    {NULL, "feature_set", CONTENT_PLAIN},
    {NULL, "service", CONTENT_PLAIN},
};

/* The columns that carry the name of a report's: those of a time, and words in the views. */
static enum content report_content(struct str column)
{
    enum report_column known;

    if (!report_column_find(column, &known) || known == COLUMN_ADDITIONAL_INFO) {
        return CONTENT_TEXT;
    }
    return report_column_type(known) == COLUMN_IS_TIME ? CONTENT_TIME : CONTENT_PLAIN;
}

static enum content content_of(struct str table, struct str column)
{
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        if (str_eq(str_from(contents[i].column), column) &&
            (contents[i].table == NULL || str_eq(str_from(contents[i].table), table))) {
            return contents[i].content;
        }
    }
    return report_content(column);
}

struct export
{
    struct store *store;
    const struct export_config *config;
    struct zstd *zstd;
    struct buf report, out; /* of a cell, of rows */
    struct file_out file;
    enum content columns[COLUMNS_MAX];
};

/* ---- pseudonyms ----------------------------------------------------------------------------- */

static void write_pseudonym(struct export *export, enum pseudonym_kind kind, struct str text)
{
    if (text.n > 0) {
        pseudonym_text(export->config->key, kind, text, &export->out);
    }
}

static void write_account(struct export *export, uint64_t account)
{
    buf_printf(&export->out, "%012" PRIu64, pseudonym_account(export->config->key, account));
}

static void write_user(struct export *export, struct str name)
{
    if (str_eq(name, STR("<root_account>"))) {
        buf_str(&export->out, name);
    } else {
        write_pseudonym(export, PSEUDONYM_USER, name);
    }
}

/* Part by part, so that what lies in the same folder still does. */
static void write_path(struct export *export, struct str path)
{
    struct str part;
    bool is_more = path.n > 0;

    while (is_more) {
        is_more = str_cut(&path, '/', &part);
        write_pseudonym(export, PSEUDONYM_PATH, part);
        if (is_more) {
            buf_char(&export->out, '/');
        }
    }
}

/* arn:partition:iam::account:user/path/name or ...:root; anything else is a text. */
static void write_arn(struct export *export, struct str arn)
{
    struct arn_parts parts = arn_split(arn);
    struct str resource = arn_part(arn, ARN_RESOURCE);
    uint64_t account = 0;

    bool is_root = str_eq(resource, STR("root"));
    if (!str_to_u64(parts.account, &account) || !(is_root || str_starts(resource, STR("user/")))) {
        write_pseudonym(export, PSEUDONYM_TEXT, arn);
        return;
    }
    buf_str(&export->out, STR("arn:"));
    if (str_starts(parts.partition, STR("aws"))) {
        buf_str(&export->out, parts.partition);
    }
    buf_str(&export->out, STR(":iam::"));
    write_account(export, account);
    if (is_root) {
        buf_str(&export->out, STR(":root"));
        return;
    }
    buf_str(&export->out, STR(":user"));
    write_path(export, parts.path);
    write_user(export, str_sub(resource, 4 + parts.path.n, resource.n));
}

/* What the views say in the place of a value. */
static bool is_word(struct str text)
{
    return str_eq(text, STR("N/A")) || str_eq(text, STR("no_information")) ||
           str_eq(text, STR("not_supported")) || str_eq(text, STR("missing"));
}

static void write_secret(struct export *export, enum content content, struct str text)
{
    uint64_t account = 0;

    switch (content) {
    case CONTENT_ACCOUNT:
        if (str_to_u64(text, &account)) {
            write_account(export, account);
        }
        break;
    case CONTENT_USER:
        write_user(export, text);
        break;
    case CONTENT_ARN:
        write_arn(export, text);
        break;
    case CONTENT_ORGANIZATION:
        write_pseudonym(export, PSEUDONYM_ORGANIZATION, text);
        break;
    case CONTENT_UNIT:
        write_path(export, text);
        break;
    case CONTENT_NODE:
        if (text.n == 12 && str_to_u64(text, &account)) {
            write_account(export, account);
        } else {
            write_pseudonym(export, PSEUDONYM_TEXT, text);
        }
        break;
    case CONTENT_TEXT:
        if (is_word(text)) {
            buf_str(&export->out, text);
        } else {
            write_pseudonym(export, PSEUDONYM_TEXT, text);
        }
        break;
    case CONTENT_PLAIN:
    case CONTENT_TIME:
        buf_str(&export->out, text);
        break;
    case CONTENT_DIGEST:
    case CONTENT_REPORT:
    case CONTENT_LEFT_OUT:
        break;
    }
}

/* ---- cells ---------------------------------------------------------------------------------- */

static void write_number(struct export *export, enum content content, int64_t number)
{
    if (content == CONTENT_ACCOUNT && export->config->key != NULL) {
        write_account(export, (uint64_t)number);
    } else if (content == CONTENT_ACCOUNT) {
        buf_printf(&export->out, "%012" PRId64, number);
    } else if (content == CONTENT_TIME && number > 0 && number <= INSTANT_MAX) {
        instant_write(&export->out, number);
    } else {
        buf_i64(&export->out, number);
    }
}

static bool write_bytes(struct export *export, enum content content, struct str bytes,
                        struct err *err)
{
    if (export->config->key != NULL) {
        return true;
    }
    if (content != CONTENT_REPORT) {
        for (size_t i = 0; i < bytes.n; i++) {
            buf_printf(&export->out, "%02x", (unsigned char)bytes.p[i]);
        }
        return true;
    }
    buf_clear(&export->report);
    if (!zstd_decompress(export->zstd, bytes, &export->report, err)) {
        return false;
    }
    buf_str(&export->out, buf_text(&export->report));
    return true;
}

static bool write_cell(struct export *export, const struct statement *row, int column,
                       struct err *err)
{
    enum content content = export->columns[column];
    size_t start = export->out.n;
    bool ok = true;

    switch (column_kind(row, column)) {
    case COLUMN_INT:
        write_number(export, content, column_int(row, column));
        break;
    case COLUMN_BLOB:
        ok = write_bytes(export, content, column_bytes(row, column), err);
        break;
    case COLUMN_TEXT:
        if (export->config->key != NULL) {
            write_secret(export, content, column_bytes(row, column));
        } else {
            buf_str(&export->out, column_bytes(row, column));
        }
        if (export->config->csv_safe) {
            csv_field_guard(&export->out, start);
        }
        break;
    case COLUMN_NULL:
    case COLUMN_OTHER:
        break;
    }
    csv_field_close(&export->out, start);
    return ok;
}

/* ---- tables --------------------------------------------------------------------------------- */

static bool flush(struct export *export, size_t more_than, struct err *err)
{
    bool ok = true;

    if (export->out.overflowed) {
        return err_set(err, ERR_INPUT, "a row is too large to be written");
    }
    if (export->out.n > more_than) {
        ok = file_out_write(&export->file, buf_text(&export->out), err);
        buf_clear(&export->out);
    }
    return ok;
}

static void write_header(struct export *export, struct str table, const struct statement *read)
{
    bool is_first = true;

    for (int i = 0; i < column_count(read); i++) {
        struct str name = column_name(read, i);
        export->columns[i] = content_of(table, name);
        if (export->columns[i] == CONTENT_LEFT_OUT) {
            continue;
        }
        if (!is_first) {
            buf_char(&export->out, ',');
        }
        bool is_report = str_eq(name, STR("zstd")) && str_eq(table, STR("raw_reports"));
        bool is_answer = str_eq(name, STR("zstd")) && !is_report;
        csv_field(&export->out, is_report ? STR("report") : is_answer ? STR("answer") : name);
        is_first = false;
    }
    buf_char(&export->out, '\n');
}

static bool write_rows(struct export *export, struct statement *read, uint64_t *rows,
                       struct err *err)
{
    while (statement_next(read, err)) {
        bool is_first = true;
        for (int i = 0; i < column_count(read); i++) {
            if (export->columns[i] == CONTENT_LEFT_OUT) {
                continue;
            }
            if (!is_first) {
                buf_char(&export->out, ',');
            }
            if (!write_cell(export, read, i, err)) {
                return false;
            }
            is_first = false;
        }
        buf_char(&export->out, '\n');
        (*rows)++;
        if (!flush(export, FLUSH_SIZE, err)) {
            return false;
        }
    }
    return err->kind == ERR_NONE && flush(export, 0, err);
}

static bool export_table(struct export *export, struct str table, struct err *err)
{
    struct statement read = {0};
    struct buf path;
    uint64_t rows = 0;
    char sql[256];
    bool ok = false;

    buf_init(&path, PATH_SIZE_MAX);
    buf_str(&path, export->config->folder);
    buf_printf(&path, "%s%.*s.csv", str_ends(export->config->folder, STR("/")) ? "" : "/",
               STR_ARG(table));
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %.*s", STR_ARG(table));
    buf_clear(&export->out);
    if (statement_prepare(&read, export->store, STR(""), sql, err) &&
        file_out_open(&export->file, buf_text(&path), err)) {
        write_header(export, table, &read);
        ok = write_rows(export, &read, &rows, err) && file_out_commit(&export->file, err);
    }
    file_out_abandon(&export->file);
    statement_release(&read);
    if (ok) {
        export->config->written(export->config->shared, buf_text(&path), rows);
    } else {
        err_place(err, buf_text(&path), 0, 0);
    }
    buf_release(&path);
    return ok;
}

bool store_export(struct store *store, const struct export_config *config, struct err *err)
{
    /* Not mfa_device_list: SQLite lets no view of a file that it cannot trust look into JSON. */
    static const struct str tables[] = {
        STR_LIT("accounts"),
        STR_LIT("organizations"),
        STR_LIT("units"),
        STR_LIT("imports"),
        STR_LIT("snapshots"),
        STR_LIT("users"),
        STR_LIT("user_states"),
        STR_LIT("findings"),
        STR_LIT("finding_spans"),
        STR_LIT("judgements"),
        STR_LIT("open_findings"),
        STR_LIT("finding_history"),
        STR_LIT("exception_files"),
        STR_LIT("exceptions"),
        STR_LIT("account_list"),
        STR_LIT("snapshot_list"),
        STR_LIT("memberships"),
        STR_LIT("user_history"),
        STR_LIT("user_list"),
        STR_LIT("credential_list"),
        STR_LIT("finding_list"),
        STR_LIT("exception_list"),
        STR_LIT("collections"),
        STR_LIT("collection_accounts"),
        STR_LIT("collection_list"),
        STR_LIT("collection_failures"),
        STR_LIT("gaps"),
        STR_LIT("gap_list"),
        STR_LIT("aws_organizations"),
        STR_LIT("aws_nodes"),
        STR_LIT("aws_attachments"),
        STR_LIT("aws_administrators"),
        STR_LIT("organization_tree"),
        STR_LIT("policy_list"),
        /* Under a key these are left out: what AWS said names people in a thousand places. */
        STR_LIT("raw_reports"),
        STR_LIT("raw_answers"),
        STR_LIT("entities"),
        STR_LIT("aws_policies"),
    };
    enum { LEFT_OUT_COUNT = 4 };
    size_t count = sizeof tables / sizeof tables[0] - (config->key != NULL ? LEFT_OUT_COUNT : 0);
    struct export export = {.store = store, .config = config, .zstd = zstd_new()};
    bool ok = false;

    buf_init(&export.out, OUT_SIZE_MAX);
    buf_init(&export.report, OUT_SIZE_MAX);
    /* All tables are of the same moment, whoever writes meanwhile. */
    ok = file_make_folder(config->folder, err) && store_execute(store, "BEGIN", err);
    for (size_t i = 0; ok && i < count; i++) {
        ok = export_table(&export, tables[i], err);
    }
    buf_release(&export.out);
    buf_release(&export.report);
    zstd_free(export.zstd);
    return ok && store_execute(store, "COMMIT", err);
}
