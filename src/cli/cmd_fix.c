/* keywarden fix: what would mend the findings. `plan` writes it down; nothing is applied. */
#include <limits.h>

#include "audit/engine.h"
#include "base/arena.h"
#include "cli/audit_options.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "os/file.h"
#include "remedy/script.h"

const struct opt fix_plan_opts[] = {
    {.name = "format", .letter = 'f', .arg = "NAME", .help = "cli (default): a shell script"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "control", .arg = "ID", .is_repeatable = true, .help = "plan for this control only"},
    {.name = "account", .arg = "ID", .help = "plan for this account only"},
    {.name = "store",
     .arg = "FILE",
     .help = "plan for each account's newest snapshot in this store, in place of paths"},
    {.name = "as-of",
     .arg = "TIME",
     .help = "judge as of then: 2026-11-01 or 2026-11-01T00:00:00Z"},
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
     .help = "leave out the findings that this file accepts"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "quiet", .letter = 'q', .help = "no notes and warnings, only errors"},
    {0},
};

struct fix_job {
    struct audit_options options;
    struct posture posture;
    struct plan_filter filter;
    struct plan plan;
    struct str *controls;
    struct file_out out;
    struct progress progress;
    bool is_store_damaged;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool fail_control(const struct ruleset *rules, struct str id, struct err *err)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    (void)err_set(err, ERR_USAGE, "no loaded control is called '%.*s'", STR_ARG(id));
    for (size_t i = 0; i < rules->count; i++) {
        if (str_is_near(id, rules->controls[i].id, &best)) {
            near = rules->controls[i].id;
        }
    }
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    } else {
        err_hint(err, "'keywarden rule list' lists them");
    }
    return false;
}

static bool read_controls(struct fix_job *job, const struct args *args, struct err *err)
{
    const struct ruleset *rules = &job->options.rules;
    struct str id;

    job->controls = mem_array(args->value_count, sizeof *job->controls);
    job->filter.controls = job->controls;
    for (size_t i = 0; args_nth(args, "control", i, &id); i++) {
        size_t at = 0;
        while (at < rules->count && !str_eq(rules->controls[at].id, id)) {
            at++;
        }
        if (at == rules->count) {
            return fail_control(rules, id, err);
        }
        job->controls[job->filter.control_count++] = id;
    }
    return true;
}

static bool read_options(struct fix_job *job, const struct args *args, struct err *err)
{
    struct str format = args_value(args, "format", STR("cli"));

    if (!str_eq(format, STR("cli"))) {
        (void)err_set(err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(format));
        err_hint(err, "use cli, a shell script");
        return false;
    }
    job->filter.account = args_value(args, "account", STR(""));
    if (args_has(args, "account") && !step_account_is_known(job->filter.account)) {
        return err_set(err, ERR_USAGE, "--account takes the 12 digits of an account, not '%.*s'",
                       STR_ARG(job->filter.account));
    }
    job->options.config.format = &step_format;
    return audit_options_read(&job->options, args, err) && read_controls(job, args, err);
}

/* ---- callbacks of the audit ----------------------------------------------------------------- */

static bool collect(void *shared, struct str bytes, struct err *err)
{
    struct fix_job *job = shared;

    return plan_add(&job->plan, bytes, err);
}

static bool write_output(void *shared, struct str bytes, struct err *err)
{
    struct fix_job *job = shared;

    return file_out_write(&job->out, bytes, err);
}

static void show_message(void *shared, enum audit_message kind, const struct err *err)
{
    struct fix_job *job = shared;

    progress_end(&job->progress);
    job->is_store_damaged |= err->kind == ERR_STORE;
    audit_options_tell(&job->options, kind, err);
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    struct fix_job *job = shared;

    progress_show(&job->progress, bytes, reports);
}

/* ---- the plan ------------------------------------------------------------------------------- */

static bool run(struct fix_job *job, struct err *err)
{
    struct audit_config *config = &job->options.config;
    struct script_sink sink = {write_output, job};

    if (!file_out_open(&job->out, args_value(job->options.args, "output", STR("-")), err)) {
        return false;
    }
    config->write = collect;
    config->message = show_message;
    config->progress = show_progress;
    config->shared = job;
    progress_begin(&job->progress, job->options.is_quiet);
    posture_init(&job->posture, job->options.rules.pointers, job->options.rules.count, 0);
    bool ok = audit_run(config, &job->posture, err);
    progress_end(&job->progress);
    if (!ok) {
        return false;
    }
    if (job->posture.report_count == 0) {
        /* A plan of nothing would say that there is nothing to mend. */
        (void)err_set(err, ERR_INPUT, "no credential report was read, so there is no plan");
        err_hint(err, "folders are searched for *.csv, *.csv.gz and *.json");
        return false;
    }
    plan_order(&job->plan);
    return script_write(&job->plan, &job->posture, &job->options.report, sink, err) &&
           file_out_commit(&job->out, err);
}

int cmd_fix_plan(const struct command *command, const struct args *args)
{
    struct fix_job job = {0};
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    audit_options_init(&job.options);
    plan_init(&job.plan, &job.filter);
    if (!read_options(&job, args, &err) || !run(&job, &err)) {
        code = message_fail(&err);
    } else if (job.posture.error_count > 0) {
        code = job.is_store_damaged ? EXIT_STORE : EXIT_INPUT;
    }
    file_out_abandon(&job.out);
    posture_release(&job.posture);
    plan_release(&job.plan);
    mem_free(job.controls);
    audit_options_release(&job.options);
    return code;
}
