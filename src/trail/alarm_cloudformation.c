/* A plan as a template of CloudFormation: JSON, two blanks a level, so that it reads and compares
 * well. */
#include "trail/alarm_plan_parts.h"

struct template
{
    struct buf *out;
    unsigned depth;
    bool comma;
};

static void line_begin(struct template *template)
{
    buf_str(template->out, template->comma ? STR(",\n") : STR("\n"));
    buf_fill(template->out, ' ', (size_t) template->depth * 2);
    template->comma = true;
}

static void open(struct template *template, char bracket)
{
    buf_char(template->out, bracket);
    template->depth++;
    template->comma = false;
}

static void close(struct template *template, char bracket)
{
    template->depth--;
    template->comma = false;
    line_begin(template);
    buf_char(template->out, bracket);
}

static void key(struct template *template, const char *name)
{
    line_begin(template);
    buf_printf(template->out, "\"%s\": ", name);
}

static void text(struct template *template, const char *name, struct str value)
{
    key(template, name);
    json_string_write(template->out, value);
}

/* "root-use" is RootUse. */
static void logical_name(struct buf *out, struct str name)
{
    bool is_first = true;

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '-') {
            is_first = true;
        } else {
            buf_char(out, is_first && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
            is_first = false;
        }
    }
}

static void resource(struct template *template, struct str name, const char *kind, const char *type)
{
    line_begin(template);
    buf_char(template->out, '"');
    logical_name(template->out, name);
    buf_printf(template->out, "%s\": ", kind);
    open(template, '{');
    text(template, "Type", str_from(type));
    key(template, "Properties");
    open(template, '{');
}

static void resource_end(struct template *template)
{
    close(template, '}');
    close(template, '}');
}

static void topic_value(struct template *template, const struct alarm_plan *plan, struct str arn)
{
    if (plan->makes_topic && str_eq(arn, plan->topic_arn)) {
        buf_str(template->out, STR("{\"Ref\": \"Topic\"}"));
    } else {
        json_string_write(template->out, arn);
    }
}

static void filter_write(struct template *template, const struct alarm_plan *plan,
                         const struct alarm_item *item)
{
    resource(template, item->kind->name, "Filter", "AWS::Logs::MetricFilter");
    text(template, "FilterName", item->kind->name);
    text(template, "LogGroupName", plan->group);
    text(template, "FilterPattern", item->pattern);
    key(template, "MetricTransformations");
    open(template, '[');
    line_begin(template);
    open(template, '{');
    text(template, "MetricName", item->kind->name);
    text(template, "MetricNamespace", plan->wish->space);
    text(template, "MetricValue", STR("1"));
    close(template, '}');
    close(template, ']');
    resource_end(template);
}

static void alarm_write(struct template *template, const struct alarm_plan *plan,
                        const struct alarm_item *item)
{
    struct buf description;

    buf_init(&description, 1024);
    alarm_item_describe(&description, item);
    resource(template, item->kind->name, "Alarm", "AWS::CloudWatch::Alarm");
    text(template, "AlarmName", item->alarm_name);
    text(template, "AlarmDescription", buf_text(&description));
    text(template, "MetricName", item->kind->name);
    text(template, "Namespace", plan->wish->space);
    text(template, "Statistic", STR("Sum"));
    key(template, "Period");
    buf_u64(template->out, ALARM_PERIOD_S);
    key(template, "EvaluationPeriods");
    buf_u64(template->out, 1);
    key(template, "Threshold");
    buf_u64(template->out, 1);
    text(template, "ComparisonOperator", STR("GreaterThanOrEqualToThreshold"));
    text(template, "TreatMissingData", STR("notBreaching"));
    key(template, "AlarmActions");
    open(template, '[');
    for (size_t i = 0; i < item->action_count; i++) {
        line_begin(template);
        topic_value(template, plan, item->actions[i]);
    }
    close(template, ']');
    resource_end(template);
    buf_release(&description);
}

static void subscription_write(struct template *template, const struct alarm_plan *plan, size_t i)
{
    const struct alarm_subscribe *subscribe = &plan->subscribes[i];

    line_begin(template);
    buf_printf(template->out, "\"Subscription%zu\": ", i + 1);
    open(template, '{');
    text(template, "Type", STR("AWS::SNS::Subscription"));
    key(template, "Properties");
    open(template, '{');
    key(template, "TopicArn");
    topic_value(template, plan, subscribe->topic_arn);
    text(template, "Protocol", subscribe->to.protocol);
    text(template, "Endpoint", subscribe->to.address);
    resource_end(template);
}

void alarm_cloudformation_write(struct buf *out, const struct alarm_plan *plan)
{
    struct template template = {.out = out};

    open(&template, '{');
    text(&template, "AWSTemplateFormatVersion", STR("2010-09-09"));
    text(&template, "Description", STR("Alarms on what CloudTrail shows, planned by keywarden"));
    key(&template, "Resources");
    open(&template, '{');
    if (plan->makes_topic) {
        resource(&template, STR("topic"), "", "AWS::SNS::Topic");
        text(&template, "TopicName", plan->topic_name);
        resource_end(&template);
    }
    for (size_t i = 0; i < plan->subscribe_count; i++) {
        subscription_write(&template, plan, i);
    }
    for (size_t i = 0; i < plan->item_count; i++) {
        if (plan->items[i].puts_filter) {
            filter_write(&template, plan, &plan->items[i]);
        }
        if (plan->items[i].puts_alarm) {
            alarm_write(&template, plan, &plan->items[i]);
        }
    }
    close(&template, '}');
    close(&template, '}');
    buf_char(out, '\n');
}
