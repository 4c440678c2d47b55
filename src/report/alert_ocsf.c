/* OCSF 1.5.0, Detection Finding (class 2004), as an array. */
#include "report/alert_export.h"
#include "report/ocsf_parts.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

static void begin(struct alert_writer *writer)
{
    buf_str(writer->out, STR("[\n"));
}

static void end(struct alert_writer *writer, const struct alert_totals *totals)
{
    (void)totals;
    buf_str(writer->out, STR("\n]\n"));
}

static void info_write(struct json_writer *json, const struct alert *alert, int64_t at)
{
    const struct alert_rule *rule = alert->rule;
    struct buf uid;

    buf_init(&uid, TEXT_SIZE_MAX);
    alert_id_write(&uid, alert);
    json_key(json, STR("finding_info"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), buf_text(&uid));
    json_member_text(json, STR("title"), rule->title);
    json_member_text(json, STR("desc"), rule->description);
    ocsf_time_write(json, STR("created_time"), STR("created_time_dt"), at);
    json_member_texts(json, STR("types"), rule->tags.items, rule->tags.count);
    json_key(json, STR("data_sources"));
    json_open(json, '[');
    json_text(json, STR("AWS CloudTrail"));
    json_close(json, ']');
    json_key(json, STR("analytic"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), rule->id);
    json_member_text(json, STR("name"), rule->title);
    ocsf_caption_write(json, STR("type_id"), STR("type"), (struct ocsf_caption){1, STR("Rule")});
    json_close(json, '}');
    json_close(json, '}');
    buf_release(&uid);
}

static void cloud_write(struct json_writer *json, const struct alert *alert)
{
    json_key(json, STR("cloud"));
    json_open(json, '{');
    json_member_text(json, STR("provider"), STR("aws"));
    json_member_text(json, STR("region"), alert_region(alert));
    json_key(json, STR("account"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), alert->account);
    json_member_text(json, STR("name"), alert->account);
    ocsf_caption_write(json, STR("type_id"), STR("type"),
                       (struct ocsf_caption){10, STR("AWS Account")});
    json_close(json, '}');
    json_close(json, '}');
}

/* The root user is a property of its account, as in the findings of an audit. */
static void resources_write(struct json_writer *json, const struct alert *alert)
{
    struct buf uid;

    buf_init(&uid, TEXT_SIZE_MAX);
    if (alert_is_root(alert)) {
        buf_printf(&uid, "AWS::::Account:%.*s", STR_ARG(alert->account));
    } else {
        buf_str(&uid, alert->principal);
    }
    json_key(json, STR("resources"));
    json_open(json, '[');
    json_open(json, '{');
    json_member_text(json, STR("uid"), buf_text(&uid));
    json_member_text(json, STR("name"), alert->principal);
    json_member_text(json, STR("type"),
                     alert_is_root(alert) ? STR("AwsAccount") : alert->principal_type);
    json_member_text(json, STR("cloud_partition"), alert_partition(alert));
    json_member_text(json, STR("region"), alert_region(alert));
    json_close(json, '}');
    json_close(json, ']');
    buf_release(&uid);
}

/* What happened: the call itself, and around it what the schema has no place for in a finding. */
static void evidence_write(struct json_writer *json, const struct alert *alert)
{
    json_key(json, STR("evidences"));
    json_open(json, '[');
    json_open(json, '{');
    json_member_text(json, STR("name"), alert->event_id);
    json_key(json, STR("api"));
    json_open(json, '{');
    json_member_text(json, STR("operation"), alert->event_name);
    json_key(json, STR("service"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), alert->event_source);
    json_member_text(json, STR("name"), alert->event_source);
    json_close(json, '}');
    json_close(json, '}');
    json_key(json, STR("data"));
    json_open(json, '{');
    alert_members_write(json, alert);
    json_close(json, '}');
    json_close(json, '}');
    json_close(json, ']');
}

static void alert_write(struct alert_writer *writer, const struct alert *alert)
{
    struct json_writer json = {.out = writer->out};
    int64_t at = alert_instant(alert, writer->options);
    struct buf sentence;

    buf_init(&sentence, TEXT_SIZE_MAX);
    alert_sentence_write(&sentence, alert);
    alert_part(writer);
    json_open(&json, '{');
    json_member_u64(&json, STR("category_uid"), 2);
    json_member_text(&json, STR("category_name"), STR("Findings"));
    json_member_u64(&json, STR("class_uid"), 2004);
    json_member_text(&json, STR("class_name"), STR("Detection Finding"));
    ocsf_caption_write(&json, STR("activity_id"), STR("activity_name"),
                       (struct ocsf_caption){1, STR("Create")});
    ocsf_caption_write(&json, STR("type_uid"), STR("type_name"),
                       (struct ocsf_caption){200401, STR("Detection Finding: Create")});
    ocsf_time_write(&json, STR("time"), STR("time_dt"), at);
    ocsf_caption_write(&json, STR("severity_id"), STR("severity"),
                       ocsf_severity(alert->rule->severity));
    ocsf_caption_write(&json, STR("status_id"), STR("status"),
                       (struct ocsf_caption){1, STR("New")});
    json_member_text(&json, STR("message"), buf_text(&sentence));
    if (alert->count > 0) {
        json_member_u64(&json, STR("count"), alert->count);
    }
    ocsf_metadata_write(&json, alert->rule->id, writer->options->version);
    info_write(&json, alert, at);
    cloud_write(&json, alert);
    resources_write(&json, alert);
    evidence_write(&json, alert);
    json_close(&json, '}');
    buf_release(&sentence);
}

const struct alert_format alert_ocsf = {
    .name = STR_LIT("ocsf"),
    .help = STR_LIT("OCSF detection findings (class 2004), as an array"),
    .begin = begin,
    .alert = alert_write,
    .end = end,
};
