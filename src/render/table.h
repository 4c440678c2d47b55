/* table.h: rows of cells in aligned columns that fit a terminal.
 *
 * Cells are gathered first and laid out once: a column is as wide as its widest cell, and where the
 * sum is too wide, the widest of the columns that may shrink give way, down to their least width.
 * Cells that do not fit are cut with an ellipsis or, in a wrapping column, go on below.
 *
 * Ownership: the table owns its cells until table_release; columns are borrowed.
 * Threads:   one thread at a time.
 *
 * Example:   struct table table = {.columns = columns, .column_count = 2, .color = true};
 *            table_cell(&table, user, STYLE_BOLD);
 *            table_cell_count(&table, 12, STYLE_NONE);
 *            table_write(&table, &out, 2, 100);
 *            table_release(&table); */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "render/terminal.h"

enum { TABLE_COLUMN_MAX = 12 };

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
    struct str title; /* no column has one: no header row; a long one is broken after '_' */
    enum table_align align;
    unsigned shrink_to; /* the width it may be cut down to; 0 = never cut */
    char wrap_after;    /* a line may end at a blank behind this character; 0 = cut instead */
};

struct table_cell;

struct table {
    const struct table_column *columns;
    size_t column_count; /* at most TABLE_COLUMN_MAX */
    bool color;
    size_t title_width; /* no title alone makes a column wider, where it can be broken; 0 = 14 */
    /* Private from here. */
    struct table_cell *cells;
    size_t cell_count, cell_capacity;
    struct buf text;
};

void table_release(struct table *table); /* columns and color stay: ready for new cells */

/* The next cell, row by row; text is untrusted and shown as terminal_text does. */
void table_cell(struct table *table, struct str text, enum terminal_style style);
/* A grouped number; 0 is a faint dot. */
void table_cell_count(struct table *table, uint64_t value, enum terminal_style style);

/* The width of the widest row, and the same once all columns that may shrink have given way. */
size_t table_width(const struct table *table);
size_t table_width_least(const struct table *table);

/* Appends all rows, each after `indent` blanks, within `width` columns altogether where the columns
 * allow it. No line ends in a blank. */
void table_write(const struct table *table, struct buf *out, size_t indent, size_t width);

#endif
