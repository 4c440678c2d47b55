#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
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
    STATEMENT_COUNT = 14,
};
#define BATCH_AGE_NS UINT64_C(2000000000)

enum statement_name {
    FIND_SNAPSHOT,
    FIND_ACCOUNT,
    FIND_ORGANIZATION,
    FIND_UNIT,
    FIND_USERS,
    ADD_ACCOUNT,
    ADD_ORGANIZATION,
    ADD_UNIT,
    ADD_IMPORT,
    ADD_SNAPSHOT,
    ADD_RAW,
    ADD_USER,
    ADD_STATE,
    ADD_PACKED,
};

static const struct {
    const char *sealed, *sql;
} statements[STATEMENT_COUNT] = {
    [FIND_SNAPSHOT] = {"",
                       "SELECT s.id, s.report_sha256, o.name, u.path, s.standalone, s.iam_users,"
                       " s.rds, s.s3, s.ec2, s.cloudtrail FROM snapshots AS s"
                       " LEFT JOIN organizations AS o ON o.id = s.organization"
                       " LEFT JOIN units AS u ON u.id = s.unit"
                       " WHERE s.account = ? AND s.taken_at = ?"},
    [FIND_ACCOUNT] = {"", "SELECT account FROM accounts WHERE account = ?"},
    [FIND_ORGANIZATION] = {"", "SELECT id FROM organizations WHERE name = ?"},
    [FIND_UNIT] = {"", "SELECT id FROM units WHERE path = ?"},
    [FIND_USERS] = {"", "SELECT id, created, name FROM users WHERE account = ?"},
    [ADD_ACCOUNT] = {"accounts", "INSERT INTO accounts VALUES (?, ?, ?)"},
    [ADD_ORGANIZATION] = {"organizations", "INSERT INTO organizations VALUES (?, ?, ?)"},
    [ADD_UNIT] = {"units", "INSERT INTO units VALUES (?, ?, ?)"},
    [ADD_IMPORT] = {"imports", "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?)"},
    [ADD_SNAPSHOT] = {"snapshots", "INSERT INTO snapshots VALUES"
                                   " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    [ADD_RAW] = {"raw_reports", "INSERT INTO raw_reports VALUES (?, ?, ?)"},
    [ADD_USER] = {"users", "INSERT INTO users VALUES (?, ?, ?, ?, ?)"},
    [ADD_STATE] = {"", "INSERT INTO user_states VALUES"
                       " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    [ADD_PACKED] = {"", "INSERT INTO packed_samples VALUES (?, ?, ?)"},
};

/* A user of the account at hand, found by name and creation time. */
struct known_user {
    struct str name;
    int64_t created;
    uint64_t id;
};

struct import_writer {
    const struct import_config *config;
    struct store *store;
    struct import_totals *totals;
    struct statement statements[STATEMENT_COUNT];
    int64_t import, next_snapshot, next_user, next_organization, next_unit;
    bool has_import;    /* its row is written */
    uint64_t hash_seed; /* of the table of users */
    struct arena arena; /* of the report at hand */
    struct known_user *users;
    size_t user_slots; /* a power of two; an id of 0 is an empty slot */
    uint64_t *identities;
    size_t identity_capacity;
    struct buf packed;
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
    writer->hash_seed = system_random_u64();
    arena_init(&writer->arena, STATES_ARENA_SIZE_MAX);
    buf_init(&writer->packed, 2 * (size_t)STATES_REPORT_SIZE_MAX);
    buf_init(&writer->paths, LINES_SIZE_MAX);
    writer->lines = mem_array(BATCH_COUNT, sizeof *writer->lines);
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        if (!statement_prepare(&writer->statements[i], writer->store,
                               str_from(statements[i].sealed), statements[i].sql, err)) {
            import_writer_free(writer);
            return false;
        }
    }
    *out = writer;
    return true;
}

void import_writer_free(struct import_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        statement_release(&writer->statements[i]);
    }
    store_rollback(writer->store);
    arena_release(&writer->arena);
    buf_release(&writer->packed);
    buf_release(&writer->paths);
    mem_free(writer->identities);
    mem_free(writer->lines);
    mem_free(writer);
}

static struct statement *begin(struct import_writer *writer, enum statement_name name)
{
    statement_begin(&writer->statements[name]);
    return &writer->statements[name];
}

/* ---- transactions --------------------------------------------------------------------------- */

/* Nobody else writes from here on, so that ids can be given out without asking. */
static bool begin_batch(struct import_writer *writer, struct err *err)
{
    writer->begun_ns = system_monotonic_ns();
    return store_begin(writer->store, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM snapshots",
                        &writer->next_snapshot, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM users",
                        &writer->next_user, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM organizations",
                        &writer->next_organization, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM units",
                        &writer->next_unit, err);
}

