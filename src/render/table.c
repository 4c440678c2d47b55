#include "render/table.h"

#include <assert.h>

#include "base/arena.h"
#include "render/number.h"

enum { TABLE_TEXT_SIZE_MAX = 64 << 20, TABLE_GAP = 2, TITLE_WIDTH = 14 };

struct table_cell {
    size_t offset, size; /* in table->text */
    size_t width;
    enum terminal_style style;
};

void table_release(struct table *table)
{
    mem_free(table->cells);
    table->cells = NULL;
    table->cell_count = 0;
    table->cell_capacity = 0;
    buf_release(&table->text);
}

static struct str cell_text(const struct table *table, size_t index)
{
    const struct table_cell *cell = &table->cells[index];

    return str_sub(buf_text(&table->text), cell->offset, cell->offset + cell->size);
}

void table_cell(struct table *table, struct str text, enum terminal_style style)
{
    if (table->cell_count == table->cell_capacity) {
        table->cell_capacity = table->cell_capacity == 0 ? 64 : table->cell_capacity * 2;
        table->cells = mem_resize(table->cells, table->cell_capacity * sizeof *table->cells);
    }
    if (table->text.size_max == 0) {
        buf_init(&table->text, TABLE_TEXT_SIZE_MAX);
    }
    struct table_cell *cell = &table->cells[table->cell_count++];
    cell->offset = table->text.n;
    terminal_text(&table->text, text);
    cell->size = table->text.n - cell->offset;
    cell->style = style;
    cell->width = terminal_width(cell_text(table, table->cell_count - 1));
}

void table_cell_count(struct table *table, uint64_t value, enum terminal_style style)
{
    struct buf text;

    if (value == 0) {
        table_cell(table, STR("·"), STYLE_FAINT);
        return;
    }
    buf_init(&text, 64);
    number_grouped(&text, value);
    table_cell(table, buf_text(&text), style);
    buf_release(&text);
}

