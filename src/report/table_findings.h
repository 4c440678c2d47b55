/* table_findings.h: the findings of the report for a terminal, and its headings and paragraphs.
 *
 * Threads:   one thread at a time per page.
 *
 * Example:   table_findings_write(&page, order); */
#ifndef REPORT_TABLE_FINDINGS_H
#define REPORT_TABLE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/posture.h"
#include "render/terminal.h"

struct table_page {
    struct buf *out;
    const struct posture *posture;
    size_t columns; /* width of the page */
    bool color;
};

enum terminal_style table_severity_style(enum severity severity);

/* A blank line and a heading. */
void table_heading_write(const struct table_page *page, struct str heading);

/* Untrusted text broken at blanks, every line after `indent` blanks. */
void table_paragraph_write(const struct table_page *page, size_t indent, struct str text,
                           enum terminal_style style);

/* "  as of  text", text broken under its own start. */
void table_labelled_write(const struct table_page *page, struct str label, struct str text,
                          enum terminal_style style);

/* "... and 1,234 more" */
void table_more_write(const struct table_page *page, size_t indent, uint64_t count);

/* Failures by control, root first, then worst first; then what is excepted. */
void table_findings_write(const struct table_page *page, const size_t *order);

#endif