/* A row for this run, once it has brought something. */
static bool add_import(struct import_writer *writer, struct err *err)
{
    struct statement *add = begin(writer, ADD_IMPORT);
    struct buf sources, profile;
    struct str text = {0};
    bool ok = true;

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
    ok = store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM imports", &writer->import,
                      err) &&
         state_text_clean(&writer->arena, buf_text(&sources), &text);
    statement_int(add, writer->import);
    statement_int(add, writer->config->now);
    statement_text(add, STR("keywarden " KEYWARDEN_VERSION));
    statement_text(add, text);
    statement_text_or_null(add, buf_text(&profile));
    statement_seal(add);
    ok = ok && statement_run(add, err);
    buf_release(&sources);
    buf_release(&profile);
    writer->has_import = ok;
    return ok;
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

/* ---- small tables --------------------------------------------------------------------------- */

/* The id of a name, which is added when it is new; 0 for the empty one. */
static bool name_id(struct import_writer *writer, enum statement_name find, enum statement_name add,
                    struct str name, int64_t *next, int64_t *out, struct err *err)
{
    struct statement *statement = begin(writer, find);

    *out = 0;
    if (name.n == 0) {
        return true;
    }
    statement_text(statement, name);
    if (statement_next(statement, err)) {
        *out = column_int(statement, 0);
        statement_begin(statement);
        return true;
    }
    if (err->kind != ERR_NONE) {
        return false;
    }
    *out = (*next)++;
    statement = begin(writer, add);
    statement_int(statement, *out);
    statement_text(statement, name);
    statement_seal(statement);
    return statement_run(statement, err);
}

static bool add_account(struct import_writer *writer, uint64_t account, struct err *err)
{
    struct statement *statement = begin(writer, FIND_ACCOUNT);

    statement_int(statement, (int64_t)account);
    if (statement_next(statement, err)) {
        statement_begin(statement);
        return true;
    }
    if (err->kind != ERR_NONE) {
        return false;
    }
    statement = begin(writer, ADD_ACCOUNT);
    statement_int(statement, (int64_t)account);
    statement_int(statement, writer->import);
    statement_seal(statement);
    return statement_run(statement, err);
}

/* ---- users ---------------------------------------------------------------------------------- */

static struct known_user *user_slot(const struct import_writer *writer, struct str name,
                                    int64_t created)
{
    size_t mask = writer->user_slots - 1;
    size_t slot = (size_t)hash_bytes(writer->hash_seed ^ (uint64_t)created, name) & mask;

    while (writer->users[slot].id != 0 &&
           (writer->users[slot].created != created || !str_eq(writer->users[slot].name, name))) {
        slot = (slot + 1) & mask;
    }
    return &writer->users[slot];
}

static bool make_table(struct import_writer *writer, size_t count)
{
    writer->user_slots = 16;
    while (writer->user_slots < 2 * count) {
        writer->user_slots *= 2;
    }
    writer->users = arena_array(&writer->arena, writer->user_slots, sizeof *writer->users);
    return writer->users != NULL;
}

/* All users that the account ever had: in an array first, since how many is not known before. */
static bool load_users(struct import_writer *writer, const struct import_job *job, struct err *err)
{
    struct statement *find = begin(writer, FIND_USERS);
    struct known_user *found = NULL;
    size_t count = 0, capacity = 0;
    bool ok = true;

    statement_int(find, (int64_t)job->states.account);
    while (ok && statement_next(find, err)) {
        if (count == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            found = mem_resize(found, capacity * sizeof *found);
        }
        found[count] = (struct known_user){.created = column_int(find, 1),
                                           .id = (uint64_t)column_int(find, 0)};
        ok = arena_str(&writer->arena, column_bytes(find, 2), &found[count].name) ||
             err_set(err, ERR_INPUT, "this account had too many users");
        count++;
    }
    statement_begin(find);
    ok = ok && err->kind == ERR_NONE && make_table(writer, count + job->states.row_count);
    for (size_t i = 0; ok && i < count; i++) {
        *user_slot(writer, found[i].name, found[i].created) = found[i];
    }
    mem_free(found);
    return ok || err->kind != ERR_NONE || err_set(err, ERR_INPUT, "this report is too large");
}

