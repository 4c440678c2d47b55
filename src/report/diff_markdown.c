/* The diff for a pull request or a weekly mail. */
#include "render/markdown.h"
#include "report/diff_report.h"
#include "report/outline.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

static void put(struct buf *out, const struct buf *text, const char *before, const char *after)
{
    if (text->n > 0) {
        buf_str(out, str_from(before));
        markdown_text(out, buf_text(text));
        buf_str(out, str_from(after));
    }
}

static void begin(struct buf *out, const struct diff *diff, const struct report_options *options)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out, STR("# What changed\n\n"));
    diff_scope_summary(&text, diff);
    put(out, &text, "", "\n\n");
    buf_clear(&text);
    outline_as_of_write(&text, diff->before);
    put(out, &text, "- old: ", "\n");
    buf_clear(&text);
    outline_as_of_write(&text, diff->after);
    put(out, &text, "- new: ", "\n");
    buf_clear(&text);
    diff_findings_summary(&text, diff);
    put(out, &text, "- ", "\n");
    buf_clear(&text);
    diff_credentials_summary(&text, diff);
    put(out, &text, "- ", "\n");
    buf_clear(&text);
    diff_verdict_write(&text, diff, options);
    put(out, &text, "\n**", "**\n");
    buf_release(&text);
}

/* What is in `text`, as a cell: names and values as code, which no reader takes for markup. */
static void cell(struct buf *out, struct buf *text, bool is_code)
{
    (is_code ? markdown_code : markdown_text)(out, buf_text(text));
    buf_str(out, STR(" | "));
    buf_clear(text);
}

static void findings_write(struct buf *out, const struct diff *diff, size_t from, size_t to)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out, STR("\n| Finding | Severity | Control | User | Status | Evidence |\n"
                     "| --- | --- | --- | --- | --- | --- |\n"));
    for (size_t i = from; i < to; i++) {
        const struct change *change = &diff->changes[i];
        buf_str(out, STR("| "));
        buf_str(&text, change_verb_name((enum change_verb)change->verb));
        cell(out, &text, false);
        buf_str(&text, severity_name((enum severity)change->severity));
        cell(out, &text, false);
        buf_str(&text, change->control->id);
        cell(out, &text, true);
        buf_str(&text, change->user);
        cell(out, &text, true);
        diff_course_write(&text, change);
        cell(out, &text, false);
        diff_reason_write(&text, diff, change, false);
        markdown_code(out, buf_text(&text));
        buf_str(out, STR(" |\n"));
        buf_clear(&text);
    }
    buf_release(&text);
}

static void credentials_write(struct buf *out, const struct diff *diff, size_t from, size_t to)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(out, STR("\n| User | Change |\n| --- | --- |\n"));
    for (size_t i = from; i < to; i++) {
        buf_str(out, STR("| "));
        buf_str(&text, diff->changes[i].user);
        cell(out, &text, true);
        diff_words_write(&text, diff, &diff->changes[i]);
        markdown_text(out, buf_text(&text));
        buf_str(out, STR(" |\n"));
        buf_clear(&text);
    }
    buf_release(&text);
}

static void part(struct buf *out, const struct diff *diff, size_t from, size_t to,
                 const struct report_options *options)
{
    const struct change *first = &diff->changes[from];
    size_t middle = diff_findings_end(diff, from, to);
    struct buf text;

    (void)options;
    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(&text, first->account.n > 0 ? first->account : STR("(no account)"));
    put(out, &text, "\n## ", "\n");
    buf_clear(&text);
    if (first->kind == KIND_ACCOUNT) {
        diff_words_write(&text, diff, first);
        put(out, &text, "\nThis ", ".\n");
        from++;
    }
    if (from < middle) {
        findings_write(out, diff, from, middle);
    }
    if (middle < to) {
        credentials_write(out, diff, middle, to);
    }
    buf_release(&text);
}

const struct diff_writer diff_markdown = {
    .name = STR_LIT("markdown"),
    .help = STR_LIT("tables for a pull request or a mail"),
    .begin = begin,
    .part = part,
};
