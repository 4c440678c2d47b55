#include "source/report_reader.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "codec/base64.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "model/user_batch.h"

void report_reader_init(struct report_reader *reader)
{
    *reader = (struct report_reader){0};
    row_cutter_init(&reader->cutter);
    reader->gzip = gzip_new(simd_level_detect());
    buf_init(&reader->memory, REPORT_JSON_SIZE_MAX);
}

void report_reader_close(struct report_reader *reader)
{
    file_in_close(&reader->file);
}

void report_reader_release(struct report_reader *reader)
{
    report_reader_close(reader);
    row_cutter_release(&reader->cutter);
    gzip_free(reader->gzip);
    buf_release(&reader->memory);
    report_header_release(&reader->header);
    *reader = (struct report_reader){0};
}

static size_t take_bytes(struct str bytes, size_t *at, void *to, size_t size)
{
    size_t left = bytes.n - *at;
    size_t n = left < size ? left : size;

    if (n > 0) {
        memcpy(to, bytes.p + *at, n);
    }
    *at += n;
    return n;
}

/* The next bytes as they came, from the file or from memory. */
static bool read_raw(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    struct report_reader *reader = context;

    if (reader->file.is_open) {
        return file_in_read(&reader->file, to, size, got, err);
    }
    *got = take_bytes(reader->bytes, &reader->bytes_at, to, size);
    return true;
}

/* The next bytes of the text, inflated where it is compressed. */
static bool read_text(struct report_reader *reader, void *to, size_t size, size_t *got,
                      struct err *err)
{
    if (reader->is_memory) {
        *got = take_bytes(buf_text(&reader->memory), &reader->memory_at, to, size);
        return true;
    }
    return reader->is_gzip ? gzip_read(reader->gzip, to, size, got, err)
                           : read_raw(reader, to, size, got, err);
}

/* Reads until `size` bytes stand in `to` or the text ends; *n grows. An error keeps what came. */
static bool read_full(struct report_reader *reader, char *to, size_t size, size_t *n, bool *end,
                      struct err *err)
{
    while (*n < size) {
        size_t got = 0;
        if (!read_text(reader, to + *n, size - *n, &got, err)) {
            return false;
        }
        if (got == 0) {
            *end = true;
            return true;
        }
        *n += got;
    }
    return true;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* {"Content": "<base64>", "GeneratedTime": "...", ...} */
static bool read_json_members(struct report_reader *reader, struct str text, struct str *content,
                              struct err *err)
{
    struct json_reader json;
    struct json_token token;
    bool found = false;

    json_init(&json, text);
    if (!json_next(&json, &token, err) || token.kind != JSON_OBJECT_BEGIN) {
        return err->kind == ERR_NONE ? err_set(err, ERR_INPUT, "this JSON is no object") : false;
    }
    for (;;) {
        if (!json_next(&json, &token, err)) {
            return false;
        }
        if (token.kind == JSON_OBJECT_END) {
            break;
        }
        struct str name = token.text;
        if (!json_next(&json, &token, err)) {
            return false;
        }
        if (str_eq(name, STR("Content")) && token.kind == JSON_STRING) {
            *content = token.text;
            found = true;
        } else if (str_eq(name, STR("GeneratedTime")) && token.kind == JSON_STRING) {
            reader->has_generated_at = instant_parse(token.text, &reader->generated_at);
            if (!reader->has_generated_at) {
                (void)err_set(&reader->time_error, ERR_INPUT,
                              "GeneratedTime is '%.*s', which is no date",
                              STR_ARG(str_sub(token.text, 0, 60)));
                err_hint(&reader->time_error, "the report's age is unknown; give --as-of");
            }
        } else if (!json_skip(&json, &token, err)) {
            return false;
        }
    }
    if (!json_next(&json, &token, err)) {
        return false;
    }
    return found || err_set(err, ERR_INPUT, "this JSON has no Content");
}

/* "\/" and "\n" are the only escapes base64 can need; removing them in place keeps it small. */
static struct str unescape_base64(char *p, size_t n)
{
    size_t to = 0;