static bool find_user(struct import_writer *writer, uint64_t account, const struct user_row *row,
                      uint64_t *id, struct err *err)
{
    struct known_user *slot = user_slot(writer, row->name, row->created);
    struct statement *add = NULL;

    if (slot->id == 0) {
        *slot = (struct known_user){row->name, row->created, (uint64_t)writer->next_user++};
        add = begin(writer, ADD_USER);
        statement_int(add, (int64_t)slot->id);
        statement_int(add, (int64_t)account);
        statement_text(add, row->name);
        statement_int(add, row->created);
        statement_seal(add);
        if (!statement_run(add, err)) {
            return false;
        }
    }
    *id = slot->id;
    return true;
}

/* ---- one snapshot --------------------------------------------------------------------------- */

static bool add_snapshot(struct import_writer *writer, const struct import_job *job, int64_t id,
                         const struct sample_facts *facts, struct err *err)
{
    struct statement *add = begin(writer, ADD_SNAPSHOT);
    struct str source = {0};

    statement_int(add, id);
    statement_int(add, (int64_t)job->states.account);
    statement_int(add, job->taken_at);
    statement_text(add, job->taken_from);
    statement_int_or_null(add, job->has_generated_at, job->generated_at);
    statement_int_or_null(add, facts->organization > 0, (int64_t)facts->organization);
    statement_int_or_null(add, facts->unit > 0, (int64_t)facts->unit);
    statement_int_or_null(add, job->standing != ACCOUNT_STANDING_UNKNOWN,
                          job->standing == ACCOUNT_STANDALONE);
    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        statement_int_or_null(add, job->counts[i] >= 0, job->counts[i]);
    }
    statement_int(add, (int64_t)job->states.row_count);
    statement_int(add, (int64_t)job->states.bad_rows);
    statement_int(add, (int64_t)job->states.bad_cells);
    if (!state_text_clean(&writer->arena, buf_text(&job->in.path), &source)) {
        return err_set(err, ERR_INPUT, "this path is too long");
    }
    statement_text(add, source);
    statement_int(add, writer->import);
    statement_int(add, (int64_t)job->size);
    statement_blob(add, (struct str){(const char *)job->sha256, SHA256_SIZE});
    statement_seal(add);
    return statement_run(add, err);
}

static bool add_states(struct import_writer *writer, const struct import_job *job, int64_t id,
                       struct err *err)
{
    struct statement *add = &writer->statements[ADD_STATE];

    for (size_t i = 0; i < job->states.row_count; i++) {
        const struct user_row *row = &job->states.rows[i];
        if (!find_user(writer, job->states.account, row, &writer->identities[i], err)) {
            return false;
        }
        statement_begin(add);
        statement_int(add, id);
        statement_int(add, (int64_t)i + 1);
        statement_int(add, (int64_t)writer->identities[i]);
        if (row->has_arn) {
            statement_text(add, row->arn);
        } else {
            statement_null(add);
        }
        for (int k = 0; k < STATE_COLUMNS; k++) {
            const struct state_value *value = &row->values[k];
            if (value->text != NULL) {
                statement_text(add, (struct str){value->text, (size_t)value->number});
            } else {
                statement_int_or_null(add, value->number != STATE_NONE, value->number);
            }
        }
        if (!statement_run(add, err)) {
            return false;
        }
    }
    return true;
}

static bool add_blobs(struct import_writer *writer, const struct import_job *job, int64_t id,
                      const struct sample_facts *facts, struct err *err)
{
    struct statement *raw = begin(writer, ADD_RAW), *packed = begin(writer, ADD_PACKED);

    statement_int(raw, id);
    statement_blob(raw, buf_text(&job->frame));
    statement_seal(raw);
    buf_clear(&writer->packed);
    packed_write_head(&writer->packed, facts, writer->identities);
    buf_str(&writer->packed, buf_text(&job->packed));
    statement_int(packed, (int64_t)job->states.account);
    statement_int(packed, job->taken_at);
    statement_blob(packed, buf_text(&writer->packed));
    return statement_run(raw, err) && statement_run(packed, err);
}

static bool add_all(struct import_writer *writer, const struct import_job *job, int64_t id,
                    struct err *err)
{
    struct sample_facts facts = {.standing = (uint8_t)job->standing,
                                 .bad_rows = job->states.bad_rows,
                                 .row_count = job->states.row_count};
    int64_t organization = 0, unit = 0;

