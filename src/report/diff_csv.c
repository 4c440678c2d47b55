#include "render/csv.h"
#include "report/diff_report.h"

static void begin(struct buf *out, const struct diff *diff, const struct report_options *options)
{
    (void)diff;
    (void)options;
    buf_str(out, STR("change,kind,account,user,item,old,new,control,severity\n"));
}

static void value_write(struct buf *out, const struct diff *diff, const struct change_value *value)
{
    size_t begin = 0;

    buf_char(out, ',');
    begin = out->n;
    change_value_write(out, diff, value);
    csv_field_close(out, begin);
}

static void part(struct buf *out, const struct diff *diff, size_t from, size_t to,
                 const struct report_options *options)
{
    (void)options;
    for (size_t i = from; i < to; i++) {
        const struct change *change = &diff->changes[i];
        buf_str(out, change_verb_name((enum change_verb)change->verb));
        buf_char(out, ',');
        buf_str(out, change_kind_name((enum change_kind)change->kind));
        buf_char(out, ',');
        csv_field(out, change->account);
        buf_char(out, ',');
        csv_field(out, change->user);
        value_write(out, diff, &change->item);
        value_write(out, diff, &change->before);
        value_write(out, diff, &change->after);
        buf_char(out, ',');
        if (change->control != NULL) {
            csv_field(out, change->control->id);
            buf_char(out, ',');
            buf_str(out, severity_name((enum severity)change->severity));
        } else {
            buf_char(out, ',');
        }
        buf_char(out, '\n');
    }
}

const struct diff_writer diff_csv = {
    .name = STR_LIT("csv"),
    .help = STR_LIT("one change a line: change,kind,account,user,item,old,new,control,severity"),
    .is_flat = true,
    .begin = begin,
    .part = part,
};
