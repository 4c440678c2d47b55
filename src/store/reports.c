#include "store/reports.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/zstd.h"
#include "crypto/sha256.h"
#include "inventory/organization.h"
#include "store/answers.h"
#include "store/internal.h"
#include "store/states.h"
#include "store/statement.h"

/* An organization takes some megabytes for thousands of accounts. */
enum { ORGANIZATIONS_SIZE_MAX = 512 << 20, TEXTS_SIZE_MAX = 256 << 20 };

/* The organization of one collection, read once for all its accounts. */
struct known_organization {
    struct known_organization *next;
    int64_t collection;
    bool is_there;
    struct organization organization;
};

struct store_reports_reader {
    struct store *store;
    struct statement read;
    struct zstd *zstd;
    struct buf bytes, source;
    struct answers_reader *answers;
    struct known_organization *organizations;
    struct arena organization_arena;
};

void store_reports_release(struct stored_reports *list)
{
    arena_release(&list->texts);
    mem_free(list->reports);
    mem_free(list->absent);
    *list = (struct stored_reports){0};
}

static void add_report(struct stored_reports *out, size_t *capacity, const struct statement *row)
{
    if (out->count == *capacity) {
        *capacity = *capacity == 0 ? 256 : *capacity * 2;
        out->reports = mem_resize(out->reports, *capacity * sizeof *out->reports);
    }
    out->reports[out->count++] =
        (struct stored_report){.account = (uint64_t)column_int(row, 0),
                               .snapshot = column_int(row, 1),
                               .taken_at = column_int(row, 2),
                               .has_generated_at = column_kind(row, 3) != COLUMN_NULL,
                               .generated_at = column_int(row, 3),
                               .report_size = (uint64_t)column_int(row, 4),
                               .is_collected = column_kind(row, 5) != COLUMN_NULL,
                               .collection = column_int(row, 5)};
}

static void add_absent(struct stored_reports *out, size_t *capacity, uint64_t account)
{
    if (out->absent_count == *capacity) {
        *capacity = *capacity == 0 ? 256 : *capacity * 2;
        out->absent = mem_resize(out->absent, *capacity * sizeof *out->absent);
    }
    out->absent[out->absent_count++] = (struct stored_absence){.account = account};
}

static bool read_list(struct stored_reports *out, struct statement *list, struct err *err)
{
    size_t capacity = 0, absent_capacity = 0;

    while (statement_next(list, err)) {
        if (column_kind(list, 1) == COLUMN_NULL) {
            add_absent(out, &absent_capacity, (uint64_t)column_int(list, 0));
        } else {
            add_report(out, &capacity, list);
        }
    }
    return err->kind == ERR_NONE;
}

/* ---- attempts that came to nothing ---------------------------------------------------------- */

static bool read_attempt(struct stored_reports *out, const struct statement *row,
                         enum stored_attempt *attempt, struct str *error)
{
    *attempt = str_eq(column_bytes(row, 1), STR("pending")) ? ATTEMPT_PENDING : ATTEMPT_FAILED;
    return arena_str(&out->texts, column_bytes(row, 2), error);
}

/* Both lists are in the order of the accounts, and so are the attempts. */
static bool read_attempts(struct stored_reports *out, struct statement *list, struct err *err)
{
    size_t at = 0, absent_at = 0;
    bool ok = true;

    while (ok && statement_next(list, err)) {
        uint64_t account = (uint64_t)column_int(list, 0);
        while (at < out->count && out->reports[at].account < account) {
            at++;
        }
        while (absent_at < out->absent_count && out->absent[absent_at].account < account) {
            absent_at++;
        }
        if (at < out->count && out->reports[at].account == account) {
            ok = read_attempt(out, list, &out->reports[at].attempt, &out->reports[at].error);
        } else if (absent_at < out->absent_count && out->absent[absent_at].account == account) {
            ok = read_attempt(out, list, &out->absent[absent_at].attempt,
                              &out->absent[absent_at].error);
        }
    }
    return ok ? err->kind == ERR_NONE : err_set(err, ERR_INPUT, "too many accounts failed");
}

