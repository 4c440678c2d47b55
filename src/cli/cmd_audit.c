/* keywarden audit: reports through rules to a report of findings. */
#include <stdio.h>

#include "audit/compare.h"
#include "audit/engine.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"
#include "render/terminal.h"

const struct opt audit_opts[] = {
    {.name = "format",
     .letter = 'f',
     .arg = "NAME",
     .help =
         "table (default), csv, summary, json, jsonl, html, sarif, ocsf, asff, junit, markdown"},
    {.name = "output", .letter = 'o', .arg = "FILE", .help = "write there instead of the screen"},
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
    {.name = "compare",
     .arg = "NAMES",
     .help = "print where prowler,steampipe,security-hub,netskope would answer otherwise"},
    {.name = "all", .help = "show every evaluation, passes included"},
    {.name = "fail-on",
     .arg = "SEVERITY",
     .help = "exit 1 from this severity on: critical, high (default), medium, low, info, never"},
    {.name = "strict",
     .arg = "all",
     .is_arg_optional = true,
     .help = "unknowns fail too where input lacks something; =all: also what was never collected"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "quiet", .letter = 'q', .help = "no notes and warnings, only errors"},
    {.name = "color", .arg = "WHEN", .help = "auto (default), always or never"},
    {.name = "simd",
     .arg = "LEVEL",
     .help = "scalar, avx2 or avx512 at most (default what the processor has)"},
    {0},
};

/* How many findings of a control a posture keeps for the formats that are made of it. */
enum { SAMPLES_TABLE = 20, SAMPLES_HTML = 200, PATHS_MAX = 1 << 20 };

struct audit_job {
    const struct args *args;
    struct ruleset rules;
    struct peers peers; /* --compare */
    const struct compare_format *compare;
    struct audit_config config;
    struct report_options options;
    struct posture posture;
    struct file_out out;
    struct terminal_filter filter;
    struct progress progress;
    bool is_filtered;
    bool is_quiet;
    bool is_strict, is_strict_all;
    struct buf packs;
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
    } else if (!job->is_quiet && kind == AUDIT_WARNING) {
        message_warning(err);
    } else if (!job->is_quiet) {
        message_note(err);
    }
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    struct audit_job *job = shared;

    progress_show(&job->progress, bytes, reports);
}

static bool read_fail_on(struct audit_job *job, struct err *err)
{
    struct str name = args_value(job->args, "fail-on", STR("high"));

    job->options.fail_on_never = str_eq(name, STR("never"));
    if (job->options.fail_on_never || severity_parse(name, &job->options.fail_on)) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--fail-on takes no '%.*s'", STR_ARG(name));
    err_hint(err, "use critical, high, medium, low, info or never");
    return false;
}

static bool read_strict(struct audit_job *job, struct err *err)
{
    struct str value = args_value(job->args, "strict", STR(""));

    job->is_strict = args_has(job->args, "strict");
    job->is_strict_all = str_eq(value, STR("all"));
    return value.n == 0 || job->is_strict_all ||
           err_set(err, ERR_USAGE, "--strict takes nothing or =all, not '%.*s'", STR_ARG(value));
}

static bool read_as_of(struct audit_job *job, struct err *err)
{
    struct str value = args_value(job->args, "as-of", STR(""));

    job->config.now = system_now();
    job->config.has_as_of = args_has(job->args, "as-of");
    if (!job->config.has_as_of || instant_parse_human(value, &job->config.as_of)) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--as-of takes no '%.*s'", STR_ARG(value));
    err_hint(err, "use 2026-11-01 or 2026-11-01T00:00:00Z");
    return false;
}

static bool read_jobs(struct audit_job *job, struct err *err)
{
    uint64_t jobs = system_cpu_count();
    struct str value;

    if (args_nth(job->args, "jobs", 0, &value) &&
        (!str_to_u64(value, &jobs) || jobs < 1 || jobs > 64)) {
        return err_set(err, ERR_USAGE, "--jobs takes a number from 1 to 64, not '%.*s'",
                       STR_ARG(value));
    }
    job->config.jobs = (unsigned)jobs;
    return true;
}

static bool read_simd(struct audit_job *job, struct err *err)
{
    struct str value;

    job->config.simd = simd_level_detect();
    if (!args_nth(job->args, "simd", 0, &value)) {
        return true;
    }
    job->config.simd = simd_level_parse(value, job->config.simd);
    for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
        if (str_eq(value, simd_level_name((enum simd_level)level))) {
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "--simd takes scalar, avx2 or avx512, not '%.*s'",
                   STR_ARG(value));
}

static bool read_format(struct audit_job *job, struct err *err)
{
    struct str name = args_value(job->args, "format", STR("table"));
    const struct report_format *format = report_format_find(name);
    struct buf names;

    if (format != NULL) {
        job->config.format = format;
        return true;
    }
    buf_init(&names, 200);
    for (size_t i = 0; report_formats[i] != NULL; i++) {
        buf_str(&names, i == 0 ? STR("") : STR(", "));
        buf_str(&names, report_formats[i]->name);
    }
    (void)err_set(err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(name));
    err_hint(err, "use one of %.*s", STR_ARG(buf_text(&names)));
    buf_release(&names);
    return false;
}

/* What is compared has formats of its own, and no rules but the tools' and the controls beside. */
static bool read_compare(struct audit_job *job, struct err *err)
{
    static const char *const others[] = {"pack", "rules", "param", "all", "strict", "fail-on"};
    struct str name = args_value(job->args, "format", STR("table"));

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (args_has(job->args, others[i])) {
            return err_set(err, ERR_USAGE, "--compare goes without --%s", others[i]);
        }
    }
    job->compare = compare_format_find(name);
    if (job->compare == NULL) {
        (void)err_set(err, ERR_USAGE, "--compare has no format '%.*s'", STR_ARG(name));
        err_hint(err, "use table, csv or json");
        return false;
    }
    return peers_load(&job->peers, args_value(job->args, "compare", STR("")), err);
}

