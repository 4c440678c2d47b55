/* The calls that make what a plan says. Each one writes what is wanted whole, so it may be made
 * again. */
#include <stdio.h>

#include "model/arn.h"
#include "render/json.h"
#include "trail/alarm_calls.h"

enum { BODY_SIZE_MAX = 64 << 10, PARAMETERS_MAX = 24, ACTIONS_MAX = 5, NAME_SIZE = 32 };

static bool send(struct aws_session *session, const struct aws_call *call, struct err *err)
{
    struct aws_answer answer = {0};
    struct aws_failure failure;
    bool ok = aws_send(session, call, &answer, &failure, err);

    aws_answer_release(&answer);
    return ok;
}

static bool make_topic(struct aws_session *session, const struct alarm_plan *plan, struct err *err)
{
    const struct aws_parameter parameters[] = {{"Name", plan->topic_name}};

    return send(session,
                &(struct aws_call){.service = AWS_SNS,
                                   .operation = "CreateTopic",
                                   .region = plan->region,
                                   .parameters = parameters,
                                   .parameter_count = 1},
                err);
}

static bool subscribe(struct aws_session *session, const struct alarm_subscribe *subscribe,
                      struct err *err)
{
    const struct aws_parameter parameters[] = {{"TopicArn", subscribe->topic_arn},
                                               {"Protocol", subscribe->to.protocol},
                                               {"Endpoint", subscribe->to.address}};

    return send(session,
                &(struct aws_call){.service = AWS_SNS,
                                   .operation = "Subscribe",
                                   .region = arn_part(subscribe->topic_arn, ARN_REGION),
                                   .parameters = parameters,
                                   .parameter_count = 3},
                err);
}

static bool put_filter(struct aws_session *session, const struct alarm_plan *plan,
                       const struct alarm_item *item, struct err *err)
{
    struct buf body;
    struct json_writer json = {.out = &body};
    bool ok = false;

    buf_init(&body, BODY_SIZE_MAX);
    json_open(&json, '{');
    json_member_text(&json, STR("logGroupName"), plan->group);
    json_member_text(&json, STR("filterName"), item->kind->name);
    json_member_text(&json, STR("filterPattern"), item->pattern);
    json_key(&json, STR("metricTransformations"));
    json_open(&json, '[');
    json_open(&json, '{');
    json_member_text(&json, STR("metricName"), item->kind->name);
    json_member_text(&json, STR("metricNamespace"), plan->wish->space);
    json_member_text(&json, STR("metricValue"), STR("1"));
    json_close(&json, '}');
    json_close(&json, ']');
    json_close(&json, '}');
    ok = send(session,
              &(struct aws_call){.service = AWS_LOGS,
                                 .operation = "PutMetricFilter",
                                 .region = plan->region,
                                 .body = buf_text(&body),
                                 .is_mute = true},
              err);
    buf_release(&body);
    return ok;
}

static bool put_alarm(struct aws_session *session, const struct alarm_plan *plan,
                      const struct alarm_item *item, struct err *err)
{
    char period[NAME_SIZE], names[ACTIONS_MAX][NAME_SIZE];
    struct buf description;
    bool ok = false;

    buf_init(&description, BODY_SIZE_MAX);
    alarm_item_describe(&description, item);
    (void)snprintf(period, sizeof period, "%d", ALARM_PERIOD_S);
    struct aws_parameter parameters[PARAMETERS_MAX] = {
        {"AlarmName", item->alarm_name},
        {"AlarmDescription", buf_text(&description)},
        {"MetricName", item->kind->name},
        {"Namespace", plan->wish->space},
        {"Statistic", STR("Sum")},
        {"Period", str_from(period)},
        {"EvaluationPeriods", STR("1")},
        {"Threshold", STR("1")},
        {"ComparisonOperator", STR("GreaterThanOrEqualToThreshold")},
        {"TreatMissingData", STR("notBreaching")},
        {"ActionsEnabled", STR("true")},
    };
    size_t count = 11;
    for (size_t i = 0; i < item->action_count && i < ACTIONS_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "AlarmActions.member.%zu", i + 1);
        parameters[count++] = (struct aws_parameter){names[i], item->actions[i]};
    }
    ok = send(session,
              &(struct aws_call){.service = AWS_CLOUDWATCH,
                                 .operation = "PutMetricAlarm",
                                 .region = plan->region,
                                 .parameters = parameters,
                                 .parameter_count = count},
              err);
    buf_release(&description);
    return ok;
}

bool alarm_apply(struct aws_session *session, const struct alarm_plan *plan,
                 void (*done)(void *shared, const char *what, struct str name), void *shared,
                 struct err *err)
{
    if (plan->makes_topic) {
        if (!make_topic(session, plan, err)) {
            return false;
        }
        done(shared, "topic", plan->topic_name);
    }
    for (size_t i = 0; i < plan->item_count; i++) {
        const struct alarm_item *item = &plan->items[i];
        if (item->puts_filter) {
            if (!put_filter(session, plan, item, err)) {
                return false;
            }
            done(shared, "filter", item->kind->name);
        }
        if (item->puts_alarm) {
            if (!put_alarm(session, plan, item, err)) {
                return false;
            }
            done(shared, "alarm", item->alarm_name);
        }
    }
    for (size_t i = 0; i < plan->subscribe_count; i++) {
        if (!subscribe(session, &plan->subscribes[i], err)) {
            return false;
        }
        done(shared, "subscription", plan->subscribes[i].to.address);
    }
    return true;
}

/* ---- fire ----------------------------------------------------------------------------------- */

bool alarm_fire_metric(struct aws_session *session, struct str region,
                       const struct alarm_transformation *metric, struct err *err)
{
    const struct aws_parameter parameters[] = {{"Namespace", metric->space},
                                               {"MetricData.member.1.MetricName", metric->metric},
                                               {"MetricData.member.1.Value", STR("1")}};

    return send(session,
                &(struct aws_call){.service = AWS_CLOUDWATCH,
                                   .operation = "PutMetricData",
                                   .region = region,
                                   .parameters = parameters,
                                   .parameter_count = 3},
                err);
}

bool alarm_fire_state(struct aws_session *session, struct str region, struct str alarm,
                      struct err *err)
{
    const struct aws_parameter parameters[] = {
        {"AlarmName", alarm},
        {"StateValue", STR("ALARM")},
        {"StateReason", STR("keywarden trail alarm test: nothing has happened")}};

    return send(session,
                &(struct aws_call){.service = AWS_CLOUDWATCH,
                                   .operation = "SetAlarmState",
                                   .region = region,
                                   .parameters = parameters,
                                   .parameter_count = 3},
                err);
}
