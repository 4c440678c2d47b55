#include "report/html_parts.h"

#include "render/html.h"
#include "render/number.h"
#include "report/outline.h"
#include "report/report.h"

enum { COLUMNS_MAX = 8, SHORT_VALUE = 32, TEXT_SIZE_MAX = 1 << 20 };

void html_count_cell(struct buf *out, uint64_t count, bool hot)
{
    buf_str(out, STR("<td class=\"n"));
    buf_str(out, count == 0 ? STR(" zero") : hot ? STR(" hot") : STR(""));
    buf_str(out, STR("\">"));
    number_grouped(out, count);
    buf_str(out, STR("</td>"));
}

static void share_write(struct buf *out, struct str class, uint64_t part, uint64_t whole)
{
    /* Tenths of a percent in whole numbers: no locale can put a comma into the style. */
    unsigned share = (unsigned)(1000.0 * (double)part / (double)whole + 0.5);

    if (part > 0) {
        buf_printf(out, "<i class=\"%.*s\" style=\"width:%u.%u%%\"></i>", STR_ARG(class),
                   share / 10, share % 10);
    }
}

void html_bar_write(struct buf *out, uint64_t failed, uint64_t unknown, uint64_t judged)
{
    if (judged == 0) {
        return;
    }
    buf_str(out, STR("<span class=\"bar\" role=\"img\" aria-label=\""));
    number_percent(out, failed, judged);
    buf_str(out, STR(" fail, "));
    number_percent(out, unknown, judged);
    buf_str(out, STR(" unknown\">"));
    share_write(out, STR("f"), failed, judged);
    share_write(out, STR("u"), unknown, judged);
    buf_str(out, STR("</span>"));
}

static void prose_paragraph(struct buf *out, struct str label, struct str text)
{
    if (text.n == 0) {
        return;
    }
    buf_str(out, STR("<p>"));
    if (label.n > 0) {
        buf_str(out, STR("<b>"));
        buf_str(out, label);
        buf_str(out, STR("</b> "));
    }
    html_prose(out, text);
    buf_str(out, STR("</p>\n"));
}

static void steps_write(struct buf *out, struct str heading, const struct str_list *steps)
{
    if (steps->count == 0) {
        return;
    }
    buf_str(out, STR("<h4>"));
    buf_str(out, heading);
    buf_str(out, STR("</h4>\n<ol>"));
    for (size_t i = 0; i < steps->count; i++) {
        buf_str(out, STR("<li>"));
        html_prose(out, steps->items[i]);
        buf_str(out, STR("</li>\n"));
    }
    buf_str(out, STR("</ol>\n"));
}

/* The control's ids in other systems, one system's together. */
static void maps_write(struct buf *out, const struct control *control)
{
    if (control->map_count == 0) {
        return;
    }
    buf_str(out, STR("<h4>Elsewhere</h4>\n<p class=\"ids\">"));
    for (size_t i = 0; i < control->map_count; i++) {
        const struct control_map *map = &control->maps[i];
        bool is_same = i > 0 && str_eq(map->system, control->maps[i - 1].system);
        buf_str(out, i == 0 ? STR("") : is_same ? STR(", ") : STR(" · "));
        html_text(out, is_same ? STR("") : map->system);
        buf_str(out, is_same ? STR("") : STR(" "));
        html_text(out, map->id);
    }
    buf_str(out, STR("</p>\n"));
}

static void value_write(struct buf *out, const struct evidence *evidence)
{
    if (evidence->gap == GAP_NONE) {
        bool is_short = evidence->value.n <= SHORT_VALUE;
        buf_str(out, is_short ? STR("<code class=\"t\">") : STR("<code>"));
        html_text(out, evidence->value);
        buf_str(out, STR("</code>"));
    } else {
        buf_str(out, STR("<span class=\"gap\">unknown: "));
        html_text(out, evidence->value);
        buf_str(out, STR("</span>"));
    }
}

static void evidence_cells(struct buf *out, const struct finding *finding, const struct str *names,
                           size_t name_count)
{
    for (size_t i = 0; i < name_count; i++) {
        size_t at = outline_evidence_find(finding, names[i]);
        buf_str(out, STR("<td>"));
        if (at < finding->evidence_count) {
            value_write(out, &finding->evidence[at]);
        }
        buf_str(out, STR("</td>"));
    }
    if (name_count > 0) {
        return;
    }
    buf_str(out, STR("<td>"));
    for (size_t i = 0; i < finding->evidence_count; i++) {
        buf_str(out, i > 0 ? STR("<br>") : STR(""));
        html_text(out, finding->evidence[i].name);
        buf_str(out, STR(" = "));
        value_write(out, &finding->evidence[i]);
    }
    buf_str(out, STR("</td>"));
}

