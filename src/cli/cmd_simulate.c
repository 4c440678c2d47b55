/* keywarden simulate: writes the reports of a fleet that does not exist. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/progress.h"
#include "os/system.h"
#include "render/number.h"
#include "simulate/simulate.h"

const struct opt simulate_opts[] = {
    {.name = "profile", .arg = "NAME", .help = "the study to be like: root-2020 or iam-2021"},
    {.name = "seed", .arg = "N", .help = "which of the fleets like that (default 1)"},
    {.name = "out",
     .letter = 'o',
     .arg = "FOLDER",
     .is_written = true,
     .help = "the folder to write, which is empty or not there yet"},
    {.name = "accounts", .arg = "N", .help = "accounts (default those of the study)"},
    {.name = "users-per-account",
     .arg = "N",
     .help = "users in each account (default those of the study)"},
    {.name = "samples", .arg = "N", .help = "weeks, up to 20 (default those of the study)"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "quiet", .letter = 'q', .help = "say nothing but errors"},
    {0},
};

static bool read_profile(const struct args *args, struct simulate_config *config, struct err *err)
{
    struct str name;

    if (!args_nth(args, "profile", 0, &name)) {
        (void)err_set(err, ERR_USAGE, "which fleet is not said");
        err_hint(err, "give --profile root-2020 or --profile iam-2021");
        return false;
    }
    name = args_value(args, "profile", name);
    if (!profile_find(name, &config->profile)) {
        (void)err_set(err, ERR_USAGE, "there is no profile '%.*s'", STR_ARG(name));
        err_hint(err, "use root-2020 or iam-2021");
        return false;
    }
    return true;
}

/* Leaves *out alone where the option was not given. */
static bool read_count(const struct args *args, const char *name, uint64_t least, uint64_t most,
                       uint64_t *out, struct err *err)
{
    struct str value = args_value(args, name, STR(""));
    uint64_t count;

    if (!args_has(args, name)) {
        return true;
    }
    if (!str_to_u64(value, &count) || count < least || count > most) {
        return err_set(err, ERR_USAGE, "--%s takes a number from %llu to %llu, not '%.*s'", name,
                       (unsigned long long)least, (unsigned long long)most, STR_ARG(value));
    }
    *out = count;
    return true;
}

static bool read_options(const struct args *args, struct simulate_config *config, struct err *err)
{
    uint64_t users = 0, samples = 0;

    if (args->operand_count > 0) {
        (void)err_set(err, ERR_USAGE, "'%.*s' is one word too many", STR_ARG(args->operands[0]));
        err_hint(err, "name the folder with --out");
        return false;
    }
    config->seed = 1;
    config->jobs = system_cpu_count();
    if (!read_profile(args, config, err) ||
        !read_count(args, "seed", 0, UINT64_MAX, &config->seed, err) ||
        !read_count(args, "accounts", 1, SIMULATE_ACCOUNTS_MAX, &config->accounts, err) ||
        !read_count(args, "users-per-account", 1, SIMULATE_USERS_MAX, &users, err) ||
        !read_count(args, "samples", 1, PLAN_WEEKS, &samples, err) ||
        !option_read_jobs(args, &config->jobs, err)) {
        return false;
    }
    config->users = (uint32_t)users;
    config->samples = (uint32_t)samples;
    config->folder = args_value(args, "out", STR(""));
    if (config->folder.n == 0) {
        (void)err_set(err, ERR_USAGE, "where to write is not said");
        err_hint(err, "name a folder with --out");
        return false;
    }
    return true;
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    progress_show(shared, bytes, reports);
}

static int tell(const struct simulate_config *config, const struct simulate_result *result)
{
    char text[512];
    struct buf out = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    number_counted(&out, result->reports, STR("report"));
    buf_str(&out, STR(" of "));
    number_counted(&out, result->accounts, STR("account"));
    buf_str(&out, STR(" and "));
    number_counted(&out, result->samples, STR("sample"));
    buf_str(&out, STR(" in "));
    buf_str(&out, str_sub(config->folder, 0, sizeof text / 2));
    buf_char(&out, '\n');
    return output_write(buf_text(&out));
}

int cmd_simulate(const struct command *command, const struct args *args)
{
    struct simulate_config config = {0};
    struct simulate_result result = {0};
    struct progress progress;
    struct err err = {0};
    bool ok;

    (void)command;
    if (!read_options(args, &config, &err)) {
        return message_fail(&err);
    }
    config.progress = show_progress;
    config.shared = &progress;
    progress_begin(&progress, args_has(args, "quiet"));
    ok = simulate_run(&config, &result, &err);
    progress_end(&progress);
    if (!ok) {
        return message_fail(&err);
    }
    return args_has(args, "quiet") ? EXIT_OK : tell(&config, &result);
}
