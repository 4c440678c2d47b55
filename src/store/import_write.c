#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "os/system.h"
#include "source/report_reader.h"
#include "store/internal.h"
#include "store/internal_import.h"
#include "store/statement.h"

/* A transaction costs some waits for the disk, and what is in it is told of only at its end. */
enum {
    BATCH_COUNT = 500,
    BATCH_SIZE = 8 << 20,
    SOURCES_SIZE_MAX = 64 << 10,
    LINES_SIZE_MAX = 1 << 24,
};
#define BATCH_AGE_NS UINT64_C(2000000000)

static const char find_sql[] =
    "SELECT s.id, s.report_sha256, o.name, u.path, s.standalone, s.iam_users, s.rds, s.s3, s.ec2,"
    " s.cloudtrail FROM snapshots AS s LEFT JOIN organizations AS o ON o.id = s.organization"
    " LEFT JOIN units AS u ON u.id = s.unit WHERE s.account = ? AND s.taken_at = ?";

struct import_writer {
    const struct import_config *config;
    struct store *store;
    struct import_totals *totals;
    struct snapshot_writer *snapshots;
    struct statement find;
    int64_t import;
    bool has_import; /* its row is written */
    /* The transaction: */
    struct import_totals batch;
    uint64_t begun_ns;
    struct import_line *lines;
    size_t line_count;
    struct buf paths; /* of the lines, one behind the other */
};

/* ---- life ----------------------------------------------------------------------------------- */

bool import_writer_new(struct import_writer **out, const struct import_config *config,
                       struct import_totals *totals, struct err *err)
{
    struct import_writer *writer = mem_alloc(sizeof *writer);

    writer->config = config;
    writer->store = config->store;
    writer->totals = totals;
    buf_init(&writer->paths, LINES_SIZE_MAX);
    writer->lines = mem_array(BATCH_COUNT, sizeof *writer->lines);
    if (!snapshot_writer_new(&writer->snapshots, writer->store, err) ||
        !statement_prepare(&writer->find, writer->store, STR(""), find_sql, err)) {
        import_writer_free(writer);
        return false;
    }
    *out = writer;
    return true;
}

void import_writer_free(struct import_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    snapshot_writer_free(writer->snapshots);
    statement_release(&writer->find);
    store_rollback(writer->store);
    buf_release(&writer->paths);
    mem_free(writer->lines);
    mem_free(writer);
}

/* ---- transactions --------------------------------------------------------------------------- */

/* Nobody else writes from here on, so that ids can be given out without asking. */
static bool begin_batch(struct import_writer *writer, struct err *err)
{
    writer->begun_ns = system_monotonic_ns();
    return store_begin(writer->store, err) && snapshot_writer_begin(writer->snapshots, err);
}

/* A row for this run, once it has brought something. */
static bool add_import(struct import_writer *writer, struct err *err)
{
    struct buf sources, profile;

    if (writer->has_import) {
        return true;
    }
    buf_init(&sources, SOURCES_SIZE_MAX);
    buf_init(&profile, SOURCES_SIZE_MAX);
    for (size_t i = 0; i < writer->config->path_count; i++) {
        if (i > 0) {
            buf_char(&sources, '\n');
        }
        buf_str(&sources, writer->config->paths[i]);
    }
    inputs_profile(writer->config, &profile);
    struct snapshot_import row = {writer->config->now, buf_text(&sources), buf_text(&profile)};
    writer->has_import = snapshot_add_import(writer->snapshots, &row, &writer->import, err);
    buf_release(&sources);
    buf_release(&profile);
    return writer->has_import;
}

