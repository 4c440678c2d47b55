#include "trail/alarm_report.h"

#include "model/arn.h"
#include "render/number.h"
#include "render/terminal.h"
#include "trail/alarm_plan_parts.h"

enum { NAME_COLUMNS = 35, LEVEL_COLUMNS = 9 };

static struct str group_name(const struct alarm_report *report)
{
    return report->trail == NULL ? STR("") : report->trail->group_name;
}

static void padded_write(struct buf *out, struct str text, size_t columns)
{
    buf_str(out, text);
    buf_fill(out, ' ', text.n < columns ? columns - text.n : 1);
}

static void chain_write(struct buf *out, const struct alarm_verdict *verdict)
{
    if (verdict->filter != NULL) {
        buf_str(out, STR("filter "));
        terminal_text(out, verdict->filter->name);
    }
    if (verdict->alarm != NULL) {
        buf_str(out, STR(", alarm "));
        terminal_text(out, verdict->alarm->name);
    }
    if (verdict->topic != NULL) {
        buf_str(out, STR(", topic "));
        terminal_text(out, arn_part(verdict->topic->arn, ARN_RESOURCE));
        buf_printf(out, ", %zu subscribed", verdict->confirmed);
    }
}

static void trim_line(struct buf *out)
{
    while (out->n > 0 && out->p[out->n - 1] == ' ') {
        out->n--;
    }
    buf_char(out, '\n');
}

void alarm_report_table(struct buf *out, const struct alarm_state *state,
                        const struct alarm_report *report, const struct alarm_control *controls,
                        size_t control_count)
{
    size_t good = 0;

    alarm_place_write(out, state->account, state->region, report->trail, group_name(report));
    alarm_findings_write(out, &report->trail_findings);
    buf_char(out, '\n');
    for (size_t i = 0; i < report->count; i++) {
        const struct alarm_verdict *verdict = &report->verdicts[i];
        padded_write(out, verdict->kind->name, NAME_COLUMNS);
        padded_write(out, alarm_level_name(verdict->level), LEVEL_COLUMNS);
        chain_write(out, verdict);
        trim_line(out);
        alarm_findings_write(out, &verdict->findings);
        good += verdict->level <= ALARM_NOISY;
    }
    if (control_count > 0) {
        buf_str(out, STR("\nThe controls that ask for them:\n"));
    }
    for (size_t i = 0; i < control_count; i++) {
        padded_write(out, controls[i].id, NAME_COLUMNS);
        buf_str(out, verdict_name(controls[i].verdict));
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    number_grouped(out, good);
    buf_str(out, STR(" of "));
    number_counted(out, report->count, STR("alarm"));
    buf_str(out, STR(" can fire and be heard\n"));
}

static void name_or_null(struct json_writer *json, struct str key, bool is_there, struct str name)
{
    json_key(json, key);
    if (is_there) {
        json_text(json, name);
    } else {
        json_null(json);
    }
}

static void verdict_json(struct json_writer *json, const struct alarm_verdict *verdict)
{
    static const struct str none = {0};

    json_open(json, '{');
    json_member_text(json, STR("name"), verdict->kind->name);
    json_member_text(json, STR("cis"), verdict->kind->number);
    json_member_text(json, STR("status"), alarm_level_name(verdict->level));
    name_or_null(json, STR("filter"), verdict->filter != NULL,
                 verdict->filter == NULL ? none : verdict->filter->name);
    name_or_null(json, STR("metric"), verdict->metric != NULL,
                 verdict->metric == NULL ? none : verdict->metric->metric);
    name_or_null(json, STR("namespace"), verdict->metric != NULL,
                 verdict->metric == NULL ? none : verdict->metric->space);
    name_or_null(json, STR("alarm"), verdict->alarm != NULL,
                 verdict->alarm == NULL ? none : verdict->alarm->name);
    name_or_null(json, STR("topic"), verdict->topic != NULL,
                 verdict->topic == NULL ? none : verdict->topic->arn);
    json_member_u64(json, STR("subscribed"), verdict->confirmed);
    json_key(json, STR("findings"));
    alarm_findings_json(json, &verdict->findings);
    json_close(json, '}');
}

void alarm_report_json(struct buf *out, const struct alarm_state *state,
                       const struct alarm_report *report, const struct alarm_control *controls,
                       size_t control_count)
{
    struct json_writer json = {.out = out};
    const struct alarm_trail *trail = report->trail;

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.alarm-check/1"));
    json_member_text(&json, STR("account"), state->account);
    json_member_text(&json, STR("region"), state->region);
    json_member_text(&json, STR("status"), alarm_level_name(report->level));
    name_or_null(&json, STR("trail"), trail != NULL, trail == NULL ? STR("") : trail->arn);
    name_or_null(&json, STR("log_group"), group_name(report).n > 0, group_name(report));
    json_key(&json, STR("trail_findings"));
    alarm_findings_json(&json, &report->trail_findings);
    json_key(&json, STR("alarms"));
    json_open(&json, '[');
    for (size_t i = 0; i < report->count; i++) {
        verdict_json(&json, &report->verdicts[i]);
    }
    json_close(&json, ']');
    json_key(&json, STR("controls"));
    json_open(&json, '[');
    for (size_t i = 0; i < control_count; i++) {
        json_open(&json, '{');
        json_member_text(&json, STR("id"), controls[i].id);
        json_member_text(&json, STR("verdict"), verdict_name(controls[i].verdict));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    buf_char(out, '\n');
}
