/* A page for a pull request or the summary of a pipeline's step: short, with true counts.
 *
 * GitHub refuses comments of more than 65,536 characters: what would go past a margin below that is
 * left out by whole sections, and said. */
#include "render/markdown.h"

#include "base/arena.h"
#include "render/number.h"
#include "report/export.h"
#include "report/outline.h"
#include "report/report.h"

enum {
    PRINCIPALS_SHOWN = 10,
    ERRORS_SHOWN = 10,
    EXCEPTIONS_SHOWN = 10,
    CELL_SIZE_MAX = 200,
    TEXT_SIZE_MAX = 1 << 20,
    PAGE_SIZE_MAX = 60000,
};

/* A section is written apart, and joins the page if there is room. What was not judged is written
 * first and stands last, so that findings are left out before it. */
struct page {
    struct buf *out;
    struct buf section, tail;
    const struct posture *posture;
    const struct report_options *options;
    size_t left_out;
};

static void section_end(struct page *page, struct buf *to)
{
    if (page->out->n + page->tail.n + page->section.n <= PAGE_SIZE_MAX) {
        buf_str(to, buf_text(&page->section));
    } else {
        page->left_out++;
    }
    buf_clear(&page->section);
}

/* What `write` appends to a buffer, as a sentence. */
static void outline_text(struct buf *out, const struct posture *posture,
                         void (*write)(struct buf *, const struct posture *))
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    write(&text, posture);
    markdown_text(out, buf_text(&text));
    buf_release(&text);
}

static void code_cell(struct buf *out, struct str text)
{
    bool is_cut = text.n > CELL_SIZE_MAX;
    size_t kept = is_cut ? CELL_SIZE_MAX : text.n;

    while (is_cut && kept > 0 && ((unsigned char)text.p[kept] & 0xc0) == 0x80) {
        kept--;
    }
    markdown_code(out, str_sub(text, 0, kept));
    buf_str(out, is_cut ? STR("...") : STR(""));
}

/* ---- head and posture ----------------------------------------------------------------------- */

static void head_write(struct page *page)
{
    const struct posture *posture = page->posture;
    struct buf *out = &page->section;

    buf_str(out, STR("# keywarden: root and IAM user audit\n\n**"));
    outline_verdict_write(out, posture, page->options);
    buf_str(out, STR("**\n\n"));
    number_counted(out, posture->report_count, STR("credential report"));
    buf_str(out, STR(", "));
    number_counted(out, posture->root_count, STR("root user"));
    buf_str(out, STR(", "));
    number_counted(out, posture->user_count, STR("IAM user"));
    buf_str(out, STR(", "));
    number_counted(out, posture->control_count, STR("control"));
    if (posture->archive.n > 0) {
        buf_str(out, STR(". Store "));
        outline_text(out, posture, outline_archive_write);
    }
    buf_str(out, STR(". Judged as of "));
    outline_text(out, posture, outline_as_of_write);
    if (posture->age_known) {
        buf_str(out, STR("; "));
        outline_text(out, posture, outline_age_write);
    }
    buf_str(out, STR(".\n"));
    if (posture->baseline.is_given) {
        buf_char(out, '\n');
        baseline_totals_write(out, &posture->baseline);
        buf_str(out, STR(".\n"));
    }
    section_end(page, page->out);
}

static void posture_write(struct page *page)
{
    struct buf *out = &page->section;

    buf_str(out, STR("\n| Severity | Fail | Unknown | Excepted | Pass | Not applicable |\n"
                     "| :--- | ---: | ---: | ---: | ---: | ---: |\n"));
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        static const enum status shown[] = {STATUS_FAIL, STATUS_UNKNOWN, STATUS_EXCEPTED,
                                            STATUS_PASS, STATUS_NOT_APPLICABLE};
        enum severity severity = (enum severity)i;
        uint64_t all = 0;
        for (unsigned status = 0; status < STATUS_COUNT; status++) {
            all += posture_count(page->posture, severity, (enum status)status);
        }
        if (all == 0) {
            continue;
        }
        buf_printf(out, "| %.*s |", STR_ARG(severity_name(severity)));
        for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) {
            buf_char(out, ' ');
            number_grouped(out, posture_count(page->posture, severity, shown[k]));
            buf_str(out, STR(" |"));
        }
        buf_char(out, '\n');
    }
    section_end(page, page->out);
}

/* ---- tiers ---------------------------------------------------------------------------------- */

static void tier_row_write(struct buf *out, const struct tiers *tiers, size_t who,
                           enum tier_row_kind kind, struct str name)
{
    const struct tier_row *row = &tiers->rows[who][kind];
    uint64_t all = tier_row_sum(tiers, row);

    if (all == 0) {
        return;
    }
    buf_printf(out, "| %.*s | %.*s |", STR_ARG(outline_tier_who[who]), STR_ARG(name));
    for (size_t band = 0; band <= tiers->count; band++) {
        buf_char(out, ' ');
        number_grouped(out, row->bands[band]);
        buf_str(out, STR(" |"));
    }
    buf_char(out, ' ');
    number_grouped(out, row->unknown);
    buf_str(out, STR(" | "));
    number_grouped(out, all);
    buf_str(out, STR(" |\n"));
}

