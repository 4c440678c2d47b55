/* What keywarden wrote, back into findings: a row or an object at a time, in memory that does not
 * grow with the file. */
#include <string.h>

#include "audit/baseline.h"
#include "base/arena.h"
#include "base/buf.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "os/file.h"

/* One finding must fit the largest window: its evidence may hold cells of a report. */
enum { READ_SIZE = 1 << 18, WINDOW_SIZE_MAX = 64 << 20, ARENA_SIZE_MAX = 64 << 20 };
enum { HEAD_SIZE = 4096, CELLS_MAX = 64, CELL_NAME_COUNT = 4 };

struct source {
    struct baseline *baseline;
    bool (*read)(void *shared, void *to, size_t size, size_t *got, struct err *err);
    void *shared;
    struct buf window;
    size_t at; /* what is before it was taken */
    bool is_over;
    uint64_t line; /* of `at`, from 1 */
    struct arena arena;
};

/* Reads more behind the window, after letting go of what was taken. False on errors only. */
static bool fill(struct source *source, struct err *err)
{
    size_t got = 0;
    char *to = NULL;

    if (source->at > 0) {
        memmove(source->window.p, source->window.p + source->at, source->window.n - source->at);
        source->window.n -= source->at;
        source->at = 0;
    }
    to = buf_reserve(&source->window, READ_SIZE);
    if (to == NULL) {
        (void)err_set(err, ERR_INPUT, "one finding is longer than %d MiB", WINDOW_SIZE_MAX >> 20);
        err_place(err, (struct str){0}, source->line, 0);
        return false;
    }
    if (!source->read(source->shared, to, READ_SIZE, &got, err)) {
        return false;
    }
    source->window.n += got;
    source->is_over = got == 0;
    return true;
}

static void take(struct source *source, size_t end)
{
    for (size_t i = source->at; i < end; i++) {
        source->line += source->window.p[i] == '\n';
    }
    source->at = end;
}

static bool fail(const struct source *source, const char *what, struct err *err)
{
    (void)err_set(err, ERR_INPUT, "%s", what);
    err_place(err, (struct str){0}, source->line, 0);
    return false;
}

static bool add(struct source *source, const struct str cells[CELL_NAME_COUNT], struct err *err)
{
    for (int i = 0; i < STATUS_COUNT; i++) {
        if (!str_eq(cells[3], status_name((enum status)i))) {
            continue;
        }
        if (!baseline_add(source->baseline, cells[0], cells[1], cells[2], (enum status)i)) {
            (void)err_set(err, ERR_INPUT, "more than %d findings in a baseline",
                          BASELINE_ENTRIES_MAX);
            return false;
        }
        return true;
    }
    return fail(source, "a finding has a status that there is not", err);
}

static const struct str names[CELL_NAME_COUNT] = {STR_LIT("account"), STR_LIT("user"),
                                                  STR_LIT("control"), STR_LIT("status")};

/* ---- csv ------------------------------------------------------------------------------------ */

/* The next row, of which `ends` are the cells' ends; *count 0 at the end. */
static bool next_row(struct source *source, uint32_t *ends, size_t *count, size_t *begin,
                     struct err *err)
{
    size_t end = 0;

    for (;;) {
        end = csv_row_end(source->window.p, source->window.n, source->at);
        if (end > 0 || source->is_over) {
            break;
        }
        if (!fill(source, err)) {
            return false;
        }
    }
    end = end == 0 ? source->window.n : end;
    *begin = source->at;
    *count =
        end == source->at ? 0 : csv_row_split(source->window.p, source->at, end, ends, CELLS_MAX);
    take(source, end);
    return true;
}

static struct str cell_at(const struct source *source, const uint32_t *ends, size_t begin,
                          size_t index)
{
    size_t from = index == 0 ? begin : ends[index - 1] + 1;

    return (struct str){source->window.p + from, ends[index] - from};
}

static bool read_csv(struct source *source, struct err *err)
{
    uint32_t ends[CELLS_MAX];
    size_t count = 0, begin = 0, columns = 0, positions[CELL_NAME_COUNT];

    if (!next_row(source, ends, &columns, &begin, err)) {
        return false;
    }
    for (size_t i = 0; i < CELL_NAME_COUNT; i++) {
        positions[i] = 0;
        while (positions[i] < columns && columns <= CELLS_MAX &&
               !str_eq(cell_at(source, ends, begin, positions[i]), names[i])) {
            positions[i]++;
        }
        if (positions[i] == columns || columns > CELLS_MAX) {
            return fail(source, "this CSV has no account, user, control and status", err);
        }
    }
    for (;;) {
        struct str cells[CELL_NAME_COUNT];
        if (!next_row(source, ends, &count, &begin, err)) {
            return false;
        }
        if (count == 0 && source->at == source->window.n && source->is_over) {
            return true;
        }
        if (count != columns) {
            return fail(source, "a row before this line has not the cells of the header", err);
        }
        for (size_t i = 0; i < CELL_NAME_COUNT; i++) {
            cells[i] = cell_at(source, ends, begin, positions[i]);
        }
        if (!add(source, cells, err)) {
            return false;
        }
    }
}

/* ---- json ----------------------------------------------------------------------------------- */

/* Where braces and brackets are, whatever is between them. */
struct scan {
    unsigned depth;
    bool in_string, is_escaped;
};

static void scan_step(struct scan *scan, char c)
{
    if (scan->is_escaped) {
        scan->is_escaped = false;
    } else if (scan->in_string) {
        scan->is_escaped = c == '\\';
        scan->in_string = c != '"';
    } else if (c == '"') {
        scan->in_string = true;
    } else if (c == '{' || c == '[') {
        scan->depth++;
    } else if ((c == '}' || c == ']') && scan->depth > 0) {
        scan->depth--;
    }
}

