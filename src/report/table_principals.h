/* table_principals.h: who fails a control, one row each, with the values that decided it.
 *
 * Values stand in columns of their own under the names they have in the report; where that is too
 * wide, times are cut to days; where even that is, they become "name=value; name=value", broken
 * over lines.
 *
 * Threads:   one thread at a time per page.
 *
 * Example:   table_principals_write(&page, tally->samples[STATUS_FAIL], 20); */
#ifndef REPORT_TABLE_PRINCIPALS_H
#define REPORT_TABLE_PRINCIPALS_H

#include <stddef.h>

#include "model/finding.h"
#include "report/table_findings.h"

void table_principals_write(const struct table_page *page, const struct finding *findings,
                            size_t count);

#endif
