#include "store/findings.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "store/internal.h"
#include "store/states.h"

enum statement_name {
    WRITE_LIFE,
    FIND_LIVES,
    GET_LIFE,
    WRITE_SPAN,
    LAST_SPAN,
    USERS_OF_NAME,
    FIND_PRESENT,
    FILL_PRESENT,
    CLEAR_PRESENT,
    GET_SNAPSHOT,
    FIND_JUDGED,
    WRITE_JUDGED,
    TOUCH,
    CLEAR_TOUCHED,
    FIND_UNTOUCHED,
};

enum { USER_SIZE_MAX = 1 << 20 };

static const struct str root_user = STR_LIT("<root_account>");

/* In the order of the table, since that is what a seal is made of. */
#define LIFE_COLUMNS                                                                               \
    "id, account, user, user_id, control, severity, status, verdict, first_seen, last_seen, "      \
    "closed_at, reopened_at, reopen_count, failing_since, evidence, excepted_by"

static const struct {
    struct str sealed;
    const char *sql;
} statements[LIVES_STATEMENTS] = {
    [WRITE_LIFE] =
        {STR_LIT("findings"),
         "INSERT INTO findings (" LIFE_COLUMNS ", seal)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
         " ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id,"
         " severity = excluded.severity, status = excluded.status, verdict = excluded.verdict,"
         " last_seen = excluded.last_seen, closed_at = excluded.closed_at,"
         " reopened_at = excluded.reopened_at, reopen_count = excluded.reopen_count,"
         " failing_since = excluded.failing_since, evidence = excluded.evidence,"
         " excepted_by = excluded.excepted_by, seal = excluded.seal"},
    [FIND_LIVES] = {STR_LIT(""),
                    "SELECT " LIFE_COLUMNS ", (SELECT created FROM users WHERE users.id = user_id)"
                    " FROM findings WHERE account = ? AND control = ? AND user = ? ORDER BY id"},
    [GET_LIFE] = {STR_LIT(""), "SELECT " LIFE_COLUMNS " FROM findings WHERE id = ?"},
    [WRITE_SPAN] = {STR_LIT("finding_spans"),
                    "INSERT INTO finding_spans (finding, opened_at, closed_at, seal)"
                    " VALUES (?, ?, ?, ?) ON CONFLICT (finding, opened_at) DO UPDATE SET"
                    " closed_at = excluded.closed_at, seal = excluded.seal"},
    [LAST_SPAN] = {STR_LIT(""), "SELECT max(opened_at) FROM finding_spans WHERE finding = ?"},
    [USERS_OF_NAME] = {STR_LIT(""), "SELECT id, created FROM users WHERE account = ? AND name = ?"
                                    " ORDER BY id DESC LIMIT 2"},
    [FIND_PRESENT] = {STR_LIT(""), "SELECT id, created FROM temp.present WHERE name = ?"},
    [FILL_PRESENT] = {STR_LIT(""), "INSERT OR IGNORE INTO temp.present (name, id, created)"
                                   " SELECT users.name, users.id, users.created FROM user_states"
                                   " JOIN users ON users.id = user_states.user"
                                   " WHERE snapshot = ? ORDER BY row"},
    [CLEAR_PRESENT] = {STR_LIT(""), "DELETE FROM temp.present"},
    [GET_SNAPSHOT] = {STR_LIT(""), "SELECT account, taken_at FROM snapshots WHERE id = ?"},
    [FIND_JUDGED] = {STR_LIT(""), "SELECT control, judged_at FROM judgements WHERE account = ?"},
    [WRITE_JUDGED] = {STR_LIT("judgements"),
                      "INSERT OR REPLACE INTO judgements (account, control, judged_at, seal)"
                      " VALUES (?, ?, ?, ?)"},
    [TOUCH] = {STR_LIT(""), "INSERT INTO temp.touched (id) VALUES (?) ON CONFLICT (id) DO NOTHING"
                            " RETURNING id"},
    [CLEAR_TOUCHED] = {STR_LIT(""), "DELETE FROM temp.touched"},
    [FIND_UNTOUCHED] = {STR_LIT(""), "SELECT id, control FROM findings WHERE account = ?"
                                     " AND status = 'open' AND id NOT IN temp.touched"},
};

static const char *const temporary_tables =
    "CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY);"
    "CREATE TEMP TABLE IF NOT EXISTS present (name TEXT PRIMARY KEY, id INTEGER, created INTEGER)"
    " WITHOUT ROWID;"
    "DELETE FROM temp.touched; DELETE FROM temp.present;";

