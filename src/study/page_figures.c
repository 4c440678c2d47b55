/* Every figure, published beside computed, and the accounts behind those of root use. */
#include "base/buf.h"
#include "render/html.h"
#include "render/number.h"
#include "study/page_parts.h"
#include "study/page_published.h"

static void value_cell(struct page *page, const struct study_figure *figure)
{
    struct buf *out = page->out;

    buf_str(out, STR("<td class=\"n\">"));
    switch (figure->type) {
    case STUDY_NOTHING:
        buf_str(out, STR("\u2013"));
        break;
    case STUDY_COUNT:
        number_grouped(out, figure->sum);
        break;
    case STUDY_MEAN:
        if (figure->divisor > 0) {
            uint64_t hundredths =
                (uint64_t)(100.0 * (double)figure->sum / (double)figure->divisor + 0.5);
            number_grouped(out, hundredths / 100);
            buf_printf(out, ".%02u", (unsigned)(hundredths % 100));
        }
        break;
    case STUDY_DATE:
        page_day(out, figure->date);
        break;
    }
    buf_str(out, STR("</td>"));
}

/* "510 / 18,300 = 2.8%", the whole being a mean where it is divided. */
static void share_cell(struct page *page, const struct study_figure *figure)
{
    struct buf *out = page->out;

    buf_str(out, STR("<td class=\"n\">"));
    if (figure->whole_divisor > 0 && figure->whole > 0) {
        scale_percent(out, (double)figure->part * (double)figure->whole_divisor,
                      (double)figure->whole);
        buf_str(out, STR("<br><span class=\"soft\">"));
        number_grouped(out, figure->part);
        buf_str(out, STR(" of "));
        page_mean(out, figure->whole, figure->whole_divisor);
        buf_str(out, STR("</span>"));
    }
    buf_str(out, STR("</td>"));
}

static void figure_row(struct page *page, const struct study_figure *figure, bool has_published)
{
    struct buf *out = page->out;
    struct buf difference;

    buf_init(&difference, PAGE_TEXT_MAX);
    page_row_open(page);
    buf_str(out, STR("<th scope=\"row\" class=\"name\">"));
    html_text(out, figure->title);
    buf_str(out, STR("<br><code class=\"soft\">"));
    html_text(out, figure->name);
    buf_str(out, STR("</code></th>"));
    value_cell(page, figure);
    share_cell(page, figure);
    if (has_published) {
        enum page_published verdict = page_published_compare(&difference, figure);
        buf_str(out, STR("<td class=\"n\">"));
        html_text(out, figure->published);
        buf_str(out, verdict == PUBLISHED_OTHER ? STR("</td><td class=\"n other\">")
                                                : STR("</td><td class=\"n\">"));
        buf_str(out, buf_text(&difference));
        buf_str(out, STR("</td>"));
    }
    buf_str(out, STR("<td class=\"note\">"));
    html_prose(out, figure->note);
    buf_str(out, STR("</td>"));
    page_row_close(page);
    buf_release(&difference);
}

/* How many figures are published, and how many of these come out the same. */
static size_t count_published(const struct page *page, enum page_published wanted)
{
    size_t count = 0;
    struct buf text;

    buf_init(&text, PAGE_TEXT_MAX);
    for (size_t i = 0; i < page->result->figure_count; i++) {
        count += page_published_compare(&text, &page->result->figures[i]) == wanted;
    }
    buf_release(&text);
    return count;
}

static void kind_table(struct page *page, enum study_kind kind, struct str caption,
                       bool has_published)
{
    static const struct str heads_all[] = {STR_LIT("Figure"),      STR_LIT("#Computed"),
                                           STR_LIT("#Share"),      STR_LIT("#Published"),
                                           STR_LIT("#Difference"), STR_LIT("Note")};
    static const struct str heads_own[] = {STR_LIT("Figure"), STR_LIT("#Computed"),
                                           STR_LIT("#Share"), STR_LIT("Note")};
    const struct study_result *result = page->result;
    size_t count = 0;

    for (size_t i = 0; i < result->figure_count; i++) {
        count += result->figures[i].kind == kind;
    }
    if (count == 0) {
        return;
    }
    buf_str(page->out, STR("<div class=\"card\">\n"));
    page_table_open(page, caption, has_published ? heads_all : heads_own, has_published ? 6 : 4,
                    false);
    for (size_t i = 0; i < result->figure_count; i++) {
        if (result->figures[i].kind == kind) {
            figure_row(page, &result->figures[i], has_published);
        }
    }
    page_table_close(page);
    buf_str(page->out, STR("</div>\n"));
}

