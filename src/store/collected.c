#include "store/collected.h"

#include <inttypes.h>
#include <stdio.h>

#include "inventory/organization.h"
#include "store/answers.h"
#include "store/derived.h"
#include "store/internal.h"
#include "store/internal_collected.h"
#include "store/statement.h"

enum { TEXT_SIZE_MAX = 4096, RUN_ARENA_SIZE_MAX = 512 << 20, STATEMENT_COUNT = 7 };

enum statement_name {
    ADD_COLLECTION,
    FINISH_COLLECTION,
    FIND_SNAPSHOT,
    FIND_LISTED,
    LIST,
    PUT_LISTED,
    ADD_ANSWER,
};

static const struct {
    const char *sealed, *sql;
} statements[STATEMENT_COUNT] = {
    [ADD_COLLECTION] = {"collections", "INSERT INTO collections VALUES (?, ?, ?, ?)"},
    [FINISH_COLLECTION] = {"collections", "UPDATE collections SET id = ?1, finished_at = ?2,"
                                          " arguments = ?3, seal = ?4 WHERE id = ?1"},
    [FIND_SNAPSHOT] = {"", "SELECT id FROM snapshots WHERE account = ? AND taken_at = ?"},
    [FIND_LISTED] = {"", "SELECT name, unit FROM collection_accounts"
                         " WHERE collection = ? AND account = ?"},
    [LIST] = {"", "SELECT account, name, unit, state, error FROM collection_accounts"
                  " WHERE collection = ? ORDER BY account"},
    [PUT_LISTED] = {"collection_accounts",
                    "INSERT OR REPLACE INTO collection_accounts VALUES (?, ?, ?, ?, ?, ?, ?)"},
    [ADD_ANSWER] = {"raw_answers",
                    "INSERT INTO raw_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
};

static const struct str state_words[] = {
    [COLLECTED_PENDING] = STR_LIT("pending"),
    [COLLECTED_DONE] = STR_LIT("done"),
    [COLLECTED_FAILED] = STR_LIT("failed"),
};

struct collected_run {
    struct store *store;
    struct snapshot_writer *snapshots;
    struct statement statements[STATEMENT_COUNT], derived[DERIVED_TABLE_COUNT];
    struct zstd *zstd;
    int64_t id, next_answer;
    struct str arguments; /* of `facts` */
    struct arena facts;   /* lives as long as the run */
    struct arena work;    /* of what is being written */
};

/* ---- life ----------------------------------------------------------------------------------- */

static struct collected_run *run_new(struct store *store, struct err *err)
{
    struct collected_run *run = mem_alloc(sizeof *run);
    bool ok = true;

    run->store = store;
    run->zstd = zstd_new();
    arena_init(&run->facts, RUN_ARENA_SIZE_MAX);
    arena_init(&run->work, RUN_ARENA_SIZE_MAX);
    for (size_t i = 0; ok && i < STATEMENT_COUNT; i++) {
        ok = statement_prepare(&run->statements[i], store, str_from(statements[i].sealed),
                               statements[i].sql, err);
    }
    for (size_t i = 0; ok && i < DERIVED_TABLE_COUNT; i++) {
        ok = statement_prepare(&run->derived[i], store, str_from(derived_sql[i].name),
                               derived_sql[i].insert, err);
    }
    if (!ok || !snapshot_writer_new(&run->snapshots, store, err)) {
        collected_close(run);
        return NULL;
    }
    return run;
}

void collected_close(struct collected_run *run)
{
    if (run == NULL) {
        return;
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        statement_release(&run->statements[i]);
    }
    for (size_t i = 0; i < DERIVED_TABLE_COUNT; i++) {
        statement_release(&run->derived[i]);
    }
    snapshot_writer_free(run->snapshots);
    store_rollback(run->store);
    zstd_free(run->zstd);
    arena_release(&run->facts);
    arena_release(&run->work);
    mem_free(run);
}

int64_t collected_id(const struct collected_run *run)
{
    return run->id;
}

static struct statement *begin(struct collected_run *run, enum statement_name name)
{
    statement_begin(&run->statements[name]);
    return &run->statements[name];
}

/* Opens a transaction where none is. */
static bool begin_writing(struct collected_run *run, struct err *err)
{
    arena_reset(&run->work);
    return run->store->is_writing ||
           (store_begin(run->store, err) && snapshot_writer_begin(run->snapshots, err) &&
            store_number(run->store, "SELECT ifnull(max(id), 0) + 1 FROM raw_answers",
                         &run->next_answer, err));
}

bool collected_commit(struct collected_run *run, struct err *err)
{
    return !run->store->is_writing || store_commit(run->store, err);
}

static void bind_collection(struct statement *statement, const struct collected_run *run,
                            bool is_finished, int64_t now)
{
    statement_int(statement, run->id);
    statement_int_or_null(statement, is_finished, now);
    statement_text(statement, run->arguments);
    statement_seal(statement);
}

bool collected_begin(struct collected_run **out, struct store *store,
                     const struct collected_facts *facts, struct err *err)
{
    struct collected_run *run = run_new(store, err);
    struct snapshot_import import = {facts->started_at, STR("collect"), STR("")};
    bool ok = run != NULL && begin_writing(run, err) &&
              snapshot_add_import(run->snapshots, &import, &run->id, err) &&
              (state_text_clean(&run->facts, facts->arguments, &run->arguments) ||
               err_set(err, ERR_INPUT, "the arguments are too long"));

    if (ok) {
        bind_collection(begin(run, ADD_COLLECTION), run, false, 0);
        ok = statement_run(&run->statements[ADD_COLLECTION], err);
    }
    if (!ok) {
        collected_close(run);
        return false;
    }
    *out = run;
    return true;
}

/* ---- resuming ------------------------------------------------------------------------------- */

static bool fail_resume(struct collected_run *run, int64_t id, bool is_there, struct err *err)
{
    if (id == 0) {
        (void)err_set(err, ERR_INPUT, "nothing was ever collected into this store");
        err_hint(err, "begin with 'keywarden collect' without --resume");
    } else if (!is_there) {
        (void)err_set(err, ERR_INPUT, "the store holds no collection %" PRId64, id);
    } else {
        (void)err_set(err, ERR_INPUT, "collection %" PRId64 " is finished", id);
        err_hint(err, "'keywarden collect' without --resume begins another");
    }
    err_place(err, run->store->path, 0, 0);
    return false;
}

static bool find_run(struct collected_run *run, struct arena *arena, struct collected_facts *facts,
                     struct err *err)
{
    struct statement find = {0};
    bool is_there = false, ok = false;

    if (statement_prepare(&find, run->store, STR(""),
                          "SELECT i.started_at, c.arguments, c.finished_at FROM collections AS c"
                          " JOIN imports AS i ON i.id = c.id WHERE c.id = ?",
                          err)) {
        statement_int(&find, run->id);
        is_there = statement_next(&find, err);
        ok = is_there && column_kind(&find, 2) == COLUMN_NULL;
    }
    if (err->kind == ERR_NONE && !ok) {
        (void)fail_resume(run, run->id, is_there, err);
    }
    if (ok) {
        facts->started_at = column_int(&find, 0);
        ok = (arena_str(&run->facts, column_bytes(&find, 1), &run->arguments) &&
              arena_str(arena, run->arguments, &facts->arguments)) ||
             err_set(err, ERR_INPUT, "the arguments are too long");
    }
    statement_release(&find);
    return ok;
}

bool collected_resume(struct collected_run **out, struct store *store, bool has_id, int64_t id,
                      struct arena *arena, struct collected_facts *facts, struct err *err)
{
    struct collected_run *run = run_new(store, err);
    bool ok = run != NULL;

    if (ok && has_id) {
        run->id = id;
    } else if (ok) {
        ok = store_number(store, "SELECT ifnull(max(id), 0) FROM collections", &run->id, err);
    }
    if (!ok || !find_run(run, arena, facts, err)) {
        collected_close(run);
        return false;
    }
    *out = run;
    return true;
}

/* ---- the list of accounts ------------------------------------------------------------------- */

static bool put_listed(struct collected_run *run, const struct collected_listing *listing,
                       struct err *err)
{
    struct statement *put = begin(run, PUT_LISTED);
    struct str name, unit, error;

    if (!state_text_clean(&run->work, listing->name, &name) ||
        !state_text_clean(&run->work, listing->unit, &unit) ||
        !state_text_clean(&run->work, str_sub(listing->error, 0, TEXT_SIZE_MAX), &error)) {
        return err_set(err, ERR_INPUT, "the list of accounts is too long");
    }
    statement_int(put, run->id);
    statement_int(put, (int64_t)listing->account);
    statement_text_or_null(put, name);
    statement_text_or_null(put, unit);
    statement_text(put, state_words[listing->state]);
    statement_text_or_null(put, error);
    statement_seal(put);
    return statement_run(put, err);
}

/* False and no error when it is not listed. */
static bool find_listed(struct collected_run *run, uint64_t account, struct collected_listing *out,
                        struct err *err)
{
    struct statement *find = begin(run, FIND_LISTED);
    bool is_there = false;

    *out = (struct collected_listing){.account = account};
    statement_int(find, run->id);
    statement_int(find, (int64_t)account);
    if (statement_next(find, err)) {
        is_there = true;
        if (!arena_str(&run->work, column_bytes(find, 0), &out->name) ||
            !arena_str(&run->work, column_bytes(find, 1), &out->unit)) {
            is_there = err_set(err, ERR_INPUT, "the list of accounts is too long");
        }
    }
    statement_begin(find);
    return is_there;
}

bool collected_accounts(struct collected_run *run, const struct collected_listing *accounts,
                        size_t count, struct err *err)
{
    bool ok = begin_writing(run, err);

    for (size_t i = 0; ok && i < count; i++) {
        struct collected_listing listing = accounts[i], known;
        if (find_listed(run, listing.account, &known, err)) {
            continue;
        }
        listing.state = COLLECTED_PENDING;
        listing.error = STR("");
        ok = err->kind == ERR_NONE && put_listed(run, &listing, err);
    }
    return ok;
}

/* Sets the state of an account, listed or not. */
static bool put_state(struct collected_run *run, uint64_t account, enum collected_state state,
                      struct str error, struct err *err)
{
    struct collected_listing listing;

    if (!find_listed(run, account, &listing, err) && err->kind != ERR_NONE) {
        return false;
    }
    listing.state = state;
    listing.error = error;
    return put_listed(run, &listing, err);
}

static bool read_listing(const struct statement *row, struct arena *arena,
                         struct collected_listing *out)
{
    struct str state = column_bytes(row, 3);

    *out = (struct collected_listing){.account = (uint64_t)column_int(row, 0)};
    for (size_t i = 0; i < sizeof state_words / sizeof state_words[0]; i++) {
        if (str_eq(state, state_words[i])) {
            out->state = (enum collected_state)i;
        }
    }
    return arena_str(arena, column_bytes(row, 1), &out->name) &&
           arena_str(arena, column_bytes(row, 2), &out->unit) &&
           arena_str(arena, column_bytes(row, 4), &out->error);
}

bool collected_list(struct collected_run *run, struct arena *arena, struct collected_listing **out,
                    size_t *count, struct err *err)
{
    struct statement *list = begin(run, LIST), size = {0};
    bool ok =
        statement_prepare(&size, run->store, STR(""),
                          "SELECT count(*) FROM collection_accounts WHERE collection = ?", err);
    size_t capacity = 0;

    if (ok) {
        statement_int(&size, run->id);
        ok = statement_next(&size, err);
        capacity = ok ? (size_t)column_int(&size, 0) : 0;
    }
    statement_release(&size);
    *count = 0;
    *out = ok ? arena_array(arena, capacity, sizeof **out) : NULL;
    statement_int(list, run->id);
    while (*out != NULL && *count < capacity && statement_next(list, err)) {
        if (!read_listing(list, arena, &(*out)[(*count)++])) {
            *out = NULL;
        }
    }
    statement_begin(list);
    return ok && err->kind == ERR_NONE &&
           (*out != NULL || err_set(err, ERR_INPUT, "the list of accounts is too long"));
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool insert_derived(void *shared, enum derived_table table, const struct derived_cell *cells,
                           size_t count, struct err *err)
{
    struct collected_run *run = shared;
    struct statement *insert = &run->derived[table];

    statement_begin(insert);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].kind == COLUMN_TEXT) {
            statement_text(insert, cells[i].text);
        } else {
            statement_int_or_null(insert, cells[i].kind == COLUMN_INT, cells[i].number);
        }
    }
    statement_seal(insert);
    return statement_run(insert, err);
}