    assert(p != NULL || n == 0);
    for (size_t at = 0; at < n; at++) {
        if (p[at] != '\\' || at + 1 == n) {
            p[to++] = p[at];
            continue;
        }
        at++;
        if (p[at] == '/') {
            p[to++] = '/';
        } else if (p[at] != 'n' && p[at] != 'r') {
            p[to++] = '\\'; /* no base64: the decoder will say so */
        }
    }
    return (struct str){p, to};
}

static enum report_open open_json(struct report_reader *reader, struct err *err)
{
    struct str content = {0};
    size_t got = 0, n = 0;
    bool end = false;

    buf_clear(&reader->memory);
    buf_bytes(&reader->memory, reader->cutter.carry, reader->cutter.carry_n);
    while (!end && !reader->memory.overflowed) {
        char *to = buf_reserve(&reader->memory, 65536);
        if (to == NULL) {
            break;
        }
        got = 0;
        if (!read_full(reader, to, 65536, &got, &end, err)) {
            return REPORT_OPEN_FAILED;
        }
        reader->memory.n += got;
    }
    if (reader->memory.overflowed) {
        (void)err_set(err, ERR_INPUT, "this JSON is larger than %d MiB",
                      REPORT_JSON_SIZE_MAX >> 20);
        err_hint(err, "decode its Content to a CSV file, which may have any size");
        return REPORT_OPEN_FAILED;
    }
    if (!read_json_members(reader, buf_text(&reader->memory), &content, err)) {
        return REPORT_OPEN_NOT_A_REPORT;
    }
    content = unescape_base64(reader->memory.p + (content.p - reader->memory.p), content.n);
    if (!base64_decode(content, reader->memory.p, &n, err)) {
        return REPORT_OPEN_FAILED;
    }
    reader->memory.n = n;
    reader->memory_at = 0;
    reader->is_memory = true;
    reader->cutter.carry_n = 0;
    return read_full(reader, reader->cutter.carry, REPORT_CHUNK_SIZE, &reader->cutter.carry_n,
                     &reader->at_end, err)
               ? REPORT_OPEN_OK
               : REPORT_OPEN_FAILED;
}

static bool keep_account(struct report_reader *reader, struct str account)
{
    if (account.n != sizeof reader->account_text) {
        return false;
    }
    memcpy(reader->account_text, account.p, account.n);
    reader->account = (struct str){reader->account_text, account.n};
    return true;
}

static bool keep_parts(struct report_reader *reader, struct arn_parts parts)
{
    if (!keep_account(reader, parts.account)) {
        return false;
    }
    if (parts.partition.n <= sizeof reader->partition_text) {
        memcpy(reader->partition_text, parts.partition.p, parts.partition.n);
        reader->partition = (struct str){reader->partition_text, parts.partition.n};
    }
    return true;
}

/* The parts of the arn of the row text[at..end), read from a copy; a row of the wrong width has
 * none. */
static struct arn_parts row_account(const struct report_reader *reader, size_t at, size_t end,
                                    char *copy, uint32_t *ends)
{
    size_t position = (size_t)reader->header.positions[COLUMN_ARN];

    memcpy(copy, reader->cutter.carry + at, end - at);
    if (csv_row_split(copy, 0, end - at, ends, REPORT_COLUMNS_MAX) != reader->header.column_count) {
        return (struct arn_parts){0};
    }
    uint32_t begin = position == 0 ? 0 : ends[position - 1] + 1;
    return arn_split((struct str){copy + begin, ends[position] - begin});
}

struct str report_account_named(struct str path)
{
    enum { ACCOUNT_DIGITS = 12 };
    size_t at = path.n;