/* Report columns are long words: they may be broken after an underscore. */
static void column_name_write(struct buf *out, struct str name)
{
    struct str part;
    bool more = true;

    while (more) {
        more = str_cut(&name, '_', &part);
        html_text(out, part);
        buf_str(out, more ? STR("_<wbr>") : STR(""));
    }
}

static void exception_cells(struct buf *out, const struct exception *exception)
{
    const struct exception none = {0};
    exception = exception == NULL ? &none : exception;
    const struct str texts[] = {exception->owner, exception->reason, exception->ticket};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        buf_str(out, STR("<td>"));
        html_text(out, texts[i]);
        buf_str(out, STR("</td>"));
    }
    buf_printf(out, "<td><code class=\"t\">%.*s</code></td>", STR_ARG(exception->expires_day));
}

static void principals_write(struct buf *out, const struct finding *findings, size_t count,
                             uint64_t all, struct str of_what)
{
    struct str names[COLUMNS_MAX];
    size_t name_count = outline_evidence_names(names, COLUMNS_MAX, findings, count);
    bool has_severity = outline_has_shifted(findings, count);
    bool has_exceptions = count > 0 && findings[0].exception != NULL;

    buf_str(out, STR("<div class=\"scroll long\" tabindex=\"0\" role=\"group\" "
                     "aria-label=\"Who\">\n<table>\n<caption>"));
    if (count < all) {
        buf_str(out, STR("The first "));
        number_grouped(out, count);
        buf_str(out, STR(" of "));
    }
    number_grouped(out, all);
    buf_str(out, of_what);
    buf_str(out, STR(", with the values of the report that decided</caption>\n<thead><tr><th "
                     "scope=\"col\">Account</th>"
                     "<th scope=\"col\">User</th>"));
    buf_str(out, has_severity ? STR("<th scope=\"col\">Severity</th>") : STR(""));
    if (has_exceptions) {
        buf_str(out, STR("<th scope=\"col\">Owner</th><th scope=\"col\">Reason</th>"
                         "<th scope=\"col\">Ticket</th><th scope=\"col\">Until</th>"));
    }
    for (size_t i = 0; i < name_count; i++) {
        buf_str(out, STR("<th scope=\"col\"><code>"));
        column_name_write(out, names[i]);
        buf_str(out, STR("</code></th>"));
    }
    buf_str(out, name_count == 0 ? STR("<th scope=\"col\">Evidence</th>") : STR(""));
    buf_str(out, STR("</tr></thead>\n<tbody>\n"));
    for (size_t i = 0; i < count; i++) {
        buf_str(out, STR("<tr><td><code>"));
        html_text(out, findings[i].account);
        buf_str(out, STR("</code></td><th scope=\"row\" class=\"name\"><bdi>"));
        html_text(out, findings[i].user);
        buf_str(out, STR("</bdi></th>"));
        if (has_severity) {
            buf_str(out, STR("<td>"));
            outline_severity_write(out, &findings[i]);
            buf_str(out, STR("</td>"));
        }
        if (has_exceptions) {
            exception_cells(out, findings[i].exception);
        }
        evidence_cells(out, &findings[i], names, name_count);
        buf_str(out, STR("</tr>\n"));
    }
    buf_str(out, STR("</tbody></table></div>\n"));
}

/* One line per principal, and once only where all are the same. */
static void commands_write(struct buf *out, const struct finding *findings, size_t count)
{
    struct buf line, last;

    if (count == 0 || findings[0].control->cli.n == 0) {
        return;
    }
    buf_init(&line, TEXT_SIZE_MAX);
    buf_init(&last, TEXT_SIZE_MAX);
    buf_str(
        out,
        STR("<h4>AWS CLI, to be read before it is run</h4>\n<pre class=\"each\" tabindex=\"0\">"));
    for (size_t i = 0; i < count; i++) {
        buf_clear(&line);
        report_cli_write(&line, &findings[i]);
        if (!str_eq(buf_text(&line), buf_text(&last))) {
            buf_str(out, STR("<code>"));
            html_text(out, buf_text(&line));
            buf_str(out, STR("</code>"));
        }
        buf_clear(&last);
        buf_str(&last, buf_text(&line));
    }
    buf_str(out, STR("</pre>\n"));
    buf_release(&last);
    buf_release(&line);
}

