/* A plan as a script for a POSIX shell, of commands of the AWS CLI. It stops at the first that
 * fails, and before all of them where the credentials are another account's. */
#include "report/shell.h"
#include "trail/alarm_plan_parts.h"

static void option(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, " \\\n    --%s ", name);
    shell_word_write(out, value, SHELL_PLAIN);
}

static void command(struct buf *out, const struct alarm_plan *plan, const char *words)
{
    buf_printf(out, "\naws %s --region %.*s", words, STR_ARG(plan->region));
}

static void filter_write(struct buf *out, const struct alarm_plan *plan,
                         const struct alarm_item *item)
{
    command(out, plan, "logs put-metric-filter");
    option(out, "log-group-name", plan->group);
    option(out, "filter-name", item->kind->name);
    buf_printf(out,
               " \\\n    --metric-transformations "
               "metricName=%.*s,metricNamespace=%.*s,metricValue=1",
               STR_ARG(item->kind->name), STR_ARG(plan->wish->space));
    option(out, "filter-pattern", item->pattern);
    buf_char(out, '\n');
}

static void alarm_write(struct buf *out, const struct alarm_plan *plan,
                        const struct alarm_item *item)
{
    struct buf description;

    buf_init(&description, 1024);
    alarm_item_describe(&description, item);
    command(out, plan, "cloudwatch put-metric-alarm");
    option(out, "alarm-name", item->alarm_name);
    option(out, "alarm-description", buf_text(&description));
    option(out, "metric-name", item->kind->name);
    option(out, "namespace", plan->wish->space);
    buf_printf(out, " \\\n    --statistic Sum --period %d --evaluation-periods 1 --threshold 1",
               ALARM_PERIOD_S);
    buf_str(out, STR(" \\\n    --comparison-operator GreaterThanOrEqualToThreshold "
                     "--treat-missing-data notBreaching \\\n    --alarm-actions"));
    for (size_t i = 0; i < item->action_count; i++) {
        buf_char(out, ' ');
        shell_word_write(out, item->actions[i], SHELL_PLAIN);
    }
    buf_char(out, '\n');
    buf_release(&description);
}

void alarm_cli_write(struct buf *out, const struct alarm_plan *plan)
{
    buf_printf(out,
               "#!/bin/sh\n"
               "# Alarms on what CloudTrail shows, planned by keywarden for account %.*s.\n"
               "set -eu\n"
               "account=$(aws sts get-caller-identity --query Account --output text)\n"
               "if [ \"$account\" != %.*s ]; then\n"
               "    echo \"these credentials are of account $account, not %.*s\" >&2\n"
               "    exit 1\n"
               "fi\n",
               STR_ARG(plan->account), STR_ARG(plan->account), STR_ARG(plan->account));
    if (plan->makes_topic) {
        command(out, plan, "sns create-topic");
        option(out, "name", plan->topic_name);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < plan->subscribe_count; i++) {
        command(out, plan, "sns subscribe");
        option(out, "topic-arn", plan->subscribes[i].topic_arn);
        buf_printf(out, " \\\n    --protocol %.*s", STR_ARG(plan->subscribes[i].to.protocol));
        option(out, "notification-endpoint", plan->subscribes[i].to.address);
        buf_char(out, '\n');
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