bool import_flush(struct import_writer *writer, struct err *err)
{
    struct import_totals *totals = writer->totals, *batch = &writer->batch;

    if (writer->store == NULL || writer->begun_ns == 0) {
        return true;
    }
    if (!store_commit(writer->store, err)) {
        return false;
    }
    writer->begun_ns = 0;
    totals->stored += batch->stored;
    totals->replaced += batch->replaced;
    totals->duplicates += batch->duplicates;
    totals->rows += batch->rows;
    totals->bytes += batch->bytes;
    *batch = (struct import_totals){0};
    const char *path = writer->paths.p;
    for (size_t i = 0; i < writer->line_count; i++) {
        writer->lines[i].path.p = path;
        path += writer->lines[i].path.n;
        writer->config->stored(writer->config->shared, &writer->lines[i]);
    }
    writer->line_count = 0;
    buf_clear(&writer->paths);
    return true;
}

/* ---- what is there already ------------------------------------------------------------------ */

enum present { PRESENT_NOT, PRESENT_SAME, PRESENT_OTHER };

static bool has_facts(const struct import_job *job)
{
    bool has = job->draft.organization.n > 0 || job->draft.unit.n > 0 ||
               job->draft.standing != ACCOUNT_STANDING_UNKNOWN;

    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        has |= job->draft.counts[i] >= 0;
    }
    return has;
}

/* Whether the row tells of the account what the job does. */
static bool same_facts(const struct statement *row, const struct import_job *job)
{
    int64_t standalone = column_kind(row, 4) == COLUMN_NULL ? -1 : column_int(row, 4);
    int64_t wanted = job->draft.standing == ACCOUNT_STANDING_UNKNOWN ? -1
                     : job->draft.standing == ACCOUNT_STANDALONE     ? 1
                                                                     : 0;
    bool same = str_eq(column_bytes(row, 2), job->draft.organization) &&
                str_eq(column_bytes(row, 3), job->draft.unit) && standalone == wanted;

    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        bool is_known = column_kind(row, 5 + i) != COLUMN_NULL;
        same &= (is_known ? column_int(row, 5 + i) : PACKED_COUNT_UNKNOWN) == job->draft.counts[i];
    }
    return same;
}

static enum present look(struct import_writer *writer, const struct import_job *job, int64_t *id,
                         struct err *err)
{
    struct statement *find = &writer->find;
    struct str digest = {(const char *)job->draft.sha256, SHA256_SIZE};
    enum present present = PRESENT_NOT;

    statement_begin(find);
    statement_int(find, (int64_t)job->draft.states.account);
    statement_int(find, job->draft.taken_at);
    if (statement_next(find, err)) {
        *id = column_int(find, 0);
        /* Who imports a report again without a list of accounts takes nothing back. */
        present =
            str_eq(column_bytes(find, 1), digest) && (!has_facts(job) || same_facts(find, job))
                ? PRESENT_SAME
                : PRESENT_OTHER;
        statement_begin(find);
    }
    return present;
}

static void tell(struct import_writer *writer, bool is_error, const struct err *problem)
{
    writer->totals->errors += is_error;
    writer->totals->warnings += !is_error;
    writer->config->problem(writer->config->shared, is_error, problem);
}

static void tell_other(struct import_writer *writer, const struct import_job *job)
{
    struct err problem = {0};
    char text[40];
    struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    instant_write(&time, job->draft.taken_at);
    (void)err_set(&problem, ERR_INPUT,
                  "the store holds something else for account %012" PRIu64 " at %.*s",
                  job->draft.states.account, STR_ARG(buf_text(&time)));
    err_hint(&problem, "give --replace if this one is to take its place");
    err_place(&problem, buf_text(&job->in.path), 0, 0);
    tell(writer, true, &problem);
}

static void tell_bad(struct import_writer *writer, const struct import_job *job)
{
    const struct report_states *states = &job->draft.states;
    struct err problem = {0};

    if (states->bad_rows == 0 && states->bad_cells == 0) {
        return;
    }
    (void)err_set(&problem, ERR_INPUT,
                  "%" PRIu64 " row%s and %" PRIu64 " cell%s could not be read; the first: %s",
                  states->bad_rows, states->bad_rows == 1 ? "" : "s", states->bad_cells,
                  states->bad_cells == 1 ? "" : "s", states->first_problem.text);
    err_hint(&problem, "the report is stored as it is, with those left out or unknown");
    err_place(&problem, buf_text(&job->in.path), states->first_problem.line, 0);
    tell(writer, false, &problem);
}

