/* keywarden study: the figures of a fleet over time. */
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/progress.h"
#include "os/file.h"
#include "os/system.h"
#include "render/terminal.h"
#include "study/figures.h"
#include "study/format.h"
#include "study/sample_folders.h"
#include "study/sample_store.h"
#include "study/study.h"

const struct opt study_opts[] = {
    {.name = "store", .arg = "FILE", .help = "samples from this store, in place of a folder"},
    {.name = "kind", .arg = "KIND", .help = "root or iam: only these figures (default both)"},
    {.name = "sample", .arg = "DATE", .help = "figures of IAM users at this date (default newest)"},
    {.name = "weekly", .help = "take one sample of an account and week, where there are more"},
    {.name = "timeline",
     .arg = "FILE",
     .help = "what CloudTrail shows of root, beside: of trail scan --timeline"},
    {.name = "by", .arg = "GROUP", .help = "organization (default) or ou: what is compared"},
    {.name = "show", .arg = "FIGURE", .help = "list what is behind a figure, as CSV"},
    {.name = "csv-safe", .help = "with --show, guard names against formulas in spreadsheets"},
    {.name = "format", .letter = 'f', .arg = "NAME", .help = "table (default), csv, json or html"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "quiet", .letter = 'q', .help = "no notes and warnings, only errors"},
    {.name = "color", .arg = "WHEN", .help = "auto (default), always or never"},
    {0},
};

enum { OUT_SIZE_MAX = 1 << 30, TIMELINE_SIZE_MAX = 1 << 30, PIPE_COLUMNS = 100, ERRORS_SHOWN = 20 };

struct study_job {
    const struct args *args;
    struct str source; /* the folder or store */
    bool is_store;
    struct folders folders; /* one of the two */
    struct stored_fleet fleet;
    struct timeline timeline;
    struct study_config config;
    struct study_result result;
    struct study_errors errors;
    const struct study_format *format;
    struct study_options options;
    struct str show;
    struct file_out out;
    struct terminal_filter filter;
    struct progress progress;
    struct buf text, filtered;
    bool is_quiet;
};

static void show_progress(void *shared, uint64_t bytes, uint64_t samples)
{
    struct study_job *job = shared;

    progress_show(&job->progress, bytes, samples);
}

/* ---- options -------------------------------------------------------------------------------- */

static bool read_kind(struct study_job *job, struct err *err)
{
    struct str kind = args_value(job->args, "kind", STR("both"));

    job->config.kind = str_eq(kind, STR("root"))  ? STUDY_ROOT
                       : str_eq(kind, STR("iam")) ? STUDY_IAM
                                                  : STUDY_BOTH;
    if (job->config.kind == STUDY_BOTH && args_has(job->args, "kind")) {
        (void)err_set(err, ERR_USAGE, "there is no kind '%.*s'", STR_ARG(kind));
        err_hint(err, "use root or iam");
        return false;
    }
    return true;
}

/* Once the format is known. */
static bool read_grouping(struct study_job *job, struct err *err)
{
    struct str by = args_value(job->args, "by", STR("organization"));

    if (args_has(job->args, "by") && job->format == &study_csv) {
        return err_set(err, ERR_USAGE, "the figures of groups are in the table, html and json");
    }
    job->config.grouping = str_eq(by, STR("ou")) ? STUDY_BY_UNIT : STUDY_BY_ORGANIZATION;
    if (job->config.grouping == STUDY_BY_ORGANIZATION && !str_eq(by, STR("organization"))) {
        (void)err_set(err, ERR_USAGE, "accounts are not grouped by '%.*s'", STR_ARG(by));
        err_hint(err, "use organization or ou");
        return false;
    }
    return true;
}

static bool read_format(struct study_job *job, struct err *err)
{
    struct str name = args_value(job->args, "format", STR("table"));

    job->format = study_format_find(name);
    if (job->format == NULL) {
        (void)err_set(err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(name));
        err_hint(err, "use table, csv, json or html");
        return false;
    }
    return true;
}

