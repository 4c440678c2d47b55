/* How long an account is waited for: the work on one account against answers that are made up, by a
 * clock that only those who wait move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collect/account.h"
#include "collect/calls.h"
#include "net/http.h"

enum { MINUTE_MS = 60 * 1000, USERS_MAX = 2000 };

/* What an AWS does: `answer` says what one call gets, NULL the usual. */
struct reply {
    unsigned status;
    const char *code, *retry_after; /* of an error */
    bool is_silent;                 /* nothing comes, half a minute long */
    bool is_usual;
};

static const struct reply usual = {.is_usual = true};
static const struct reply throttled = {.status = 400, .code = "Throttling"};
static const struct reply unavailable = {.status = 503, .code = "ServiceUnavailable"};
static const struct reply limit_exceeded = {.status = 409, .code = "LimitExceeded"};
static const struct reply not_present = {.status = 410, .code = "ReportNotPresent"};
static const struct reply in_progress = {.status = 404, .code = "ReportInProgress"};
static const struct reply silent = {.is_silent = true};
static const struct reply told_to_wait_a_little = {
    .status = 503, .code = "ServiceUnavailable", .retry_after = "20"};
static const struct reply told_to_wait = {
    .status = 503, .code = "ServiceUnavailable", .retry_after = "150"};

struct aws {
    uint64_t now_ms, latency_ms, random;
    unsigned calls, users;
    struct reply (*answer)(struct aws *aws, const char *operation);
    uint64_t made_ms;  /* when the report is there */
    unsigned throttle; /* of answers in turn, one is not throttled */
};

/* ---- A clock, and answers ------------------------------------------------------------------- */

static int64_t now(void *context)
{
    const struct aws *aws = context;

    return 1700000000 + (int64_t)(aws->now_ms / 1000);
}

static uint64_t monotonic_ms(void *context)
{
    struct aws *aws = context;

    return aws->now_ms;
}

static bool sleep_ms(void *context, uint64_t ms)
{
    struct aws *aws = context;

    aws->now_ms += ms;
    return true;
}

static uint64_t random_bits(void *context)
{
    struct aws *aws = context;

    return aws->random = aws->random * 6364136223846793005 + 1442695040888963407;
}

static void base64_write(struct buf *out, struct str text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < text.n; i += 3) {
        uint32_t bits = 0;
        for (size_t k = i; k < i + 3; k++) {
            bits = bits << 8 | (k < text.n ? (unsigned char)text.p[k] : 0);
        }
        for (unsigned k = 0; k < 4; k++) {
            buf_char(out, i + k > text.n ? '=' : digits[bits >> (18 - 6 * k) & 63]);
        }
    }
}

static void report_write(struct buf *out, const struct aws *aws)
{
    struct buf text;

    buf_init(&text, 1 << 20);
    buf_str(&text,
            STR("user,arn,mfa_active\n<root_account>,arn:aws:iam::222222222222:root,true\n"));
    for (unsigned i = 0; i < aws->users; i++) {
        buf_printf(&text, "u%u,arn:aws:iam::222222222222:user/u%u,true\n", i, i);
    }
    buf_str(out, STR("<Content>"));
    base64_write(out, buf_text(&text));
    buf_str(out, STR("</Content><GeneratedTime>2026-11-01T00:00:00Z</GeneratedTime>"));
    buf_release(&text);
}

/* What every answer to the operation has, with nothing in it. */
static void must_write(struct buf *out, const char *operation)
{
    for (enum call_id id = 0; id < CALL_COUNT; id++) {
        if (strcmp(call_at(id)->operation, operation) == 0) {
            buf_printf(out, "<%s/>", call_at(id)->must);
            return;
        }
    }
}

static void usual_write(struct buf *out, const struct aws *aws, const char *operation)
{
    buf_printf(out, "<%sResponse><%sResult>", operation, operation);
    if (strcmp(operation, "GetCallerIdentity") == 0) {
        buf_str(out, STR("<Arn>arn:aws:iam::111111111111:user/me</Arn>"
                         "<Account>111111111111</Account>"));
    } else if (strcmp(operation, "AssumeRole") == 0) {
        buf_str(out, STR("<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s"
                         "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>"
                         "2099-01-01T00:00:00Z</Expiration></Credentials>"));
    } else if (strcmp(operation, "GetCredentialReport") == 0) {
        report_write(out, aws);
    } else {
        must_write(out, operation);
    }
    buf_printf(out, "</%sResult></%sResponse>", operation, operation);
}

static bool carry(void *context, const struct aws_exchange *exchange,
                  struct http_response *response, struct err *err)
{
    struct aws *aws = context;
    const char *operation = exchange->call->operation;
    struct reply reply = aws->answer(aws, operation);