/* A row of the table; its texts are borrowed. */
struct life {
    int64_t id; /* 0: not written yet */
    int64_t account;
    struct str user, control, severity, evidence, excepted_by;
    bool has_user_id, is_open, is_unknown, is_closed, is_reopened, is_failing;
    int64_t user_id, first_seen, last_seen, closed_at, reopened_at, reopen_count, failing_since;
    int64_t created; /* of its user; 0 where that is not known */
};

/* ---- rows of findings ----------------------------------------------------------------------- */

static struct life life_of(const struct statement *row)
{
    return (struct life){
        .id = column_int(row, 0),
        .account = column_int(row, 1),
        .user = column_bytes(row, 2),
        .has_user_id = column_kind(row, 3) != COLUMN_NULL,
        .user_id = column_int(row, 3),
        .control = column_bytes(row, 4),
        .severity = column_bytes(row, 5),
        .is_open = str_eq(column_bytes(row, 6), STR("open")),
        .is_unknown = str_eq(column_bytes(row, 7), STR("unknown")),
        .first_seen = column_int(row, 8),
        .last_seen = column_int(row, 9),
        .is_closed = column_kind(row, 10) != COLUMN_NULL,
        .closed_at = column_int(row, 10),
        .is_reopened = column_kind(row, 11) != COLUMN_NULL,
        .reopened_at = column_int(row, 11),
        .reopen_count = column_int(row, 12),
        .is_failing = column_kind(row, 13) != COLUMN_NULL,
        .failing_since = column_int(row, 13),
        .evidence = column_bytes(row, 14),
        .excepted_by = column_bytes(row, 15),
    };
}

static bool life_write(struct store_lives *lives, const struct life *life, struct err *err)
{
    struct statement *write = &lives->statements[WRITE_LIFE];

    statement_begin(write);
    statement_int(write, life->id);
    statement_int(write, life->account);
    statement_text(write, life->user);
    statement_int_or_null(write, life->has_user_id, life->user_id);
    statement_text(write, life->control);
    statement_text(write, life->severity);
    statement_text(write, life->is_open ? STR("open") : STR("closed"));
    statement_text(write, life->is_unknown ? STR("unknown") : STR("fail"));
    statement_int(write, life->first_seen);
    statement_int(write, life->last_seen);
    statement_int_or_null(write, life->is_closed, life->closed_at);
    statement_int_or_null(write, life->is_reopened, life->reopened_at);
    statement_int(write, life->reopen_count);
    statement_int_or_null(write, life->is_failing, life->failing_since);
    statement_text(write, life->evidence);
    statement_text_or_null(write, life->excepted_by);
    statement_seal(write);
    return statement_run(write, err);
}

static bool span_write(struct store_lives *lives, int64_t finding, int64_t opened_at,
                       bool is_closed, int64_t closed_at, struct err *err)
{
    struct statement *write = &lives->statements[WRITE_SPAN];

    statement_begin(write);
    statement_int(write, finding);
    statement_int(write, opened_at);
    statement_int_or_null(write, is_closed, closed_at);
    statement_seal(write);
    return statement_run(write, err);
}

/* ---- begin, snapshot, commit ---------------------------------------------------------------- */

bool store_lives_begin(struct store_lives *lives, struct store *store, const struct str *controls,
                       size_t control_count, struct err *err)
{
    *lives =
        (struct store_lives){.store = store, .controls = controls, .control_count = control_count};
    lives->judged_at = mem_array(control_count, sizeof *lives->judged_at);
    arena_init(&lives->arena, USER_SIZE_MAX);
    if (!store_execute(store, temporary_tables, err) ||
        !store_number(store, "SELECT ifnull(max(id), 0) FROM findings", &lives->last_id, err)) {
        return false;
    }
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        if (statements[i].sql != NULL &&
            !statement_prepare(&lives->statements[i], store, statements[i].sealed,
                               statements[i].sql, err)) {
            return false;
        }
    }
    return true;
}

static void release_statements(struct store_lives *lives)
{
    for (size_t i = 0; i < LIVES_STATEMENTS; i++) {
        statement_release(&lives->statements[i]);
    }
}

bool store_lives_commit(struct store_lives *lives, struct err *err)
{
    struct store *store = lives->store;

    release_statements(lives);
    if (!store_commit(store, err)) {
        return false;
    }
    lives->store = NULL;
    return true;
}

void store_lives_release(struct store_lives *lives)
{
    release_statements(lives);
    if (lives->store != NULL) {
        store_rollback(lives->store);
    }
    mem_free(lives->judged_at);
    arena_release(&lives->arena);
    *lives = (struct store_lives){0};
}