static bool add_answers(struct collected_run *run, bool has_snapshot, int64_t snapshot,
                        const struct packed_answers *answers, struct err *err)
{
    struct statement *add = &run->statements[ADD_ANSWER];
    bool ok = true;

    for (size_t i = 0; ok && i < answers->count; i++) {
        const struct packed_answer *item = &answers->items[i];
        statement_begin(add);
        statement_int(add, run->next_answer++);
        statement_int(add, run->id);
        statement_int_or_null(add, has_snapshot, snapshot);
        statement_text(add, item->answer.action);
        statement_text(add, item->answer.region);
        statement_text(add, item->answer.subject);
        statement_int(add, item->answer.page);
        statement_text(add, answer_outcome_word(item->answer.outcome));
        statement_text(add, item->answer.code);
        statement_int(add, (int64_t)item->size);
        statement_blob(add, str_sub(buf_text(&answers->frames), item->frame_at,
                                    item->frame_at + item->frame_n));
        statement_seal(add);
        ok = statement_run(add, err);
    }
    return ok;
}

/* What was there of that account and instant makes way. */
static bool remove_older(struct collected_run *run, const struct snapshot_draft *draft,
                         struct err *err)
{
    struct statement *find = begin(run, FIND_SNAPSHOT);
    int64_t id = 0;

