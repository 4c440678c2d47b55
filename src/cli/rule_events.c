#include "cli/rule_events.h"

#include "audit/embedded.h"
#include "base/instant.h"
#include "cli/message.h"
#include "cli/rules.h"
#include "codec/json.h"
#include "os/file.h"
#include "rule/explain.h"
#include "rule/literals.h"
#include "trail/correlate.h"

enum { PLACEHOLDERS_SIZE_MAX = 8 << 20, ARENA_MAX = 64 << 20, RECORD_MAX = 1 << 20 };

bool rule_events_placeholders(struct sigma_set *set, const struct args *args, struct err *err)
{
    struct str path;
    struct buf text;
    bool ok = true;

    for (size_t i = 0; ok && args_nth(args, "placeholders", i, &path); i++) {
        buf_init(&text, PLACEHOLDERS_SIZE_MAX);
        ok = file_read_all(path, PLACEHOLDERS_SIZE_MAX, &text, err) &&
             sigma_set_add_placeholders(set, path, buf_text(&text), err);
        if (!ok) {
            err_place(err, path, 0, 0);
        }
        buf_release(&text);
    }
    return ok;
}

bool rule_events_pack(struct str name, struct str *text)
{
    for (const struct embedded_pack *pack = embedded_sigma; pack->name.n > 0; pack++) {
        if (str_eq(pack->name, name)) {
            *text = pack->text;
            return true;
        }
    }
    return false;
}

/* ---- check ---------------------------------------------------------------------------------- */

static void write_notes(struct buf *out, const struct sigma_rule *rule)
{
    for (size_t i = 0; i < rule->note_count; i++) {
        const struct sigma_note *note = &rule->notes[i];
        buf_printf(out, "%.*s:%u:%u: ", STR_ARG(rule->file), note->line, note->col);
        if (note->part.n == 0) {
            buf_str(out, STR("the rule can never match: "));
        } else {
            buf_printf(out, "'%.*s' %s: ", STR_ARG(note->part),
                       note->is_unused ? "has no effect" : "can never match");
        }
        buf_printf(out, "%.*s\n", STR_ARG(note->text));
    }
}

size_t rule_events_check(struct sigma_set *set, struct str path, struct str text, struct buf *out,
                         bool is_quiet)
{
    const struct yaml_node *document = NULL;
    size_t rules = set->rule_count, others = set->correlation_count, skips = set->skip_count;
    size_t wrong = 0;
    struct err err = {0};

    if (!sigma_set_read(set, &path, &text, &document, &err)) {
        message_error(&err);
        rule_caret(text, err.line, err.col);
        return 1;
    }
    for (; document != NULL; document = document->next) {
        struct err one = {0};
        if (!sigma_set_add_document(set, path, text, document, &one)) {
            message_error(&one);
            rule_caret(text, one.line, one.col);
            wrong++;
        }
    }
    for (size_t i = rules; !is_quiet && i < set->rule_count; i++) {
        write_notes(out, &set->rules[i]);
    }
    for (size_t i = skips; !is_quiet && i < set->skip_count; i++) {
        const struct sigma_skip *skip = &set->skips[i];
        buf_printf(out, "%.*s:%u: left out: %.*s\n", STR_ARG(path), skip->line,
                   STR_ARG(skip->reason));
    }
    rules = set->rule_count - rules + set->correlation_count - others + wrong;
    if (!is_quiet || wrong > 0) {
        buf_printf(out, "%.*s: %zu rule%s, %zu wrong\n", STR_ARG(path), rules,
                   rules == 1 ? "" : "s", wrong);
    }
    return wrong;
}

/* ---- list ----------------------------------------------------------------------------------- */

static void list_line(struct buf *out, struct str id, size_t width, enum severity severity,
                      struct str title, const char *more)
{
    buf_str(out, id);
    buf_fill(out, ' ', width + 2 - id.n);
    buf_printf(out, "%-8.*s  %.*s%s\n", STR_ARG(severity_name(severity)), STR_ARG(title), more);
}

