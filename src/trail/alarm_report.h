/* alarm_report.h: what a check of alarms found, as text for people and for programs.
 *
 * Threads:   pure functions.
 *
 * Example:   alarm_report_table(&out, &state, &report, controls, control_count); */
#ifndef TRAIL_ALARM_REPORT_H
#define TRAIL_ALARM_REPORT_H

#include "base/buf.h"
#include "rule/eval.h"
#include "trail/alarm_check.h"

/* The verdict of a control that asks for the same alarm by its own rule. */
struct alarm_control {
    struct str id;
    enum verdict verdict;
};

void alarm_report_table(struct buf *out, const struct alarm_state *state,
                        const struct alarm_report *report, const struct alarm_control *controls,
                        size_t control_count);
void alarm_report_json(struct buf *out, const struct alarm_state *state,
                       const struct alarm_report *report, const struct alarm_control *controls,
                       size_t control_count);

#endif
