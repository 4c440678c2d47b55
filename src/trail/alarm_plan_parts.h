/* alarm_plan_parts.h: what the formats of plans and checks share among themselves.
 *
 * Threads:   pure functions.
 *
 * Example:   alarm_findings_write(out, &report->trail_findings); */
#ifndef TRAIL_ALARM_PLAN_PARTS_H
#define TRAIL_ALARM_PLAN_PARTS_H

#include "render/json.h"
#include "trail/alarm_plan.h"

void alarm_cloudformation_write(struct buf *out, const struct alarm_plan *plan);
void alarm_terraform_write(struct buf *out, const struct alarm_plan *plan);
void alarm_cli_write(struct buf *out, const struct alarm_plan *plan);

/* Two lines for each: what, and what to do about it. */
void alarm_findings_write(struct buf *out, const struct alarm_findings *findings);
void alarm_findings_json(struct json_writer *json, const struct alarm_findings *findings);
/* Account, region, trail (or NULL) and log group (or empty), a line each. */
void alarm_place_write(struct buf *out, struct str account, struct str region,
                       const struct alarm_trail *trail, struct str group);

#endif
