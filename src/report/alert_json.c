/* Schemas keywarden.trail/1, a document, and keywarden.alert/1, a line. */
#include "report/alert_export.h"

static void document_begin(struct alert_writer *writer)
{
    buf_str(writer->out, STR("{\"schema\":\"keywarden.trail/1\",\"version\":"));
    json_string_write(writer->out, writer->options->version);
    buf_str(writer->out, STR(",\"alerts\":[\n"));
}

static void document_alert(struct alert_writer *writer, const struct alert *alert)
{
    struct json_writer json = {.out = writer->out};

    alert_part(writer);
    json_open(&json, '{');
    alert_members_write(&json, alert);
    json_close(&json, '}');
}

static void rules_write(struct json_writer *json, const struct alert_options *options)
{
    json_key(json, STR("rules"));
    json_open(json, '[');
    for (size_t i = 0; i < options->rule_count; i++) {
        const struct alert_rule *rule = &options->rules[i];
        json_open(json, '{');
        json_member_text(json, STR("id"), rule->id);
        json_member_text(json, STR("title"), rule->title);
        json_member_text(json, STR("level"), alert_level_name(rule->severity));
        json_member_text(json, STR("description"), rule->description);
        json_key(json, STR("is_correlation"));
        json_bool(json, rule->is_correlation);
        json_member_texts(json, STR("tags"), rule->tags.items, rule->tags.count);
        json_member_texts(json, STR("references"), rule->references.items, rule->references.count);
        json_member_texts(json, STR("falsepositives"), rule->falsepositives.items,
                          rule->falsepositives.count);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void document_end(struct alert_writer *writer, const struct alert_totals *totals)
{
    struct json_writer json = {.out = writer->out, .comma = true};

    buf_str(writer->out, STR("\n]"));
    rules_write(&json, writer->options);
    json_key(&json, STR("totals"));
    json_open(&json, '{');
    json_member_u64(&json, STR("files"), totals->files);
    json_member_u64(&json, STR("bad_files"), totals->bad_files);
    json_member_u64(&json, STR("skipped_files"), totals->skipped_files);
    json_member_u64(&json, STR("records"), totals->records);
    if (totals->has_distinct) {
        json_member_u64(&json, STR("distinct_records"), totals->distinct_records);
    }
    json_member_u64(&json, STR("bytes"), totals->bytes);
    json_member_u64(&json, STR("alerts"), totals->alerts);
    json_close(&json, '}');
    buf_str(writer->out, STR("}\n"));
}

const struct alert_format alert_json = {
    .name = STR_LIT("json"),
    .help = STR_LIT("one document with alerts, rules and totals"),
    .begin = document_begin,
    .alert = document_alert,
    .end = document_end,
};

static void line_alert(struct alert_writer *writer, const struct alert *alert)
{
    struct json_writer json = {.out = writer->out};

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.alert/1"));
    alert_members_write(&json, alert);
    json_close(&json, '}');
    buf_char(writer->out, '\n');
}

const struct alert_format alert_jsonl = {
    .name = STR_LIT("jsonl"),
    .help = STR_LIT("one alert a line, as in json"),
    .alert = line_alert,
};
