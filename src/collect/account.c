#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/base64.h"
#include "collect/internal_account.h"

enum {
    REPORT_SIZE_MAX = 64 << 20,
    POLL_FIRST_MS = 500,
    POLL_LAST_MS = 8000,
    POLLS_MAX = 40, /* five minutes */
    PATIENCE_MS = 90 * 1000,
};

/* ---- Life ----------------------------------------------------------------------------------- */

static uint64_t now_ms(const struct account_work *work)
{
    const struct net_clock *clock = &work->collector->client->clock;

    return clock->monotonic_ms(clock->context);
}

struct account_work *account_work_new(struct collector *collector,
                                      const struct collect_account *account)
{
    struct account_work *work = mem_alloc(sizeof *work);

    work->collector = collector;
    work->account = account;
    (void)snprintf(work->id, sizeof work->id, "%012" PRIu64, account->number);
    work->patience.size_ms = PATIENCE_MS;
    asker_init(&work->asker);
    buf_init(&work->report, REPORT_SIZE_MAX);
    return work;
}

void account_work_free(struct account_work *work)
{
    if (work == NULL) {
        return;
    }
    gathered_release(&work->virtual_users);
    gathered_release(&work->regions);
    gathered_release(&work->listed_regions);
    gathered_release(&work->trails);
    gathered_release(&work->topics);
    gathered_release(&work->keys);
    if (work->has_session) {
        aws_session_release(&work->session);
    }
    if (work->role != NULL) {
        credentials_source_free(work->credentials);
        mem_free(work->role);
    }
    asker_release(&work->asker);
    buf_release(&work->report);
    mem_free(work);
}

uint64_t account_work_due(const struct account_work *work)
{
    return work->due_ms;
}

size_t account_work_size(const struct account_work *work)
{
    return work->asker.answers.arena.used + work->report.capacity + work->asker.arena.used;
}

const struct collect_account *account_work_account(const struct account_work *work)
{
    return work->account;
}

struct account_result account_work_result(const struct account_work *work)
{
    return (struct account_result){
        .report = buf_text(&work->report),
        .has_generated_at = work->has_generated_at,
        .generated_at = work->generated_at,
        .is_reused = work->has_generated_at && work->generated_at < work->collector->now,
        .answers = work->asker.answers.items,
        .answer_count = work->asker.answers.count,
        .warnings = work->asker.warnings,
        .warning_count = work->asker.warning_count,
        .throttled_count = work->throttled_count,
        .has_root_session = work->has_root_session,
        .wants_root_session = (work->collector->parts & COLLECT_ROOT_SESSION) != 0,
    };
}

/* ---- Entering ------------------------------------------------------------------------------- */

/* Later and later, so that who waits long asks seldom. `is_trouble`: AWS does not say that all is
 * well, and to be waited for. */
static enum work_end park(struct account_work *work, bool is_trouble)
{
    uint64_t wait = POLL_FIRST_MS;

    for (unsigned i = 0; i < work->park_count && wait < POLL_LAST_MS; i++) {
        wait *= 2;
    }
    if (is_trouble) {
        retry_patience_spend(&work->patience, wait);
    }
    work->park_count++;
    work->due_ms = now_ms(work) + wait;
    return WORK_PARKED;
}

static bool role_make(struct account_work *work, struct err *err)
{
    struct collector *collector = work->collector;
    const struct collect_entry *entry = &work->account->entry;
    struct buf arn;
    bool ok = false;

    buf_init(&arn, 2048);
    if (str_starts(entry->role, STR("arn:"))) {
        buf_str(&arn, entry->role);
    } else {
        buf_printf(&arn, "arn:%s:iam::%s:role/%.*s", collector->partition, work->id,
                   STR_ARG(entry->role));
    }
    ok = !arn.overflowed && arena_str(&work->asker.arena, buf_text(&arn), &work->role_arn);
    buf_release(&arn);
    if (!ok) {
        return err_set(err, ERR_INPUT, "the name of the role is too long");
    }
    work->role = mem_alloc(sizeof *work->role);
    *work->role = (struct role){.sts = &collector->sts,
                                .arn = work->role_arn,
                                .session_name = collector->session_name,
                                .external_id = entry->external_id,
                                .patience = &work->patience};
    work->credentials = credentials_source_new(role_fetch, work->role, &collector->client->clock);
    return true;
}

