/* keywarden trail alarm test: which alarms events would set off, by their patterns. Nothing is
 * called, unless --fire sets alarms off. */
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "cli/trail_alarm.h"
#include "os/system.h"
#include "render/number.h"
#include "render/terminal.h"
#include "rule/filter_pattern.h"
#include "trail/scan.h"

enum { WORKERS_MAX = 64, NAME_COLUMNS = 24, STATE_COLUMNS = 8, FIRST_SIZE_MAX = 4096 };

const struct opt trail_alarm_test_opts[] = {
    {.name = "alarms",
     .arg = "LIST",
     .help = "names or numbers with commas between: root (default), cis-4.2, all"},
    {.name = "fire",
     .arg = "HOW",
     .is_arg_optional = true,
     .is_written = true,
     .help = "set the account's alarms off: metric (default) or state"},
    {.name = "trail", .arg = "NAME", .help = "with --fire, the trail to go by"},
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "processors to use (default all)"},
    {.name = "profile", .arg = "NAME", .help = "sign in with this profile of ~/.aws"},
    {.name = "region", .arg = "NAME", .help = "look for trails from this region"},
    {.name = "endpoint-url",
     .arg = "URL",
     .is_written = true,
     .help = "call this address in place of AWS's own"},
    {0},
};

/* What one worker saw of one alarm: how many events, and the first of them. */
struct tally {
    uint64_t count;
    struct buf first; /* time, name and id, so that the least one is the first */
};

struct test_job {
    struct alarm_job alarm;
    struct rule_program programs[ALARM_KIND_COUNT];
    struct trail_rule rules[ALARM_KIND_COUNT];
    const struct alarm_kind *kinds[ALARM_KIND_COUNT];
    size_t count;
    struct tally *tallies; /* by worker, then by alarm */
    unsigned jobs;
};

static bool load(struct test_job *job, struct err *err)
{
    for (size_t i = 0; i < ALARM_KIND_COUNT; i++) {
        struct rule_program *program = &job->programs[job->count];
        if (!job->alarm.selection.has[i]) {
            continue;
        }
        if (!filter_pattern_compile(&job->alarm.arena, alarm_kind_pattern(&alarm_kinds[i]), program,
                                    err)) {
            return false;
        }
        job->kinds[job->count] = &alarm_kinds[i];
        job->rules[job->count++] = (struct trail_rule){
            .id = alarm_kinds[i].name, .title = alarm_kinds[i].subject, .program = program};
    }
    return true;
}

static void line_write(struct buf *out, struct str name, struct str state)
{
    buf_str(out, name);
    buf_fill(out, ' ', name.n < NAME_COLUMNS ? NAME_COLUMNS - name.n : 1);
    buf_str(out, state);
    buf_fill(out, ' ', STATE_COLUMNS - state.n);
}

/* ---- the built-in samples ------------------------------------------------------------------- */

static void samples_write(struct buf *out, const struct alarm_kind *kind,
                          const struct alarm_samples *samples, const struct alarm_trial *trial)
{
    size_t others = samples->count - trial->wanted;

    line_write(out, kind->name,
               trial->missed_count + trial->noise_count == 0 ? STR("fires") : STR("WRONG"));
    buf_printf(out, "catches %zu of %zu samples of it, %zu of %zu others\n", trial->caught,
               trial->wanted, trial->noise_count, others);
}

static bool run_samples(struct test_job *job, struct err *err)
{
    struct alarm_samples samples;
    struct alarm_trial trial;

    for (size_t i = 0; i < job->count; i++) {
        if (!alarm_samples_make(&job->alarm.arena, job->kinds[i], &samples, err) ||
            !alarm_try(&job->alarm.arena, &samples, alarm_kind_pattern(job->kinds[i]), &trial,
                       err)) {
            return false;
        }
        samples_write(&job->alarm.out, job->kinds[i], &samples, &trial);
    }
    return true;
}

/* ---- files ---------------------------------------------------------------------------------- */

static struct str member(const struct event *event, struct str name)
{
    const struct event_step step = {.name = name};
    const struct event_path path = {.steps = &step, .step_count = 1, .is_strict = true};
    struct str text = {0};
    struct buf scratch;
    bool ok = false;

    buf_init(&scratch, 0); /* of an object nothing is wanted */
    ok = event_text(event, &path, &scratch, &text) && !scratch.overflowed;
    buf_release(&scratch);
    return ok ? text : STR("-");
}

static bool take_match(void *shared, unsigned worker, const struct trail_match *match,
                       struct err *err)
{
    struct test_job *job = shared;
    struct buf line;

    (void)err;
    buf_init(&line, FIRST_SIZE_MAX);
    buf_str(&line, member(match->event, STR("eventTime")));
    buf_char(&line, ' ');
    buf_str(&line, member(match->event, STR("eventName")));
    buf_char(&line, ' ');
    buf_str(&line, member(match->event, STR("eventID")));
    for (size_t i = 0; i < match->rule_count; i++) {
        struct tally *tally = &job->tallies[worker * ALARM_KIND_COUNT + match->rules[i]];
        if (tally->count == 0 || str_cmp(buf_text(&line), buf_text(&tally->first)) < 0) {
            buf_clear(&tally->first);
            buf_str(&tally->first, buf_text(&line));
        }
        tally->count++;
    }
    buf_release(&line);
    return true;
}

static void tell_bad(void *shared, const struct err *err)
{
    (void)shared;
    message_error(err);
}

