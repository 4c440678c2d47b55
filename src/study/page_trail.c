/* Root use as reports and as CloudTrail tell it, side by side. */
#include "base/buf.h"
#include "render/html.h"
#include "render/number.h"
#include "study/format.h"
#include "study/page_parts.h"
#include "study/trail_use.h"

static void figures_table(struct page *page)
{
    static const struct str heads[] = {STR_LIT("Figure"), STR_LIT("#By reports"),
                                       STR_LIT("#By CloudTrail"), STR_LIT("#Difference")};
    struct buf *out = page->out;

    page_table_open(page, STR("Root use by reports and by CloudTrail"), heads, 4, false);
    for (size_t i = 0; i < page->result->figure_count; i++) {
        const struct study_figure *figure = &page->result->figures[i];
        if (!figure->has_trail) {
            continue;
        }
        page_row_open(page);
        page_cell_head(page, figure->title);
        buf_str(out, STR("<td class=\"n\">"));
        study_value_write(out, figure, true);
        buf_str(out, STR("</td><td class=\"n\">"));
        trail_value_write(out, figure, true);
        buf_str(out, STR("</td><td class=\"n\">"));
        trail_difference_write(out, figure, true);
        buf_str(out, STR("</td>"));
        page_row_close(page);
    }
    page_table_close(page);
}

static void weeks_table(struct page *page)
{
    static const struct str heads[] = {
        STR_LIT("Sample"),   STR_LIT("#Accounts by report"), STR_LIT("#By CloudTrail"),
        STR_LIT("#Console"), STR_LIT("#Without MFA"),        STR_LIT("#Days of a key"),
        STR_LIT("#Calls"),
    };

    page_data_open(page, STR("Root use in CloudTrail by week"), heads,
                   sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < page->result->week_count; i++) {
        const struct study_week *week = &page->result->weeks[i];
        page_row_open(page);
        page_cell_day(page, week->at);
        page_cell_count(page, week->use_accounts);
        page_cell_count(page, week->trail.use_accounts);
        page_cell_count(page, week->trail.console_uses);
        page_cell_count(page, week->trail.console_uses_no_mfa);
        page_cell_count(page, week->trail.key_uses);
        page_cell_count(page, week->trail.calls);
        page_row_close(page);
    }
    page_data_close(page);
}

static void answer_write(struct buf *out, const struct study_result *result)
{
    const struct study_trail *trail = &result->trail;
    uint64_t seen = 0;

    for (size_t i = 0; i < result->week_count; i++) {
        seen += result->weeks[i].use_accounts;
    }
    buf_str(out, STR("CloudTrail shows "));
    page_counted(out, trail->uses, STR("use"), STR("uses"));
    buf_str(out, STR(" of root in "));
    page_counted(out, trail->accounts, STR("account"), STR("accounts"));
    buf_str(out, STR(" where reports show "));
    number_grouped(out, seen);
    if (trail->uses > seen) {
        buf_str(out, STR(": "));
        number_grouped(out, trail->uses - seen);
        buf_str(out, STR(" that a report of the last use cannot show"));
    }
    buf_char(out, '.');
}

void page_trail_write(struct page *page)
{
    struct buf answer;

    if (!page_has_root(page) || !page->result->trail.is_there) {
        return;
    }
    buf_init(&answer, PAGE_TEXT_MAX);
    answer_write(&answer, page->result);
    page_section_open(page, "cloudtrail", STR("What do reports not show?"));
    page_plot_open(page, STR(""), buf_text(&answer));
    figures_table(page);
    weeks_table(page);
    page_plot_close(page);
    page_section_close(page);
    buf_release(&answer);
}
