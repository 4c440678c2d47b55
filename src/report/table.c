/* The report for a terminal: what a person sees first. */
#include "render/table.h"

#include "base/arena.h"
#include "render/number.h"
#include "report/outline.h"
#include "report/report.h"
#include "report/table_findings.h"
#include "report/table_unknowns.h"
#include "report/table_tiers.h"

enum {
    COLUMNS_MIN = 80,
    COLUMNS_MAX = 140,
    LINE_SIZE_MAX = 1 << 20,
    ERRORS_SHOWN = 10,
    WAITING_SHOWN = 4
};
enum { BAR_WIDTH = 20, BAR_WIDTH_MIN = 4 };

/* Narrower than this nothing can be aligned; wider, the eye loses the line. */
static struct table_page page_of(struct buf *out, const struct posture *posture,
                                 const struct report_options *options)
{
    unsigned columns = options->columns;

    if (columns < COLUMNS_MIN) {
        columns = COLUMNS_MIN;
    } else if (columns > COLUMNS_MAX) {
        columns = COLUMNS_MAX;
    }
    return (struct table_page){out, posture, columns, options->color};
}

static void header_write(const struct table_page *page)
{
    const struct posture *posture = page->posture;
    struct buf line;

    buf_init(&line, LINE_SIZE_MAX);
    terminal_style(page->out, STYLE_BOLD, page->color);
    buf_str(page->out, STR("keywarden audit"));
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("   "));
    number_counted(page->out, posture->report_count, STR("report"));
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, posture->root_count, STR("root user"));
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, posture->user_count, STR("IAM user"));
    buf_char(page->out, '\n');

    if (posture->archive.n > 0) {
        outline_archive_write(&line, posture);
        table_labelled_write(page, STR("store"), buf_text(&line), STYLE_FAINT);
        buf_clear(&line);
    }
    if (posture->report_count > 0) {
        outline_as_of_write(&line, posture);
        table_labelled_write(page, STR("as of"), buf_text(&line), STYLE_FAINT);
    }
    if (posture->age_known) {
        buf_clear(&line);
        outline_age_write(&line, posture);
        table_labelled_write(page, STR("age"), buf_text(&line), STYLE_FAINT);
    }
    if (posture->late_date_count > 0) {
        buf_clear(&line);
        number_counted(&line, posture->late_date_count, STR("date"));
        buf_str(&line, STR(" later than that, counted as used"));
        table_labelled_write(page, STR("note"), buf_text(&line), STYLE_FAINT);
    }
    if (posture->has_accounts) {
        table_labelled_write(page, STR("note"), outline_accounts_note, STYLE_FAINT);
    }
    if (posture->baseline.is_given) {
        buf_clear(&line);
        baseline_totals_write(&line, &posture->baseline);
        table_labelled_write(page, STR("note"), buf_text(&line), STYLE_FAINT);
    }
    if (posture->skipped_count > 0) {
        buf_clear(&line);
        number_counted(&line, posture->skipped_count, STR("file"));
        buf_str(&line, STR(" skipped: no credential report"));
        table_labelled_write(page, STR("note"), buf_text(&line), STYLE_FAINT);
    }
    buf_release(&line);
}

static void bar_cell(struct table *table, uint64_t part, uint64_t whole, unsigned width,
                     enum terminal_style style)
{
    struct buf text;

    buf_init(&text, 1024);
    if (part > 0) {
        terminal_bar(&text, part, whole, width);
    }
    table_cell(table, buf_text(&text), style);
    buf_release(&text);
}

static void percent_cell(struct table *table, uint64_t part, uint64_t whole)
{
    struct buf text;

    buf_init(&text, 64);
    if (part > 0) {
        number_percent(&text, part, whole);
    }
    table_cell(table, buf_text(&text), STYLE_NONE);
    buf_release(&text);
}

static void counts_cells(struct table *table, const uint64_t *counts, bool has_excepted,
                         enum terminal_style fail_style)
{
    table_cell_count(table, counts[STATUS_FAIL], fail_style);
    table_cell_count(table, counts[STATUS_UNKNOWN], STYLE_MAGENTA);
    if (has_excepted) {
        table_cell_count(table, counts[STATUS_EXCEPTED], STYLE_BLUE);
    }
    table_cell_count(table, counts[STATUS_PASS], STYLE_GREEN);
    table_cell_count(table, counts[STATUS_NOT_APPLICABLE], STYLE_NONE);
}

