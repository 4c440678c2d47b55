/* keywarden trail scan: CloudTrail files through rules to alerts. */
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/progress.h"
#include "cli/trail_digests.h"
#include "cli/trail_input.h"
#include "cli/trail_rules.h"
#include "cli/trail_timeline.h"
#include "os/file.h"
#include "os/system.h"
#include "render/json.h"
#include "render/number.h"
#include "render/terminal.h"
#include "report/alert_report.h"
#include "trail/alerts.h"
#include "trail/distinct.h"
#include "trail/scan.h"

const struct opt trail_scan_opts[] = {
    {.name = "rules",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "Sigma rules, a file or a folder; also filter patterns and rules of ours"},
    {.name = "pack",
     .arg = "NAME",
     .is_repeatable = true,
     .help = "built-in rules (default root-activity, unless --rules is given)"},
    {.name = "placeholders",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "values for Sigma's expand: a mapping of names to texts"},
    {.name = "min-level", .arg = "LEVEL", .help = "alerts of rules at or above this level only"},
    {.name = "since", .arg = "TIME", .help = "events from this time on"},
    {.name = "until", .arg = "TIME", .help = "events up to this time, or to the end of this day"},
    {.name = "account", .arg = "ID", .is_repeatable = true, .help = "events of this account only"},
    {.name = "region", .arg = "NAME", .is_repeatable = true, .help = "events of this region only"},
    {.name = "format", .letter = 'f', .arg = "NAME", .help = "how to print (default table)"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "stats",
     .arg = "FILE",
     .is_arg_optional = true,
     .is_written = true,
     .help = "count what was read, distinct records too, as JSON (to standard error)"},
    {.name = "timeline",
     .arg = "FILE",
     .is_written = true,
     .help = "write what root did, event by event, for study --timeline"},
    {.name = "fail-on", .arg = "LEVEL", .help = "exit code 1 from this level on (default high)"},
    {.name = "csv-safe", .help = "csv holds nothing that a spreadsheet would run"},
    {.name = "memory", .arg = "MB", .help = "for alerts, before they go to disk (default 64)"},
    {.name = "no-prefilter", .help = "read every record in full: the same alerts, slower"},
    {.name = "verify-digests", .help = "check that the files are what CloudTrail delivered"},
    {.name = "digest-keys",
     .arg = "FILE",
     .help = "public keys for that, as 'aws cloudtrail list-public-keys' prints them"},
    {.name = "profile", .arg = "NAME", .help = "of ~/.aws, to read a bucket with"},
    {.name = "aws-region", .arg = "NAME", .help = "where to ask first"},
    {.name = "endpoint-url",
     .arg = "URL",
     .is_written = true,
     .help = "a server that speaks S3, in place of AWS"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "quiet", .letter = 'q', .help = "no notes and warnings, only errors"},
    {.name = "color", .arg = "WHEN", .help = "auto (default), always or never"},
    {0},
};

enum {
    PIPE_COLUMNS = 120,
    FLUSH_SIZE = 256 << 10,
    OUT_SIZE_MAX = 1 << 30,
    ERRORS_SHOWN = 20,
    MEMORY_DEFAULT = 64 << 20,
    MEMORY_MIN = 1 << 10,
};

struct scan_job {
    const struct args *args;
    struct trail_rules rules;
    struct trail_scan_config config;
    struct str *accounts, *regions; /* that the configuration lists */
    struct layout_filter layout;
    struct trail_input input;
    struct alerts *alerts;
    struct distinct *distinct; /* NULL without --stats */
    struct digests *digests;   /* NULL without --verify-digests */
    struct trail_timeline timeline;
    struct digest_totals digested;
    struct buf verified; /* what is to be said of them */
    struct trail_totals totals;
    uint64_t distinct_records, serious;
    struct err errors[ERRORS_SHOWN]; /* the first by name, of those that were bad */
    size_t error_count;
    uint64_t error_total;
    bool has_remote_error;

