/* keywarden audit: reports through rules to a report of findings. */
#include <stdio.h>

#include "audit/engine.h"
#include "base/instant.h"
#include "cli/audit_options.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "os/file.h"
#include "os/system.h"
#include "render/terminal.h"

/* How many findings of a control a posture keeps for the formats that are made of it. */
enum { SAMPLES_TABLE = 20, SAMPLES_HTML = 200, PATHS_MAX = 1 << 20 };

struct audit_job {
    struct audit_options options;
    struct posture posture;
    struct file_out out;
    struct terminal_filter filter;
    struct progress progress;
    bool is_filtered;
    struct buf filtered;
};

static bool write_output(void *shared, struct str bytes, struct err *err)
{
    struct audit_job *job = shared;

    if (!job->is_filtered) {
        return file_out_write(&job->out, bytes, err);
    }
    buf_clear(&job->filtered);
    terminal_filter_write(&job->filter, &job->filtered, bytes);
    return file_out_write(&job->out, buf_text(&job->filtered), err);
}

static void show_message(void *shared, enum audit_message kind, const struct err *err)
{
    struct audit_job *job = shared;

    progress_end(&job->progress);
    if (kind == AUDIT_ERROR) {
        message_error(err);
    } else if (!job->options.is_quiet && kind == AUDIT_WARNING) {
        message_warning(err);
    } else if (!job->options.is_quiet) {
        message_note(err);
    }
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    struct audit_job *job = shared;

    progress_show(&job->progress, bytes, reports);
}

static bool read_color(struct audit_job *job, struct err *err)
{
    struct str value = args_value(job->options.args, "color", STR("auto"));

    if (str_eq(value, STR("auto"))) {
        job->options.report.color = job->out.is_terminal && system_env("NO_COLOR").n == 0;
    } else if (str_eq(value, STR("always")) || str_eq(value, STR("never"))) {
        job->options.report.color = str_eq(value, STR("always"));
    } else {
        return err_set(err, ERR_USAGE, "--color takes auto, always or never, not '%.*s'",
                       STR_ARG(value));
    }
    job->options.report.columns = job->out.is_terminal ? system_terminal_columns(1) : 100;
    return true;
}

/* How many findings a format that is made of the posture shows of each control. */
static size_t samples_of(const struct report_format *format)
{
    if (format == &report_table) {
        return SAMPLES_TABLE;
    }
    return format->finding == NULL && format != &report_summary ? SAMPLES_HTML : 0;
}

static bool run(struct audit_job *job, struct err *err)
{
    struct audit_options *options = &job->options;
    struct audit_config *config = &options->config;
    const struct report_format *format = config->format;

    if (!file_out_open(&job->out, args_value(options->args, "output", STR("-")), err) ||
        !read_color(job, err)) {
        return false;
    }
    job->is_filtered = job->out.is_terminal && format != &report_table;
    /* Reports that end with totals say how many unknowns the input is to blame for. */
    config->wants_gaps = options->is_strict || (format->end != NULL && format != &report_summary);
    config->write = write_output;
    config->message = show_message;
    /* Where findings go to the terminal, they are progress enough. */
    progress_begin(&job->progress,
                   options->is_quiet || (job->out.is_terminal && format->finding != NULL));
    config->progress = show_progress;
    config->shared = job;
    posture_init(&job->posture, options->rules.pointers, options->rules.count, samples_of(format));
    bool ok = audit_run(config, &job->posture, err);
    progress_end(&job->progress);
    if (!ok) {
        return false;
    }
    if (job->is_filtered) {
        buf_clear(&job->filtered);
        terminal_filter_end(&job->filter, &job->filtered);
        if (!file_out_write(&job->out, buf_text(&job->filtered), err)) {
            return false;
        }
    }
    return file_out_commit(&job->out, err);
}

static void note_clock(const struct audit_job *job)
{
    struct err note = {0};
    char text[40];
    struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    if (job->options.is_quiet || !job->posture.as_of_clock || job->posture.report_count == 0 ||
        job->options.config.format == &report_table || job->options.config.format == &report_html) {
        return;
    }
    instant_write(&time, job->options.config.now);
    (void)err_set(&note, ERR_INPUT, "judged as of %.*s, this machine's clock",
                  STR_ARG(buf_text(&time)));
    err_hint(&note, "a CSV report does not say when it was made: give --as-of");
    message_note(&note);
}

static int exit_code(const struct audit_job *job)
{
    const struct posture *posture = &job->posture;
    struct err err = {0};

    if (posture->error_count > 0) {
        return EXIT_INPUT;
    }
    if (posture->report_count == 0) {
        (void)err_set(&err, ERR_INPUT, "no credential report was found");
        err_hint(&err, "folders are searched for *.csv, *.csv.gz and *.json");
        return message_fail(&err);
    }
    for (size_t i = 0; i < posture->control_count && !job->options.report.fail_on_never; i++) {
        const struct control_tally *tally = &posture->tallies[i];
        if (posture->controls[i]->severity < job->options.report.fail_on) {
            continue;
        }
        if (tally->counts[STATUS_FAIL] > 0 ||
            (job->options.is_strict && tally->unknown_input > 0) ||
            (job->options.is_strict_all && tally->counts[STATUS_UNKNOWN] > 0)) {
            return EXIT_FINDINGS;
        }
    }
    return EXIT_OK;
}

int cmd_audit(const struct command *command, const struct args *args)
{
    struct audit_job job = {0};
    struct err err = {0};
    int code = EXIT_BUG;

    (void)command;
    audit_options_init(&job.options);
    buf_init(&job.filtered, 1 << 30);
    if (audit_options_read(&job.options, args, &err) && run(&job, &err)) {
        note_clock(&job);
        code = exit_code(&job);
    } else {
        code = message_fail(&err);
    }
    file_out_abandon(&job.out);
    posture_release(&job.posture);
    audit_options_release(&job.options);
    buf_release(&job.filtered);
    return code;
}