/* The next object that begins `depth` levels deep; *object is empty at the end of the file. */
static bool next_object(struct source *source, struct scan *scan, unsigned depth,
                        struct str *object, struct err *err)
{
    size_t i = source->at;
    bool is_inside = false;

    *object = (struct str){0};
    for (;; i++) {
        if (i == source->window.n) {
            size_t offset = 0;
            if (!is_inside) {
                take(source, i);
            }
            offset = i - source->at;
            if (!source->is_over && !fill(source, err)) {
                return false;
            }
            i = source->at + offset;
        }
        if (i == source->window.n) {
            return (scan->depth == 0 && !scan->in_string) ||
                   fail(source, "the file ends in the middle", err);
        }
        char c = source->window.p[i];
        if (!is_inside && !scan->in_string && c == '{' && scan->depth == depth) {
            take(source, i);
            is_inside = true;
        }
        scan_step(scan, c);
        if (is_inside && !scan->in_string && scan->depth == depth) {
            *object = str_sub(buf_text(&source->window), source->at, i + 1);
            return true;
        }
    }
}

/* The four members of a finding; *is_finding is false for an object that has not all of them. */
static bool read_object(struct source *source, struct str object, struct str *cells,
                        bool *is_finding, struct err *err)
{
    struct json_reader reader;
    struct json_token token;
    unsigned found = 0;

    json_init(&reader, object);
    if (!json_next(&reader, &token, err)) {
        return false;
    }
    while (json_next(&reader, &token, err) && token.kind == JSON_KEY) {
        size_t i = 0;
        while (i < CELL_NAME_COUNT && !str_eq(token.text, names[i])) {
            i++;
        }
        if (!json_next(&reader, &token, err)) {
            return false;
        }
        if (i < CELL_NAME_COUNT && token.kind == JSON_STRING) {
            found |= 1U << i;
            if (!json_unescape(&source->arena, &token, &cells[i])) {
                return err_set(err, ERR_INPUT, "a finding is too large");
            }
        } else if (!json_skip(&reader, &token, err)) {
            return false;
        }
    }
    *is_finding = found == (1U << CELL_NAME_COUNT) - 1;
    return err->kind == ERR_NONE;
}

/* json has its findings two levels deep, among other objects; jsonl has nothing else. */
static bool read_json(struct source *source, unsigned depth, struct err *err)
{
    struct scan scan = {0};
    struct str object, cells[CELL_NAME_COUNT];
    bool is_finding = false;

    while (next_object(source, &scan, depth, &object, err)) {
        if (object.n == 0) {
            return true;
        }
        arena_reset(&source->arena);
        if (!read_object(source, object, cells, &is_finding, err)) {
            err->line = 0; /* a place within the object means nothing to its reader */
            err->col = 0;
            err_place(err, (struct str){0}, source->line, 0);
            return false;
        }
        if (is_finding && !add(source, cells, err)) {
            return false;
        }
        if (!is_finding && depth == 0) {
            return fail(source, "this object is no finding", err);
        }
        take(source, source->at + object.n);
    }
    return false;
}

/* ---- which of them -------------------------------------------------------------------------- */

static bool contains(struct str text, struct str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++) {
        if (memcmp(text.p + i, part.p, part.n) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_any(struct source *source, struct err *err)
{
    struct str head, start;

    while (source->window.n < HEAD_SIZE && !source->is_over) {
        if (!fill(source, err)) {
            return false;
        }
    }
    if (str_starts(buf_text(&source->window), STR("\xEF\xBB\xBF"))) {
        source->at = 3;
    }
    head = str_sub(buf_text(&source->window), source->at, HEAD_SIZE);
    start = str_trim(head);
    if (start.n == 0 && source->is_over) {
        return true; /* jsonl of an audit that found nothing */
    }
    if (str_starts(start, STR("{")) && contains(head, STR("\"keywarden.audit/1\""))) {
        return read_json(source, 2, err);
    }
    if (str_starts(start, STR("{")) && contains(head, STR("\"keywarden.finding/1\""))) {
        return read_json(source, 0, err);
    }
    if (str_starts(start, STR("account,user,control,status,"))) {
        return read_csv(source, err);
    }
    (void)err_set(err, ERR_INPUT, "a baseline is what keywarden wrote as json, jsonl or csv");
    err_hint(err, "make one with: keywarden audit PATH... --format json -o baseline.json");
    return false;
}

bool baseline_read(struct baseline *baseline,
                   bool (*read)(void *shared, void *to, size_t size, size_t *got, struct err *err),
                   void *shared, struct err *err)
{
    struct source source = {.baseline = baseline, .read = read, .shared = shared, .line = 1};
    bool ok = false;

    buf_init(&source.window, WINDOW_SIZE_MAX);
    arena_init(&source.arena, ARENA_SIZE_MAX);
    ok = read_any(&source, err);
    arena_release(&source.arena);
    buf_release(&source.window);
    return ok;
}

static bool read_from_file(void *shared, void *to, size_t size, size_t *got, struct err *err)
{
    return file_in_read(shared, to, size, got, err);
}

bool baseline_read_file(struct baseline *baseline, struct str path, struct err *err)
{
    struct file_in in = {0};
    bool ok = file_in_open(&in, path, err) && baseline_read(baseline, read_from_file, &in, err);

    baseline->path = path;
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    file_in_close(&in);
    return ok;
}
