/* One page that needs nothing else: no script, no font, no image, no address but its references. */
#include "render/html.h"

#include "base/arena.h"
#include "base/instant.h"
#include "render/number.h"
#include "report/html_parts.h"
#include "report/html_style.h"
#include "report/outline.h"
#include "report/report.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

/* Writes what `write` appends to a buffer as text. */
static void outline_text(struct buf *out, const struct posture *posture,
                         void (*write)(struct buf *, const struct posture *))
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    write(&text, posture);
    html_text(out, buf_text(&text));
    buf_release(&text);
}

static void head_write(struct buf *out)
{
    buf_str(out, STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<title>keywarden: root and IAM user audit</title>\n<style>\n"));
    for (size_t i = 0; i < html_style_count; i++) {
        buf_str(out, html_style[i]);
    }
    buf_str(out, STR("</style>\n</head>\n<body>\n"
                     "<a class=\"skip\" href=\"#main\">Skip to the posture</a>\n"));
}

static struct str verdict_class(const struct posture *posture, const struct report_options *options)
{
    if (outline_count_serious(posture, options) > 0) {
        return STR("bad");
    }
    if (outline_count(posture, STATUS_FAIL) > 0 || outline_count(posture, STATUS_UNKNOWN) > 0 ||
        posture->error_count > 0 || posture->report_count == 0) {
        return STR("warn");
    }
    return STR("good");
}

static void header_write(struct buf *out, const struct posture *posture,
                         const struct report_options *options)
{
    buf_str(out, STR("<header>\n<p class=\"brand\">keywarden</p>\n"
                     "<h1>Root and IAM user audit</h1>\n<p class=\"soft\">"));
    number_counted(out, posture->report_count, STR("credential report"));
    buf_str(out, STR(" · "));
    number_counted(out, posture->root_count, STR("root user"));
    buf_str(out, STR(" · "));
    number_counted(out, posture->user_count, STR("IAM user"));
    buf_str(out, STR(" · "));
    number_counted(out, posture->control_count, STR("control"));
    if (posture->archive.n > 0) {
        buf_str(out, STR("<br>\nStore "));
        outline_text(out, posture, outline_archive_write);
    }
    buf_str(out, STR("<br>\nJudged as of "));
    outline_text(out, posture, outline_as_of_write);
    if (posture->age_known) {
        buf_str(out, STR("; "));
        outline_text(out, posture, outline_age_write);
    }
    if (posture->has_accounts) {
        buf_str(out, STR("<br>\n"));
        buf_str(out, outline_accounts_note);
    }
    if (posture->baseline.is_given) {
        buf_str(out, STR("<br>\n"));
        baseline_totals_write(out, &posture->baseline);
    }
    buf_printf(out, "</p>\n<p class=\"verdict %.*s\">", STR_ARG(verdict_class(posture, options)));
    outline_verdict_write(out, posture, options);
    buf_str(out, STR("</p>\n</header>\n<main id=\"main\">\n"));
}

static void card_write(struct buf *out, struct str class, uint64_t count, struct str label)
{
    buf_printf(out, "<li class=\"%.*s\"><b%s>", STR_ARG(class),
               count == 0 ? " class=\"zero\"" : "");
    number_grouped(out, count);
    buf_printf(out, "</b>%.*s</li>\n", STR_ARG(label));
}

static void cards_write(struct buf *out, const struct posture *posture)
{
    buf_str(out, STR("<ul class=\"cards\" aria-label=\"Failures by severity, and unknowns\">\n"));
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        enum severity severity = (enum severity)i;
        uint64_t failed = posture_count(posture, severity, STATUS_FAIL);
        if (severity != SEVERITY_INFO || failed > 0) {
            card_write(out, severity_name(severity), failed, severity_name(severity));
        }
    }
    card_write(out, STR("unknown"), outline_count(posture, STATUS_UNKNOWN), STR("unknown"));
    buf_str(out, STR("</ul>\n"));
}

