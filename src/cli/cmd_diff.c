/* keywarden diff: what changed between two sets of reports. */
#include "audit/diff.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/exception_files.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/progress.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"
#include "render/terminal.h"
#include "report/diff_report.h"

const struct opt diff_opts[] = {
    {.name = "format",
     .letter = 'f',
     .arg = "NAME",
     .help = "table (default), json, csv or markdown"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "as-of-old", .arg = "TIME", .help = "judge OLD as of then: 2026-11-01"},
    {.name = "as-of-new", .arg = "TIME", .help = "judge NEW as of then"},
    {.name = "pack",
     .arg = "NAME",
     .is_repeatable = true,
     .help = "judge by this built-in pack (default keywarden)"},
    {.name = "rules",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "judge by these rules; alone they replace the packs"},
    {.name = "param",
     .arg = "ID.NAME=N",
     .is_repeatable = true,
     .help = "set a control's parameter: access-key-rotated.days=30"},
    {.name = "exceptions",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "accept the findings that this file names, until its days"},
    {.name = "all", .help = "show all changes, and every use of a password or key, in the table"},
    {.name = "fail-on",
     .arg = "SEVERITY",
     .help = "exit 1 for new failures from this severity on: critical, high (default), medium, "
             "low, info, never"},
    {.name = "strict",
     .arg = "all",
     .is_arg_optional = true,
     .help = "new unknowns count too where input lacks something; =all: every new unknown"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "quiet", .letter = 'q', .help = "no notes and warnings, only errors"},
    {.name = "color", .arg = "WHEN", .help = "auto (default), always or never"},
    {0},
};

enum { OUT_SIZE_MAX = 1 << 30, FLUSH_SIZE = 1 << 16, PIPE_COLUMNS = 100 };

struct diff_job {
    const struct args *args;
    struct ruleset rules;
    struct exceptions exceptions;
    struct diff_config config;
    struct diff_result result;
    const struct diff_writer *writer;
    struct report_options options;
    struct file_out out;
    struct terminal_filter filter;
    struct progress progress;
    struct buf packs, text, filtered;
    bool is_quiet, is_strict, is_strict_all;
};

static void show_message(void *shared, enum audit_message kind, const struct err *err)
{
    struct diff_job *job = shared;

    progress_end(&job->progress);
    if (kind == AUDIT_ERROR) {
        message_error(err);
    } else if (!job->is_quiet && kind == AUDIT_WARNING) {
        message_warning(err);
    } else if (!job->is_quiet) {
        message_note(err);
    }
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    struct diff_job *job = shared;

    progress_show(&job->progress, bytes, reports);
}

/* ---- options -------------------------------------------------------------------------------- */

static bool read_operands(struct diff_job *job, struct err *err)
{
    const struct args *args = job->args;

    if (args->operand_count != DIFF_SIDES) {
        (void)err_set(err, ERR_USAGE, "two sides are compared, and %zu %s named",
                      args->operand_count, args->operand_count == 1 ? "is" : "are");
        err_hint(err, "name the older report or folder, then the newer one");
        return false;
    }
    if (str_eq(args->operands[0], STR("-")) && str_eq(args->operands[1], STR("-"))) {
        return err_set(err, ERR_USAGE, "only one side can be standard input");
    }
    job->config.sides[DIFF_BEFORE].path = args->operands[0];
    job->config.sides[DIFF_AFTER].path = args->operands[1];
    return true;
}

static bool read_format(struct diff_job *job, struct err *err)
{
    struct str name = args_value(job->args, "format", STR("table"));

    job->writer = diff_writer_find(name);
    if (job->writer != NULL) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(name));
    err_hint(err, "use table, json, csv or markdown");
    return false;
}

static bool read_options(struct diff_job *job, struct err *err)
{
    const struct args *args = job->args;
    struct diff_side_config *before = &job->config.sides[DIFF_BEFORE];
    struct diff_side_config *after = &job->config.sides[DIFF_AFTER];

    job->is_quiet = args_has(args, "quiet");
    job->options.show_all = args_has(args, "all");
    job->options.version = STR(KEYWARDEN_VERSION);
    job->config.now = system_now();
    job->config.jobs = system_cpu_count();
    job->config.simd = simd_level_detect();
    return read_operands(job, err) && read_format(job, err) &&
           option_read_fail_on(args, &job->options.fail_on, &job->options.fail_on_never, err) &&
           option_read_strict(args, &job->is_strict, &job->is_strict_all, err) &&
           option_read_time(args, "as-of-old", &before->has_as_of, &before->as_of, err) &&
           option_read_time(args, "as-of-new", &after->has_as_of, &after->as_of, err) &&
           option_read_jobs(args, &job->config.jobs, err) &&
           rules_load(&job->rules, args, &job->packs, err) &&
           exception_files_read(&job->exceptions, args, &job->rules, &job->config.exceptions, err);
}

/* ---- output --------------------------------------------------------------------------------- */

static bool flush(struct diff_job *job, struct err *err)
{
    struct str bytes = buf_text(&job->text);

    if (job->text.overflowed) {
        return err_set(err, ERR_INPUT, "the changes of one account need more than %d MiB",
                       OUT_SIZE_MAX >> 20);
    }
    if (job->out.is_terminal && job->writer != &diff_table) {
        buf_clear(&job->filtered);
        terminal_filter_write(&job->filter, &job->filtered, bytes);
        bytes = buf_text(&job->filtered);
    }
    bool ok = file_out_write(&job->out, bytes, err);
    buf_clear(&job->text);
    return ok;
}

