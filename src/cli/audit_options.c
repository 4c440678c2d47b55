#include "cli/audit_options.h"

#include <string.h>

#include "cli/command.h"
#include "cli/exception_files.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"

enum { ACCOUNTS_FILE_SIZE_MAX = 256 << 20 };

const struct opt audit_opts[] = {
    {.name = "format",
     .letter = 'f',
     .arg = "NAME",
     .help =
         "table (default), csv, summary, json, jsonl, html, sarif, ocsf, asff, junit, markdown"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "store",
     .arg = "FILE",
     .is_written = true,
     .help = "judge each account's newest snapshot in this store, in place of paths"},
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
     .help = "accept the findings that this file names, until its days"},
    {.name = "baseline",
     .arg = "FILE",
     .help = "leave out findings that are in this earlier output (json, jsonl or csv)"},
    {.name = "new-since",
     .arg = "TIME",
     .help = "with --store, leave out findings that were there by then"},
    {.name = "accounts",
     .arg = "FILE",
     .help =
         "raise severities in large accounts and lower them in small ones, as this file counts"},
    {.name = "tiers",
     .arg = "DAYS",
     .help = "count key ages and idle times by these days: 90,365,1825"},
    {.name = "csv-safe", .help = "guard csv and summary against formulas in spreadsheets"},
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

static bool read_tiers(struct audit_options *options, struct err *err)
{
    struct str value;

    if (!args_nth(options->args, "tiers", 0, &value)) {
        return true;
    }
    options->config.tiers = &options->tiers;
    return tiers_parse(value, &options->tiers, err);
}

static bool read_simd(struct audit_options *options, struct err *err)
{
    struct str value;

    options->config.simd = simd_level_detect();
    if (!args_nth(options->args, "simd", 0, &value)) {
        return true;
    }
    options->config.simd = simd_level_parse(value, options->config.simd);
    for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
        if (str_eq(value, simd_level_name((enum simd_level)level))) {
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "--simd takes scalar, avx2 or avx512, not '%.*s'",
                   STR_ARG(value));
}

