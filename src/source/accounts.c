#include "source/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "codec/csv_rows.h"

enum { ACCOUNT_SIZE = 12, NAMES_SIZE_MAX = 256 << 20, SLOTS_FIRST = 64 };

enum field { FIELD_ACCOUNT, FIELD_ORGANIZATION, FIELD_UNIT, FIELD_STANDALONE, FIELD_COUNTS };
enum { FIELD_COUNT = FIELD_COUNTS + ACCOUNT_COUNTS };

static const struct str field_names[FIELD_COUNT] = {
    STR_LIT("account"),    STR_LIT("organization"), STR_LIT("unit"),
    STR_LIT("standalone"), STR_LIT("iam_users"),    STR_LIT("rds"),
    STR_LIT("s3"),         STR_LIT("ec2"),          STR_LIT("cloudtrail"),
};

struct reader {
    struct accounts *accounts;
    struct str file;
    struct csv_rows rows;
    size_t column_count;
    size_t positions[FIELD_COUNT]; /* CSV_CELLS_MAX: no such column */
};

void accounts_release(struct accounts *accounts)
{
    buf_release(&accounts->text);
    mem_free(accounts->records);
    mem_free(accounts->names);
    mem_free(accounts->name_slots);
    arena_release(&accounts->arena);
    *accounts = (struct accounts){0};
}

/* ---- names ---------------------------------------------------------------------------------- */

/* The slot that holds the name, or the empty one where it belongs. The file is the user's own: a
 * hash without a secret does. */
static uint32_t *name_slot(const struct accounts *accounts, struct str name)
{
    size_t mask = accounts->slot_count - 1;
    size_t slot = (size_t)hash_bytes(0, name) & mask;

    while (accounts->name_slots[slot] != 0 &&
           !str_eq(accounts->names[accounts->name_slots[slot]], name)) {
        slot = (slot + 1) & mask;
    }
    return &accounts->name_slots[slot];
}

static void grow_slots(struct accounts *accounts)
{
    mem_free(accounts->name_slots);
    accounts->slot_count = accounts->slot_count == 0 ? SLOTS_FIRST : accounts->slot_count * 2;
    accounts->name_slots = mem_array(accounts->slot_count, sizeof *accounts->name_slots);
    for (size_t i = 1; i < accounts->name_count; i++) {
        *name_slot(accounts, accounts->names[i]) = (uint32_t)i;
    }
}

/* Number of the name among all names, new or not; 0 is the empty one. */
static bool name_intern(struct accounts *accounts, struct str name, uint32_t *out, struct err *err)
{
    struct str kept = {0};
    uint32_t *slot = NULL;

    if (accounts->name_count * 2 >= accounts->slot_count) {
        grow_slots(accounts);
    }
    slot = name.n == 0 ? NULL : name_slot(accounts, name);
    if (slot == NULL || *slot != 0) {
        *out = slot == NULL ? 0 : *slot;
        return true;
    }
    if (!arena_str(&accounts->arena, name, &kept)) {
        return err_set(err, ERR_INPUT, "the names of organizations and units are too long");
    }
    if (accounts->name_count == accounts->name_capacity) {
        accounts->name_capacity *= 2;
        accounts->names =
            mem_resize(accounts->names, accounts->name_capacity * sizeof *accounts->names);
    }
    *slot = *out = (uint32_t)accounts->name_count;
    accounts->names[accounts->name_count++] = kept;
    return true;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The field's cell; empty where the file has no such column. */
static struct str field_at(const struct reader *reader, unsigned field)
{
    return csv_rows_cell(&reader->rows, reader->positions[field]);
}

/* Places an error at the cell, where that is still where it stood. */
static bool place(const struct reader *reader, size_t cell, struct err *err)
{
    err_place(err, reader->file, reader->rows.line, csv_rows_col(&reader->rows, cell));
    return false;
}

static bool read_header(struct reader *reader, struct err *err)
{
    bool has_row = csv_rows_next(&reader->rows);

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        reader->positions[i] = CSV_CELLS_MAX;
    }
    if (has_row && reader->rows.cell_count > CSV_CELLS_MAX) {
        (void)err_set(err, ERR_INPUT, "more than %d columns", CSV_CELLS_MAX);
        return place(reader, 0, err);
    }
    reader->column_count = has_row ? reader->rows.cell_count : 0;
    for (size_t i = 0; i < reader->column_count; i++) {
        for (size_t field = 0; field < FIELD_COUNT; field++) {
            if (!str_eq(csv_rows_cell(&reader->rows, i), field_names[field])) {
                continue;
            }
            if (reader->positions[field] < CSV_CELLS_MAX) {
                (void)err_set(err, ERR_INPUT, "two columns are called '%.*s'",
                              STR_ARG(field_names[field]));
                return place(reader, i, err);
            }
            reader->positions[field] = i;
        }
    }
    if (reader->positions[FIELD_ACCOUNT] == CSV_CELLS_MAX) {
        (void)err_set(err, ERR_INPUT, "there is no column 'account'");
        err_hint(err, "the first line must name the columns: "
                      "account,organization,iam_users,rds,s3,ec2,cloudtrail");
        err_place(err, reader->file, 1, 0);
        return false;
    }
    return true;
}