/* Whether a row was there; its numbers are then in `first` and `second`. */
static bool get_pair(struct statement *query, int64_t *first, int64_t *second, struct err *err)
{
    bool found = statement_next(query, err);

    if (found) {
        *first = column_int(query, 0);
        *second = column_count(query) > 1 ? column_int(query, 1) : 0;
        statement_begin(query); /* lets go of the row */
    }
    return found;
}

/* Its place among those that are judged, or their count. */
static size_t control_find(const struct store_lives *lives, struct str control)
{
    size_t at = 0;

    while (at < lives->control_count && !str_eq(lives->controls[at], control)) {
        at++;
    }
    return at;
}

/* Whether the snapshot may tell of the control: no later one has. */
static bool is_told(const struct store_lives *lives, size_t control)
{
    return control < lives->control_count && lives->judged_at[control] <= lives->taken_at;
}

static bool read_judged(struct store_lives *lives, struct err *err)
{
    struct statement *judged = &lives->statements[FIND_JUDGED];

    for (size_t i = 0; i < lives->control_count; i++) {
        lives->judged_at[i] = INT64_MIN;
    }
    statement_begin(judged);
    statement_int(judged, lives->account);
    while (statement_next(judged, err)) {
        size_t control = control_find(lives, column_bytes(judged, 0));
        if (control < lives->control_count) {
            lives->judged_at[control] = column_int(judged, 1);
        }
    }
    return err->kind == ERR_NONE;
}

bool store_lives_snapshot(struct store_lives *lives, int64_t snapshot, struct err *err)
{
    struct statement *get = &lives->statements[GET_SNAPSHOT];

    lives->snapshot = snapshot;
    lives->has_present = false;
    if (!statement_run(&lives->statements[CLEAR_TOUCHED], err)) {
        return false;
    }
    statement_begin(get);
    statement_int(get, snapshot);
    if (!get_pair(get, &lives->account, &lives->taken_at, err)) {
        return err_set(err, ERR_STORE, "snapshot %lld is gone", (long long)snapshot);
    }
    return read_judged(lives, err);
}

/* ---- whose life it is ----------------------------------------------------------------------- */

struct principal {
    struct str name;
    bool has_id;
    int64_t id, created;
};

/* The users of the snapshot by name: only where a name alone does not tell who it is. */
static bool fill_present(struct store_lives *lives, struct err *err)
{
    struct statement *fill = &lives->statements[FILL_PRESENT];

    if (lives->has_present) {
        return true;
    }
    lives->has_present = true;
    statement_begin(fill);
    statement_int(fill, lives->snapshot);
    return statement_run(&lives->statements[CLEAR_PRESENT], err) && statement_run(fill, err);
}

static bool find_present(struct store_lives *lives, struct str name, struct principal *out,
                         struct err *err)
{
    struct statement *find = &lives->statements[FIND_PRESENT];

    if (!fill_present(lives, err)) {
        return false;
    }
    statement_begin(find);
    statement_text(find, name);
    out->has_id = get_pair(find, &out->id, &out->created, err);
    return err->kind == ERR_NONE;
}

/* The user of that name in the snapshot; most names were never used twice. */
static bool find_principal(struct store_lives *lives, struct str name, struct principal *out,
                           struct err *err)
{
    struct statement *users = &lives->statements[USERS_OF_NAME];
    bool is_ambiguous = false;

    *out = (struct principal){.name = name};
    if (name.n == 0) {
        return true;
    }
    statement_begin(users);
    statement_int(users, lives->account);
    statement_text(users, name);
    if (statement_next(users, err)) {
        out->has_id = true;
        out->id = column_int(users, 0);
        out->created = column_int(users, 1);
        is_ambiguous = statement_next(users, err);
    }
    statement_begin(users);
    if (err->kind != ERR_NONE) {
        return false;
    }
    return !is_ambiguous || find_present(lives, name, out, err);
}

/* An account has one root user, and a user whose creation time was not known at some time is taken
 * for the other one of that name. */
static bool is_same(const struct principal *who, const struct life *life)
{
    if (who->has_id && life->has_user_id && who->id == life->user_id) {
        return true;
    }
    return who->name.n == 0 || str_eq(who->name, root_user) || !who->has_id || !life->has_user_id ||
           who->created <= 0 || life->created <= 0;
}

/* The life that a verdict goes on with; *id is 0 when there is none. That of this very user goes
 * before one that is likely the same, for no two lives are of one user; else the newest. */