static void matrix_head_write(struct buf *out, struct str first, bool has_severity,
                              bool has_excepted)
{
    buf_printf(out, "<thead><tr><th scope=\"col\">%.*s</th>", STR_ARG(first));
    buf_str(out, has_severity ? STR("<th scope=\"col\">Severity</th>") : STR(""));
    buf_str(out, STR("<th scope=\"col\" class=\"n\">Fail</th>"
                     "<th scope=\"col\" class=\"n\">Unknown</th>"));
    buf_str(out, has_excepted ? STR("<th scope=\"col\" class=\"n\">Excepted</th>") : STR(""));
    buf_str(out, STR("<th scope=\"col\" class=\"n\">Pass</th>"
                     "<th scope=\"col\" class=\"n hide\">N/A</th>"
                     "<th scope=\"col\" class=\"n\">Failing</th>"
                     "<th scope=\"col\" class=\"wide hide\">Share</th></tr></thead>\n<tbody>\n"));
}

static void matrix_cells_write(struct buf *out, const uint64_t *counts, bool has_excepted)
{
    uint64_t judged = counts[STATUS_FAIL] + counts[STATUS_UNKNOWN] + counts[STATUS_PASS];

    html_count_cell(out, counts[STATUS_FAIL], true);
    html_count_cell(out, counts[STATUS_UNKNOWN], false);
    if (has_excepted) {
        html_count_cell(out, counts[STATUS_EXCEPTED], false);
    }
    html_count_cell(out, counts[STATUS_PASS], false);
    buf_str(out, STR("<td class=\"n zero hide\">"));
    number_grouped(out, counts[STATUS_NOT_APPLICABLE]);
    buf_printf(out, "</td><td class=\"n%s\">", counts[STATUS_FAIL] == 0 ? " zero" : "");
    number_percent(out, counts[STATUS_FAIL], judged);
    buf_str(out, STR("</td><td class=\"wide hide\">"));
    html_bar_write(out, counts[STATUS_FAIL], counts[STATUS_UNKNOWN], judged);
    buf_str(out, STR("</td></tr>\n"));
}

static void severities_write(struct buf *out, const struct posture *posture, bool has_excepted)
{
    buf_str(out, STR("<div class=\"card scroll\" style=\"margin-top:12px\" tabindex=\"0\" "
                     "role=\"group\" aria-label=\"Verdicts by severity\"><table>\n"
                     "<caption>Verdicts by severity</caption>\n"));
    matrix_head_write(out, STR("Severity"), false, has_excepted);
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        struct str name = severity_name((enum severity)i);
        uint64_t counts[STATUS_COUNT], all = 0;
        for (unsigned status = 0; status < STATUS_COUNT; status++) {
            counts[status] = posture_count(posture, (enum severity)i, (enum status)status);
            all += counts[status];
        }
        if (all == 0) {
            continue;
        }
        buf_printf(out,
                   "<tr class=\"%.*s\"><th scope=\"row\"><span class=\"sev %.*s\">%.*s</span></th>",
                   STR_ARG(name), STR_ARG(name), STR_ARG(name));
        matrix_cells_write(out, counts, has_excepted);
    }
    buf_str(out, STR("</tbody></table>\n<p class=\"key soft hide\"><i class=\"f\"></i>fails"
                     "<i class=\"u\"></i>unknown<i class=\"p\"></i>passes</p></div>\n"));
}

static void controls_write(struct buf *out, const struct posture *posture, const size_t *order,
                           bool has_excepted)
{
    size_t waiting = outline_waiting(posture);

    buf_str(out, STR("<section aria-labelledby=\"controls\">\n<h2 id=\"controls\">By control</h2>\n"
                     "<div class=\"card scroll\" tabindex=\"0\" role=\"group\" "
                     "aria-label=\"Verdicts by control\"><table>\n"));
    matrix_head_write(out, STR("Control"), true, has_excepted);
    for (size_t k = 0; k < posture->control_count; k++) {
        const struct control *control = posture->controls[order[k]];
        const uint64_t *counts = posture->tallies[order[k]].counts;
        struct str severity = severity_name(control->severity);

        if (waiting > 0 && outline_is_waiting(&posture->tallies[order[k]])) {
            continue;
        }
        buf_printf(out, "<tr class=\"%.*s\"><th scope=\"row\" class=\"name\">", STR_ARG(severity));
        if (counts[STATUS_FAIL] > 0) {
            buf_printf(out, "<a href=\"#control-%zu\">", order[k] + 1);
        }
        html_text(out, control->id);
        buf_str(out, counts[STATUS_FAIL] > 0 ? STR("</a></th>") : STR("</th>"));
        buf_printf(out, "<td><span class=\"sev %.*s\">%.*s</span></td>", STR_ARG(severity),
                   STR_ARG(severity));
        matrix_cells_write(out, counts, has_excepted);
    }
    buf_str(out, STR("</tbody></table></div>\n"));
    if (waiting > 0) {
        buf_str(out, STR("<p class=\"soft\">"));
        number_counted(out, waiting, STR("more control"));
        buf_str(out, STR(" cannot be judged by a credential report: see "
                         "<a href=\"#unknown\">unknown</a>.</p>\n"));
    }
    buf_str(out, STR("</section>\n"));
}

