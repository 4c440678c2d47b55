#include "store/internal_snapshot.h"

#include <string.h>

#include "base/hash.h"
#include "os/system.h"
#include "store/internal.h"
#include "store/statement.h"

enum { SOURCES_SIZE_MAX = 64 << 10, STATEMENT_COUNT = 13 };

enum statement_name {
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

struct snapshot_writer {
    struct store *store;
    struct statement statements[STATEMENT_COUNT];
    int64_t import, next_snapshot, next_user, next_organization, next_unit;
    uint64_t hash_seed; /* of the table of users */
    struct arena arena; /* of the snapshot at hand */
    struct known_user *users;
    size_t user_slots; /* a power of two; an id of 0 is an empty slot */
    uint64_t *identities;
    size_t identity_capacity;
    struct buf packed;
};

/* ---- drafts --------------------------------------------------------------------------------- */

void snapshot_draft_init(struct snapshot_draft *draft)
{
    *draft = (struct snapshot_draft){0};
    buf_init(&draft->frame, 2 * (size_t)STATES_REPORT_SIZE_MAX);
    buf_init(&draft->packed, 2 * (size_t)STATES_REPORT_SIZE_MAX);
}

void snapshot_draft_release(struct snapshot_draft *draft)
{
    buf_release(&draft->frame);
    buf_release(&draft->packed);
}

bool snapshot_draft_pack(struct snapshot_draft *draft, struct zstd *zstd, struct str report,
                         struct err *err)
{
    struct sha256 sha;

    draft->size = report.n;
    sha256_init(&sha);
    sha256_add(&sha, report);
    sha256_end(&sha, draft->sha256);
    zstd_compress(zstd, report, &draft->frame);
    packed_write_rows(&draft->packed, &draft->states);
    return (!draft->frame.overflowed && !draft->packed.overflowed) ||
           err_set(err, ERR_INPUT, "this report is too large");
}

/* ---- life ----------------------------------------------------------------------------------- */

bool snapshot_writer_new(struct snapshot_writer **out, struct store *store, struct err *err)
{
    struct snapshot_writer *writer = mem_alloc(sizeof *writer);

    writer->store = store;
    writer->hash_seed = system_random_u64();
    arena_init(&writer->arena, STATES_ARENA_SIZE_MAX);
    buf_init(&writer->packed, 2 * (size_t)STATES_REPORT_SIZE_MAX);
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        if (!statement_prepare(&writer->statements[i], store, str_from(statements[i].sealed),
                               statements[i].sql, err)) {
            snapshot_writer_free(writer);
            return false;
        }
    }
    *out = writer;
    return true;
}

void snapshot_writer_free(struct snapshot_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        statement_release(&writer->statements[i]);
    }
    arena_release(&writer->arena);
    buf_release(&writer->packed);
    mem_free(writer->identities);
    mem_free(writer);
}

static struct statement *begin(struct snapshot_writer *writer, enum statement_name name)
{
    statement_begin(&writer->statements[name]);
    return &writer->statements[name];
}

bool snapshot_writer_begin(struct snapshot_writer *writer, struct err *err)
{
    return store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM snapshots",
                        &writer->next_snapshot, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM users",
                        &writer->next_user, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM organizations",
                        &writer->next_organization, err) &&
           store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM units",
                        &writer->next_unit, err);
}

bool snapshot_add_import(struct snapshot_writer *writer, const struct snapshot_import *import,
                         int64_t *id, struct err *err)
{
    struct statement *add = begin(writer, ADD_IMPORT);
    struct str source = {0};

    arena_reset(&writer->arena);
    if (!store_number(writer->store, "SELECT ifnull(max(id), 0) + 1 FROM imports", id, err)) {
        return false;
    }
    if (!state_text_clean(&writer->arena, str_sub(import->source, 0, SOURCES_SIZE_MAX), &source)) {
        return err_set(err, ERR_INPUT, "the list of what was given is too long");
    }
    statement_int(add, *id);
    statement_int(add, import->now);
    statement_text(add, STR("keywarden " KEYWARDEN_VERSION));
    statement_text(add, source);
    statement_text_or_null(add, import->profile);
    statement_seal(add);
    return statement_run(add, err);
}

/* ---- small tables --------------------------------------------------------------------------- */

/* The id of a name, which is added when it is new; 0 for the empty one. */
static bool name_id(struct snapshot_writer *writer, enum statement_name find,
                    enum statement_name add, struct str name, int64_t *next, int64_t *out,
                    struct err *err)
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

static bool add_account(struct snapshot_writer *writer, uint64_t account, struct err *err)
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

