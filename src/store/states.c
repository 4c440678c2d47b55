#include "store/states.h"

#include <string.h>

#include "codec/csv.h"
#include "codec/utf8.h"
#include "model/user_batch.h"
#include "source/report_decode.h"
#include "source/report_reader.h"
#include "source/row_reader.h"

struct states_reader {
    struct report_reader report;
    struct row_reader rows;
    struct report_decoder decoder;
    struct user_batch batch;
    char *chunk;
    uint64_t lines; /* of the report before the chunk at hand */
    struct arena *arena;
    struct report_states *out;
    struct err *err;
};

static const uint32_t all_columns = (1U << COLUMN_COUNT) - 1;

struct states_reader *states_reader_new(void)
{
    struct states_reader *reader = mem_alloc(sizeof *reader);
    enum simd_level level = simd_level_detect();

    report_reader_init(&reader->report);
    row_reader_init(&reader->rows, level);
    report_decoder_init(&reader->decoder, level);
    user_batch_init(&reader->batch, all_columns);
    reader->chunk = mem_alloc(2 * REPORT_CHUNK_SIZE + CSV_PADDING + 1);
    return reader;
}

void states_reader_free(struct states_reader *reader)
{
    if (reader != NULL) {
        report_reader_release(&reader->report);
        row_reader_release(&reader->rows);
        user_batch_release(&reader->batch);
        mem_free(reader->chunk);
        mem_free(reader);
    }
}

/* ---- values --------------------------------------------------------------------------------- */

int64_t state_time_encode(int64_t time)
{
    if (time >= TIME_FIRST) {
        return time > 0 ? time : STATE_UNREADABLE;
    }
    return time == TIME_NONE            ? STATE_NONE
           : time == TIME_NEVER         ? STATE_NO_INFORMATION
           : time == TIME_NOT_SUPPORTED ? STATE_NOT_SUPPORTED
           : time == TIME_MISSING       ? STATE_MISSING
                                        : STATE_UNREADABLE;
}

static bool is_clean(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] - 1U >= 0x7f) {
            return false;
        }
    }
    return true;
}

bool state_text_clean(struct arena *arena, struct str text, struct str *out)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    size_t n = 0;
    char *to = NULL;

    if (is_clean(text)) {
        return arena_str(arena, text, out);
    }
    to = arena_array(arena, text.n + 1, 3);
    if (to == NULL) {
        return false;
    }
    while (text.n > 0) {
        uint32_t code_point = 0;
        size_t length = utf8_next(text, &code_point);
        bool is_good = code_point != UTF8_INVALID && code_point != 0;
        memcpy(to + n, is_good ? text.p : replacement, is_good ? length : 3);
        n += is_good ? length : 3;
        text = str_sub(text, length, text.n);
    }
    *out = (struct str){to, n};
    return true;
}

static bool text_value(struct arena *arena, struct str cell, struct state_value *out)
{
    struct str text = {0};

    *out = (struct state_value){.number = STATE_NONE};
    if (str_eq(cell, STR("N/A"))) {
        return true;
    }
    if (str_eq(cell, STR("no_information")) || str_eq(cell, STR("not_supported"))) {
        out->number = cell.p[2] == '_' ? STATE_NO_INFORMATION : STATE_NOT_SUPPORTED;
        return true;
    }
    if (!state_text_clean(arena, cell, &text)) {
        return false;
    }
    *out = (struct state_value){text.p, (int64_t)text.n};
    return true;
}

static int64_t flag_value(const struct user_batch *batch, size_t row, enum report_column column)
{
    const struct flag_bits *bits = batch->flags[column];

    if (bits->is_true[row / 64] >> (row % 64) & 1) {
        return 1;
    }
    if (bits->is_false[row / 64] >> (row % 64) & 1) {
        return 0;
    }
    if (bits->is_na[row / 64] >> (row % 64) & 1) {
        return STATE_NONE;
    }
    if (bits->is_not_supported[row / 64] >> (row % 64) & 1) {
        return STATE_NOT_SUPPORTED;
    }
    return report_flag_of(user_batch_cell(batch, row, column)) == FLAG_NO_INFORMATION
               ? STATE_FLAG_NO_INFORMATION
               : STATE_UNREADABLE;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void note_problem(struct states_reader *reader, uint32_t line, const char *what)
{
    struct report_states *out = reader->out;

    if (out->first_problem.kind == ERR_NONE) {
        (void)err_set(&out->first_problem, ERR_INPUT, "%s", what);
        out->first_problem.line = (uint32_t)(reader->lines + line + 1);
    }
}

static void bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    struct states_reader *reader = shared;

    (void)found;
    (void)expected;
    reader->out->bad_rows++;
    note_problem(reader, line, "this row has another number of cells than the header");
}

static bool row_value(struct states_reader *reader, size_t row, enum report_column column,
                      struct state_value *out)
{
    const struct user_batch *batch = &reader->batch;

    *out = (struct state_value){0};
    if (batch->positions[column] < 0) {
        out->number = STATE_MISSING;
        return true;
    }
    if (batch->times[column] == NULL && batch->flags[column] == NULL) {
        return text_value(reader->arena, user_batch_cell(batch, row, column), out);
    }
    out->number = batch->times[column] != NULL ? state_time_encode(batch->times[column][row])
                                               : flag_value(batch, row, column);
    if (out->number == STATE_UNREADABLE) {
        reader->out->bad_cells++;
        note_problem(reader, reader->rows.table.lines[batch->first + row],
                     "a cell of this row is neither a value nor a word of the format");
    }
    return true;
}

