/* SARIF 2.1.0: one run; alerts are results, the file of the event is their place. */
#include "base/instant.h"
#include "report/alert_export.h"
#include "report/export.h"
#include "report/sarif_parts.h"

enum { TEXT_SIZE_MAX = 1 << 20, TAGS_MAX = 20 };

static void begin(struct alert_writer *writer)
{
    sarif_begin_write(writer->out);
}

static void locations_write(struct json_writer *json, const struct alert *alert)
{
    struct str name = alert->principal.n > 0 ? alert->principal : alert->account;

    sarif_member_open(json, STR("locations"), '[');
    json_open(json, '{');
    sarif_place_write(json, alert->file);
    sarif_member_open(json, STR("logicalLocations"), '[');
    json_open(json, '{');
    json_member_text(json, STR("name"), name);
    json_member_text(json, STR("fullyQualifiedName"), name);
    json_member_text(json, STR("kind"), STR("resource"));
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
}

static void alert_write(struct alert_writer *writer, const struct alert *alert)
{
    struct json_writer json = {.out = writer->out};
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    alert_sentence_write(&text, alert);
    alert_part(writer);
    json_open(&json, '{');
    json_member_text(&json, STR("ruleId"), alert->rule->id);
    json_member_text(&json, STR("kind"), STR("fail"));
    json_member_text(&json, STR("level"), sarif_level_name(alert->rule->severity));
    sarif_message_write(&json, STR("message"), buf_text(&text));
    locations_write(&json, alert);
    buf_clear(&text);
    alert_fingerprint_write(&text, alert);
    sarif_member_open(&json, STR("partialFingerprints"), '{');
    json_member_text(&json, STR("primaryLocationLineHash"), buf_text(&text));
    json_member_text(&json, STR("keywardenAlert/v1"), buf_text(&text));
    json_close(&json, '}');
    sarif_member_open(&json, STR("properties"), '{');
    alert_members_write(&json, alert);
    json_close(&json, '}');
    json_close(&json, '}');
    buf_release(&text);
}

static void help_write(struct buf *out, const struct alert_rule *rule)
{
    export_text_write(out, rule->description.n > 0 ? rule->description : rule->title,
                      TEXT_SIZE_MAX);
    for (size_t i = 0; i < rule->falsepositives.count; i++) {
        buf_str(out, i == 0 ? STR("\n\nMay be nothing:\n- ") : STR("\n- "));
        export_text_write(out, rule->falsepositives.items[i], TEXT_SIZE_MAX);
    }
    for (size_t i = 0; i < rule->references.count; i++) {
        buf_str(out, i == 0 ? STR("\n\nReferences:\n- ") : STR("\n- "));
        export_text_write(out, rule->references.items[i], TEXT_SIZE_MAX);
    }
}

static void rule_write(struct json_writer *json, const struct alert_rule *rule)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    help_write(&text, rule);
    json_open(json, '{');
    json_member_text(json, STR("id"), rule->id);
    sarif_message_write(json, STR("shortDescription"), rule->title);
    sarif_message_write(json, STR("fullDescription"),
                        rule->description.n > 0 ? rule->description : rule->title);
    sarif_message_write(json, STR("help"), buf_text(&text));
    if (rule->references.count > 0 && export_is_url(rule->references.items[0])) {
        json_member_text(json, STR("helpUri"), rule->references.items[0]);
    }
    sarif_member_open(json, STR("defaultConfiguration"), '{');
    json_member_text(json, STR("level"), sarif_level_name(rule->severity));
    json_close(json, '}');
    sarif_member_open(json, STR("properties"), '{');
    json_member_text(json, STR("security-severity"), sarif_security_severity(rule->severity));
    json_member_text(json, STR("severity"), alert_level_name(rule->severity));
    sarif_member_open(json, STR("tags"), '[');
    json_text(json, STR("security"));
    for (size_t i = 0; i < rule->tags.count && i + 1 < TAGS_MAX; i++) {
        json_text(json, rule->tags.items[i]);
    }
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, '}');
    buf_release(&text);
}

static void end(struct alert_writer *writer, const struct alert_totals *totals)
{
    struct json_writer json = {.out = writer->out, .comma = true};
    const struct alert_options *options = writer->options;
    struct buf text;

    buf_init(&text, 64);
    instant_write(&text, options->now);
    buf_str(writer->out, STR("\n]"));
    sarif_member_open(&json, STR("tool"), '{');
    sarif_member_open(&json, STR("driver"), '{');
    json_member_text(&json, STR("name"), STR("keywarden"));
    json_member_text(&json, STR("version"), options->version);
    sarif_member_open(&json, STR("rules"), '[');
    for (size_t i = 0; i < options->rule_count; i++) {
        rule_write(&json, &options->rules[i]);
    }
    json_close(&json, ']');
    json_close(&json, '}');
    json_close(&json, '}');
    sarif_member_open(&json, STR("invocations"), '[');
    json_open(&json, '{');
    json_key(&json, STR("executionSuccessful"));
    json_bool(&json, totals->bad_files == 0);
    json_member_text(&json, STR("endTimeUtc"), buf_text(&text));
    json_close(&json, '}');
    json_close(&json, ']');
    json_member_text(&json, STR("columnKind"), STR("utf16CodeUnits"));
    buf_str(writer->out, STR("}]}\n"));
    buf_release(&text);
}

const struct alert_format alert_sarif = {
    .name = STR_LIT("sarif"),
    .help = STR_LIT("SARIF 2.1.0"),
    .begin = begin,
    .alert = alert_write,
    .end = end,
};
