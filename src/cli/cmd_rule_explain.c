/* keywarden rule explain: the program a rule becomes, and what decides for one entity. */
#include "audit/embedded.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/rule_events.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"
#include "rule/explain.h"

enum { OUT_SIZE_MAX = 64 << 20, ENTITY_SIZE_MAX = 16 << 20, ENTITY_ARENA_MAX = 256 << 20 };

const struct opt rule_explain_opts[] = {
    {.name = "id", .arg = "ID", .help = "only this control"},
    {.name = "pack", .arg = "NAME", .help = "of a built-in pack instead of a file"},
    {.name = "param", .arg = "ID.NAME=N", .is_repeatable = true, .help = "set a parameter"},
    {.name = "placeholders",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "values for Sigma's expand: a mapping of names to texts"},
    {.name = "entity", .arg = "FILE", .help = "say what decides for this entity (JSON)"},
    {.name = "as-of", .arg = "TIME", .help = "judge it as of then (default now)"},
    {.name = "plan", .help = "show the columnar operations too"},
    {0},
};

static bool load_file(struct ruleset *rules, struct sigma_set *set, struct str path,
                      struct err *err)
{
    struct buf text;
    bool ok = rules_read_file(path, &text, err);

    if (ok && sigma_is_text(buf_text(&text))) {
        ok = sigma_set_add(set, path, buf_text(&text), err);
    } else {
        ok = ok && rules_add_file(rules, path, err);
    }
    buf_release(&text);
    return ok;
}

static bool load(struct ruleset *rules, struct sigma_set *set, const struct args *args,
                 struct err *err)
{
    struct str value, pack;

    if (!rule_events_placeholders(set, args, err)) {
        return false;
    }
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!load_file(rules, set, args->operands[i], err)) {
            return false;
        }
    }
    if (args_nth(args, "pack", 0, &value)) {
        bool ok = rule_events_pack(value, &pack) ? sigma_set_add(set, value, pack, err)
                                                 : ruleset_add_pack(rules, value, err);
        if (!ok) {
            return false;
        }
    }
    if (!sigma_set_resolve(set, err)) {
        return false;
    }
    if (rules->count + set->rule_count + set->correlation_count == 0) {
        (void)err_set(err, ERR_USAGE, "no rule is named");
        err_hint(err, "name a file, or --pack keywarden");
        return false;
    }
    for (size_t i = 0; args_nth(args, "param", i, &value); i++) {
        if (!ruleset_set_param(rules, value, err)) {
            return false;
        }
    }
    return ruleset_compile(rules, err);
}

static bool explain_one_event(struct buf *out, const struct rule_program *program, struct str text,
                              int64_t as_of, struct err *err)
{
    struct event event;
    bool ok = false;

    event_init(&event);
    ok = event_parse(&event, text, err);
    if (ok) {
        explain_event(out, program, &event, as_of);
    }
    event_release(&event);
    return ok;
}

static bool explain_one(struct buf *out, const struct ruleset *rules, size_t index,
                        const struct args *args, struct str entity_text, int64_t as_of,
                        struct err *err)
{
    const struct rule_program *program = &rules->programs[index];
    struct arena arena;
    struct value entity;
    bool ok = true;

    buf_printf(out, "%.*s\n", STR_ARG(rules->controls[index].id));
    if (entity_text.n == 0) {
        explain_program(out, program);
    }
    if (args_has(args, "plan")) {
        struct batch_plan plan;
        arena_init(&arena, ENTITY_ARENA_MAX);
        batch_plan_init(&plan, &arena);
        ok = batch_plan_add(&plan, program, err);
        if (ok) {
            explain_plan(out, &plan);
        }
        arena_release(&arena);
    }
    if (ok && entity_text.n > 0 && program->entity == &schema_cloudtrail_event) {
        ok = explain_one_event(out, program, entity_text, as_of, err);
    } else if (ok && entity_text.n > 0) {
        arena_init(&arena, ENTITY_ARENA_MAX);
        ok = value_from_json(&arena, entity_text, program->entity, &entity, err);
        if (ok) {
            explain_entity(out, program, &entity, as_of);
        } else {
            err_place(err, args_value(args, "entity", STR("")), 0, 0);
        }
        arena_release(&arena);
    }
    return ok;
}

static bool explain(struct buf *out, const struct ruleset *rules, const struct sigma_set *set,
                    const struct args *args, struct err *err)
{
    struct str id = args_value(args, "id", STR("")), when;
    struct buf entity;
    int64_t as_of = system_now();
    size_t shown = 0;
    bool ok = true;

    buf_init(&entity, ENTITY_SIZE_MAX);
    if (args_nth(args, "as-of", 0, &when) && !instant_parse_human(when, &as_of)) {
        ok = err_set(err, ERR_USAGE, "--as-of takes no '%.*s'", STR_ARG(when));
    }
    if (ok && args_has(args, "entity")) {
        struct str path = args_value(args, "entity", STR(""));
        ok = file_read_all(path, ENTITY_SIZE_MAX, &entity, err);
        err_place(err, path, 0, 0);
    }
    for (size_t i = 0; ok && i < rules->count; i++) {
        if (id.n > 0 && !str_eq(rules->controls[i].id, id)) {
            continue;
        }
        buf_str(out, shown++ > 0 ? STR("\n") : STR(""));
        ok = explain_one(out, rules, i, args, buf_text(&entity), as_of, err);
    }
    if (ok && set->rule_count + set->correlation_count > 0) {
        size_t more = rule_events_explain(out, set, id, buf_text(&entity), as_of, err);
        ok = more != SIZE_MAX;
        shown += ok ? more : 0;
        if (!ok) {
            err_place(err, args_value(args, "entity", STR("")), 0, 0);
        }
    }
    if (ok && shown == 0) {
        ok = err_set(err, ERR_USAGE, "no control is called '%.*s'", STR_ARG(id));
    }
    buf_release(&entity);
    return ok;
}

int cmd_rule_explain(const struct command *command, const struct args *args)
{
    struct ruleset rules;
    struct sigma_set set;
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    ruleset_init(&rules);
    sigma_set_init(&set);
    buf_init(&out, OUT_SIZE_MAX);
    if (load(&rules, &set, args, &err) && explain(&out, &rules, &set, args, &err)) {
        code = output_write(buf_text(&out));
    } else {
        code = message_fail(&err);
    }
    buf_release(&out);
    ruleset_release(&rules);
    sigma_set_release(&set);
    return code;
}
