/* A plan for people, and for programs. */
#include "model/arn.h"
#include "render/json.h"
#include "render/number.h"
#include "render/terminal.h"
#include "trail/alarm_plan.h"
#include "trail/alarm_plan_parts.h"

enum { NAME_COLUMNS = 24 };

/* ---- the table ------------------------------------------------------------------------------ */

void alarm_findings_write(struct buf *out, const struct alarm_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct alarm_finding *finding = &findings->list[i];
        size_t begin = out->n;
        buf_str(out, STR("    "));
        buf_str(out, alarm_level_name(finding->level));
        buf_fill(out, ' ', 13 - (out->n - begin));
        terminal_text(out, finding->what);
        buf_char(out, '\n');
        if (finding->remedy.n > 0) {
            buf_fill(out, ' ', 13);
            terminal_text(out, finding->remedy);
            buf_char(out, '\n');
        }
    }
}

void alarm_place_write(struct buf *out, struct str account, struct str region,
                       const struct alarm_trail *trail, struct str group)
{
    buf_printf(out, "account  %.*s, %.*s\n", STR_ARG(account), STR_ARG(region));
    if (trail != NULL) {
        buf_str(out, STR("trail    "));
        terminal_text(out, trail->name);
        buf_str(out,
                trail->is_organization == TRUTH_TRUE ? STR(", of the organization\n") : STR("\n"));
    }
    if (group.n > 0) {
        buf_str(out, STR("group    "));
        terminal_text(out, group);
        buf_char(out, '\n');
    }
}

static void name_write(struct buf *out, struct str name)
{
    buf_str(out, name);
    buf_fill(out, ' ', name.n < NAME_COLUMNS ? NAME_COLUMNS - name.n : 1);
}

static void item_write(struct buf *out, const struct alarm_item *item)
{
    name_write(out, item->kind->name);
    if (item->by_filter != NULL) {
        buf_str(out, STR("is there: filter "));
        terminal_text(out, item->by_filter->name);
        buf_str(out, STR(", alarm "));
        terminal_text(out, item->by_alarm->name);
    } else if (!item->puts_filter && !item->puts_alarm) {
        buf_printf(out, "is there: filter %.*s, alarm %.*s", STR_ARG(item->kind->name),
                   STR_ARG(item->alarm_name));
    }
    if (item->puts_filter) {
        buf_printf(out, "%s filter %.*s", item->changes_filter ? "change" : "make",
                   STR_ARG(item->kind->name));
    }
    if (item->puts_alarm) {
        buf_printf(out, "%s%s alarm %.*s", item->puts_filter ? ", " : "",
                   item->changes_alarm ? "change" : "make", STR_ARG(item->alarm_name));
    }
    buf_char(out, '\n');
    /* What no step mends. */
    if (item->verdict != NULL && !item->puts_filter && !item->puts_alarm) {
        alarm_findings_write(out, &item->verdict->findings);
    }
}

