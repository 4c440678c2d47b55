#include "store/reports.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "codec/zstd.h"
#include "crypto/sha256.h"
#include "store/internal.h"
#include "store/states.h"
#include "store/statement.h"

struct store_reports_reader {
    struct store *store;
    struct statement read;
    struct zstd *zstd;
    struct buf bytes, source;
};

void store_reports_release(struct stored_reports *list)
{
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
                               .report_size = (uint64_t)column_int(row, 4)};
}

static void add_absent(struct stored_reports *out, size_t *capacity, uint64_t account)
{
    if (out->absent_count == *capacity) {
        *capacity = *capacity == 0 ? 256 : *capacity * 2;
        out->absent = mem_resize(out->absent, *capacity * sizeof *out->absent);
    }
    out->absent[out->absent_count++] = account;
}

bool store_reports_list(struct stored_reports *out, struct str path, bool has_limit, int64_t limit,
                        struct err *err)
{
    static const char sql[] =
        "SELECT a.account, s.id, s.taken_at, s.generated_at, s.report_size FROM accounts AS a"
        " LEFT JOIN snapshots AS s ON s.account = a.account AND s.taken_at ="
        " (SELECT max(n.taken_at) FROM snapshots AS n WHERE n.account = a.account"
        " AND n.taken_at <= ?) ORDER BY a.account";
    struct store *store = NULL;
    struct statement list = {0};
    size_t capacity = 0, absent_capacity = 0;
    bool ok = store_open(&store, path, STORE_READ, err) &&
              statement_prepare(&list, store, STR(""), sql, err);

    *out = (struct stored_reports){0};
    if (ok) {
        statement_begin(&list);
        statement_int(&list, has_limit ? limit : INT64_MAX);
    }
    while (ok && statement_next(&list, err)) {
        if (column_kind(&list, 1) == COLUMN_NULL) {
            add_absent(out, &absent_capacity, (uint64_t)column_int(&list, 0));
        } else {
            add_report(out, &capacity, &list);
        }
    }
    statement_release(&list);
    store_close(store);
    return ok && err->kind == ERR_NONE;
}

bool store_reports_open(struct store_reports_reader **out, struct str path, struct err *err)
{
    struct store_reports_reader *reader = mem_alloc(sizeof *reader);

    reader->zstd = zstd_new();
    buf_init(&reader->bytes, STATES_REPORT_SIZE_MAX + 16);
    buf_init(&reader->source, 1 << 20);
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