/* The columns both matrices share, from the counts on. Returns how many there are. */
static size_t count_columns(struct table_column *columns, bool has_excepted)
{
    size_t count = 0;

    columns[count++] = (struct table_column){.title = STR("FAIL"), .align = TABLE_RIGHT};
    columns[count++] = (struct table_column){.title = STR("UNKNOWN"), .align = TABLE_RIGHT};
    if (has_excepted) {
        columns[count++] = (struct table_column){.title = STR("EXCEPTED"), .align = TABLE_RIGHT};
    }
    columns[count++] = (struct table_column){.title = STR("PASS"), .align = TABLE_RIGHT};
    columns[count++] = (struct table_column){.title = STR("N/A"), .align = TABLE_RIGHT};
    columns[count++] = (struct table_column){.title = STR("FAILING"), .align = TABLE_RIGHT};
    columns[count++] = (struct table_column){.title = STR("")};
    return count;
}

static void severities_fill(const struct table_page *page, struct table *table, bool has_excepted,
                            unsigned bar_width)
{
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        enum severity severity = (enum severity)i;
        uint64_t counts[STATUS_COUNT], judged = 0, all = 0;
        for (unsigned status = 0; status < STATUS_COUNT; status++) {
            counts[status] = posture_count(page->posture, severity, (enum status)status);
            all += counts[status];
        }
        if (all == 0) {
            continue;
        }
        judged = counts[STATUS_FAIL] + counts[STATUS_UNKNOWN] + counts[STATUS_PASS];
        table_cell(table, severity_name(severity), table_severity_style(severity));
        counts_cells(table, counts, has_excepted, table_severity_style(severity));
        percent_cell(table, counts[STATUS_FAIL], judged);
        bar_cell(table, counts[STATUS_FAIL], judged, bar_width, table_severity_style(severity));
    }
}

static void severities_write(const struct table_page *page, bool has_excepted)
{
    struct table_column columns[TABLE_COLUMN_MAX] = {{.title = STR_LIT("SEVERITY")}};
    struct table table = {.columns = columns, .color = page->color};

    table.column_count = 1 + count_columns(columns + 1, has_excepted);
    severities_fill(page, &table, has_excepted, BAR_WIDTH);
    if (table.cell_count > 0) { /* a baseline may leave nothing to count */
        table_heading_write(page, STR("POSTURE BY SEVERITY"));
        table_write(&table, page->out, 2, page->columns);
    }
    table_release(&table);
}

static void controls_fill(const struct table_page *page, struct table *table, const size_t *order,
                          bool has_excepted, unsigned bar_width)
{
    bool hides_waiting = outline_waiting(page->posture) > 0;

    for (size_t k = 0; k < page->posture->control_count; k++) {
        const struct control *control = page->posture->controls[order[k]];
        const struct control_tally *tally = &page->posture->tallies[order[k]];
        if (hides_waiting && outline_is_waiting(tally)) {
            continue;
        }
        enum terminal_style style = table_severity_style(control->severity);
        uint64_t failed = tally->counts[STATUS_FAIL];

        table_cell(table, control->id, failed > 0 ? STYLE_BOLD : STYLE_NONE);
        table_cell(table, severity_name(control->severity), failed > 0 ? style : STYLE_NONE);
        counts_cells(table, tally->counts, has_excepted, style);
        percent_cell(table, failed, outline_judged(tally));
        bar_cell(table, failed, outline_judged(tally), bar_width, style);
    }
}