static void totals_write(struct test_job *job, const struct trail_totals *totals)
{
    struct buf *out = &job->alarm.out;

    for (size_t i = 0; i < job->count; i++) {
        struct tally sum = {0};
        for (unsigned worker = 0; worker < job->jobs; worker++) {
            const struct tally *tally = &job->tallies[worker * ALARM_KIND_COUNT + i];
            if (tally->count > 0 &&
                (sum.count == 0 || str_cmp(buf_text(&tally->first), buf_text(&sum.first)) < 0)) {
                sum.first = tally->first; /* borrowed */
            }
            sum.count += tally->count;
        }
        line_write(out, job->kinds[i]->name, sum.count > 0 ? STR("fires") : STR("silent"));
        number_counted(out, sum.count, STR("event"));
        if (sum.count > 0) {
            buf_str(out, STR(", first "));
            terminal_text(out, buf_text(&sum.first));
        }
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    number_counted(out, totals->records, STR("record"));
    buf_str(out, STR(" in "));
    number_counted(out, totals->files, STR("file"));
    buf_char(out, '\n');
}

static bool run_files(struct test_job *job, int *code, struct err *err)
{
    const struct args *args = job->alarm.args;
    struct trail_files files;
    struct trail_totals totals = {0};
    size_t tallies = 0;
    bool ok = false;

    job->jobs = system_cpu_count() < WORKERS_MAX ? system_cpu_count() : WORKERS_MAX;
    if (!option_read_jobs(args, &job->jobs, err)) {
        return false;
    }
    tallies = (size_t)job->jobs * ALARM_KIND_COUNT;
    job->tallies = mem_array(tallies, sizeof *job->tallies);
    for (size_t i = 0; i < tallies; i++) {
        buf_init(&job->tallies[i].first, FIRST_SIZE_MAX);
    }
    trail_files_init(&files, args->operands, args->operand_count);
    const struct trail_scan_config config = {.rules = job->rules,
                                             .rule_count = job->count,
                                             .source = trail_files_source(&files),
                                             .jobs = job->jobs,
                                             .simd = simd_level_detect(),
                                             .since = INSTANT_MIN,
                                             .until = INSTANT_MAX,
                                             .match = take_match,
                                             .bad_file = tell_bad,
                                             .shared = job};
    ok = trail_scan_run(&config, &totals, err);
    if (ok) {
        totals_write(job, &totals);
        *code = totals.bad_files > 0 ? EXIT_INPUT : EXIT_OK;
    }
    trail_files_release(&files);
    for (size_t i = 0; i < tallies; i++) {
        buf_release(&job->tallies[i].first);
    }
    mem_free(job->tallies);
    return ok;
}

/* ---- fire ----------------------------------------------------------------------------------- */

static bool fire_one(struct test_job *job, const struct alarm_verdict *verdict, bool is_state,
                     struct err *err)
{
    struct aws_session *session = &job->alarm.connection.session;
    struct buf *out = &job->alarm.out;
    struct str region = job->alarm.report.group == NULL ? STR("") : job->alarm.report.group->region;

    if (verdict->alarm == NULL) {
        line_write(out, verdict->kind->name, STR("absent"));
        buf_str(out, STR("there is no alarm to set off\n"));
        return true;
    }
    if (is_state ? !alarm_fire_state(session, region, verdict->alarm->name, err)
                 : !alarm_fire_metric(session, region, verdict->metric, err)) {
        return false;
    }
    line_write(out, verdict->kind->name, STR("fired"));
    if (is_state) {
        buf_str(out, STR("state of alarm "));
        terminal_text(out, verdict->alarm->name);
    } else {
        buf_str(out, STR("metric "));
        terminal_text(out, verdict->metric->metric);
        buf_str(out, STR(", for alarm "));
        terminal_text(out, verdict->alarm->name);
    }
    buf_char(out, '\n');
    return true;
}

static bool run_fire(struct test_job *job, int *code, struct err *err)
{
    struct str how = args_value(job->alarm.args, "fire", STR(""));
    bool is_state = str_eq(how, STR("state"));

    if (!is_state && how.n > 0 && !str_eq(how, STR("metric"))) {
        (void)err_set(err, ERR_USAGE, "alarms are not set off by '%.*s'", STR_ARG(how));
        err_hint(err, "use metric or state");
        return false;
    }
    if (job->alarm.args->operand_count > 0) {
        return err_set(err, ERR_USAGE,
                       "--fire goes without files: it sets off what the account has");
    }
    if (!alarm_job_collect(&job->alarm, err)) {
        return false;
    }
    for (size_t i = 0; i < job->alarm.report.count; i++) {
        if (!fire_one(job, &job->alarm.report.verdicts[i], is_state, err)) {
            return false;
        }
        if (job->alarm.report.verdicts[i].alarm == NULL) {
            *code = EXIT_FINDINGS;
        }
    }
    return true;
}

int cmd_trail_alarm_test(const struct command *command, const struct args *args)
{
    struct test_job job = {0};
    struct err err = {0};
    int code = EXIT_OK, written = EXIT_OK;
    bool ok = false;

    (void)command;
    alarm_job_init(&job.alarm, args);
    ok = alarm_job_read(&job.alarm, &err) && load(&job, &err);
    if (ok && args_has(args, "fire")) {
        ok = run_fire(&job, &code, &err);
    } else if (ok) {
        ok = args->operand_count > 0 ? run_files(&job, &code, &err) : run_samples(&job, &err);
    }
    if (job.alarm.out.n > 0) {
        written = output_write(buf_text(&job.alarm.out));
    }
    if (!ok) {
        code = message_fail(&err);
    }
    alarm_job_release(&job.alarm);
    return code == EXIT_OK ? written : code;
}