static bool read_format(struct audit_options *options, struct err *err)
{
    struct str name = args_value(options->args, "format", STR("table"));
    const struct report_format *format = report_format_find(name);
    struct buf names;

    if (format != NULL) {
        options->config.format = format;
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

/* ---- exceptions, baseline, accounts --------------------------------------------------------- */

/* Those that are named; else those that the store keeps. */
static bool read_exceptions(struct audit_options *options, struct err *err)
{
    bool any = false;

    if (!exception_files_read(&options->exceptions, options->args, &options->rules,
                              &options->config.exceptions, err)) {
        return false;
    }
    if (options->store.store == NULL || options->config.exceptions != NULL) {
        return true;
    }
    if (!audit_store_exceptions(&options->store, &options->exceptions, &any, err)) {
        return false;
    }
    options->config.exceptions = any ? &options->exceptions : NULL;
    return exceptions_bind(&options->exceptions, &options->rules, err);
}

static bool read_baseline(struct audit_options *options, struct err *err)
{
    struct str path;

    if (!args_nth(options->args, "baseline", 0, &path)) {
        return true;
    }
    if (args_has(options->args, "new-since")) {
        return err_set(err, ERR_USAGE, "--new-since goes without --baseline");
    }
    options->config.baseline = &options->baseline;
    return baseline_read_file(&options->baseline, path, err);
}

static bool read_accounts(struct audit_options *options, struct err *err)
{
    struct buf text;
    struct str path;
    bool ok = false;

    if (!args_nth(options->args, "accounts", 0, &path)) {
        return true;
    }
    if (options->store.store != NULL && str_eq(path, options->store.archive.path)) {
        options->config.accounts = &options->accounts;
        return store_archive_accounts(&options->store.archive, options->store.store,
                                      &options->accounts, err);
    }
    options->config.accounts = &options->accounts;
    buf_init(&text, ACCOUNTS_FILE_SIZE_MAX);
    ok = file_read_all(path, ACCOUNTS_FILE_SIZE_MAX, &text, err) &&
         accounts_read(&options->accounts, path, &text, err);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

/* ---- comparison ----------------------------------------------------------------------------- */

/* What is compared has formats of its own, and no rules but the tools' and the controls beside. */
static bool read_compare(struct audit_options *options, struct err *err)
{
    static const char *const others[] = {"pack",     "rules",    "param",    "all",
                                         "strict",   "fail-on",  "tiers",    "exceptions",
                                         "baseline", "accounts", "new-since"};
    struct str name = args_value(options->args, "format", STR("table"));

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (args_has(options->args, others[i])) {
            return err_set(err, ERR_USAGE, "--compare goes without --%s", others[i]);
        }
    }
    options->compare = compare_format_find(name);
    if (options->compare == NULL) {
        (void)err_set(err, ERR_USAGE, "--compare has no format '%.*s'", STR_ARG(name));
        err_hint(err, "use table, csv or json");
        return false;
    }
    return peers_load(&options->peers, args_value(options->args, "compare", STR("")), err);
}

/* ---- inputs --------------------------------------------------------------------------------- */

/* Whether the store is what the configuration names, not the command line. */
static bool is_configured(const struct args *args, const char *name)
{
    bool is_configured = false;

    for (size_t i = 0; i < args->value_count; i++) {
        if (strcmp(args->values[i].opt->name, name) == 0) {
            is_configured = args->values[i].line != 0;
        }
    }
    return is_configured;
}

static bool open_store(struct audit_options *options, struct str path, struct err *err)
{
    bool is_past = options->config.has_as_of;
    bool wants_lives = options->tells_lives && !is_past && !args_has(options->args, "compare");
    struct err warning = {0};

    if (!audit_store_open(&options->store, path, is_past ? &options->config.as_of : NULL,
                          wants_lives, &warning, err)) {
        return false;
    }
    if (warning.kind != ERR_NONE && !options->is_quiet) {
        message_warning(&warning);
    }
    options->config.archive = &options->store.archive.archive;
    return true;
}

/* Paths, or a store; paths go before a store that only the configuration names. */
static bool read_inputs(struct audit_options *options, struct err *err)
{
    const struct args *args = options->args;
    struct str store = args_value(args, "store", STR(""));
    bool has_paths = args->operand_count > 0;

    if (args_has(args, "store") && !(has_paths && is_configured(args, "store"))) {
        if (has_paths) {
            (void)err_set(err, ERR_USAGE, "a store and paths are named");
            err_hint(err, "import the reports into the store, or leave out --store");
            return false;
        }
        return open_store(options, store, err);
    }
    if (args_has(args, "new-since")) {
        (void)err_set(err, ERR_USAGE, "--new-since needs --store");
        err_hint(err, "only a store knows since when; --baseline compares with an earlier output");
        return false;
    }
    if (!has_paths) {
        (void)err_set(err, ERR_USAGE, "no report is named");
        err_hint(err, "name files, folders, or - for standard input");
        return false;
    }
    options->config.paths = args->operands;
    options->config.path_count = args->operand_count;
    return true;
}

bool audit_options_prepare(struct audit_options *options, struct err *err)
{
    bool has_since = false;
    int64_t since = 0;

    if (options->store.store == NULL || options->compare != NULL) {
        return true;
    }
    if (!audit_store_tell(&options->store, &options->config, err) ||
        !option_read_time(options->args, "new-since", &has_since, &since, err)) {
        return false;
    }
    if (!has_since) {
        return true;
    }
    options->config.baseline = &options->baseline;
    return audit_store_known(&options->store, since, &options->baseline, err);
}

/* ---- all of them ---------------------------------------------------------------------------- */

bool audit_options_read(struct audit_options *options, const struct args *args, struct err *err)
{
    options->args = args;
    if (args_value(args, "output", STR("-")).n == 0) {
        (void)err_set(err, ERR_USAGE, "--output names no file");
        err_hint(err, "give a file name, or - for standard output");
        return false;
    }
    options->is_quiet = args_has(args, "quiet");
    options->report.version = STR(KEYWARDEN_VERSION);
    options->report.csv_safe = args_has(args, "csv-safe");
    options->report.show_all = args_has(args, "all");
    options->config.show_all = options->report.show_all;
    options->config.options = &options->report;
    options->config.now = options->report.now = system_now();
    options->config.jobs = system_cpu_count();
    if (!option_read_time(args, "as-of", &options->config.has_as_of, &options->config.as_of, err) ||
        !option_read_jobs(args, &options->config.jobs, err) || !read_simd(options, err) ||
        !read_inputs(options, err)) {
        return false;
    }
    if (args_has(args, "compare")) {
        return read_compare(options, err);
    }
    /* A command with a format of its own has set it. */
    if ((options->config.format == NULL && !read_format(options, err)) ||
        !option_read_fail_on(args, &options->report.fail_on, &options->report.fail_on_never, err) ||
        !option_read_strict(args, &options->is_strict, &options->is_strict_all, err) ||
        !read_tiers(options, err) || !rules_load(&options->rules, args, &options->packs, err) ||
        !read_exceptions(options, err) || !read_baseline(options, err) ||
        !read_accounts(options, err)) {
        return false;
    }
    options->report.packs = buf_text(&options->packs);
    options->config.rules = &options->rules;
    return true;
}

void audit_options_init(struct audit_options *options)
{
    *options = (struct audit_options){0};
    ruleset_init(&options->rules);
    exceptions_init(&options->exceptions);
    baseline_init(&options->baseline);
    buf_init(&options->packs, 4096);
}

void audit_options_release(struct audit_options *options)
{
    exceptions_release(&options->exceptions);
    baseline_release(&options->baseline);
    accounts_release(&options->accounts);
    audit_store_release(&options->store);
    ruleset_release(&options->rules);
    peers_release(&options->peers);
    buf_release(&options->packs);
}

void audit_options_tell(const struct audit_options *options, enum audit_message kind,
                        const struct err *err)
{
    if (kind == AUDIT_ERROR) {
        message_error(err);
    } else if (!options->is_quiet && kind == AUDIT_WARNING) {
        message_warning(err);
    } else if (!options->is_quiet) {
        message_note(err);
    }
}
