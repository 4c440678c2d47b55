/* Any bytes as a Sigma file: rules load and judge events, or are refused with a reason and a place;
 * what loads once does so again, to the same program. Whatever a rule matches fulfils the literals
 * that a prefilter would look for, and correlations take any match. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "rule/explain.h"
#include "rule/literals.h"
#include "rule/sigma.h"
#include "trail/correlate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 64 << 20, MEMORY_MAX = 8 << 20, EVENT_COUNT = 4 };

static const struct str events[EVENT_COUNT] = {
    STR_LIT("{}"),
    STR_LIT(
        "{\"eventTime\":\"2026-01-01T00:00:00Z\",\"eventName\":\"ConsoleLogin\",\"eventSource\":"
        "\"signin.amazonaws.com\",\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::1:"
        "root\","
        "\"accessKeyId\":\"AKIA\"},\"sourceIPAddress\":\"10.1.2.3\",\"readOnly\":false,"
        "\"errorCode\":"
        "null,\"additionalEventData\":{\"MFAUsed\":\"No\"},\"responseElements\":{\"ConsoleLogin\":"
        "\"Success\"}}"),
    STR_LIT("{\"eventTime\":\"2026-01-01T00:00:01Z\",\"eventName\":\"CreateAccessKey\",\"a\":[1,2."
            "5,[\"x\","
            "{\"b\":\"y\"}],null,true],\"a.b\":\"z\",\"requestParameters\":{\"userName\":\"bob\","
            "\"list\":"
            "[{\"name\":\"a\"},{\"name\":\"B\"}],\"count\":5},\"userAgent\":\"aws-cli -x /y\"}"),
    STR_LIT("{\"eventName\":\"x\",\"eventName\":\"CreateAccessKey\",\"eventTime\":\"2026-01-01T00:"
            "00:02Z\","
            "\"userIdentity\":[{\"type\":\"Root\"},{\"type\":\"root\"}],\"resources\":[]}"),
};

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void no_hit(void *shared, const struct correlation_hit *hit)
{
    size_t *count = shared;

    check(hit->count > 0);
    ++*count;
}

static void judge(const struct sigma_set *set, struct buf *out)
{
    struct correlator *correlator = correlator_new(set, 1, MEMORY_MAX);
    struct eval_context context;
    struct event event;
    struct arena arena;
    size_t hits = 0;

    eval_init(&context, 0);
    event_init(&event);
    arena_init(&arena, MEMORY_MAX);
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        struct err err = {0};
        check(event_parse(&event, events[i], &err));
        for (size_t j = 0; j < set->rule_count; j++) {
            const struct rule_program *program = &set->rules[j].program;
            struct literals literals;
            struct buf record;
            enum truth truth = eval_event(&context, program, &event);
            buf_printf(out, "%d", (int)truth);
            check(truth != TRUTH_TRUE || !set->rules[j].never_matches || i == 2 || i == 3);
            if (truth == TRUTH_FALSE || !literals_find(&arena, program, &literals)) {
                continue;
            }
            check(literals_hold(&context.match, &literals, &event));
            buf_init(&record, MEMORY_MAX);
            (void)(correlator_record(correlator, j, &event, &record) && !record.overflowed &&
                   !correlator_feed(correlator, j, i, (int64_t)i, buf_text(&record), no_hit, &hits,
                                    &err));
            buf_release(&record);
        }
    }
    arena_release(&arena);
    event_release(&event);
    eval_release(&context);
    correlator_free(correlator);
}

/* Appends the programs and their answers, or the error. */
static void load(struct str text, struct buf *out)
{
    struct sigma_set set;
    struct err err = {0};

    sigma_set_init(&set);
    check(sigma_set_add_placeholders(&set, STR("p"), STR("{x: [a, 'b*'], y: c}"), &err));
    if (sigma_set_add(&set, STR("a.yml"), text, &err) && sigma_set_resolve(&set, &err)) {
        for (size_t i = 0; i < set.rule_count && i < 20; i++) {
            explain_program(out, &set.rules[i].program);
        }
        judge(&set, out);
    } else {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
        buf_printf(out, "%s:%u:%u: %s", err.place, err.line, err.col, err.text);
    }
    sigma_set_release(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct buf first, second;

    buf_init(&first, OUT_MAX);
    buf_init(&second, OUT_MAX);
    load(text, &first);
    load(text, &second);
    check(first.overflowed == second.overflowed && str_eq(buf_text(&first), buf_text(&second)));
    buf_release(&first);
    buf_release(&second);
    return 0;
}
