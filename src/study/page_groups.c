/* Where: the same weeks for each organization or unit, on one scale, and the same table. */
#include "base/arena.h"
#include "base/buf.h"
#include "render/html.h"
#include "render/number.h"
#include "study/page_weeks.h"

enum { MULTIPLE_MAX = 24, ROW_MAX = 200, MULTIPLE_WIDTH = 250, MULTIPLE_HEIGHT = 116 };

static struct str name_of(const struct study_group *group)
{
    return group->name.n > 0 ? group->name : STR("(no name)");
}

static double highest(const struct page *page, size_t shown)
{
    double high = 0;

    for (size_t k = 0; k < shown; k++) {
        const struct study_group *group = &page->result->groups[k];
        for (size_t i = 0; i < page->result->week_count; i++) {
            double share = group->weekly_accounts[i] == 0
                               ? 0
                               : (double)group->weekly_uses[i] / (double)group->weekly_accounts[i];
            high = share > high ? share : high;
        }
    }
    return high;
}

static void multiple_draw(struct page *page, const struct study_group *group, struct str answer,
                          const struct scale *y, struct plot_point *points)
{
    const struct study_result *result = page->result;
    double span = (double)page_weeks_span(result);
    struct scale x = page_weeks_scale(result);
    struct plot plot;
    size_t count = 0;

    x.low -= span / 2;
    x.high += span / 2;
    plot_open(&plot, page->out,
              &(struct plot_frame){.title = name_of(group),
                                   .description = answer,
                                   .width = MULTIPLE_WIDTH,
                                   .height = MULTIPLE_HEIGHT,
                                   .left = 46,
                                   .right = 14,
                                   .top = 10,
                                   .bottom = 40,
                                   .x = x,
                                   .y = *y});
    for (size_t i = 0; i < result->week_count; i++) {
        double at = (double)result->weeks[i].at;
        if (group->weekly_accounts[i] == 0) {
            plot_gap(&plot, at - span / 2, at + span / 2, STR(""));
            continue;
        }
        points[count++] = (struct plot_point){
            .x = at,
            .low = 0,
            .high = (double)group->weekly_uses[i] / (double)group->weekly_accounts[i],
        };
    }
    page_weeks_gaps_draw(result, &plot);
    plot_columns(&plot, STR("fill s1"), points, count, span);
    plot_close(&plot);
}

static void multiples_write(struct page *page, size_t shown)
{
    struct plot_point *points = mem_array(page->result->week_count + 1, sizeof *points);
    struct scale y = scale_make(SCALE_SHARE, highest(page, shown), 3);
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    buf_str(page->out, STR("<ul class=\"multiples\">\n"));
    for (size_t k = 0; k < shown; k++) {
        const struct study_group *group = &page->result->groups[k];
        buf_clear(&answer);
        page_counted(&answer, group->accounts, STR("account"), STR("accounts"));
        buf_str(&answer, STR(", "));
        page_counted(&answer, group->uses, STR("use"), STR("uses"));
        buf_str(page->out, STR("<li><h3 title=\""));
        html_text(page->out, name_of(group));
        buf_str(page->out, STR("\">"));
        html_text(page->out, name_of(group));
        buf_str(page->out, STR("</h3>\n<p class=\"soft\">"));
        html_text(page->out, buf_text(&answer));
        buf_str(page->out, STR("</p>\n"));
        multiple_draw(page, group, buf_text(&answer), &y, points);
        buf_str(page->out, STR("</li>\n"));
    }
    buf_str(page->out, STR("</ul>\n"));
    buf_release(&answer);
    mem_free(points);
}

static void heads_write(struct page *page)
{
    static const struct str root[] = {STR_LIT("#Uses"),    STR_LIT("#By accounts"),
                                      STR_LIT("#Console"), STR_LIT("#Without MFA"),
                                      STR_LIT("#By key"),  STR_LIT("#Accounts with root key")};
    static const struct str iam[] = {STR_LIT("#Users"),        STR_LIT("#No MFA"),
                                     STR_LIT("#Key at setup"), STR_LIT("#Two keys"),
                                     STR_LIT("#Not rotated"),  STR_LIT("#Unused")};
    struct str heads[2 + 12];
    size_t count = 0;
    struct buf caption, word;

    buf_init(&word, PAGE_TEXT_MAX);
    page_heading(&word, page->result->group_word);
    heads[count++] = buf_text(&word);
    heads[count++] = STR("#Accounts");
    for (size_t i = 0; i < sizeof root / sizeof root[0] && page_has_root(page); i++) {
        heads[count++] = root[i];
    }
    for (size_t i = 0; i < sizeof iam / sizeof iam[0] && page_has_iam(page); i++) {
        heads[count++] = iam[i];
    }
    buf_init(&caption, PAGE_TEXT_MAX);
    buf_str(&caption, STR("The same counts by "));
    buf_str(&caption, page->result->group_word);
    page_table_open(page, buf_text(&caption), heads, count, page->result->group_count > 12);
    buf_release(&word);
    buf_release(&caption);
}

