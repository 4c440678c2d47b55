#include "store/samples.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "store/internal.h"
#include "store/packed.h"
#include "store/statement.h"

enum { NAMES_SIZE_MAX = 64 << 20 };

/* Names by id. */
struct names {
    struct str *names;
    size_t count;
};

struct store_samples {
    struct store *store;
    struct statement read, name;
    struct packed packed;
    struct user_batch batch;
    int16_t positions[COLUMN_COUNT];
    uint64_t identities[BATCH_ROWS_MAX];
    struct names organizations, units;
    struct arena arena;
    uint64_t account; /* at hand */
    int64_t taken_at;
};

static bool load_names(struct store_samples *samples, struct names *names, const char *sql,
                       struct err *err)
{
    struct statement query = {0};
    bool ok = statement_prepare(&query, samples->store, STR(""), sql, err);

    while (ok && statement_next(&query, err)) {
        size_t id = (size_t)column_int(&query, 0);
        if (names->names == NULL) { /* the largest id comes first */
            names->count = id + 1;
            names->names = arena_array(&samples->arena, names->count, sizeof *names->names);
        }
        ok = names->names != NULL && id < names->count &&
             arena_str(&samples->arena, column_bytes(&query, 1), &names->names[id]);
        if (!ok) {
            (void)err_set(err, ERR_STORE, "the names of organizations or units are too long");
            err_place(err, samples->store->path, 0, 0);
        }
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE;
}

static bool begin_reading(struct store_samples *samples, struct err *err)
{
    /* One transaction: names and samples are of the same moment. */
    return store_execute(samples->store, "BEGIN", err) &&
           load_names(samples, &samples->organizations,
                      "SELECT id, name FROM organizations ORDER BY id DESC", err) &&
           load_names(samples, &samples->units, "SELECT id, path FROM units ORDER BY id DESC",
                      err) &&
           statement_prepare(&samples->read, samples->store, STR(""),
                             "SELECT account, taken_at, sample FROM packed_samples"
                             " WHERE account BETWEEN ? AND ? ORDER BY account, taken_at",
                             err) &&
           statement_prepare(&samples->name, samples->store, STR(""),
                             "SELECT name FROM users WHERE id = ?", err);
}

bool store_samples_open(struct store_samples **out, struct str path, uint32_t columns,
                        struct err *err)
{
    struct store_samples *samples = mem_alloc(sizeof *samples);

    arena_init(&samples->arena, NAMES_SIZE_MAX);
    user_batch_init(&samples->batch, columns & packed_columns());
    for (int i = 0; i < COLUMN_COUNT; i++) {
        samples->positions[i] = -1;
    }
    samples->batch.positions = samples->positions;
    if (!store_open(&samples->store, path, STORE_READ, err) || !begin_reading(samples, err)) {
        store_samples_close(samples);
        return false;
    }
    *out = samples;
    return true;
}

void store_samples_close(struct store_samples *samples)
{
    if (samples != NULL) {
        statement_release(&samples->read);
        statement_release(&samples->name);
        store_close(samples->store);
        user_batch_release(&samples->batch);
        arena_release(&samples->arena);
        mem_free(samples);
    }
}

bool store_samples_range(struct store_samples *samples, uint64_t first, uint64_t last,
                         struct err *err)
{
    if (last < first || last > STORE_ACCOUNT_MAX) {
        return err_set(err, ERR_BUG, "accounts from %" PRIu64 " to %" PRIu64, first, last);
    }
    statement_begin(&samples->read);
    statement_int(&samples->read, (int64_t)first);
    statement_int(&samples->read, (int64_t)last);
    return true;
}

static bool damaged(const struct store_samples *samples, struct err *err)
{
    (void)err_set(err, ERR_STORE,
                  "the packed sample of account %012" PRIu64 " at %" PRId64 " is damaged",
                  samples->account, samples->taken_at);
    err_hint(err, "'keywarden store verify' says what else is");
    err_place(err, samples->store->path, 0, 0);
    return false;
}

bool store_samples_next(struct store_samples *samples, struct store_sample *sample, struct err *err)
{
    struct sample_facts facts;

    if (!statement_next(&samples->read, err)) {
        return false;
    }
    samples->account = (uint64_t)column_int(&samples->read, 0);
    samples->taken_at = column_int(&samples->read, 1);
    if (!packed_open(&samples->packed, column_bytes(&samples->read, 2), &facts) ||
        (facts.organization > 0 && facts.organization >= samples->organizations.count) ||
        (facts.unit > 0 && facts.unit >= samples->units.count)) {
        return damaged(samples, err);
    }
    *sample = (struct store_sample){.account = samples->account,
                                    .taken_at = samples->taken_at,
                                    .organization = facts.organization,
                                    .unit = facts.unit,
                                    .standing = facts.standing,
                                    .bad_rows = facts.bad_rows,
                                    .row_count = facts.row_count};
    memcpy(sample->counts, facts.counts, sizeof sample->counts);
    return true;
}

bool store_samples_batch(struct store_samples *samples, const struct user_batch **batch,
                         const uint64_t **identities, struct err *err)
{
    if (!packed_next(&samples->packed, &samples->batch, samples->identities)) {
        return samples->packed.is_damaged && damaged(samples, err);
    }
    *batch = &samples->batch;
    *identities = samples->identities;
    return true;
}

static struct str name_of(const struct names *names, uint64_t id)
{
    return id < names->count ? names->names[id] : STR("");
}

uint64_t store_organization_end(const struct store_samples *samples)
{
    return samples->organizations.count;
}

uint64_t store_unit_end(const struct store_samples *samples)
{
    return samples->units.count;
}

struct str store_organization_name(const struct store_samples *samples, uint64_t id)
{
    return name_of(&samples->organizations, id);
}

struct str store_unit_path(const struct store_samples *samples, uint64_t id)
{
    return name_of(&samples->units, id);
}

struct str store_user_name(struct store_samples *samples, uint64_t identity)
{
    struct err err = {0};