static enum work_end enter_fail(struct account_work *work, const struct aws_failure *failure,
                                struct err *err)
{
    if (failure->fault == HTTP_CANCELLED) {
        return WORK_STOPPED;
    }
    if (aws_failure_may_pass(failure) && !retry_patience_is_over(&work->patience)) {
        *err = (struct err){0};
        return park(work, true);
    }
    if (failure->class == AWS_FAIL_LOGIN) {
        err_hint(err, "sign in again, then 'keywarden collect --resume'");
        return WORK_STOPPED;
    }
    if (failure->class == AWS_SKIP_DENIED) {
        err->hint[0] = '\0';
        err_hint(err, "does the role exist there, and does it trust %s?", work->collector->arn);
    }
    return WORK_FAILED;
}

static enum work_end enter(struct account_work *work, struct err *err)
{
    const struct credentials *credentials = NULL;

    if (work->account->entry.role.n == 0) {
        work->credentials = work->collector->credentials;
    } else {
        if (work->role == NULL && !role_make(work, err)) {
            return WORK_FAILED;
        }
        credentials = credentials_acquire(work->credentials, err);
        assert(work->role != NULL);
        if (credentials == NULL) {
            return enter_fail(work, &work->role->failure, err);
        }
        credentials_drop(credentials);
    }
    aws_session_init(&work->session, work->collector->client, work->credentials);
    aws_session_label(&work->session, str_from(work->id));
    work->session.patience = &work->patience;
    work->has_session = true;
    work->stage = STAGE_ASK;
    work->park_count = 0;
    return WORK_DONE;
}

/* ---- The report ----------------------------------------------------------------------------- */

/* Asks without keeping the answer. */
static enum ask_end ask_aside(struct account_work *work, enum call_id id, page_fn look,
                              struct aws_failure *failure, struct err *err)
{
    struct answers aside = {0};
    const struct ask ask = {
        .session = &work->session, .call = call_at(id), .look = look, .context = work};
    enum ask_end end = answers_ask(&aside, &ask, failure, err);

    answers_release(&aside);
    return end;
}

static void hint_resume(struct err *err)
{
    err_hint(err, "'keywarden collect --resume' asks again");
}

static bool is_cancelled(const struct account_work *work)
{
    return http_is_cancelled(work->collector->client->http);
}

/* Not being let to ask for a report is no reason to fail yet: there may be one. */
static enum work_end report_generate(struct account_work *work, struct err *err)
{
    struct aws_failure failure;
    struct err why = {0};
    enum ask_end end = ask_aside(work, CALL_GENERATE_REPORT, NULL, &failure, &why);

    work->generate_err = why; /* none when it worked */
    if (end == ASK_STOPPED) {
        *err = why;
        return is_cancelled(work) ? WORK_STOPPED : WORK_FAILED;
    }
    if (end == ASK_DENIED && !work->is_generate_denied) {
        asker_warn(&work->asker, call_at(CALL_GENERATE_REPORT)->action, &failure, &why);
    }
    work->is_generate_denied = end == ASK_DENIED;
    return WORK_DONE;
}

static bool report_look(void *context, const struct tree *result, struct err *err)
{
    struct account_work *work = context;
    struct str content = tree_text(result, "Content");
    struct err why = {0};
    size_t n = 0;
    char *to = NULL;

    buf_clear(&work->report);
    to = buf_reserve(&work->report, content.n / 4 * 3 + 3);
    if (to == NULL || content.n == 0 || !base64_decode(content, to, &n, &why)) {
        return err_set(err, ERR_REMOTE, "iam GetCredentialReport: %s",
                       to == NULL       ? "the report is too large"
                       : content.n == 0 ? "an answer without a report"
                                        : "a report that is not in base64");
    }
    work->report.n = n;
    work->has_generated_at =
        credentials_time_parse(tree_text(result, "GeneratedTime"), &work->generated_at);
    return true;
}