static bool read_show(struct study_job *job, struct err *err)
{
    job->show = args_value(job->args, "show", STR(""));
    if (!args_has(job->args, "show")) {
        return true;
    }
    if (!study_show_knows(job->show)) {
        (void)err_set(err, ERR_USAGE, "there is no figure '%.*s'", STR_ARG(job->show));
        err_hint(err, "--format csv lists the figures by name");
        return false;
    }
    if (args_has(job->args, "format") && job->format != &study_csv) {
        return err_set(err, ERR_USAGE, "what is behind a figure is listed as csv");
    }
    job->config.offender_max = SIZE_MAX;
    job->config.kind = STUDY_BOTH;
    return true;
}

static bool read_source(struct study_job *job, struct err *err)
{
    const struct args *args = job->args;

    job->is_store = args_has(args, "store");
    if (args->operand_count + job->is_store != 1) {
        (void)err_set(err, ERR_USAGE, "one folder or store is studied, and %zu are named",
                      args->operand_count + job->is_store);
        err_hint(err, "name the folder that holds one folder per sample, 2020-09-13, or --store");
        return false;
    }
    job->source = job->is_store ? args_value(args, "store", STR("")) : args->operands[0];
    return true;
}

static bool read_options(struct study_job *job, struct err *err)
{
    const struct args *args = job->args;

    job->is_quiet = args_has(args, "quiet");
    job->config.csv_safe = args_has(args, "csv-safe");
    job->options.version = STR(KEYWARDEN_VERSION);
    job->config.jobs = system_cpu_count();
    job->config.jobs = job->config.jobs < STUDY_JOBS_MAX ? job->config.jobs : STUDY_JOBS_MAX;
    return read_source(job, err) && read_kind(job, err) && read_format(job, err) &&
           read_grouping(job, err) && read_show(job, err) &&
           option_read_jobs(args, &job->config.jobs, err);
}

/* --sample DATE, once the dates are known. */
static bool find_sample(struct study_job *job, struct err *err)
{
    struct str text = args_value(job->args, "sample", STR(""));
    const struct sample_provider *provider = job->config.provider;
    bool is_given = false;
    int64_t at = 0;

    if (!option_read_time(job->args, "sample", &is_given, &at, err) || !is_given) {
        return !is_given && err->kind == ERR_NONE;
    }
    for (size_t i = 0; i < provider->date_count; i++) {
        if (provider->dates[i] == at) {
            job->config.has_iam_date = true;
            job->config.iam_date = (uint32_t)i;
            return true;
        }
    }
    (void)err_set(err, ERR_INPUT, "there is no sample of %.*s in '%.*s'", STR_ARG(text),
                  STR_ARG(job->source));
    err_hint(err, "name a day on which samples were taken");
    return false;
}

/* ---- output --------------------------------------------------------------------------------- */

static bool write_output(void *shared, struct str bytes, struct err *err)
{
    struct study_job *job = shared;

    if (job->out.is_terminal && (job->show.n > 0 || !job->format->is_for_people)) {
        buf_clear(&job->filtered);
        terminal_filter_write(&job->filter, &job->filtered, bytes);
        bytes = buf_text(&job->filtered);
    }
    return file_out_write(&job->out, bytes, err);
}

static bool write_study(struct study_job *job, struct err *err)
{
    job->format->write(&job->text, &job->result, &job->options);
    if (job->text.overflowed) {
        return err_set(err, ERR_INPUT, "the study comes to more than %d MiB", OUT_SIZE_MAX >> 20);
    }
    return write_output(job, buf_text(&job->text), err);
}

/* Errors of the listing, then those of reading; the count of what is not shown. */
static void tell_errors(const struct study_job *job)
{
    uint64_t total = job->folders.error_total + job->errors.total;
    size_t shown = 0;

    for (size_t i = 0; i < job->folders.error_count && shown < ERRORS_SHOWN; i++, shown++) {
        message_error(&job->folders.errors[i]);
    }
    for (size_t i = 0; i < job->errors.count && shown < ERRORS_SHOWN; i++, shown++) {
        message_error(&job->errors.list[i]);
    }
    if (total > shown) {
        struct err err = {0};
        (void)err_set(&err, ERR_INPUT, "%llu more errors like these",
                      (unsigned long long)(total - shown));
        message_error(&err);
    }
}

/* Other formats than the table tell their notes to programs; a person may want to know, too. */
static void tell_notes(const struct study_job *job)
{
    for (size_t i = 0; i < job->result.note_count; i++) {
        struct err note = {0};
        (void)err_set(&note, ERR_INPUT, "%.*s", STR_ARG(job->result.notes[i].text));
        message_note(&note);
    }
}

