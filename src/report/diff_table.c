/* The diff for a terminal: account by account, what got worse first. */
#include "render/number.h"
#include "render/table.h"
#include "report/diff_report.h"
#include "report/outline.h"
#include "report/table_findings.h"

enum { COLUMNS_MIN = 80, COLUMNS_MAX = 140, TEXT_SIZE_MAX = 1 << 20 };
/* Of one account, unless all was asked for. */
enum { FINDINGS_SHOWN = 20, CREDENTIALS_SHOWN = 30 };

static struct table_page page_of(struct buf *out, const struct report_options *options)
{
    unsigned columns = options->columns;

    columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    return (struct table_page){out, NULL, columns, options->color};
}

static void side_write(const struct table_page *page, struct str label, const struct posture *side)
{
    struct buf line;

    buf_init(&line, TEXT_SIZE_MAX);
    outline_as_of_write(&line, side);
    table_labelled_write(page, label, buf_text(&line), STYLE_FAINT);
    buf_release(&line);
}

static void summary_write(const struct table_page *page, const struct diff *diff,
                          void (*write)(struct buf *out, const struct diff *diff),
                          enum terminal_style style)
{
    struct buf line;

    buf_init(&line, TEXT_SIZE_MAX);
    write(&line, diff);
    if (line.n > 0) {
        table_paragraph_write(page, 0, buf_text(&line), style);
    }
    buf_release(&line);
}

static void begin(struct buf *out, const struct diff *diff, const struct report_options *options)
{
    struct table_page page = page_of(out, options);

    terminal_style(out, STYLE_BOLD, page.color);
    buf_str(out, STR("keywarden diff"));
    terminal_style(out, STYLE_NONE, page.color);
    buf_str(out, STR("   "));
    diff_scope_summary(out, diff);
    buf_char(out, '\n');
    side_write(&page, STR("old"), diff->before);
    side_write(&page, STR("new"), diff->after);
    if (diff->change_count > 0) {
        buf_char(out, '\n');
        summary_write(&page, diff, diff_findings_summary, STYLE_BOLD);
        summary_write(&page, diff, diff_credentials_summary, STYLE_NONE);
    }
}

/* ---- findings ------------------------------------------------------------------------------- */

static void sign_cell(struct table *table, char sign, enum terminal_style style)
{
    table_cell(table, (struct str){&sign, 1}, style);
}

/* A failure that is over is good news; everything else is as bad as its control. */
static enum terminal_style finding_style(const struct change *change)
{
    if (change->verb == VERB_CLOSED) {
        return STYLE_GREEN;
    }
    if (change->after.status == STATUS_UNKNOWN) {
        return STYLE_MAGENTA;
    }
    return change->after.status == STATUS_EXCEPTED
               ? STYLE_BLUE
               : table_severity_style((enum severity)change->severity);
}

static void finding_row(struct table *table, const struct diff *diff, const struct change *change,
                        struct buf *text)
{
    enum terminal_style style = finding_style(change);
    size_t course = 0;

    sign_cell(table, diff_sign(change), style);
    table_cell(table, severity_name((enum severity)change->severity), style);
    table_cell(table, change->control->id, STYLE_NONE);
    table_cell(table, change->user.n > 0 ? change->user : STR("(account)"), STYLE_BOLD);
    buf_clear(text);
    diff_course_write(text, change);
    course = text->n;
    buf_str(text, STR("; "));
    diff_reason_write(text, diff, change, true);
    text->n = text->n == course + 2 ? course : text->n;
    table_cell(table, buf_text(text), STYLE_NONE);
}

static void findings_write(const struct table_page *page, const struct diff *diff, size_t from,
                           size_t to, bool show_all)
{
    static const struct table_column columns[] = {
        {.align = TABLE_LEFT}, /* sign */
        {.align = TABLE_LEFT}, /* severity */
        {.align = TABLE_LEFT}, /* control */
        {.shrink_to = 14},     /* user */
        {.shrink_to = 34, .wrap_after = ';'},
    };
    struct table table = {.columns = columns, .column_count = 5, .color = page->color};
    size_t shown = show_all || to - from <= FINDINGS_SHOWN ? to : from + FINDINGS_SHOWN;
    struct buf text;

    if (from == to) {
        return;
    }
    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t i = from; i < shown; i++) {
        finding_row(&table, diff, &diff->changes[i], &text);
    }
    table_write(&table, page->out, 2, page->columns);
    if (shown < to) {
        table_more_write(page, 2, to - shown);
    }
    buf_release(&text);
    table_release(&table);
}

/* ---- users and credentials ------------------------------------------------------------------ */

/* Most users use what they have every week: only root's use is news. */
static bool is_news(const struct change *change, bool show_all)
{
    return show_all || change->verb != VERB_USED || change->is_root;
}

