/* How often is root used, and how: weeks as lines. */
#include "base/buf.h"
#include "render/number.h"
#include "study/page_weeks.h"

static uint64_t accounts_of(const struct study_week *week)
{
    return week->accounts;
}

static uint64_t organizations_of(const struct study_week *week)
{
    return week->organizations;
}

static uint64_t use_accounts_of(const struct study_week *week)
{
    return week->use_accounts;
}

static uint64_t use_organizations_of(const struct study_week *week)
{
    return week->use_organizations;
}

static uint64_t console_of(const struct study_week *week)
{
    return week->console_uses;
}

static uint64_t no_mfa_of(const struct study_week *week)
{
    return week->console_uses_no_mfa;
}

static uint64_t api_of(const struct study_week *week)
{
    return week->api_uses;
}

static uint64_t sum_of(const struct study_result *result, page_week_fn part)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < result->week_count; i++) {
        sum += part(&result->weeks[i]);
    }
    return sum;
}

static void average_write(struct buf *out, const struct study_result *result, page_week_fn part,
                          page_week_fn whole, struct str noun)
{
    uint64_t parts = sum_of(result, part), wholes = sum_of(result, whole);

    page_mean(out, parts, result->week_count);
    buf_str(out, STR(" of "));
    page_mean(out, wholes, result->week_count);
    buf_char(out, ' ');
    buf_str(out, noun);
    if (wholes > 0) {
        buf_str(out, STR(" ("));
        page_percent(out, parts, wholes);
        buf_char(out, ')');
    }
}

static void share_answer(struct buf *out, const struct study_result *result)
{
    buf_str(out, result->week_count == 1 ? STR("In the one sample, root was used in ")
                                         : STR("In an average week root was used in "));
    average_write(out, result, use_accounts_of, accounts_of, STR("accounts"));
    if (sum_of(result, organizations_of) > 0) {
        buf_str(out, STR(" and in "));
        average_write(out, result, use_organizations_of, organizations_of, STR("organizations"));
    }
    buf_char(out, '.');
}

static void share_rows(struct page *page)
{
    static const struct str heads[] = {
        STR_LIT("Week to"),        STR_LIT("#Accounts"),     STR_LIT("#With root use"),
        STR_LIT("#Share"),         STR_LIT("#95% interval"), STR_LIT("#Organizations"),
        STR_LIT("#With root use"), STR_LIT("#Share"),
    };
    const struct study_result *result = page->result;

    page_data_open(page, STR("Root use by week"), heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        page_row_open(page);
        page_cell_day(page, week->at);
        page_cell_count(page, week->accounts);
        page_cell_count(page, week->use_accounts);
        page_cell_share(page, week->use_accounts, week->accounts);
        page_cell_interval(page, week->use_accounts, week->accounts);
        page_cell_count(page, week->organizations);
        page_cell_count(page, week->use_organizations);
        page_cell_share(page, week->use_organizations, week->organizations);
        page_row_close(page);
    }
    page_data_close(page);
}

static void share_write(struct page *page)
{
    const struct study_result *result = page->result;
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    share_answer(&answer, result);
    page_plot_open(page, STR(""), buf_text(&answer));
    page_weeks_gaps_tell(page);
    struct page_weeks weeks = {
        .question = STR("How often is root used?"),
        .answer = buf_text(&answer),
        .y_title = STR("share with root use in the week; bands are 95% intervals"),
        .kind = SCALE_SHARE,
    };
    page_weeks_add(&weeks, page, STR("accounts"), use_accounts_of, accounts_of);
    if (sum_of(result, organizations_of) > 0) {
        page_weeks_add(&weeks, page, STR("organizations"), use_organizations_of, organizations_of);
    }
    page_weeks_draw(&weeks, page);
    share_rows(page);
    page_plot_close(page);
    page_weeks_release(&weeks);
    buf_release(&answer);
}

static void way_answer(struct buf *out, const struct study_result *result)
{
    uint64_t console = sum_of(result, console_of), api = sum_of(result, api_of);

    if (console + api == 0) {
        buf_str(out, STR("Not at all: no use was seen in any sample."));
        return;
    }
    page_counted(out, console, STR("use was"), STR("uses were"));
    buf_str(out, STR(" at the console"));
    if (console > 0) {
        buf_str(out, STR(", "));
        number_grouped(out, sum_of(result, no_mfa_of));
        buf_str(out, STR(" of them ("));
        page_percent(out, sum_of(result, no_mfa_of), console);
        buf_str(out, STR(") without MFA"));
    }
    buf_str(out, STR("; "));
    page_counted(out, api, STR("was"), STR("were"));
    buf_str(out, STR(" through an access key of root. A use of both kinds counts in both."));
}

static void way_rows(struct page *page)
{
    static const struct str heads[] = {STR_LIT("Week to"), STR_LIT("#Console"),
                                       STR_LIT("#Console without MFA"), STR_LIT("#Access key")};
    const struct study_result *result = page->result;

    page_data_open(page, STR("Root use by way and week"), heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        page_row_open(page);
        page_cell_day(page, week->at);
        page_cell_count(page, week->console_uses);
        page_cell_count(page, week->console_uses_no_mfa);
        page_cell_count(page, week->api_uses);
        page_row_close(page);
    }
    page_data_close(page);
}

static void way_write(struct page *page)
{
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    way_answer(&answer, page->result);
    page_plot_open(page, STR("At the console, or through a key?"), buf_text(&answer));
    struct page_weeks weeks = {
        .question = STR("At the console, or through a key?"),
        .answer = buf_text(&answer),
        .y_title = STR("accounts with root use in the week"),
        .kind = SCALE_COUNT,
    };
    page_weeks_add(&weeks, page, STR("console"), console_of, NULL);
    page_weeks_add(&weeks, page, STR("without MFA"), no_mfa_of, NULL);
    page_weeks_add(&weeks, page, STR("access key"), api_of, NULL);
    page_weeks_draw(&weeks, page);
    way_rows(page);
    page_plot_close(page);
    page_weeks_release(&weeks);
    buf_release(&answer);
}

void page_use_write(struct page *page)
{
    if (!page_has_root(page)) {
        return;
    }
    page_section_open(page, "use", STR("How often is root used?"));
    if (page->result->week_count == 0) {
        page_plot_open(page, STR(""), STR("Not known: there is no sample."));
        page_plot_close(page);
    } else {
        share_write(page);
        way_write(page);
    }
    page_section_close(page);
}