static void unknown_row_write(struct buf *out, const struct control *control,
                              const struct control_tally *tally)
{
    uint64_t unknown = tally->counts[STATUS_UNKNOWN];
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    outline_reasons_write(&text, tally);
    buf_str(out, STR("<tr class=\"unknown\">"));
    html_count_cell(out, unknown, true);
    buf_str(out, STR("<th scope=\"row\" class=\"name\">"));
    html_text(out, control->id);
    if (!str_eq(control->title, control->id)) {
        buf_str(out, STR("<br><span class=\"soft\">"));
        html_text(out, control->title);
        buf_str(out, STR("</span>"));
    }
    buf_str(out, STR("</th><td>"));
    html_text(out, buf_text(&text));
    buf_str(out, STR("</td><td class=\"soft\">"));
    if (tally->unknown_input > 0) {
        buf_str(out, outline_gap_notes[GAP_INPUT]);
        buf_char(out, ' ');
    }
    if (tally->unknown_input < unknown) {
        buf_str(out, outline_gap_notes[GAP_NOT_COLLECTED]);
    }
    buf_str(out, STR("</td></tr>\n"));
    buf_release(&text);
}

static void unknowns_write(struct buf *out, const struct posture *posture, const size_t *order)
{
    if (outline_count(posture, STATUS_UNKNOWN) == 0) {
        return;
    }
    buf_str(out, STR("<section aria-labelledby=\"unknown\">\n<h2 id=\"unknown\">Unknown</h2>\n"
                     "<p class=\"soft\">"));
    buf_str(out, outline_unknown_note);
    buf_str(out, STR("</p>\n<div class=\"card scroll\" tabindex=\"0\" role=\"group\" "
                     "aria-label=\"Unknown verdicts by control\"><table>\n<thead><tr>"
                     "<th scope=\"col\" class=\"n\">Verdicts</th><th scope=\"col\">Control</th>"
                     "<th scope=\"col\">What is missing</th><th scope=\"col\">How to get it</th>"
                     "</tr></thead>\n<tbody>\n"));
    for (size_t k = 0; k < posture->control_count; k++) {
        const struct control_tally *tally = &posture->tallies[order[k]];
        if (tally->counts[STATUS_UNKNOWN] > 0) {
            unknown_row_write(out, posture->controls[order[k]], tally);
        }
    }
    buf_str(out, STR("</tbody></table></div>\n</section>\n"));
}

static void errors_write(struct buf *out, const struct posture *posture)
{
    struct buf text;

    if (posture->error_count == 0) {
        return;
    }
    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out, STR("<section aria-labelledby=\"errors\">\n<h2 id=\"errors\">Input errors</h2>\n"
                     "<div class=\"card\">\n<p class=\"soft\">"));
    number_counted(out, posture->error_count, STR("error"));
    buf_str(out, STR(": what could not be read was not judged."));
    if (posture->error_count > posture->error_sample_count) {
        buf_str(out, STR(" The first "));
        number_grouped(out, posture->error_sample_count);
        buf_char(out, ':');
    }
    buf_str(out, STR("</p>\n<ul>\n"));
    for (size_t i = 0; i < posture->error_sample_count; i++) {
        buf_clear(&text);
        outline_error_write(&text, &posture->errors[i]);
        buf_str(out, STR("<li><code>"));
        html_text(out, buf_text(&text));
        buf_str(out, STR("</code>"));
        if (posture->errors[i].hint[0] != '\0') {
            buf_str(out, STR("<br>"));
            html_text(out, str_from(posture->errors[i].hint));
        }
        buf_str(out, STR("</li>\n"));
    }
    buf_str(out, STR("</ul>\n</div>\n</section>\n"));
    buf_release(&text);
}