static bool find_life(struct store_lives *lives, const struct principal *who, struct str control,
                      int64_t *id, struct err *err)
{
    struct statement *find = &lives->statements[FIND_LIVES];
    int best = 0;

    *id = 0;
    statement_begin(find);
    statement_int(find, lives->account);
    statement_text(find, control);
    statement_text(find, who->name);
    while (statement_next(find, err)) {
        struct life life = life_of(find);
        life.created = column_int(find, 16);
        bool is_exact =
            who->has_id == life.has_user_id && (!who->has_id || who->id == life.user_id);
        int rank = !is_same(who, &life) ? 0 : is_exact ? 2 : 1;
        if (rank > 0 && rank >= best) {
            best = rank;
            *id = life.id;
        }
    }
    return err->kind == ERR_NONE;
}

/* ---- seeing --------------------------------------------------------------------------------- */

static bool life_begin(struct store_lives *lives, const struct principal *who,
                       const struct store_verdict *verdict, struct err *err)
{
    struct life life = {.id = ++lives->last_id,
                        .account = lives->account,
                        .user = who->name,
                        .has_user_id = who->has_id,
                        .user_id = who->id,
                        .control = verdict->control,
                        .severity = verdict->severity,
                        .evidence = verdict->evidence,
                        .excepted_by = verdict->excepted_by,
                        .is_open = true,
                        .is_unknown = verdict->is_unknown,
                        .is_failing = !verdict->is_unknown,
                        .first_seen = lives->taken_at,
                        .last_seen = lives->taken_at,
                        .failing_since = lives->taken_at};

    return life_write(lives, &life, err) &&
           span_write(lives, life.id, lives->taken_at, false, 0, err);
}

static bool life_is_equal(const struct life *a, const struct life *b)
{
    return a->has_user_id == b->has_user_id && a->user_id == b->user_id &&
           str_eq(a->severity, b->severity) && str_eq(a->evidence, b->evidence) &&
           str_eq(a->excepted_by, b->excepted_by) && a->is_open == b->is_open &&
           a->is_unknown == b->is_unknown && a->last_seen == b->last_seen &&
           a->is_failing == b->is_failing && a->failing_since == b->failing_since;
}

/* Lets the life go on, or begin again. */
static bool life_continue(struct store_lives *lives, const struct life *before,
                          const struct principal *who, const struct store_verdict *verdict,
                          struct err *err)
{
    struct life life = *before;

    if (!life.is_open) {
        life.is_open = true;
        life.is_closed = false;
        life.is_reopened = true;
        life.reopened_at = lives->taken_at;
        life.reopen_count++;
        life.is_failing = false;
        if (!span_write(lives, life.id, lives->taken_at, false, 0, err)) {
            return false;
        }
    }
    if (!verdict->is_unknown && !life.is_failing) {
        life.is_failing = true;
        life.failing_since = lives->taken_at;
    }
    if (who->has_id) {
        life.has_user_id = true;
        life.user_id = who->id;
    }
    life.last_seen = lives->taken_at;
    life.is_unknown = verdict->is_unknown;
    life.severity = verdict->severity;
    life.evidence = verdict->evidence;
    life.excepted_by = verdict->excepted_by;
    return life_is_equal(before, &life) || life_write(lives, &life, err);
}

/* True when the life was not met before in this snapshot. */
static bool touch(struct store_lives *lives, int64_t id, struct err *err)
{
    struct statement *touched = &lives->statements[TOUCH];
    int64_t same = 0, none = 0;

    statement_begin(touched);
    statement_int(touched, id);
    return get_pair(touched, &same, &none, err);
}

static bool see(struct store_lives *lives, const struct store_verdict *verdict, struct err *err)
{
    struct statement *get = &lives->statements[GET_LIFE];
    struct principal who;
    struct str name = {0};
    int64_t id = 0;

    arena_reset(&lives->arena);
    if (!state_text_clean(&lives->arena, verdict->user, &name)) {
        return err_set(err, ERR_INPUT, "a user name is longer than %d bytes", USER_SIZE_MAX);
    }
    if (!find_principal(lives, name, &who, err) ||
        !find_life(lives, &who, verdict->control, &id, err)) {
        return false;
    }
    if (id == 0) {
        return life_begin(lives, &who, verdict, err) &&
               (touch(lives, lives->last_id, err) || err->kind == ERR_NONE);
    }
    bool is_first = touch(lives, id, err);
    statement_begin(get);
    statement_int(get, id);
    if (err->kind != ERR_NONE || !statement_next(get, err)) {
        return false;
    }
    /* A user who stands in the report twice fails if one of the rows does. */
    struct life life = life_of(get);
    bool ok = (!is_first && (verdict->is_unknown || !life.is_unknown)) ||
              life_continue(lives, &life, &who, verdict, err);
    statement_begin(get);
    return ok;
}