/* An account whose snapshots were all removed is nothing that is missing. */
static void drop_pruned(struct stored_reports *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < out->absent_count; i++) {
        if (out->absent[i].attempt != ATTEMPT_NONE) {
            out->absent[kept++] = out->absent[i];
        }
    }
    out->absent_count = kept;
}

static bool list_attempts(struct store *store, struct stored_reports *out, struct err *err)
{
    static const char sql[] =
        "SELECT a.account, a.state, a.error FROM collection_accounts AS a"
        " WHERE a.state <> 'done' AND a.collection = (SELECT max(n.collection)"
        " FROM collection_accounts AS n WHERE n.account = a.account)"
        " AND NOT EXISTS (SELECT 1 FROM snapshots AS s WHERE s.account = a.account"
        " AND s.import > a.collection) ORDER BY a.account";
    struct statement list = {0};
    bool ok = statement_prepare(&list, store, STR(""), sql, err) && read_attempts(out, &list, err);

    statement_release(&list);
    drop_pruned(out);
    return ok;
}

bool store_reports_list(struct stored_reports *out, struct str path, bool has_limit, int64_t limit,
                        struct err *err)
{
    static const char sql[] =
        "SELECT a.account, s.id, s.taken_at, s.generated_at, s.report_size, c.id FROM"
        " (SELECT account FROM accounts UNION SELECT account FROM collection_accounts) AS a"
        " LEFT JOIN snapshots AS s ON s.account = a.account AND s.taken_at ="
        " (SELECT max(n.taken_at) FROM snapshots AS n WHERE n.account = a.account"
        " AND n.taken_at <= ?) LEFT JOIN collections AS c ON c.id = s.import ORDER BY a.account";
    struct store *store = NULL;
    struct statement list = {0};
    bool ok = store_open(&store, path, STORE_READ, err) &&
              statement_prepare(&list, store, STR(""), sql, err);

    *out = (struct stored_reports){0};
    arena_init(&out->texts, TEXTS_SIZE_MAX);
    if (ok) {
        statement_begin(&list);
        statement_int(&list, has_limit ? limit : INT64_MAX);
        ok = read_list(out, &list, err);
    }
    statement_release(&list);
    ok = ok && (has_limit || list_attempts(store, out, err));
    store_close(store);
    return ok;
}

bool store_reports_open(struct store_reports_reader **out, struct str path, struct err *err)
{
    struct store_reports_reader *reader = mem_alloc(sizeof *reader);

    reader->zstd = zstd_new();
    buf_init(&reader->bytes, STATES_REPORT_SIZE_MAX + 16);
    buf_init(&reader->source, 1 << 20);
    arena_init(&reader->organization_arena, ORGANIZATIONS_SIZE_MAX);
    if (!store_open(&reader->store, path, STORE_READ, err) ||
        !statement_prepare(&reader->read, reader->store, STR(""),
                           "SELECT r.zstd, s.report_sha256, s.source FROM raw_reports AS r"
                           " JOIN snapshots AS s ON s.id = r.snapshot WHERE r.snapshot = ?",
                           err)) {
        store_reports_close(reader);
        return false;
    }
    *out = reader;
    return true;
}

void store_reports_close(struct store_reports_reader *reader)
{
    if (reader != NULL) {
        statement_release(&reader->read);
        answers_close(reader->answers);
        arena_release(&reader->organization_arena);
        store_close(reader->store);
        zstd_free(reader->zstd);
        buf_release(&reader->bytes);
        buf_release(&reader->source);
        mem_free(reader);
    }
}

static bool read_row(struct store_reports_reader *reader, struct err *err)
{
    unsigned char digest[SHA256_SIZE];
    struct sha256 sha;

    if (!zstd_decompress(reader->zstd, column_bytes(&reader->read, 0), &reader->bytes, err)) {
        return false;
    }
    sha256_init(&sha);
    sha256_add(&sha, buf_text(&reader->bytes));
    sha256_end(&sha, digest);
    buf_str(&reader->source, column_bytes(&reader->read, 2));
    return str_eq(column_bytes(&reader->read, 1), (struct str){(const char *)digest, SHA256_SIZE});
}

