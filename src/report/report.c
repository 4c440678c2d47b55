#include "report/report.h"

#include "report/command.h"

const struct report_format *const report_formats[] = {
    &report_table, &report_csv, &report_summary, &report_json, &report_jsonl, &report_html, NULL,
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

void report_cli_write(struct buf *out, const struct finding *finding)
{
    (void)command_write(out, finding->control->cli, finding);
}
