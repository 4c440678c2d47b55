/* Makes calls for tests, with the credentials and settings that this environment has.
 *
 * usage: aws_call_probe [KEY=VALUE...] SERVICE OPERATION [NAME=VALUE...]
 *        keys: profile region mfa (the code) now (a fixed clock: waits are told, not waited)
 *              attempts repeat threads budget body method path once role (an ARN to assume first)
 *              external (id, for the role) record replay (a folder) label
 *        SERVICE is named as in a [services] section; "-": finds credentials only, and tells of
 *        them.
 * Prints one JSON object. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client.h"
#include "aws/credentials_chain.h"
#include "aws/recorder.h"
#include "crypto/sha256.h"
#include "os/system.h"
#include "os/worker.h"
#include "render/json.h"

struct fake_clock {
    int64_t now;
    uint64_t ms;
    uint64_t waits[64];
    unsigned wait_count;
    pthread_mutex_t lock;
};

static int64_t fake_now(void *context)
{
    const struct fake_clock *clock = context;

    return clock->now;
}

static uint64_t fake_ms(void *context)
{
    struct fake_clock *clock = context;

    return clock->ms;
}

static bool fake_sleep(void *context, uint64_t ms)
{
    struct fake_clock *clock = context;

    (void)pthread_mutex_lock(&clock->lock);
    if (clock->wait_count < 64) {
        clock->waits[clock->wait_count++] = ms;
    }
    clock->ms += ms;
    (void)pthread_mutex_unlock(&clock->lock);
    return true;
}

/* The longest wait that may be drawn: every bound is a power of two times a hundred. */
static uint64_t fake_random(void *context)
{
    (void)context;
    return 50;
}

static bool tell_code(void *context, struct str serial, struct secret *code, struct err *err)
{
    (void)serial;
    return secret_set(code, str_from(context), err);
}

struct task {
    struct aws_session *session;
    struct aws_call call;
    unsigned repeat;
    struct buf *out;
    unsigned failures[256];
};

static void text(struct json_writer *json, const char *key, struct str value)
{
    json_key(json, str_from(key));
    json_text(json, value);
}

static void tell(struct buf *out, const struct aws_answer *answer,
                 const struct aws_failure *failure, const struct err *err, bool ok)
{
    static const char *const classes[] = {"retry",  "slower", "clock", "login",     "denied",
                                          "absent", "state",  "fail",  "fail-login"};
    struct json_writer json = {.out = out};

    text(&json, "ok", ok ? STR("true") : STR("false"));
    if (ok) {
        text(&json, "body", buf_text(&answer->body));
        text(&json, "request_id", str_from(answer->request_id));
        text(&json, "result",
             answer->result != NULL && answer->result->first != NULL ? answer->result->first->name
                                                                     : STR(""));
        json_key(&json, STR("attempts"));
        json_u64(&json, answer->attempts);
        return;
    }
    text(&json, "class", str_from(classes[failure->class]));
    text(&json, "code", str_from(failure->code));
    text(&json, "action", str_from(failure->action));
    text(&json, "request_id", str_from(failure->request_id));
    text(&json, "error", str_from(err->text));
    text(&json, "hint", str_from(err->hint));
    json_key(&json, STR("fault"));
    json_u64(&json, failure->fault);
    json_key(&json, STR("status"));
    json_u64(&json, failure->status);
    json_key(&json, STR("attempts"));
    json_u64(&json, failure->attempts);
}

static void work(void *shared, unsigned index)
{
    struct task *task = shared;

    for (unsigned i = 0; i < task->repeat; i++) {
        struct aws_answer answer = {0};
        struct aws_failure failure = {0};
        struct err err = {0};
        bool ok = aws_send(task->session, &task->call, &answer, &failure, &err);
        task->failures[index] += !ok;
        if (index == 0 && i + 1 == task->repeat) {
            tell(task->out, &answer, &failure, &err, ok);
        }
        aws_answer_release(&answer);
    }
}

