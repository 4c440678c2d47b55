/* keywarden trail alarm plan, check, apply: alarms on what a trail records. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/trail_alarm.h"
#include "os/system.h"

enum { ACCOUNT_DIGITS = 12, ANSWER_SIZE = 64 };

const struct opt trail_alarm_plan_opts[] = {
    {.name = "format",
     .letter = 'f',
     .arg = "NAME",
     .help = "table (default), json, cloudformation, terraform or cli"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "alarms",
     .arg = "LIST",
     .help = "names or numbers with commas between: root (default), cis-4.2, all"},
    {.name = "trail", .arg = "NAME", .help = "the trail to go by (default the best there is)"},
    {.name = "notify",
     .arg = "ADDRESS",
     .is_repeatable = true,
     .help = "subscribe this mail address or https:// URL"},
    {.name = "topic",
     .arg = "NAME",
     .help = "the topic to make, or the ARN of one to use (default keywarden-alarms)"},
    {.name = "namespace", .arg = "NAME", .help = "of the metrics (default keywarden)"},
    {.name = "log-group",
     .arg = "NAME",
     .help = "plan for this group without asking AWS; needs --account and --region"},
    {.name = "account", .arg = "ID", .help = "with --log-group, the account it is in"},
    {.name = "profile", .arg = "NAME", .help = "sign in with this profile of ~/.aws"},
    {.name = "region", .arg = "NAME", .help = "look for trails from this region"},
    {.name = "endpoint-url",
     .arg = "URL",
     .is_written = true,
     .help = "call this address in place of AWS's own"},
    {.name = "quiet", .letter = 'q', .help = "no notes and warnings, only errors"},
    {0},
};

const struct opt trail_alarm_apply_opts[] = {
    {.name = "yes", .letter = 'y', .is_written = true, .help = "make the changes without asking"},
    {.name = "alarms",
     .arg = "LIST",
     .help = "names or numbers with commas between: root (default), cis-4.2, all"},
    {.name = "trail", .arg = "NAME", .help = "the trail to go by (default the best there is)"},
    {.name = "notify",
     .arg = "ADDRESS",
     .is_repeatable = true,
     .is_written = true,
     .help = "subscribe this mail address or https:// URL"},
    {.name = "topic",
     .arg = "NAME",
     .is_written = true,
     .help = "the topic to make, or the ARN of one to use (default keywarden-alarms)"},
    {.name = "namespace", .arg = "NAME", .help = "of the metrics (default keywarden)"},
    {.name = "profile", .arg = "NAME", .help = "sign in with this profile of ~/.aws"},
    {.name = "region", .arg = "NAME", .help = "look for trails from this region"},
    {.name = "endpoint-url",
     .arg = "URL",
     .is_written = true,
     .help = "call this address in place of AWS's own"},
    {0},
};

const struct opt trail_alarm_check_opts[] = {
    {.name = "format", .letter = 'f', .arg = "NAME", .help = "table (default) or json"},
    {.name = "output",
     .letter = 'o',
     .arg = "FILE",
     .is_written = true,
     .help = "write there instead of the screen"},
    {.name = "alarms",
     .arg = "LIST",
     .help = "names or numbers with commas between: root (default), cis-4.2, all"},
    {.name = "trail", .arg = "NAME", .help = "the trail to go by (default the best there is)"},
    {.name = "profile", .arg = "NAME", .help = "sign in with this profile of ~/.aws"},
    {.name = "region", .arg = "NAME", .help = "look for trails from this region"},
    {.name = "endpoint-url",
     .arg = "URL",
     .is_written = true,
     .help = "call this address in place of AWS's own"},
    {0},
};

static bool no_operands(const struct args *args, struct err *err)
{
    return args->operand_count == 0 ||
           err_set(err, ERR_USAGE, "'%.*s' is not expected here", STR_ARG(args->operands[0]));
}

static int finish(struct alarm_job *job, const struct err *err, int code)
{
    if (err->kind != ERR_NONE) {
        code = message_fail(err);
    }
    alarm_job_release(job);
    return code;
}

/* ---- plan ----------------------------------------------------------------------------------- */

static bool find_format(const struct args *args, const struct alarm_plan_format **out,
                        struct err *err)
{
    struct str name = args_value(args, "format", STR("table"));

    for (const struct alarm_plan_format *it = alarm_plan_formats; it->name.n > 0; it++) {
        if (str_eq(it->name, name)) {
            *out = it;
            return true;
        }
    }
    (void)err_set(err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(name));
    err_hint(err, "use table, json, cloudformation, terraform or cli");
    return false;
}

static bool is_account(struct str text)
{
    uint64_t number = 0;

    return text.n == ACCOUNT_DIGITS && str_to_u64(text, &number);
}

static bool plan_blind(struct alarm_job *job, struct alarm_plan *plan, struct err *err)
{
    struct str group = args_value(job->args, "log-group", STR(""));
    struct str account = args_value(job->args, "account", STR(""));
    struct str region = args_value(job->args, "region", STR(""));

    if (!alarm_group_name_is_valid(group)) {
        return err_set(err, ERR_USAGE, "'%.*s' is no name of a log group", STR_ARG(group));
    }
    if (!is_account(account) || !alarm_region_is_valid(region)) {
        (void)err_set(err, ERR_USAGE, "--log-group needs --account and --region");
        err_hint(err, "12 digits, and a name such as eu-west-1: nobody is asked");
        return false;
    }
    alarm_job_place(job, account, region);
    return alarm_plan_make_blind(&job->arena, &job->state, group, &job->selection, &job->wish, plan,
                                 err);
}

