/* OCSF 1.5.0, Compliance Finding (class 2003), as an array: the class and fields Prowler writes its
 * compliance findings in. Times are in milliseconds, as the schema says, and again as text. */
#include "render/json.h"
#include "base/instant.h"
#include "report/export.h"
#include "report/ocsf_parts.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

/* The schema's "Warning" is a check that had no result for want of information. An excepted finding
 * still fails its check: what is suppressed is the finding. */
static struct ocsf_caption check_caption(enum status status)
{
    static const struct ocsf_caption captions[STATUS_COUNT] = {
        [STATUS_FAIL] = {3, STR_LIT("Fail")},
        [STATUS_UNKNOWN] = {2, STR_LIT("Warning")},
        [STATUS_EXCEPTED] = {3, STR_LIT("Fail")},
        [STATUS_NOT_APPLICABLE] = {99, STR_LIT("Not Applicable")},
        [STATUS_PASS] = {1, STR_LIT("Pass")},
    };

    return captions[status];
}

static struct str status_code(enum status status)
{
    static const struct str codes[STATUS_COUNT] = {
        [STATUS_FAIL] = STR_LIT("FAIL"),
        [STATUS_UNKNOWN] = STR_LIT("UNKNOWN"),
        [STATUS_EXCEPTED] = STR_LIT("EXCEPTED"),
        [STATUS_NOT_APPLICABLE] = STR_LIT("NOT_APPLICABLE"),
        [STATUS_PASS] = STR_LIT("PASS"),
    };

    return codes[status];
}

/* ---- objects -------------------------------------------------------------------------------- */

static void maps_write(struct json_writer *json, const struct control *control)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    json_key(json, STR("standards"));
    json_open(json, '[');
    for (size_t i = 0; i < control->map_count; i++) {
        if (export_is_standard(control->maps[i].system)) {
            json_text(json, control->maps[i].system);
        }
    }
    json_close(json, ']');
    json_key(json, STR("requirements"));
    json_open(json, '[');
    for (size_t i = 0; i < control->map_count; i++) {
        buf_clear(&text);
        buf_str(&text, control->maps[i].system);
        buf_char(&text, ' ');
        buf_str(&text, control->maps[i].id);
        json_text(json, buf_text(&text));
    }
    json_close(json, ']');
    buf_release(&text);
}

static void compliance_write(struct json_writer *json, const struct finding *finding,
                             struct str sentence)
{
    const struct control *control = finding->control;

    json_key(json, STR("compliance"));
    json_open(json, '{');
    json_member_text(json, STR("control"), control->title);
    json_member_text(json, STR("desc"), control->description);
    maps_write(json, control);
    ocsf_caption_write(json, STR("status_id"), STR("status"), check_caption(finding->status));
    json_key(json, STR("status_details"));
    json_open(json, '[');
    json_text(json, sentence);
    json_close(json, ']');
    json_key(json, STR("checks"));
    json_open(json, '[');
    json_open(json, '{');
    json_member_text(json, STR("uid"), control->id);
    json_member_text(json, STR("name"), control->title);
    json_member_text(json, STR("desc"), control->description);
    ocsf_caption_write(json, STR("severity_id"), STR("severity"), ocsf_severity(control->severity));
    ocsf_caption_write(json, STR("status_id"), STR("status"), check_caption(finding->status));
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
}

static void info_write(struct json_writer *json, const struct finding *finding)
{
    const struct control *control = finding->control;
    struct buf uid;

    buf_init(&uid, TEXT_SIZE_MAX);
    export_id_write(&uid, finding);
    json_key(json, STR("finding_info"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), buf_text(&uid));
    json_member_text(json, STR("title"), control->title);
    json_member_text(json, STR("desc"), control->description);
    ocsf_time_write(json, STR("created_time"), STR("created_time_dt"), finding->as_of);
    json_key(json, STR("types"));
    json_open(json, '[');
    json_text(json, STR("Software and Configuration Checks/AWS Security Best Practices"));
    json_close(json, ']');
    json_key(json, STR("data_sources"));
    json_open(json, '[');
    json_text(json, STR("AWS IAM credential report"));
    json_close(json, ']');
    json_close(json, '}');
    buf_release(&uid);
}

static void cloud_write(struct json_writer *json, const struct finding *finding)
{
    json_key(json, STR("cloud"));
    json_open(json, '{');
    json_member_text(json, STR("provider"), STR("aws"));
    json_member_text(json, STR("region"), export_region(finding));
    json_key(json, STR("account"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), finding->account);
    json_member_text(json, STR("name"), finding->account);
    ocsf_caption_write(json, STR("type_id"), STR("type"),
                       (struct ocsf_caption){10, STR("AWS Account")});
    json_close(json, '}');
    json_close(json, '}');
}

static void resource_open(struct json_writer *json, const struct finding *finding, struct str type,
                          struct str uid, struct str name)
{
    json_open(json, '{');
    json_member_text(json, STR("uid"), uid);
    json_member_text(json, STR("name"), name);
    json_member_text(json, STR("type"), type);
    json_key(json, STR("group"));
    json_open(json, '{');
    json_member_text(json, STR("name"), STR("iam"));
    json_close(json, '}');
    json_member_text(json, STR("cloud_partition"), export_partition(finding));
    json_member_text(json, STR("region"), export_region(finding));
}