    while (at > 0 && path.p[at - 1] != '/') {
        at--;
    }
    while (at < path.n) {
        size_t end = at;
        while (end < path.n && path.p[end] >= '0' && path.p[end] <= '9') {
            end++;
        }
        if (end - at == ACCOUNT_DIGITS) {
            return str_sub(path, at, end);
        }
        at = end == at ? at + 1 : end;
    }
    return (struct str){0};
}

/* For rows whose own arn names none: the account of the first row that has one (nearly always the
 * very first), else what the file's own name says, else none. */
static void find_account(struct report_reader *reader, struct str path)
{
    enum { ROW_SIZE_MAX = 16384 };
    char copy[ROW_SIZE_MAX];
    uint32_t ends[REPORT_COLUMNS_MAX];
    size_t end = 0;

    for (size_t at = 0; at < reader->cutter.carry_n; at = end) {
        end = csv_row_end(reader->cutter.carry, reader->cutter.carry_n, at);
        if (end == 0) {
            end = reader->cutter.carry_n;
        }
        if (end - at <= ROW_SIZE_MAX &&
            keep_parts(reader, row_account(reader, at, end, copy, ends))) {
            return;
        }
    }
    (void)keep_account(reader, report_account_named(path));
}

static enum report_open open_csv(struct report_reader *reader, struct err *err)
{
    struct str text = {reader->cutter.carry, reader->cutter.carry_n};
    size_t end = csv_row_end(text.p, text.n, 0);

    if (text.n == 0) {
        (void)err_set(err, ERR_INPUT, "the file is empty");
        return REPORT_OPEN_NOT_A_REPORT;
    }
    if (end == 0 && reader->at_end) {
        end = text.n;
    }
    if (end == 0 || !report_header_read(&reader->header, str_sub(text, 0, end), err)) {
        if (err->kind != ERR_NONE) {
            return REPORT_OPEN_FAILED; /* a report, but none that can be read */
        }
        if (accounts_header_recognise(str_sub(text, 0, end))) {
            (void)err_set(err, ERR_INPUT, "this is a fleet's list of accounts, no report");
            return REPORT_OPEN_NOT_A_REPORT;
        }
        (void)err_set(err, ERR_INPUT, "this is no credential report");
        err_hint(err, "its first line must name the columns, 'user' and 'arn' among them, or it "
                      "must be the JSON of 'aws iam get-credential-report'");
        return REPORT_OPEN_NOT_A_REPORT;
    }
    reader->header_lines = 0;
    for (size_t i = 0; i < end; i++) {
        reader->header_lines += text.p[i] == '\n';
    }
    reader->cutter.carry_n -= end;
    memmove(reader->cutter.carry, reader->cutter.carry + end, reader->cutter.carry_n);
    return REPORT_OPEN_OK;
}

/* The first window. What gave all the bytes it has is at its end: asking a regular file again would
 * cost a fleet of small reports a system call each. */
static bool read_first(struct report_reader *reader, struct err *err)
{
    struct row_cutter *cutter = &reader->cutter;

    if (!read_raw(reader, cutter->carry, REPORT_CHUNK_SIZE, &cutter->carry_n, err)) {
        return false;
    }
    reader->at_end = cutter->carry_n == 0 ||
                     (reader->file.is_regular && cutter->carry_n == reader->file.size) ||
                     (!reader->file.is_open && reader->bytes_at == reader->bytes.n);
    return reader->at_end || read_full(reader, cutter->carry, REPORT_CHUNK_SIZE, &cutter->carry_n,
                                       &reader->at_end, err);
}

static enum report_open open_text(struct report_reader *reader, struct str path, struct err *err)
{
    enum report_open opened = REPORT_OPEN_OK;
    size_t at = 0;

