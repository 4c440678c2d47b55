/* A plan as a configuration of Terraform, in HCL as `terraform fmt` writes it. */
#include "trail/alarm_plan_parts.h"

/* A quoted string. "${" and "%{" would begin a template. */
static void text_write(struct buf *out, struct str text)
{
    buf_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"' || c == '\\') {
            buf_char(out, '\\');
        } else if ((c == '$' || c == '%') && i + 1 < text.n && text.p[i + 1] == '{') {
            buf_char(out, c);
        }
        buf_char(out, c);
    }
    buf_char(out, '"');
}

/* Names are padded to the longest of their block. */
static void argument(struct buf *out, unsigned indent, unsigned width, const char *name)
{
    size_t begin = out->n;

    buf_fill(out, ' ', indent);
    buf_str(out, str_from(name));
    buf_fill(out, ' ', indent + width - (out->n - begin));
    buf_str(out, STR(" = "));
}

static void argument_text(struct buf *out, unsigned indent, unsigned width, const char *name,
                          struct str value)
{
    argument(out, indent, width, name);
    text_write(out, value);
    buf_char(out, '\n');
}

static void resource(struct buf *out, const char *type, struct str name)
{
    buf_printf(out, "\nresource \"%s\" \"", type);
    for (size_t i = 0; i < name.n; i++) {
        buf_char(out, name.p[i] == '-' ? '_' : name.p[i]);
    }
    buf_str(out, STR("\" {\n"));
}

static void topic_value(struct buf *out, const struct alarm_plan *plan, struct str arn)
{
    if (plan->makes_topic && str_eq(arn, plan->topic_arn)) {
        buf_str(out, STR("aws_sns_topic.keywarden.arn"));
    } else {
        text_write(out, arn);
    }
}

static void filter_write(struct buf *out, const struct alarm_plan *plan,
                         const struct alarm_item *item)
{
    resource(out, "aws_cloudwatch_log_metric_filter", item->kind->name);
    argument_text(out, 2, 14, "name", item->kind->name);
    argument_text(out, 2, 14, "log_group_name", plan->group);
    argument_text(out, 2, 14, "pattern", item->pattern);
    buf_str(out, STR("\n  metric_transformation {\n"));
    argument_text(out, 4, 9, "name", item->kind->name);
    argument_text(out, 4, 9, "namespace", plan->wish->space);
    argument_text(out, 4, 9, "value", STR("1"));
    buf_str(out, STR("  }\n}\n"));
}

static void alarm_write(struct buf *out, const struct alarm_plan *plan,
                        const struct alarm_item *item)
{
    struct buf description;

    buf_init(&description, 1024);
    alarm_item_describe(&description, item);
    resource(out, "aws_cloudwatch_metric_alarm", item->kind->name);
    argument_text(out, 2, 19, "alarm_name", item->alarm_name);
    argument_text(out, 2, 19, "alarm_description", buf_text(&description));
    argument_text(out, 2, 19, "metric_name", item->kind->name);
    argument_text(out, 2, 19, "namespace", plan->wish->space);
    argument_text(out, 2, 19, "statistic", STR("Sum"));
    argument(out, 2, 19, "period");
    buf_printf(out, "%d\n", ALARM_PERIOD_S);
    argument(out, 2, 19, "evaluation_periods");
    buf_str(out, STR("1\n"));
    argument(out, 2, 19, "threshold");
    buf_str(out, STR("1\n"));
    argument_text(out, 2, 19, "comparison_operator", STR("GreaterThanOrEqualToThreshold"));
    argument_text(out, 2, 19, "treat_missing_data", STR("notBreaching"));
    argument(out, 2, 19, "alarm_actions");
    for (size_t i = 0; i < item->action_count; i++) {
        buf_str(out, i == 0 ? STR("[") : STR(", "));
        topic_value(out, plan, item->actions[i]);
    }
    buf_str(out, STR("]\n}\n"));
    buf_release(&description);
}

void alarm_terraform_write(struct buf *out, const struct alarm_plan *plan)
{
    buf_printf(
        out, "# Alarms on what CloudTrail shows, planned by keywarden for account %.*s in %.*s.\n",
        STR_ARG(plan->account), STR_ARG(plan->region));
    if (plan->makes_topic) {
        resource(out, "aws_sns_topic", STR("keywarden"));
        argument_text(out, 2, 4, "name", plan->topic_name);
        buf_str(out, STR("}\n"));
    }
    for (size_t i = 0; i < plan->subscribe_count; i++) {
        struct buf name;
        buf_init(&name, 64);
        buf_printf(&name, "keywarden_%zu", i + 1);
        resource(out, "aws_sns_topic_subscription", buf_text(&name));
        buf_release(&name);
        argument(out, 2, 9, "topic_arn");
        topic_value(out, plan, plan->subscribes[i].topic_arn);
        buf_char(out, '\n');
        argument_text(out, 2, 9, "protocol", plan->subscribes[i].to.protocol);
        argument_text(out, 2, 9, "endpoint", plan->subscribes[i].to.address);
        buf_str(out, STR("}\n"));
    }
    for (size_t i = 0; i < plan->item_count; i++) {
        if (plan->items[i].puts_filter) {
            filter_write(out, plan, &plan->items[i]);
        }
        if (plan->items[i].puts_alarm) {
            alarm_write(out, plan, &plan->items[i]);
        }
    }
}
