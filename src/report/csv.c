#include "render/csv.h"
#include "report/report.h"

static void begin(struct buf *out, const struct report_options *options)
{
    (void)options;
    buf_str(out, STR("account,user,control,status,severity,evidence\n"));
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    size_t evidence = 0;

    (void)options;
    csv_field(out, finding->account);
    buf_char(out, ',');
    csv_field(out, finding->user);
    buf_char(out, ',');
    csv_field(out, finding->control->id);
    buf_char(out, ',');
    buf_str(out, status_name(finding->status));
    buf_char(out, ',');
    buf_str(out, severity_name(finding->severity));
    buf_char(out, ',');
    evidence = out->n;
    report_evidence_write(out, finding);
    csv_field_close(out, evidence);
    buf_char(out, '\n');
}

const struct report_format report_csv = {
    .name = STR_LIT("csv"),
    .help = STR_LIT("one finding a line: account,user,control,status,severity,evidence"),
    .begin = begin,
    .finding = finding_write,
};
