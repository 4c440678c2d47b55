/* Everything that a study found, for programs. The member `schema` names what it looks like. */
#include "render/json.h"

#include <stdio.h>

#include "study/format.h"
#include "study/trail_use.h"

struct page {
    struct json_writer json;
    const struct study_result *result;
};

static void day(struct json_writer *json, struct str key, int64_t at)
{
    char bytes[32];
    struct buf buf = {.p = bytes, .capacity = sizeof bytes, .size_max = sizeof bytes};

    study_day_write(&buf, at);
    json_member_text(json, key, buf_text(&buf));
}

/* A share or another quotient; six decimals, which is more than any of them means. */
static void decimal(struct json_writer *json, struct str key, double value)
{
    char bytes[32];
    int n = snprintf(bytes, sizeof bytes, "%.6f", value);

    json_key(json, key);
    buf_bytes(json->out, bytes, (size_t)n);
    json->comma = true;
}

static void interval(struct json_writer *json, uint64_t part, uint64_t whole)
{
    double low = 0.0, high = 0.0;

    if (whole > 0) {
        study_wilson(part, whole, &low, &high);
        decimal(json, STR("low"), low);
        decimal(json, STR("high"), high);
    }
}

/* ---- parts ---------------------------------------------------------------------------------- */

static void write_figure(struct json_writer *json, const struct study_figure *figure)
{
    char bytes[64];
    struct buf value = {.p = bytes, .capacity = sizeof bytes, .size_max = sizeof bytes};

    study_value_write(&value, figure, false);
    json_open(json, '{');
    json_member_text(json, STR("kind"), figure->kind == STUDY_ROOT ? STR("root") : STR("iam"));
    json_member_text(json, STR("figure"), figure->name);
    json_member_text(json, STR("title"), figure->title);
    json_key(json, STR("value"));
    if (figure->type == STUDY_NOTHING) {
        json_null(json);
    } else if (figure->type == STUDY_DATE) {
        json_text(json, buf_text(&value));
    } else {
        buf_str(json->out, buf_text(&value));
        json->comma = true;
    }
    if (figure->type == STUDY_MEAN) {
        json_member_u64(json, STR("sum"), figure->sum);
        json_member_u64(json, STR("divisor"), figure->divisor);
    }
    if (figure->whole_divisor > 0) {
        json_member_u64(json, STR("numerator"), figure->part);
        json_key(json, STR("denominator"));
        study_whole_write(json->out, figure, false);
        json->comma = true;
        if (figure->whole > 0) {
            decimal(json, STR("share"),
                    (double)figure->part * (double)figure->whole_divisor / (double)figure->whole);
        }
    }
    if (figure->has_trail) {
        json_key(json, STR("cloudtrail"));
        trail_value_write(json->out, figure, false);
        json->comma = true;
    }
    if (figure->published.n > 0) {
        json_member_text(json, STR("published"), figure->published);
    }
    if (figure->note.n > 0) {
        json_member_text(json, STR("note"), figure->note);
    }
    json_close(json, '}');
}

static void write_trail_week(struct json_writer *json, const struct study_trail_week *week)
{
    json_key(json, STR("cloudtrail"));
    json_open(json, '{');
    json_member_u64(json, STR("use_accounts"), week->use_accounts);
    json_member_u64(json, STR("use_organizations"), week->use_organizations);
    json_member_u64(json, STR("console_uses"), week->console_uses);
    json_member_u64(json, STR("console_uses_no_mfa"), week->console_uses_no_mfa);
    json_member_u64(json, STR("key_uses"), week->key_uses);
    json_member_u64(json, STR("calls"), week->calls);
    json_member_u64(json, STR("report_only"), week->report_only);
    json_close(json, '}');
}

static void write_trail(struct json_writer *json, const struct study_trail *trail)
{
    if (trail->is_there) {
        json_key(json, STR("cloudtrail"));
        json_open(json, '{');
        json_member_u64(json, STR("events"), trail->events);
        json_member_u64(json, STR("events_counted"), trail->placed);
        json_member_u64(json, STR("accounts"), trail->accounts);
        json_member_u64(json, STR("uses"), trail->uses);
        json_member_u64(json, STR("report_only"), trail->sums.report_only);
        json_close(json, '}');
    }
}

