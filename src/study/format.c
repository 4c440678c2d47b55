#include "study/format.h"

#include "base/instant.h"
#include "render/number.h"

static const struct study_format *const formats[] = {&study_table, &study_csv, &study_json,
                                                     &study_html};

const struct study_format *study_format_find(struct str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (str_eq(formats[i]->name, name)) {
            return formats[i];
        }
    }
    return NULL;
}

static void count_write(struct buf *out, uint64_t count, bool is_grouped)
{
    if (is_grouped) {
        number_grouped(out, count);
    } else {
        buf_u64(out, count);
    }
}

static void mean_write(struct buf *out, uint64_t sum, uint64_t divisor, bool is_grouped)
{
    uint64_t hundredths = (200 * sum + divisor) / (2 * divisor);

    count_write(out, hundredths / 100, is_grouped);
    buf_printf(out, ".%02u", (unsigned)(hundredths % 100));
}

void study_day_write(struct buf *out, int64_t at)
{
    size_t start = out->n;

    instant_write(out, at);
    if (!out->overflowed) {
        out->n = start + sizeof "2020-09-13" - 1;
    }
}

void study_value_write(struct buf *out, const struct study_figure *figure, bool is_grouped)
{
    switch (figure->type) {
    case STUDY_NOTHING:
        break;
    case STUDY_COUNT:
        count_write(out, figure->sum, is_grouped);
        break;
    case STUDY_MEAN:
        mean_write(out, figure->sum, figure->divisor, is_grouped);
        break;
    case STUDY_DATE:
        study_day_write(out, figure->date);
        break;
    }
}

void study_whole_write(struct buf *out, const struct study_figure *figure, bool is_grouped)
{
    if (figure->whole % figure->whole_divisor == 0) {
        count_write(out, figure->whole / figure->whole_divisor, is_grouped);
    } else {
        mean_write(out, figure->whole, figure->whole_divisor, is_grouped);
    }
}

void study_share_write(struct buf *out, uint64_t part, uint64_t whole, uint64_t whole_divisor)
{
    uint64_t tenths = (2000 * part * whole_divisor + whole) / (2 * whole);

    buf_printf(out, "%llu.%u%%", (unsigned long long)(tenths / 10), (unsigned)(tenths % 10));
}
