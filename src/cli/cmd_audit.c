/* keywarden audit: reports through rules to a report of findings. */
#include <stdio.h>

#include "audit/engine.h"
#include "base/instant.h"
#include "cli/audit_options.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
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
    bool is_store_damaged;
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
    job->is_store_damaged |= err->kind == ERR_STORE;
    audit_options_tell(&job->options, kind, err);
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    struct audit_job *job = shared;

    progress_show(&job->progress, bytes, reports);
}

/* How many findings a format that is made of the posture shows of each control. */
static size_t samples_of(const struct report_format *format)
{
    if (format == &report_table) {
        return SAMPLES_TABLE;
    }
    return format->finding == NULL && format != &report_summary ? SAMPLES_HTML : 0;
}

static bool run_audit(struct audit_job *job, struct err *err)
{
    struct audit_options *options = &job->options;
    const struct report_format *format = options->config.format;

    /* Reports that end with totals say how many unknowns the input is to blame for. */
    options->config.wants_gaps =
        options->is_strict || (format->end != NULL && format != &report_summary);
    posture_init(&job->posture, options->rules.pointers, options->rules.count, samples_of(format));
    return audit_run(&options->config, &job->posture, err);
}

static bool run_compare(struct audit_job *job, struct err *err)
{
    struct compare_job compare = {.peers = &job->options.peers,
                                  .format = job->options.compare,
                                  .config = job->options.config};

    return compare_run(&compare, &job->posture, err);
}

/* Whether the output is for people, and made at the end. */
static bool is_table(const struct audit_options *options)
{
    return options->compare != NULL ? options->compare == &compare_table
                                    : options->config.format == &report_table;
}

/* Whether findings come while the audit runs. */
static bool is_stream(const struct audit_options *options)
{
    return options->compare != NULL ? options->compare->difference != NULL
                                    : options->config.format->finding != NULL;
}

static bool run(struct audit_job *job, struct err *err)
{
    struct audit_options *options = &job->options;
    struct audit_config *config = &options->config;

    if (!file_out_open(&job->out, args_value(options->args, "output", STR("-")), err) ||
        !option_read_color(options->args, job->out.is_terminal, &options->report.color, err)) {
        return false;
    }
    options->report.columns = job->out.is_terminal ? system_terminal_columns(1) : 100;
    job->is_filtered = job->out.is_terminal && !is_table(options);
    config->write = write_output;
    config->message = show_message;
    /* Where findings go to the terminal, they are progress enough. */
    progress_begin(&job->progress,
                   options->is_quiet || (job->out.is_terminal && is_stream(options)));
    config->progress = show_progress;
    config->shared = job;
    bool ok = !audit_options_prepare(options, err) ? false
              : options->compare != NULL           ? run_compare(job, err)
                                                   : run_audit(job, err);
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

    const struct report_format *format = job->options.config.format;

    if (job->options.is_quiet || !job->posture.as_of_clock || job->posture.report_count == 0 ||
        is_table(&job->options) || format == &report_html || format == &report_markdown) {
        return;
    }
    instant_write(&time, job->options.config.now);
    (void)err_set(&note, ERR_INPUT, "judged as of %.*s, this machine's clock",
                  STR_ARG(buf_text(&time)));
    err_hint(&note, "a CSV report does not say when it was made: give --as-of");
    message_note(&note);
}

/* Whether verdicts of that severity fail the run. */
static bool is_failed(const struct audit_options *options, enum severity severity,
                      const struct class_tally *tally)
{
    return severity >= options->report.fail_on &&
           (tally->counts[STATUS_FAIL] > 0 || (options->is_strict && tally->unknown_input > 0) ||
            (options->is_strict_all && tally->counts[STATUS_UNKNOWN] > 0));
}

static int exit_code(const struct audit_job *job)
{
    const struct posture *posture = &job->posture;
    struct err err = {0};

    if (job->is_store_damaged) {
        return EXIT_STORE;
    }
    if (posture->error_count > 0) {
        return EXIT_INPUT;
    }
    if (posture->report_count == 0 && posture->archive.n > 0) {
        (void)err_set(&err, ERR_INPUT, "the store holds no snapshot");
        err_hint(&err, "bring some with 'keywarden store import'");
        return message_fail(&err);
    }
    if (posture->report_count == 0) {
        (void)err_set(&err, ERR_INPUT, "no credential report was found");
        err_hint(&err, "folders are searched for *.csv, *.csv.gz and *.json");
        return message_fail(&err);
    }
    if (job->options.compare != NULL) {
        return EXIT_OK; /* a comparison is no verdict */
    }
    for (size_t i = 0; i < posture->control_count && !job->options.report.fail_on_never; i++) {
        const struct control_tally *tally = &posture->tallies[i];
        enum severity declared = posture->controls[i]->severity;
        struct class_tally rest = control_tally_rest(tally);
        if (is_failed(&job->options, declared, &rest) ||
            is_failed(&job->options, asset_severity(declared, ASSET_SMALL), &tally->small) ||
            is_failed(&job->options, asset_severity(declared, ASSET_LARGE), &tally->large)) {
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
    job.options.tells_lives = true;
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
