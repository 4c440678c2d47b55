#include "report/compare.h"

#include "render/csv.h"
#include "render/json.h"

const struct compare_format *const compare_formats[] = {&compare_table, &compare_csv, &compare_json,
                                                        NULL};

const struct compare_format *compare_format_find(struct str name)
{
    for (size_t i = 0; compare_formats[i] != NULL; i++) {
        if (str_eq(compare_formats[i]->name, name)) {
            return compare_formats[i];
        }
    }
    return NULL;
}

void compare_control_write(struct buf *out, const struct control *control)
{
    buf_str(out, control->id);
    for (size_t i = 0; i < control->param_count; i++) {
        buf_str(out, i == 0 ? STR(" (") : STR(", "));
        buf_str(out, control->params[i].name);
        buf_char(out, '=');
        buf_i64(out, control->params[i].value);
    }
    buf_str(out, control->param_count > 0 ? STR(")") : STR(""));
}

/* "silent" reads better than "not-applicable" for a tool that prints nothing. */
static struct str theirs_name(enum status status)
{
    return status == STATUS_NOT_APPLICABLE ? STR("silent") : status_name(status);
}

/* ---- csv ------------------------------------------------------------------------------------ */

static void csv_begin(struct buf *out, const struct report_options *options)
{
    (void)options;
    buf_str(out, STR("system,check,control,account,user,theirs,ours,kind,evidence,why\n"));
}

static void csv_difference(struct buf *out, const struct difference *difference, bool is_first)
{
    struct str cells[] = {difference->check->system,
                          difference->check->check->id,
                          difference->check->ours->id,
                          difference->account,
                          difference->user,
                          theirs_name(difference->theirs),
                          status_name(difference->ours),
                          difference_name(difference->kind)};
    size_t start = 0;

    (void)is_first;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        csv_field(out, cells[i]);
        buf_char(out, ',');
    }
    start = out->n;
    report_evidence_write(out, difference->finding);
    csv_field_close(out, start);
    buf_char(out, ',');
    csv_field(out, difference->why);
    buf_char(out, '\n');
}

const struct compare_format compare_csv = {
    .name = STR_LIT("csv"), .begin = csv_begin, .difference = csv_difference};

/* ---- json ----------------------------------------------------------------------------------- */

static void json_begin(struct buf *out, const struct report_options *options)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.compare/1"));
    json_member_text(&json, STR("version"), options->version);
    json_key(&json, STR("differences"));
    json_open(&json, '[');
}

static void json_difference(struct buf *out, const struct difference *difference, bool is_first)
{
    struct json_writer json = {.out = out, .comma = !is_first};
    struct buf text;

    buf_init(&text, 1 << 20);
    json_open(&json, '{');
    json_member_text(&json, STR("system"), difference->check->system);
    json_member_text(&json, STR("check"), difference->check->check->id);
    compare_control_write(&text, difference->check->ours);
    json_member_text(&json, STR("control"), buf_text(&text));
    json_member_text(&json, STR("account"), difference->account);
    json_member_text(&json, STR("user"), difference->user);
    json_member_text(&json, STR("arn"), difference->arn);
    json_member_text(&json, STR("theirs"), theirs_name(difference->theirs));
    json_member_text(&json, STR("ours"), status_name(difference->ours));
    json_member_text(&json, STR("kind"), difference_name(difference->kind));
    buf_clear(&text);
    report_evidence_write(&text, difference->finding);
    json_member_text(&json, STR("evidence"), buf_text(&text));
    json_member_text(&json, STR("why"), difference->why);
    json_member_text(&json, STR("source"), difference->check->source);
    json_close(&json, '}');
    buf_release(&text);
}

static void json_checks(struct json_writer *json, const struct comparison *comparison)
{
    struct buf text;

    buf_init(&text, 1 << 16);
    json_key(json, STR("checks"));
    json_open(json, '[');
    for (size_t i = 0; i < comparison->check_count; i++) {
        const struct peer_check *check = &comparison->checks[i];
        json_open(json, '{');
        json_member_text(json, STR("system"), check->system);
        json_member_text(json, STR("check"), check->check->id);
        buf_clear(&text);
        compare_control_write(&text, check->ours);
        json_member_text(json, STR("control"), buf_text(&text));
        for (unsigned kind = 0; kind < DIFFERENCE_KIND_COUNT; kind++) {
            json_key(json, difference_name((enum difference_kind)kind));
            json_u64(json, comparison->tallies[i].counts[kind]);
        }
        json_close(json, '}');
    }
    json_close(json, ']');
    buf_release(&text);
}

static void json_end(struct buf *out, const struct comparison *comparison,
                     const struct posture *posture, const struct report_options *options)
{
    struct json_writer json = {.out = out, .comma = true};

    (void)options;
    json_close(&json, ']');
    json_checks(&json, comparison);
    json_key(&json, STR("reports"));
    json_u64(&json, posture->report_count);
    json_key(&json, STR("users"));
    json_u64(&json, posture->user_count);
    json_key(&json, STR("errors"));
    json_u64(&json, posture->error_count);
    json_close(&json, '}');
    buf_char(out, '\n');
}

const struct compare_format compare_json = {
    .name = STR_LIT("json"), .begin = json_begin, .difference = json_difference, .end = json_end};