static bool read_account(struct str text, uint64_t *number)
{
    return text.n == ACCOUNT_SIZE && str_to_u64(text, number);
}

/* Known counts add up to at least the sum; only where all are known is it the sum. */
static bool read_counts(const struct reader *reader, struct account_record *record, struct err *err)
{
    uint64_t sum = 0;
    bool is_whole = true;

    for (unsigned i = FIELD_COUNTS; i < FIELD_COUNT; i++) {
        struct str cell = str_trim(field_at(reader, i));
        uint64_t count = 0;
        if (cell.n == 0) {
            is_whole = false;
            record->counts[i - FIELD_COUNTS] = ACCOUNT_COUNT_UNKNOWN;
            continue;
        }
        if (!str_to_u64(cell, &count)) {
            (void)err_set(err, ERR_INPUT, "%.*s is '%.*s', which is no count",
                          STR_ARG(field_names[i]), STR_ARG(str_sub(cell, 0, 40)));
            err_hint(err, "leave it empty where it is not known");
            return place(reader, reader->positions[i], err);
        }
        count = count < ACCOUNT_COUNT_UNKNOWN ? count : ACCOUNT_COUNT_UNKNOWN - 1;
        record->counts[i - FIELD_COUNTS] = (uint32_t)count;
        sum += count;
    }
    record->asset_class = (uint8_t)asset_class_of(sum, is_whole);
    return true;
}

static bool read_standing(const struct reader *reader, struct account_record *record,
                          struct err *err)
{
    struct str cell = str_trim(field_at(reader, FIELD_STANDALONE));

    if (cell.n == 0) {
        record->standing = ACCOUNT_STANDING_UNKNOWN;
        return true;
    }
    if (str_eq_nocase(cell, STR("true"))) {
        record->standing = ACCOUNT_STANDALONE;
        return true;
    }
    if (str_eq_nocase(cell, STR("false"))) {
        record->standing = ACCOUNT_MEMBER;
        return true;
    }
    (void)err_set(err, ERR_INPUT, "standalone is '%.*s', which is neither true nor false",
                  STR_ARG(str_sub(cell, 0, 40)));
    err_hint(err, "leave it empty where it is not known");
    return place(reader, reader->positions[FIELD_STANDALONE], err);
}

static bool read_names(const struct reader *reader, struct account_record *record, struct err *err)
{
    if (name_intern(reader->accounts, str_trim(field_at(reader, FIELD_ORGANIZATION)),
                    &record->organization, err) &&
        name_intern(reader->accounts, str_trim(field_at(reader, FIELD_UNIT)), &record->unit, err)) {
        return true;
    }
    return place(reader, 0, err);
}

