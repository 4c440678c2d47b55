#include "report/table_principals.h"

#include "base/instant.h"
#include "render/table.h"
#include "report/outline.h"
#include "report/report.h"

/* The longest name of a report column with a day fits the evidence of the narrowest page. */
enum { EVIDENCE_WIDTH_MIN = 39, LINES_COLUMNS_MIN = 100 };
enum { INDENT = 4, USER_WIDTH_MIN = 14, NAMED_COLUMNS_MAX = 3, TEXT_SIZE_MAX = 1 << 20 };

static struct str value_shown(struct str value, bool only_days)
{
    int64_t at = 0;

    return only_days && instant_parse(value, &at) ? str_sub(value, 0, 10) : value;
}

/* The columns in front of the values. Returns how many there are: the severity has one only where
 * accounts change it. */
static size_t named_columns(struct table_column *columns, bool has_severity)
{
    columns[0] = (struct table_column){.title = STR("ACCOUNT")};
    columns[1] = (struct table_column){.title = STR("USER"), .shrink_to = USER_WIDTH_MIN};
    columns[2] = (struct table_column){.title = STR("SEVERITY")};
    return has_severity ? 3 : 2;
}

static void named_cells(struct table *table, const struct finding *finding, bool has_severity)
{
    struct buf text;

    table_cell(table, finding->account, STYLE_NONE);
    table_cell(table, finding->user, STYLE_BOLD);
    if (has_severity) {
        buf_init(&text, TEXT_SIZE_MAX);
        outline_severity_write(&text, finding);
        table_cell(table, buf_text(&text), table_severity_style(finding->severity));
        buf_release(&text);
    }
}

static void columns_fill(struct table *table, const struct finding *findings, size_t count,
                         size_t named, bool only_days)
{
    for (size_t i = 0; i < count; i++) {
        named_cells(table, &findings[i], named == NAMED_COLUMNS_MAX);
        for (size_t k = named; k < table->column_count; k++) {
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
    struct table_column columns[TABLE_COLUMN_MAX] = {{.title = STR_LIT("")}};
    struct table table = {.columns = columns, .color = page->color};
    struct str names[TABLE_COLUMN_MAX];
    size_t named = named_columns(columns, outline_has_shifted(findings, count));
    size_t name_count = outline_evidence_names(names, TABLE_COLUMN_MAX - named, findings, count);
    bool fits = false;

    for (size_t i = 0; i < name_count; i++) {
        columns[named + i].title = names[i];
    }
    table.column_count = named + name_count;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0] && name_count > 0 && !fits; i++) {
        table_release(&table);
        table.title_width = tries[i].title_width;
        columns_fill(&table, findings, count, named, tries[i].only_days);
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
    struct table_column columns[NAMED_COLUMNS_MAX + 1] = {{.title = STR_LIT("")}};
    size_t named = named_columns(columns, outline_has_shifted(findings, count));
    struct table table = {.columns = columns, .column_count = named + 1, .color = page->color};
    bool only_days = page->columns < LINES_COLUMNS_MIN;
    struct buf evidence;

    columns[named] = (struct table_column){
        .title = STR("EVIDENCE"), .shrink_to = EVIDENCE_WIDTH_MIN, .wrap_after = ';'};
    buf_init(&evidence, TEXT_SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&evidence);
        for (size_t k = 0; k < findings[i].evidence_count; k++) {
            buf_str(&evidence, k > 0 ? STR("; ") : STR(""));
            buf_str(&evidence, findings[i].evidence[k].name);
            buf_char(&evidence, '=');
            buf_str(&evidence, value_shown(findings[i].evidence[k].value, only_days));
        }
        named_cells(&table, &findings[i], named == NAMED_COLUMNS_MAX);
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