static void exceptions_write(struct buf *out, const struct posture *posture)
{
    struct buf text;

    if (outline_odd_exceptions(posture) == 0) {
        return;
    }
    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out,
            STR("<section aria-labelledby=\"exceptions\">\n<h2 id=\"exceptions\">Exceptions to "
                "look at</h2>\n<div class=\"card\">\n<ul>\n"));
    for (size_t i = 0; i < posture->exception_count; i++) {
        if (exception_use_is_odd(&posture->exceptions[i])) {
            buf_clear(&text);
            outline_exception_write(&text, &posture->exceptions[i]);
            buf_str(out, STR("<li>"));
            html_text(out, buf_text(&text));
            buf_str(out, STR("</li>\n"));
        }
    }
    buf_str(out, STR("</ul>\n</div>\n</section>\n"));
    buf_release(&text);
}

static void fact_count_write(struct buf *out, struct str name, uint64_t count, struct str note)
{
    if (count > 0) {
        buf_printf(out, "<dt>%.*s</dt><dd>", STR_ARG(name));
        number_grouped(out, count);
        buf_str(out, note);
        buf_str(out, STR("</dd>\n"));
    }
}

static void method_write(struct buf *out, const struct posture *posture,
                         const struct report_options *options)
{
    buf_str(out, STR("<section aria-labelledby=\"method\">\n<h2 id=\"method\">How this was judged"
                     "</h2>\n<div class=\"card\"><dl>\n<dt>Program</dt><dd>keywarden "));
    html_text(out, options->version);
    buf_str(out, STR("</dd>\n"));
    if (options->packs.n > 0) {
        buf_str(out, STR("<dt>Packs</dt><dd>"));
        html_text(out, options->packs);
        buf_str(out, STR("</dd>\n"));
    }
    buf_str(out, STR("<dt>Audit ran</dt><dd>"));
    instant_write(out, posture->now);
    buf_str(out, STR("</dd>\n<dt>Judged as of</dt><dd>"));
    outline_text(out, posture, outline_as_of_write);
    buf_str(out, STR("</dd>\n<dt>Age of the data</dt><dd>"));
    if (posture->age_known) {
        outline_text(out, posture, outline_age_write);
    } else {
        buf_str(out, STR("not known: a plain CSV report does not say when it was made"));
    }
    buf_str(out, STR("</dd>\n"));
    if (posture->baseline.is_given) {
        buf_str(out, posture->baseline.is_since ? STR("<dt>New findings only</dt><dd>")
                                                : STR("<dt>Baseline</dt><dd>"));
        html_text(out, posture->baseline.path);
        buf_str(out, STR(": "));
        baseline_totals_write(out, &posture->baseline);
        buf_str(out, STR("</dd>\n"));
    }
    fact_count_write(out, STR("Report bytes"), posture->byte_count, STR(""));
    fact_count_write(out, STR("Later dates"), posture->late_date_count,
                     STR(", later than the as-of time; counted as used"));
    fact_count_write(out, STR("Files skipped"), posture->skipped_count,
                     STR(", no credential reports"));
    buf_str(out,
            STR("</dl>\n<p class=\"soft\">A control fails if any known part fails it, is unknown "
                "if a needed part is missing, and passes otherwise. Shares are of principals "
                "that fail, are unknown or pass.</p>\n</div>\n</section>\n"));
}

static void end(struct buf *out, const struct posture *posture,
                const struct report_options *options)
{
    size_t *order = outline_order_new(posture);
    bool has_excepted = outline_count(posture, STATUS_EXCEPTED) > 0;

    head_write(out);
    header_write(out, posture, options);
    if (posture->report_count > 0) {
        buf_str(out, STR("<section aria-labelledby=\"posture\">\n"
                         "<h2 id=\"posture\">Failures by severity</h2>\n"));
        cards_write(out, posture);
        severities_write(out, posture, has_excepted);
        buf_str(out, STR("</section>\n"));
        controls_write(out, posture, order, has_excepted);
        html_tiers_write(out, &posture->tiers);
        html_controls_write(out, posture, order);
        unknowns_write(out, posture, order);
    }
    exceptions_write(out, posture);
    errors_write(out, posture);
    method_write(out, posture, options);
    buf_str(out,
            STR("</main>\n<footer>Made by keywarden. Names and values come from the reports as "
                "they are; characters that cannot be seen are written out, as in "
                "<code>\\x1b</code>.</footer>\n</body>\n</html>\n"));
    mem_free(order);
}

const struct report_format report_html = {
    .name = STR_LIT("html"),
    .help = STR_LIT("one self-contained page for people who were not there"),
    .end = end,
};
