#include "render/csv.h"
#include "report/report.h"

static void end(struct buf *out, const struct posture *posture,
                const struct report_options *options)
{
    static const enum status order[] = {STATUS_FAIL, STATUS_UNKNOWN, STATUS_EXCEPTED,
                                        STATUS_NOT_APPLICABLE, STATUS_PASS};
    size_t start = 0;

    buf_str(out, STR("control,status,count\n"));
    for (size_t i = 0; i < posture->control_count; i++) {
        for (size_t s = 0; s < sizeof order / sizeof order[0]; s++) {
            uint64_t count = posture->tallies[i].counts[order[s]];
            if (count == 0) {
                continue;
            }
            start = out->n;
            buf_str(out, posture->controls[i]->id);
            if (options->csv_safe) {
                csv_field_guard(out, start);
            }
            csv_field_close(out, start);
            buf_char(out, ',');
            buf_str(out, status_name(order[s]));
            buf_char(out, ',');
            buf_u64(out, count);
            buf_char(out, '\n');
        }
    }
}

const struct report_format report_summary = {
    .name = STR_LIT("summary"),
    .help = STR_LIT("counts as CSV: control,status,count"),
    .end = end,
};