void rule_events_list(struct buf *out, const struct sigma_set *set)
{
    size_t width = 0;

    for (size_t i = 0; i < set->rule_count; i++) {
        width = set->rules[i].id.n > width ? set->rules[i].id.n : width;
    }
    for (size_t i = 0; i < set->correlation_count; i++) {
        width = set->correlations[i].id.n > width ? set->correlations[i].id.n : width;
    }
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_rule *rule = &set->rules[i];
        list_line(out, rule->id, width, rule->severity, rule->title,
                  rule->is_silent       ? "  (for correlations)"
                  : rule->never_matches ? "  (never matches)"
                                        : "");
    }
    for (size_t i = 0; i < set->correlation_count; i++) {
        const struct correlation *one = &set->correlations[i];
        list_line(out, one->id, width, one->severity, one->title, "  (correlation)");
    }
}

/* ---- explain -------------------------------------------------------------------------------- */

static void write_literals(struct buf *out, const struct rule_program *program)
{
    struct arena arena;
    struct literals literals;

    arena_init(&arena, ARENA_MAX);
    if (literals_find(&arena, program, &literals) && !literals.is_open) {
        buf_str(out, STR("looked at closely where\n"));
        for (size_t i = 0; i < literals.count; i++) {
            const struct literal *literal = &literals.items[i];
            buf_printf(out, "  %.*s %s \"%.*s\"\n", STR_ARG(literal->path->text),
                       literal->is_whole ? "is" : "holds", STR_ARG(literal->text));
        }
    } else {
        buf_str(out, STR("looked at closely in every event\n"));
    }
    arena_release(&arena);
}

static void write_correlation(struct buf *out, const struct correlation *one)
{
    static const char *const kinds[] = {"event_count", "value_count", "temporal",
                                        "temporal_ordered", "first_seen"};

    buf_printf(out, "%.*s\n%s within %lld s\n", STR_ARG(one->id), kinds[one->kind],
               (long long)one->timespan);
    for (size_t i = 0; i < one->member_count; i++) {
        buf_printf(out, "  of %.*s", STR_ARG(one->members[i].reference));
        for (size_t j = 0; j < one->group_by.count; j++) {
            buf_printf(out, "%s%.*s", j == 0 ? " by " : ", ",
                       STR_ARG(one->members[i].group_by[j].text));
        }
        buf_char(out, '\n');
    }
    if (one->kind == CORRELATE_VALUE_COUNT) {
        buf_printf(out, "  values of %.*s\n", STR_ARG(one->field.text));
    }
    if (one->kind != CORRELATE_FIRST_SEEN && one->kind != CORRELATE_TEMPORAL_ORDERED) {
        buf_printf(out, "  count from %u", one->least);
        if (one->most != UINT32_MAX) {
            buf_printf(out, " to %u", one->most);
        }
        buf_char(out, '\n');
    }
}

static bool is_meant(struct str wanted, struct str id, struct str name)
{
    return wanted.n == 0 || str_eq(wanted, id) || (name.n > 0 && str_eq(wanted, name));
}

size_t rule_events_explain(struct buf *out, const struct sigma_set *set, struct str id,
                           struct str event, int64_t as_of, struct err *err)
{
    struct event parsed;
    size_t shown = 0;

    event_init(&parsed);
    if (event.n > 0 && !event_parse(&parsed, event, err)) {
        event_release(&parsed);
        return SIZE_MAX;
    }
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_rule *rule = &set->rules[i];
        if (!is_meant(id, rule->id, rule->name)) {
            continue;
        }
        buf_printf(out, "%s%.*s\n", shown++ > 0 ? "\n" : "", STR_ARG(rule->id));
        if (event.n > 0) {
            explain_event(out, &rule->program, &parsed, as_of);
        } else {
            explain_program(out, &rule->program);
            write_literals(out, &rule->program);
            write_notes(out, rule);
        }
    }
    for (size_t i = 0; event.n == 0 && i < set->correlation_count; i++) {
        if (is_meant(id, set->correlations[i].id, set->correlations[i].name)) {
            buf_str(out, shown++ > 0 ? STR("\n") : STR(""));
            write_correlation(out, &set->correlations[i]);
        }
    }
    event_release(&parsed);
    return shown;
}

/* ---- test ----------------------------------------------------------------------------------- */

static struct str answer_of(enum truth truth)
{
    return truth == TRUTH_TRUE    ? STR("match")
           : truth == TRUTH_FALSE ? STR("no-match")
                                  : STR("unknown");
}

