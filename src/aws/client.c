#include "aws/client.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/internal_request.h"

enum {
    ATTEMPTS_MAX = 6,
    RETRY_BASE_MS = 100,
    RETRY_CAP_MS = 20 * 1000,
    BUDGET = 500, /* of a session: as AWS's own clients have it */
    COST = 5,
    COST_TIMEOUT = 10,
    GAIN = 1,
    SKEW_MIN_S = 240, /* AWS accepts five minutes */
};

void aws_client_init(struct aws_client *client, struct http *http, struct net_clock clock,
                     const struct aws_settings *settings)
{
    *client = (struct aws_client){
        .http = http,
        .clock = clock,
        .settings = *settings,
        .retry = {settings->attempts_max > 0 ? settings->attempts_max : ATTEMPTS_MAX, RETRY_BASE_MS,
                  RETRY_CAP_MS},
    };
}

void aws_session_init(struct aws_session *session, struct aws_client *client,
                      struct credentials_source *credentials)
{
    *session = (struct aws_session){.client = client, .credentials = credentials};
    throttle_init(&session->throttle);
    retry_budget_init(&session->budget, BUDGET);
}

void aws_session_release(struct aws_session *session)
{
    throttle_release(&session->throttle);
}

bool aws_failure_may_pass(const struct aws_failure *failure)
{
    return failure->class == AWS_RETRY || failure->class == AWS_RETRY_SLOWER;
}

void aws_session_label(struct aws_session *session, struct str label)
{
    assert(label.n <= AWS_LABEL_MAX);
    memcpy(session->label, label.p, label.n);
    session->label[label.n] = '\0';
}

/* What one call has been through. */
struct progress {
    struct aws_session *session;
    const struct aws_call *call;
    const struct credentials *credentials; /* of the last try */
    struct retry_patience *patience;       /* NULL: endless */
    char api[128];
    int64_t signed_at;
    unsigned attempts;
    bool has_clock, has_login; /* corrected, renewed: once each */
    uint64_t retry_after_ms;
};

static bool is_signed(const struct aws_call *call)
{
    return aws_service_info(call->service)->is_signed && !call->is_unsigned;
}

static bool pause(struct progress *progress, uint64_t ms)
{
    const struct net_clock *clock = &progress->session->client->clock;

    return ms == 0 || clock->sleep_ms(clock->context, ms);
}

static void spend(struct retry_patience *patience, uint64_t ms)
{
    if (patience != NULL) {
        retry_patience_spend(patience, ms);
    }
}

static uint64_t now_ms(const struct progress *progress)
{
    const struct net_clock *clock = &progress->session->client->clock;

    return clock->monotonic_ms(clock->context);
}

/* What a try took that came to nothing is spent. Being denied, or told that there is no such thing,
 * is an answer. */
static void patience_tell(const struct progress *progress, bool ok,
                          const struct aws_failure *failure, uint64_t took_ms,
                          const struct err *why)
{
    if (progress->patience == NULL) {
        return;
    }
    if (ok || failure->class == AWS_SKIP_DENIED || failure->class == AWS_SKIP_ABSENT) {
        retry_patience_renew(progress->patience);
    } else if (aws_failure_may_pass(failure)) {
        retry_patience_spend(progress->patience, took_ms);
        progress->patience->why = *why;
    }
}

/* Nobody waits for a call any more that was to be made. */
static bool refuse(const struct progress *progress, struct aws_failure *failure, struct err *err)
{
    const struct aws_call *call = progress->call;

    failure->class = AWS_RETRY;
    (void)err_set(err, ERR_REMOTE, "%s %s: not asked, after %u s without an answer: %s",
                  aws_service_info(call->service)->name, call->operation,
                  (unsigned)(progress->patience->size_ms / 1000), progress->patience->why.text);
    return false;
}

/* The clock of an answer that was refused for its time; false when ours is no other. */
static bool clock_correct(struct progress *progress, const struct http_response *response)
{
    struct aws_client *client = progress->session->client;
    int64_t theirs = 0, ours = client->clock.now(client->clock.context);

    if (!http_date_parse(http_header_find(response, STR("date")), &theirs) ||
        llabs(theirs - progress->signed_at) < SKEW_MIN_S) {
        return false;
    }
    atomic_store(&client->skew_s, theirs - ours);
    return true;
}

static bool carry(const struct progress *progress, const struct aws_request *request,
                  struct http_response *response, struct err *err)
{
    const struct aws_client *client = progress->session->client;
    const struct aws_exchange exchange = {progress->session, progress->call, progress->credentials,
                                          str_from(request->endpoint.signing_region),
                                          &request->http};

    return client->carry == NULL ? http_send(client->http, &request->http, response, err)
                                 : client->carry(client->carry_context, &exchange, response, err);
}

/* What the network says names a host; people want to know what was asked of it. */
static void name_call(const struct aws_call *call, const struct err *why, struct err *err)
{
    (void)err_set(err, why->kind, "%s %s: %s", aws_service_info(call->service)->name,
                  call->operation, why->text);
    if (why->hint[0] != '\0') {
        err_hint(err, "%s", why->hint);
    }
}

static bool try_once(struct progress *progress, struct aws_answer *answer,
                     struct aws_failure *failure, struct err *err)
{
    struct aws_session *session = progress->session;
    struct aws_client *client = session->client;
    struct aws_request request = {0};
    struct http_response response = {0};
    struct err why = {0};
    bool ok = false;

