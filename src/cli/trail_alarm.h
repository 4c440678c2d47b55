/* trail_alarm.h: what the parts of `trail alarm` have in common: options, the account, its state.
 *
 * Ownership: a job owns all it has; args are borrowed.
 * Threads:   one.
 *
 * Example:   struct alarm_job job;
 *            alarm_job_init(&job, args);
 *            if (alarm_job_read(&job, &err) && alarm_job_collect(&job, &err)) {
 *                ... job.report ...
 *            }
 *            alarm_job_release(&job); */
#ifndef CLI_TRAIL_ALARM_H
#define CLI_TRAIL_ALARM_H

#include "cli/aws_connection.h"
#include "os/file.h"
#include "trail/alarm_calls.h"
#include "trail/alarm_plan.h"
#include "trail/alarm_report.h"

enum { ALARM_NOTIFY_MAX = 16 };

struct alarm_job {
    const struct args *args;
    struct arena arena;
    struct aws_connection connection;
    struct alarm_selection selection;
    struct alarm_wish wish;
    struct alarm_address notify[ALARM_NOTIFY_MAX];
    struct alarm_state state;
    struct alarm_report report;
    struct buf out;
};

void alarm_job_init(struct alarm_job *job, const struct args *args);
void alarm_job_release(struct alarm_job *job);

/* --alarms, --trail, --notify, --topic, --namespace, where the part has them. */
MUST_USE bool alarm_job_read(struct alarm_job *job, struct err *err);
/* The state begins, of which nothing is known but where it is. */
void alarm_job_place(struct alarm_job *job, struct str account, struct str region);
/* Signs in and asks, anew each time; then checks. */
MUST_USE bool alarm_job_collect(struct alarm_job *job, struct err *err);
/* Appends what the check found, as --format says, with the verdicts of controls. */
MUST_USE bool alarm_job_report(struct alarm_job *job, bool is_json, struct err *err);
/* The exit code of the check. */
int alarm_job_code(const struct alarm_job *job);
/* Writes job->out where --output says. */
MUST_USE bool alarm_job_write(struct alarm_job *job, struct err *err);

#endif
