#include "report/table_findings.h"

#include "render/number.h"
#include "report/outline.h"
#include "report/report.h"
#include "report/shell.h"
#include "report/table_principals.h"

enum { PRINCIPALS_SHOWN = 20, INDENT = 4, LABEL_WIDTH = 5, TEXT_SIZE_MAX = 1 << 20 };

enum terminal_style table_severity_style(enum severity severity)
{
    static const enum terminal_style styles[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = STYLE_NONE,     [SEVERITY_LOW] = STYLE_BLUE,
        [SEVERITY_MEDIUM] = STYLE_YELLOW, [SEVERITY_HIGH] = STYLE_ORANGE,
        [SEVERITY_CRITICAL] = STYLE_RED,
    };

    return styles[severity];
}

void table_heading_write(const struct table_page *page, struct str heading)
{
    buf_char(page->out, '\n');
    terminal_style(page->out, STYLE_BOLD, page->color);
    buf_str(page->out, heading);
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_char(page->out, '\n');
}

/* Folds line ends to blanks before hidden characters are shown: a sentence of a pack may be broken
 * over lines, which is nothing to warn of. */
static void safe_prose_write(struct buf *out, struct str text)
{
    struct str line;
    bool more = true;

    while (more) {
        more = str_cut(&text, '\n', &line);
        terminal_text(out, str_trim(line));
        if (more && text.n > 0) {
            buf_char(out, ' ');
        }
    }
}

/* The lines of a paragraph whose first one has its indent already. */
static void lines_write(const struct table_page *page, size_t indent, struct str text,
                        enum terminal_style style)
{
    bool styled = page->color && style != STYLE_NONE;
    struct buf safe;
    struct str rest;

    buf_init(&safe, TEXT_SIZE_MAX);
    safe_prose_write(&safe, text);
    rest = buf_text(&safe);
    do {
        struct str line = terminal_line(&rest, page->columns - indent, 0);
        terminal_style(page->out, style, styled);
        buf_str(page->out, line);
        terminal_style(page->out, STYLE_NONE, styled);
        buf_char(page->out, '\n');
        buf_fill(page->out, ' ', rest.n > 0 ? indent : 0);
    } while (rest.n > 0);
    buf_release(&safe);
}

void table_paragraph_write(const struct table_page *page, size_t indent, struct str text,
                           enum terminal_style style)
{
    buf_fill(page->out, ' ', indent);
    lines_write(page, indent, text, style);
}

static void label_write(const struct table_page *page, size_t indent, struct str label)
{
    buf_fill(page->out, ' ', indent);
    terminal_style(page->out, STYLE_FAINT, page->color);
    buf_str(page->out, label);
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_fill(page->out, ' ', LABEL_WIDTH - label.n + 2);
}

void table_labelled_write(const struct table_page *page, struct str label, struct str text,
                          enum terminal_style style)
{
    label_write(page, 2, label);
    lines_write(page, 2 + LABEL_WIDTH + 2, text, style);
}

void table_more_write(const struct table_page *page, size_t indent, uint64_t count)
{
    buf_fill(page->out, ' ', indent);
    terminal_style(page->out, STYLE_FAINT, page->color);
    buf_str(page->out, STR("... and "));
    number_grouped(page->out, count);
    buf_str(page->out, STR(" more"));
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_char(page->out, '\n');
}

static void title_write(const struct table_page *page, const struct control *control,
                        uint64_t count, struct str noun)
{
    buf_char(page->out, '\n');
    terminal_style(page->out, table_severity_style(control->severity), page->color);
    buf_str(page->out, STR("■ "));
    buf_str(page->out, severity_name(control->severity));
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("  "));
    terminal_style(page->out, STYLE_BOLD, page->color);
    safe_prose_write(page->out, control->title);
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("\n  "));
    if (!str_eq(control->title, control->id)) {
        terminal_text(page->out, control->id);
        buf_str(page->out, STR("  ·  "));
    }
    number_grouped(page->out, count);
    buf_char(page->out, ' ');
    buf_str(page->out, noun);
    buf_char(page->out, '\n');
}

/* The bytes of `text` up to the first blank outside quotes after the first `from` bytes. */
static size_t word_end(struct str text, size_t from, struct shell_scan scan)
{
    size_t at = 0;

    for (; at < text.n; at++) {
        bool is_between = shell_scan_place(&scan) == SHELL_PLAIN && !scan.is_escaped;
        if (at >= from && text.p[at] == ' ' && is_between) {
            break;
        }
        shell_scan_char(&scan, text.p[at]);
    }
    return at;
}