static enum work_end report_wait(struct account_work *work, bool is_trouble, struct err *err)
{
    if (work->park_count == POLLS_MAX) {
        (void)err_set(err, ERR_REMOTE,
                      "iam GetCredentialReport: AWS did not make a report in five minutes");
        hint_resume(err);
        return WORK_FAILED;
    }
    return park(work, is_trouble);
}

/* A report that is not there yet; false when it will not come. */
static bool is_to_come(const struct account_work *work, const struct aws_failure *failure,
                       bool *is_gone)
{
    struct str code = str_from(failure->code);

    *is_gone = str_eq(code, STR("ReportNotPresent")) || str_eq(code, STR("ReportExpired"));
    return (*is_gone && !work->is_generate_denied) || str_eq(code, STR("ReportInProgress")) ||
           aws_failure_may_pass(failure);
}

static enum work_end report_get(struct account_work *work, struct err *err)
{
    struct aws_failure failure;
    struct err why = {0};
    enum ask_end end = ask_aside(work, CALL_GET_REPORT, report_look, &failure, &why);
    bool is_gone = false, is_trouble = false;

    if (end == ASK_GIVEN) {
        work->stage = STAGE_FOLLOW;
        return WORK_DONE;
    }
    if (is_cancelled(work)) {
        *err = why;
        return WORK_STOPPED;
    }
    if (end != ASK_STOPPED && !retry_patience_is_over(&work->patience) &&
        is_to_come(work, &failure, &is_gone)) {
        /* The first time it may only be slow to show. */
        if (is_gone && work->park_count > 0 && report_generate(work, err) != WORK_DONE) {
            return is_cancelled(work) ? WORK_STOPPED : WORK_FAILED;
        }
        is_trouble = is_gone ? work->generate_err.kind != ERR_NONE : aws_failure_may_pass(&failure);
        return report_wait(work, is_trouble, err);
    }
    *err = work->generate_err.kind != ERR_NONE ? work->generate_err : why;
    return WORK_FAILED;
}

/* ---- Steps ---------------------------------------------------------------------------------- */

static enum work_end ended(struct account_work *work, bool ok, enum work_stage next)
{
    work->stage = next;
    return ok ? WORK_DONE : is_cancelled(work) ? WORK_STOPPED : WORK_FAILED;
}

static enum work_end stage_run(struct account_work *work, struct err *err)
{
    enum work_end end = WORK_DONE;

    switch (work->stage) {
    case STAGE_ENTER:
        return enter(work, err);
    case STAGE_ASK:
        end = report_generate(work, err);
        end = end != WORK_DONE ? end : ended(work, work_ask_account(work, err), STAGE_REPORT);
        /* Whatever came of the rest, the report is asked for. */
        retry_patience_renew(&work->patience);
        return end;
    case STAGE_REPORT:
        return report_get(work, err);
    case STAGE_FOLLOW:
        break;
    }
    return ended(work, work_ask_users(work, err), STAGE_FOLLOW);
}

/* Whatever failed last, this is why. */
static void give_up(const struct account_work *work, struct err *err)
{
    const struct err *why =
        work->patience.why.kind != ERR_NONE ? &work->patience.why : &work->generate_err;

    *err = (struct err){0};
    (void)err_set(err, ERR_REMOTE, "nothing but errors in %d s of asking and waiting: %s",
                  PATIENCE_MS / 1000, why->text);
    hint_resume(err);
}

enum work_end account_work_step(struct account_work *work, struct err *err)
{
    enum work_end end = WORK_DONE;
    bool was_last = false;

    do {
        was_last = work->stage == STAGE_FOLLOW;
        end = stage_run(work, err);
    } while (end == WORK_DONE && !was_last);
    if (end == WORK_FAILED && retry_patience_is_over(&work->patience)) {
        give_up(work, err);
    }
    if (work->has_session) {
        work->throttled_count = throttle_count(&work->session.throttle);
    }
    return end;
}
