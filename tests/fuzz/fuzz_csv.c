/* The vectorised indexes find what the scalar one finds; rows end and split inside the text; and
 * whatever instructions row_reader uses, its rows are those of the plain splitter in this file. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "codec/csv.h"
#include "source/row_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 6 * 1024, CONTROL_SIZE = 4, COLUMNS_MAX = 40 };

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- the index ------------------------------------------------------------------------------ */

struct index_result {
    uint32_t *positions;
    size_t count;
    struct csv_span span;
};

static struct index_result run_index(csv_index_fn index, struct str text, size_t from,
                                     size_t positions_max)
{
    struct index_result result = {0};

    result.positions = mem_array(positions_max + CSV_PADDING, sizeof *result.positions);
    result.count = index(text.p, from, text.n, result.positions, positions_max, &result.span);
    check(result.count <= positions_max);
    check(result.span.end >= from && result.span.end <= text.n);
    return result;
}

static void check_index(struct str text, size_t from, size_t positions_max)
{
    static const enum simd_level levels[] = {SIMD_SCALAR, SIMD_AVX2, SIMD_AVX512};
    struct str rest = str_sub(text, from, text.n);
    size_t quote = from + str_find(rest, '"');

    for (size_t i = 0; i < 3 && levels[i] <= simd_level_detect(); i++) {
        struct index_result result =
            run_index(csv_index_choose(levels[i]), text, from, positions_max);
        size_t count = 0, feeds = 0;
        check(result.span.end <= quote);
        for (size_t at = from; at < result.span.end; at++) {
            if (text.p[at] == ',' || text.p[at] == '\n') {
                check(count < result.count && result.positions[count] == at);
                count++;
                feeds += text.p[at] == '\n';
            }
        }
        check(count == result.count && feeds == result.span.feed_count);
        /* It stops early only before a quote or for want of room. */
        check(result.span.end == text.n || quote - result.span.end <= CSV_PADDING ||
              positions_max - result.count < CSV_PADDING);
        mem_free(result.positions);
    }
}

/* ---- the plain splitter --------------------------------------------------------------------- */

/* Reads one cell from *at on and appends it, in brackets; leaves *at on what ended it. */
static void split_cell(struct str text, size_t *at, struct buf *out)
{
    if (*at < text.n && text.p[*at] == '"') {
        (*at)++;
        while (*at < text.n) {
            if (text.p[*at] == '"') {
                (*at)++;
                if (*at == text.n || text.p[*at] != '"') {
                    break;
                }
            }
            buf_char(out, text.p[(*at)++]);
        }
    }
    while (*at < text.n && text.p[*at] != ',' && text.p[*at] != '\n') {
        bool ends_line = text.p[*at] == '\r' && (*at + 1 == text.n || text.p[*at + 1] == '\n');
        if (!ends_line) {
            buf_char(out, text.p[*at]);
        }
        (*at)++;
    }
}

struct rows {
    struct buf good, bad;
};

static void rows_init(struct rows *rows)
{
    buf_init(&rows->good, 64 << 20);
    buf_init(&rows->bad, 64 << 20);
}

static void rows_release(struct rows *rows)
{
    buf_release(&rows->good);
    buf_release(&rows->bad);
}

static void note_bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    struct rows *rows = shared;

    buf_printf(&rows->bad, "%u:%zu/%zu\n", line, found, expected);
}

