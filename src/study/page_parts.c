#include "study/page_parts.h"

#include <assert.h>

#include "base/instant.h"
#include "render/html.h"
#include "render/number.h"

bool page_has_root(const struct page *page)
{
    return (page->result->kind & STUDY_ROOT) != 0;
}

bool page_has_iam(const struct page *page)
{
    return (page->result->kind & STUDY_IAM) != 0;
}

const struct study_figure *page_figure(const struct page *page, struct str name)
{
    const struct study_result *result = page->result;

    for (size_t i = 0; i < result->figure_count; i++) {
        if (str_eq(result->figures[i].name, name)) {
            return &result->figures[i];
        }
    }
    return NULL;
}

void page_section_open(struct page *page, const char *id, struct str question)
{
    buf_printf(page->out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    html_text(page->out, question);
    buf_str(page->out, STR("</h2>\n"));
}

void page_section_close(struct page *page)
{
    buf_str(page->out, STR("</section>\n"));
}

void page_plot_open(struct page *page, struct str question, struct str answer)
{
    buf_str(page->out, STR("<figure class=\"card\">\n"));
    if (question.n > 0) {
        buf_str(page->out, STR("<h3>"));
        html_text(page->out, question);
        buf_str(page->out, STR("</h3>\n"));
    }
    buf_str(page->out, STR("<p class=\"answer\">"));
    html_text(page->out, answer);
    buf_str(page->out, STR("</p>\n"));
}

void page_plot_detail(struct page *page, struct str text)
{
    buf_str(page->out, STR("<p class=\"detail\">"));
    html_text(page->out, text);
    buf_str(page->out, STR("</p>\n"));
}

void page_plot_close(struct page *page)
{
    buf_str(page->out, STR("</figure>\n"));
}

void page_draw_both(struct page *page, page_draw_fn draw, const void *context)
{
    buf_str(page->out, STR("<div class=\"on-wide\">\n"));
    draw(page, context, PAGE_WIDE);
    buf_str(page->out, STR("</div>\n<div class=\"on-phone\">\n"));
    draw(page, context, PAGE_PHONE);
    buf_str(page->out, STR("</div>\n"));
}

void page_table_open(struct page *page, struct str caption, const struct str *heads, size_t count,
                     bool is_long)
{
    struct buf *out = page->out;

    /* What scrolls can be reached by keyboard, and says what it is. */
    buf_printf(out, "<div class=\"scroll%s\" tabindex=\"0\" role=\"group\" aria-label=\"",
               is_long ? " long" : "");
    html_text(out, caption);
    buf_str(out, STR("\"><table>\n<caption>"));
    html_text(out, caption);
    buf_str(out, STR("</caption>\n<thead><tr>"));
    for (size_t i = 0; i < count; i++) {
        bool is_number = str_starts(heads[i], STR("#"));
        buf_str(out, is_number ? STR("<th scope=\"col\" class=\"n\">") : STR("<th scope=\"col\">"));
        html_text(out, str_sub(heads[i], is_number, heads[i].n));
        buf_str(out, STR("</th>"));
    }
    buf_str(out, STR("</tr></thead>\n<tbody>\n"));
}

void page_table_close(struct page *page)
{
    buf_str(page->out, STR("</tbody></table></div>\n"));
}

void page_data_open(struct page *page, struct str caption, const struct str *heads, size_t count)
{
    buf_str(page->out, STR("<details class=\"more\"><summary>The numbers behind this"
                           "</summary>\n"));
    page_table_open(page, caption, heads, count, true);
}

void page_data_close(struct page *page)
{
    page_table_close(page);
    buf_str(page->out, STR("</details>\n"));
}

void page_row_open(struct page *page)
{
    buf_str(page->out, STR("<tr>"));
}

void page_row_close(struct page *page)
{
    buf_str(page->out, STR("</tr>\n"));
}

void page_cell_head(struct page *page, struct str text)
{
    buf_str(page->out, STR("<th scope=\"row\" class=\"name\">"));
    html_text(page->out, text);
    buf_str(page->out, STR("</th>"));
}

void page_cell_text(struct page *page, struct str text)
{
    buf_str(page->out, STR("<td class=\"name\">"));
    html_text(page->out, text);
    buf_str(page->out, STR("</td>"));
}

void page_cell_count(struct page *page, uint64_t count)
{
    buf_str(page->out, count == 0 ? STR("<td class=\"n zero\">") : STR("<td class=\"n\">"));
    number_grouped(page->out, count);
    buf_str(page->out, STR("</td>"));
}

void page_cell_day(struct page *page, int64_t at)
{
    buf_str(page->out, STR("<td class=\"t\">"));
    page_day(page->out, at);
    buf_str(page->out, STR("</td>"));
}

void page_cell_share(struct page *page, uint64_t part, uint64_t whole)
{
    buf_str(page->out, STR("<td class=\"n\">"));
    if (whole == 0) {
        buf_str(page->out, STR("\u2013"));
    } else {
        page_percent(page->out, part, whole);
    }
    buf_str(page->out, STR("</td>"));
}

void page_cell_interval(struct page *page, uint64_t part, uint64_t whole)
{
    double low, high;

    buf_str(page->out, STR("<td class=\"n\">"));
    if (whole == 0) {
        buf_str(page->out, STR("\u2013"));
    } else {
        study_wilson(part, whole, &low, &high);
        buf_printf(page->out, "%.1f\u2013%.1f%%", 100 * low, 100 * high);
    }
    buf_str(page->out, STR("</td>"));
}

static double bar_length(const struct page_bar *bar)
{
    if (bar->by_share) {
        return bar->whole == 0 ? 0 : (double)bar->count / (double)bar->whole;
    }
    return (double)bar->count;
}

static void bars_draw(struct page *page, struct str question, struct str answer,
                      const struct page_bar *bars, size_t count)
{
    struct plot_bar drawn[PAGE_BAR_MAX] = {0};
    struct buf values[PAGE_BAR_MAX];
    double longest = 0;

    assert(count <= PAGE_BAR_MAX);
    for (size_t i = 0; i < count; i++) {
        double length = bar_length(&bars[i]);
        longest = length > longest ? length : longest;
    }
    for (size_t i = 0; i < count; i++) {
        buf_init(&values[i], PAGE_TEXT_MAX);
        number_grouped(&values[i], bars[i].count);
        if (bars[i].whole > 0) {
            buf_str(&values[i], STR(" ("));
            page_percent(&values[i], bars[i].count, bars[i].whole);
            buf_char(&values[i], ')');
        }
        drawn[i] = (struct plot_bar){.name = bars[i].name,
                                     .value = buf_text(&values[i]),
                                     .class = bars[i].class,
                                     .share = longest > 0 ? bar_length(&bars[i]) / longest : 0};
    }
    plot_bars(page->out, question, answer, PAGE_HALF, drawn, count);
    for (size_t i = 0; i < count; i++) {
        buf_release(&values[i]);
    }
}

void page_bars_write(struct page *page, struct str question, struct str answer, struct str row_head,
                     struct str count_head, const struct page_bar *bars, size_t count)
{
    struct str heads[] = {row_head, count_head, STR("#Of"), STR("#Share")};

    page_plot_open(page, question, answer);
    bars_draw(page, question, answer, bars, count);
    page_data_open(page, question, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++) {
        page_row_open(page);
        page_cell_head(page, bars[i].name);
        page_cell_count(page, bars[i].count);
        page_cell_count(page, bars[i].whole);
        page_cell_share(page, bars[i].count, bars[i].whole);
        page_row_close(page);
    }
    page_data_close(page);
    page_plot_close(page);
}

void page_day(struct buf *out, int64_t at)
{
    size_t before = out->n;

    instant_write(out, at);
    if (out->n > before) {
        out->n -= sizeof "T00:00:00Z" - 1;
    }
}

void page_percent(struct buf *out, uint64_t part, uint64_t whole)
{
    scale_percent(out, (double)part, (double)whole);
}

void page_share(struct buf *out, uint64_t part, uint64_t whole, struct str noun)
{
    number_grouped(out, part);
    buf_str(out, STR(" of "));
    number_grouped(out, whole);
    if (noun.n > 0) {
        buf_char(out, ' ');
        buf_str(out, noun);
    }
    if (whole > 0) {
        buf_str(out, STR(" ("));
        page_percent(out, part, whole);
        buf_char(out, ')');
    }
}

void page_mean(struct buf *out, uint64_t sum, uint64_t divisor)
{
    uint64_t tenths = (uint64_t)(10.0 * (double)sum / (double)divisor + 0.5);

    number_grouped(out, tenths / 10);
    if (tenths % 10 != 0) {
        buf_printf(out, ".%u", (unsigned)(tenths % 10));
    }
}

void page_counted(struct buf *out, uint64_t count, struct str one, struct str many)
{
    number_grouped(out, count);
    buf_char(out, ' ');
    buf_str(out, count == 1 ? one : many);
}

void page_heading(struct buf *out, struct str title)
{
    if (title.n > 0) {
        bool is_small = title.p[0] >= 'a' && title.p[0] <= 'z';
        buf_char(out, is_small ? (char)(title.p[0] - 'a' + 'A') : title.p[0]);
        buf_str(out, str_sub(title, 1, title.n));
    }
}