static void tier_table_write(struct buf *out, const struct outline_tiers *section,
                             const struct tiers *tiers)
{
    buf_printf(out, "\n### %.*s\n\n| Whose | By |", STR_ARG(section->heading));
    for (size_t band = 0; band <= tiers->count; band++) {
        buf_char(out, ' ');
        outline_band_write(out, section, tiers, band);
        buf_str(out, STR(" |"));
    }
    buf_str(out, STR(" Unknown | All |\n| :--- | :--- |"));
    for (size_t band = 0; band <= tiers->count; band++) {
        buf_str(out, STR(" ---: |"));
    }
    buf_str(out, STR(" ---: | ---: |\n"));
    for (size_t who = 0; who < TIER_WHO_COUNT; who++) {
        for (size_t i = 0; i < section->row_count; i++) {
            tier_row_write(out, tiers, who, section->rows[i].kind, section->rows[i].name);
        }
    }
}

static void tiers_write(struct page *page)
{
    const struct tiers *tiers = &page->posture->tiers;
    struct buf *out = &page->section, note;

    if (tiers->count == 0) {
        return;
    }
    buf_str(out, STR("\n## Age and idle time\n"));
    for (size_t i = 0; i < OUTLINE_TIERS_COUNT; i++) {
        tier_table_write(out, &outline_tiers[i], tiers);
    }
    buf_init(&note, TEXT_SIZE_MAX);
    outline_tier_unknown_write(&note, tiers);
    if (note.n > 0) {
        buf_char(out, '\n');
        markdown_text(out, buf_text(&note));
        buf_char(out, '\n');
    }
    buf_release(&note);
    section_end(page, page->out);
}

/* ---- findings ------------------------------------------------------------------------------- */

static void principals_write(struct buf *out, const struct finding *samples, size_t shown,
                             uint64_t count)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out, STR("| Account | User | Evidence |\n| :--- | :--- | :--- |\n"));
    for (size_t i = 0; i < shown; i++) {
        buf_clear(&text);
        report_evidence_write(&text, &samples[i]);
        buf_printf(out, "| %.*s | ", STR_ARG(samples[i].account));
        code_cell(out, samples[i].user);
        buf_str(out, STR(" | "));
        code_cell(out, buf_text(&text));
        buf_str(out, STR(" |\n"));
    }
    if (count > shown) {
        buf_str(out, STR("\n... and "));
        number_grouped(out, count - shown);
        buf_str(out, STR(" more.\n"));
    }
    buf_release(&text);
}

static void remedy_write(struct buf *out, const struct finding *first, bool is_only)
{
    const struct control *control = first->control;
    struct buf command;

    if (control->remediation.count > 0) {
        buf_str(out, STR("\nHow to mend it:\n\n"));
    }
    for (size_t i = 0; i < control->remediation.count; i++) {
        buf_str(out, STR("- "));
        markdown_text(out, control->remediation.items[i]);
        buf_char(out, '\n');
    }
    buf_init(&command, TEXT_SIZE_MAX);
    export_cli_write(&command, first);
    if (command.n > 0) {
        buf_str(out, is_only ? STR("\n") : STR("\nFor the first of them:\n\n"));
        markdown_block(out, STR("sh"), buf_text(&command));
    }
    buf_release(&command);
}

static void control_write(struct page *page, size_t index, enum status status, struct str noun)
{
    const struct control *control = page->posture->controls[index];
    const struct control_tally *tally = &page->posture->tallies[index];
    uint64_t count = tally->counts[status];
    size_t shown = tally->sample_counts[status];
    struct buf *out = &page->section;

    shown = shown < PRINCIPALS_SHOWN ? shown : PRINCIPALS_SHOWN;
    buf_printf(out, "\n### %.*s: ", STR_ARG(severity_name(control->severity)));
    markdown_text(out, control->title);
    buf_str(out, STR("\n\n"));
    markdown_code(out, control->id);
    buf_str(out, STR(": "));
    number_grouped(out, count);
    buf_printf(out, " %.*s.\n\n", STR_ARG(noun));
    principals_write(out, tally->samples[status], shown, count);
    if (status == STATUS_FAIL && shown > 0) {
        remedy_write(out, &tally->samples[status][0], count == 1);
    }
    section_end(page, page->out);
}

static void failures_write(struct page *page, const size_t *order, bool of_root)
{
    const struct posture *posture = page->posture;
    bool is_first = true;

    for (size_t k = 0; k < posture->control_count; k++) {
        size_t index = order[k];
        if (posture->tallies[index].counts[STATUS_FAIL] == 0 ||
            outline_is_root(posture, index) != of_root) {
            continue;
        }
        if (is_first) {
            buf_str(&page->section, of_root ? STR("\n## Root user\n") : STR("\n## Findings\n"));
        }
        is_first = false;
        control_write(page, index, STATUS_FAIL, STR("failing"));
    }
}

