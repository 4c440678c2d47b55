/* alarm_calls.h: asks AWS what could raise alarms, makes what a plan says, and sets alarms off.
 *
 * Ownership: everything is the caller's.
 * Threads:   one call at a time per state; a session takes any number.
 *
 * Example:   alarm_state_init(&state, account, region);
 *            if (!alarm_collect(&session, &state, STR("keywarden-alarms"), &err)) { ... } */
#ifndef TRAIL_ALARM_CALLS_H
#define TRAIL_ALARM_CALLS_H

#include "aws/client.h"
#include "trail/alarm_plan.h"

/* The account that the session's credentials belong to; in `arena`. */
MUST_USE bool alarm_account(struct aws_session *session, struct arena *arena, struct str *account,
                            struct err *err);

/* Fills a state that was just initialised, with what there is around all trails that its region
 * shows, and the topic of a wish. What AWS refuses stays unknown in the state; any other failure is
 * an error. */
MUST_USE bool alarm_collect(struct aws_session *session, struct alarm_state *state,
                            struct str topic, struct err *err);

/* Makes and changes all that the plan says, in order: the topic, filters, alarms, subscriptions.
 * Stops at the first failure; `done` is told of each change before that. */
MUST_USE bool alarm_apply(struct aws_session *session, const struct alarm_plan *plan,
                          void (*done)(void *shared, const char *what, struct str name),
                          void *shared, struct err *err);

/* Publishes one event's worth of the metric, so that the alarm on it rings. */
MUST_USE bool alarm_fire_metric(struct aws_session *session, struct str region,
                                const struct alarm_transformation *metric, struct err *err);
/* Sets the alarm's state, until AWS looks at its metric again. */
MUST_USE bool alarm_fire_state(struct aws_session *session, struct str region, struct str alarm,
                               struct err *err);

#endif
