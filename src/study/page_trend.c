/* Is it getting better: new offenders against the same ones again, root keys, users' practices. */
#include "base/arena.h"
#include "base/buf.h"
#include "render/number.h"
#include "study/page_weeks.h"

static uint64_t accounts_of(const struct study_week *week)
{
    return week->accounts;
}

static uint64_t keys_of(const struct study_week *week)
{
    return week->key_accounts;
}

static uint64_t old_keys_of(const struct study_week *week)
{
    return week->key_old_accounts;
}

static uint64_t users_of(const struct study_week *week)
{
    return week->users;
}

static uint64_t no_mfa_of(const struct study_week *week)
{
    return week->no_mfa;
}

static uint64_t initial_of(const struct study_week *week)
{
    return week->initial_key;
}

static uint64_t two_keys_of(const struct study_week *week)
{
    return week->two_keys;
}

static uint64_t not_rotated_of(const struct study_week *week)
{
    return week->not_rotated_90;
}

static uint64_t unused_of(const struct study_week *week)
{
    return week->unused_90;
}

/* The first half of the weeks against the second: their shares, and whether they differ by more
 * than their intervals. */
static void halves_write(struct buf *out, const struct study_result *result)
{
    uint64_t use[2] = {0}, all[2] = {0};
    double low[2], high[2];

    for (size_t i = 0; i < result->week_count; i++) {
        size_t half = i >= result->week_count / 2;
        use[half] += result->weeks[i].use_accounts;
        all[half] += result->weeks[i].accounts;
    }
    if (all[0] == 0 || all[1] == 0) {
        buf_str(out, STR("One sample shows no trend."));
        return;
    }
    for (size_t half = 0; half < 2; half++) {
        study_wilson(use[half], all[half], &low[half], &high[half]);
    }
    buf_str(out,
            high[1] < low[0]   ? STR("Yes: the weekly share of accounts with root use fell from ")
            : high[0] < low[1] ? STR("No: the weekly share of accounts with root use rose from ")
                               : STR("No clear change: the weekly share of accounts with root "
                                     "use went from "));
    page_percent(out, use[0], all[0]);
    buf_str(out, STR(" in the first half of the samples to "));
    page_percent(out, use[1], all[1]);
    buf_str(out, STR(" in the second"));
    buf_str(out, high[1] < low[0] || high[0] < low[1] ? STR(".")
                                                      : STR(", which is within their intervals."));
}

/* How much of it is the same accounts again; nothing where there is no use or no before. */
static void again_write(struct buf *out, const struct study_result *result)
{
    uint64_t first = 0, repeat = 0;

    for (size_t i = 0; i < result->week_count; i++) {
        first += result->weeks[i].first_offenders;
        repeat += result->weeks[i].repeat_offenders;
    }
    if (first + repeat > 0 && result->week_count > 1) {
        page_share(out, repeat, first + repeat, STR("uses"));
        buf_str(out, STR(" came from accounts that had used root in the period before."));
    }
}

static void churn_draw(struct page *page, const void *context, double width)
{
    static const struct str names[] = {STR_LIT("first time"), STR_LIT("again")};
    const struct study_result *result = page->result;
    const struct str *answer = context;
    struct plot_point *first = mem_array(result->week_count, sizeof *first);
    struct plot_point *repeat = mem_array(result->week_count, sizeof *repeat);
    double high = 0, last_first = 0, last = 0;
    struct plot plot;

    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        double lower = (double)week->repeat_offenders;
        double upper = lower + (double)week->first_offenders;
        repeat[i] = (struct plot_point){.x = (double)week->at, .low = 0, .high = lower};
        first[i] = (struct plot_point){.x = (double)week->at, .low = lower, .high = upper};
        high = upper > high ? upper : high;
        last = lower / 2;
        last_first = (lower + upper) / 2;
    }
    struct scale x = page_weeks_scale(result);
    double half = (double)page_weeks_span(result) / 2;
    x.low -= half;
    x.high += half;
    plot_open(&plot, page->out,
              &(struct plot_frame){
                  .title = STR("Is it getting better?"),
                  .description = *answer,
                  .width = width,
                  .height = width < PAGE_HALF ? 240 : 260,
                  .left = 58,
                  .right = plot_label_room(names, 2),
                  .y_title = STR("accounts with root use in the week"),
                  .x = x,
                  .y = scale_make(SCALE_COUNT, high, 5),
              });
    page_weeks_gaps_draw(result, &plot);
    plot_columns(&plot, STR("fill s1"), repeat, result->week_count, 2 * half);
    plot_columns(&plot, STR("fill s2"), first, result->week_count, 2 * half);
    plot_label(&plot, STR("s2"), last_first, names[0]);
    plot_label(&plot, STR("s1"), last, names[1]);
    plot_close(&plot);
    mem_free(first);
    mem_free(repeat);
}