    memcpy(facts.counts, job->counts, sizeof facts.counts);
    if (writer->identity_capacity < job->states.row_count) {
        writer->identity_capacity = job->states.row_count;
        mem_free(writer->identities);
        writer->identities = mem_array(writer->identity_capacity, sizeof *writer->identities);
    }
    if (!add_import(writer, err) || !add_account(writer, job->states.account, err) ||
        !name_id(writer, FIND_ORGANIZATION, ADD_ORGANIZATION, job->organization,
                 &writer->next_organization, &organization, err) ||
        !name_id(writer, FIND_UNIT, ADD_UNIT, job->unit, &writer->next_unit, &unit, err)) {
        return false;
    }
    facts.organization = (uint64_t)organization;
    facts.unit = (uint64_t)unit;
    return add_snapshot(writer, job, id, &facts, err) && load_users(writer, job, err) &&
           add_states(writer, job, id, err) && add_blobs(writer, job, id, &facts, err);
}

/* ---- what is there already ------------------------------------------------------------------ */

enum present { PRESENT_NOT, PRESENT_SAME, PRESENT_OTHER };

static bool has_facts(const struct import_job *job)
{
    bool has =
        job->organization.n > 0 || job->unit.n > 0 || job->standing != ACCOUNT_STANDING_UNKNOWN;

    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        has |= job->counts[i] >= 0;
    }
    return has;
}

/* Whether the row tells of the account what the job does. */
static bool same_facts(const struct statement *row, const struct import_job *job)
{
    int64_t standalone = column_kind(row, 4) == COLUMN_NULL ? -1 : column_int(row, 4);
    int64_t wanted = job->standing == ACCOUNT_STANDING_UNKNOWN ? -1
                     : job->standing == ACCOUNT_STANDALONE     ? 1
                                                               : 0;
    bool same = str_eq(column_bytes(row, 2), job->organization) &&
                str_eq(column_bytes(row, 3), job->unit) && standalone == wanted;

    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        bool is_known = column_kind(row, 5 + i) != COLUMN_NULL;
        same &= (is_known ? column_int(row, 5 + i) : PACKED_COUNT_UNKNOWN) == job->counts[i];
    }
    return same;
}

static enum present look(struct import_writer *writer, const struct import_job *job, int64_t *id,
                         struct err *err)
{
    struct statement *find = begin(writer, FIND_SNAPSHOT);
    struct str digest = {(const char *)job->sha256, SHA256_SIZE};
    enum present present = PRESENT_NOT;

    statement_int(find, (int64_t)job->states.account);
    statement_int(find, job->taken_at);
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

static bool remove_snapshot(struct import_writer *writer, int64_t id, struct err *err)
{
    struct statement remove = {0};
    bool ok = statement_prepare(&remove, writer->store, STR(""),
                                "DELETE FROM snapshots WHERE id = ?", err);

    statement_int(&remove, id);
    ok = ok && statement_run(&remove, err);
    statement_release(&remove);
    return ok;
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

    instant_write(&time, job->taken_at);
    (void)err_set(&problem, ERR_INPUT,
                  "the store holds something else for account %012" PRIu64 " at %.*s",
                  job->states.account, STR_ARG(buf_text(&time)));
    err_hint(&problem, "give --replace if this one is to take its place");
    err_place(&problem, buf_text(&job->in.path), 0, 0);
    tell(writer, true, &problem);
}

static void tell_bad(struct import_writer *writer, const struct import_job *job)
{
    const struct report_states *states = &job->states;
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

    if (!is_whole || !str_to_u64(name, &named) || named == job->states.account) {
        return;
    }
    (void)err_set(&problem, ERR_INPUT,
                  "the name is of account %.*s, but the users are of account %012" PRIu64,
                  STR_ARG(name), job->states.account);
    err_hint(&problem, "it is taken as a report of account %012" PRIu64, job->states.account);
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
        .account = job->states.account,
        .taken_at = job->taken_at,
        .snapshot = id,
        .rows = job->states.row_count,
        .bad_rows = job->states.bad_rows,
        .bad_cells = job->states.bad_cells,
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
    if (present == PRESENT_OTHER && !remove_snapshot(writer, id, err)) {
        return false;
    }
    id = writer->next_snapshot++;
    if (!add_all(writer, job, id, err)) {
        return false;
    }
    writer->batch.stored += present == PRESENT_NOT;
    writer->batch.replaced += present == PRESENT_OTHER;
    writer->batch.rows += job->states.row_count;
    writer->batch.bytes += job->size;
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
    arena_reset(&writer->arena);
    ok = write_snapshot(writer, job, err);
    if (ok && (writer->line_count == BATCH_COUNT || writer->batch.bytes > BATCH_SIZE ||
               writer->paths.n > LINES_SIZE_MAX / 2 ||
               system_monotonic_ns() - writer->begun_ns > BATCH_AGE_NS)) {
        ok = import_flush(writer, err);
    }
    return ok;
}