static void table_write_plan(struct buf *out, const struct alarm_plan *plan)
{
    alarm_place_write(out, plan->account, plan->region,
                      plan->report == NULL ? NULL : plan->report->trail, plan->group);
    if (plan->report != NULL) {
        alarm_findings_write(out, &plan->report->trail_findings);
    }
    buf_char(out, '\n');
    if (plan->is_blocked) {
        buf_str(out, STR("There is no log group here that filters could be made for.\n"));
        return;
    }
    for (size_t i = 0; i < plan->item_count; i++) {
        item_write(out, &plan->items[i]);
    }
    if (plan->makes_topic) {
        name_write(out, STR("topic"));
        buf_printf(out, "make %.*s\n", STR_ARG(plan->topic_name));
    }
    for (size_t i = 0; i < plan->subscribe_count; i++) {
        name_write(out, STR("subscription"));
        buf_printf(out, "%.*s to ", STR_ARG(plan->subscribes[i].to.address));
        terminal_text(out, arn_part(plan->subscribes[i].topic_arn, ARN_RESOURCE));
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    if (plan->change_count == 0) {
        buf_str(out, STR("Nothing is to be made.\n"));
    } else {
        number_counted(out, plan->change_count, STR("change"));
        buf_char(out, '\n');
    }
}

/* ---- JSON ----------------------------------------------------------------------------------- */

void alarm_findings_json(struct json_writer *json, const struct alarm_findings *findings)
{
    json_open(json, '[');
    for (size_t i = 0; i < findings->count; i++) {
        json_open(json, '{');
        json_member_text(json, STR("status"), alarm_level_name(findings->list[i].level));
        json_member_text(json, STR("what"), findings->list[i].what);
        json_member_text(json, STR("remedy"), findings->list[i].remedy);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void action_word(struct json_writer *json, struct str key, bool is_put, bool is_change)
{
    json_member_text(json, key, !is_put ? STR("none") : is_change ? STR("change") : STR("make"));
}

static void item_json(struct json_writer *json, const struct alarm_plan *plan,
                      const struct alarm_item *item)
{
    bool is_ours = item->by_filter == NULL;

    json_open(json, '{');
    json_member_text(json, STR("name"), item->kind->name);
    json_member_text(json, STR("cis"), item->kind->number);
    json_member_text(json, STR("filter"), is_ours ? item->kind->name : item->by_filter->name);
    action_word(json, STR("filter_action"), item->puts_filter, item->changes_filter);
    json_member_text(json, STR("pattern"), is_ours ? item->pattern : item->by_filter->pattern);
    json_member_text(json, STR("alarm"), is_ours ? item->alarm_name : item->by_alarm->name);
    action_word(json, STR("alarm_action"), item->puts_alarm, item->changes_alarm);
    json_member_text(json, STR("namespace"), is_ours ? plan->wish->space : item->by_alarm->space);
    json_close(json, '}');
}

static void json_write_plan(struct buf *out, const struct alarm_plan *plan)
{
    static const struct alarm_findings none = {0};
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.alarm-plan/1"));
    json_member_text(&json, STR("account"), plan->account);
    json_member_text(&json, STR("region"), plan->region);
    json_key(&json, STR("trail"));
    if (plan->report != NULL && plan->report->trail != NULL) {
        json_text(&json, plan->report->trail->arn);
    } else {
        json_null(&json);
    }
    json_member_text(&json, STR("log_group"), plan->group);
    json_key(&json, STR("trail_findings"));
    alarm_findings_json(&json, plan->report == NULL ? &none : &plan->report->trail_findings);
    json_member_text(&json, STR("topic"), plan->topic_arn);
    action_word(&json, STR("topic_action"), plan->makes_topic, false);
    json_key(&json, STR("alarms"));
    json_open(&json, '[');
    for (size_t i = 0; i < plan->item_count; i++) {
        item_json(&json, plan, &plan->items[i]);
    }
    json_close(&json, ']');
    json_key(&json, STR("subscribe"));
    json_open(&json, '[');
    for (size_t i = 0; i < plan->subscribe_count; i++) {
        json_open(&json, '{');
        json_member_text(&json, STR("topic"), plan->subscribes[i].topic_arn);
        json_member_text(&json, STR("protocol"), plan->subscribes[i].to.protocol);
        json_member_text(&json, STR("endpoint"), plan->subscribes[i].to.address);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_member_u64(&json, STR("changes"), plan->change_count);
    json_close(&json, '}');
    buf_char(out, '\n');
}

const struct alarm_plan_format alarm_plan_formats[] = {
    {STR_LIT("table"), STR_LIT("for people"), table_write_plan},
    {STR_LIT("json"), STR_LIT("for programs"), json_write_plan},
    {STR_LIT("cloudformation"), STR_LIT("a template, in JSON"), alarm_cloudformation_write},
    {STR_LIT("terraform"), STR_LIT("a configuration, in HCL"), alarm_terraform_write},
    {STR_LIT("cli"), STR_LIT("a shell script of AWS CLI commands"), alarm_cli_write},
    {{0}, {0}, NULL},
};
