/* format.h: the formats that a study can be printed in.
 *
 * Threads:   pure functions over an immutable result.
 *
 * Example:   const struct study_format *format = study_format_find(STR("csv"));
 *            format->write(&out, &result, &options); */
#ifndef STUDY_FORMAT_H
#define STUDY_FORMAT_H

#include "base/buf.h"
#include "study/result.h"

struct study_options {
    bool color;
    size_t columns; /* width of a page for people */
    struct str version;
};

struct study_format {
    struct str name;
    bool is_for_people; /* laid out for a terminal: its own text is safe to show */
    void (*write)(struct buf *out, const struct study_result *result,
                  const struct study_options *options);
};

extern const struct study_format study_table, study_csv, study_json, study_html;

/* NULL when there is none of that name. */
const struct study_format *study_format_find(struct str name);

/* The value, as CSV and table write it: a count, a mean of two decimals, a day; nothing where there
 * is none. Halves are rounded up. */
void study_value_write(struct buf *out, const struct study_figure *figure, bool is_grouped);
/* What a share is of: a whole number, or a mean of two decimals. */
void study_whole_write(struct buf *out, const struct study_figure *figure, bool is_grouped);
/* The share in percent with one decimal, "2.8%"; whole above 0. */
void study_share_write(struct buf *out, uint64_t part, uint64_t whole, uint64_t whole_divisor);
/* YYYY-MM-DD */
void study_day_write(struct buf *out, int64_t at);

#endif