/* All rows of the text; returns the number of lines. */
static uint32_t split_rows(struct str text, size_t stride, struct rows *rows)
{
    struct buf row;
    size_t at = 0;
    uint32_t line = 0;

    buf_init(&row, 64 << 20);
    while (at < text.n) {
        size_t begin = at, cells = 0;
        buf_clear(&row);
        for (;;) {
            buf_char(&row, '[');
            split_cell(text, &at, &row);
            buf_char(&row, ']');
            cells++;
            if (at == text.n || text.p[at] == '\n') {
                break;
            }
            at++;
        }
        bool is_blank = at == begin || (at == begin + 1 && text.p[begin] == '\r');
        if (!is_blank && cells == stride) {
            buf_printf(&rows->good, "%u:", line);
            buf_str(&rows->good, buf_text(&row));
            buf_char(&rows->good, '\n');
        } else if (!is_blank) {
            note_bad_row(rows, line, cells, stride);
        }
        at += at < text.n;
        for (size_t i = begin; i < at; i++) {
            line += text.p[i] == '\n';
        }
    }
    buf_release(&row);
    return line;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static char *copy_padded(struct str text)
{
    char *copy = mem_alloc(text.n + CSV_PADDING);

    assert(text.p != NULL || text.n == 0);
    if (text.n > 0) {
        memcpy(copy, text.p, text.n);
    }
    memset(copy + text.n, text.n % 2 == 0 ? '"' : ',', CSV_PADDING);
    return copy;
}

static void check_rows(struct str text, const struct report_header *header,
                       const struct rows *expected, uint32_t lines)
{
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        struct row_reader reader;
        struct rows rows;
        char *copy = copy_padded(text);
        rows_init(&rows);
        row_reader_init(&reader, (enum simd_level)level);
        row_reader_begin(&reader, header, copy, text.n);
        while (row_reader_next(&reader, note_bad_row, &rows)) {
            check(reader.table.rows <= BATCH_ROWS_MAX);
            for (size_t row = 0; row < reader.table.rows; row++) {
                buf_printf(&rows.good, "%u:", reader.table.lines[row]);
                for (size_t i = 0; i < header->column_count; i++) {
                    struct str cell = row_cell(&reader.table, row, i);
                    check(cell.p >= copy && cell.p + cell.n <= copy + text.n);
                    buf_char(&rows.good, '[');
                    buf_str(&rows.good, cell);
                    buf_char(&rows.good, ']');
                }
                buf_char(&rows.good, '\n');
            }
        }
        check(reader.line == lines);
        check(str_eq(buf_text(&rows.good), buf_text(&expected->good)));
        check(str_eq(buf_text(&rows.bad), buf_text(&expected->bad)));
        row_reader_release(&reader);
        rows_release(&rows);
        mem_free(copy);
    }
}

/* Rows end one behind the other; what follows the last one is an open quote's. */
static size_t check_row_ends(struct str text)
{
    size_t at = 0, end = 0;

    while (at < text.n && (end = csv_row_end(text.p, text.n, at)) > 0) {
        check(end > at && end <= text.n && text.p[end - 1] == '\n');
        at = end;
    }
    return at;
}

static void check_reader(struct str text, size_t stride)
{
    struct report_header header = {0};
    struct rows expected;
    struct err err = {0};
    struct buf line;

    buf_init(&line, 4096);
    buf_str(&line, STR("user,arn"));
    for (size_t i = 2; i < stride; i++) {
        buf_printf(&line, ",c%zu", i);
    }
    check(report_header_read(&header, buf_text(&line), &err) && header.column_count == stride);
    rows_init(&expected);
    uint32_t lines = split_rows(text, stride, &expected);
    check_rows(text, &header, &expected, lines);
    rows_release(&expected);
    report_header_release(&header);
    buf_release(&line);
}

/* Four bytes of control: where the index begins, its room, the columns, and how often the rest is
 * repeated, so that short inputs make long texts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf text;
    char *copy = NULL;

    if (size < CONTROL_SIZE) {
        return 0;
    }
    buf_init(&text, TEXT_MAX + CSV_PADDING);
    for (int i = 0; i <= data[3] && text.n + size - CONTROL_SIZE < TEXT_MAX; i++) {
        buf_bytes(&text, data + CONTROL_SIZE, size - CONTROL_SIZE);
    }
    buf_char(&text, '\n');
    copy = copy_padded(buf_text(&text));
    check_index((struct str){copy, text.n}, data[0] % (text.n + 1),
                CSV_PADDING + (size_t)data[1] * 32);
    text.n = check_row_ends((struct str){copy, text.n});
    mem_free(copy);
    check_reader(buf_text(&text), 2 + data[2] % (COLUMNS_MAX - 2));
    buf_release(&text);
    return 0;
}