    if (!read_first(reader, err)) {
        return REPORT_OPEN_FAILED;
    }
    reader->text_offset = reader->cutter.carry_n;
    if (gzip_recognise((struct str){reader->cutter.carry, reader->cutter.carry_n})) {
        struct byte_source source = {read_raw, reader};
        gzip_reset(reader->gzip, source,
                   (struct str){reader->cutter.carry, reader->cutter.carry_n});
        reader->is_gzip = true;
        reader->at_end = false;
        reader->cutter.carry_n = 0;
        if (!read_full(reader, reader->cutter.carry, REPORT_CHUNK_SIZE, &reader->cutter.carry_n,
                       &reader->at_end, &reader->failure)) {
            reader->at_end = true; /* judge what came before the damage */
            if (reader->cutter.carry_n == 0) {
                *err = reader->failure;
                return REPORT_OPEN_FAILED;
            }
        }
    }
    while (at < reader->cutter.carry_n &&
           (reader->cutter.carry[at] == ' ' || reader->cutter.carry[at] == '\n' ||
            reader->cutter.carry[at] == '\r' || reader->cutter.carry[at] == '\t')) {
        at++;
    }
    if (at < reader->cutter.carry_n && reader->cutter.carry[at] == '{') {
        opened = reader->failure.kind != ERR_NONE ? REPORT_OPEN_FAILED : open_json(reader, err);
        if (reader->failure.kind != ERR_NONE) {
            *err = reader->failure;
        }
    }
    if (opened == REPORT_OPEN_OK) {
        opened = open_csv(reader, err);
    }
    if (opened == REPORT_OPEN_OK) {
        find_account(reader, path);
    } else if (reader->failure.kind != ERR_NONE) {
        *err = reader->failure;
        opened = REPORT_OPEN_FAILED;
    }
    return opened;
}

static void forget(struct report_reader *reader)
{
    report_reader_close(reader);
    reader->bytes = (struct str){0};
    reader->bytes_at = 0;
    reader->is_gzip = false;
    reader->is_memory = false;
    reader->cutter.carry_n = 0;
    reader->at_end = false;
    reader->is_done = false;
    reader->must_cut = false;
    reader->cutter.is_discarding = false;
    reader->has_generated_at = false;
    reader->time_error = (struct err){0};
    reader->account = (struct str){0};
    reader->partition = (struct str){0};
    reader->failure.kind = ERR_NONE;
}

enum report_open report_reader_open(struct report_reader *reader, struct str path, struct err *err)
{
    enum report_open opened = REPORT_OPEN_FAILED;

    forget(reader);
    if (file_in_open(&reader->file, path, err)) {
        opened = open_text(reader, path, err);
    }
    if (opened != REPORT_OPEN_OK) {
        report_reader_close(reader);
    }
    return opened;
}

enum report_open report_reader_open_bytes(struct report_reader *reader, struct str bytes,
                                          struct str name, struct err *err)
{
    forget(reader);
    reader->file = (struct file_in){0};
    reader->bytes = bytes;
    return open_text(reader, name, err);
}

/* ---- chunks --------------------------------------------------------------------------------- */

bool report_reader_next(struct report_reader *reader, struct report_chunk *chunk, bool *is_last)
{
    size_t n = 0;
    bool has_more = true;

    if (reader->is_done) {
        return false;
    }
    do {
        n = row_cutter_take(&reader->cutter, chunk->text);
        if (!reader->must_cut && !reader->at_end &&
            !read_full(reader, chunk->text, REPORT_CHUNK_SIZE, &n, &reader->at_end,
                       &reader->failure)) {
            reader->at_end = true;
        }
        char *text = chunk->text;
        reader->must_cut = row_cutter_cut(&reader->cutter, text, n, reader->at_end,
                                          reader->failure.kind != ERR_NONE, chunk);
        has_more = reader->must_cut || !reader->at_end;
    } while (chunk->n == 0 && chunk->error_count == 0 && chunk->lines_dropped == 0 && has_more);
    if (reader->time_error.kind != ERR_NONE && chunk->error_count < REPORT_CHUNK_ERRORS_MAX) {
        chunk->errors[chunk->error_count++] = reader->time_error;
        reader->time_error = (struct err){0};
    }
    *is_last = !has_more;
    reader->is_done = !has_more;
    return true;
}

bool report_reader_text(struct report_reader *reader, struct buf *out, struct err *err)
{
    buf_str(out, reader->header.line);
    buf_bytes(out, reader->cutter.carry, reader->cutter.carry_n);
    reader->cutter.carry_n = 0;
    reader->is_done = true;
    while (reader->failure.kind == ERR_NONE && !reader->at_end && !out->overflowed) {
        char *to = buf_reserve(out, REPORT_CHUNK_SIZE);
        size_t n = 0;
        if (to == NULL ||
            !read_full(reader, to, REPORT_CHUNK_SIZE, &n, &reader->at_end, &reader->failure)) {
            break;
        }
        out->n += n;
    }
    if (reader->failure.kind != ERR_NONE) {
        *err = reader->failure;
        return false;
    }
    return !out->overflowed ||
           err_set(err, ERR_INPUT, "this report is larger than %zu MiB", out->size_max >> 20);
}

bool report_reader_is_seekable(const struct report_reader *reader)
{
    return reader->file.is_regular && !reader->is_gzip && !reader->is_memory && !reader->at_end;
}
