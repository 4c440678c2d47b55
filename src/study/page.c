#include "study/page.h"

#include "render/html.h"
#include "render/number.h"
#include "report/html_style.h"
#include "study/format.h"
#include "study/page_parts.h"

static void head_write(struct buf *out)
{
    buf_str(out, STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<title>keywarden: fleet study</title>\n<style>\n"));
    for (size_t i = 0; i < html_style_count; i++) {
        buf_str(out, html_style[i]);
    }
    for (size_t i = 0; i < plot_style_count; i++) {
        buf_str(out, plot_style[i]);
    }
    for (size_t i = 0; i < page_style_count; i++) {
        buf_str(out, page_style[i]);
    }
    buf_str(out, STR("</style>\n</head>\n<body>\n"
                     "<a class=\"skip\" href=\"#main\">Skip to the answers</a>\n"));
}

static void facts_write(struct buf *out, const struct study_result *result)
{
    page_counted(out, result->account_count, STR("account"), STR("accounts"));
    if (result->organization_count > 0) {
        buf_str(out, STR(" \u00b7 "));
        page_counted(out, result->organization_count, STR("organization"), STR("organizations"));
    }
    buf_str(out, STR(" \u00b7 "));
    page_counted(out, result->user_count, STR("IAM user"), STR("IAM users"));
    buf_str(out, STR(" \u00b7 "));
    page_counted(out, result->sample_count, STR("sample"), STR("samples"));
    if (result->week_count == 1) {
        buf_str(out, STR(" of "));
        page_day(out, result->weeks[0].at);
    } else if (result->week_count > 1) {
        buf_str(out, STR(", "));
        page_day(out, result->weeks[0].at);
        buf_str(out, STR(" to "));
        page_day(out, result->weeks[result->week_count - 1].at);
    }
}

/* A card: a share of a figure where it has one, else its count; linked to where it is told. */
struct card {
    struct str figure, class, href, label;
};

static const struct card cards[] = {
    {STR_LIT("weekly_use_accounts_mean"), STR_LIT("high"), STR_LIT("#use"),
     STR_LIT("of accounts with root use in a week")},
    {STR_LIT("use_accounts"), STR_LIT("high"), STR_LIT("#who"),
     STR_LIT("of accounts with root use at any time")},
    {STR_LIT("console_uses_no_mfa"), STR_LIT("critical"), STR_LIT("#use"),
     STR_LIT("of console uses of root without MFA")},
    {STR_LIT("key_accounts_mean"), STR_LIT("critical"), STR_LIT("#trend"),
     STR_LIT("of accounts with an active root key")},
    {STR_LIT("not_rotated_90"), STR_LIT("high"), STR_LIT("#keys"),
     STR_LIT("of users with a key over 90 days")},
    {STR_LIT("unused_90"), STR_LIT("medium"), STR_LIT("#keys"),
     STR_LIT("of users unused for 90 days")},
    {STR_LIT("no_mfa"), STR_LIT("critical"), STR_LIT("#keys"),
     STR_LIT("of users with a password and no MFA")},
    {STR_LIT("two_keys"), STR_LIT("medium"), STR_LIT("#keys"),
     STR_LIT("of users with two active keys")},
};

static void card_write(struct page *page, const struct card *card)
{
    const struct study_figure *figure = page_figure(page, card->figure);
    struct buf *out = page->out;
    bool is_root = figure != NULL && figure->kind == STUDY_ROOT;

    if (figure == NULL || figure->type == STUDY_NOTHING || figure->whole_divisor == 0 ||
        figure->whole == 0 || (figure->type == STUDY_MEAN && figure->divisor == 0) ||
        (is_root ? !page_has_root(page) : !page_has_iam(page))) {
        return;
    }
    buf_printf(out, "<li class=\"%.*s\"><a href=\"%.*s\"><b%s>", STR_ARG(card->class),
               STR_ARG(card->href), figure->part == 0 ? " class=\"zero\"" : "");
    scale_percent(out, (double)figure->part * (double)figure->whole_divisor, (double)figure->whole);
    buf_printf(out, "</b>%.*s<span>", STR_ARG(card->label));
    /* Sums over the samples read better as means. */
    uint64_t divisor = figure->type == STUDY_MEAN ? figure->divisor : 1;
    page_mean(out, figure->part, divisor);
    buf_str(out, STR(" of "));
    page_mean(out, figure->whole, figure->whole_divisor * divisor);
    buf_str(out, divisor > 1 ? STR(" on average") : STR(""));
    buf_str(out, STR("</span></a></li>\n"));
}

static void cards_write(struct page *page)
{
    buf_str(page->out, STR("<ul class=\"cards\" aria-label=\"The main shares\">\n"));
    for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++) {
        card_write(page, &cards[i]);
    }
    buf_str(page->out, STR("</ul>\n"));
}

