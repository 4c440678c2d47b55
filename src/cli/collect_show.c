#include "cli/collect_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "os/system.h"
#include "render/json.h"
#include "render/number.h"
#include "render/terminal.h"

enum {
    STDERR_FD = 2,
    TEXT_SIZE_MAX = 1 << 20,
    FAILURES_SHOWN = 50,
};

static const uint64_t second_ns = 1000000000;

/* An account that failed. */
struct show_failure {
    uint64_t account;
    char name[64];
    struct err err;
};

/* One kind of thing that could not be had, in however many accounts. */
struct show_warning {
    const char *action;
    char code[64];
    bool is_denied, is_organization;
    uint64_t count, account; /* the lowest, whichever came first */
    struct err err;          /* of that account */
};

void collect_show_init(struct collect_show *show, enum progress_kind kind, bool is_quiet)
{
    bool is_terminal = system_is_terminal(STDERR_FD);

    *show = (struct collect_show){.kind = kind,
                                  .is_quiet = is_quiet,
                                  .is_terminal = is_terminal && kind == PROGRESS_AUTO,
                                  .started_ns = system_monotonic_ns(),
                                  .oldest_at = INT64_MAX};
    buf_init(&show->text, TEXT_SIZE_MAX);
}

void collect_show_release(struct collect_show *show)
{
    mem_free(show->failures);
    mem_free(show->warnings);
    buf_release(&show->text);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void line_begin(struct collect_show *show, struct json_writer *json, const char *event)
{
    buf_clear(&show->text);
    *json = (struct json_writer){.out = &show->text};
    json_open(json, '{');
    json_member_text(json, STR("event"), str_from(event));
}

static void line_end(struct collect_show *show, struct json_writer *json)
{
    json_close(json, '}');
    buf_char(&show->text, '\n');
    show->has_failed = show->has_failed || output_write(buf_text(&show->text)) != EXIT_OK;
}

static void member_account(struct json_writer *json, uint64_t account)
{
    char id[24];

    (void)snprintf(id, sizeof id, "%012" PRIu64, account);
    json_member_text(json, STR("account"), str_from(id));
}

static void member_error(struct json_writer *json, const struct err *err)
{
    json_member_text(json, STR("error"), str_from(err->text));
    if (err->hint[0] != '\0') {
        json_member_text(json, STR("hint"), str_from(err->hint));
    }
}

static void json_done(struct collect_show *show, const struct collect_done *done)
{
    const struct account_result *result = &done->result;
    struct json_writer json;

    line_begin(show, &json, "account");
    member_account(&json, done->account->number);
    json_member_text(&json, STR("name"), done->account->name);
    json_member_text(&json, STR("unit"), done->account->unit);
    json_member_text(&json, STR("outcome"),
                     done->failure == NULL ? STR("collected") : STR("failed"));
    if (done->failure != NULL) {
        member_error(&json, done->failure);
    } else {
        json_member_instant(&json, STR("report_generated_at"), result->has_generated_at,
                            result->generated_at);
        json_key(&json, STR("report_reused"));
        json_bool(&json, result->is_reused);
        json_member_text(&json, STR("root"),
                         result->has_root_session ? STR("session") : STR("report"));
    }
    line_end(show, &json);
}

static void json_totals(struct collect_show *show, const char *event,
                        const struct collect_totals *totals)
{
    struct json_writer json;

    line_begin(show, &json, event);
    json_member_u64(&json, STR("found"), totals->found);
    json_key(&json, STR("found_all"));
    json_bool(&json, totals->is_found_all);
    json_member_u64(&json, STR("done"), totals->done);
    json_member_u64(&json, STR("failed"), totals->failed);
    json_member_u64(&json, STR("skipped"), totals->skipped);
    json_member_u64(&json, STR("done_before"), totals->before);
    json_member_u64(&json, STR("waiting"), totals->waiting);
    json_member_u64(&json, STR("throttled"), totals->throttled);
    json_member_u64(&json, STR("elapsed_ms"), (system_monotonic_ns() - show->started_ns) / 1000000);
    line_end(show, &json);
}

/* ---- Progress ------------------------------------------------------------------------------- */

static void line_hide(struct collect_show *show)
{
    if (show->is_line_visible) {
        (void)fputs("\r\x1b[K", stderr);
        (void)fflush(stderr);
        show->is_line_visible = false;
    }
}

static void write_progress(struct buf *out, const struct collect_totals *totals, double seconds)
{
    uint64_t ended = totals->done + totals->failed;
    double rate = seconds > 0 ? (double)ended / seconds : 0;

    buf_printf(out, "%" PRIu64 " of %s%" PRIu64 " accounts", ended,
               totals->is_found_all ? "" : "at least ", totals->found);
    if (totals->failed > 0) {
        buf_printf(out, ", %" PRIu64 " failed", totals->failed);
    }
    if (totals->waiting > 0) {
        buf_printf(out, ", %" PRIu64 " waiting for a report", totals->waiting);
    }
    if (totals->throttled > 0) {
        buf_printf(out, ", throttled %" PRIu64 " times", totals->throttled);
    }
    if (ended > 0) {
        buf_printf(out, ", %.1f/s", rate);
    }
    if (ended > 0 && totals->is_found_all && totals->found > ended) {
        buf_str(out, STR(", "));
        number_duration(out, (int64_t)((double)(totals->found - ended) / rate) + 1);
        buf_str(out, STR(" left"));
    }
}

static void show_progress(void *shared, const struct collect_totals *totals)
{
    struct collect_show *show = shared;
    uint64_t now = system_monotonic_ns();
    uint64_t pause = show->kind == PROGRESS_JSON ? second_ns
                     : show->is_terminal         ? second_ns / 5
                                                 : 10 * second_ns;
    uint64_t since = show->shown_ns > 0 ? show->shown_ns : show->started_ns;
    double seconds = (double)(now - show->started_ns) / 1e9;

    if (show->is_quiet || now - since < pause) {
        return;
    }
    show->shown_ns = now;
    if (show->kind == PROGRESS_JSON) {
        json_totals(show, "progress", totals);
        return;
    }
    buf_clear(&show->text);
    if (show->is_terminal) {
        buf_str(&show->text, STR("\r\x1b[K"));
        progress_write_bar(&show->text, totals->done + totals->failed, totals->found);
    } else {
        buf_str(&show->text, STR("keywarden: "));
    }
    write_progress(&show->text, totals, seconds);
    buf_str(&show->text, show->is_terminal ? STR("") : STR("\n"));
    (void)fwrite(show->text.p, 1, show->text.n, stderr);
    (void)fflush(stderr);
    show->is_line_visible = show->is_terminal;
}

/* ---- Accounts and warnings ------------------------------------------------------------------ */

static void failure_add(struct collect_show *show, const struct collect_done *done)
{
    struct show_failure *failure = NULL;

    if (show->failure_count == show->failure_capacity) {
        show->failure_capacity = show->failure_capacity == 0 ? 8 : show->failure_capacity * 2;
        show->failures =
            mem_resize(show->failures, show->failure_capacity * sizeof *show->failures);
    }
    failure = &show->failures[show->failure_count++];
    *failure = (struct show_failure){.account = done->account->number, .err = *done->failure};
    (void)snprintf(failure->name, sizeof failure->name, "%.*s",
                   (int)(done->account->name.n < 63 ? done->account->name.n : 63),
                   done->account->name.n > 0 ? done->account->name.p : "");
}

static void show_done(void *shared, const struct collect_done *done)
{
    struct collect_show *show = shared;
    const struct account_result *result = &done->result;

    if (show->kind == PROGRESS_JSON) {
        json_done(show, done);
    }
    if (done->failure != NULL) {
        failure_add(show, done);
        return;
    }
    show->root_asked_count += result->wants_root_session;
    show->root_answered_count += result->has_root_session;
    if (result->is_reused) {
        show->reused_count++;
        show->oldest_at =
            result->generated_at < show->oldest_at ? result->generated_at : show->oldest_at;
    }
}

static void show_skipped(void *shared, const struct found_account *account)
{
    struct collect_show *show = shared;
    struct err err = {0};

    if (show->kind == PROGRESS_JSON) {
        struct json_writer json;
        line_begin(show, &json, "account");
        member_account(&json, account->number);
        json_member_text(&json, STR("name"), account->name);
        json_member_text(&json, STR("unit"), account->unit);
        json_member_text(&json, STR("outcome"), STR("skipped"));
        json_member_text(&json, STR("status"), account->status);
        line_end(show, &json);
    } else if (!show->is_quiet) {
        line_hide(show);
        (void)err_set(&err, ERR_REMOTE, "account %012" PRIu64 " (%.*s) is left out: it is %.*s",
                      account->number, (int)(account->name.n < 100 ? account->name.n : 100),
                      account->name.p, (int)(account->status.n < 40 ? account->status.n : 40),
                      account->status.p);
        message_note(&err);
    }
}

static void show_warning(void *shared, uint64_t account, const struct collect_warning *warning)
{
    struct collect_show *show = shared;
    struct show_warning *kept = NULL;

    if (show->kind == PROGRESS_JSON) {
        struct json_writer json;
        line_begin(show, &json, "warning");
        if (account != 0) {
            member_account(&json, account);
        }
        json_member_text(&json, STR("action"), str_from(warning->action));
        json_member_text(&json, STR("outcome"), warning->is_denied ? STR("denied") : STR("failed"));
        json_member_text(&json, STR("code"), str_from(warning->code));
        member_error(&json, &warning->err);
        line_end(show, &json);
    }
    for (size_t i = 0; i < show->warning_count; i++) {
        kept = &show->warnings[i];
        if (strcmp(kept->action, warning->action) == 0 && strcmp(kept->code, warning->code) == 0 &&
            kept->is_organization == (account == 0)) {
            kept->count++;
            if (account < kept->account) {
                kept->account = account;
                kept->err = warning->err;
            }
            return;
        }
    }
    if (show->warning_count == show->warning_capacity) {
        show->warning_capacity = show->warning_capacity == 0 ? 8 : show->warning_capacity * 2;
        show->warnings =
            mem_resize(show->warnings, show->warning_capacity * sizeof *show->warnings);
    }
    kept = &show->warnings[show->warning_count++];
    *kept = (struct show_warning){.action = warning->action,
                                  .is_denied = warning->is_denied,
                                  .is_organization = account == 0,
                                  .count = 1,
                                  .account = account,
                                  .err = warning->err};
    memcpy(kept->code, warning->code, sizeof kept->code);
}

struct collect_events collect_show_events(struct collect_show *show)
{
    return (struct collect_events){.done = show_done,
                                   .skipped = show_skipped,
                                   .warning = show_warning,
                                   .progress = show_progress,
                                   .shared = show};
}

/* ---- The end -------------------------------------------------------------------------------- */

static void tell_warning(const struct show_warning *warning)
{
    struct err err = {0};
    char place[96];

    if (warning->is_organization) {
        (void)snprintf(place, sizeof place, "the organization");
    } else {
        (void)snprintf(place, sizeof place, "%012" PRIu64, warning->account);
    }
    if (warning->count > 1) {
        size_t n = strlen(place);
        (void)snprintf(place + n, sizeof place - n, " and %" PRIu64 " more", warning->count - 1);
    }
    (void)err_set(&err, ERR_REMOTE, "%s %s, so what it tells is not known: %s", warning->action,
                  warning->is_denied ? "is denied" : "failed", warning->err.text);
    if (warning->err.hint[0] != '\0') {
        err_hint(&err, "%s", warning->err.hint);
    }
    err_place(&err, str_from(place), 0, 0);
    message_warning(&err);
}

static int by_action(const void *a, const void *b)
{
    const struct show_warning *one = a, *two = b;
    int order = strcmp(one->action, two->action);

    return one->is_organization != two->is_organization
               ? two->is_organization - one->is_organization
           : order != 0 ? order
                        : strcmp(one->code, two->code);
}

static int by_account(const void *a, const void *b)
{
    const struct show_failure *one = a, *two = b;

    return (one->account > two->account) - (one->account < two->account);
}

/* Accounts end in no order of their own; what is said of them at the end has one. */
static void put_in_order(struct collect_show *show)
{
    if (show->warning_count > 0) {
        qsort(show->warnings, show->warning_count, sizeof *show->warnings, by_action);
    }
    if (show->failure_count > 0) {
        qsort(show->failures, show->failure_count, sizeof *show->failures, by_account);
    }
}

static void tell_failures(const struct collect_show *show)
{
    struct err more = {0};

    for (size_t i = 0; i < show->failure_count && i < FAILURES_SHOWN; i++) {
        const struct show_failure *failure = &show->failures[i];
        struct err err = failure->err;
        char place[96];
        (void)snprintf(place, sizeof place, "%012" PRIu64 "%s%s%s", failure->account,
                       failure->name[0] != '\0' ? " (" : "", failure->name,
                       failure->name[0] != '\0' ? ")" : "");
        err_place(&err, str_from(place), 0, 0);
        message_error(&err);
    }
    if (show->failure_count > FAILURES_SHOWN) {
        (void)err_set(&more, ERR_REMOTE, "%zu more accounts failed; --progress json names each",
                      show->failure_count - FAILURES_SHOWN);
        message_error(&more);
    }
}

static void count_write(struct buf *out, uint64_t count, const char *what)
{
    if (count > 0) {
        buf_printf(out, ", %" PRIu64 " %s", count, what);
    }
}

static void write_summary(struct collect_show *show, struct str store, int64_t now,
                          const struct collect_totals *totals)
{
    struct buf *out = &show->text;

    buf_clear(out);
    buf_printf(out, "%.*s: %" PRIu64 " account%s collected", STR_ARG(store), totals->done,
               totals->done == 1 ? "" : "s");
    count_write(out, totals->before, "before");
    count_write(out, totals->failed, "failed");
    count_write(out, totals->skipped, "left out");
    count_write(out, totals->left, "to go");
    buf_str(out, STR("; "));
    instant_write(out, now);
    buf_char(out, '\n');
    if (show->reused_count > 0) {
        buf_printf(out,
                   "%" PRIu64 " credential report%s made before, which AWS hands out for 4 hours; "
                   "the oldest is ",
                   show->reused_count, show->reused_count == 1 ? " was" : "s were");
        number_duration(out, now - show->oldest_at);
        buf_str(out, STR(" old\n"));
    }
    if (show->root_asked_count > 0) {
        buf_printf(out,
                   "root was asked itself in %" PRIu64 " account%s, in %" PRIu64
                   " the report and the summary tell of it\n",
                   show->root_answered_count, show->root_answered_count == 1 ? "" : "s",
                   show->root_asked_count - show->root_answered_count);
    }
}

bool collect_show_end(struct collect_show *show, struct str store, int64_t now,
                      const struct collect_totals *totals)
{
    line_hide(show);
    put_in_order(show);
    for (size_t i = 0; i < show->warning_count; i++) {
        tell_warning(&show->warnings[i]);
    }
    tell_failures(show);
    if (show->kind == PROGRESS_JSON) {
        json_totals(show, "end", totals);
    } else if (!show->is_quiet) {
        write_summary(show, store, now, totals);
        show->has_failed = output_write(buf_text(&show->text)) != EXIT_OK;
    }
    return !show->has_failed;
}