bool rule_events_answer_one(const struct rule_program *program, struct str json, int64_t as_of,
                            struct str *answer, struct err *err)
{
    struct eval_context context;
    struct event event;
    bool ok = false;

    eval_init(&context, as_of);
    event_init(&event);
    ok = event_parse(&event, json, err);
    if (ok) {
        *answer = answer_of(eval_event(&context, program, &event));
    }
    event_release(&event);
    eval_release(&context);
    return ok;
}

struct sequence {
    const struct sigma_set *set;
    size_t wanted;
    struct correlator *correlator;
    struct eval_context context;
    struct event event;
    bool has_fired;
    uint64_t count;
    int64_t last;
};

static void on_hit(void *shared, const struct correlation_hit *hit)
{
    struct sequence *sequence = shared;

    sequence->has_fired = sequence->has_fired || hit->correlation == sequence->wanted;
}

static bool event_time(const struct event *event, int64_t *time)
{
    static const struct event_step step = {.name = STR_LIT("eventTime")};
    static const struct event_path path = {
        .text = STR_LIT("eventTime"), .steps = &step, .step_count = 1};
    struct buf scratch = {0};
    struct str text;
    bool ok = event_text(event, &path, &scratch, &text) && instant_parse(text, time);

    buf_release(&scratch);
    return ok;
}

static bool feed_event(struct sequence *sequence, struct str json, struct err *err)
{
    struct buf record;
    int64_t time = 0;
    bool ok = event_parse(&sequence->event, json, err);

    if (ok && (!event_time(&sequence->event, &time) || time < sequence->last)) {
        ok = err_set(err, ERR_INPUT, "events of a correlation have an eventTime and are in order");
    }
    sequence->last = time;
    sequence->count++;
    for (size_t i = 0; ok && i < sequence->set->rule_count; i++) {
        if (eval_event(&sequence->context, &sequence->set->rules[i].program, &sequence->event) !=
            TRUTH_TRUE) {
            continue;
        }
        buf_init(&record, RECORD_MAX);
        if (correlator_record(sequence->correlator, i, &sequence->event, &record)) {
            ok = correlator_feed(sequence->correlator, i, sequence->count, time, buf_text(&record),
                                 on_hit, sequence, err);
        }
        buf_release(&record);
    }
    return ok;
}

/* The events of a list, one after the other. */
static bool feed_all(struct sequence *sequence, struct str json, struct err *err)
{
    struct json_reader reader;
    struct json_token token;

    json_init(&reader, json);
    if (!json_next(&reader, &token, err)) {
        return false;
    }
    if (token.kind != JSON_ARRAY_BEGIN) {
        return feed_event(sequence, json, err);
    }
    for (;;) {
        size_t begin = 0;
        if (!json_next(&reader, &token, err)) {
            return false;
        }
        if (token.kind == JSON_ARRAY_END) {
            return true;
        }
        begin = token.offset;
        if (!json_skip(&reader, &token, err) ||
            !feed_event(sequence, str_sub(json, begin, reader.at), err)) {
            return false;
        }
    }
}

static bool answer_correlation(const struct sigma_set *set, size_t index, struct str json,
                               struct str *answer, struct err *err)
{
    struct sequence sequence = {.set = set, .wanted = index, .last = INT64_MIN};
    bool ok = false;

    sequence.correlator = correlator_new(set, 0, ARENA_MAX);
    eval_init(&sequence.context, 0);
    event_init(&sequence.event);
    ok = feed_all(&sequence, json, err);
    if (ok) {
        *answer = answer_of(truth_of(sequence.has_fired));
    }
    event_release(&sequence.event);
    eval_release(&sequence.context);
    correlator_free(sequence.correlator);
    return ok;
}

bool rule_events_answer(const struct sigma_set *set, struct str reference, struct str json,
                        struct str *answer, struct err *err)
{
    size_t rule = sigma_rule_find(set, reference);
    size_t correlation = sigma_correlation_find(set, reference);

    if (rule != SIZE_MAX) {
        return rule_events_answer_one(&set->rules[rule].program, json, 0, answer, err);
    }
    return correlation != SIZE_MAX && answer_correlation(set, correlation, json, answer, err);
}