static void tell_credentials(struct credentials_source *source, struct buf *out)
{
    struct json_writer json = {.out = out};
    struct err err = {0};
    const struct credentials *found = credentials_acquire(source, &err);
    char hex[SHA256_HEX_SIZE + 1];

    text(&json, "ok", found != NULL ? STR("true") : STR("false"));
    if (found == NULL) {
        text(&json, "error", str_from(err.text));
        text(&json, "hint", str_from(err.hint));
        return;
    }
    text(&json, "id", str_from(found->access_key_id));
    sha256_text_hex(secret_text(&found->secret_key), hex);
    text(&json, "secret", str_from(hex));
    sha256_text_hex(secret_text(&found->session_token), hex);
    text(&json, "token", found->session_token.n > 0 ? str_from(hex) : STR(""));
    text(&json, "method", str_from(found->method));
    json_key(&json, STR("expires_at"));
    json_i64(&json, found->expires_at);
    credentials_drop(found);
}

struct words {
    struct str profile, region, mfa, now, attempts, repeat, threads, budget, body, method, path,
        role, external, once, record, replay, label;
};

static int keys_take(struct words *words, int count, char **argument)
{
    const struct {
        const char *key;
        struct str *value;
    } keys[] = {
        {"profile", &words->profile}, {"region", &words->region},     {"mfa", &words->mfa},
        {"now", &words->now},         {"attempts", &words->attempts}, {"repeat", &words->repeat},
        {"threads", &words->threads}, {"budget", &words->budget},     {"body", &words->body},
        {"method", &words->method},   {"path", &words->path},         {"role", &words->role},
        {"once", &words->once},       {"external", &words->external}, {"record", &words->record},
        {"replay", &words->replay},   {"label", &words->label}};
    int at = 1;

    for (; at < count; at++) {
        struct str value = str_from(argument[at]), key;
        bool known = false;
        if (!str_cut(&value, '=', &key)) {
            break;
        }
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            if (str_eq(key, str_from(keys[i].key))) {
                *keys[i].value = value;
                known = true;
            }
        }
        if (!known) {
            break;
        }
    }
    return at;
}

static unsigned number(struct str value, unsigned otherwise)
{
    uint64_t n = 0;

    return str_to_u64(value, &n) ? (unsigned)n : otherwise;
}

static enum aws_service service_of(const char *name)
{
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        if (strcmp(aws_service_info((enum aws_service)i)->setting, name) == 0) {
            return (enum aws_service)i;
        }
    }
    abort();
}

static bool set_up(struct aws_client *client, struct fake_clock *fake, const struct words *words,
                   struct err *err)
{
    struct profiles profiles;
    struct aws_settings settings;
    struct aws_settings_options given = {.profile = words->profile, .region = words->region};
    struct http *http = NULL;
    bool ok = profiles_load(&profiles, err);

    if (ok) {
        ok = aws_settings_load(&settings, &profiles, &given, err);
        profiles_release(&profiles);
    }
    if (ok) {
        http = http_new(
            &(struct http_options){.connections_max = 256, .ca_bundle = settings.ca_bundle}, err);
        ok = http != NULL;
    }
    if (ok) {
        struct net_clock clock = net_clock_of(http);
        if (words->now.n > 0) {
            if (!str_to_i64(words->now, &fake->now)) {
                abort();
            }
            (void)pthread_mutex_init(&fake->lock, NULL);
            clock = (struct net_clock){fake, fake_now, fake_ms, fake_sleep, fake_random};
        }
        aws_client_init(client, http, clock, &settings);
        client->retry.attempts_max = number(words->attempts, client->retry.attempts_max);
    }
    return ok;
}

/* One of them, or none. */
struct tapes {
    struct recorder *recorder;
    struct replayer *replayer;
};

static bool tapes_attach(struct tapes *tapes, struct aws_client *client, const struct words *words,
                         struct err *err)
{
    const struct recorder_facts facts = {client->clock.now(client->clock.context), words->region,
                                         STR("call_probe")};

    if (words->record.n > 0) {
        tapes->recorder = recorder_new(words->record, &facts, err);
        if (tapes->recorder != NULL) {
            recorder_attach(tapes->recorder, client);
        }
    } else if (words->replay.n > 0) {
        tapes->replayer = replayer_new(words->replay, err);
        if (tapes->replayer != NULL) {
            replayer_attach(tapes->replayer, client);
        }
    }
    return err->kind == ERR_NONE;
}

static void run(struct aws_client *client, const struct words *words, int count, char **argument,
                struct credentials_source *source, struct buf *out)
{
    static struct task task;
    struct aws_parameter parameters[32];
    struct aws_session session;
    unsigned failures = 0;
    struct json_writer json = {.out = out, .comma = true};

