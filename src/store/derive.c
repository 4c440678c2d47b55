#include "store/derive.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/zstd.h"
#include "store/internal.h"
#include "store/statement.h"

struct derivation {
    struct states_reader *reader;
    struct zstd *zstd;
    struct arena arena;
    struct buf text, packed;
    struct report_states states;
};

struct derivation *derivation_new(void)
{
    struct derivation *derivation = mem_alloc(sizeof *derivation);

    derivation->reader = states_reader_new();
    derivation->zstd = zstd_new();
    arena_init(&derivation->arena, STATES_ARENA_SIZE_MAX);
    buf_init(&derivation->text, STATES_REPORT_SIZE_MAX + 16);
    buf_init(&derivation->packed, 2 * (size_t)STATES_REPORT_SIZE_MAX);
    return derivation;
}

void derivation_free(struct derivation *derivation)
{
    if (derivation != NULL) {
        states_reader_free(derivation->reader);
        zstd_free(derivation->zstd);
        arena_release(&derivation->arena);
        buf_release(&derivation->text);
        buf_release(&derivation->packed);
        mem_free(derivation);
    }
}

bool derive_report(struct derivation *derivation, uint64_t account, struct str frame,
                   struct err *err)
{
    struct err failure = {0};
    char name[32];

    buf_clear(&derivation->text);
    arena_reset(&derivation->arena);
    (void)snprintf(name, sizeof name, "%012" PRIu64 ".csv", account);
    if (zstd_decompress(derivation->zstd, frame, &derivation->text, &failure) &&
        states_read(derivation->reader, buf_text(&derivation->text), str_from(name),
                    &derivation->arena, &derivation->states, &failure) &&
        derivation->states.account == account) {
        return true;
    }
    return err_set(err, ERR_STORE, "the report cannot be read: %s",
                   failure.kind == ERR_NONE ? "it is of another account" : failure.text);
}

const struct report_states *derivation_states(const struct derivation *derivation)
{
    return &derivation->states;
}

struct str derivation_report(const struct derivation *derivation)
{
    return buf_text(&derivation->text);
}

struct str derive_packed(struct derivation *derivation, const struct sample_facts *facts,
                         const uint64_t *identities)
{
    buf_clear(&derivation->packed);
    packed_write_head(&derivation->packed, facts, identities);
    packed_write_rows(&derivation->packed, &derivation->states);
    return buf_text(&derivation->packed);
}

/* ---- for stores of version 2 ---------------------------------------------------------------- */

void snapshot_facts(const struct statement *row, int first, struct sample_facts *facts)
{
    facts->organization = (uint64_t)column_int(row, first);
    facts->unit = (uint64_t)column_int(row, first + 1);
    facts->standing = column_kind(row, first + 2) == COLUMN_NULL ? 0
                      : column_int(row, first + 2) == 1          ? 1
                                                                 : 2;
    for (int i = 0; i < PACKED_COUNTS; i++) {
        bool is_known = column_kind(row, first + 3 + i) != COLUMN_NULL;
        facts->counts[i] = is_known ? column_int(row, first + 3 + i) : PACKED_COUNT_UNKNOWN;
    }
}

bool snapshot_identities(struct statement *find, int64_t snapshot, struct buf *out, struct err *err)
{
    buf_clear(out);
    statement_begin(find);
    statement_int(find, snapshot);
    while (statement_next(find, err)) {
        uint64_t id = (uint64_t)column_int(find, 0);
        buf_bytes(out, &id, sizeof id);
    }
    return err->kind == ERR_NONE;
}

static bool pack_one(struct derivation *derivation, const struct statement *snapshots,
                     struct statement *users, struct statement *add, struct buf *identities,
                     struct err *err)
{
    struct sample_facts facts = {0};
    struct str packed = {0};

    if (!snapshot_identities(users, column_int(snapshots, 0), identities, err) ||
        !derive_report(derivation, (uint64_t)column_int(snapshots, 1), column_bytes(snapshots, 3),
                       err)) {
        return false;
    }
    facts.row_count = derivation->states.row_count;
    facts.bad_rows = derivation->states.bad_rows;
    if (identities->n != facts.row_count * sizeof(uint64_t)) {
        return err_set(err, ERR_STORE, "snapshot %" PRId64 " has other rows than its report",
                       column_int(snapshots, 0));
    }
    snapshot_facts(snapshots, 4, &facts);
    packed = derive_packed(derivation, &facts, (const uint64_t *)(const void *)identities->p);
    statement_begin(add);
    statement_int(add, column_int(snapshots, 1));
    statement_int(add, column_int(snapshots, 2));
    statement_blob(add, packed);
    return statement_run(add, err);
}

bool store_fill_packed(struct store *store, struct err *err)
{
    struct derivation *derivation = derivation_new();
    struct statement snapshots = {0}, users = {0}, add = {0};
    struct buf identities;
    bool ok = true;

    buf_init(&identities, STATES_REPORT_SIZE_MAX);
    ok =
        statement_prepare(&snapshots, store, STR(""),
                          "SELECT s.id, s.account, s.taken_at, r.zstd, s.organization, s.unit,"
                          " s.standalone, s.iam_users, s.rds, s.s3, s.ec2, s.cloudtrail"
                          " FROM snapshots AS s JOIN raw_reports AS r ON r.snapshot = s.id",
                          err) &&
        statement_prepare(&users, store, STR(""),
                          "SELECT user FROM user_states WHERE snapshot = ? ORDER BY row", err) &&
        statement_prepare(&add, store, STR(""), "INSERT INTO packed_samples VALUES (?, ?, ?)", err);
    while (ok && statement_next(&snapshots, err)) {
        ok = pack_one(derivation, &snapshots, &users, &add, &identities, err);
    }
    ok = ok && err->kind == ERR_NONE;
    statement_release(&snapshots);
    statement_release(&users);
    statement_release(&add);
    buf_release(&identities);
    derivation_free(derivation);
    return ok;
}
