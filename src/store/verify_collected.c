/* What was collected: each answer can be read, and the rows that were made of it are made again.
 *
 * Rows that another version of the program made are held to their seals alone: what it makes of an
 * answer may change from one version to the next. */
#include <inttypes.h>
#include <stdio.h>

#include "inventory/organization.h"
#include "store/answers.h"
#include "store/derived.h"
#include "store/internal.h"
#include "store/internal_verify.h"
#include "store/statement.h"

enum { ARENA_SIZE_MAX = 1 << 30 };

struct collected_check {
    struct store *store;
    const struct verify_sink *sink;
    struct verify_result *result;
    struct answers_reader *reader;
    struct arena arena;
    struct statement tables[DERIVED_TABLE_COUNT];
    bool is_told[DERIVED_TABLE_COUNT]; /* of what is at hand */
    const char *what;                  /* that is */
};

static void tell(struct collected_check *check, enum derived_table table)
{
    if (!check->is_told[table]) {
        verify_complain(check->sink, check->result, "table %s: %s is not what the answers say",
                        derived_sql[table].name, check->what);
        check->is_told[table] = true;
    }
}

static bool cell_is(const struct statement *row, int column, const struct derived_cell *cell)
{
    return column_kind(row, column) == cell->kind &&
           (cell->kind != COLUMN_INT || column_int(row, column) == cell->number) &&
           (cell->kind != COLUMN_TEXT || str_eq(column_bytes(row, column), cell->text));
}

static bool compare_row(void *shared, enum derived_table table, const struct derived_cell *cells,
                        size_t count, struct err *err)
{
    struct collected_check *check = shared;
    struct statement *rows = &check->tables[table];
    bool is_same = !check->is_told[table] && statement_next(rows, err);

    for (size_t i = 0; is_same && i < count; i++) {
        is_same = cell_is(rows, (int)i, &cells[i]);
    }
    if (!is_same) {
        tell(check, table);
    }
    return err->kind == ERR_NONE;
}

static void begin_tables(struct collected_check *check, enum derived_table first,
                         enum derived_table last, int64_t key)
{
    for (int i = (int)first; i <= (int)last; i++) {
        statement_begin(&check->tables[i]);
        statement_int(&check->tables[i], key);
        check->is_told[i] = false;
    }
}

/* Rows that nothing made. */
static void end_tables(struct collected_check *check, enum derived_table first,
                       enum derived_table last, struct err *err)
{
    for (int i = (int)first; i <= (int)last; i++) {
        if (err->kind == ERR_NONE && !check->is_told[i] && statement_next(&check->tables[i], err)) {
            tell(check, (enum derived_table)i);
        }
        statement_begin(&check->tables[i]);
    }
}

/* The columns of the query: snapshot or collection, account, whether our version made it. */
static void check_account(struct collected_check *check, const struct statement *row)
{
    const struct derived_sink sink = {compare_row, check};
    struct inventory inventory = {0};
    struct answer *answers = NULL;
    size_t count = 0;
    char what[128], account[16];
    struct err err = {0};

    arena_reset(&check->arena);
    (void)snprintf(account, sizeof account, "%012" PRIu64, (uint64_t)column_int(row, 1));
    (void)snprintf(what, sizeof what, "snapshot %" PRId64 " of account %s", column_int(row, 0),
                   account);
    check->what = what;
    if (answers_read_account(check->reader, column_int(row, 0), &check->arena, &answers, &count,
                             &err) &&
        column_int(row, 2) == 1) {
        begin_tables(check, DERIVED_ENTITIES, DERIVED_GAPS, column_int(row, 0));
        if (inventory_read(&check->arena, str_from(account), answers, count, &inventory, &err) &&
            derived_inventory(&check->arena, column_int(row, 0), &inventory, &sink, &err)) {
            end_tables(check, DERIVED_ENTITIES, DERIVED_GAPS, &err);
        }
    }
    verify_complain_err(check->sink, check->result, what, &err);
}

static void check_organization(struct collected_check *check, const struct statement *row)
{
    const struct derived_sink sink = {compare_row, check};
    struct organization organization = {0};
    struct answer *answers = NULL;
    size_t count = 0;
    char what[128];
    struct err err = {0};

    arena_reset(&check->arena);
    (void)snprintf(what, sizeof what, "the organization of collection %" PRId64,
                   column_int(row, 0));
    check->what = what;
    if (answers_read_organization(check->reader, column_int(row, 0), &check->arena, &answers,
                                  &count, &err) &&
        column_int(row, 2) == 1) {
        begin_tables(check, DERIVED_ORGANIZATIONS, DERIVED_ADMINISTRATORS, column_int(row, 0));
        if (count == 0 ||
            (organization_read(&check->arena, answers, count, &organization, &err) &&
             derived_organization(&check->arena, column_int(row, 0), &organization, &sink, &err))) {
            end_tables(check, DERIVED_ORGANIZATIONS, DERIVED_ADMINISTRATORS, &err);
        }
    }
    verify_complain_err(check->sink, check->result, what, &err);
}

static void check_each(struct collected_check *check, const char *sql,
                       void (*one)(struct collected_check *check, const struct statement *row))
{
    struct statement each = {0};
    struct err err = {0};

    if (statement_prepare(&each, check->store, STR(""), sql, &err)) {
        statement_text(&each, STR("keywarden " KEYWARDEN_VERSION));
        while (statement_next(&each, &err)) {
            one(check, &each);
        }
    }
    statement_release(&each);
    verify_complain_err(check->sink, check->result, "the tables of collections", &err);
}

void verify_collected(struct store *store, const struct verify_sink *sink,
                      struct verify_result *result)
{
    struct collected_check check = {.store = store, .sink = sink, .result = result};
    struct err err = {0};
    bool ok = answers_open(&check.reader, store, &err);

    arena_init(&check.arena, ARENA_SIZE_MAX);
    for (size_t i = 0; ok && i < DERIVED_TABLE_COUNT; i++) {
        ok = statement_prepare(&check.tables[i], store, STR(""), derived_sql[i].select, &err);
    }
    if (ok) {
        check_each(&check,
                   "SELECT s.id, s.account, i.program = ? FROM snapshots AS s"
                   " JOIN collections AS c ON c.id = s.import JOIN imports AS i ON i.id = c.id",
                   check_account);
        check_each(&check,
                   "SELECT c.id, 0, i.program = ? FROM collections AS c"
                   " JOIN imports AS i ON i.id = c.id",
                   check_organization);
    }
    verify_complain_err(sink, result, "the tables of collections", &err);
    for (size_t i = 0; i < DERIVED_TABLE_COUNT; i++) {
        statement_release(&check.tables[i]);
    }
    answers_close(check.reader);
    arena_release(&check.arena);
}
