/* Root use as reports and as CloudTrail tell it, side by side, for a terminal. */
#include "render/number.h"
#include "render/table.h"
#include "study/format.h"
#include "study/trail_use.h"

enum { INDENT = 2, CELL_SIZE_MAX = 256 };

static void heading(struct buf *out, struct str text, bool color)
{
    buf_char(out, '\n');
    terminal_style(out, STYLE_BOLD, color);
    buf_str(out, text);
    terminal_style(out, STYLE_NONE, color);
    buf_char(out, '\n');
}

static void figure_row(struct table *table, const struct study_figure *figure)
{
    struct buf cell;

    buf_init(&cell, CELL_SIZE_MAX);
    table_cell(table, figure->title, STYLE_NONE);
    study_value_write(&cell, figure, true);
    table_cell(table, buf_text(&cell), STYLE_NONE);
    buf_clear(&cell);
    trail_value_write(&cell, figure, true);
    table_cell(table, buf_text(&cell), STYLE_BOLD);
    buf_clear(&cell);
    trail_difference_write(&cell, figure, true);
    table_cell(table, buf_text(&cell), STYLE_NONE);
    buf_release(&cell);
}

static void figures_write(struct buf *out, const struct study_result *result, size_t columns,
                          bool color)
{
    static const struct table_column heads[] = {
        {.title = STR_LIT("FIGURE"), .shrink_to = 30},
        {.title = STR_LIT("REPORTS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("CLOUDTRAIL"), .align = TABLE_RIGHT},
        {.title = STR_LIT("DIFFERENCE"), .align = TABLE_RIGHT},
    };
    struct table table = {.columns = heads, .column_count = 4, .color = color};

    for (size_t i = 0; i < result->figure_count; i++) {
        if (result->figures[i].has_trail) {
            figure_row(&table, &result->figures[i]);
        }
    }
    heading(out, STR("ROOT USE, BY REPORTS AND BY CLOUDTRAIL"), color);
    table_write(&table, out, INDENT, columns);
    table_release(&table);
}

static void weeks_write(struct buf *out, const struct study_result *result, size_t columns,
                        bool color)
{
    static const struct table_column heads[] = {
        {.title = STR_LIT("SAMPLE")},
        {.title = STR_LIT("USE BY REPORT"), .align = TABLE_RIGHT},
        {.title = STR_LIT("BY CLOUDTRAIL"), .align = TABLE_RIGHT},
        {.title = STR_LIT("CONSOLE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("NO MFA"), .align = TABLE_RIGHT},
        {.title = STR_LIT("KEY DAYS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("CALLS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("UNSEEN USES"), .align = TABLE_RIGHT},
    };
    struct table table = {.columns = heads, .column_count = 8, .color = color};

    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        uint64_t uses = week->trail.console_uses + week->trail.key_uses;
        struct buf text;
        buf_init(&text, CELL_SIZE_MAX);
        study_day_write(&text, week->at);
        table_cell(&table, buf_text(&text), STYLE_NONE);
        buf_release(&text);
        table_cell_count(&table, week->use_accounts, STYLE_NONE);
        table_cell_count(&table, week->trail.use_accounts, STYLE_BOLD);
        table_cell_count(&table, week->trail.console_uses, STYLE_NONE);
        table_cell_count(&table, week->trail.console_uses_no_mfa, STYLE_NONE);
        table_cell_count(&table, week->trail.key_uses, STYLE_NONE);
        table_cell_count(&table, week->trail.calls, STYLE_NONE);
        table_cell_count(&table, uses > week->use_accounts ? uses - week->use_accounts : 0,
                         STYLE_NONE);
    }
    heading(out, STR("ROOT USE IN CLOUDTRAIL BY WEEK"), color);
    table_write(&table, out, INDENT, columns);
    table_release(&table);
}

void trail_table_write(struct buf *out, const struct study_result *result, size_t columns,
                       bool color)
{
    if (result->trail.is_there && (result->kind & STUDY_ROOT) != 0) {
        figures_write(out, result, columns, color);
        weeks_write(out, result, columns, color);
    }
}
