#include "collect/report_users.h"

#include <string.h>

#include "codec/csv.h"

enum { CELLS_MAX = 64 };

enum column { USER, MFA, KEY_1, KEY_2, MORE, COLUMN_COUNT };

static const struct str names[COLUMN_COUNT] = {
    STR_LIT("user"), STR_LIT("mfa_active"), STR_LIT("access_key_1_active"),
    STR_LIT("access_key_2_active"), STR_LIT("additional_credentials_info")};

struct reader {
    char *text;
    size_t n, at;
    size_t begin;
    uint32_t ends[CELLS_MAX];
    size_t cell_count;
    size_t positions[COLUMN_COUNT]; /* CELLS_MAX: not there */
};

static bool next_row(struct reader *reader)
{
    reader->cell_count = 0;
    while (reader->at < reader->n && reader->cell_count == 0) {
        size_t end = csv_row_end(reader->text, reader->n, reader->at);
        end = end == 0 ? reader->n : end;
        reader->begin = reader->at;
        reader->cell_count =
            csv_row_split(reader->text, reader->begin, end, reader->ends, CELLS_MAX);
        reader->cell_count = reader->cell_count < CELLS_MAX ? reader->cell_count : CELLS_MAX;
        reader->at = end;
    }
    return reader->cell_count > 0;
}

static struct str cell_at(const struct reader *reader, size_t index)
{
    size_t from = index == 0 ? reader->begin : reader->ends[index - 1] + 1;

    return index < reader->cell_count
               ? (struct str){reader->text + from, reader->ends[index] - from}
               : STR("");
}

static struct str cell(const struct reader *reader, enum column column)
{
    return cell_at(reader, reader->positions[column]);
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
        reader->positions[column] = CELLS_MAX;
    }
    (void)next_row(reader);
    for (size_t i = 0; i < reader->cell_count; i++) {
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            if (str_eq(str_trim(cell_at(reader, i)), names[column])) {
                reader->positions[column] = i;
            }
        }
    }
    return reader->positions[USER] < CELLS_MAX ||
           err_set(err, ERR_REMOTE, "iam GetCredentialReport: what came is no credential report");
}

static size_t lines_count(struct str text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.n; i++) {
        count += text.p[i] == '\n';
    }
    return count;
}

bool report_users_read(struct arena *arena, struct str report, struct report_users *out,
                       struct err *err)
{
    struct reader reader = {.n = report.n};
    struct report_users users = {0};

    /* A copy, since quotes are taken out in place. */
    users.items = arena_array(arena, lines_count(report), sizeof *users.items);
    reader.text = arena_alloc(arena, report.n + CSV_PADDING);
    if (users.items == NULL || reader.text == NULL) {
        return err_set(err, ERR_REMOTE, "the credential report is too large");
    }
    if (report.n > 0) {
        memcpy(reader.text, report.p, report.n);
    }
    if (!header_read(&reader, err)) {
        return false;
    }
    while (next_row(&reader)) {
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
