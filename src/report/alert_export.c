#include "report/alert_export.h"

#include "base/instant.h"
#include "model/arn.h"
#include "render/terminal.h"
#include "report/export.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

/* An event without an id is told by its line. */
void alert_fingerprint_write(struct buf *out, const struct alert *alert)
{
    struct str fields[4] = {alert->account, alert->rule->id, alert->event_id};
    struct buf line;
    size_t count = 3;

    buf_init(&line, TEXT_SIZE_MAX);
    if (alert->event_id.n == 0) {
        alert_line_write(&line, alert, false);
        fields[count++] = buf_text(&line);
    }
    fingerprint_write(out, fields, count);
    buf_release(&line);
}

void alert_id_write(struct buf *out, const struct alert *alert)
{
    export_id_begin(out, alert->account, alert->rule->id);
    alert_fingerprint_write(out, alert);
}

void alert_sentence_write(struct buf *out, const struct alert *alert)
{
    terminal_text(out, alert->principal.n > 0 ? alert->principal : STR("somebody without a name"));
    buf_str(out, STR(": "));
    terminal_text(out, alert->event_name);
    if (alert->event_source.n > 0) {
        buf_str(out, STR(" ("));
        terminal_text(out, alert->event_source);
        buf_char(out, ')');
    }
    if (alert->region.n > 0) {
        buf_str(out, STR(" in "));
        terminal_text(out, alert->region);
    }
    if (alert->source_ip.n > 0) {
        buf_str(out, STR(" from "));
        terminal_text(out, alert->source_ip);
    }
    if (alert->error_code.n > 0 || alert->error_message.n > 0) {
        buf_str(out, STR(", which failed: "));
        terminal_text(out, alert->error_code.n > 0 ? alert->error_code : alert->error_message);
    }
    if (alert->rule->is_correlation) {
        buf_printf(out, "; %llu", (unsigned long long)alert->count);
        if (alert->group.n > 0) {
            buf_str(out, STR(" of "));
            terminal_text(out, alert->group);
        }
    }
}

int64_t alert_instant(const struct alert *alert, const struct alert_options *options)
{
    int64_t at = 0;

    return instant_parse(alert->time, &at) ? at : options->now;
}

struct str alert_partition(const struct alert *alert)
{
    struct str partition = arn_part(alert->principal, ARN_PARTITION);

    if (str_starts(partition, STR("aws"))) {
        return partition;
    }
    if (str_starts(alert->region, STR("cn-"))) {
        return STR("aws-cn");
    }
    return str_starts(alert->region, STR("us-gov-")) ? STR("aws-us-gov") : STR("aws");
}

struct str alert_region(const struct alert *alert)
{
    return alert->region.n > 0 ? alert->region : partition_home(alert_partition(alert));
}

void alert_members_write(struct json_writer *json, const struct alert *alert)
{
    json_member_text(json, STR("time"), alert->time);
    json_member_text(json, STR("account"), alert->account);
    json_member_text(json, STR("region"), alert->region);
    json_member_text(json, STR("rule"), alert->rule->id);
    json_member_text(json, STR("title"), alert->rule->title);
    json_member_text(json, STR("level"), alert_level_name(alert->rule->severity));
    json_member_text(json, STR("event_name"), alert->event_name);
    json_member_text(json, STR("event_source"), alert->event_source);
    json_member_text(json, STR("principal"), alert->principal);
    json_member_text(json, STR("principal_type"), alert->principal_type);
    json_member_text(json, STR("access_key_id"), alert->access_key_id);
    json_member_text(json, STR("source_ip"), alert->source_ip);
    json_member_text(json, STR("user_agent"), alert->user_agent);
    json_member_text(json, STR("error_code"), alert->error_code);
    json_member_text(json, STR("error_message"), alert->error_message);
    json_member_text(json, STR("mfa_used"), alert->mfa);
    json_member_text(json, STR("event_id"), alert->event_id);
    json_member_text(json, STR("file"), alert->file);
    if (alert->rule->is_correlation) {
        json_key(json, STR("correlation"));
        json_open(json, '{');
        json_member_text(json, STR("group"), alert->group);
        json_member_u64(json, STR("count"), alert->count);
        json_close(json, '}');
    }
}

void alert_part(struct alert_writer *writer)
{
    if (writer->count++ > 0) {
        buf_str(writer->out, STR(",\n"));
    }
}