    aws->calls++;
    *response = (struct http_response){.status = reply.is_usual ? 200 : reply.status};
    buf_init(&response->headers, 4096);
    buf_init(&response->body, 1 << 20);
    if (reply.is_silent) {
        aws->now_ms += 30000;
        response->fault = HTTP_TIMED_OUT;
        return err_set(err, ERR_REMOTE, "no whole answer");
    }
    aws->now_ms += aws->latency_ms;
    if (reply.is_usual) {
        usual_write(&response->body, aws, operation);
        return true;
    }
    if (reply.retry_after != NULL) {
        buf_printf(&response->headers, "Retry-After: %s\n", reply.retry_after);
    }
    buf_printf(&response->body,
               "<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error>"
               "</ErrorResponse>",
               reply.code);
    return true;
}

/* ---- One account ---------------------------------------------------------------------------- */

struct outcome {
    enum work_end end;
    struct err err;
    uint64_t took_ms;
    size_t warning_count, failed_count;
};

static struct outcome collect(struct aws *aws)
{
    struct outcome outcome = {.end = WORK_PARKED};
    struct aws_settings settings = {.region = "us-east-1"};
    struct collector collector = {.parts = COLLECT_BASE, .now = 1700000000};
    struct collect_account account = {.number = 222222222222, .entry = {.role = STR_LIT("R")}};
    struct account_work *work = NULL;
    struct account_result result;
    struct credentials key = {0};
    struct credentials_source *source = NULL;
    struct aws_client client;
    struct err err = {0};
    struct http *http = http_new(&(struct http_options){0}, &err);
    struct net_clock clock = {aws, now, monotonic_ms, sleep_ms, random_bits};

    assert_non_null(http);
    assert_true(credentials_set(&key, STR("AKIAEXAMPLE"), STR("s"), STR(""), &err));
    source = credentials_source_of(&key, &clock);
    aws_client_init(&client, http, clock, &settings);
    client.carry = carry;
    client.carry_context = aws;
    aws->now_ms = 1000000;
    assert_true(collector_begin(&collector, &client, source, &err));
    aws->calls = 0;
    work = account_work_new(&collector, &account);
    while (outcome.end == WORK_PARKED) {
        outcome.end = account_work_step(work, &outcome.err);
        aws->now_ms = outcome.end == WORK_PARKED ? account_work_due(work) : aws->now_ms;
    }
    outcome.took_ms = aws->now_ms - 1000000;
    result = account_work_result(work);
    outcome.warning_count = result.warning_count;
    for (size_t i = 0; i < result.answer_count; i++) {
        outcome.failed_count += result.answers[i].outcome == ANSWER_FAILED;
    }
    account_work_free(work);
    collector_end(&collector);
    credentials_source_free(source);
    http_free(http);
    return outcome;
}

static void expect_given_up(struct aws *aws, uint64_t least_ms, uint64_t most_ms,
                            unsigned calls_max, const char *says)
{
    struct outcome outcome = collect(aws);

    print_message("%u calls, %u ms: %s\n", aws->calls, (unsigned)outcome.took_ms, outcome.err.text);
    assert_int_equal(outcome.end, WORK_FAILED);
    assert_non_null(strstr(outcome.err.text, says));
    assert_non_null(strstr(outcome.err.hint, "collect --resume"));
    assert_in_range(outcome.took_ms, least_ms, most_ms);
    assert_in_range(aws->calls, 1, calls_max);
}

static bool is(const char *operation, const char *other)
{
    return strcmp(operation, other) == 0;
}

/* ---- Accounts that get nowhere -------------------------------------------------------------- */

static struct reply get_throttled(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "GetCredentialReport") ? throttled : usual;
}

static struct reply generate_throttled(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "GenerateCredentialReport") ? throttled
           : is(operation, "GetCredentialReport")    ? not_present
                                                     : usual;
}

static struct reply enter_unavailable(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "AssumeRole") ? unavailable : usual;
}

static struct reply all_silent(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "AssumeRole") || is(operation, "GetCallerIdentity") ? usual : silent;
}

static struct reply get_told_to_wait(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "GetCredentialReport") ? told_to_wait : usual;
}

static struct reply generate_refused(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "GenerateCredentialReport") ? limit_exceeded
           : is(operation, "GetCredentialReport")    ? not_present
                                                     : usual;
}

static struct reply get_told_to_wait_a_little(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "GetCredentialReport") ? told_to_wait_a_little : usual;
}