static bool read_color(struct audit_job *job, struct err *err)
{
    struct str value = args_value(job->args, "color", STR("auto"));

    if (str_eq(value, STR("auto"))) {
        job->options.color = job->out.is_terminal && system_env("NO_COLOR").n == 0;
    } else if (str_eq(value, STR("always")) || str_eq(value, STR("never"))) {
        job->options.color = str_eq(value, STR("always"));
    } else {
        return err_set(err, ERR_USAGE, "--color takes auto, always or never, not '%.*s'",
                       STR_ARG(value));
    }
    job->options.columns = job->out.is_terminal ? system_terminal_columns(1) : 100;
    return true;
}

static bool read_options(struct audit_job *job, struct err *err)
{
    if (job->args->operand_count == 0) {
        (void)err_set(err, ERR_USAGE, "no report is named");
        err_hint(err, "name files, folders, or - for standard input");
        return false;
    }
    if (args_value(job->args, "output", STR("-")).n == 0) {
        (void)err_set(err, ERR_USAGE, "--output names no file");
        err_hint(err, "give a file name, or - for standard output");
        return false;
    }
    job->is_quiet = args_has(job->args, "quiet");
    job->options.version = STR(KEYWARDEN_VERSION);
    job->options.show_all = args_has(job->args, "all");
    job->config.show_all = job->options.show_all;
    job->config.paths = job->args->operands;
    job->config.path_count = job->args->operand_count;
    if (!read_fail_on(job, err) || !read_strict(job, err) || !read_as_of(job, err) ||
        !read_jobs(job, err) || !read_simd(job, err)) {
        return false;
    }
    if (args_has(job->args, "compare")) {
        return read_compare(job, err);
    }
    return read_format(job, err) && rules_load(&job->rules, job->args, &job->packs, err);
}

static bool run_audit(struct audit_job *job, struct err *err)
{
    const struct report_format *format = job->config.format;
    size_t samples = format == &report_table                                ? SAMPLES_TABLE
                     : format->finding == NULL && format != &report_summary ? SAMPLES_HTML
                                                                            : 0;

    job->options.packs = buf_text(&job->packs);
    job->config.rules = &job->rules;
    /* Reports that end with totals say how many unknowns the input is to blame for. */
    job->config.wants_gaps = job->is_strict || (format->end != NULL && format != &report_summary);
    posture_init(&job->posture, job->rules.pointers, job->rules.count, samples);
    return audit_run(&job->config, &job->posture, err);
}

static bool run_compare(struct audit_job *job, struct err *err)
{
    struct compare_job compare = {
        .peers = &job->peers, .format = job->compare, .config = job->config};

    return compare_run(&compare, &job->posture, err);
}

static bool run(struct audit_job *job, struct err *err)
{
    bool is_table =
        job->compare != NULL ? job->compare == &compare_table : job->config.format == &report_table;
    bool is_stream = job->compare != NULL ? job->compare->difference != NULL
                                          : job->config.format->finding != NULL;

    if (!file_out_open(&job->out, args_value(job->args, "output", STR("-")), err) ||
        !read_color(job, err)) {
        return false;
    }
    job->is_filtered = job->out.is_terminal && !is_table;
    job->options.now = job->config.now;
    job->config.options = &job->options;
    job->config.write = write_output;
    job->config.message = show_message;
    /* Where findings go to the terminal, they are progress enough. */
    progress_begin(&job->progress, job->is_quiet || (job->out.is_terminal && is_stream));
    job->config.progress = show_progress;
    job->config.shared = job;
    bool ok = job->compare != NULL ? run_compare(job, err) : run_audit(job, err);
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

    if (job->is_quiet || !job->posture.as_of_clock || job->posture.report_count == 0 ||
        job->config.format == &report_table || job->config.format == &report_html ||
        job->config.format == &report_markdown || job->compare == &compare_table) {
        return;
    }
    instant_write(&time, job->config.now);
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
    if (job->compare != NULL) {
        return EXIT_OK; /* a comparison is no verdict */
    }
    for (size_t i = 0; i < posture->control_count && !job->options.fail_on_never; i++) {
        const struct control_tally *tally = &posture->tallies[i];
        if (posture->controls[i]->severity < job->options.fail_on) {
            continue;
        }
        if (tally->counts[STATUS_FAIL] > 0 || (job->is_strict && tally->unknown_input > 0) ||
            (job->is_strict_all && tally->counts[STATUS_UNKNOWN] > 0)) {
            return EXIT_FINDINGS;
        }
    }
    return EXIT_OK;
}

int cmd_audit(const struct command *command, const struct args *args)
{
    struct audit_job job = {.args = args};
    struct err err = {0};
    int code = EXIT_BUG;

    (void)command;
    ruleset_init(&job.rules);
    buf_init(&job.packs, 4096);
    buf_init(&job.filtered, 1 << 30);
    if (read_options(&job, &err) && run(&job, &err)) {
        note_clock(&job);
        code = exit_code(&job);
    } else {
        code = message_fail(&err);
    }
    file_out_abandon(&job.out);
    posture_release(&job.posture);
    ruleset_release(&job.rules);
    peers_release(&job.peers);
    buf_release(&job.packs);
    buf_release(&job.filtered);
    return code;
}
