/* table_tiers.h: key ages and idle times by tier, in the report for a terminal.
 *
 * Threads:   one thread at a time per page.
 *
 * Example:   table_tiers_write(&page); */
#ifndef REPORT_TABLE_TIERS_H
#define REPORT_TABLE_TIERS_H

#include "report/table_findings.h"

/* Nothing when nobody asked for tiers. */
void table_tiers_write(const struct table_page *page);

#endif