    const struct alert_format *format;
    struct alert_options options;
    struct alert_totals told;
    struct alert_writer writer;
    struct buf text, filtered;
    struct file_out out;
    struct terminal_filter filter;
    struct progress progress;
    size_t memory;
    bool is_quiet;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool read_format(struct scan_job *job, struct err *err)
{
    struct str name = args_value(job->args, "format", STR("table"));

    job->format = alert_format_find(name);
    if (job->format == NULL) {
        (void)err_set(err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(name));
        err_hint(err, "use table, csv, json, jsonl, sarif, ocsf or asff");
    }
    return job->format != NULL;
}

static bool read_fail_on(struct scan_job *job, struct err *err)
{
    struct str name = args_value(job->args, "fail-on", STR("high"));

    job->options.fail_on_never = str_eq(name, STR("never"));
    if (job->options.fail_on_never || sigma_level_parse(name, &job->options.fail_on)) {
        return true;
    }
    (void)err_set(err, ERR_USAGE, "--fail-on takes no '%.*s'", STR_ARG(name));
    err_hint(err, "use critical, high, medium, low, informational or never");
    return false;
}

/* Megabytes; K, M and G behind the number say otherwise. */
static bool read_memory(struct scan_job *job, struct err *err)
{
    static const char units[] = "KMG";
    struct str value = args_value(job->args, "memory", STR("")), number = value;
    uint64_t size = 0;
    unsigned shift = 20;

    job->memory = MEMORY_DEFAULT;
    if (!args_has(job->args, "memory")) {
        return true;
    }
    for (unsigned i = 0; units[i] != '\0'; i++) {
        if (number.n > 0 && (number.p[number.n - 1] & ~0x20) == units[i]) {
            shift = 10 * (i + 1);
            number.n--;
            break;
        }
    }
    if (!str_to_u64(number, &size) || size > SIZE_MAX >> (shift + 1) ||
        size << shift < MEMORY_MIN) {
        (void)err_set(err, ERR_USAGE, "--memory takes no '%.*s'", STR_ARG(value));
        err_hint(err, "use a number of megabytes, such as 64, or 512K or 2G");
        return false;
    }
    job->memory = (size_t)size << shift;
    return true;
}

static bool read_span(struct scan_job *job, struct err *err)
{
    enum { DAY_SIZE = 10 };
    bool has_since = false, has_until = false;

    job->config.since = INSTANT_MIN;
    job->config.until = INSTANT_MAX;
    if (!option_read_time(job->args, "since", &has_since, &job->config.since, err) ||
        !option_read_time(job->args, "until", &has_until, &job->config.until, err)) {
        return false;
    }
    if (has_until && args_value(job->args, "until", STR("")).n == DAY_SIZE) {
        job->config.until += SECONDS_PER_DAY - 1;
    }
    return job->config.since <= job->config.until ||
           err_set(err, ERR_USAGE, "--until is before --since");
}

/* All values of a repeatable option; the array is the caller's. */
static struct str *list_of(const struct args *args, const char *name, struct str_list *out)
{
    struct str *items = NULL, value;
    size_t count = 0;

    while (args_nth(args, name, count, &value)) {
        items = mem_resize(items, (count + 1) * sizeof *items);
        items[count++] = value;
    }
    *out = (struct str_list){items, count};
    return items;
}

static bool read_accounts(struct scan_job *job, struct err *err)
{
    enum { ACCOUNT_SIZE = 12 };

    job->accounts = list_of(job->args, "account", &job->config.accounts);
    job->regions = list_of(job->args, "region", &job->config.regions);
    for (size_t i = 0; i < job->config.accounts.count; i++) {
        struct str account = job->config.accounts.items[i];
        uint64_t number = 0;
        if (account.n != ACCOUNT_SIZE || !str_to_u64(account, &number)) {
            (void)err_set(err, ERR_USAGE, "'%.*s' is no account", STR_ARG(account));
            err_hint(err, "an account is 12 digits");
            return false;
        }
    }
    return true;
}

static bool read_options(struct scan_job *job, struct err *err)
{
    const struct args *args = job->args;

    if (args->operand_count == 0) {
        (void)err_set(err, ERR_USAGE, "nothing to read is named");
        err_hint(err, "name files, folders, '-' for standard input, or s3://BUCKET/PREFIX");
        return false;
    }
    job->is_quiet = args_has(args, "quiet");
    job->options.csv_safe = args_has(args, "csv-safe");
    job->options.version = STR(KEYWARDEN_VERSION);
    job->options.now = system_now();
    job->config.now = job->options.now;
    job->config.no_prefilter = args_has(args, "no-prefilter");
    job->config.simd = simd_level_detect();
    job->config.jobs = system_cpu_count();
    return read_format(job, err) && read_fail_on(job, err) && read_memory(job, err) &&
           read_span(job, err) && read_accounts(job, err) &&
           option_read_jobs(args, &job->config.jobs, err) &&
           trail_rules_load(&job->rules, args, err);
}

/* ---- what the scan tells -------------------------------------------------------------------- */

static bool take_match(void *shared, unsigned worker, const struct trail_match *match,
                       struct err *err)
{
    struct scan_job *job = shared;
    struct trail_match rest;

