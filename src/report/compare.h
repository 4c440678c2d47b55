/* compare.h: differences between our verdicts and other tools', to bytes.
 *
 * `difference` is called for each as it is found, in report order; `end` once, with the counts and
 * the first few of each kind.
 *
 * Ownership: formats are static; buffers are the caller's.
 * Threads:   one thread at a time.
 *
 * Example:   const struct compare_format *format = compare_format_find(STR("csv"));
 *            format->begin(&out, &options); */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "model/difference.h"
#include "model/posture.h"
#include "report/report.h"

struct compare_format {
    struct str name;
    void (*begin)(struct buf *out, const struct report_options *options); /* or NULL */
    void (*difference)(struct buf *out, const struct difference *difference,
                       bool is_first); /* or NULL */
    void (*end)(struct buf *out, const struct comparison *comparison, const struct posture *posture,
                const struct report_options *options); /* or NULL */
};

/* table, csv, json; ended by NULL. */
extern const struct compare_format *const compare_formats[];
extern const struct compare_format compare_table, compare_csv, compare_json;

/* NULL when there is no format of that name. */
const struct compare_format *compare_format_find(struct str name);

/* "root-not-used (days=90)" */
void compare_control_write(struct buf *out, const struct control *control);

#endif
