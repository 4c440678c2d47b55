#include "source/row_reader.h"

#include "base/arena.h"

enum { POSITIONS_MAX = 32768 };

void row_reader_init(struct row_reader *reader, enum simd_level level)
{
    *reader = (struct row_reader){.index = csv_index_choose(level)};
    reader->ends = mem_array(POSITIONS_MAX + 2 * CSV_PADDING, sizeof *reader->ends);
    reader->begins = mem_array(BATCH_ROWS_MAX + 1, sizeof *reader->begins);
    reader->lines = mem_array(BATCH_ROWS_MAX + 1, sizeof *reader->lines);
}

void row_reader_release(struct row_reader *reader)
{
    mem_free(reader->ends);
    mem_free(reader->begins);
    mem_free(reader->lines);
    *reader = (struct row_reader){0};
}

void row_reader_begin(struct row_reader *reader, const struct report_header *header, char *text,
                      size_t n)
{
    size_t rows_max = POSITIONS_MAX / header->column_count;

    reader->rows_max = rows_max < BATCH_ROWS_MAX ? rows_max : BATCH_ROWS_MAX;
    reader->text = text;
    reader->n = n;
    reader->at = 0;
    reader->line = 0;
    reader->table = (struct row_table){.base = text,
                                       .ends = reader->ends,
                                       .begins = reader->begins,
                                       .lines = reader->lines,
                                       .stride = header->column_count};
}

/* Whether the row's positions are stride - 1 commas and then a line feed. */
static bool row_is_whole(const struct row_reader *reader, const uint32_t *ends)
{
    for (uint32_t i = 0; i + 1 < reader->table.stride; i++) {
        if (reader->text[ends[i]] == '\n') {
            return false;
        }
    }
    return reader->text[ends[reader->table.stride - 1]] == '\n';
}

/* Indexes as many whole rows as fit; stops before a row with a quote or of another width. True when
 * it stopped for want of room. */
static bool read_plain_rows(struct row_reader *reader)
{
    struct row_table *table = &reader->table;
    size_t stride = table->stride;
    uint32_t *ends = reader->ends + table->rows * stride;
    size_t room = (reader->rows_max - table->rows) * stride;
    struct csv_span span;
    size_t count = reader->index(reader->text, reader->at, reader->n, ends, room, &span);
    size_t rows = count / stride;
    size_t at = reader->at;
    bool is_full = count + CSV_PADDING > room;
    /* As many line feeds as rows, each at the end of one: then none is elsewhere. */
    bool is_counted = span.feed_count == rows;

    for (size_t row = 0; row < rows; row++) {
        uint32_t *row_ends = ends + row * stride;
        bool whole = is_counted ? reader->text[row_ends[stride - 1]] == '\n'
                                : row_is_whole(reader, row_ends);
        if (!whole && is_counted) {
            /* A feed is missing here, so one stands where it should not: look at all again. */
            is_counted = false;
            row = (size_t)-1;
            at = reader->at;
            continue;
        }
        if (!whole) {
            rows = row;
            is_full = false;
            break;
        }
        reader->begins[table->rows + row] = (uint32_t)at;
        reader->lines[table->rows + row] = reader->line + (uint32_t)row;
        at = row_ends[stride - 1] + 1;
        /* Windows ends its lines with CR LF; each row is looked at, since files get mixed. */
        row_ends[stride - 1] -= at >= 2 && reader->text[at - 2] == '\r';
    }
    table->rows += rows;
    reader->line += (uint32_t)rows;
    reader->at = at;
    return is_full;
}

/* One row by the exact reader, whatever it is. */
static void read_exact_row(struct row_reader *reader, bad_row_fn bad_row, void *shared)
{
    struct row_table *table = &reader->table;
    size_t begin = reader->at;
    size_t end = csv_row_end(reader->text, reader->n, begin);
    uint32_t feeds = 0;

    if (end == 0) {
        end = reader->n;
    }
    for (size_t i = begin; i < end; i++) {
        feeds += reader->text[i] == '\n';
    }
    size_t found = csv_row_split(reader->text, begin, end,
                                 reader->ends + table->rows * table->stride, table->stride);
    if (found == table->stride) {
        reader->begins[table->rows] = (uint32_t)begin;
        reader->lines[table->rows] = reader->line;
        table->rows++;
    } else if (found > 0) {
        bad_row(shared, reader->line, found, table->stride);
    }
    reader->line += feeds > 0 ? feeds : 1;
    reader->at = end;
}

bool row_reader_next(struct row_reader *reader, bad_row_fn bad_row, void *shared)
{
    reader->table.rows = 0;
    while (reader->table.rows < reader->rows_max && reader->at < reader->n) {
        if (read_plain_rows(reader)) {
            break;
        }
        if (reader->table.rows < reader->rows_max && reader->at < reader->n) {
            read_exact_row(reader, bad_row, shared);
        }
    }
    return reader->table.rows > 0;
}