static void test_given_up(void **state)
{
    struct aws aws = {.latency_ms = 20};

    (void)state;
    aws.answer = get_throttled;
    expect_given_up(&aws, MINUTE_MS, 2 * MINUTE_MS, 60, "GetCredentialReport: Throttling");
    aws.answer = generate_throttled;
    expect_given_up(&aws, MINUTE_MS, 2 * MINUTE_MS, 60, "GenerateCredentialReport: Throttling");
    aws.answer = enter_unavailable;
    expect_given_up(&aws, MINUTE_MS, 2 * MINUTE_MS, 90, "AssumeRole: ServiceUnavailable");
    /* As long for all else as for the report. */
    aws.answer = all_silent;
    expect_given_up(&aws, MINUTE_MS, 4 * MINUTE_MS, 20, "GetCredentialReport: no whole answer");
    aws.answer = get_told_to_wait_a_little;
    expect_given_up(&aws, MINUTE_MS, 2 * MINUTE_MS, 30, "ServiceUnavailable");
    aws.answer = get_told_to_wait;
    expect_given_up(&aws, MINUTE_MS, 2 * MINUTE_MS, 30, "ServiceUnavailable");
    /* What is no trouble of the network does not pass by itself, but is asked for again. */
    aws.answer = generate_refused;
    expect_given_up(&aws, MINUTE_MS, 2 * MINUTE_MS, 60, "GenerateCredentialReport: LimitExceeded");
}

/* ---- Reports -------------------------------------------------------------------------------- */

static struct reply being_made(struct aws *aws, const char *operation)
{
    return is(operation, "GetCredentialReport") && aws->now_ms < aws->made_ms ? in_progress : usual;
}

static void test_being_made(void **state)
{
    struct aws aws = {.latency_ms = 20, .answer = being_made, .made_ms = UINT64_MAX};
    struct outcome outcome;

    (void)state;
    expect_given_up(&aws, 4 * MINUTE_MS, 5 * MINUTE_MS + 10000, 60,
                    "AWS did not make a report in five minutes");
    aws.made_ms = 1000000 + 4 * MINUTE_MS;
    outcome = collect(&aws);
    assert_int_equal(outcome.end, WORK_DONE);
    /* Nobody counts the time of answers, however late they come. */
    aws.latency_ms = 2000;
    outcome = collect(&aws);
    assert_int_equal(outcome.end, WORK_DONE);
}

/* ---- Accounts that are slow, but get on ------------------------------------------------------ */

/* Of so many tries in a row one is answered. */
static struct reply often_throttled(struct aws *aws, const char *operation)
{
    (void)operation;
    return aws->calls % aws->throttle > 0 ? throttled : usual;
}

static void test_slow(void **state)
{
    struct aws aws = {.latency_ms = 2000, .users = USERS_MAX, .answer = often_throttled};
    struct outcome outcome;

    (void)state;
    aws.throttle = 1;
    outcome = collect(&aws);
    assert_int_equal(outcome.end, WORK_DONE);
    assert_int_equal(outcome.failed_count, 0);
    assert_in_range(aws.calls, USERS_MAX + 7, USERS_MAX + 10);
    aws.throttle = 4;
    aws.users = 20;
    outcome = collect(&aws);
    assert_int_equal(outcome.end, WORK_DONE);
    assert_int_equal(outcome.failed_count, 0);
    assert_true(outcome.took_ms > 4 * MINUTE_MS); /* longer than anybody waits for one answer */
}

/* ---- What else is asked ---------------------------------------------------------------------- */

static struct reply users_throttled(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "ListMFADevices") ? throttled : usual;
}

static struct reply details_told_to_wait(struct aws *aws, const char *operation)
{
    (void)aws;
    return is(operation, "GetAccountAuthorizationDetails") ? told_to_wait : usual;
}

static void test_gaps(void **state)
{
    struct aws aws = {.latency_ms = 20, .users = USERS_MAX, .answer = users_throttled};
    struct outcome outcome = collect(&aws);

    (void)state;
    /* A snapshot without what AWS did not tell; nobody asks for two thousand users in vain. */
    print_message("%u calls, %u ms\n", aws.calls, (unsigned)outcome.took_ms);
    assert_int_equal(outcome.end, WORK_DONE);
    assert_int_equal(outcome.failed_count, USERS_MAX);
    assert_int_equal(outcome.warning_count, USERS_MAX);
    assert_in_range(outcome.took_ms, MINUTE_MS, 2 * MINUTE_MS);
    /* One call that is told to wait longer than anybody does is one gap. */
    aws.answer = details_told_to_wait;
    aws.users = 1;
    outcome = collect(&aws);
    assert_int_equal(outcome.end, WORK_DONE);
    assert_int_equal(outcome.failed_count, 1);
    assert_in_range(outcome.took_ms, 0, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_being_made),
        cmocka_unit_test(test_slow),
        cmocka_unit_test(test_gaps),
    };

    return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