bool store_lives_see(struct store_lives *lives, const struct store_verdict *verdict,
                     struct err *err)
{
    return !is_told(lives, control_find(lives, verdict->control)) || see(lives, verdict, err);
}

/* ---- closing -------------------------------------------------------------------------------- */

static bool life_close(struct store_lives *lives, const struct life *before, struct err *err)
{
    struct statement *last = &lives->statements[LAST_SPAN];
    struct life life = *before;
    int64_t opened_at = 0, none = 0;

    life.is_open = false;
    life.is_closed = true;
    life.closed_at = lives->taken_at;
    statement_begin(last);
    statement_int(last, life.id);
    return get_pair(last, &opened_at, &none, err) && life_write(lives, &life, err) &&
           span_write(lives, life.id, opened_at, true, lives->taken_at, err);
}

static bool close_one(struct store_lives *lives, int64_t id, bool is_whole, struct err *err)
{
    struct statement *get = &lives->statements[GET_LIFE];
    struct principal who = {0};
    bool ok = false;

    statement_begin(get);
    statement_int(get, id);
    if (!statement_next(get, err)) {
        return false;
    }
    struct life life = life_of(get);
    ok = is_whole || life.user.n == 0 || find_present(lives, life.user, &who, err);
    if (ok && (is_whole || life.user.n == 0 || who.has_id)) {
        ok = life_close(lives, &life, err);
    }
    statement_begin(get);
    return ok;
}

/* Ids first: rows are not changed while they are being looked for. */
static bool close_untouched(struct store_lives *lives, bool is_whole, struct err *err)
{
    struct statement *find = &lives->statements[FIND_UNTOUCHED];
    int64_t *ids = NULL;
    size_t count = 0, capacity = 0;
    bool ok = true;

    statement_begin(find);
    statement_int(find, lives->account);
    while (statement_next(find, err)) {
        if (!is_told(lives, control_find(lives, column_bytes(find, 1)))) {
            continue;
        }
        if (count == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            ids = mem_resize(ids, capacity * sizeof *ids);
        }
        ids[count++] = column_int(find, 0);
    }
    ok = err->kind == ERR_NONE;
    for (size_t i = 0; i < count && ok; i++) {
        ok = close_one(lives, ids[i], is_whole, err);
    }
    mem_free(ids);
    return ok;
}

static bool write_judged(struct store_lives *lives, struct str control, struct err *err)
{
    struct statement *write = &lives->statements[WRITE_JUDGED];

    statement_begin(write);
    statement_int(write, lives->account);
    statement_text(write, control);
    statement_int(write, lives->taken_at);
    statement_seal(write);
    return statement_run(write, err);
}

bool store_lives_finish(struct store_lives *lives, bool is_whole, struct err *err)
{
    if (!close_untouched(lives, is_whole, err)) {
        return false;
    }
    for (size_t i = 0; i < lives->control_count; i++) {
        if (lives->judged_at[i] < lives->taken_at &&
            !write_judged(lives, lives->controls[i], err)) {
            return false;
        }
    }
    return true;
}

/* ---- what was there by a time --------------------------------------------------------------- */

bool store_lives_known(struct store *store, int64_t since, const int64_t *as_of,
                       bool (*tell)(void *shared, const struct store_known *known, struct err *err),
                       void *shared, bool *is_empty, struct err *err)
{
    struct statement query = {0};
    int64_t judged = 0;
    char account[24];
    bool ok = false;

    if (!store_number(store, "SELECT EXISTS (SELECT 1 FROM judgements)", &judged, err) ||
        !statement_prepare(&query, store, STR(""),
                           "SELECT account, user, control, ifnull(failing_since <= ?1, 0)"
                           " FROM findings WHERE ifnull(reopened_at, first_seen) <= ?1"
                           " AND (status = 'open' OR closed_at > ?2)",
                           err)) {
        return false;
    }
    *is_empty = judged == 0;
    statement_begin(&query);
    statement_int(&query, since);
    statement_int_or_null(&query, as_of != NULL, as_of == NULL ? 0 : *as_of);
    ok = true;
    while (ok && statement_next(&query, err)) {
        (void)snprintf(account, sizeof account, "%012lld", (long long)column_int(&query, 0));
        struct store_known known = {str_from(account), column_bytes(&query, 1),
                                    column_bytes(&query, 2), column_int(&query, 3) != 0};
        ok = tell(shared, &known, err);
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE;
}
