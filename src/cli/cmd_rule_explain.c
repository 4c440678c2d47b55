/* keywarden rule explain: the program a rule becomes, and what decides for one entity. */
#include "audit/embedded.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"
#include "rule/explain.h"

enum { OUT_SIZE_MAX = 64 << 20, ENTITY_SIZE_MAX = 16 << 20, ENTITY_ARENA_MAX = 256 << 20 };

const struct opt rule_explain_opts[] = {
    {.name = "id", .arg = "ID", .help = "only this control"},
    {.name = "pack", .arg = "NAME", .help = "of a built-in pack instead of a file"},
    {.name = "param", .arg = "ID.NAME=N", .is_repeatable = true, .help = "set a parameter"},
    {.name = "entity", .arg = "FILE", .help = "say what decides for this entity (JSON)"},
    {.name = "as-of", .arg = "TIME", .help = "judge it as of then (default now)"},
    {.name = "plan", .help = "show the columnar operations too"},
    {0},
};

static bool load(struct ruleset *rules, const struct args *args, struct err *err)
{
    struct str value;

    for (size_t i = 0; i < args->operand_count; i++) {
        if (!rules_add_file(rules, args->operands[i], err)) {
            return false;
        }
    }
    if (args_nth(args, "pack", 0, &value) && !ruleset_add_pack(rules, value, err)) {
        return false;
    }
    if (rules->count == 0) {
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
    if (ok && entity_text.n > 0) {
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

static bool explain(struct buf *out, const struct ruleset *rules, const struct args *args,
                    struct err *err)
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
    if (ok && shown == 0) {
        ok = err_set(err, ERR_USAGE, "no control is called '%.*s'", STR_ARG(id));
    }
    buf_release(&entity);
    return ok;
}

int cmd_rule_explain(const struct command *command, const struct args *args)
{
    struct ruleset rules;
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    ruleset_init(&rules);
    buf_init(&out, OUT_SIZE_MAX);
    if (load(&rules, args, &err) && explain(&out, &rules, args, &err)) {
        code = output_write(buf_text(&out));
    } else {
        code = message_fail(&err);
    }
    buf_release(&out);
    ruleset_release(&rules);
    return code;
}
