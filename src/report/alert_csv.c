#include "render/csv.h"
#include "report/alert_report.h"

static void begin(struct alert_writer *writer)
{
    buf_str(writer->out,
            STR("time,account,region,rule,level,event_name,principal,source_ip,event_id\n"));
}

void alert_line_write(struct buf *out, const struct alert *alert, bool is_safe)
{
    const struct str fields[] = {
        alert->time,
        alert->account,
        alert->region,
        alert->rule->id,
        alert_level_name(alert->rule->severity),
        alert->event_name,
        alert->principal,
        alert->source_ip,
        alert->event_id,
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        size_t start = 0;
        buf_str(out, i > 0 ? STR(",") : STR(""));
        start = out->n;
        buf_str(out, fields[i]);
        if (is_safe) {
            csv_field_guard(out, start);
        }
        csv_field_close(out, start);
    }
}

static void alert_write(struct alert_writer *writer, const struct alert *alert)
{
    alert_line_write(writer->out, alert, writer->options->csv_safe);
    buf_char(writer->out, '\n');
}

const struct alert_format alert_csv = {
    .name = STR_LIT("csv"),
    .help = STR_LIT("one line for each rule and event, in the order of time"),
    .begin = begin,
    .alert = alert_write,
};