static void write_week(struct json_writer *json, const struct study_week *week, bool has_trail)
{
    json_open(json, '{');
    day(json, STR("date"), week->at);
    json_member_u64(json, STR("accounts"), week->accounts);
    json_member_u64(json, STR("organizations"), week->organizations);
    json_member_u64(json, STR("users"), week->users);
    json_member_u64(json, STR("joined"), week->joined);
    json_member_u64(json, STR("left"), week->left);
    json_member_u64(json, STR("gaps"), week->gaps);
    json_member_u64(json, STR("judged"), week->judged);
    json_member_u64(json, STR("use_accounts"), week->use_accounts);
    interval(json, week->use_accounts, week->accounts);
    json_member_u64(json, STR("use_organizations"), week->use_organizations);
    json_member_u64(json, STR("first_offenders"), week->first_offenders);
    json_member_u64(json, STR("repeat_offenders"), week->repeat_offenders);
    json_member_u64(json, STR("console_uses"), week->console_uses);
    json_member_u64(json, STR("console_uses_no_mfa"), week->console_uses_no_mfa);
    json_member_u64(json, STR("api_uses"), week->api_uses);
    json_member_u64(json, STR("key_accounts"), week->key_accounts);
    json_member_u64(json, STR("key_old_accounts"), week->key_old_accounts);
    json_member_u64(json, STR("no_mfa"), week->no_mfa);
    json_member_u64(json, STR("initial_key"), week->initial_key);
    json_member_u64(json, STR("two_keys"), week->two_keys);
    json_member_u64(json, STR("not_rotated_90"), week->not_rotated_90);
    json_member_u64(json, STR("unused_90"), week->unused_90);
    if (has_trail) {
        write_trail_week(json, &week->trail);
    }
    json_close(json, '}');
}

