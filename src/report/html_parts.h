/* html_parts.h: the pieces the HTML page is put together from: numbers, bars, control sections.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   html_controls_write(&out, posture, order); */
#ifndef REPORT_HTML_PARTS_H
#define REPORT_HTML_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/posture.h"

/* A table cell with a grouped number, faint when 0; `hot` makes it stand out in its row's colour.
 */
void html_count_cell(struct buf *out, uint64_t count, bool hot);

/* A bar of failed and unknown shares, with the shares in words for who cannot see it. */
void html_bar_write(struct buf *out, uint64_t failed, uint64_t unknown, uint64_t judged);

/* Key ages and idle times by tier; nothing when nobody asked for them. */
void html_tiers_write(struct buf *out, const struct tiers *tiers);

/* Failures by control, root first, then worst first; then what is excepted. */
void html_controls_write(struct buf *out, const struct posture *posture, const size_t *order);

#endif
