/* keywarden rule test: cases of three lines: an entity as JSON, a rule (or the id of a control or a
 * Sigma rule), and the expected answer. Blank lines and lines with '#' part them. A line "as-of:
 * TIME" holds for the cases after it. */
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/rule_events.h"
#include "cli/rules.h"
#include "os/file.h"
#include "rule/eval.h"
#include "rule/explain.h"

enum { FILE_SIZE_MAX = 64 << 20, CASE_ARENA_MAX = 64 << 20, OUT_SIZE_MAX = 64 << 20 };

const struct opt rule_test_opts[] = {
    {.name = "rules",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "a case may name a control of this file instead of a rule"},
    {.name = "pack", .arg = "NAME", .is_repeatable = true, .help = "or of this pack"},
    {.name = "param", .arg = "ID.NAME=N", .is_repeatable = true, .help = "set a parameter"},
    {.name = "placeholders",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "values for Sigma's expand: a mapping of names to texts"},
    {.name = "verbose", .letter = 'v', .help = "show what decided each failed case"},
    {0},
};

struct tester {
    const struct ruleset *rules;
    const struct sigma_set *set;
    struct str path;
    int64_t as_of;
    bool is_verbose;
    struct buf *out;
    size_t passed, failed;
    struct err *err;
};

static bool find_program(const struct tester *tester, struct arena *arena, struct str text,
                         struct rule_program *program, struct err *err)
{
    for (size_t i = 0; i < tester->rules->count; i++) {
        if (str_eq(tester->rules->controls[i].id, text)) {
            *program = tester->rules->programs[i];
            return true;
        }
    }
    return rule_compile(arena, text, NULL, 0, program, err);
}

/* The answer of a rule about an entity that is no event. */
static bool entity_answer(const struct tester *tester, struct arena *arena,
                          const struct rule_program *program, struct value *entity,
                          const struct str *lines, struct str *answer, struct err *err)
{
    struct eval_context context;

    if (!value_from_json(arena, lines[0], program->entity, entity, err)) {
        return false;
    }
    eval_init(&context, tester->as_of);
    *answer = verdict_name(eval_rule(&context, program, entity));
    eval_release(&context);
    return true;
}

static void report_case(struct tester *tester, const struct str *lines, size_t line,
                        struct str answer)
{
    if (str_eq(answer, lines[2])) {
        tester->passed++;
        return;
    }
    tester->failed++;
    buf_printf(tester->out, "%.*s:%zu: expected %.*s, got %.*s\n  %.*s\n  %.*s\n",
               STR_ARG(tester->path), line, STR_ARG(lines[2]), STR_ARG(answer), STR_ARG(lines[0]),
               STR_ARG(lines[1]));
}

static bool run_case(struct tester *tester, const struct str *lines, size_t line)
{
    struct arena arena;
    struct rule_program program;
    struct value entity;
    struct err err = {0};
    struct str answer = {0};
    size_t failed = tester->failed;
    bool ok = rule_events_answer(tester->set, lines[1], lines[0], &answer, &err), is_event = ok;

    arena_init(&arena, CASE_ARENA_MAX);
    if (!ok && err.kind == ERR_NONE && !find_program(tester, &arena, lines[1], &program, &err)) {
        err.line = (uint32_t)(line + 1);
    } else if (!ok && err.kind == ERR_NONE) {
        is_event = program.entity == &schema_cloudtrail_event;
        ok = is_event ? rule_events_answer_one(&program, lines[0], tester->as_of, &answer, &err)
                      : entity_answer(tester, &arena, &program, &entity, lines, &answer, &err);
    }
    if (!ok && err.line != line + 1) {
        err.line = (uint32_t)line;
    }
    if (ok) {
        report_case(tester, lines, line, answer);
        if (tester->failed > failed && tester->is_verbose && !is_event) {
            explain_entity(tester->out, &program, &entity, tester->as_of);
        }
    } else {
        err_place(&err, tester->path, 0, 0);
        *tester->err = err;
    }
    arena_release(&arena);
    return ok;
}

static bool set_as_of(struct tester *tester, struct str value, size_t line)
{
    if (instant_parse_human(str_trim(value), &tester->as_of)) {
        return true;
    }
    (void)err_set(tester->err, ERR_INPUT, "'%.*s' is no time", STR_ARG(str_trim(value)));
    err_place(tester->err, tester->path, line, 1);
    return false;
}