static void write_curve(struct json_writer *json, const struct study_curve *curve)
{
    json_open(json, '{');
    json_member_text(json, STR("curve"), curve->name);
    json_member_text(json, STR("title"), curve->title);
    json_member_u64(json, STR("lives"), curve->subjects);
    json_member_u64(json, STR("ends"), curve->events);
    json_key(json, STR("median_days"));
    if (curve->has_median) {
        json_u64(json, curve->median_days);
    } else {
        json_null(json);
    }
    json_key(json, STR("steps"));
    json_open(json, '[');
    for (size_t i = 0; i < curve->step_count; i++) {
        const struct study_step *step = &curve->steps[i];
        json_open(json, '{');
        json_member_u64(json, STR("days"), step->days);
        json_member_u64(json, STR("at_risk"), step->at_risk);
        json_member_u64(json, STR("ended"), step->ended);
        decimal(json, STR("survival"), step->survival);
        decimal(json, STR("low"), step->low);
        decimal(json, STR("high"), step->high);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* With the points of the Lorenz curve: fewest uses first, how many accounts make how many uses. */
static void write_concentration(struct json_writer *json,
                                const struct study_concentration *concentration)
{
    uint64_t accounts = 0, uses = 0;

    json_key(json, STR("concentration"));
    json_open(json, '{');
    json_key(json, STR("lorenz"));
    json_open(json, '[');
    for (size_t n = 0; n <= concentration->use_max; n++) {
        if (concentration->account_counts[n] == 0) {
            continue;
        }
        accounts += concentration->account_counts[n];
        uses += concentration->account_counts[n] * n;
        json_open(json, '{');
        json_member_u64(json, STR("uses_each"), n);
        json_member_u64(json, STR("accounts"), concentration->account_counts[n]);
        json_member_u64(json, STR("accounts_so_far"), accounts);
        json_member_u64(json, STR("uses_so_far"), uses);
        json_close(json, '}');
    }
    json_close(json, ']');
    if (uses > 0) {
        decimal(json, STR("gini_offenders"), concentration->gini);
        decimal(json, STR("gini_accounts"), concentration->gini_all);
    }
    json_close(json, '}');
}

static void write_tiers(struct json_writer *json, const struct study_tiers *tiers)
{
    json_key(json, tiers->name);
    json_open(json, '{');
    json_member_u64(json, STR("users"), tiers->total);
    json_key(json, STR("tiers"));
    json_open(json, '[');
    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        json_open(json, '{');
        json_member_u64(json, STR("days"), tiers->tier_days[i]);
        json_member_u64(json, STR("users"), tiers->counts[i]);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void write_users(struct json_writer *json, const struct study_result *result)
{
    const struct study_open *open = &result->open;

    write_tiers(json, &result->key_age);
    write_tiers(json, &result->idle);
    json_key(json, STR("two_keys_by_age"));
    json_open(json, '[');
    for (size_t i = 0; i < STUDY_TWO_KEYS_COUNT; i++) {
        json_open(json, '{');
        json_member_u64(json, STR("days"), result->two_keys[i].days);
        json_member_u64(json, STR("users"), result->two_keys[i].users);
        json_member_u64(json, STR("two_keys"), result->two_keys[i].with_two_keys);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_key(json, STR("undecided"));
    json_open(json, '{');
    json_member_u64(json, STR("no_mfa_in_organizations"), open->no_mfa_member);
    json_member_u64(json, STR("no_mfa_standing_unknown"), open->no_mfa_standing_unknown);
    json_member_u64(json, STR("accounts_standing_unknown"), open->standing_unknown);
    json_member_u64(json, STR("no_mfa"), open->mfa);
    json_member_u64(json, STR("initial_key"), open->initial_key);
    json_member_u64(json, STR("two_keys"), open->two_keys);
    json_member_u64(json, STR("not_rotated_90"), open->rotation);
    json_member_u64(json, STR("unused_90"), open->unused);
    json_close(json, '}');
}

static void write_series(struct json_writer *json, struct str key, const uint64_t *values,
                         size_t count)
{
    json_key(json, key);
    json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        json_u64(json, values[i]);
    }
    json_close(json, ']');
}

static void write_group(struct json_writer *json, const struct study_group *group, size_t weeks)
{
    json_open(json, '{');
    json_member_text(json, STR("name"), group->name);
    json_member_u64(json, STR("accounts"), group->accounts);
    json_member_u64(json, STR("samples"), group->samples);
    json_member_u64(json, STR("uses"), group->uses);
    json_member_u64(json, STR("use_accounts"), group->use_accounts);
    json_member_u64(json, STR("console_uses"), group->console_uses);
    json_member_u64(json, STR("console_uses_no_mfa"), group->console_uses_no_mfa);
    json_member_u64(json, STR("api_uses"), group->api_uses);
    json_member_u64(json, STR("key_accounts"), group->key_accounts);
    json_member_u64(json, STR("users"), group->users);
    json_member_u64(json, STR("no_mfa"), group->no_mfa);
    json_member_u64(json, STR("initial_key"), group->initial_key);
    json_member_u64(json, STR("two_keys"), group->two_keys);
    json_member_u64(json, STR("not_rotated_90"), group->not_rotated_90);
    json_member_u64(json, STR("unused_90"), group->unused_90);
    write_series(json, STR("weekly_accounts"), group->weekly_accounts, weeks);
    write_series(json, STR("weekly_uses"), group->weekly_uses, weeks);
    json_close(json, '}');
}

static void write_offender(struct json_writer *json, const struct study_offender *offender)
{
    json_open(json, '{');
    json_member_text(json, STR("account"), offender->account);
    json_member_text(json, STR("organization"), offender->organization);
    json_member_text(json, STR("asset_class"), asset_class_name(offender->asset_class));
    json_member_u64(json, STR("uses"), offender->uses);
    json_member_u64(json, STR("console_uses"), offender->console_uses);
    json_member_u64(json, STR("console_uses_no_mfa"), offender->console_uses_no_mfa);
    json_member_u64(json, STR("api_uses"), offender->api_uses);
    day(json, STR("first_use"), offender->first_use);
    day(json, STR("last_use"), offender->last_use);
    json_close(json, '}');
}

static void write_head(struct json_writer *json, const struct study_result *result,
                       const struct study_options *options)
{
    json_member_text(json, STR("schema"), STR("keywarden.study/1"));
    json_member_text(json, STR("version"), options->version);
    json_member_text(json, STR("source"), result->source);
    if (result->profile.n > 0) {
        json_member_text(json, STR("profile"), result->profile);
    }
    json_member_u64(json, STR("samples"), result->sample_count);
    json_member_u64(json, STR("accounts"), result->account_count);
    json_member_u64(json, STR("organizations"), result->organization_count);
    if (result->sample_count > 0) {
        day(json, STR("iam_sample"), result->iam_at);
    }
}

static void write_lists(struct json_writer *json, const struct study_result *result)
{
    json_key(json, STR("weeks"));
    json_open(json, '[');
    for (size_t i = 0; i < result->week_count; i++) {
        write_week(json, &result->weeks[i], result->trail.is_there);
    }
    json_close(json, ']');
    json_key(json, STR("survival"));
    json_open(json, '[');
    for (size_t i = 0; i < result->curve_count; i++) {
        write_curve(json, &result->curves[i]);
    }
    json_close(json, ']');
    write_concentration(json, &result->concentration);
    write_users(json, result);
    json_member_text(json, STR("grouped_by"), result->group_word);
    json_member_u64(json, STR("group_total"), result->group_total);
    json_key(json, STR("groups"));
    json_open(json, '[');
    for (size_t i = 0; i < result->group_count; i++) {
        write_group(json, &result->groups[i], result->week_count);
    }
    json_close(json, ']');
    json_member_u64(json, STR("offender_total"), result->offender_total);
    json_key(json, STR("offenders"));
    json_open(json, '[');
    for (size_t i = 0; i < result->offender_count; i++) {
        write_offender(json, &result->offenders[i]);
    }
    json_close(json, ']');
}

static void write(struct buf *out, const struct study_result *result,
                  const struct study_options *options)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    write_head(&json, result, options);
    json_key(&json, STR("figures"));
    json_open(&json, '[');
    for (size_t i = 0; i < result->figure_count; i++) {
        write_figure(&json, &result->figures[i]);
    }
    json_close(&json, ']');
    write_trail(&json, &result->trail);
    write_lists(&json, result);
    json_key(&json, STR("notes"));
    json_open(&json, '[');
    for (size_t i = 0; i < result->note_count; i++) {
        json_open(&json, '{');
        json_member_text(&json, STR("text"), result->notes[i].text);
        json_member_u64(&json, STR("count"), result->notes[i].count);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    buf_char(out, '\n');
}

const struct study_format study_json = {.name = STR_LIT("json"), .write = write};
