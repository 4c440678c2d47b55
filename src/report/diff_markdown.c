/* The diff for a pull request or a weekly mail. */
#include "render/terminal.h"
#include "report/diff_report.h"
#include "report/outline.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
}

/* Untrusted text in a table cell: hidden characters as escapes, and every character that Markdown,
 * HTML or those who make links of bare words could take for their own behind a backslash or as an
 * entity. */
static void markdown_text(struct buf *out, struct str text)
{
    static const struct str special = STR_LIT("\\`*_{}[]()#+!|~@$");
    struct buf safe;

    buf_init(&safe, TEXT_SIZE_MAX);
    terminal_text(&safe, text);
    for (size_t i = 0; i < safe.n; i++) {
        char c = safe.p[i];
        bool is_link = (c == ':' || c == '.') && i + 1 < safe.n && is_letter(safe.p[i + 1]);
        if (c == '<' || c == '>' || c == '&') {
            buf_str(out, c == '<' ? STR("&lt;") : c == '>' ? STR("&gt;") : STR("&amp;"));
            continue;
        }
        if (is_link || str_find(special, c) < special.n) {
            buf_char(out, '\\');
        }
        buf_char(out, c);
    }
    buf_release(&safe);
}

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

static void cell(struct buf *out, struct buf *text)
{
    markdown_text(out, buf_text(text));
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
        cell(out, &text);
        buf_str(&text, severity_name((enum severity)change->severity));
        cell(out, &text);
        buf_str(&text, change->control->id);
        cell(out, &text);
        buf_str(&text, change->user);
        cell(out, &text);
        diff_course_write(&text, change);
        cell(out, &text);
        diff_reason_write(&text, diff, change, false);
        markdown_text(out, buf_text(&text));
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
        cell(out, &text);
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