static void controls_write(const struct table_page *page, const size_t *order, bool has_excepted)
{
    struct table_column columns[TABLE_COLUMN_MAX] = {
        {.title = STR_LIT("CONTROL"), .shrink_to = 20},
        {.title = STR_LIT("SEVERITY")},
    };
    struct table table = {.columns = columns, .color = page->color};
    struct buf text;
    size_t width = 0;

    table.column_count = 2 + count_columns(columns + 2, has_excepted);
    controls_fill(page, &table, order, has_excepted, BAR_WIDTH);
    width = table_width(&table) + 2;
    if (width > page->columns) {
        /* Bars give way before names do. */
        size_t excess = width - page->columns;
        table_release(&table);
        controls_fill(page, &table, order, has_excepted,
                      excess + BAR_WIDTH_MIN > BAR_WIDTH ? 0 : BAR_WIDTH - (unsigned)excess);
    }
    table_heading_write(page, STR("POSTURE BY CONTROL"));
    table_write(&table, page->out, 2, page->columns);
    table_release(&table);
    if (outline_waiting(page->posture) > 0) {
        buf_init(&text, LINE_SIZE_MAX);
        number_counted(&text, outline_waiting(page->posture), STR("more control"));
        buf_str(&text, STR(" cannot be judged by a credential report: see UNKNOWN"));
        table_paragraph_write(page, 2, buf_text(&text), STYLE_FAINT);
        buf_release(&text);
    }
}

/* The exceptions that somebody should look at. */
static void exceptions_write(const struct table_page *page)
{
    const struct posture *posture = page->posture;
    size_t shown = 0, odd = outline_odd_exceptions(posture);
    struct buf text;

    if (odd == 0) {
        return;
    }
    buf_init(&text, LINE_SIZE_MAX);
    table_heading_write(page, STR("EXCEPTIONS TO LOOK AT"));
    for (size_t i = 0; i < posture->exception_count && shown < ERRORS_SHOWN; i++) {
        if (exception_use_is_odd(&posture->exceptions[i])) {
            buf_clear(&text);
            outline_exception_write(&text, &posture->exceptions[i]);
            table_paragraph_write(page, 2, buf_text(&text), STYLE_NONE);
            shown++;
        }
    }
    if (odd > shown) {
        table_more_write(page, 2, odd - shown);
    }
    buf_release(&text);
}

static void errors_write(const struct table_page *page)
{
    const struct posture *posture = page->posture;
    struct buf text;

    if (posture->error_count == 0) {
        return;
    }
    buf_init(&text, LINE_SIZE_MAX);
    table_heading_write(page, STR("INPUT ERRORS"));
    for (size_t i = 0; i < posture->error_sample_count && i < ERRORS_SHOWN; i++) {
        const struct err *err = &posture->errors[i];
        buf_clear(&text);
        outline_error_write(&text, err);
        table_paragraph_write(page, 2, buf_text(&text), STYLE_NONE);
        if (err->hint[0] != '\0') {
            table_paragraph_write(page, 6, str_from(err->hint), STYLE_FAINT);
        }
    }
    if (posture->error_count > ERRORS_SHOWN) {
        table_more_write(page, 2, posture->error_count - ERRORS_SHOWN);
    }
    buf_release(&text);
}

static void verdict_write(const struct table_page *page, const struct report_options *options)
{
    const struct posture *posture = page->posture;
    struct buf text;
    enum terminal_style style = STYLE_GREEN;

    if (outline_count_serious(posture, options) > 0) {
        style = STYLE_RED;
    } else if (outline_count(posture, STATUS_FAIL) > 0 || posture->error_count > 0 ||
               outline_count(posture, STATUS_UNKNOWN) > 0 || posture->report_count == 0) {
        style = STYLE_YELLOW;
    }
    buf_init(&text, LINE_SIZE_MAX);
    outline_verdict_write(&text, posture, options);
    buf_char(page->out, '\n');
    table_paragraph_write(page, 0, buf_text(&text), style);
    buf_release(&text);
}

static void end(struct buf *out, const struct posture *posture,
                const struct report_options *options)
{
    struct table_page page = page_of(out, posture, options);
    size_t *order = outline_order_new(posture);
    bool has_excepted = outline_count(posture, STATUS_EXCEPTED) > 0;

    header_write(&page);
    if (posture->report_count > 0) {
        severities_write(&page, has_excepted);
        controls_write(&page, order, has_excepted);
        table_tiers_write(&page);
        table_findings_write(&page, order);
        table_unknowns_write(&page, order);
    }
    exceptions_write(&page);
    errors_write(&page);
    verdict_write(&page, options);
    mem_free(order);
}

const struct report_format report_table = {
    .name = STR_LIT("table"),
    .help = STR_LIT("for people: posture, root first, then the worst findings with their remedy"),
    .end = end,
};
