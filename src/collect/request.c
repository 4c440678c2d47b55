#include "collect/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/csv_rows.h"
#include "codec/tree.h"
#include "render/json.h"

/* ---- In the store --------------------------------------------------------------------------- */

static void text_write(struct json_writer *json, const char *key, struct str text)
{
    if (text.n > 0) {
        json_member_text(json, str_from(key), text);
    }
}

static void account_write(struct json_writer *json, const struct collect_account *account)
{
    char id[16];

    (void)snprintf(id, sizeof id, "%012" PRIu64, account->number);
    json_open(json, '{');
    text_write(json, "account", str_from(id));
    text_write(json, "role", account->entry.role);
    text_write(json, "external_id", account->entry.external_id);
    text_write(json, "name", account->name);
    text_write(json, "unit", account->unit);
    json_close(json, '}');
}

void request_write(const struct collect_request *request, struct buf *out)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_key(&json, STR("org"));
    json_bool(&json, request->is_organization);
    json_member_u64(&json, STR("parts"), request->parts);
    if (request->has_now) {
        json_key(&json, STR("now"));
        json_i64(&json, request->now);
    }
    text_write(&json, "role", request->entry.role);
    text_write(&json, "external_id", request->entry.external_id);
    text_write(&json, "session_name", request->session_name);
    text_write(&json, "profile", request->profile);
    text_write(&json, "region", request->region);
    text_write(&json, "endpoint_url", request->endpoint_url);
    json_key(&json, STR("accounts"));
    json_open(&json, '[');
    for (size_t i = 0; i < request->account_count; i++) {
        account_write(&json, &request->accounts[i]);
    }
    json_close(&json, ']');
    json_close(&json, '}');
}

static size_t children_count(const struct tree *node)
{
    size_t count = 0;

    for (; node != NULL; node = node->next) {
        count++;
    }
    return count;
}

static bool accounts_from(struct arena *arena, const struct tree *first,
                          struct collect_request *request)
{
    request->accounts = arena_array(arena, children_count(first), sizeof *request->accounts);
    if (request->accounts == NULL) {
        return false;
    }
    for (const struct tree *node = first; node != NULL; node = node->next) {
        struct collect_account *account = &request->accounts[request->account_count++];
        *account = (struct collect_account){
            .name = tree_text(node, "name"),
            .unit = tree_text(node, "unit"),
            .entry = {tree_text(node, "role"), tree_text(node, "external_id")}};
        if (!account_number_read(tree_text(node, "account"), &account->number)) {
            return false;
        }
    }
    return true;
}

bool request_read(struct arena *arena, struct str text, struct collect_request *out,
                  struct err *err)
{
    struct collect_request request = {0};
    const struct tree *root = NULL;
    struct err why = {0};
    uint64_t parts = 0;
    struct str now;

    if (!tree_read_json(arena, text, &root, &why) ||
        !str_to_u64(tree_text(root, "parts"), &parts) || parts > UINT32_MAX) {
        return err_set(err, ERR_STORE, "the run's arguments cannot be read");
    }
    now = tree_text(root, "now");
    request.parts = (unsigned)parts;
    request.is_organization = str_eq(tree_text(root, "org"), STR("true"));
    request.has_now = now.n > 0;
    request.entry = (struct collect_entry){tree_text(root, "role"), tree_text(root, "external_id")};
    request.session_name = tree_text(root, "session_name");
    request.profile = tree_text(root, "profile");
    request.region = tree_text(root, "region");
    request.endpoint_url = tree_text(root, "endpoint_url");
    if ((request.has_now && !str_to_i64(now, &request.now)) ||
        !accounts_from(arena, tree_first(root, "accounts"), &request)) {
        return err_set(err, ERR_STORE, "the run's arguments cannot be read");
    }
    *out = request;
    return true;
}

/* ---- The list of accounts ------------------------------------------------------------------- */

enum column { ACCOUNT, ROLE, EXTERNAL_ID, NAME, UNIT, COLUMN_COUNT };

static const struct str column_names[COLUMN_COUNT] = {
    STR_LIT("account"), STR_LIT("role"), STR_LIT("external_id"), STR_LIT("name"), STR_LIT("unit")};

struct reader {
    struct csv_rows rows;
    size_t positions[COLUMN_COUNT]; /* CSV_CELLS_MAX: not there */
};