static struct known_user *user_slot(const struct snapshot_writer *writer, struct str name,
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

static bool make_table(struct snapshot_writer *writer, size_t count)
{
    writer->user_slots = 16;
    while (writer->user_slots < 2 * count) {
        writer->user_slots *= 2;
    }
    writer->users = arena_array(&writer->arena, writer->user_slots, sizeof *writer->users);
    return writer->users != NULL;
}

/* All users that the account ever had: in an array first, since how many is not known before. */
static bool load_users(struct snapshot_writer *writer, const struct snapshot_draft *draft,
                       struct err *err)
{
    struct statement *find = begin(writer, FIND_USERS);
    struct known_user *found = NULL;
    size_t count = 0, capacity = 0;
    bool ok = true;

    statement_int(find, (int64_t)draft->states.account);
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
    ok = ok && err->kind == ERR_NONE && make_table(writer, count + draft->states.row_count);
    for (size_t i = 0; ok && i < count; i++) {
        *user_slot(writer, found[i].name, found[i].created) = found[i];
    }
    mem_free(found);
    return ok || err->kind != ERR_NONE || err_set(err, ERR_INPUT, "this report is too large");
}

static bool find_user(struct snapshot_writer *writer, uint64_t account, const struct user_row *row,
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

static bool add_snapshot(struct snapshot_writer *writer, const struct snapshot_draft *draft,
                         int64_t id, const struct sample_facts *facts, struct err *err)
{
    struct statement *add = begin(writer, ADD_SNAPSHOT);
    struct str source = {0};

    statement_int(add, id);
    statement_int(add, (int64_t)draft->states.account);
    statement_int(add, draft->taken_at);
    statement_text(add, draft->taken_from);
    statement_int_or_null(add, draft->has_generated_at, draft->generated_at);
    statement_int_or_null(add, facts->organization > 0, (int64_t)facts->organization);
    statement_int_or_null(add, facts->unit > 0, (int64_t)facts->unit);
    statement_int_or_null(add, draft->standing != ACCOUNT_STANDING_UNKNOWN,
                          draft->standing == ACCOUNT_STANDALONE);
    for (int i = 0; i < ACCOUNT_COUNTS; i++) {
        statement_int_or_null(add, draft->counts[i] >= 0, draft->counts[i]);
    }
    statement_int(add, (int64_t)draft->states.row_count);
    statement_int(add, (int64_t)draft->states.bad_rows);
    statement_int(add, (int64_t)draft->states.bad_cells);
    if (!state_text_clean(&writer->arena, draft->source, &source)) {
        return err_set(err, ERR_INPUT, "this path is too long");
    }
    statement_text(add, source);
    statement_int(add, writer->import);
    statement_int(add, (int64_t)draft->size);
    statement_blob(add, (struct str){(const char *)draft->sha256, SHA256_SIZE});
    statement_seal(add);
    return statement_run(add, err);
}

static bool add_states(struct snapshot_writer *writer, const struct snapshot_draft *draft,
                       int64_t id, struct err *err)
{
    struct statement *add = &writer->statements[ADD_STATE];

    for (size_t i = 0; i < draft->states.row_count; i++) {
        const struct user_row *row = &draft->states.rows[i];
        if (!find_user(writer, draft->states.account, row, &writer->identities[i], err)) {
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

static bool add_blobs(struct snapshot_writer *writer, const struct snapshot_draft *draft,
                      int64_t id, const struct sample_facts *facts, struct err *err)
{
    struct statement *raw = begin(writer, ADD_RAW), *packed = begin(writer, ADD_PACKED);

    statement_int(raw, id);
    statement_blob(raw, buf_text(&draft->frame));
    statement_seal(raw);
    buf_clear(&writer->packed);
    packed_write_head(&writer->packed, facts, writer->identities);
    buf_str(&writer->packed, buf_text(&draft->packed));
    statement_int(packed, (int64_t)draft->states.account);
    statement_int(packed, draft->taken_at);
    statement_blob(packed, buf_text(&writer->packed));
    return statement_run(raw, err) && statement_run(packed, err);
}

static bool add_all(struct snapshot_writer *writer, const struct snapshot_draft *draft, int64_t id,
                    struct err *err)
{
    struct sample_facts facts = {.standing = (uint8_t)draft->standing,
                                 .bad_rows = draft->states.bad_rows,
                                 .row_count = draft->states.row_count};
    int64_t organization = 0, unit = 0;

    memcpy(facts.counts, draft->counts, sizeof facts.counts);
    if (writer->identity_capacity < draft->states.row_count) {
        writer->identity_capacity = draft->states.row_count;
        mem_free(writer->identities);
        writer->identities = mem_array(writer->identity_capacity, sizeof *writer->identities);
    }
    if (!add_account(writer, draft->states.account, err) ||
        !name_id(writer, FIND_ORGANIZATION, ADD_ORGANIZATION, draft->organization,
                 &writer->next_organization, &organization, err) ||
        !name_id(writer, FIND_UNIT, ADD_UNIT, draft->unit, &writer->next_unit, &unit, err)) {
        return false;
    }
    facts.organization = (uint64_t)organization;
    facts.unit = (uint64_t)unit;
    return add_snapshot(writer, draft, id, &facts, err) && load_users(writer, draft, err) &&
           add_states(writer, draft, id, err) && add_blobs(writer, draft, id, &facts, err);
}

bool snapshot_add(struct snapshot_writer *writer, const struct snapshot_draft *draft,
                  int64_t import, int64_t *id, struct err *err)
{
    arena_reset(&writer->arena);
    writer->import = import;
    *id = writer->next_snapshot++;
    return add_all(writer, draft, *id, err);
}

bool snapshot_remove(struct snapshot_writer *writer, int64_t id, struct err *err)
{
    struct statement remove = {0};
    bool ok = statement_prepare(&remove, writer->store, STR(""),
                                "DELETE FROM snapshots WHERE id = ?", err);

    statement_int(&remove, id);
    ok = ok && statement_run(&remove, err);
    statement_release(&remove);
    return ok;
}
