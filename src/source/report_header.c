#include "source/report_header.h"

#include <string.h>

#include "codec/csv.h"

static const struct str byte_order_mark = STR_LIT("\xef\xbb\xbf");

void report_header_release(struct report_header *header)
{
    arena_release(&header->arena);
    header->names = NULL;
    header->line = (struct str){0};
}

static bool header_map(struct report_header *header, const char *text, const uint32_t *ends,
                       size_t count)
{
    size_t begin = 0;

    for (int i = 0; i < COLUMN_COUNT; i++) {
        header->positions[i] = -1;
    }
    header->missing = (1U << COLUMN_COUNT) - 1;
    for (size_t i = 0; i < count; i++) {
        enum report_column column = COLUMN_USER;
        struct str name = str_trim((struct str){text + begin, ends[i] - begin});
        begin = ends[i] + 1;
        header->names[i] = name;
        if (!report_column_find(name, &column)) {
            continue;
        }
        if (header->positions[column] >= 0) {
            return false;
        }
        header->positions[column] = (int16_t)i;
        header->missing &= ~(1U << column);
    }
    return header->positions[COLUMN_USER] >= 0 && header->positions[COLUMN_ARN] >= 0;
}

bool report_header_read(struct report_header *header, struct str line)
{
    uint32_t ends[REPORT_COLUMNS_MAX];
    struct str copy, cells = line;
    size_t count = 0;
    char *text = NULL;

    if (header->line.n > 0 && str_eq(header->line, line)) {
        return true;
    }
    arena_release(&header->arena);
    arena_init(&header->arena, 1 << 20);
    header->line = (struct str){0};
    header->names = arena_array(&header->arena, REPORT_COLUMNS_MAX, sizeof *header->names);
    text = arena_alloc(&header->arena, line.n + 1);
    if (header->names == NULL || text == NULL || !arena_str(&header->arena, line, &copy)) {
        return false;
    }
    if (str_starts(cells, byte_order_mark)) {
        cells = str_sub(cells, byte_order_mark.n, cells.n);
    }
    /* Taking quotes out needs a copy to write in. */
    memcpy(text, cells.p, cells.n);
    count = csv_row_split(text, 0, cells.n, ends, REPORT_COLUMNS_MAX);
    if (count == 0 || count > REPORT_COLUMNS_MAX || !header_map(header, text, ends, count)) {
        return false;
    }
    header->column_count = (uint32_t)count;
    header->line = copy;
    return true;
}

bool accounts_header_recognise(struct str line)
{
    struct str rest = str_trim(line), name;
    bool has_account = false, has_organization = false;

    if (str_starts(rest, byte_order_mark)) {
        rest = str_sub(rest, byte_order_mark.n, rest.n);
    }
    while (rest.n > 0) {
        (void)str_cut(&rest, ',', &name);
        has_account |= str_eq(str_trim(name), STR("account"));
        has_organization |= str_eq(str_trim(name), STR("organization"));
    }
    return has_account && has_organization;
}

int report_header_find(const struct report_header *header, struct str name)
{
    for (uint32_t i = 0; i < header->column_count; i++) {
        if (str_eq_nocase(header->names[i], name)) {
            return (int)i;
        }
    }
    return -1;
}