static void churn_write(struct page *page)
{
    static const struct str heads[] = {
        STR_LIT("Week to"),
        STR_LIT("#With root use"),
        STR_LIT("#First in the period"),
        STR_LIT("#Again"),
        STR_LIT("#Accounts joined"),
        STR_LIT("#Left after"),
        STR_LIT("#Accounts missing"),
    };
    const struct study_result *result = page->result;
    struct buf answer, again;

    buf_init(&answer, PAGE_TEXT_MAX);
    buf_init(&again, PAGE_TEXT_MAX);
    halves_write(&answer, result);
    again_write(&again, result);
    struct str text = buf_text(&answer);
    page_plot_open(page, STR(""), text);
    if (again.n > 0) {
        page_plot_detail(page, buf_text(&again));
    }
    page_draw_both(page, churn_draw, &text);
    page_data_open(page, STR("First and repeated root use by week"), heads,
                   sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        page_row_open(page);
        page_cell_day(page, week->at);
        page_cell_count(page, week->use_accounts);
        page_cell_count(page, week->first_offenders);
        page_cell_count(page, week->repeat_offenders);
        page_cell_count(page, week->joined);
        page_cell_count(page, week->left);
        page_cell_count(page, week->gaps);
        page_row_close(page);
    }
    page_data_close(page);
    page_plot_close(page);
    buf_release(&again);
    buf_release(&answer);
}

/* "54 of 915 accounts (5.9%) in the first sample, 50 of 910 (5.5%) in the last." */
static void ends_write(struct buf *out, const struct study_result *result, page_week_fn part,
                       page_week_fn whole, struct str noun)
{
    const struct study_week *first = &result->weeks[0];
    const struct study_week *last = &result->weeks[result->week_count - 1];

    page_share(out, part(first), whole(first), noun);
    if (result->week_count > 1) {
        buf_str(out, STR(" in the first sample, "));
        page_share(out, part(last), whole(last), STR(""));
        buf_str(out, STR(" in the last"));
    }
    buf_char(out, '.');
}

static void keys_write(struct page *page)
{
    static const struct str heads[] = {STR_LIT("Week to"), STR_LIT("#Accounts"),
                                       STR_LIT("#With an active root key"), STR_LIT("#Share"),
                                       STR_LIT("#Older than 90 days")};
    const struct study_result *result = page->result;
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    buf_str(&answer, STR("Active access keys of root: in "));
    ends_write(&answer, result, keys_of, accounts_of, STR("accounts"));
    page_plot_open(page, STR("Are keys of root going away?"), buf_text(&answer));
    struct page_weeks weeks = {
        .question = STR("Are keys of root going away?"),
        .answer = buf_text(&answer),
        .y_title = STR("accounts with an active key of root"),
        .kind = SCALE_COUNT,
    };
    page_weeks_add(&weeks, page, STR("any age"), keys_of, NULL);
    page_weeks_add(&weeks, page, STR("over 90 days"), old_keys_of, NULL);
    page_weeks_draw(&weeks, page);
    page_data_open(page, STR("Active keys of root by week"), heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        page_row_open(page);
        page_cell_day(page, week->at);
        page_cell_count(page, week->accounts);
        page_cell_count(page, week->key_accounts);
        page_cell_share(page, week->key_accounts, week->accounts);
        page_cell_count(page, week->key_old_accounts);
        page_row_close(page);
    }
    page_data_close(page);
    page_plot_close(page);
    page_weeks_release(&weeks);
    buf_release(&answer);
}

static void practices_rows(struct page *page)
{
    static const struct str heads[] = {STR_LIT("Week to"),          STR_LIT("#Users"),
                                       STR_LIT("#Key not rotated"), STR_LIT("#Unused credential"),
                                       STR_LIT("#Key at setup"),    STR_LIT("#Two keys"),
                                       STR_LIT("#No MFA")};
    const struct study_result *result = page->result;

    page_data_open(page, STR("Users against each practice by week"), heads,
                   sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        page_row_open(page);
        page_cell_day(page, week->at);
        page_cell_count(page, week->users);
        page_cell_count(page, week->not_rotated_90);
        page_cell_count(page, week->unused_90);
        page_cell_count(page, week->initial_key);
        page_cell_count(page, week->two_keys);
        page_cell_count(page, week->no_mfa);
        page_row_close(page);
    }
    page_data_close(page);
}

static void practices_write(struct page *page)
{
    const struct study_result *result = page->result;
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    buf_str(&answer, STR("A key not rotated within 90 days: "));
    ends_write(&answer, result, not_rotated_of, users_of, STR("users"));
    buf_str(&answer, STR(" A credential unused for 90 days: "));
    ends_write(&answer, result, unused_of, users_of, STR("users"));
    page_plot_open(page, STR("Are users handled better?"), buf_text(&answer));
    struct page_weeks weeks = {
        .question = STR("Are users handled better?"),
        .answer = buf_text(&answer),
        .y_title = STR("share of users against the practice"),
        .kind = SCALE_SHARE,
    };
    page_weeks_add(&weeks, page, STR("key not rotated"), not_rotated_of, users_of);
    page_weeks_add(&weeks, page, STR("unused"), unused_of, users_of);
    page_weeks_add(&weeks, page, STR("key at setup"), initial_of, users_of);
    page_weeks_add(&weeks, page, STR("two keys"), two_keys_of, users_of);
    page_weeks_add(&weeks, page, STR("no MFA"), no_mfa_of, users_of);
    page_weeks_draw(&weeks, page);
    practices_rows(page);
    page_plot_close(page);
    page_weeks_release(&weeks);
    buf_release(&answer);
}

void page_trend_write(struct page *page)
{
    if (page->result->week_count == 0 || (page->result->week_count == 1 && !page_has_root(page))) {
        return;
    }
    page_section_open(page, "trend", STR("Is it getting better?"));
    if (page_has_root(page)) {
        churn_write(page);
        keys_write(page);
    }
    if (page_has_iam(page) && page->result->week_count > 1) {
        practices_write(page);
    }
    page_section_close(page);
}
