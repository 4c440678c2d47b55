/* keywarden exception lint: are exception files right, and do they still hold. */
#include <stdio.h>

#include "audit/embedded.h"
#include "audit/exceptions.h"
#include "base/arena.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"

enum { FILE_SIZE_MAX = 8 << 20, OUT_SIZE_MAX = 1 << 20 };

const struct opt exception_lint_opts[] = {
    {.name = "as-of", .arg = "TIME", .help = "what has expired by then is wrong (default now)"},
    {.name = "pack",
     .arg = "NAME",
     .is_repeatable = true,
     .help = "only the controls of this pack are known (default all built-in packs)"},
    {.name = "rules",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "the controls in this file are known too"},
    {.name = "strict", .help = "warnings are errors"},
    {.name = "quiet", .letter = 'q', .help = "say nothing where all is right"},
    {0},
};

struct linted_file {
    struct str path;
    struct buf text;
    size_t errors, warnings;
};

struct lint {
    struct exceptions set;
    struct linted_file *files;
    size_t file_count;
    /* Ids of the controls there are, in the rulesets that own them. */
    struct ruleset *rulesets;
    size_t ruleset_count;
    struct str *ids;
    size_t id_count;
};

static void lint_init(struct lint *lint, const struct args *args)
{
    size_t packs = 0;

    for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
        packs++;
    }
    *lint = (struct lint){.file_count = args->operand_count};
    exceptions_init(&lint->set);
    lint->files = mem_array(args->operand_count, sizeof *lint->files);
    for (size_t i = 0; i < lint->file_count; i++) {
        lint->files[i].path = args->operands[i];
        buf_init(&lint->files[i].text, FILE_SIZE_MAX);
    }
    lint->rulesets = mem_array(packs + args->value_count, sizeof *lint->rulesets);
}

static void lint_release(struct lint *lint)
{
    exceptions_release(&lint->set);
    for (size_t i = 0; i < lint->file_count; i++) {
        buf_release(&lint->files[i].text);
    }
    for (size_t i = 0; i < lint->ruleset_count; i++) {
        ruleset_release(&lint->rulesets[i]);
    }
    mem_free(lint->files);
    mem_free(lint->rulesets);
    mem_free(lint->ids);
}

/* ---- controls ------------------------------------------------------------------------------- */

/* Packs may share ids, which one ruleset does not allow: each has its own. */
static struct ruleset *ruleset_next(struct lint *lint)
{
    struct ruleset *rules = &lint->rulesets[lint->ruleset_count++];

    ruleset_init(rules);
    return rules;
}

static bool load_rulesets(struct lint *lint, const struct args *args, struct err *err)
{
    struct str value;

    for (size_t i = 0; args_nth(args, "pack", i, &value); i++) {
        if (!ruleset_add_pack(ruleset_next(lint), value, err)) {
            return false;
        }
    }
    for (const struct embedded_pack *pack = embedded_packs;
         pack->name.n > 0 && !args_has(args, "pack"); pack++) {
        if (!ruleset_add_pack(ruleset_next(lint), pack->name, err)) {
            return false;
        }
    }
    for (size_t i = 0; args_nth(args, "rules", i, &value); i++) {
        if (!rules_add_file(ruleset_next(lint), value, err)) {
            return false;
        }
    }
    return true;
}

static void gather_ids(struct lint *lint)
{
    size_t count = 0;

    for (size_t i = 0; i < lint->ruleset_count; i++) {
        count += lint->rulesets[i].count;
    }
    lint->ids = mem_array(count, sizeof *lint->ids);
    for (size_t i = 0; i < lint->ruleset_count; i++) {
        for (size_t k = 0; k < lint->rulesets[i].count; k++) {
            lint->ids[lint->id_count++] = lint->rulesets[i].controls[k].id;
        }
    }
}

/* ---- files ---------------------------------------------------------------------------------- */

static void show_problem(void *shared, bool is_error, const struct err *err)
{
    struct lint *lint = shared;

    if (is_error) {
        message_error(err);
    } else {
        message_warning(err);
    }
    for (size_t i = 0; i < lint->file_count; i++) {
        struct linted_file *file = &lint->files[i];
        if (str_eq(file->path, str_from(err->place))) {
            file->errors += is_error;
            file->warnings += !is_error;
            rule_caret(buf_text(&file->text), err->line, err->col);
            return;
        }
    }
}

static bool load_file(struct lint *lint, struct linted_file *file, struct exception_sink *sink)
{
    struct err err = {0};

    if (file_read_all(file->path, FILE_SIZE_MAX, &file->text, &err)) {
        return exceptions_add_text(&lint->set, file->path, buf_text(&file->text), sink);
    }
    err_place(&err, file->path, 0, 0);
    message_error(&err);
    sink->error_count++;
    file->errors++;
    return false;
}

static void write_summary(const struct lint *lint, const struct linted_file *file, struct buf *out)
{
    size_t count = 0;

    for (size_t i = 0; i < lint->set.count; i++) {
        count += str_eq(lint->set.rules[i].exception.file, file->path);
    }
    buf_printf(out, "%.*s: %zu exception%s read, %zu error%s, %zu warning%s\n", STR_ARG(file->path),
               count, count == 1 ? "" : "s", file->errors, file->errors == 1 ? "" : "s",
               file->warnings, file->warnings == 1 ? "" : "s");
}

static bool read_as_of(const struct args *args, int64_t *as_of, struct err *err)
{
    struct str value = args_value(args, "as-of", STR(""));

    *as_of = system_now();
    if (!args_has(args, "as-of") || instant_parse_human(value, as_of)) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--as-of takes no '%.*s'", STR_ARG(value));
    err_hint(err, "use 2026-11-01 or 2026-11-01T00:00:00Z");
    return false;
}

static bool lint_files(struct lint *lint, const struct args *args, struct exception_sink *sink,
                       struct err *err)
{
    struct str_list ids;
    int64_t as_of = 0;
    bool ok = true;

    if (args->operand_count == 0) {
        (void)err_set(err, ERR_USAGE, "no exception file is named");
        err_hint(err, "keywarden exception lint exceptions.yaml");
        return false;
    }
    if (!read_as_of(args, &as_of, err) || !load_rulesets(lint, args, err)) {
        return false;
    }
    gather_ids(lint);
    for (size_t i = 0; i < lint->file_count; i++) {
        ok &= load_file(lint, &lint->files[i], sink);
    }
    ids = (struct str_list){lint->ids, lint->id_count};
    exceptions_lint(&lint->set, &ids, as_of, sink);
    return ok;
}

int cmd_exception_lint(const struct command *command, const struct args *args)
{
    struct lint lint;
    struct exception_sink sink = {show_problem, &lint, 0, 0};
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    lint_init(&lint, args);
    buf_init(&out, OUT_SIZE_MAX);
    if (!lint_files(&lint, args, &sink, &err) && err.kind != ERR_NONE) {
        code = message_fail(&err);
    } else {
        bool is_wrong =
            sink.error_count > 0 || (args_has(args, "strict") && sink.warning_count > 0);
        for (size_t i = 0; i < lint.file_count && (is_wrong || !args_has(args, "quiet")); i++) {
            write_summary(&lint, &lint.files[i], &out);
        }
        code = output_write(buf_text(&out));
        code = code == EXIT_OK && is_wrong ? EXIT_INPUT : code;
    }
    buf_release(&out);
    lint_release(&lint);
    return code;
}
