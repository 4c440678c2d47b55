#include "render/json.h"

#include "report/outline.h"
#include "report/report.h"

/* Schema keywarden.audit/1. Findings stream while the audit runs, so what is known at its end
 * (times, counts, errors) follows them. */

enum { CLI_SIZE_MAX = 1 << 20 };

static struct str gap_name(enum gap gap)
{
    return gap == GAP_INPUT ? STR("input") : STR("not-collected");
}

static void evidence_write(struct json_writer *json, const struct finding *finding)
{
    json_key(json, STR("evidence"));
    json_open(json, '[');
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        json_open(json, '{');
        json_member_text(json, STR("name"), evidence->name);
        json_member_text(json, STR("value"), evidence->value);
        if (evidence->gap != GAP_NONE) {
            json_member_text(json, STR("gap"), gap_name(evidence->gap));
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void exception_members(struct json_writer *json, const struct exception *exception)
{
    json_member_text(json, STR("id"), exception->id);
    json_member_text(json, STR("owner"), exception->owner);
    json_member_text(json, STR("reason"), exception->reason);
    json_member_text(json, STR("ticket"), exception->ticket);
    json_member_text(json, STR("expires"), exception->expires_day);
}

/* Who answers for an excepted finding, and what it would be otherwise. */
static void exception_write(struct json_writer *json, const struct finding *finding)
{
    if (finding->exception == NULL) {
        return;
    }
    json_key(json, STR("exception"));
    json_open(json, '{');
    json_member_text(json, STR("status"),
                     status_name(finding->was_unknown ? STATUS_UNKNOWN : STATUS_FAIL));
    exception_members(json, finding->exception);
    json_close(json, '}');
}

/* What to do, for verdicts that leave something to do. */
static void remedy_write(struct json_writer *json, const struct finding *finding)
{
    struct buf cli;

    if (finding->status == STATUS_PASS || finding->status == STATUS_NOT_APPLICABLE) {
        return;
    }
    json_member_texts(json, STR("remediation"), finding->control->remediation.items,
                      finding->control->remediation.count);
    if (finding->control->cli.n > 0) {
        buf_init(&cli, CLI_SIZE_MAX);
        report_cli_write(&cli, finding);
        if (cli.n > 0) {
            json_member_text(json, STR("cli"), buf_text(&cli));
        }
        buf_release(&cli);
    }
    json_member_texts(json, STR("references"), finding->control->references.items,
                      finding->control->references.count);
}

/* The members of a finding, inside braces that the caller writes. */
static void finding_members(struct json_writer *json, const struct finding *finding)
{
    json_member_text(json, STR("account"), finding->account);
    json_member_text(json, STR("user"), finding->user);
    json_member_text(json, STR("arn"), finding->arn);
    json_member_text(json, STR("control"), finding->control->id);
    json_member_text(json, STR("title"), finding->control->title);
    json_member_text(json, STR("status"), status_name(finding->status));
    json_member_text(json, STR("severity"), severity_name(finding->severity));
    if (finding->asset_class != ASSET_NONE) {
        json_member_text(json, STR("severity_declared"), severity_name(finding->control->severity));
        json_member_text(json, STR("asset_class"), asset_class_name(finding->asset_class));
        json_member_text(json, STR("organization"), finding->organization);
    }
    json_key(json, STR("gap"));
    if (finding->gap == GAP_NONE) {
        json_null(json);
    } else {
        json_text(json, gap_name(finding->gap));
    }
    exception_write(json, finding);
    evidence_write(json, finding);
    remedy_write(json, finding);
}

static void document_begin(struct buf *out, const struct report_options *options)
{
    buf_str(out, STR("{\"schema\":\"keywarden.audit/1\",\"version\":"));
    json_string_write(out, options->version);
    buf_str(out, STR(",\"findings\":[\n"));
}

static void document_finding(struct buf *out, const struct finding *finding,
                             const struct report_options *options)
{
    struct json_writer json = {.out = out};

    (void)options;
    buf_bytes(out, ",\n", 2);
    json_open(&json, '{');
    finding_members(&json, finding);
    json_close(&json, '}');
}

static void times_write(struct json_writer *json, const struct posture *posture)
{
    bool judged = posture->report_count > 0;

    json_member_instant(json, STR("as_of"), judged, posture->as_of_max);
    json_member_instant(json, STR("as_of_earliest"), judged, posture->as_of_min);
    json_member_text(json, STR("as_of_source"), outline_as_of_source(posture));
    json_member_instant(json, STR("generated_earliest"), posture->age_known,
                        posture->generated_min);
    json_member_instant(json, STR("generated_latest"), posture->age_known, posture->generated_max);
    json_member_instant(json, STR("audited_at"), true, posture->now);
    if (posture->archive.n > 0) {
        json_member_text(json, STR("store"), posture->archive);
        json_member_instant(json, STR("taken_earliest"), judged, posture->taken_min);
        json_member_instant(json, STR("taken_latest"), judged, posture->taken_max);
    }
}

static void counts_write(struct json_writer *json, struct str key, const uint64_t *counts)
{
    json_key(json, key);
    json_open(json, '{');
    for (unsigned status = 0; status < STATUS_COUNT; status++) {
        json_member_u64(json, status_name((enum status)status), counts[status]);
    }
    json_close(json, '}');
}

static void control_write(struct json_writer *json, const struct control *control,
                          const struct control_tally *tally, bool has_accounts)
{
    json_open(json, '{');
    json_member_text(json, STR("id"), control->id);
    json_member_text(json, STR("title"), control->title);
    json_member_text(json, STR("severity"), severity_name(control->severity));
    json_key(json, STR("maps"));
    json_open(json, '[');
    for (size_t i = 0; i < control->map_count; i++) {
        json_open(json, '{');
        json_member_text(json, STR("system"), control->maps[i].system);
        json_member_text(json, STR("id"), control->maps[i].id);
        json_close(json, '}');
    }
    json_close(json, ']');
    counts_write(json, STR("counts"), tally->counts);
    if (has_accounts) {
        counts_write(json, STR("counts_lowered"), tally->small.counts);
        counts_write(json, STR("counts_raised"), tally->large.counts);
    }
    json_member_u64(json, STR("unknown_input"), tally->unknown_input);
    json_close(json, '}');
}

static void error_write(struct json_writer *json, const struct err *err)
{
    json_open(json, '{');
    json_member_text(json, STR("place"), str_from(err->place));
    json_member_u64(json, STR("line"), err->line);
    json_member_u64(json, STR("column"), err->col);
    json_member_text(json, STR("text"), str_from(err->text));
    json_member_text(json, STR("hint"), str_from(err->hint));
    json_close(json, '}');
}

static void totals_write(struct json_writer *json, const struct posture *posture)
{
    uint64_t counts[STATUS_COUNT] = {0};

    for (size_t i = 0; i < posture->control_count; i++) {
        for (unsigned status = 0; status < STATUS_COUNT; status++) {
            counts[status] += posture->tallies[i].counts[status];
        }
    }
    json_key(json, STR("totals"));
    json_open(json, '{');
    json_member_u64(json, STR("reports"), posture->report_count);
    json_member_u64(json, STR("skipped"), posture->skipped_count);
    json_member_u64(json, STR("users"), posture->user_count);
    json_member_u64(json, STR("roots"), posture->root_count);
    json_member_u64(json, STR("bytes"), posture->byte_count);
    json_member_u64(json, STR("errors"), posture->error_count);
    json_member_u64(json, STR("dates_after_as_of"), posture->late_date_count);
    counts_write(json, STR("counts"), counts);
    json_close(json, '}');
}

static void tier_row_write(struct json_writer *json, struct str key, const struct tiers *tiers,
                           const struct tier_row *row)
{
    json_key(json, key);
    json_open(json, '{');
    json_key(json, STR("bands"));
    json_open(json, '[');
    for (size_t band = 0; band <= tiers->count; band++) {
        json_u64(json, row->bands[band]);
    }
    json_close(json, ']');
    json_member_u64(json, STR("unknown"), row->unknown);
    json_member_u64(json, STR("total"), tier_row_sum(tiers, row));
    json_close(json, '}');
}

static void tiers_write(struct json_writer *json, const struct tiers *tiers)
{
    if (tiers->count == 0) {
        return;
    }
    json_key(json, STR("tiers"));
    json_open(json, '{');
    json_key(json, STR("days"));
    json_open(json, '[');
    for (size_t i = 0; i < tiers->count; i++) {
        json_u64(json, (uint64_t)tiers->days[i]);
    }
    json_close(json, ']');
    for (size_t who = 0; who < TIER_WHO_COUNT; who++) {
        const struct tier_row *rows = tiers->rows[who];
        json_key(json, outline_tier_who[who]);
        json_open(json, '{');
        tier_row_write(json, STR("key_age"), tiers, &rows[TIER_KEY_AGE]);
        tier_row_write(json, STR("idle_used"), tiers, &rows[TIER_USED]);
        tier_row_write(json, STR("idle_never_used"), tiers, &rows[TIER_NEVER_USED]);
        json_member_u64(json, STR("idle_use_unknown"), rows[TIER_USE_UNKNOWN].unknown);
        json_member_u64(json, STR("state_unknown"), rows[TIER_STATE_UNKNOWN].unknown);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void baseline_write(struct json_writer *json, const struct baseline_totals *totals)
{
    if (!totals->is_given) {
        return;
    }
    if (totals->is_since) {
        json_key(json, STR("new_since"));
        json_open(json, '{');
        json_member_instant(json, STR("time"), true, totals->since);
        json_member_u64(json, STR("left_out"), totals->known);
        json_close(json, '}');
        return;
    }
    json_key(json, STR("baseline"));
    json_open(json, '{');
    json_member_text(json, STR("file"), totals->path);
    json_member_u64(json, STR("findings"), totals->findings);
    json_member_u64(json, STR("left_out"), totals->known);
    json_member_u64(json, STR("changed"), totals->changed);
    json_member_u64(json, STR("gone"), totals->gone);
    json_close(json, '}');
}

/* All exceptions given, with what came of each. */
static void exceptions_write(struct json_writer *json, const struct posture *posture)
{
    if (!posture->has_exceptions) {
        return;
    }
    json_key(json, STR("exceptions"));
    json_open(json, '[');
    for (size_t i = 0; i < posture->exception_count; i++) {
        const struct exception_use *use = &posture->exceptions[i];
        json_open(json, '{');
        exception_members(json, use->exception);
        json_member_text(json, STR("file"), use->exception->file);
        json_member_u64(json, STR("line"), use->exception->line);
        json_member_u64(json, STR("covered"), use->covered);
        json_member_u64(json, STR("expired_findings"), use->expired);
        json_key(json, STR("is_expired"));
        json_bool(json, use->is_expired);
        json_key(json, STR("is_used"));
        json_bool(json, use->is_used);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void document_end(struct buf *out, const struct posture *posture,
                         const struct report_options *options)
{
    struct json_writer json = {.out = out, .comma = true};

    (void)options;
    buf_str(out, STR("\n]"));
    times_write(&json, posture);
    json_key(&json, STR("controls"));
    json_open(&json, '[');
    for (size_t i = 0; i < posture->control_count; i++) {
        control_write(&json, posture->controls[i], &posture->tallies[i], posture->has_accounts);
    }
    json_close(&json, ']');
    exceptions_write(&json, posture);
    baseline_write(&json, &posture->baseline);
    tiers_write(&json, &posture->tiers);
    json_key(&json, STR("errors"));
    json_open(&json, '[');
    for (size_t i = 0; i < posture->error_sample_count; i++) {
        error_write(&json, &posture->errors[i]);
    }
    json_close(&json, ']');
    totals_write(&json, posture);
    buf_str(out, STR("}\n"));
}

static void line_finding(struct buf *out, const struct finding *finding,
                         const struct report_options *options)
{
    struct json_writer json = {.out = out};

    (void)options;
    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.finding/1"));
    finding_members(&json, finding);
    json_close(&json, '}');
    buf_char(out, '\n');
}

const struct report_format report_json = {
    .name = STR_LIT("json"),
    .help = STR_LIT("one document with findings, controls, errors and totals"),
    .separator_size = 2,
    .begin = document_begin,
    .finding = document_finding,
    .end = document_end,
};

const struct report_format report_jsonl = {
    .name = STR_LIT("jsonl"),
    .help = STR_LIT("one finding a line, as in json"),
    .finding = line_finding,
};