    statement_int(find, (int64_t)draft->states.account);
    statement_int(find, draft->taken_at);
    if (statement_next(find, err)) {
        id = column_int(find, 0);
    }
    statement_begin(find);
    return err->kind == ERR_NONE && (id == 0 || snapshot_remove(run->snapshots, id, err));
}

/* All or nothing of one account, whatever else the transaction holds. */
static bool end_savepoint(struct collected_run *run, bool ok, struct err *err)
{
    struct err ignored = {0};

    if (ok) {
        return store_execute(run->store, "RELEASE account", err);
    }
    if (!store_execute(run->store, "ROLLBACK TO account; RELEASE account", &ignored)) {
        store_rollback(run->store);
    }
    return false;
}

bool collected_account(struct collected_run *run, const struct collected_packed *packed,
                       struct err *err)
{
    struct derived_sink sink = {insert_derived, run};
    int64_t snapshot = 0;

    if (!begin_writing(run, err) || !store_execute(run->store, "SAVEPOINT account", err)) {
        return false;
    }
    bool ok = remove_older(run, &packed->draft, err) &&
              snapshot_add(run->snapshots, &packed->draft, run->id, &snapshot, err) &&
              add_answers(run, true, snapshot, &packed->answers, err) &&
              derived_inventory(&run->work, snapshot, &packed->inventory, &sink, err) &&
              put_state(run, packed->draft.states.account, COLLECTED_DONE, STR(""), err);
    return end_savepoint(run, ok, err);
}

