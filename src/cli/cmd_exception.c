/* keywarden exception lint: are exception files right, and do they still hold. */
#include <stdio.h>

#include "audit/exceptions.h"
#include "base/arena.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/known_controls.h"
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
    struct known_controls controls;
};

static void lint_init(struct lint *lint, const struct args *args)
{
    *lint = (struct lint){.file_count = args->operand_count};
    exceptions_init(&lint->set);
    lint->files = mem_array(args->operand_count, sizeof *lint->files);
    for (size_t i = 0; i < lint->file_count; i++) {
        lint->files[i].path = args->operands[i];
        buf_init(&lint->files[i].text, FILE_SIZE_MAX);
    }
}

static void lint_release(struct lint *lint)
{
    exceptions_release(&lint->set);
    for (size_t i = 0; i < lint->file_count; i++) {
        buf_release(&lint->files[i].text);
    }
    known_controls_release(&lint->controls);
    mem_free(lint->files);
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
    int64_t as_of = 0;
    bool ok = true;

    if (args->operand_count == 0) {
        (void)err_set(err, ERR_USAGE, "no exception file is named");
        err_hint(err, "keywarden exception lint exceptions.yaml");
        return false;
    }
    if (!read_as_of(args, &as_of, err) || !known_controls_load(&lint->controls, args, err)) {
        return false;
    }
    for (size_t i = 0; i < lint->file_count; i++) {
        ok &= load_file(lint, &lint->files[i], sink);
    }
    exceptions_lint(&lint->set, &lint->controls.ids, as_of, sink);
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
