#include "report/report.h"

#include "report/command.h"

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

/* Who answers for an excepted finding stands behind the values, in the same form. */
static void exception_write(struct buf *out, const struct exception *exception, bool is_behind)
{
    const struct {
        struct str name, value;
    } parts[] = {
        {STR("exception"), exception->id},
        {STR("exception_owner"), exception->owner},
        {STR("exception_reason"), exception->reason},
        {STR("exception_ticket"), exception->ticket},
        {STR("exception_expires"), exception->expires_day},
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].value.n > 0) {
            buf_str(out, is_behind ? STR("; ") : STR(""));
            buf_str(out, parts[i].name);
            buf_char(out, '=');
            buf_str(out, parts[i].value);
            is_behind = true;
        }
    }
}

void report_evidence_write(struct buf *out, const struct finding *finding)
{
    size_t begin = out->n;

    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (i > 0) {
            buf_bytes(out, "; ", 2);
        }
        buf_str(out, finding->evidence[i].name);
        buf_char(out, '=');
        buf_str(out, finding->evidence[i].value);
    }
    if (finding->severity != finding->control->severity) {
        buf_str(out, finding->evidence_count > 0 ? STR("; asset_class=") : STR("asset_class="));
        buf_str(out, asset_class_name(finding->asset_class));
        buf_str(out, STR("; severity_declared="));
        buf_str(out, severity_name(finding->control->severity));
    }
    if (finding->exception != NULL) {
        exception_write(out, finding->exception, out->n > begin);
    }
}

void report_cli_write(struct buf *out, const struct finding *finding)
{
    (void)command_write(out, finding->control->cli, finding);
}
