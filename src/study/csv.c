/* The figures alone, a line each, as the page of their definitions names them. */
#include "render/csv.h"

#include "study/format.h"
#include "study/trail_use.h"

static void write_figure(struct buf *out, const struct study_figure *figure, bool has_trail)
{
    csv_field(out, figure->name);
    buf_char(out, ',');
    study_value_write(out, figure, false);
    buf_char(out, ',');
    if (figure->whole_divisor > 0) {
        buf_u64(out, figure->part);
        buf_char(out, ',');
        study_whole_write(out, figure, false);
    } else {
        buf_char(out, ',');
    }
    buf_char(out, ',');
    csv_field(out, figure->published);
    buf_char(out, ',');
    csv_field(out, figure->note);
    if (has_trail) {
        buf_char(out, ',');
        if (figure->has_trail) {
            trail_value_write(out, figure, false);
        }
        buf_char(out, ',');
        if (figure->has_trail) {
            trail_difference_write(out, figure, false);
        }
    }
    buf_char(out, '\n');
}

static void write(struct buf *out, const struct study_result *result,
                  const struct study_options *options)
{
    (void)options;
    buf_str(out, STR("figure,value,numerator,denominator,published,note"));
    buf_str(out, result->trail.is_there ? STR(",cloudtrail,difference\n") : STR("\n"));
    for (size_t i = 0; i < result->figure_count; i++) {
        write_figure(out, &result->figures[i], result->trail.is_there);
    }
}

const struct study_format study_csv = {.name = STR_LIT("csv"), .write = write};
