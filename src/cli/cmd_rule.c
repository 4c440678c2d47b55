/* keywarden rule check, schema: are rules right, and what may they talk about. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/rule_events.h"
#include "cli/rules.h"

enum { OUT_SIZE_MAX = 64 << 20 };

const struct opt rule_check_opts[] = {
    {.name = "placeholders",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "values for Sigma's expand: a mapping of names to texts"},
    {.name = "quiet", .letter = 'q', .help = "say nothing where all is right"},
    {0},
};

const struct opt rule_schema_opts[] = {{0}};

static int finish(struct buf *out, int code)
{
    int written = output_write(buf_text(out));

    buf_release(out);
    return written != EXIT_OK ? written : code;
}

static int fail_usage(const char *text, const char *hint)
{
    struct err err = {0};

    (void)err_set(&err, ERR_USAGE, "%s", text);
    err_hint(&err, "%s", hint);
    return message_fail(&err);
}

/* Checks all rules of a file, so that one run shows all that is wrong. */
static bool check_controls(struct str path, struct str text, struct buf *out, bool is_quiet)
{
    struct ruleset rules;
    struct err err = {0};
    size_t wrong = 0;

    ruleset_init(&rules);
    if (!ruleset_add_text(&rules, path, text, &err)) {
        err_place(&err, path, 0, 0);
        message_error(&err);
        ruleset_release(&rules);
        return false;
    }
    for (size_t i = 0; i < rules.count; i++) {
        struct err one = {0};
        if (!ruleset_check_one(&rules, i, &one)) {
            const struct rule_origin *origin = &rules.origins[i];
            message_error(&one);
            rule_caret(origin->source, one.line, one.col);
            wrong++;
        }
    }
    if (!is_quiet || wrong > 0) {
        buf_printf(out, "%.*s: %zu rule%s, %zu wrong\n", STR_ARG(path), rules.count,
                   rules.count == 1 ? "" : "s", wrong);
    }
    ruleset_release(&rules);
    return wrong == 0;
}

/* Sigma rules of several files may be about each other: they go into one set. */
static bool check_file(struct str path, struct sigma_set *set, struct buf *out, bool is_quiet)
{
    struct buf text;
    struct err err = {0};
    bool ok = rules_read_file(path, &text, &err);

    if (!ok) {
        message_error(&err);
    } else if (sigma_is_text(buf_text(&text))) {
        ok = rule_events_check(set, path, buf_text(&text), out, is_quiet) == 0;
    } else {
        ok = check_controls(path, buf_text(&text), out, is_quiet);
    }
    buf_release(&text);
    return ok;
}

int cmd_rule_check(const struct command *command, const struct args *args)
{
    struct sigma_set set;
    struct buf out;
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    if (args->operand_count == 0) {
        return fail_usage("no rule file is named", "keywarden rule check my-rules.yaml");
    }
    sigma_set_init(&set);
    buf_init(&out, OUT_SIZE_MAX);
    if (!rule_events_placeholders(&set, args, &err)) {
        code = message_fail(&err);
    }
    for (size_t i = 0; err.kind == ERR_NONE && i < args->operand_count; i++) {
        if (!check_file(args->operands[i], &set, &out, args_has(args, "quiet"))) {
            code = EXIT_INPUT;
        }
    }
    if (code == EXIT_OK && !sigma_set_resolve(&set, &err)) {
        code = message_fail(&err);
    }
    sigma_set_release(&set);
    return finish(&out, code);
}

/* ---- schema --------------------------------------------------------------------------------- */

enum { SCHEMA_DEPTH_MAX = 8 };

static void write_attr(struct buf *out, const struct schema_attr *attr, unsigned depth)
{
    size_t begin = out->n;

    buf_fill(out, ' ', 2 + depth * 2);
    buf_str(out, attr->name);
    if (attr->is_list) {
        buf_str(out, STR("[]"));
    }
    buf_fill(out, ' ', out->n - begin < 34 ? 34 - (out->n - begin) : 1);
    buf_printf(out, "%-9.*s",
               STR_ARG(attr->type == TYPE_ENTITY && attr->entity->is_root
                           ? attr->entity->name
                           : rule_type_name(attr->type)));
    buf_printf(out, " %-14.*s", STR_ARG(schema_source_name(attr->source)));
    buf_str(out, attr->help);
    if (attr->binding == BIND_COLUMN) {
        buf_printf(out, "; column %.*s", STR_ARG(report_column_name(attr->column)));
    } else if (attr->obtain.n > 0) {
        buf_printf(out, "; %.*s", STR_ARG(attr->obtain));
    } else if (attr->entity != NULL && attr->entity->obtain.n > 0) {
        buf_printf(out, "; %.*s", STR_ARG(attr->entity->obtain));
    }
    if (attr->alias.n > 0) {
        buf_printf(out, "; also %.*s", STR_ARG(attr->alias));
    }
    buf_char(out, '\n');
}

static void write_attrs(struct buf *out, const struct schema_entity *entity, unsigned depth)
{
    for (size_t i = 0; i < entity->attr_count; i++) {
        const struct schema_attr *attr = &entity->attrs[i];
        write_attr(out, attr, depth);
        if (attr->type == TYPE_ENTITY && !attr->entity->is_root && depth < SCHEMA_DEPTH_MAX) {
            write_attrs(out, attr->entity, depth + 1);
        }
    }
}

int cmd_rule_schema(const struct command *command, const struct args *args)
{
    const struct schema_entity *entity = NULL;
    struct err err = {0};
    struct buf out;

    (void)command;
    buf_init(&out, OUT_SIZE_MAX);
    if (args->operand_count == 0) {
        for (size_t i = 0; schema_entities[i] != NULL; i++) {
            buf_printf(&out, "%-20.*s %.*s\n", STR_ARG(schema_entities[i]->name),
                       STR_ARG(schema_entities[i]->help));
        }
        return finish(&out, EXIT_OK);
    }
    entity = schema_entity_find(args->operands[0]);
    if (entity == NULL) {
        struct str near = schema_entity_nearest(args->operands[0]);
        (void)err_set(&err, ERR_USAGE, "there is no entity '%.*s'", STR_ARG(args->operands[0]));
        if (near.n > 0) {
            err_hint(&err, "did you mean '%.*s'?", STR_ARG(near));
        }
        buf_release(&out);
        return message_fail(&err);
    }
    buf_printf(&out, "%.*s: %.*s\n", STR_ARG(entity->name), STR_ARG(entity->help));
    if (entity->obtain.n > 0) {
        buf_printf(&out, "  collected by %.*s\n", STR_ARG(entity->obtain));
    }
    buf_char(&out, '\n');
    write_attrs(&out, entity, 0);
    return finish(&out, EXIT_OK);
}
