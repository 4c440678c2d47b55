#include "cli/trail_alarm.h"

#include "audit/pack.h"
#include "cli/command.h"
#include "os/system.h"

enum { ARENA_SIZE_MAX = 256 << 20, OUT_SIZE_MAX = 64 << 20 };

void alarm_job_init(struct alarm_job *job, const struct args *args)
{
    *job = (struct alarm_job){.args = args};
    arena_init(&job->arena, ARENA_SIZE_MAX);
    buf_init(&job->out, OUT_SIZE_MAX);
}

void alarm_job_release(struct alarm_job *job)
{
    alarm_state_release(&job->state);
    connection_close(&job->connection);
    buf_release(&job->out);
    arena_release(&job->arena);
}

/* ---- options -------------------------------------------------------------------------------- */

static bool fail_alarm(struct str name, struct err *err)
{
    struct str near = {0};
    unsigned best = UINT32_MAX;

    (void)err_set(err, ERR_USAGE, "there is no alarm '%.*s'", STR_ARG(name));
    for (size_t i = 0; i < ALARM_KIND_COUNT; i++) {
        if (str_is_near(name, alarm_kinds[i].name, &best)) {
            near = alarm_kinds[i].name;
        }
    }
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    } else {
        err_hint(err, "'keywarden help trail-alarm' lists them");
    }
    return false;
}

static bool read_alarms(struct alarm_job *job, struct err *err)
{
    struct str rest = args_value(job->args, "alarms", STR("root")), name;

    while (rest.n > 0) {
        (void)str_cut(&rest, ',', &name);
        name = str_trim(name);
        size_t kind = str_eq(name, STR("root")) ? (size_t)ALARM_KIND_ROOT : alarm_kind_find(name);
        bool is_all = str_eq(name, STR("cis")) || str_eq(name, STR("all"));
        if (kind == ALARM_KIND_COUNT && !is_all) {
            return fail_alarm(name, err);
        }
        for (size_t i = 0; i < ALARM_KIND_COUNT; i++) {
            job->selection.has[i] |= is_all || i == kind;
        }
    }
    return true;
}

static bool read_notify(struct alarm_job *job, struct err *err)
{
    struct str text;

    for (size_t i = 0; args_nth(job->args, "notify", i, &text); i++) {
        if (i == ALARM_NOTIFY_MAX) {
            return err_set(err, ERR_USAGE, "at most %d can be told", ALARM_NOTIFY_MAX);
        }
        if (!alarm_address_read(text, &job->notify[i], err)) {
            return false;
        }
        job->wish.notify_count = i + 1;
    }
    job->wish.notify = job->notify;
    return true;
}

bool alarm_job_read(struct alarm_job *job, struct err *err)
{
    job->selection.trail = args_value(job->args, "trail", STR(""));
    job->wish.space = args_value(job->args, "namespace", STR("keywarden"));
    job->wish.topic = args_value(job->args, "topic", STR("keywarden-alarms"));
    return read_alarms(job, err) && read_notify(job, err) && alarm_wish_check(&job->wish, err);
}

/* ---- the account ---------------------------------------------------------------------------- */

void alarm_job_place(struct alarm_job *job, struct str account, struct str region)
{
    const char *partition = aws_partition_of(region);

    alarm_state_init(&job->state, account, region, partition == NULL ? "aws" : partition);
}

bool alarm_job_collect(struct alarm_job *job, struct err *err)
{
    struct aws_connection *connection = &job->connection;
    struct str account, region;

    alarm_state_release(&job->state);
    if (connection->http == NULL && !connection_open(connection, job->args, err)) {
        return false;
    }
    region = str_from(connection->client.settings.region);
    if (region.n == 0) {
        (void)err_set(err, ERR_USAGE, "no region is named");
        err_hint(err, "use --region, AWS_REGION, or `region` in the profile");
        return false;
    }
    if (!alarm_account(&connection->session, &job->arena, &account, err)) {
        return false;
    }
    alarm_job_place(job, account, region);
    return alarm_collect(&connection->session, &job->state, job->wish.topic, err) &&
           alarm_check(&job->arena, &job->state, &job->selection, &job->report, err);
}

static bool judge(struct alarm_job *job, struct alarm_control *controls, size_t *count,
                  struct err *err)
{
    struct ruleset rules;
    struct eval_context context;
    struct buf json;
    struct json_writer writer = {.out = &json};
    struct value entity;
    bool ok = false;

    ruleset_init(&rules);
    buf_init(&json, ARENA_SIZE_MAX);
    eval_init(&context, system_now());
    json_open(&writer, '{');
    alarm_state_write(&writer, &job->state);
    json_close(&writer, '}');
    ok = ruleset_add_pack(&rules, STR("account"), err) && ruleset_compile(&rules, err);
    for (size_t i = 0; ok && i < job->report.count; i++) {
        for (size_t k = 0; ok && k < rules.count; k++) {
            if (str_eq(rules.controls[k].id, job->report.verdicts[i].kind->control)) {
                ok = value_from_json(&job->arena, buf_text(&json), rules.programs[k].entity,
                                     &entity, err);
                controls[*count].id = job->report.verdicts[i].kind->control;
                controls[*count].verdict = VERDICT_UNKNOWN;
                if (ok) {
                    controls[*count].verdict = eval_rule(&context, &rules.programs[k], &entity);
                }
                (*count)++;
            }
        }
    }
    eval_release(&context);
    buf_release(&json);
    ruleset_release(&rules);
    return ok;
}

bool alarm_job_report(struct alarm_job *job, bool is_json, struct err *err)
{
    struct alarm_control controls[ALARM_KIND_COUNT];
    size_t count = 0;

    if (!judge(job, controls, &count, err)) {
        return false;
    }
    (is_json ? alarm_report_json : alarm_report_table)(&job->out, &job->state, &job->report,
                                                       controls, count);
    return true;
}

int alarm_job_code(const struct alarm_job *job)
{
    switch (job->report.level) {
    case ALARM_GOOD:
    case ALARM_NOISY:
        return EXIT_OK;
    case ALARM_UNKNOWN:
        return EXIT_REMOTE;
    case ALARM_BROKEN:
        break;
    }
    return EXIT_FINDINGS;
}

bool alarm_job_write(struct alarm_job *job, struct err *err)
{
    struct file_out out = {0};
    bool ok = file_out_open(&out, args_value(job->args, "output", STR("-")), err) &&
              file_out_write(&out, buf_text(&job->out), err) && file_out_commit(&out, err);

    file_out_abandon(&out);
    return ok;
}