    statement_begin(&samples->name);
    statement_int(&samples->name, (int64_t)identity);
    return statement_next(&samples->name, &err) ? column_bytes(&samples->name, 0) : STR("");
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool read_profile(struct store *store, struct store_extent *out, struct err *err)
{
    struct statement query = {0};
    struct str profile = {0};
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT min(profile) FROM imports"
                                " HAVING count(*) = count(profile) AND min(profile) = max(profile)",
                                err);

    if (ok && statement_next(&query, err)) {
        profile = column_bytes(&query, 0);
        if (profile.n < sizeof out->profile) {
            memcpy(out->profile, profile.n == 0 ? "" : profile.p, profile.n);
        }
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE;
}

bool store_extent_read(struct store *store, struct store_extent *out, struct err *err)
{
    struct statement query = {0};
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT (SELECT count(*) FROM accounts), count(*), min(taken_at),"
                                " max(taken_at) FROM snapshots",
                                err);

    *out = (struct store_extent){0};
    if (ok && statement_next(&query, err)) {
        out->accounts = (uint64_t)column_int(&query, 0);
        out->snapshots = (uint64_t)column_int(&query, 1);
        out->first_at = column_int(&query, 2);
        out->last_at = column_int(&query, 3);
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE && read_profile(store, out, err);
}

bool store_times_read(struct store *store, int64_t **times, size_t *count, struct err *err)
{
    struct statement query = {0};
    size_t capacity = 0;
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT DISTINCT taken_at FROM snapshots ORDER BY taken_at", err);

    *times = NULL;
    *count = 0;
    while (ok && statement_next(&query, err)) {
        if (*count == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            *times = mem_resize(*times, capacity * sizeof **times);
        }
        (*times)[(*count)++] = column_int(&query, 0);
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE;
}

bool store_accounts_split(struct store *store, uint64_t size, uint64_t *begins, size_t count_max,
                          size_t *count, struct err *err)
{
    struct statement query = {0};
    uint64_t seen = 0;
    bool ok = statement_prepare(&query, store, STR(""),
                                "SELECT account FROM accounts ORDER BY account", err);

    *count = 0;
    if (count_max > 0) {
        begins[(*count)++] = 0;
    }
    while (ok && statement_next(&query, err)) {
        if (seen > 0 && seen % size == 0 && *count < count_max) {
            begins[(*count)++] = (uint64_t)column_int(&query, 0);
        }
        seen++;
    }
    statement_release(&query);
    return ok && err->kind == ERR_NONE;
}