static struct str cell(const struct reader *reader, size_t index)
{
    return str_trim(csv_rows_cell(&reader->rows, index));
}

/* The next row that says something. */
static bool next_row(struct reader *reader)
{
    while (csv_rows_next(&reader->rows)) {
        struct str first = cell(reader, 0);
        if (first.n > 0 && first.p[0] != '#') {
            return true;
        }
    }
    return false;
}

/* Whether the row is a header; then it says where columns are, else they are in our order. */
static bool header_take(struct reader *reader)
{
    bool is_header = false;

    for (size_t i = 0; i < reader->rows.cell_count; i++) {
        is_header |= str_eq_nocase(cell(reader, i), column_names[ACCOUNT]);
    }
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        reader->positions[column] = is_header || column > EXTERNAL_ID ? CSV_CELLS_MAX : column;
        for (size_t i = 0; is_header && i < reader->rows.cell_count; i++) {
            if (str_eq_nocase(cell(reader, i), column_names[column])) {
                reader->positions[column] = i;
            }
        }
    }
    return is_header;
}

static bool row_read(const struct reader *reader, struct arena *arena,
                     struct collect_account *account, struct err *err)
{
    struct str texts[COLUMN_COUNT];
    bool ok = true;

    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        ok = ok && arena_str(arena, cell(reader, reader->positions[column]), &texts[column]);
    }
    if (!ok) {
        return err_set(err, ERR_INPUT, "the list of accounts is too large");
    }
    *account = (struct collect_account){
        .name = texts[NAME], .unit = texts[UNIT], .entry = {texts[ROLE], texts[EXTERNAL_ID]}};
    return account_number_read(texts[ACCOUNT], &account->number) ||
           err_set(err, ERR_INPUT, "'%.*s' is no account: 12 digits",
                   (int)(texts[ACCOUNT].n < 60 ? texts[ACCOUNT].n : 60), texts[ACCOUNT].p);
}

static int account_compare(const void *a, const void *b)
{
    const struct collect_account *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static bool accounts_sort(struct collect_request *request, struct err *err)
{
    if (request->account_count == 0) {
        return err_set(err, ERR_INPUT, "no account is listed");
    }
    qsort(request->accounts, request->account_count, sizeof *request->accounts, account_compare);
    for (size_t i = 1; i < request->account_count; i++) {
        if (request->accounts[i].number == request->accounts[i - 1].number) {
            return err_set(err, ERR_INPUT, "account %012" PRIu64 " is listed twice",
                           request->accounts[i].number);
        }
    }
    return true;
}

bool request_read_accounts(struct arena *arena, struct str file, struct buf *text,
                           struct collect_request *out, struct err *err)
{
    struct reader reader = {0};
    bool ok = true;

    csv_rows_init(&reader.rows, text->p, text->n);
    out->account_count = 0;
    out->accounts = arena_array(arena, csv_rows_left_max(&reader.rows), sizeof *out->accounts);
    if (out->accounts == NULL) {
        return err_set(err, ERR_INPUT, "the list of accounts is too large");
    }
    if (next_row(&reader) && !header_take(&reader)) {
        ok = row_read(&reader, arena, &out->accounts[out->account_count++], err);
    }
    while (ok && next_row(&reader)) {
        ok = row_read(&reader, arena, &out->accounts[out->account_count++], err);
    }
    if (!ok) {
        err_place(err, file, reader.rows.line, 0);
        return false;
    }
    if (!accounts_sort(out, err)) {
        err_place(err, file, 0, 0);
        return false;
    }
    return true;
}

struct collect_entry request_entry(const struct collect_request *request, uint64_t account,
                                   uint64_t caller)
{
    const struct collect_account wanted = {.number = account};
    const struct collect_account *found = NULL;
    struct collect_entry entry = request->entry;
    bool is_alone = !request->is_organization && request->account_count == 0;

    if (request->account_count > 0) {
        found = bsearch(&wanted, request->accounts, request->account_count,
                        sizeof *request->accounts, account_compare);
    }
    if (account == caller && !is_alone) {
        entry.role = STR("");
    } else if (account != caller && entry.role.n == 0) {
        entry.role = STR(COLLECT_ROLE_DEFAULT);
    }
    if (found != NULL && found->entry.role.n > 0) {
        entry.role = found->entry.role;
    }
    if (found != NULL && found->entry.external_id.n > 0) {
        entry.external_id = found->entry.external_id;
    }
    return entry;
}
