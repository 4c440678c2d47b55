/* keywarden store import: reports into the store. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/progress.h"
#include "cli/store_exceptions.h"
#include "os/file.h"
#include "os/system.h"
#include "render/json.h"
#include "store/import.h"

enum { OUT_SIZE_MAX = 1 << 20 };

const struct opt store_import_opts[] = {
    {.name = "store", .arg = "FILE", .help = "the store (default keywarden.db)"},
    {.name = "at",
     .arg = "TIME",
     .help = "when the reports were made, where no folder named by a day says so"},
    {.name = "accounts",
     .arg = "FILE",
     .help = "organizations and asset counts (default accounts.csv beside the reports)"},
    {.name = "exceptions",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "keep these exceptions in the store, for audits of it"},
    {.name = "replace",
     .is_written = true,
     .help = "put a report in the place of another one of the same instant"},
    {.name = "jobs", .arg = "N", .help = "threads (default one for each processor)"},
    {.name = "format",
     .letter = 'f',
     .arg = "NAME",
     .help = "table, or jsonl: a line for each report once it is on the disk (default table)"},
    {.name = "quiet", .letter = 'q', .help = "say nothing but errors"},
    {0},
};

struct import_command {
    struct file_out out;
    struct buf text;
    struct progress progress;
    bool is_jsonl, is_quiet;
    bool has_failed; /* standard output */
    struct err failure;
    int64_t first_at, last_at;
};

static void write_time(struct json_writer *json, struct str key, int64_t at)
{
    char text[40];
    struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    instant_write(&time, at);
    json_key(json, key);
    json_text(json, buf_text(&time));
}

static void write_line(struct buf *out, const struct import_line *line)
{
    static const struct str outcomes[] = {[IMPORT_STORED] = STR_LIT("stored"),
                                          [IMPORT_REPLACED] = STR_LIT("replaced"),
                                          [IMPORT_DUPLICATE] = STR_LIT("duplicate")};
    struct json_writer json = {.out = out};
    char account[16];
    struct buf number = {.p = account, .capacity = sizeof account, .size_max = sizeof account};

    buf_printf(&number, "%012" PRIu64, line->account);
    json_open(&json, '{');
    json_key(&json, STR("outcome"));
    json_text(&json, outcomes[line->outcome]);
    json_key(&json, STR("account"));
    json_text(&json, buf_text(&number));
    write_time(&json, STR("taken_at"), line->taken_at);
    json_key(&json, STR("snapshot"));
    json_i64(&json, line->snapshot);
    json_key(&json, STR("rows"));
    json_u64(&json, line->rows);
    json_key(&json, STR("bad_rows"));
    json_u64(&json, line->bad_rows);
    json_key(&json, STR("bad_cells"));
    json_u64(&json, line->bad_cells);
    json_key(&json, STR("source"));
    json_text(&json, line->path);
    json_close(&json, '}');
    buf_char(out, '\n');
}

static void show_stored(void *shared, const struct import_line *line)
{
    struct import_command *command = shared;

    command->first_at = line->taken_at < command->first_at ? line->taken_at : command->first_at;
    command->last_at = line->taken_at > command->last_at ? line->taken_at : command->last_at;
    if (command->is_jsonl && !command->has_failed) {
        buf_clear(&command->text);
        write_line(&command->text, line);
        command->has_failed =
            !file_out_write(&command->out, buf_text(&command->text), &command->failure);
    }
}

static void show_problem(void *shared, bool is_error, const struct err *err)
{
    struct import_command *command = shared;

    progress_end(&command->progress);
    if (is_error) {
        message_error(err);
    } else {
        message_warning(err);
    }
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    struct import_command *command = shared;

    progress_show(&command->progress, bytes, reports);
}

