#include "base/instant.h"
#include "render/json.h"
#include "report/diff_report.h"
#include "report/outline.h"

/* Schema keywarden.diff/1. All is known when it is written, so what the changes are out of comes
 * first. */

static void side_write(struct json_writer *json, struct str key, const struct posture *side)
{
    bool judged = side->report_count > 0;

    json_key(json, key);
    json_open(json, '{');
    json_member_instant(json, STR("as_of"), judged, side->as_of_max);
    json_member_instant(json, STR("as_of_earliest"), judged, side->as_of_min);
    json_member_text(json, STR("as_of_source"), outline_as_of_source(side));
    json_member_u64(json, STR("reports"), side->report_count);
    json_member_u64(json, STR("skipped"), side->skipped_count);
    json_member_u64(json, STR("users"), side->user_count);
    json_member_u64(json, STR("roots"), side->root_count);
    json_member_u64(json, STR("errors"), side->error_count);
    json_close(json, '}');
}

static void counts_write(struct json_writer *json, const struct diff *diff)
{
    json_key(json, STR("counts"));
    json_open(json, '[');
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        for (int verb = 0; verb < VERB_COUNT; verb++) {
            if (diff->counts[kind][verb] == 0) {
                continue;
            }
            json_open(json, '{');
            json_member_text(json, STR("change"), change_verb_name((enum change_verb)verb));
            json_member_text(json, STR("kind"), change_kind_name((enum change_kind)kind));
            json_member_u64(json, STR("count"), diff->counts[kind][verb]);
            json_close(json, '}');
        }
    }
    json_close(json, ']');
}

static void begin(struct buf *out, const struct diff *diff, const struct report_options *options)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.diff/1"));
    json_member_text(&json, STR("version"), options->version);
    json_member_text(&json, STR("packs"), options->packs);
    side_write(&json, STR("old"), diff->before);
    side_write(&json, STR("new"), diff->after);
    json_member_u64(&json, STR("accounts_on_both"), diff->account_count);
    json_member_u64(&json, STR("accounts_unchanged"), diff->unchanged_account_count);
    json_member_u64(&json, STR("users_on_both"), diff->user_count);
    counts_write(&json, diff);
    buf_str(out, STR(",\"changes\":["));
}

static void evidence_write(struct json_writer *json, const struct diff *diff,
                           const struct change_value *value)
{
    struct str packed = change_value_text(value);
    struct change_evidence evidence;
    struct buf text;

    buf_init(&text, 1 << 20);
    json_key(json, STR("evidence"));
    json_open(json, '[');
    while (change_evidence_take(&packed, &evidence)) {
        buf_clear(&text);
        change_evidence_write(&text, &evidence);
        json_open(json, '{');
        json_member_text(json, STR("name"), diff->names[evidence.name]);
        json_member_text(json, STR("value"), buf_text(&text));
        if (evidence.gap != GAP_NONE) {
            json_member_text(json, STR("gap"),
                             evidence.gap == GAP_INPUT ? STR("input") : STR("not-collected"));
        }
        json_close(json, '}');
    }
    json_close(json, ']');
    buf_release(&text);
}

static void value_write(struct json_writer *json, const struct diff *diff, struct str key,
                        const struct change_value *value)
{
    struct buf text;

    json_key(json, key);
    switch ((enum change_side)value->type) {
    case SIDE_NONE:
        json_null(json);
        break;
    case SIDE_TEXT:
        json_text(json, change_value_text(value));
        break;
    case SIDE_TIME:
        buf_init(&text, 64);
        instant_write(&text, value->as.number);
        json_text(json, buf_text(&text));
        buf_release(&text);
        break;
    case SIDE_COUNT:
        json_u64(json, (uint64_t)value->as.number);
        break;
    case SIDE_FLAG:
        json_bool(json, value->as.number != 0);
        break;
    case SIDE_FINDING:
        json_open(json, '{');
        json_member_text(json, STR("status"), status_name((enum status)value->status));
        evidence_write(json, diff, value);
        json_close(json, '}');
        break;
    }
}

static void part(struct buf *out, const struct diff *diff, size_t from, size_t to,
                 const struct report_options *options)
{
    (void)options;
    for (size_t i = from; i < to; i++) {
        const struct change *change = &diff->changes[i];
        struct json_writer json = {.out = out};
        buf_str(out, i == 0 ? STR("\n") : STR(",\n"));
        json_open(&json, '{');
        json_member_text(&json, STR("change"), change_verb_name((enum change_verb)change->verb));
        json_member_text(&json, STR("kind"), change_kind_name((enum change_kind)change->kind));
        json_member_text(&json, STR("account"), change->account);
        json_member_text(&json, STR("user"), change->user);
        value_write(&json, diff, STR("item"), &change->item);
        value_write(&json, diff, STR("old"), &change->before);
        value_write(&json, diff, STR("new"), &change->after);
        if (change->control != NULL) {
            json_member_text(&json, STR("control"), change->control->id);
            json_member_text(&json, STR("title"), change->control->title);
            json_member_text(&json, STR("severity"),
                             severity_name((enum severity)change->severity));
        }
        json_close(&json, '}');
    }
}

static void end(struct buf *out, const struct diff *diff, const struct report_options *options)
{
    (void)diff;
    (void)options;
    buf_str(out, STR("\n]}\n"));
}

const struct diff_writer diff_json = {
    .name = STR_LIT("json"),
    .help = STR_LIT("one document: both sides, counts, changes"),
    .is_flat = true,
    .begin = begin,
    .part = part,
    .end = end,
};