static void excepted_write(struct page *page, const size_t *order)
{
    bool is_first = true;

    for (size_t k = 0; k < page->posture->control_count; k++) {
        if (page->posture->tallies[order[k]].counts[STATUS_EXCEPTED] == 0) {
            continue;
        }
        buf_str(&page->section, is_first ? STR("\n## Excepted\n") : STR(""));
        is_first = false;
        control_write(page, order[k], STATUS_EXCEPTED, STR("excepted"));
    }
}

/* ---- what is missing ------------------------------------------------------------------------ */

static void unknowns_write(struct page *page, const size_t *order)
{
    const struct posture *posture = page->posture;
    struct buf *out = &page->section, text;

    if (outline_count(posture, STATUS_UNKNOWN) == 0) {
        return;
    }
    buf_init(&text, TEXT_SIZE_MAX);
    buf_printf(out, "\n## Unknown\n\n%.*s\n\n| Control | Verdicts | What is missing |\n",
               STR_ARG(outline_unknown_note));
    buf_str(out, STR("| :--- | ---: | :--- |\n"));
    for (size_t k = 0; k < posture->control_count; k++) {
        const struct control_tally *tally = &posture->tallies[order[k]];
        if (tally->counts[STATUS_UNKNOWN] == 0) {
            continue;
        }
        buf_clear(&text);
        outline_reasons_write(&text, tally);
        buf_str(out, STR("| "));
        markdown_code(out, posture->controls[order[k]]->id);
        buf_str(out, STR(" | "));
        number_grouped(out, tally->counts[STATUS_UNKNOWN]);
        buf_str(out, STR(" | "));
        code_cell(out, buf_text(&text));
        buf_str(out, STR(" |\n"));
    }
    buf_release(&text);
    section_end(page, &page->tail);
}

/* The exceptions that somebody should look at. */
static void exceptions_write(struct page *page)
{
    const struct posture *posture = page->posture;
    size_t shown = 0, odd = outline_odd_exceptions(posture);
    struct buf *out = &page->section, text;

    if (odd == 0) {
        return;
    }
    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out, STR("\n## Exceptions to look at\n\n"));
    for (size_t i = 0; i < posture->exception_count && shown < EXCEPTIONS_SHOWN; i++) {
        if (exception_use_is_odd(&posture->exceptions[i])) {
            buf_clear(&text);
            outline_exception_write(&text, &posture->exceptions[i]);
            buf_str(out, STR("- "));
            markdown_text(out, buf_text(&text));
            buf_char(out, '\n');
            shown++;
        }
    }
    if (odd > shown) {
        buf_str(out, STR("\n... and "));
        number_grouped(out, odd - shown);
        buf_str(out, STR(" more.\n"));
    }
    buf_release(&text);
    section_end(page, &page->tail);
}

static void errors_write(struct page *page)
{
    const struct posture *posture = page->posture;
    size_t shown = posture->error_sample_count;
    struct buf text;

    if (posture->error_count == 0) {
        return;
    }
    shown = shown < ERRORS_SHOWN ? shown : ERRORS_SHOWN;
    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(&page->section, STR("\n## Input errors\n\nWhat could not be read was not judged.\n\n"));
    for (size_t i = 0; i < shown; i++) {
        buf_clear(&text);
        outline_error_write(&text, &posture->errors[i]);
        buf_str(&page->section, STR("- "));
        code_cell(&page->section, buf_text(&text));
        buf_char(&page->section, '\n');
    }
    if (posture->error_count > shown) {
        buf_str(&page->section, STR("\n... and "));
        number_grouped(&page->section, posture->error_count - shown);
        buf_str(&page->section, STR(" more.\n"));
    }
    buf_release(&text);
    section_end(page, &page->tail);
}

static void end(struct buf *out, const struct posture *posture,
                const struct report_options *options)
{
    struct page page = {.out = out, .posture = posture, .options = options};
    size_t *order = outline_order_new(posture);

    buf_init(&page.section, TEXT_SIZE_MAX);
    buf_init(&page.tail, TEXT_SIZE_MAX);
    unknowns_write(&page, order);
    exceptions_write(&page);
    errors_write(&page);
    head_write(&page);
    if (posture->report_count > 0) {
        posture_write(&page);
        tiers_write(&page);
    }
    failures_write(&page, order, true);
    failures_write(&page, order, false);
    excepted_write(&page, order);
    if (page.left_out > 0) {
        buf_str(out, STR("\n"));
        number_counted(out, page.left_out, STR("section"));
        buf_str(out, STR(" did not fit on this page; the other formats have them.\n"));
    }
    buf_str(out, buf_text(&page.tail));
    buf_printf(out, "\nMade by keywarden %.*s.\n", STR_ARG(options->version));
    buf_release(&page.section);
    buf_release(&page.tail);
    mem_free(order);
}

const struct report_format report_markdown = {
    .name = STR_LIT("markdown"),
    .help = STR_LIT("a page for a pull request or a pipeline's summary"),
    .end = end,
};