/* Takes `excess` columns off the widths: one at a time off the widest column that may give. */
static void widths_shrink(const struct table *table, size_t *widths, size_t excess)
{
    for (; excess > 0; excess--) {
        size_t widest = table->column_count;
        for (size_t i = 0; i < table->column_count; i++) {
            size_t least = table->columns[i].shrink_to;
            if (least > 0 && widths[i] > least &&
                (widest == table->column_count || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        if (widest == table->column_count) {
            return;
        }
        widths[widest]--;
    }
}

/* Takes the next line off a title: what fits `width` and ends in '_', else its first part. */
static struct str title_line(struct str *rest, size_t width)
{
    size_t size = rest->n;

    if (terminal_width(*rest) > width) {
        size = 0;
        for (size_t at = 1; at <= rest->n && (at <= width || size == 0); at++) {
            size = rest->p[at - 1] == '_' || at == rest->n ? at : size;
        }
    }
    struct str line = str_sub(*rest, 0, size);
    *rest = str_sub(*rest, size, rest->n);
    return line;
}

/* Widths of the columns as the cells want them; a title is broken rather than widen its column. */
static size_t widths_natural(const struct table *table, size_t *widths)
{
    size_t sum = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        widths[i] = 0;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->column_count;
        if (table->cells[i].width > widths[column]) {
            widths[column] = table->cells[i].width;
        }
    }
    for (size_t i = 0; i < table->column_count; i++) {
        struct str rest = table->columns[i].title;
        size_t title_width = table->title_width > 0 ? table->title_width : TITLE_WIDTH;
        title_width = widths[i] > title_width ? widths[i] : title_width;
        while (rest.n > 0) {
            size_t width = terminal_width(title_line(&rest, title_width));
            widths[i] = width > widths[i] ? width : widths[i];
        }
        sum += widths[i] + (i > 0 ? TABLE_GAP : 0);
    }
    return sum;
}

static void widths_choose(const struct table *table, size_t *widths, size_t width)
{
    size_t sum = widths_natural(table, widths);

    widths_shrink(table, widths, sum > width ? sum - width : 0);
}

size_t table_width(const struct table *table)
{
    size_t widths[TABLE_COLUMN_MAX];

    return widths_natural(table, widths);
}

size_t table_width_least(const struct table *table)
{
    size_t widths[TABLE_COLUMN_MAX];
    size_t sum = widths_natural(table, widths);

    for (size_t i = 0; i < table->column_count; i++) {
        size_t least = table->columns[i].shrink_to;
        if (least > 0 && widths[i] > least) {
            sum -= widths[i] - least;
        }
    }
    return sum;
}

/* One line of a row: what stands in each cell, with the blanks between kept back until something
 * follows them. */
static void line_write(const struct table *table, struct buf *out, size_t indent,
                       const struct str *texts, const enum terminal_style *styles,
                       const size_t *widths)
{
    size_t owed = indent;

    for (size_t i = 0; i < table->column_count; i++) {
        size_t text_width = terminal_width(texts[i]);
        size_t shown = text_width < widths[i] ? text_width : widths[i];
        size_t slack = widths[i] - shown;

        if (texts[i].n > 0) {
            buf_fill(out, ' ', owed + (table->columns[i].align == TABLE_RIGHT ? slack : 0));
            owed = table->columns[i].align == TABLE_RIGHT ? 0 : slack;
            bool styled = table->color && styles[i] != STYLE_NONE;
            terminal_style(out, styles[i], styled);
            owed += widths[i] - slack - terminal_cut(out, texts[i], widths[i]);
            terminal_style(out, STYLE_NONE, styled);
        } else {
            owed += widths[i];
        }
        owed += TABLE_GAP;
    }
    buf_char(out, '\n');
}

static void row_write(const struct table *table, struct buf *out, size_t indent, size_t first,
                      const size_t *widths)
{
    struct str rests[TABLE_COLUMN_MAX], texts[TABLE_COLUMN_MAX];
    enum terminal_style styles[TABLE_COLUMN_MAX];
    bool more = true;

    for (size_t i = 0; i < table->column_count; i++) {
        rests[i] = cell_text(table, first + i);
        styles[i] = table->cells[first + i].style;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < table->column_count; i++) {
            char wrap_after = table->columns[i].wrap_after;
            if (wrap_after != 0) {
                texts[i] = terminal_line(&rests[i], widths[i], wrap_after);
                more = more || rests[i].n > 0;
            } else {
                texts[i] = rests[i];
                rests[i] = STR("");
            }
        }
        line_write(table, out, indent, texts, styles, widths);
    }
}

static void header_write(const struct table *table, struct buf *out, size_t indent,
                         const size_t *widths)
{
    struct str rests[TABLE_COLUMN_MAX], texts[TABLE_COLUMN_MAX];
    enum terminal_style styles[TABLE_COLUMN_MAX];
    bool more = false;

    for (size_t i = 0; i < table->column_count; i++) {
        rests[i] = table->columns[i].title;
        styles[i] = STYLE_FAINT;
        more = more || rests[i].n > 0;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < table->column_count; i++) {
            texts[i] = title_line(&rests[i], widths[i]);
            more = more || rests[i].n > 0;
        }
        line_write(table, out, indent, texts, styles, widths);
    }
}

void table_write(const struct table *table, struct buf *out, size_t indent, size_t width)
{
    size_t widths[TABLE_COLUMN_MAX];

    assert(table->column_count > 0 && table->column_count <= TABLE_COLUMN_MAX);
    assert(table->cell_count % table->column_count == 0);
    if (table->text.overflowed || table->cell_count == 0) {
        return;
    }
    widths_choose(table, widths, width > indent ? width - indent : 0);
    header_write(table, out, indent, widths);
    for (size_t i = 0; i < table->cell_count; i += table->column_count) {
        row_write(table, out, indent, i, widths);
    }
}
