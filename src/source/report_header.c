#include "source/report_header.h"

#include <string.h>

#include "codec/csv.h"

/* A line has at most REPORT_CHUNK_SIZE bytes, each of which may part two columns. */
enum { HEADER_SIZE_MAX = 8 << 20 };

static const struct str byte_order_mark = STR_LIT("\xef\xbb\xbf");

void report_header_release(struct report_header *header)
{
    arena_release(&header->arena);
    header->names = NULL;
    header->line = (struct str){0};
}

/* Finds the known columns among `count` names; *twice is the first that comes again, or empty. */
static void header_map(struct report_header *header, const char *text, const uint32_t *ends,
                       size_t count, struct str *twice)
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
        if ((header->missing >> column & 1) != 0) {
            header->positions[column] = (int16_t)i;
            header->missing &= ~(1U << column);
        } else if (twice->n == 0) {
            *twice = name;
        }
    }
}

/* What keeps the header of a report from being used, if anything. */
static bool header_check(size_t count, struct str twice, struct err *err)
{
    if (twice.n > 0) {
        (void)err_set(err, ERR_INPUT, "the column '%.*s' comes twice in this report",
                      STR_ARG(twice));
        err_hint(err, "which of the two holds the truth cannot be told; remove one");
        return false;
    }
    if (count > REPORT_COLUMNS_MAX) {
        (void)err_set(err, ERR_INPUT, "this report has %zu columns, more than the %d that are read",
                      count, REPORT_COLUMNS_MAX);
        err_hint(err, "remove columns that no rule needs");
        return false;
    }
    return true;
}

bool report_header_read(struct report_header *header, struct str line, struct err *err)
{
    const uint32_t needed = 1U << COLUMN_USER | 1U << COLUMN_ARN;
    struct str copy, cells = line, twice = {0};
    size_t count = 0, cells_max = 1;
    uint32_t *ends = NULL;
    char *text = NULL;

    if (header->line.n > 0 && str_eq(header->line, line)) {
        return true;
    }
    if (str_starts(cells, byte_order_mark)) {
        cells = str_sub(cells, byte_order_mark.n, cells.n);
    }
    /* Room for all columns, however many: only who has read them all knows whether `user` and `arn`
     * are among them. */
    for (size_t i = 0; i < cells.n; i++) {
        cells_max += cells.p[i] == ',';
    }
    arena_release(&header->arena);
    arena_init(&header->arena, HEADER_SIZE_MAX);
    header->line = (struct str){0};
    header->names = arena_array(&header->arena, cells_max, sizeof *header->names);
    ends = arena_array(&header->arena, cells_max, sizeof *ends);
    text = arena_alloc(&header->arena, cells.n + 1);
    if (header->names == NULL || ends == NULL || text == NULL ||
        !arena_str(&header->arena, line, &copy)) {
        return err_set(err, ERR_INPUT, "the first line is too long");
    }
    /* Taking quotes out needs a copy to write in. */
    memcpy(text, cells.p, cells.n);
    count = csv_row_split(text, 0, cells.n, ends, cells_max);
    header_map(header, text, ends, count, &twice);
    if ((header->missing & needed) != 0 || !header_check(count, twice, err)) {
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
