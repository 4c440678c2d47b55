#include "collect/report_users.h"

#include <string.h>

#include "codec/csv_rows.h"

enum column { USER, MFA, KEY_1, KEY_2, MORE, COLUMN_COUNT };

static const struct str names[COLUMN_COUNT] = {
    STR_LIT("user"), STR_LIT("mfa_active"), STR_LIT("access_key_1_active"),
    STR_LIT("access_key_2_active"), STR_LIT("additional_credentials_info")};

struct reader {
    struct csv_rows rows;
    size_t positions[COLUMN_COUNT]; /* CSV_CELLS_MAX: not there */
};

static struct str cell(const struct reader *reader, enum column column)
{
    return csv_rows_cell(&reader->rows, reader->positions[column]);
}

static bool is_true(struct str text)
{
    return str_eq_nocase(text, STR("true"));
}

/* The words of reports that stand for nothing. */
static bool is_said(struct str text)
{
    return text.n > 0 && !str_eq_nocase(text, STR("N/A")) && !str_eq(text, STR("no_information")) &&
           !str_eq(text, STR("not_supported"));
}

static bool header_read(struct reader *reader, struct err *err)
{
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        reader->positions[column] = CSV_CELLS_MAX;
    }
    (void)csv_rows_next(&reader->rows);
    for (size_t i = 0; i < reader->rows.cell_count; i++) {
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            if (str_eq(str_trim(csv_rows_cell(&reader->rows, i)), names[column])) {
                reader->positions[column] = i;
            }
        }
    }
    return reader->positions[USER] < CSV_CELLS_MAX ||
           err_set(err, ERR_REMOTE, "iam GetCredentialReport: what came is no credential report");
}

bool report_users_read(struct arena *arena, struct str report, struct report_users *out,
                       struct err *err)
{
    struct reader reader;
    struct report_users users = {0};
    char *text = NULL;

    /* A copy, since quotes are taken out in place. */
    text = arena_alloc(arena, report.n + 1);
    if (text == NULL) {
        return err_set(err, ERR_REMOTE, "the credential report is too large");
    }
    if (report.n > 0) {
        memcpy(text, report.p, report.n);
    }
    csv_rows_init(&reader.rows, text, report.n);
    users.items = arena_array(arena, csv_rows_left_max(&reader.rows), sizeof *users.items);
    if (users.items == NULL) {
        return err_set(err, ERR_REMOTE, "the credential report is too large");
    }
    if (!header_read(&reader, err)) {
        return false;
    }
    while (csv_rows_next(&reader.rows)) {
        users.items[users.count++] = (struct report_user){
            .name = cell(&reader, USER),
            .is_root = str_eq(cell(&reader, USER), STR("<root_account>")),
            .has_mfa = is_true(cell(&reader, MFA)),
            .has_active_key = is_true(cell(&reader, KEY_1)) || is_true(cell(&reader, KEY_2)),
            .has_more_keys = is_said(str_trim(cell(&reader, MORE)))};
    }
    *out = users;
    return true;
}