    return trail_timeline_take(&job->timeline, match, &rest, err) &&
           (rest.rule_count + rest.unknown_count == 0 ||
            alerts_add(job->alerts, worker, &rest, err));
}

static bool take_record(void *shared, unsigned worker, const struct trail_record_id *id,
                        struct err *err)
{
    struct scan_job *job = shared;

    return distinct_add(job->distinct, worker, id, err);
}

static bool take_text(void *shared, unsigned worker, const struct trail_file *file,
                      struct str piece, struct err *err)
{
    struct scan_job *job = shared;
    struct str signature = job->input.fetched != NULL ? bucket_file_signature(file) : STR("");

    return digests_take(job->digests, worker, buf_text(&file->name), signature, piece, err);
}

/* Bad files come as workers find them; the first by name are told, in their order. */
static void take_bad_file(void *shared, const struct err *err)
{
    struct scan_job *job = shared;
    size_t at = job->error_count;

    job->error_total++;
    job->has_remote_error = job->has_remote_error || err->kind == ERR_REMOTE;
    while (at > 0 && str_cmp(str_from(job->errors[at - 1].place), str_from(err->place)) > 0) {
        at--;
    }
    if (at == ERRORS_SHOWN) {
        return;
    }
    job->error_count += job->error_count < ERRORS_SHOWN;
    for (size_t i = job->error_count - 1; i > at; i--) {
        job->errors[i] = job->errors[i - 1];
    }
    job->errors[at] = *err;
}

static void begin_progress(struct scan_job *job)
{
    struct trail_files_total total;

    if (job->progress.is_on && trail_input_measure(&job->input, job->args, &total)) {
        job->progress.bytes_whole = total.bytes;
        job->progress.count_whole = total.files;
    }
}

static void show_progress(void *shared, uint64_t files, uint64_t bytes)
{
    struct scan_job *job = shared;

    progress_show(&job->progress, bytes, files);
}

/* ---- output --------------------------------------------------------------------------------- */

static bool flush(struct scan_job *job, struct err *err)
{
    struct str bytes = buf_text(&job->text);
    bool ok = !job->text.overflowed ||
              err_set(err, ERR_INPUT, "the report is larger than %d MiB", OUT_SIZE_MAX >> 20);

    if (job->out.is_terminal && !job->format->is_for_people) {
        buf_clear(&job->filtered);
        terminal_filter_write(&job->filter, &job->filtered, bytes);
        bytes = buf_text(&job->filtered);
    }
    ok = ok && file_out_write(&job->out, bytes, err);
    buf_clear(&job->text);
    return ok;
}

static bool write_alert(void *shared, const struct alert *alert, struct err *err)
{
    struct scan_job *job = shared;

    job->told.alerts++;
    job->serious +=
        !job->options.fail_on_never && alert->rule->severity >= job->options.fail_on ? 1 : 0;
    job->format->alert(&job->writer, alert);
    return job->text.n < FLUSH_SIZE || flush(job, err);
}

static bool write_alerts(struct scan_job *job, struct err *err)
{
    job->writer = (struct alert_writer){.out = &job->text, .options = &job->options};
    if (job->format->begin != NULL) {
        job->format->begin(&job->writer);
    }
    if (!alerts_finish(job->alerts, write_alert, job, err)) {
        return false;
    }
    if (job->format->end != NULL) {
        job->format->end(&job->writer, &job->told);
    }
    return flush(job, err);
}

static bool write_stats(const struct scan_job *job, struct err *err)
{
    struct str path = args_value(job->args, "stats", STR(""));
    const struct trail_totals *totals = &job->totals;
    struct buf text;
    struct json_writer json = {.out = &text};
    struct file_out out = {0};
    bool ok = true;

    if (!args_has(job->args, "stats")) {
        return true;
    }
    buf_init(&text, 1 << 16);
    json_open(&json, '{');
    json_member_u64(&json, STR("files"), totals->files);
    json_member_u64(&json, STR("records"), totals->records);
    json_member_u64(&json, STR("distinct_records"), job->distinct_records);
    json_member_u64(&json, STR("bytes"), totals->bytes);
    json_member_u64(&json, STR("bad_files"), totals->bad_files);
    json_member_u64(&json, STR("skipped_files"), totals->skipped_files);
    json_member_u64(&json, STR("compressed_bytes"), totals->compressed_bytes);
    json_member_u64(&json, STR("parsed_records"), totals->parsed);
    json_member_u64(&json, STR("matches"), alerts_matches(job->alerts));
    json_member_u64(&json, STR("alerts"), job->told.alerts);
    json_member_u64(&json, STR("spilled_bytes"), alerts_spilled(job->alerts));
    if (job->digests != NULL) {
        json_member_u64(&json, STR("digests"), job->digested.digests);
        json_member_u64(&json, STR("digest_chains"), job->digested.chains);
        json_member_u64(&json, STR("digest_signatures"), job->digested.signatures);
        json_member_u64(&json, STR("verified_files"), job->digested.files);
        json_member_u64(&json, STR("digest_problems"), job->digested.problems);
    }
    if (job->input.fetched != NULL) {
        json_member_u64(&json, STR("list_calls"), bucket_source_lists(job->input.fetched));
    }
    json_close(&json, '}');
    buf_char(&text, '\n');
    if (path.n == 0) {
        message_text(buf_text(&text));
    } else {
        ok = file_out_open(&out, path, err) && file_out_write(&out, buf_text(&text), err) &&
             file_out_commit(&out, err);
        file_out_abandon(&out);
    }
    buf_release(&text);
    return ok;
}

/* ---- the run -------------------------------------------------------------------------------- */

static bool scan(struct scan_job *job, struct err *err)
{
    const struct alerts_config config = {.rules = job->rules.alerts,
                                         .rule_count = job->rules.count,
                                         .set = &job->rules.set,
                                         .is_silent = job->rules.is_silent,
                                         .jobs = job->config.jobs,
                                         .memory_max = job->memory,
                                         .seed = system_random_u64()};

    job->alerts = alerts_new(&config, err);
    if (job->alerts == NULL) {
        return false;
    }
    if (args_has(job->args, "stats")) {
        job->distinct = distinct_new(job->config.jobs, job->memory / 4);
        job->config.record = take_record;
    }
    if (args_has(job->args, "verify-digests")) {
        job->digests = digests_new(job->config.jobs, job->memory / 4, &job->layout);
        job->config.text = take_text;
    }
    job->layout = (struct layout_filter){.wants_digests = job->digests != NULL,
                                         .accounts = job->config.accounts,
                                         .regions = job->config.regions,
                                         .since = job->config.since,
                                         .until = job->config.until};
    if (!trail_input_open(&job->input, job->args, &job->layout, err)) {
        return false;
    }
    begin_progress(job);
    job->config.source = job->input.source;
    job->config.rules = job->rules.scanned;
    job->config.rule_count = job->rules.count;
    if (!trail_timeline_open(&job->timeline, job->args, &job->config, job->memory, err)) {
        return false;
    }
    job->config.match = take_match;
    job->config.bad_file = take_bad_file;
    job->config.progress = show_progress;
    job->config.shared = job;
    if (!trail_scan_run(&job->config, &job->totals, err)) {
        return false;
    }
    if (job->distinct != NULL && !distinct_count(job->distinct, &job->distinct_records, err)) {
        return false;
    }
    distinct_free(job->distinct);
    job->distinct = NULL;
    return true;
}

static bool verify(struct scan_job *job, struct err *err)
{
    if (job->digests == NULL) {
        return true;
    }
    if (!trail_digests_check(job->digests, job->args, &job->input, take_bad_file, job,
                             &job->digested, err)) {
        return false;
    }
    trail_digests_write(&job->verified, &job->digested);
    job->told.verified = buf_text(&job->verified);
    return true;
}

static void fill_totals(struct scan_job *job)
{
    const struct trail_totals *totals = &job->totals;

    job->told.files = totals->files;
    job->told.bad_files = totals->bad_files;
    job->told.skipped_files = totals->skipped_files;
    job->told.records = totals->records;
    job->told.bytes = totals->bytes;
    job->told.compressed_bytes = totals->compressed_bytes;
    job->told.has_distinct = args_has(job->args, "stats");
    job->told.distinct_records = job->distinct_records;
}

static bool run(struct scan_job *job, struct err *err)
{
    bool ok = false;

    if (!file_out_open(&job->out, args_value(job->args, "output", STR("-")), err) ||
        !option_read_color(job->args, job->out.is_terminal, &job->options.color, err)) {
        return false;
    }
    if (!job->is_quiet) {
        trail_rules_tell(&job->rules);
    }
    job->options.columns = job->out.is_terminal ? system_terminal_columns(1) : PIPE_COLUMNS;
    job->options.packs = buf_text(&job->rules.names);
    job->options.rules = job->rules.alerts;
    job->options.rule_count = job->rules.alert_count;
    progress_begin(&job->progress, job->is_quiet);
    job->progress.noun = STR("file");
    ok = scan(job, err) && verify(job, err);
    progress_end(&job->progress);
    if (!ok) {
        return false;
    }
    fill_totals(job);
    return write_alerts(job, err) && file_out_commit(&job->out, err) &&
           trail_timeline_write(&job->timeline, err);
}

static void tell_unknown(const struct scan_job *job)
{
    for (size_t i = 0; i < job->rules.count; i++) {
        uint64_t count = alerts_unknown(job->alerts, i);
        struct err warning = {0};
        if (count > 0) {
            (void)err_set(&warning, ERR_INPUT,
                          "'%.*s' could not be decided for %llu record%s: no alert, and no "
                          "all-clear",
                          STR_ARG(job->rules.alerts[i].title), (unsigned long long)count,
                          count == 1 ? "" : "s");
            message_warning(&warning);
        }
    }
}

/* A table says these itself. */
static void tell_totals(const struct scan_job *job)
{
    struct err note = {0};

    if (job->told.alerts == 0 && !job->format->is_for_people) {
        struct buf text;
        buf_init(&text, 256);
        number_counted(&text, job->totals.records, STR("record"));
        buf_str(&text, STR(" in "));
        number_counted(&text, job->totals.files, STR("file"));
        (void)err_set(&note, ERR_INPUT, "no alert: read %.*s", STR_ARG(buf_text(&text)));
        message_note(&note);
        buf_release(&text);
    }
    if (job->told.verified.n > 0 && !job->format->is_for_people) {
        note = (struct err){0};
        (void)err_set(&note, ERR_INPUT, "%.*s", STR_ARG(job->told.verified));
        message_note(&note);
    }
}

static int exit_code(const struct scan_job *job)
{
    struct err err = {0};

    for (size_t i = 0; i < job->error_count; i++) {
        message_error(&job->errors[i]);
    }
    if (job->error_total > job->error_count) {
        (void)err_set(&err, ERR_INPUT, "%llu more errors like these",
                      (unsigned long long)(job->error_total - job->error_count));
        message_error(&err);
    }
    if (job->error_total > 0) {
        return job->has_remote_error ? EXIT_REMOTE : EXIT_INPUT;
    }
    if (job->totals.files == 0) {
        (void)err_set(&err, ERR_INPUT, "no CloudTrail file was found");
        err_hint(&err, "folders are searched for *.json, *.jsonl, *.ndjson and *.gz");
        return message_fail(&err);
    }
    return job->serious > 0 ? EXIT_FINDINGS : EXIT_OK;
}

static void release(struct scan_job *job)
{
    file_out_abandon(&job->out);
    if (job->writer.options != NULL && job->format->release != NULL) {
        job->format->release(&job->writer);
    }
    trail_input_close(&job->input);
    alerts_free(job->alerts);
    distinct_free(job->distinct);
    digests_free(job->digests);
    trail_timeline_close(&job->timeline);
    buf_release(&job->verified);
    trail_rules_release(&job->rules);
    mem_free(job->accounts);
    mem_free(job->regions);
    buf_release(&job->text);
    buf_release(&job->filtered);
}

int cmd_trail_scan(const struct command *command, const struct args *args)
{
    struct scan_job job = {.args = args};
    struct err err = {0};
    int code = EXIT_BUG;

    (void)command;
    trail_rules_init(&job.rules);
    buf_init(&job.text, OUT_SIZE_MAX);
    buf_init(&job.filtered, OUT_SIZE_MAX);
    buf_init(&job.verified, OUT_SIZE_MAX);
    if (read_options(&job, &err) && run(&job, &err)) {
        if (!job.is_quiet) {
            tell_unknown(&job);
            tell_totals(&job);
        }
        code = exit_code(&job);
        if (!write_stats(&job, &err)) {
            code = message_fail(&err);
        }
    } else {
        code = message_fail(&err);
    }
    release(&job);
    return code;
}