static bool write_diff(struct diff_job *job, struct err *err)
{
    const struct diff *diff = &job->result.diff;
    size_t to = 0;

    job->writer->begin(&job->text, diff, &job->options);
    for (size_t from = 0; from < diff->change_count; from = to) {
        to = diff_part_end(job->writer, diff, from);
        job->writer->part(&job->text, diff, from, to, &job->options);
        if (job->text.n >= FLUSH_SIZE && !flush(job, err)) {
            return false;
        }
    }
    if (job->writer->end != NULL) {
        job->writer->end(&job->text, diff, &job->options);
    }
    return flush(job, err) && file_out_commit(&job->out, err);
}

static void warn(struct diff_job *job, const char *text, const char *hint)
{
    struct err err = {0};

    (void)err_set(&err, ERR_INPUT, "%s", text);
    err_hint(&err, "%s", hint);
    show_message(job, AUDIT_WARNING, &err);
}

/* What makes a comparison doubtful. */
static void tell_doubts(struct diff_job *job)
{
    const struct posture *before = job->result.diff.before, *after = job->result.diff.after;

    if (job->result.diff.account_count == 0) {
        warn(job, "no account is on both sides", "OLD and NEW are of other accounts");
    }
    if (before->as_of_min > after->as_of_max) {
        warn(job, "OLD is later than NEW", "name the older side first");
    }
    if (job->writer != &diff_table && (before->as_of_clock || after->as_of_clock)) {
        struct err note = {0};
        char text[40];
        struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};
        instant_write(&time, job->config.now);
        (void)err_set(&note, ERR_INPUT, "%s judged as of %.*s, this machine's clock",
                      !after->as_of_clock    ? "OLD was"
                      : !before->as_of_clock ? "NEW was"
                                             : "both sides were",
                      STR_ARG(buf_text(&time)));
        err_hint(&note, "a CSV report does not say when it was made: give --as-of-old and "
                        "--as-of-new");
        show_message(job, AUDIT_NOTE, &note);
    }
}

/* Against nothing, everything would have joined or left. */
static bool has_both_sides(const struct diff_job *job, struct err *err)
{
    const struct diff *diff = &job->result.diff;

    if (diff->before->report_count > 0 && diff->after->report_count > 0) {
        return true;
    }
    (void)err_set(err, ERR_INPUT, "no credential report was found in %s",
                  diff->before->report_count == 0 ? "OLD" : "NEW");
    err_hint(err, "folders are searched for *.csv, *.csv.gz and *.json");
    return false;
}

static bool run(struct diff_job *job, struct err *err)
{
    if (!file_out_open(&job->out, args_value(job->args, "output", STR("-")), err) ||
        !option_read_color(job->args, job->out.is_terminal, &job->options.color, err)) {
        return false;
    }
    job->options.columns = job->out.is_terminal ? system_terminal_columns(1) : PIPE_COLUMNS;
    job->options.packs = buf_text(&job->packs);
    job->config.rules = &job->rules;
    job->config.message = show_message;
    job->config.progress = show_progress;
    job->config.shared = job;
    progress_begin(&job->progress, job->is_quiet);
    bool ok = diff_run(&job->config, &job->result, err);
    progress_end(&job->progress);
    if (!ok) {
        return false;
    }
    if (!has_both_sides(job, err)) {
        return false;
    }
    tell_doubts(job);
    return write_diff(job, err);
}

static bool is_alarming(const struct diff_job *job, const struct change *change)
{
    if (change->kind != KIND_FINDING || change->severity < job->options.fail_on) {
        return false;
    }
    return change_is_failure(change) ||
           (change_is_unknown(change) &&
            (job->is_strict_all || (job->is_strict && change->after.gap == GAP_INPUT)));
}

static int exit_code(const struct diff_job *job)
{
    const struct diff *diff = &job->result.diff;

    if (diff->before->error_count + diff->after->error_count > 0) {
        return EXIT_INPUT;
    }
    for (size_t i = 0; i < diff->change_count && !job->options.fail_on_never; i++) {
        if (is_alarming(job, &diff->changes[i])) {
            return EXIT_FINDINGS;
        }
    }
    return EXIT_OK;
}

int cmd_diff(const struct command *command, const struct args *args)
{
    struct diff_job job = {.args = args};
    struct err err = {0};
    int code = EXIT_BUG;

    (void)command;
    ruleset_init(&job.rules);
    exceptions_init(&job.exceptions);
    buf_init(&job.packs, 4096);
    buf_init(&job.text, OUT_SIZE_MAX);
    buf_init(&job.filtered, OUT_SIZE_MAX);
    if (read_options(&job, &err) && run(&job, &err)) {
        code = exit_code(&job);
    } else {
        code = message_fail(&err);
    }
    file_out_abandon(&job.out);
    diff_result_release(&job.result);
    exceptions_release(&job.exceptions);
    ruleset_release(&job.rules);
    buf_release(&job.packs);
    buf_release(&job.text);
    buf_release(&job.filtered);
    return code;
}