static enum terminal_style credential_style(const struct change *change)
{
    if ((change->kind == KIND_MFA && change->verb == VERB_DISABLED) ||
        (change->is_root && change->verb != VERB_DELETED && change->verb != VERB_DISABLED &&
         change->verb != VERB_DEACTIVATED && change->kind != KIND_MFA)) {
        return STYLE_RED;
    }
    char sign = diff_sign(change);

    return sign == '+' ? STYLE_GREEN : sign == '-' ? STYLE_ORANGE : STYLE_YELLOW;
}

static void credential_row(struct table *table, const struct diff *diff,
                           const struct change *change, bool is_same_user, struct buf *text)
{
    enum terminal_style style = credential_style(change);

    sign_cell(table, diff_sign(change), style);
    table_cell(table, is_same_user ? STR("") : change->user, STYLE_BOLD);
    buf_clear(text);
    diff_words_write(text, diff, change);
    table_cell(table, buf_text(text), style == STYLE_RED ? style : STYLE_NONE);
}

static void credentials_write(const struct table_page *page, const struct diff *diff, size_t from,
                              size_t to, bool show_all)
{
    static const struct table_column columns[] = {
        {.align = TABLE_LEFT}, {.shrink_to = 14}, {.shrink_to = 40, .wrap_after = ','}};
    struct table table = {.columns = columns, .column_count = 3, .color = page->color};
    size_t shown = 0, hidden = 0, uses = 0;
    const struct change *last = NULL;
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t i = from; i < to; i++) {
        const struct change *change = &diff->changes[i];
        if (!is_news(change, show_all)) {
            uses++;
        } else if (!show_all && shown == CREDENTIALS_SHOWN) {
            hidden++;
        } else {
            bool is_same = last != NULL && last->is_root == change->is_root &&
                           str_eq(last->user, change->user);
            credential_row(&table, diff, change, is_same, &text);
            last = change;
            shown++;
        }
    }
    table_write(&table, page->out, 2, page->columns);
    if (hidden > 0) {
        table_more_write(page, 2, hidden);
    }
    if (uses > 0) {
        buf_clear(&text);
        number_counted(&text, uses, STR("password"));
        buf_str(&text, uses == 1 ? STR(" or key was used; --all shows it")
                                 : STR(" and keys were used; --all shows them"));
        table_paragraph_write(page, 2, buf_text(&text), STYLE_FAINT);
    }
    buf_release(&text);
    table_release(&table);
}

/* ---- accounts ------------------------------------------------------------------------------- */

static void heading_write(const struct table_page *page, const struct diff *diff,
                          const struct change *first)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_char(page->out, '\n');
    terminal_style(page->out, STYLE_TITLE, page->color);
    buf_str(page->out, STR("■ "));
    terminal_text(page->out, first->account.n > 0 ? first->account : STR("(no account)"));
    terminal_style(page->out, STYLE_NONE, page->color);
    if (first->kind == KIND_ACCOUNT) {
        buf_str(page->out, STR("  "));
        diff_words_write(&text, diff, first);
        terminal_style(page->out, STYLE_YELLOW, page->color);
        terminal_text(page->out, buf_text(&text));
        terminal_style(page->out, STYLE_NONE, page->color);
    }
    buf_char(page->out, '\n');
    buf_release(&text);
}

static void part(struct buf *out, const struct diff *diff, size_t from, size_t to,
                 const struct report_options *options)
{
    struct table_page page = page_of(out, options);
    size_t middle = diff_findings_end(diff, from, to);

    heading_write(&page, diff, &diff->changes[from]);
    from += diff->changes[from].kind == KIND_ACCOUNT;
    findings_write(&page, diff, from, middle, options->show_all);
    if (from < middle && middle < to) {
        buf_char(out, '\n');
    }
    credentials_write(&page, diff, middle, to, options->show_all);
}

static bool is_serious(const struct diff *diff, const struct report_options *options)
{
    for (size_t i = 0; i < diff->change_count; i++) {
        if (change_is_failure(&diff->changes[i]) &&
            (options->fail_on_never || diff->changes[i].severity >= options->fail_on)) {
            return true;
        }
    }
    return false;
}

static void end(struct buf *out, const struct diff *diff, const struct report_options *options)
{
    struct table_page page = page_of(out, options);
    bool is_doubtful =
        diff->account_count == 0 || diff->before->error_count + diff->after->error_count > 0;
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    diff_verdict_write(&text, diff, options);
    buf_char(out, '\n');
    table_paragraph_write(&page, 0, buf_text(&text),
                          is_serious(diff, options) ? STYLE_RED
                          : is_doubtful             ? STYLE_YELLOW
                                                    : STYLE_GREEN);
    buf_release(&text);
}

const struct diff_writer diff_table = {
    .name = STR_LIT("table"),
    .help = STR_LIT("for people: account by account, what got worse first"),
    .begin = begin,
    .part = part,
    .end = end,
};
