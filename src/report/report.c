#include "report/report.h"

#include <string.h>

const struct report_format *const report_formats[] = {
    &report_table, &report_csv,  &report_summary, &report_json,  &report_jsonl,    &report_html,
    &report_sarif, &report_ocsf, &report_asff,    &report_junit, &report_markdown, NULL,
};

const struct report_format *report_format_find(struct str name)
{
    for (size_t i = 0; report_formats[i] != NULL; i++) {
        if (str_eq(report_formats[i]->name, name)) {
            return report_formats[i];
        }
    }
    return NULL;
}

void report_evidence_write(struct buf *out, const struct finding *finding)
{
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (i > 0) {
            buf_bytes(out, "; ", 2);
        }
        buf_str(out, finding->evidence[i].name);
        buf_char(out, '=');
        buf_str(out, finding->evidence[i].value);
    }
}

static bool is_shell_safe(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr("_+=,.@/:-", c) == NULL)) {
            return false;
        }
    }
    return text.n > 0;
}

static void shell_word_write(struct buf *out, struct str text)
{
    if (is_shell_safe(text)) {
        buf_str(out, text);
        return;
    }
    buf_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'') {
            buf_str(out, STR("'\\''"));
        } else {
            buf_char(out, text.p[i]);
        }
    }
    buf_char(out, '\'');
}

static bool placeholder_value(struct str name, const struct finding *finding, struct str *out)
{
    if (str_eq(name, STR("user"))) {
        *out = finding->user;
    } else if (str_eq(name, STR("account"))) {
        *out = finding->account;
    } else if (str_eq(name, STR("arn"))) {
        *out = finding->arn;
    } else if (str_eq(name, STR("partition"))) {
        *out = finding->partition.n > 0 ? finding->partition : STR("aws");
    } else {
        return false;
    }
    return true;
}

/* A command is one line, however the pack breaks it. */
static void template_write(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        buf_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
    }
}

/* The root user has no name to give: in a session of its own, commands mean itself without one. */
static struct str without_user_option(struct str text)
{
    static const struct str option = STR_LIT(" --user-name ");

    return str_ends(text, option) ? str_sub(text, 0, text.n - option.n) : text;
}

void report_cli_write(struct buf *out, const struct finding *finding)
{
    struct str rest = str_trim(finding->control->cli);
    struct str before;
    bool is_root = str_eq(finding->user, STR("<root_account>"));

    while (str_cut(&rest, '{', &before)) {
        size_t close = str_find(rest, '}');
        struct str value;

        if (is_root && str_starts(rest, STR("user}"))) {
            struct str kept = without_user_option(before);
            template_write(out, kept);
            if (kept.n < before.n) {
                rest = str_sub(rest, close + 1, rest.n);
                continue;
            }
        } else {
            template_write(out, before);
        }
        if (close < rest.n && placeholder_value(str_sub(rest, 0, close), finding, &value)) {
            shell_word_write(out, value);
            rest = str_sub(rest, close + 1, rest.n);
        } else {
            buf_char(out, '{');
        }
    }
    template_write(out, before);
}
