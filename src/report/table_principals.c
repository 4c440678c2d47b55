#include "report/table_principals.h"

#include "base/instant.h"
#include "render/table.h"
#include "report/outline.h"
#include "report/report.h"

/* The longest name of a report column with a day fits the evidence of the narrowest page. */
enum { EVIDENCE_WIDTH_MIN = 39, LINES_COLUMNS_MIN = 100 };
enum { INDENT = 4, USER_WIDTH_MIN = 14, NAMED_COLUMNS = 2, TEXT_SIZE_MAX = 1 << 20 };

static struct str value_shown(struct str value, bool only_days)
{
    int64_t at = 0;

    return only_days && instant_parse(value, &at) ? str_sub(value, 0, 10) : value;
}

static void columns_fill(struct table *table, const struct finding *findings, size_t count,
                         bool only_days)
{
    for (size_t i = 0; i < count; i++) {
        table_cell(table, findings[i].account, STYLE_NONE);
        table_cell(table, findings[i].user, STYLE_BOLD);
        for (size_t k = NAMED_COLUMNS; k < table->column_count; k++) {
            size_t at = outline_evidence_find(&findings[i], table->columns[k].title);
            bool is_there = at < findings[i].evidence_count;
            struct str value = is_there ? findings[i].evidence[at].value : STR("");
            table_cell(table, value_shown(value, only_days), STYLE_NONE);
        }
    }
}

/* Values in columns; false, with nothing written, when they do not fit. */
static bool columns_write(const struct table_page *page, const struct finding *findings,
                          size_t count)
{
    static const struct {
        size_t title_width;
        bool only_days;
    } tries[] = {{40, false}, {14, false}, {10, false}, {10, true}};
    struct table_column columns[TABLE_COLUMN_MAX] = {
        {.title = STR_LIT("ACCOUNT")},
        {.title = STR_LIT("USER"), .shrink_to = USER_WIDTH_MIN},
    };
    struct table table = {.columns = columns, .color = page->color};
    struct str names[TABLE_COLUMN_MAX - NAMED_COLUMNS];
    size_t name_count =
        outline_evidence_names(names, TABLE_COLUMN_MAX - NAMED_COLUMNS, findings, count);
    bool fits = false;

    for (size_t i = 0; i < name_count; i++) {
        columns[NAMED_COLUMNS + i].title = names[i];
    }
    table.column_count = NAMED_COLUMNS + name_count;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0] && name_count > 0 && !fits; i++) {
        table_release(&table);
        table.title_width = tries[i].title_width;
        columns_fill(&table, findings, count, tries[i].only_days);
        fits = table_width_least(&table) + INDENT <= page->columns;
    }
    if (fits) {
        table_write(&table, page->out, INDENT, page->columns);
    }
    table_release(&table);
    return fits;
}

static void lines_write(const struct table_page *page, const struct finding *findings, size_t count)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("ACCOUNT")},
        {.title = STR_LIT("USER"), .shrink_to = USER_WIDTH_MIN},
        {.title = STR_LIT("EVIDENCE"), .shrink_to = EVIDENCE_WIDTH_MIN, .wrap_after = ';'},
    };
    struct table table = {.columns = columns, .column_count = 3, .color = page->color};
    bool only_days = page->columns < LINES_COLUMNS_MIN;
    struct buf evidence;

    buf_init(&evidence, TEXT_SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&evidence);
        for (size_t k = 0; k < findings[i].evidence_count; k++) {
            buf_str(&evidence, k > 0 ? STR("; ") : STR(""));
            buf_str(&evidence, findings[i].evidence[k].name);
            buf_char(&evidence, '=');
            buf_str(&evidence, value_shown(findings[i].evidence[k].value, only_days));
        }
        table_cell(&table, findings[i].account, STYLE_NONE);
        table_cell(&table, findings[i].user, STYLE_BOLD);
        table_cell(&table, buf_text(&evidence), STYLE_NONE);
    }
    table_write(&table, page->out, INDENT, page->columns);
    buf_release(&evidence);
    table_release(&table);
}

void table_principals_write(const struct table_page *page, const struct finding *findings,
                            size_t count)
{
    if (!columns_write(page, findings, count)) {
        lines_write(page, findings, count);
    }
}