/* Whether it is the ARN that follows from account and name. */
static bool is_usual(struct str arn, struct str account, struct str name, bool is_root)
{
    struct str rest = arn;

    if (!str_starts(rest, STR("arn:aws:iam::")) || account.n != 12) {
        return false;
    }
    rest = str_sub(rest, 13, rest.n);
    if (!str_starts(rest, account) || rest.n == 12 || rest.p[12] != ':') {
        return false;
    }
    rest = str_sub(rest, 13, rest.n);
    return is_root ? str_eq(rest, STR("root"))
                   : str_starts(rest, STR("user/")) && str_eq(str_sub(rest, 5, rest.n), name);
}

/* Cleaned names may become equal to what they were not: only a name that stayed as it was follows
 * from its ARN. */
static bool fill_name(struct states_reader *reader, size_t row, struct user_row *out)
{
    const struct user_batch *batch = &reader->batch;
    struct row_principal who = user_batch_principal(batch, row, reader->report.account);

    out->is_root = str_eq(who.user, STR("<root_account>"));
    out->has_arn = !is_usual(who.arn, who.account, who.user, out->is_root) || !is_clean(who.user);
    if (!str_eq(who.account, reader->report.account)) {
        (void)err_set(reader->err, ERR_INPUT, "this report has rows of accounts %.*s and %.*s",
                      STR_ARG(reader->report.account), STR_ARG(str_sub(who.account, 0, 12)));
        err_hint(reader->err, "a store keeps a report for each account: split it");
        reader->err->line =
            (uint32_t)(reader->lines + reader->rows.table.lines[batch->first + row] + 1);
        return false;
    }
    return state_text_clean(reader->arena, who.user, &out->name) &&
           (!out->has_arn || state_text_clean(reader->arena, who.arn, &out->arn));
}

static struct user_row *new_row(struct states_reader *reader)
{
    struct report_states *out = reader->out;

    if (out->row_count == out->row_capacity) {
        size_t capacity = out->row_capacity == 0 ? 32 : out->row_capacity * 2;
        struct user_row *rows = arena_array(reader->arena, capacity, sizeof *rows);
        if (rows == NULL) {
            return NULL;
        }
        if (out->row_count > 0) {
            memcpy(rows, out->rows, out->row_count * sizeof *rows);
        }
        out->rows = rows;
        out->row_capacity = capacity;
    }
    return &out->rows[out->row_count++];
}

static bool read_row(struct states_reader *reader, size_t row)
{
    struct user_row *out = new_row(reader);
    struct state_value created;
    bool ok = out != NULL && fill_name(reader, row, out) &&
              row_value(reader, row, COLUMN_CREATED, &created);

    if (ok) {
        out->created = created.number == STATE_NONE ? STATE_CREATED_NONE : created.number;
    }
    for (int i = 0; ok && i < STATE_COLUMNS; i++) {
        ok = row_value(reader, row, (enum report_column)(STATE_COLUMN_FIRST + i), &out->values[i]);
    }
    return ok || err_set(reader->err, ERR_INPUT, "this report is too large");
}

static bool read_chunk(struct states_reader *reader, struct report_chunk *chunk)
{
    struct user_batch *batch = &reader->batch;
    uint32_t unreadable = 0;

    reader->out->bad_rows += chunk->error_count;
    for (size_t i = 0; i < chunk->error_count; i++) {
        note_problem(reader, chunk->errors[i].line - 1, chunk->errors[i].text);
    }
    reader->lines += chunk->lines_dropped;
    row_reader_begin(&reader->rows, &reader->report.header, chunk->text, chunk->n);
    while (row_reader_next(&reader->rows, bad_row, reader)) {
        batch->table = &reader->rows.table;
        batch->positions = reader->report.header.positions;
        for (batch->first = 0; batch->first < batch->table->rows; batch->first += batch->rows) {
            size_t left = batch->table->rows - batch->first;
            batch->rows = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
            report_decode(&reader->decoder, batch, all_columns, &unreadable);
            for (size_t row = 0; row < batch->rows; row++) {
                if (!read_row(reader, row)) {
                    return false;
                }
            }
        }
    }
    reader->lines += reader->rows.line;
    return true;
}

bool states_read(struct states_reader *reader, struct str bytes, struct str name,
                 struct arena *arena, struct report_states *out, struct err *err)
{
    struct report_chunk chunk = {0};
    bool is_last = false, ok = true;

    *out = (struct report_states){0};
    reader->arena = arena;
    reader->out = out;
    reader->err = err;
    if (report_reader_open_bytes(&reader->report, bytes, name, err) != REPORT_OPEN_OK) {
        return false;
    }
    reader->lines = reader->report.header_lines;
    if (!str_to_u64(reader->report.account, &out->account)) {
        report_reader_close(&reader->report);
        (void)err_set(err, ERR_INPUT, "it cannot be told which account this report is of");
        err_hint(err, "put the 12 digits of the account into the file's name");
        return false;
    }
    while (ok && !is_last) {
        chunk = (struct report_chunk){.text = reader->chunk};
        ok = !report_reader_next(&reader->report, &chunk, &is_last) || read_chunk(reader, &chunk);
    }
    if (ok && reader->report.failure.kind != ERR_NONE) {
        *err = reader->report.failure;
        ok = false;
    }
    report_reader_close(&reader->report);
    return ok;
}