    progress->signed_at = client->clock.now(client->clock.context) + atomic_load(&client->skew_s);
    progress->retry_after_ms = 0;
    if (!aws_request_make(&request, client, progress->call, progress->credentials,
                          progress->signed_at, err)) {
        failure->class = AWS_FAIL;
    } else if (!carry(progress, &request, &response, &why)) {
        bool may_pass = response.fault == HTTP_UNREACHABLE || response.fault == HTTP_BROKEN ||
                        response.fault == HTTP_TIMED_OUT;
        failure->class = may_pass ? AWS_RETRY : AWS_FAIL;
        failure->fault = response.fault;
        name_call(progress->call, &why, err);
    } else {
        ok = aws_answer_read(progress->call, &response, answer, failure, err);
        progress->retry_after_ms = retry_after_ms(http_header_find(&response, STR("retry-after")),
                                                  client->clock.now(client->clock.context));
        throttle_tell(&session->throttle, str_from(progress->api),
                      !ok && failure->class == AWS_RETRY_SLOWER,
                      client->clock.monotonic_ms(client->clock.context));
        if (!ok && failure->class == AWS_RETRY_CLOCK &&
            (progress->has_clock || !clock_correct(progress, &response))) {
            failure->class = AWS_FAIL_LOGIN; /* the time is right, so the key is wrong */
        }
    }
    http_response_release(&response);
    aws_request_release(&request);
    return ok;
}

/* Whether asking again could do a thing twice that is to be done once. */
static bool is_perhaps_done(const struct aws_call *call, const struct aws_failure *failure)
{
    return call->is_once && failure->class == AWS_RETRY && failure->fault != HTTP_UNREACHABLE;
}

/* Whether there is another try, having waited for it. */
static bool prepare_retry(struct progress *progress, struct aws_failure *failure)
{
    struct aws_session *session = progress->session;
    const struct aws_client *client = session->client;
    int cost = failure->fault == HTTP_TIMED_OUT ? COST_TIMEOUT : COST;
    uint64_t wait_ms = 0;

    switch (failure->class) {
    case AWS_RETRY_CLOCK:
        progress->has_clock = true;
        return true;
    case AWS_RETRY_LOGIN:
        if (progress->has_login || session->credentials == NULL ||
            !credentials_expire(session->credentials, progress->credentials)) {
            failure->class = AWS_FAIL_LOGIN;
            return false;
        }
        progress->has_login = true;
        return true;
    case AWS_RETRY:
    case AWS_RETRY_SLOWER:
        if (is_perhaps_done(progress->call, failure) ||
            progress->attempts >= client->retry.attempts_max) {
            return false;
        }
        wait_ms =
            retry_wait_ms(&client->retry, progress->attempts,
                          client->clock.random(client->clock.context), progress->retry_after_ms);
        if ((progress->patience != NULL && !retry_patience_allows(progress->patience, wait_ms)) ||
            !retry_budget_take(&session->budget, cost)) {
            return false;
        }
        spend(progress->patience, wait_ms);
        return pause(progress, wait_ms);
    case AWS_SKIP_DENIED:
    case AWS_SKIP_ABSENT:
    case AWS_SKIP_STATE:
    case AWS_FAIL:
    case AWS_FAIL_LOGIN:
        break;
    }
    return false;
}

/* Waits for a place in the queue, where AWS said that we are too fast. In a session that others
 * share, it says nothing about this call how long the queue is. */
static bool turn_wait(struct progress *progress)
{
    struct aws_session *session = progress->session;
    uint64_t wait_ms = 0;

    if (session->client->settings.keeps_rate) {
        return true;
    }
    wait_ms = throttle_take(&session->throttle, str_from(progress->api), now_ms(progress));
    spend(session->patience, wait_ms);
    return pause(progress, wait_ms);
}

static bool credentials_take(struct progress *progress, struct aws_failure *failure,
                             struct err *err)
{
    if (!is_signed(progress->call)) {
        return true;
    }
    if (progress->session->credentials != NULL) {
        progress->credentials = credentials_acquire(progress->session->credentials, err);
    }
    if (progress->credentials == NULL) {
        failure->class = AWS_FAIL_LOGIN;
        return err_set(err, ERR_REMOTE, "%s %s: no credentials",
                       aws_service_info(progress->call->service)->name, progress->call->operation);
    }
    return true;
}

bool aws_send(struct aws_session *session, const struct aws_call *call, struct aws_answer *answer,
              struct aws_failure *failure, struct err *err)
{
    struct progress progress = {.session = session,
                                .call = call,
                                .patience =
                                    call->patience != NULL ? call->patience : session->patience};
    bool ok = false, again = true;

    (void)snprintf(progress.api, sizeof progress.api, "%s:%s",
                   aws_service_info(call->service)->name, call->operation);
    if (progress.patience != NULL && retry_patience_is_over(progress.patience)) {
        *failure = (struct aws_failure){0};
        return refuse(&progress, failure, err);
    }
    while (again) {
        struct err last = {0};
        uint64_t begin_ms = 0;

        *failure = (struct aws_failure){.class = AWS_FAIL, .attempts = progress.attempts};
        if (!turn_wait(&progress)) {
            failure->fault = HTTP_CANCELLED;
            return err_set(err, ERR_REMOTE, "cancelled");
        }
        if (!credentials_take(&progress, failure, err)) {
            return false;
        }
        failure->attempts = ++progress.attempts;
        begin_ms = now_ms(&progress);
        ok = try_once(&progress, answer, failure, &last);
        patience_tell(&progress, ok, failure, now_ms(&progress) - begin_ms, &last);
        again = !ok && prepare_retry(&progress, failure);
        credentials_drop(progress.credentials);
        progress.credentials = NULL;
        if (!ok) {
            aws_answer_release(answer);
        }
        if (!ok && !again && err->kind == ERR_NONE) {
            *err = last;
        }
    }
    if (ok) {
        answer->attempts = progress.attempts;
        retry_budget_give(&session->budget, GAIN);
    }
    return ok;
}