static void references_write(struct buf *out, const struct str_list *references)
{
    if (references->count == 0) {
        return;
    }
    buf_str(out, STR("<h4>References</h4>\n<ul>"));
    for (size_t i = 0; i < references->count; i++) {
        bool is_link = str_starts(references->items[i], STR("https://"));
        buf_str(out, STR("<li>"));
        if (is_link) {
            buf_str(out, STR("<a rel=\"noreferrer noopener\" href=\""));
            html_text(out, references->items[i]);
            buf_str(out, STR("\">"));
        }
        html_text(out, references->items[i]);
        buf_str(out, is_link ? STR("</a></li>\n") : STR("</li>\n"));
    }
    buf_str(out, STR("</ul>\n"));
}

static void background_write(struct buf *out, const struct control *control)
{
    buf_str(out, STR("<details class=\"more\"><summary>How this is judged</summary>\n"));
    if (control->rule.n > 0) {
        buf_str(out, STR("<h4>Rule</h4>\n<pre><code>"));
        html_prose(out, control->rule);
        buf_str(out, STR("</code></pre>\n"));
    }
    steps_write(out, STR("See for yourself"), &control->audit);
    references_write(out, &control->references);
    maps_write(out, control);
    buf_str(out, STR("</details>\n"));
}

static void control_write(struct buf *out, const struct posture *posture, size_t index,
                          enum status status)
{
    const struct control *control = posture->controls[index];
    const struct control_tally *tally = &posture->tallies[index];
    struct str severity = severity_name(control->severity);
    size_t shown = tally->sample_counts[status];
    bool failed = status == STATUS_FAIL;

    buf_printf(out, "<details class=\"control %.*s\" id=\"%s-%zu\"%s>\n<summary>",
               STR_ARG(severity), failed ? "control" : "excepted", index + 1,
               failed ? " open" : "");
    buf_printf(out, "<span class=\"sev\">%.*s</span><h3>", STR_ARG(severity));
    html_prose(out, control->title);
    buf_str(out, STR("</h3><span class=\"count\">"));
    number_grouped(out, tally->counts[status]);
    buf_str(out, failed ? STR(" failing") : STR(" excepted"));
    buf_str(out, STR("</span></summary>\n<div class=\"body\">\n"));
    buf_str(out, STR("<p class=\"ids\"><code>"));
    html_text(out, control->id);
    buf_str(out, STR("</code></p>\n"));
    prose_paragraph(out, STR(""), control->description);
    prose_paragraph(out, STR(""), control->rationale);
    prose_paragraph(out, STR("What can happen:"), control->impact);
    principals_write(out, tally->samples[status], shown, tally->counts[status],
                     failed ? STR(" failing") : STR(" excepted"));
    if (failed) {
        steps_write(out, STR("How to mend it"), &control->remediation);
        commands_write(out, tally->samples[status], shown);
    }
    background_write(out, control);
    buf_str(out, STR("</div></details>\n"));
}

static void section_begin(struct buf *out, struct str id, struct str heading, struct str note)
{
    buf_printf(out, "<section aria-labelledby=\"%.*s\">\n<h2 id=\"%.*s\">%.*s</h2>\n", STR_ARG(id),
               STR_ARG(id), STR_ARG(heading));
    if (note.n > 0) {
        buf_printf(out, "<p class=\"soft\">%.*s</p>\n", STR_ARG(note));
    }
}

static bool is_in_section(const struct posture *posture, size_t index, enum status status,
                          bool of_root)
{
    return posture->tallies[index].counts[status] > 0 &&
           (status != STATUS_FAIL || outline_is_root(posture, index) == of_root);
}

void html_controls_write(struct buf *out, const struct posture *posture, const size_t *order)
{
    static const struct {
        enum status status;
        bool of_root;
        struct str id, heading, note;
    } sections[] = {
        {STATUS_FAIL, true, STR_LIT("root"), STR_LIT("Root user"),
         STR_LIT("The one user that no policy of its own account can hold back.")},
        {STATUS_FAIL, false, STR_LIT("findings"), STR_LIT("Findings"), STR_LIT("")},
        {STATUS_EXCEPTED, false, STR_LIT("excepted"), STR_LIT("Excepted"),
         STR_LIT("Failures that somebody answers for, until a date.")},
    };

    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        bool is_open = false;
        for (size_t k = 0; k < posture->control_count; k++) {
            if (!is_in_section(posture, order[k], sections[s].status, sections[s].of_root)) {
                continue;
            }
            if (!is_open) {
                section_begin(out, sections[s].id, sections[s].heading, sections[s].note);
            }
            is_open = true;
            control_write(out, posture, order[k], sections[s].status);
        }
        buf_str(out, is_open ? STR("</section>\n") : STR(""));
    }
}
