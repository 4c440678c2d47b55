/* table_unknowns.h: what could not be judged, and what it takes, in the report for a terminal.
 *
 * Threads:   one thread at a time per page.
 *
 * Example:   table_unknowns_write(&page, order); */
#ifndef REPORT_TABLE_UNKNOWNS_H
#define REPORT_TABLE_UNKNOWNS_H

#include <stddef.h>

#include "report/table_findings.h"

void table_unknowns_write(const struct table_page *page, const size_t *order);

#endif