void page_figures_write(struct page *page)
{
    size_t same, all;

    if (page->result->figure_count == 0) {
        return;
    }
    all = page->result->figure_count - count_published(page, PUBLISHED_NOT);
    same = count_published(page, PUBLISHED_SAME);
    page_section_open(page, "figures", STR("All figures"));
    if (all > 0) {
        buf_str(page->out, STR("<p>These samples are the simulated fleet <code>"));
        html_text(page->out, page->result->profile);
        buf_str(page->out, STR("</code>, built to have what its study published: "));
        number_grouped(page->out, same);
        buf_str(page->out, STR(" of "));
        number_grouped(page->out, all);
        buf_str(page->out, STR(" published figures come out the same. A published number is "
                               "rounded; ours is rounded alike before it is compared.</p>\n"));
    }
    kind_table(page, STUDY_ROOT, STR("Root use"), all > 0);
    kind_table(page, STUDY_IAM, STR("IAM users"), all > 0);
    page_section_close(page);
}

void page_offenders_write(struct page *page)
{
    static const struct str heads[] = {
        STR_LIT("Account"), STR_LIT("Organization"), STR_LIT("Size"),
        STR_LIT("#Uses"),   STR_LIT("#Console"),     STR_LIT("#Without MFA"),
        STR_LIT("#By key"), STR_LIT("First use"),    STR_LIT("Last use"),
    };
    const struct study_result *result = page->result;

    if (!page_has_root(page) || result->offender_count == 0) {
        return;
    }
    page_section_open(page, "offenders", STR("Which accounts?"));
    buf_str(page->out, STR("<p class=\"soft\">"));
    if (result->offender_count < result->offender_total) {
        buf_str(page->out, STR("The first "));
        number_grouped(page->out, result->offender_count);
        buf_str(page->out, STR(" of the "));
    } else {
        buf_str(page->out, STR("All "));
    }
    page_counted(page->out, result->offender_total, STR("account"), STR("accounts"));
    buf_str(page->out, STR(" with root use in a week of the samples, most uses first.</p>\n"
                           "<div class=\"card\">\n"));
    page_table_open(page, STR("Accounts with root use"), heads, sizeof heads / sizeof heads[0],
                    result->offender_count > 12);
    for (size_t i = 0; i < result->offender_count; i++) {
        const struct study_offender *offender = &result->offenders[i];
        page_row_open(page);
        page_cell_head(page, offender->account);
        page_cell_text(page, offender->organization);
        page_cell_text(page, asset_class_name(offender->asset_class));
        page_cell_count(page, offender->uses);
        page_cell_count(page, offender->console_uses);
        page_cell_count(page, offender->console_uses_no_mfa);
        page_cell_count(page, offender->api_uses);
        page_cell_day(page, offender->first_use);
        page_cell_day(page, offender->last_use);
        page_row_close(page);
    }
    page_table_close(page);
    buf_str(page->out, STR("</div>\n"));
    page_section_close(page);
}

static void definition_write(struct buf *out, const char *term, const char *text)
{
    buf_printf(out, "<dt>%s</dt><dd>%s</dd>\n", term, text);
}

static void definitions_write(struct page *page)
{
    struct buf *out = page->out;

    buf_str(out, STR("<div class=\"card\"><dl>\n"));
    definition_write(out, "Sample",
                     "the credential report of one account at one time; a week without one is a "
                     "gap, never a zero");
    if (page_has_root(page)) {
        definition_write(out, "Root use",
                         "the root user's password or a key of it was used in the 7 days before "
                         "the sample, and the account is at least 30 days old; at most one use for "
                         "each account and week, so the true number may be higher");
        definition_write(out, "Console, key",
                         "which of the two was used in these 7 days; a week can be both");
    }
    if (page_has_iam(page)) {
        definition_write(out, "No MFA",
                         "a console password and no MFA device, in accounts that stand alone, "
                         "where no policy of an organization can ask for it");
        definition_write(out, "Key at setup",
                         "an active key whose date is within 10 seconds of the user's creation");
        definition_write(out, "Not rotated", "an active key older than 90 days");
        definition_write(out, "Unused",
                         "at least one enabled credential, and none used in the last 90 days; for "
                         "one that was never used, its own date stands in");
    }
    definition_write(out, "95% interval",
                     "of a share, by Wilson's score method; of a survival curve, by "
                     "Greenwood's formula on the log-log scale");
    definition_write(out, "Gini figure",
                     "half the mean difference of two accounts' uses over their mean");
    buf_str(out, STR("</dl></div>\n"));
}

void page_notes_write(struct page *page)
{
    const struct study_result *result = page->result;

    page_section_open(page, "notes", STR("How good are the data?"));
    buf_str(page->out, STR("<div class=\"card\">\n"));
    if (result->note_count == 0) {
        buf_str(page->out, STR("<p>Nothing odd was found in the samples.</p>\n"));
    } else {
        buf_str(page->out, STR("<ul>\n"));
        for (size_t i = 0; i < result->note_count; i++) {
            buf_str(page->out, STR("<li>"));
            html_prose(page->out, result->notes[i].text);
            buf_str(page->out, STR("</li>\n"));
        }
        buf_str(page->out, STR("</ul>\n"));
    }
    buf_str(page->out, STR("</div>\n"));
    page_section_close(page);
    page_section_open(page, "definitions", STR("What the words mean"));
    definitions_write(page);
    page_section_close(page);
}