static void write_summary(struct import_command *command, struct str path,
                          const struct import_totals *totals)
{
    struct buf *out = &command->text;

    buf_clear(out);
    buf_printf(out, "%.*s: %" PRIu64 " snapshot%s stored", STR_ARG(path), totals->stored,
               totals->stored == 1 ? "" : "s");
    if (totals->replaced > 0) {
        buf_printf(out, ", %" PRIu64 " replaced", totals->replaced);
    }
    if (totals->duplicates > 0) {
        buf_printf(out, ", %" PRIu64 " there already", totals->duplicates);
    }
    if (totals->errors > 0) {
        buf_printf(out, ", %" PRIu64 " left out", totals->errors);
    }
    if (command->first_at <= command->last_at) {
        buf_str(out, STR("; "));
        instant_write(out, command->first_at);
        if (command->first_at < command->last_at) {
            buf_str(out, STR(" to "));
            instant_write(out, command->last_at);
        }
    }
    buf_char(out, '\n');
}

static bool read_options(struct import_command *command, struct import_config *config,
                         const struct args *args, struct err *err)
{
    struct str format = args_value(args, "format", STR("table"));

    config->paths = args->operands;
    config->path_count = args->operand_count;
    config->accounts = args_value(args, "accounts", STR(""));
    config->replaces = args_has(args, "replace");
    config->now = system_now();
    config->jobs = system_cpu_count();
    config->stored = show_stored;
    config->problem = show_problem;
    config->progress = show_progress;
    config->shared = command;
    command->is_quiet = args_has(args, "quiet");
    command->is_jsonl = str_eq(format, STR("jsonl"));
    if (!command->is_jsonl && !str_eq(format, STR("table"))) {
        (void)err_set(err, ERR_USAGE, "--format takes no '%.*s'", STR_ARG(format));
        err_hint(err, "use table or jsonl");
        return false;
    }
    if (args->operand_count == 0 && !args_has(args, "exceptions")) {
        (void)err_set(err, ERR_USAGE, "no report is named");
        err_hint(err, "keywarden store import reports/ --at 2026-11-01");
        return false;
    }
    return option_read_time(args, "at", &config->has_at, &config->at, err) &&
           option_read_jobs(args, &config->jobs, err);
}

/* What was stored is told also when the import broke off. */
static bool run_import(struct import_command *command, struct import_config *config,
                       struct import_totals *totals, struct err *err)
{
    bool ok = false;

    if (config->path_count == 0) {
        return true;
    }
    progress_begin(&command->progress, command->is_quiet || command->is_jsonl);
    ok = import_run(config, totals, err);
    progress_end(&command->progress);
    if (ok && command->has_failed) {
        *err = command->failure;
        ok = false;
    }
    if (!command->is_jsonl && !command->is_quiet) {
        write_summary(command, store_path(config->store), totals);
        ok = file_out_write(&command->out, buf_text(&command->text), err) && ok;
    }
    return ok;
}

static bool run(struct import_command *command, const struct args *args,
                struct import_totals *totals, struct err *err)
{
    struct import_config config = {0};
    bool ok = read_options(command, &config, args, err) &&
              store_open(&config.store, args_value(args, "store", STR("keywarden.db")), STORE_WRITE,
                         err) &&
              file_out_open(&command->out, STR("-"), err) &&
              store_import_exceptions(config.store, args, config.now, err) &&
              run_import(command, &config, totals, err);

    store_close(config.store);
    return file_out_commit(&command->out, ok ? err : &(struct err){0}) && ok;
}

int cmd_store_import(const struct command *command, const struct args *args)
{
    struct import_command job = {.first_at = INT64_MAX, .last_at = INT64_MIN};
    struct import_totals totals = {0};
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    buf_init(&job.text, OUT_SIZE_MAX);
    if (!run(&job, args, &totals, &err)) {
        code = message_fail(&err);
    } else if (totals.errors > 0 || totals.warnings > 0) {
        code = EXIT_INPUT;
    } else if (args->operand_count > 0 &&
               totals.stored + totals.replaced + totals.duplicates == 0) {
        (void)err_set(&err, ERR_INPUT, "no credential report was found");
        err_hint(&err, "folders are searched for *.csv, *.csv.gz and *.json");
        code = message_fail(&err);
    }
    file_out_abandon(&job.out);
    buf_release(&job.text);
    return code;
}