static bool read_row(struct reader *reader, struct err *err)
{
    struct accounts *accounts = reader->accounts;
    struct account_record record = {.line = (uint32_t)reader->rows.line};

    if (reader->rows.cell_count != reader->column_count) {
        (void)err_set(err, ERR_INPUT, "this row has %zu cell%s where the header has %zu",
                      reader->rows.cell_count, reader->rows.cell_count == 1 ? "" : "s",
                      reader->column_count);
        return place(reader, 0, err);
    }
    struct str account = str_trim(field_at(reader, FIELD_ACCOUNT));
    if (!read_account(account, &record.number)) {
        (void)err_set(err, ERR_INPUT, "'%.*s' is no account of 12 digits",
                      STR_ARG(str_sub(account, 0, 40)));
        err_hint(err, "spreadsheets take leading zeros away");
        return place(reader, reader->positions[FIELD_ACCOUNT], err);
    }
    if (!read_counts(reader, &record, err) || !read_standing(reader, &record, err) ||
        !read_names(reader, &record, err)) {
        return false;
    }
    if (accounts->count == accounts->capacity) {
        accounts->capacity = accounts->capacity == 0 ? 64 : accounts->capacity * 2;
        accounts->records =
            mem_resize(accounts->records, accounts->capacity * sizeof *accounts->records);
    }
    accounts->records[accounts->count++] = record;
    return true;
}

static int record_compare(const void *a, const void *b)
{
    const struct account_record *x = a, *y = b;
    int order = (x->number > y->number) - (x->number < y->number);

    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* Of the accounts that come twice, the one whose second line comes first is the error. */
static bool check_unique(const struct accounts *accounts, struct str file, struct err *err)
{
    const struct account_record *second = NULL;

    for (size_t i = 1; i < accounts->count; i++) {
        const struct account_record *record = &accounts->records[i];
        if (record[-1].number == record->number &&
            (second == NULL || record->line < second->line)) {
            second = record;
        }
    }
    if (second == NULL) {
        return true;
    }
    (void)err_set(err, ERR_INPUT, "account %012llu comes twice",
                  (unsigned long long)second->number);
    err_place(err, file, second->line, 0);
    return false;
}

/* Sorting takes as much memory again: what is in order already, as most lists are, is left
 * alone. */
static void sort_records(struct accounts *accounts)
{
    for (size_t i = 1; i < accounts->count; i++) {
        if (accounts->records[i - 1].number > accounts->records[i].number) {
            qsort(accounts->records, accounts->count, sizeof *accounts->records, record_compare);
            return;
        }
    }
}

bool accounts_read(struct accounts *accounts, struct str file, struct buf *text, struct err *err)
{
    struct reader reader = {.accounts = accounts, .file = file};
    bool ok = true;

    *accounts = (struct accounts){.text = *text, .name_count = 1, .name_capacity = 16};
    *text = (struct buf){0}; /* moved */
    arena_init(&accounts->arena, NAMES_SIZE_MAX);
    accounts->names = mem_array(accounts->name_capacity, sizeof *accounts->names);
    accounts->names[0] = STR("");
    csv_rows_init(&reader.rows, accounts->text.p, accounts->text.n);
    ok = read_header(&reader, err);
    while (ok && csv_rows_next(&reader.rows)) {
        ok = read_row(&reader, err);
    }
    buf_release(&accounts->text);
    sort_records(accounts);
    return ok && check_unique(accounts, file, err);
}

const struct account_record *accounts_find_number(const struct accounts *accounts, uint64_t number)
{
    size_t low = 0, high = accounts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (accounts->records[middle].number == number) {
            return &accounts->records[middle];
        }
        if (accounts->records[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct account_record *accounts_find(const struct accounts *accounts, struct str account)
{
    uint64_t number = 0;

    return read_account(account, &number) ? accounts_find_number(accounts, number) : NULL;
}