static bool plan(struct alarm_job *job, struct alarm_plan *out, struct err *err)
{
    if (args_has(job->args, "log-group")) {
        return plan_blind(job, out, err);
    }
    if (args_has(job->args, "account")) {
        return err_set(err, ERR_USAGE,
                       "--account goes with --log-group; else AWS says which it is");
    }
    return alarm_job_collect(job, err) &&
           alarm_plan_make(&job->arena, &job->state, &job->report, &job->wish, out, err);
}

static void note(const struct args *args, const char *text)
{
    struct err err = {0};

    if (!args_has(args, "quiet")) {
        (void)err_set(&err, ERR_INPUT, "%s", text);
        message_note(&err);
    }
}

/* What templates cannot say. */
static void note_limits(const struct args *args, const struct alarm_plan *plan)
{
    bool changes = false;

    for (size_t i = 0; i < plan->item_count; i++) {
        changes |= plan->items[i].changes_filter || plan->items[i].changes_alarm;
    }
    if (changes) {
        note(args, "some of this is there already, with other content: where a template would make "
                   "it anew, import it first");
    }
}

int cmd_trail_alarm_plan(const struct command *command, const struct args *args)
{
    const struct alarm_plan_format *format = NULL;
    struct alarm_job job;
    struct alarm_plan made = {0};
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    alarm_job_init(&job, args);
    if (!no_operands(args, &err) || !find_format(args, &format, &err) ||
        !alarm_job_read(&job, &err) || !plan(&job, &made, &err)) {
        return finish(&job, &err, code);
    }
    bool is_template = format != &alarm_plan_formats[0] && format != &alarm_plan_formats[1];
    code = made.is_blocked ? EXIT_FINDINGS : EXIT_OK;
    if (is_template && made.is_blocked) {
        (void)err_set(&err, ERR_INPUT, "there is no log group here that filters could be made for");
        err_hint(&err, "'keywarden trail alarm check' says what is wrong with the trails");
    } else if (is_template && made.change_count == 0) {
        note(args, "nothing is to be made, so nothing is written");
    } else {
        if (is_template) {
            note_limits(args, &made);
        }
        format->write(&job.out, &made);
        if (!alarm_job_write(&job, &err)) {
            code = EXIT_INPUT;
        }
    }
    return finish(&job, &err, code);
}

/* ---- check ---------------------------------------------------------------------------------- */

int cmd_trail_alarm_check(const struct command *command, const struct args *args)
{
    struct str format = args_value(args, "format", STR("table"));
    bool is_json = str_eq(format, STR("json"));
    struct alarm_job job;
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    alarm_job_init(&job, args);
    if (!is_json && !str_eq(format, STR("table"))) {
        (void)err_set(&err, ERR_USAGE, "there is no format '%.*s'", STR_ARG(format));
        err_hint(&err, "use table or json");
    }
    if (err.kind == ERR_NONE && no_operands(args, &err) && alarm_job_read(&job, &err) &&
        alarm_job_collect(&job, &err) && alarm_job_report(&job, is_json, &err) &&
        alarm_job_write(&job, &err)) {
        code = alarm_job_code(&job);
    }
    return finish(&job, &err, code);
}

/* ---- apply ---------------------------------------------------------------------------------- */

static void tell_done(void *shared, const char *what, struct str name)
{
    struct buf line;

    (void)shared;
    buf_init(&line, 1 << 12);
    buf_printf(&line, "made: %s %.*s\n", what, STR_ARG(name));
    (void)output_write(buf_text(&line));
    buf_release(&line);
}

/* Only a "y" or "yes" is one. */
static bool is_agreed(struct err *err)
{
    struct file_in in = {0};
    char answer[ANSWER_SIZE];
    size_t got = 0;
    bool ok = false;

    if (!system_is_terminal(0) || !system_is_terminal(1)) {
        (void)err_set(err, ERR_USAGE, "there is nobody to ask whether to make these changes");
        err_hint(err, "look at the plan, then use --yes");
        return false;
    }
    (void)output_write(STR("Make these changes? [y/N] "));
    ok = file_in_open(&in, STR("-"), err) && file_in_read(&in, answer, sizeof answer, &got, err);
    file_in_close(&in);
    struct str word = str_trim((struct str){answer, ok ? got : 0});
    return ok && (str_eq_nocase(word, STR("y")) || str_eq_nocase(word, STR("yes")));
}

static bool print(struct alarm_job *job)
{
    bool ok = output_write(buf_text(&job->out)) == EXIT_OK;

    buf_clear(&job->out);
    return ok;
}

int cmd_trail_alarm_apply(const struct command *command, const struct args *args)
{
    struct alarm_job job;
    struct alarm_plan made = {0};
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    alarm_job_init(&job, args);
    if (!no_operands(args, &err) || !alarm_job_read(&job, &err) || !plan(&job, &made, &err)) {
        return finish(&job, &err, code);
    }
    alarm_plan_formats[0].write(&job.out, &made);
    if (!print(&job)) {
        return finish(&job, &err, EXIT_INPUT);
    }
    if (made.is_blocked) {
        return finish(&job, &err, EXIT_FINDINGS);
    }
    if (made.change_count > 0 && !args_has(args, "yes") && !is_agreed(&err)) {
        if (err.kind == ERR_NONE) {
            (void)output_write(STR("Nothing was changed.\n"));
        }
        return finish(&job, &err, EXIT_OK);
    }
    buf_char(&job.out, '\n');
    if (alarm_apply(&job.connection.session, &made, tell_done, &job, &err) &&
        alarm_job_collect(&job, &err) && alarm_job_report(&job, false, &err) && print(&job)) {
        code = alarm_job_code(&job);
    }
    return finish(&job, &err, code);
}
