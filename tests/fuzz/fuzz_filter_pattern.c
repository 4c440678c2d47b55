/* A filter pattern in the first line and an event behind it, of any bytes: both are read or refused
 * with a reason; the answer is the same twice, and a match fulfils the pattern's literals. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "rule/explain.h"
#include "rule/filter_pattern.h"
#include "rule/literals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 8 << 20, OUT_MAX = 64 << 20 };

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void judge(const struct rule_program *program, struct str json)
{
    struct eval_context context;
    struct event event;
    struct arena arena;
    struct literals literals;
    struct err err = {0};
    enum truth truth = TRUTH_FALSE;

    eval_init(&context, 0);
    event_init(&event);
    arena_init(&arena, ARENA_MAX);
    if (event_parse(&event, json, &err)) {
        truth = eval_event(&context, program, &event);
        check(eval_event(&context, program, &event) == truth);
        if (truth != TRUTH_FALSE && literals_find(&arena, program, &literals)) {
            check(literals_hold(&context.match, &literals, &event));
        }
    } else {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
    }
    arena_release(&arena);
    event_release(&event);
    eval_release(&context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str json = {(const char *)data, size}, pattern;
    struct rule_program program;
    struct arena arena;
    struct buf out;
    struct err err = {0};

    (void)str_cut(&json, '\n', &pattern);
    arena_init(&arena, ARENA_MAX);
    buf_init(&out, OUT_MAX);
    if (filter_pattern_compile(&arena, pattern, &program, &err)) {
        explain_program(&out, &program);
        judge(&program, json);
    } else {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
    }
    buf_release(&out);
    arena_release(&arena);
    return 0;
}