/* A command stays one that can be pasted: it is broken between words, with a backslash. */
static void shell_line_write(const struct table_page *page, size_t indent, struct str command)
{
    size_t width = page->columns - indent - 2;
    struct shell_scan scan = {0};

    while (command.n > 0) {
        size_t line = word_end(command, 0, scan);
        for (;;) {
            size_t longer = word_end(command, line + 1, scan);
            bool is_last = longer == command.n;
            if (line >= command.n ||
                terminal_width(str_sub(command, 0, longer)) > width + (is_last ? 2 : 0)) {
                break;
            }
            line = longer;
        }
        for (size_t i = 0; i < line; i++) {
            shell_scan_char(&scan, command.p[i]);
        }
        buf_str(page->out, str_sub(command, 0, line));
        command = str_trim(str_sub(command, line, command.n));
        buf_str(page->out, command.n > 0 ? STR(" \\\n") : STR("\n"));
        buf_fill(page->out, ' ', command.n > 0 ? indent + 4 : 0);
        width = page->columns - indent - 6;
    }
}

/* The command is the first principal's: "run" where there is no other, else an example. */
static void remedy_write(const struct table_page *page, const struct finding *first, bool is_only)
{
    const struct control *control = first->control;
    struct buf text, safe;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_init(&safe, TEXT_SIZE_MAX);
    for (size_t i = 0; i < control->remediation.count; i++) {
        buf_str(&text, i > 0 ? STR(" ") : STR(""));
        buf_str(&text, control->remediation.items[i]);
    }
    if (text.n > 0) {
        label_write(page, INDENT, STR("mend"));
        lines_write(page, INDENT + LABEL_WIDTH + 2, buf_text(&text), STYLE_NONE);
    }
    buf_clear(&text);
    report_cli_write(&text, first);
    terminal_text(&safe, buf_text(&text));
    if (safe.n > 0) {
        label_write(page, INDENT, is_only ? STR("run") : STR("e.g."));
        shell_line_write(page, INDENT + LABEL_WIDTH + 2, buf_text(&safe));
    }
    buf_release(&safe);
    buf_release(&text);
}

/* "alice, until 2026-12-31, SEC-12: why" */
static void exception_write(const struct table_page *page, const struct exception *exception)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_printf(&text, "%.*s, until %.*s", STR_ARG(exception->owner),
               STR_ARG(exception->expires_day));
    if (exception->ticket.n > 0) {
        buf_str(&text, STR(", "));
        buf_str(&text, exception->ticket);
    }
    buf_str(&text, STR(": "));
    buf_str(&text, exception->reason);
    label_write(page, INDENT, STR("by"));
    lines_write(page, INDENT + LABEL_WIDTH + 2, buf_text(&text), STYLE_NONE);
    buf_release(&text);
}

/* Who answers, and below each whom that is about. */
static void excepted_write(const struct table_page *page, const struct finding *findings,
                           size_t count)
{
    struct finding group[PRINCIPALS_SHOWN];

    for (size_t i = 0; i < count; i++) {
        const struct exception *exception = findings[i].exception;
        size_t grouped = 0, first = 0;
        while (findings[first].exception != exception) {
            first++;
        }
        if (first < i) {
            continue; /* shown with the first of its exception */
        }
        for (size_t k = i; k < count; k++) {
            if (findings[k].exception == exception) {
                group[grouped++] = findings[k];
            }
        }
        if (exception != NULL) {
            exception_write(page, exception);
        }
        table_principals_write(page, group, grouped);
    }
}

static void control_write(const struct table_page *page, size_t index, enum status status,
                          struct str noun)
{
    const struct control_tally *tally = &page->posture->tallies[index];
    size_t shown = tally->sample_counts[status];

    if (shown > PRINCIPALS_SHOWN) {
        shown = PRINCIPALS_SHOWN;
    }
    title_write(page, page->posture->controls[index], tally->counts[status], noun);
    if (status == STATUS_EXCEPTED) {
        excepted_write(page, tally->samples[status], shown);
    } else {
        table_principals_write(page, tally->samples[status], shown);
    }
    if (tally->counts[status] > shown) {
        table_more_write(page, INDENT, tally->counts[status] - shown);
    }
    if (shown > 0 && status == STATUS_FAIL) {
        remedy_write(page, &tally->samples[status][0], tally->counts[status] == 1);
    }
}

static void section_write(const struct table_page *page, const size_t *order, struct str heading,
                          bool of_root)
{
    bool is_first = true;

    for (size_t k = 0; k < page->posture->control_count; k++) {
        size_t index = order[k];
        if (page->posture->tallies[index].counts[STATUS_FAIL] == 0 ||
            outline_is_root(page->posture, index) != of_root) {
            continue;
        }
        if (is_first) {
            table_heading_write(page, heading);
        }
        is_first = false;
        control_write(page, index, STATUS_FAIL, STR("failing"));
    }
}

void table_findings_write(const struct table_page *page, const size_t *order)
{
    bool is_first = true;

    section_write(page, order, STR("ROOT USER"), true);
    section_write(page, order, STR("FINDINGS"), false);
    for (size_t k = 0; k < page->posture->control_count; k++) {
        if (page->posture->tallies[order[k]].counts[STATUS_EXCEPTED] == 0) {
            continue;
        }
        if (is_first) {
            table_heading_write(page, STR("EXCEPTED"));
        }
        is_first = false;
        control_write(page, order[k], STATUS_EXCEPTED, STR("excepted"));
    }
}
