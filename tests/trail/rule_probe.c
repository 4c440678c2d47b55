/* Evaluates rules, and correlations if there are any, on many events, for the tests of this folder.
 *
 * usage: rule_probe RULES EVENTS.jsonl [PLACEHOLDERS]
 *
 * RULES is a Sigma file, or a text of filter patterns, one a line. Prints for each event a line of
 * the numbers of the rules that match it, with `?` behind those that are unknown, and of the
 * correlations that fire with it, behind a `c` each; for these, events must be in order of time.
 * Ends with 1, and says so, when a rule matches that never matches, when an event
 * that a rule matches does not fulfil the rule's literals,
 * or when the bytes of an event without a backslash do not hold one of them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/instant.h"
#include "os/file.h"
#include "rule/eval.h"
#include "rule/filter_pattern.h"
#include "rule/literals.h"
#include "rule/sigma.h"
#include "trail/correlate.h"

enum { FILE_MAX = 1 << 30, PROGRAMS_MAX = 20000 };

struct probe {
    struct arena arena;
    struct sigma_set set;
    struct rule_program *programs;
    struct literals *literals;
    size_t count;
    struct correlator *correlator;
};

static void die(const struct err *err)
{
    char text[1024];

    err_format(err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(3);
}

static void load_sigma(struct probe *probe, struct str path, struct str text, const char *more)
{
    struct err err = {0};
    struct buf placeholders;

    sigma_set_init(&probe->set);
    if (more != NULL) {
        buf_init(&placeholders, FILE_MAX);
        if (!file_read_all(str_from(more), FILE_MAX, &placeholders, &err) ||
            !sigma_set_add_placeholders(&probe->set, str_from(more), buf_text(&placeholders),
                                        &err)) {
            die(&err);
        }
        buf_release(&placeholders);
    }
    if (!sigma_set_add(&probe->set, path, text, &err) || !sigma_set_resolve(&probe->set, &err)) {
        die(&err);
    }
    if (probe->set.correlation_count > 0) {
        probe->correlator = correlator_new(&probe->set, 0, FILE_MAX);
    }
    for (size_t i = 0; i < probe->set.rule_count; i++) {
        probe->programs[probe->count++] = probe->set.rules[i].program;
    }
}

static void load_patterns(struct probe *probe, struct str text)
{
    struct err err = {0};
    struct str line;

    while (text.n > 0) {
        (void)str_cut(&text, '\n', &line);
        if (line.n > 0 &&
            !filter_pattern_compile(&probe->arena, line, &probe->programs[probe->count++], &err)) {
            die(&err);
        }
    }
}

/* On the bytes alone, as a prefilter sees them. */
static bool bytes_hold(const struct literals *literals, struct str json)
{
    if (literals->is_open || str_find(json, '\\') < json.n) {
        return true;
    }
    for (size_t i = 0; i < literals->count; i++) {
        if (text_contains(json, literals->items[i].text, false)) {
            return true;
        }
    }
    return false;
}

static void on_hit(void *shared, const struct correlation_hit *hit)
{
    bool *is_first = shared;

    printf("%sc%zu", *is_first ? "" : " ", hit->correlation);
    *is_first = false;
}

static void correlate(struct probe *probe, size_t rule, const struct event *event, size_t number,
                      bool *is_first)
{
    struct arena arena;
    struct event_path path;
    struct buf record, scratch = {0};
    struct str text;
    struct err err = {0};
    int64_t time = 0;

    arena_init(&arena, 4096);
    buf_init(&record, FILE_MAX);
    if (event_path_parse(&arena, STR("eventTime"), &path, &err) &&
        event_text(event, &path, &scratch, &text) && instant_parse(text, &time) &&
        correlator_record(probe->correlator, rule, event, &record) &&
        !correlator_feed(probe->correlator, rule, number, time, buf_text(&record), on_hit, is_first,
                         &err)) {
        die(&err);
    }
    buf_release(&record);
    arena_release(&arena);
}

static bool run_event(struct probe *probe, struct eval_context *context, struct event *event,
                      struct str json, size_t number)
{
    struct err err = {0};
    bool ok = true, is_first = true;

    if (!event_parse(event, json, &err)) {
        err_place(&err, STR("events"), number, 1);
        die(&err);
    }
    for (size_t i = 0; i < probe->count; i++) {
        enum truth truth = eval_event(context, &probe->programs[i], event);
        if (truth == TRUTH_FALSE) {
            continue;
        }
        printf("%s%zu%s", is_first ? "" : " ", i, truth == TRUTH_UNKNOWN ? "?" : "");
        is_first = false;
        if (probe->correlator != NULL && truth == TRUTH_TRUE) {
            correlate(probe, i, event, number, &is_first);
        }
        if (probe->set.rule_count > i && probe->set.rules[i].never_matches) {
            fprintf(stderr, "event %zu matches rule %zu, which never matches\n", number, i);
            ok = false;
        }
        if (!literals_hold(&context->match, &probe->literals[i], event) ||
            !bytes_hold(&probe->literals[i], json)) {
            fprintf(stderr, "event %zu matches rule %zu without its literals\n", number, i);
            ok = false;
        }
    }
    printf("\n");
    return ok;
}

static bool run_events(struct probe *probe, struct str text)
{
    struct eval_context context;
    struct event event;
    struct str line;
    size_t number = 0;
    bool ok = true;

    eval_init(&context, 0);
    event_init(&event);
    while (text.n > 0) {
        (void)str_cut(&text, '\n', &line);
        ok = run_event(probe, &context, &event, line, ++number) && ok;
    }
    event_release(&event);
    eval_release(&context);
    return ok;
}

int main(int argc, char **argv)
{
    struct probe probe = {.count = 0};
    struct buf rules, events;
    struct err err = {0};
    bool ok = true;

    if (argc < 3) {
        fprintf(stderr, "usage: rule_probe RULES EVENTS [PLACEHOLDERS]\n");
        return 2;
    }
    arena_init(&probe.arena, FILE_MAX);
    buf_init(&rules, FILE_MAX);
    buf_init(&events, FILE_MAX);
    probe.programs = mem_array(PROGRAMS_MAX, sizeof *probe.programs);
    probe.literals = mem_array(PROGRAMS_MAX, sizeof *probe.literals);
    if (!file_read_all(str_from(argv[1]), FILE_MAX, &rules, &err) ||
        !file_read_all(str_from(argv[2]), FILE_MAX, &events, &err)) {
        die(&err);
    }
    if (sigma_is_text(buf_text(&rules))) {
        load_sigma(&probe, str_from(argv[1]), buf_text(&rules), argc > 3 ? argv[3] : NULL);
    } else {
        load_patterns(&probe, buf_text(&rules));
    }
    for (size_t i = 0; i < probe.count; i++) {
        ok = literals_find(&probe.arena, &probe.programs[i], &probe.literals[i]) && ok;
    }
    ok = run_events(&probe, buf_text(&events)) && ok;
    correlator_free(probe.correlator);
    sigma_set_release(&probe.set);
    mem_free(probe.programs);
    mem_free(probe.literals);
    buf_release(&rules);
    buf_release(&events);
    arena_release(&probe.arena);
    return ok ? 0 : 1;
}