    aws_session_init(&session, client, source);
    aws_session_label(&session, words->label);
    if (words->budget.n > 0) {
        retry_budget_init(&session.budget, (int)number(words->budget, 0));
    }
    task.session = &session;
    task.out = out;
    task.repeat = number(words->repeat, 1);
    task.call = (struct aws_call){.service = service_of(argument[0]),
                                  .operation = argument[1],
                                  .parameters = parameters,
                                  .body = words->body,
                                  .is_once = words->once.n > 0,
                                  .method = words->method.n > 0 ? words->method.p : "GET",
                                  .path = words->path.n > 0 ? words->path.p : NULL};
    for (int i = 2; i < count && i < 34; i++) {
        char *equals = strchr(argument[i], '=');
        *equals = '\0';
        parameters[task.call.parameter_count++] =
            (struct aws_parameter){argument[i], str_from(equals + 1)};
    }
    workers_run(number(words->threads, 1), work, &task);
    for (unsigned i = 0; i < 256; i++) {
        failures += task.failures[i];
    }
    json_key(&json, STR("failures"));
    json_u64(&json, failures);
    json_key(&json, STR("throttled"));
    json_u64(&json, throttle_count(&session.throttle));
    aws_session_release(&session);
}

/* Makes the calls, with credentials that were looked for. */
static void call(struct aws_client *client, struct words *words, int count, char **argument,
                 const struct tapes *tapes, struct buf *out)
{
    union {
        const char *given;
        char *text;
    } code = {.given = words->mfa.p};
    struct credentials_chain chain = {.client = client,
                                      .profile = words->profile,
                                      .prompt = words->mfa.n > 0 ? tell_code : NULL,
                                      .prompt_context = code.text};
    struct credentials_source *found =
        credentials_source_new(credentials_chain_fetch, &chain, &client->clock);
    struct credentials_source *source =
        tapes->replayer != NULL ? replayer_credentials(tapes->replayer) : found;
    struct aws_session sts;
    struct role role = {.sts = &sts,
                        .arn = words->role,
                        .session_name = STR("probe"),
                        .external_id = words->external};
    struct credentials_source *assumed = credentials_source_new(role_fetch, &role, &client->clock);

    aws_session_init(&sts, client, source);
    aws_session_label(&sts, words->label.n > 0 ? STR("caller") : STR(""));
    if (strcmp(argument[0], "-") == 0) {
        tell_credentials(source, out);
    } else {
        run(client, words, count, argument, words->role.n > 0 ? assumed : source, out);
    }
    credentials_source_free(assumed);
    aws_session_release(&sts);
    credentials_source_free(found);
}

int main(int count, char **argument)
{
    static struct aws_client client;
    static struct fake_clock fake;
    struct words words = {0};
    struct tapes tapes = {0};
    struct err err = {0};
    struct buf out;
    struct json_writer json = {.out = &out};
    int at = keys_take(&words, count, argument);
    int code = 1;

    system_forbid_dumps();
    buf_init(&out, 256 << 20);
    json_open(&json, '{');
    if (!set_up(&client, &fake, &words, &err) || !tapes_attach(&tapes, &client, &words, &err)) {
        char where[2048];
        err_format(&err, where, sizeof where);
        text(&json, "ok", STR("false"));
        text(&json, "error", str_from(where));
    } else {
        call(&client, &words, count - at, argument + at, &tapes, &out);
        json.comma = true;
        json_key(&json, STR("waits"));
        json_open(&json, '[');
        for (unsigned i = 0; i < fake.wait_count; i++) {
            json_u64(&json, fake.waits[i]);
        }
        json_close(&json, ']');
        json_key(&json, STR("skew"));
        json_i64(&json, atomic_load(&client.skew_s));
        json_key(&json, STR("recorded"));
        json_bool(&json, tapes.recorder == NULL || recorder_finish(tapes.recorder, &err));
        http_free(client.http);
        code = 0;
    }
    recorder_free(tapes.recorder);
    replayer_free(tapes.replayer);
    json_close(&json, '}');
    (void)printf("%.*s\n", (int)out.n, out.p);
    buf_release(&out);
    return code;
}