bool collected_failed(struct collected_run *run, uint64_t account, const struct err *why,
                      struct err *err)
{
    return begin_writing(run, err) &&
           put_state(run, account, COLLECTED_FAILED, str_from(why->text), err);
}

bool collected_finish(struct collected_run *run, int64_t now, struct err *err)
{
    struct collected_listing *listings = NULL;
    size_t count = 0;
    bool is_finished = true, ok = true;

    ok = begin_writing(run, err) && collected_list(run, &run->work, &listings, &count, err);
    for (size_t i = 0; ok && listings != NULL && i < count; i++) {
        is_finished &= listings[i].state == COLLECTED_DONE;
    }
    if (ok && is_finished) {
        bind_collection(begin(run, FINISH_COLLECTION), run, true, now);
        ok = statement_run(&run->statements[FINISH_COLLECTION], err);
    }
    return ok && collected_commit(run, err);
}

/* ---- the organization ----------------------------------------------------------------------- */

static bool forget_organization(struct collected_run *run, struct err *err)
{
    static const char *const sql[] = {
        "DELETE FROM raw_answers WHERE collection = ? AND snapshot IS NULL",
        "DELETE FROM aws_organizations WHERE collection = ?",
        "DELETE FROM aws_nodes WHERE collection = ?",
        "DELETE FROM aws_policies WHERE collection = ?",
        "DELETE FROM aws_attachments WHERE collection = ?",
        "DELETE FROM aws_administrators WHERE collection = ?",
    };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof sql / sizeof sql[0]; i++) {
        struct statement forget = {0};
        ok = statement_prepare(&forget, run->store, STR(""), sql[i], err);
        if (ok) {
            statement_int(&forget, run->id);
            ok = statement_run(&forget, err);
        }
        statement_release(&forget);
    }
    return ok;
}

bool collected_organization(struct collected_run *run, const struct answer *answers, size_t count,
                            struct err *err)
{
    struct derived_sink sink = {insert_derived, run};
    struct packed_answers packed = {0};
    struct organization organization = {0};
    bool ok = begin_writing(run, err) &&
              packed_answers_fill(&packed, &run->work, run->zstd, answers, count, err) &&
              organization_read(&run->work, answers, count, &organization, err) &&
              store_execute(run->store, "SAVEPOINT account", err);

    if (ok) {
        ok = forget_organization(run, err) && add_answers(run, false, 0, &packed, err) &&
             derived_organization(&run->work, run->id, &organization, &sink, err);
        ok = end_savepoint(run, ok, err);
    }
    buf_release(&packed.frames);
    return ok;
}

bool collected_organization_answers(struct collected_run *run, struct arena *arena,
                                    struct answer **out, size_t *count, struct err *err)
{
    struct answers_reader *reader = NULL;
    bool ok = answers_open(&reader, run->store, err) &&
              answers_read_organization(reader, run->id, arena, out, count, err);

    answers_close(reader);
    return ok;
}