static void table_write(struct page *page)
{
    const struct study_result *result = page->result;

    heads_write(page);
    for (size_t i = 0; i < result->group_count && i < ROW_MAX; i++) {
        const struct study_group *group = &result->groups[i];
        page_row_open(page);
        page_cell_head(page, name_of(group));
        page_cell_count(page, group->accounts);
        if (page_has_root(page)) {
            page_cell_count(page, group->uses);
            page_cell_count(page, group->use_accounts);
            page_cell_count(page, group->console_uses);
            page_cell_count(page, group->console_uses_no_mfa);
            page_cell_count(page, group->api_uses);
            page_cell_count(page, group->key_accounts);
        }
        if (page_has_iam(page)) {
            page_cell_count(page, group->users);
            page_cell_count(page, group->no_mfa);
            page_cell_count(page, group->initial_key);
            page_cell_count(page, group->two_keys);
            page_cell_count(page, group->not_rotated_90);
            page_cell_count(page, group->unused_90);
        }
        page_row_close(page);
    }
    page_table_close(page);
    if (result->group_total > ROW_MAX) {
        buf_str(page->out, STR("<p class=\"soft\">"));
        page_counted(page->out, result->group_total - ROW_MAX, STR("more is"), STR("more are"));
        buf_str(page->out, STR(" not listed here.</p>\n"));
    }
}

static void answer_write(struct page *page, struct buf *out)
{
    const struct study_result *result = page->result;
    uint64_t with_use = 0, uses = 0;
    struct buf noun;

    if (!page_has_root(page)) {
        buf_str(out, STR("The users, and how many of them are against a practice, by "));
        buf_str(out, result->group_word);
        buf_char(out, '.');
        return;
    }
    for (size_t i = 0; i < result->group_count; i++) {
        with_use += result->groups[i].uses > 0;
        uses += result->groups[i].uses;
    }
    buf_init(&noun, PAGE_TEXT_MAX);
    buf_str(&noun, result->group_word);
    buf_char(&noun, 's');
    buf_str(out, STR("Root was used in "));
    page_share(out, with_use, result->group_total, buf_text(&noun));
    if (uses > 0 && result->group_count > 1) {
        buf_str(out, STR("; the first of them makes "));
        page_share(out, result->groups[0].uses, uses, STR("uses"));
    }
    buf_char(out, '.');
    buf_release(&noun);
}

/* What is drawn, and what is not. */
static void detail_write(struct page *page, size_t shown)
{
    const struct study_result *result = page->result;
    uint64_t with_use = 0;
    struct buf text;

    for (size_t i = 0; i < result->group_count; i++) {
        with_use += result->groups[i].uses > 0;
    }
    buf_init(&text, PAGE_TEXT_MAX);
    buf_str(&text, STR("Below: the share of accounts with root use in each week, all on one scale; "
                       "a grey week has no sample."));
    if (shown < with_use) {
        buf_char(&text, ' ');
        page_counted(&text, with_use - shown, STR("more with use is"), STR("more with use are"));
        buf_str(&text, STR(" in the table only."));
    }
    page_plot_detail(page, buf_text(&text));
    buf_release(&text);
}

void page_groups_write(struct page *page)
{
    const struct study_result *result = page->result;
    size_t shown = 0;
    struct buf answer;

    if (result->group_count == 0) {
        return;
    }
    /* The groups come with the most uses first. */
    while (page_has_root(page) && result->week_count > 0 && shown < result->group_count &&
           shown < MULTIPLE_MAX && result->groups[shown].uses > 0) {
        shown++;
    }
    buf_init(&answer, PAGE_TEXT_MAX);
    answer_write(page, &answer);
    page_section_open(page, "where", STR("Where?"));
    page_plot_open(page, STR(""), buf_text(&answer));
    if (shown > 0) {
        detail_write(page, shown);
        multiples_write(page, shown);
    }
    table_write(page);
    page_plot_close(page);
    page_section_close(page);
    buf_release(&answer);
}