bool store_reports_read(struct store_reports_reader *reader, const struct stored_report *report,
                        struct str *bytes, struct str *source, struct err *err)
{
    struct err failure = {0};
    bool ok = false;

    buf_clear(&reader->bytes);
    buf_clear(&reader->source);
    statement_begin(&reader->read);
    statement_int(&reader->read, report->snapshot);
    if (statement_next(&reader->read, err)) {
        ok = read_row(reader, &failure);
        statement_begin(&reader->read);
    }
    if (ok) {
        *bytes = buf_text(&reader->bytes);
        *source = buf_text(&reader->source);
        return true;
    }
    if (err->kind == ERR_NONE) {
        (void)err_set(err, ERR_STORE, "the report of account %012" PRIu64 " is damaged or gone",
                      report->account);
        err_hint(err, "'keywarden store verify' says what else is");
        err_place(err, reader->store->path, 0, 0);
    }
    return false;
}

/* ---- what was collected beside it ----------------------------------------------------------- */

static bool read_organization(struct store_reports_reader *reader, struct known_organization *out,
                              struct err *err)
{
    struct arena *arena = &reader->organization_arena, answers_arena;
    struct answer *answers = NULL;
    size_t count = 0;
    bool ok = false;

    arena_init(&answers_arena, ORGANIZATIONS_SIZE_MAX);
    ok = answers_read_organization(reader->answers, out->collection, &answers_arena, &answers,
                                   &count, err) &&
         (count == 0 || organization_read(arena, answers, count, &out->organization, err));
    out->is_there = count > 0;
    arena_release(&answers_arena);
    return ok;
}

/* NULL on failure. */
static const struct known_organization *find_organization(struct store_reports_reader *reader,
                                                          int64_t collection, struct err *err)
{
    struct known_organization *known = reader->organizations;

    while (known != NULL && known->collection != collection) {
        known = known->next;
    }
    if (known != NULL) {
        return known;
    }
    known = arena_alloc(&reader->organization_arena, sizeof *known);
    if (known == NULL) {
        (void)err_set(err, ERR_INPUT, "the organizations are too large");
        return NULL;
    }
    known->collection = collection;
    if (!read_organization(reader, known, err)) {
        return NULL;
    }
    known->next = reader->organizations;
    reader->organizations = known;
    return known;
}

/* Behind what the account itself told. */
static bool append_rows(struct arena *arena, struct inventory *out, const struct inventory *more,
                        struct err *err)
{
    size_t row_count = out->row_count + more->row_count;
    size_t gap_count = out->gap_count + more->gap_count;
    struct entity_row *rows = arena_array(arena, row_count, sizeof *rows);
    struct inventory_gap *gaps = arena_array(arena, gap_count, sizeof *gaps);

    if (rows == NULL || gaps == NULL) {
        return err_set(err, ERR_INPUT, "the entities of this account are too large");
    }
    for (size_t i = 0; i < row_count; i++) {
        rows[i] = i < out->row_count ? out->rows[i] : more->rows[i - out->row_count];
    }
    for (size_t i = 0; i < gap_count; i++) {
        gaps[i] = i < out->gap_count ? out->gaps[i] : more->gaps[i - out->gap_count];
    }
    *out = (struct inventory){rows, row_count, gaps, gap_count};
    return true;
}

bool store_reports_inventory(struct store_reports_reader *reader,
                             const struct stored_report *report, struct arena *arena,
                             struct inventory *out, struct err *err)
{
    const struct known_organization *known = NULL;
    struct inventory more = {0};
    char account[16];

    *out = (struct inventory){0};
    if (!report->is_collected) {
        return true;
    }
    if ((reader->answers == NULL && !answers_open(&reader->answers, reader->store, err)) ||
        !answers_read_inventory(reader->answers, report->snapshot, arena, out, err)) {
        return false;
    }
    known = find_organization(reader, report->collection, err);
    if (known == NULL) {
        return false;
    }
    if (!known->is_there) {
        return true;
    }
    (void)snprintf(account, sizeof account, "%012" PRIu64, report->account);
    return organization_rows(arena, &known->organization, str_from(account), &more, err) &&
           append_rows(arena, out, &more, err);
}