static void principal_write(struct json_writer *json, const struct finding *finding)
{
    enum principal principal = export_principal(finding);
    struct buf account;

    buf_init(&account, TEXT_SIZE_MAX);
    buf_printf(&account, "AWS::::Account:%.*s", STR_ARG(finding->account));
    if (principal == PRINCIPAL_USER) {
        resource_open(json, finding, STR("AwsIamUser"), finding->arn, finding->user);
    } else {
        resource_open(json, finding, STR("AwsAccount"), buf_text(&account),
                      principal == PRINCIPAL_ROOT ? finding->user : finding->account);
    }
    json_key(json, STR("data"));
    json_open(json, '{');
    json_member_text(json, STR("arn"), finding->arn);
    json_member_text(json, STR("user"), finding->user);
    json_close(json, '}');
    json_close(json, '}');
    buf_release(&account);
}

static void key_write(struct json_writer *json, const struct finding *finding,
                      const struct export_key *key)
{
    struct buf uid, date;

    buf_init(&uid, TEXT_SIZE_MAX);
    buf_init(&date, 64);
    export_key_write(&uid, finding, key);
    resource_open(json, finding, STR("AwsIamAccessKey"), buf_text(&uid), key->column);
    json_key(json, STR("data"));
    json_open(json, '{');
    json_member_text(json, STR("principal_name"), finding->user);
    json_member_text(json, STR("status"), key->is_active ? STR("Active") : STR("Inactive"));
    json_member_u64(json, STR("slot"), key->slot);
    if (key->is_dated) {
        instant_write(&date, key->rotated);
        json_member_text(json, STR("created_at"), buf_text(&date));
    }
    json_close(json, '}');
    json_close(json, '}');
    buf_release(&date);
    buf_release(&uid);
}

static void resources_write(struct json_writer *json, const struct finding *finding)
{
    struct export_key keys[KEY_SLOTS];
    size_t count = export_keys(finding, keys);

    json_key(json, STR("resources"));
    json_open(json, '[');
    principal_write(json, finding);
    for (size_t i = 0; i < count; i++) {
        key_write(json, finding, &keys[i]);
    }
    json_close(json, ']');
}

static void evidence_write(struct json_writer *json, const struct finding *finding)
{
    if (finding->evidence_count == 0) {
        return;
    }
    json_key(json, STR("evidences"));
    json_open(json, '[');
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        json_open(json, '{');
        json_member_text(json, STR("name"), evidence->name);
        json_key(json, STR("data"));
        json_open(json, '{');
        json_member_text(json, STR("value"), evidence->value);
        json_key(json, STR("is_missing"));
        json_bool(json, evidence->gap != GAP_NONE);
        json_close(json, '}');
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void remediation_write(struct json_writer *json, const struct finding *finding)
{
    const struct control *control = finding->control;
    struct buf text, cli;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_init(&cli, TEXT_SIZE_MAX);
    export_remedy_write(&text, control);
    export_cli_write(&cli, finding);
    if (cli.n > 0) {
        buf_str(&text, text.n > 0 ? STR("\nCommand: ") : STR("Command: "));
        buf_str(&text, buf_text(&cli));
    }
    if (text.n > 0 || control->references.count > 0) {
        json_key(json, STR("remediation"));
        json_open(json, '{');
        json_member_text(json, STR("desc"), buf_text(&text));
        json_key(json, STR("references"));
        json_open(json, '[');
        for (size_t i = 0; i < control->references.count; i++) {
            json_text(json, control->references.items[i]);
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    buf_release(&cli);
    buf_release(&text);
}

/* ---- the finding ---------------------------------------------------------------------------- */

static void status_write(struct json_writer *json, const struct finding *finding,
                         struct str sentence)
{
    struct ocsf_caption status = finding->status == STATUS_EXCEPTED
                                     ? (struct ocsf_caption){3, STR("Suppressed")}
                                     : (struct ocsf_caption){1, STR("New")};

    ocsf_caption_write(json, STR("status_id"), STR("status"), status);
    json_member_text(json, STR("status_code"), status_code(finding->status));
    json_member_text(json, STR("status_detail"), sentence);
    json_member_text(json, STR("message"), sentence);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    struct json_writer json = {.out = out};
    struct buf sentence;

    buf_init(&sentence, TEXT_SIZE_MAX);
    export_sentence_write(&sentence, finding);
    buf_bytes(out, ",\n", 2);
    json_open(&json, '{');
    json_member_u64(&json, STR("category_uid"), 2);
    json_member_text(&json, STR("category_name"), STR("Findings"));
    json_member_u64(&json, STR("class_uid"), 2003);
    json_member_text(&json, STR("class_name"), STR("Compliance Finding"));
    ocsf_caption_write(&json, STR("activity_id"), STR("activity_name"),
                       (struct ocsf_caption){1, STR("Create")});
    ocsf_caption_write(&json, STR("type_uid"), STR("type_name"),
                       (struct ocsf_caption){200301, STR("Compliance Finding: Create")});
    ocsf_time_write(&json, STR("time"), STR("time_dt"), finding->as_of);
    ocsf_caption_write(&json, STR("severity_id"), STR("severity"),
                       ocsf_severity(finding->severity));
    status_write(&json, finding, buf_text(&sentence));
    ocsf_metadata_write(&json, finding->control->id, options->version);
    info_write(&json, finding);
    compliance_write(&json, finding, buf_text(&sentence));
    cloud_write(&json, finding);
    resources_write(&json, finding);
    evidence_write(&json, finding);
    remediation_write(&json, finding);
    json_close(&json, '}');
    buf_release(&sentence);
}

const struct report_format report_ocsf = {
    .name = STR_LIT("ocsf"),
    .help = STR_LIT("OCSF compliance findings (class 2003), as an array"),
    .separator_size = 2,
    .wants_keys = true,
    .begin = export_array_begin,
    .finding = finding_write,
    .end = export_array_end,
};