static bool run_text(struct tester *tester, struct str text)
{
    struct str line, lines[3];
    size_t count = 0, number = 0, first = 0;

    while (text.n > 0) {
        (void)str_cut(&text, '\n', &line);
        number++;
        line = str_trim(line);
        if (count == 0 && str_starts(line, STR("as-of:"))) {
            if (!set_as_of(tester, str_sub(line, 6, line.n), number)) {
                return false;
            }
            continue;
        }
        if (line.n == 0 || line.p[0] == '#') {
            if (count > 0 && line.n == 0) {
                (void)err_set(tester->err, ERR_INPUT, "this case has %zu lines, not three", count);
                err_place(tester->err, tester->path, first, 1);
                return false;
            }
            continue;
        }
        first = count == 0 ? number : first;
        lines[count++] = line;
        if (count == 3) {
            if (!run_case(tester, lines, first)) {
                return false;
            }
            count = 0;
        }
    }
    if (count > 0) {
        (void)err_set(tester->err, ERR_INPUT, "this case has %zu lines, not three", count);
        err_place(tester->err, tester->path, first, 1);
    }
    return count == 0;
}

static bool run_files(struct tester *tester, const struct args *args)
{
    bool ok = true;

    for (size_t i = 0; ok && i < args->operand_count; i++) {
        size_t before = tester->passed + tester->failed;
        struct buf text;
        tester->path = args->operands[i];
        /* Cases are written for a day of their own, not for today. */
        tester->as_of = days_from_civil(2026, 1, 1) * SECONDS_PER_DAY;
        buf_init(&text, FILE_SIZE_MAX);
        ok = file_read_all(tester->path, FILE_SIZE_MAX, &text, tester->err) &&
             run_text(tester, buf_text(&text));
        if (ok && tester->passed + tester->failed == before) {
            ok = err_set(tester->err, ERR_INPUT, "no cases");
            err_hint(tester->err,
                     "a case has three lines: an entity as JSON, a rule or a control's "
                     "id, and the answer expected");
        }
        err_place(tester->err, tester->path, 0, 0);
        buf_release(&text);
    }
    return ok;
}

/* Whether --rules and --pack name Sigma's: those go into the set, the others into the ruleset. */
static bool load(struct ruleset *rules, struct sigma_set *set, const struct args *args,
                 struct err *err)
{
    struct str value, pack;
    struct buf text;
    size_t named = 0;
    bool ok = rule_events_placeholders(set, args, err);

    for (size_t i = 0; ok && args_nth(args, "pack", i, &value); i++, named++) {
        ok = rule_events_pack(value, &pack) ? sigma_set_add(set, value, pack, err)
                                            : ruleset_add_pack(rules, value, err);
    }
    for (size_t i = 0; ok && args_nth(args, "rules", i, &value); i++, named++) {
        ok = rules_read_file(value, &text, err);
        if (ok && sigma_is_text(buf_text(&text))) {
            ok = sigma_set_add(set, value, buf_text(&text), err);
        } else {
            ok = ok && rules_add_file(rules, value, err);
        }
        buf_release(&text);
    }
    ok = ok && (named > 0 || ruleset_add_pack(rules, STR("keywarden"), err));
    for (size_t i = 0; ok && args_nth(args, "param", i, &value); i++) {
        ok = ruleset_set_param(rules, value, err);
    }
    return ok && ruleset_compile(rules, err) && sigma_set_resolve(set, err);
}

int cmd_rule_test(const struct command *command, const struct args *args)
{
    struct ruleset rules;
    struct sigma_set set;
    struct buf out;
    struct err err = {0};
    struct tester tester = {.rules = &rules,
                            .set = &set,
                            .out = &out,
                            .is_verbose = args_has(args, "verbose"),
                            .err = &err};
    int code = EXIT_OK;

    (void)command;
    ruleset_init(&rules);
    sigma_set_init(&set);
    buf_init(&out, OUT_SIZE_MAX);
    if (args->operand_count == 0) {
        (void)err_set(&err, ERR_USAGE, "no file of cases is named");
        err_hint(&err, "keywarden rule test my-rules.test");
    }
    if (err.kind != ERR_NONE || !load(&rules, &set, args, &err) || !run_files(&tester, args)) {
        code = message_fail(&err);
    } else {
        buf_printf(&out, "%zu passed, %zu failed\n", tester.passed, tester.failed);
        code = output_write(buf_text(&out));
        code = code == EXIT_OK && tester.failed > 0 ? EXIT_FINDINGS : code;
    }
    buf_release(&out);
    sigma_set_release(&set);
    ruleset_release(&rules);
    return code;
}