/* A figure that is a count, NULL where it is not known. */
static const struct study_figure *count_figure(const struct page *page, struct str name)
{
    const struct study_figure *figure = page_figure(page, name);

    return figure != NULL && figure->type == STUDY_COUNT ? figure : NULL;
}

static void verdict_use_write(struct page *page, const struct study_figure *uses)
{
    const struct study_figure *half = count_figure(page, STR("half_uses_accounts"));
    struct buf *out = page->out;

    if (uses->sum == 0) {
        buf_str(out, STR("Root was not used in any account. "));
        return;
    }
    buf_str(out, STR("Root was used in "));
    page_counted(out, uses->sum, STR("account"), STR("accounts"));
    if (half != NULL && half->sum > 0 && half->sum < uses->sum) {
        buf_str(out, STR("; "));
        page_counted(out, half->sum, STR("of them makes"), STR("of them make"));
        buf_str(out, STR(" half of all the use"));
    }
    buf_str(out, STR(". "));
}

/* The whole in one or two sentences. */
static void verdict_write(struct page *page)
{
    const struct study_figure *uses = count_figure(page, STR("use_accounts"));
    const struct study_figure *old = count_figure(page, STR("not_rotated_90"));
    struct buf *out = page->out;

    if (page->result->sample_count == 0) {
        buf_str(out, STR("<p class=\"verdict warn\">Nothing can be said: there is no sample."
                         "</p>\n"));
        return;
    }
    bool is_bad = (uses != NULL && uses->sum > 0) || (old != NULL && old->sum > 0);
    buf_printf(out, "<p class=\"verdict %s\">", is_bad ? "bad" : "good");
    if (uses != NULL) {
        verdict_use_write(page, uses);
    }
    if (old != NULL) {
        page_share(out, old->part, old->whole, STR("IAM users"));
        buf_str(out, STR(" have a key that was not rotated within 90 days."));
    }
    buf_str(out, STR("</p>\n"));
}

static void header_write(struct page *page)
{
    const struct study_result *result = page->result;
    struct buf *out = page->out;

    buf_str(out, STR("<header>\n<p class=\"brand\">keywarden</p>\n"
                     "<h1>Fleet study: "));
    buf_str(out, !page_has_iam(page)    ? STR("root use")
                 : !page_has_root(page) ? STR("IAM users")
                                        : STR("root use and IAM users"));
    buf_str(out, STR("</h1>\n<p class=\"soft\">"));
    facts_write(out, result);
    if (page_has_iam(page) && result->iam_at != 0) {
        buf_str(out, STR("<br>\nIAM users as of "));
        page_day(out, result->iam_at);
    }
    buf_str(out, STR("<br>\nFrom <code>"));
    html_text(out, result->source);
    buf_str(out, STR("</code></p>\n"));
    verdict_write(page);
    cards_write(page);
    buf_str(out, STR("</header>\n<main id=\"main\">\n"));
}

void study_page_write(struct buf *out, const struct study_result *result, struct str version)
{
    struct page page = {.out = out, .result = result};

    head_write(out);
    header_write(&page);
    page_use_write(&page);
    page_trail_write(&page);
    page_who_write(&page);
    page_trend_write(&page);
    page_keys_write(&page);
    page_lives_write(&page);
    page_groups_write(&page);
    page_offenders_write(&page);
    page_figures_write(&page);
    page_notes_write(&page);
    buf_str(out, STR("</main>\n<footer>Made by keywarden "));
    html_text(out, version);
    buf_str(out,
            STR(". Names come from the samples as they are; characters that cannot be seen are "
                "written out, as in <code>\\x1b</code>.</footer>\n</body>\n</html>\n"));
}

static void write(struct buf *out, const struct study_result *result,
                  const struct study_options *options)
{
    study_page_write(out, result, options->version);
}

const struct study_format study_html = {.name = STR_LIT("html"), .write = write};