static bool open_folders(struct study_job *job, struct err *err)
{
    const struct folders *folders = &job->folders;

    if (!folders_open(&job->folders, job->source, simd_level_detect(),
                      args_has(job->args, "weekly"), err)) {
        return false;
    }
    job->config.provider = &folders->provider;
    job->config.profile = folders->profile;
    job->config.duplicates = folders->duplicates;
    job->config.outside = folders->outside;
    job->config.not_reports = folders->not_reports;
    job->config.has_accounts = folders->has_accounts;
    return true;
}

static bool open_store(struct study_job *job, struct err *err)
{
    struct stored_fleet *fleet = &job->fleet;

    if (!stored_fleet_open(fleet, job->source, args_has(job->args, "weekly"), err)) {
        return false;
    }
    job->config.provider = &fleet->provider;
    job->config.profile = str_from(fleet->extent.profile);
    job->config.has_accounts = fleet->names.count > 1;
    return true;
}

static bool open_timeline(struct study_job *job, struct err *err)
{
    struct str path = args_value(job->args, "timeline", STR(""));
    struct buf text;
    bool ok = true;

    if (!args_has(job->args, "timeline")) {
        return true;
    }
    buf_init(&text, TIMELINE_SIZE_MAX);
    ok = file_read_all(path, TIMELINE_SIZE_MAX, &text, err);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    ok = ok && timeline_read(&job->timeline, path, &text, err);
    buf_release(&text);
    job->config.timeline = &job->timeline;
    return ok;
}

static bool run_study(struct study_job *job, struct err *err)
{
    job->config.source = job->source;
    job->config.progress = show_progress;
    job->config.shared = job;
    if (!study_run(&job->config, &job->result, &job->errors, err)) {
        return false;
    }
    return job->show.n > 0
               ? study_show(&job->config, &job->result, job->show, write_output, job, err)
               : true;
}

static bool run(struct study_job *job, struct err *err)
{
    bool ok = false;

    if (!file_out_open(&job->out, args_value(job->args, "output", STR("-")), err) ||
        !option_read_color(job->args, job->out.is_terminal, &job->options.color, err) ||
        !(job->is_store ? open_store(job, err) : open_folders(job, err)) ||
        !find_sample(job, err) || !open_timeline(job, err)) {
        return false;
    }
    job->options.columns = job->out.is_terminal ? system_terminal_columns(1) : PIPE_COLUMNS;
    progress_begin(&job->progress, job->is_quiet);
    ok = run_study(job, err);
    progress_end(&job->progress);
    if (!ok || (job->show.n == 0 && !write_study(job, err))) {
        return false;
    }
    return file_out_commit(&job->out, err);
}

static int exit_code(const struct study_job *job)
{
    struct err err = {0};

    tell_errors(job);
    for (size_t i = 0; i < job->errors.count; i++) {
        if (job->errors.list[i].kind == ERR_STORE) {
            return EXIT_STORE;
        }
    }
    if (job->folders.error_total + job->errors.total > 0) {
        return EXIT_INPUT;
    }
    if (job->result.sample_count == 0) {
        (void)err_set(&err, ERR_INPUT, "there is no sample in '%.*s'", STR_ARG(job->source));
        err_hint(&err, job->is_store ? "'keywarden store import' puts them there"
                                     : "samples are folders named by their date, 2020-09-13, that "
                                       "hold reports named by their account");
        return message_fail(&err);
    }
    return EXIT_OK;
}

int cmd_study(const struct command *command, const struct args *args)
{
    struct study_job job = {.args = args};
    struct err err = {0};
    int code = EXIT_BUG;

    (void)command;
    buf_init(&job.text, OUT_SIZE_MAX);
    buf_init(&job.filtered, OUT_SIZE_MAX);
    if (read_options(&job, &err) && run(&job, &err)) {
        if (!job.is_quiet && (job.show.n > 0 || job.format == &study_csv)) {
            tell_notes(&job);
        }
        code = exit_code(&job);
    } else {
        code = message_fail(&err);
    }
    file_out_abandon(&job.out);
    study_result_release(&job.result);
    folders_close(&job.folders);
    stored_fleet_close(&job.fleet);
    timeline_release(&job.timeline);
    buf_release(&job.text);
    buf_release(&job.filtered);
    return code;
}
