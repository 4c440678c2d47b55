#include "codec/csv_rows.h"

#include "codec/csv.h"

void csv_rows_init(struct csv_rows *rows, char *text, size_t n)
{
    *rows = (struct csv_rows){.n = n, .next_line = 1};
    rows->text = text;
    if (str_starts((struct str){text, n}, STR("\xEF\xBB\xBF"))) {
        rows->at = 3;
    }
}

static size_t feeds_count(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.n; i++) {
        count += text.p[i] == '\n';
    }
    return count;
}

bool csv_rows_next(struct csv_rows *rows)
{
    rows->cell_count = 0;
    while (rows->at < rows->n && rows->cell_count == 0) {
        size_t end = csv_row_end(rows->text, rows->n, rows->at);
        struct str row;
        end = end == 0 ? rows->n : end;
        row = (struct str){rows->text + rows->at, end - rows->at};
        rows->has_quotes = str_find(row, '"') < row.n;
        rows->line = rows->next_line;
        rows->next_line += feeds_count(row);
        rows->begin = rows->at;
        rows->at = end;
        rows->cell_count = csv_row_split(rows->text, rows->begin, end, rows->ends, CSV_CELLS_MAX);
    }
    return rows->cell_count > 0;
}

static size_t cell_begin(const struct csv_rows *rows, size_t index)
{
    return index == 0 ? rows->begin : (size_t)rows->ends[index - 1] + 1;
}

struct str csv_rows_cell(const struct csv_rows *rows, size_t index)
{
    if (index >= rows->cell_count || index >= CSV_CELLS_MAX) {
        return STR("");
    }
    return (struct str){rows->text + cell_begin(rows, index),
                        rows->ends[index] - cell_begin(rows, index)};
}

uint64_t csv_rows_col(const struct csv_rows *rows, size_t index)
{
    return rows->has_quotes || index >= rows->cell_count || index >= CSV_CELLS_MAX
               ? 0
               : cell_begin(rows, index) - rows->begin + 1;
}

size_t csv_rows_left_max(const struct csv_rows *rows)
{
    return feeds_count((struct str){rows->text + rows->at, rows->n - rows->at}) + 1;
}
