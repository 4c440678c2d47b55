#include "render/csv.h"
#include "report/report.h"

static void begin(struct buf *out, const struct report_options *options)
{
    (void)options;
    buf_str(out, STR("account,user,control,status,severity,evidence\n"));
}

static void cell_write(struct buf *out, struct str text, const struct report_options *options)
{
    size_t start = out->n;

    if (!options->csv_safe) {
        csv_field(out, text);
        return;
    }
    buf_str(out, text);
    csv_field_guard(out, start);
    csv_field_close(out, start);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    size_t evidence = 0;

    cell_write(out, finding->account, options);
    buf_char(out, ',');
    cell_write(out, finding->user, options);
    buf_char(out, ',');
    cell_write(out, finding->control->id, options);
    buf_char(out, ',');
    buf_str(out, status_name(finding->status));
    buf_char(out, ',');
    buf_str(out, severity_name(finding->severity));
    buf_char(out, ',');
    evidence = out->n;
    report_evidence_write(out, finding);
    if (options->csv_safe) {
        csv_field_guard(out, evidence);
    }
    csv_field_close(out, evidence);
    buf_char(out, '\n');
}

const struct report_format report_csv = {
    .name = STR_LIT("csv"),
    .help = STR_LIT("one finding a line: account,user,control,status,severity,evidence"),
    .begin = begin,
    .finding = finding_write,
};