/* What a report says decides, but a file that is called by another account, ACCOUNT.csv, is likely
 * to be a slip of whoever wrote it, and then that account is missing. Digits among others may be a
 * time. */
static void tell_named(struct import_writer *writer, const struct import_job *job)
{
    struct str path = buf_text(&job->in.path), name = report_account_named(path);
    struct err problem = {0};
    uint64_t named = 0;
    bool is_whole = name.n > 0 && (name.p == path.p || name.p[-1] == '/') &&
                    str_starts(str_sub(path, (size_t)(name.p + name.n - path.p), path.n), STR("."));

    if (!is_whole || !str_to_u64(name, &named) || named == job->draft.states.account) {
        return;
    }
    (void)err_set(&problem, ERR_INPUT,
                  "the name is of account %.*s, but the users are of account %012" PRIu64,
                  STR_ARG(name), job->draft.states.account);
    err_hint(&problem, "it is taken as a report of account %012" PRIu64, job->draft.states.account);
    err_place(&problem, buf_text(&job->in.path), 0, 0);
    tell(writer, false, &problem);
}

static void add_line(struct import_writer *writer, const struct import_job *job,
                     enum import_outcome outcome, int64_t id)
{
    struct str path = buf_text(&job->in.path);

    buf_str(&writer->paths, path);
    writer->lines[writer->line_count++] = (struct import_line){
        .outcome = outcome,
        .path = {NULL, path.n}, /* placed when all are there: the text may move as it grows */
        .account = job->draft.states.account,
        .taken_at = job->draft.taken_at,
        .snapshot = id,
        .rows = job->draft.states.row_count,
        .bad_rows = job->draft.states.bad_rows,
        .bad_cells = job->draft.states.bad_cells,
    };
}

static bool write_snapshot(struct import_writer *writer, const struct import_job *job,
                           struct err *err)
{
    int64_t id = 0;
    enum present present = look(writer, job, &id, err);

    if (err->kind != ERR_NONE) {
        return false;
    }
    tell_named(writer, job);
    if (present == PRESENT_SAME) {
        writer->batch.duplicates++;
        add_line(writer, job, IMPORT_DUPLICATE, id);
        return true;
    }
    if (present == PRESENT_OTHER && !writer->config->replaces) {
        tell_other(writer, job);
        return true;
    }
    if (present == PRESENT_OTHER && !snapshot_remove(writer->snapshots, id, err)) {
        return false;
    }
    if (!add_import(writer, err) ||
        !snapshot_add(writer->snapshots, &job->draft, writer->import, &id, err)) {
        return false;
    }
    writer->batch.stored += present == PRESENT_NOT;
    writer->batch.replaced += present == PRESENT_OTHER;
    writer->batch.rows += job->draft.states.row_count;
    writer->batch.bytes += job->draft.size;
    add_line(writer, job, present == PRESENT_OTHER ? IMPORT_REPLACED : IMPORT_STORED, id);
    tell_bad(writer, job);
    return true;
}

bool import_write(struct import_writer *writer, const struct import_job *job, struct err *err)
{
    bool ok = true;

    if (job->is_skip) {
        writer->totals->skipped++;
        return true;
    }
    if (job->err.kind != ERR_NONE) {
        tell(writer, true, &job->err);
        return true;
    }
    if (writer->begun_ns == 0 && !begin_batch(writer, err)) {
        return false;
    }
    ok = write_snapshot(writer, job, err);
    if (ok && (writer->line_count == BATCH_COUNT || writer->batch.bytes > BATCH_SIZE ||
               writer->paths.n > LINES_SIZE_MAX / 2 ||
               system_monotonic_ns() - writer->begun_ns > BATCH_AGE_NS)) {
        ok = import_flush(writer, err);
    }
    return ok;
}
