#include "aws/recorder.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "aws/blank.h"
#include "aws/recording.h"
#include "base/hash.h"
#include "base/instant.h"
#include "os/file.h"
#include "os/folder.h"

enum {
    FILE_SIZE_MAX = 80 << 20,
    TITLE_SIZE_MAX = 64 << 10,
    NAME_SIZE_MAX = 160,
    COUNTERS_FIRST = 256
};

/* How many exchanges of a name there were. */
struct counter {
    uint64_t name; /* hash; 0: free */
    uint32_t count;
};

struct recorder {
    struct folder folder;
    pthread_mutex_t lock; /* of all below */
    struct counter *counters;
    size_t counter_count, counter_room; /* a power of two */
    struct err first;
};

struct recorder *recorder_new(struct str path, const struct recorder_facts *facts, struct err *err)
{
    struct recorder *recorder = mem_alloc(sizeof *recorder);
    struct buf text;
    bool ok = false;

    buf_init(&text, TITLE_SIZE_MAX);
    (void)pthread_mutex_init(&recorder->lock, NULL);
    recorder->counter_room = COUNTERS_FIRST;
    recorder->counters = mem_array(recorder->counter_room, sizeof *recorder->counters);
    buf_str(&text, STR("keywarden recording 1\nstarted: "));
    instant_write(&text, facts->started_at);
    buf_str(&text, STR("\nregion: "));
    buf_str(&text, facts->region);
    buf_str(&text, STR("\noptions: "));
    buf_str(&text, facts->options);
    buf_str(&text, STR("\nprogram: keywarden " KEYWARDEN_VERSION "\n"));
    ok = file_make_folder(path, err) && folder_make(&recorder->folder, path, err) &&
         folder_write(&recorder->folder, STR("recording.txt"), buf_text(&text), err);
    buf_release(&text);
    if (!ok) {
        recorder_free(recorder);
        return NULL;
    }
    return recorder;
}

bool recorder_finish(const struct recorder *recorder, struct err *err)
{
    if (recorder->first.kind != ERR_NONE && err->kind == ERR_NONE) {
        *err = recorder->first;
    }
    return recorder->first.kind == ERR_NONE;
}

void recorder_free(struct recorder *recorder)
{
    if (recorder != NULL) {
        folder_close(&recorder->folder);
        (void)pthread_mutex_destroy(&recorder->lock);
        mem_free(recorder->counters);
        mem_free(recorder);
    }
}

/* ---- File names ----------------------------------------------------------------------------- */

static struct counter *counter_find(struct counter *counters, size_t room, uint64_t name)
{
    size_t at = (size_t)name & (room - 1);

    while (counters[at].name != 0 && counters[at].name != name) {
        at = (at + 1) & (room - 1);
    }
    return &counters[at];
}

static void counters_grow(struct recorder *recorder)
{
    size_t room = 2 * recorder->counter_room;
    struct counter *larger = mem_array(room, sizeof *larger);

    for (size_t i = 0; i < recorder->counter_room; i++) {
        if (recorder->counters[i].name != 0) {
            *counter_find(larger, room, recorder->counters[i].name) = recorder->counters[i];
        }
    }
    mem_free(recorder->counters);
    recorder->counters = larger;
    recorder->counter_room = room;
}

/* The next number of a name, from 1. */
static uint32_t number_take(struct recorder *recorder, struct str name)
{
    uint64_t hash = hash_bytes(0, name) | 1;
    struct counter *counter = NULL;
    uint32_t number = 0;

    (void)pthread_mutex_lock(&recorder->lock);
    if (2 * recorder->counter_count >= recorder->counter_room) {
        counters_grow(recorder);
    }
    counter = counter_find(recorder->counters, recorder->counter_room, hash);
    recorder->counter_count += counter->name == 0;
    counter->name = hash;
    number = ++counter->count;
    (void)pthread_mutex_unlock(&recorder->lock);
    return number;
}

static bool is_account(struct str text)
{
    uint64_t number = 0;

    return text.n == 12 && str_to_u64(text, &number);
}

/* Whose file it is: of an entry into an account, that account. */
static struct str account_of(const struct aws_exchange *exchange)
{
    const struct aws_call *call = exchange->call;

    for (size_t i = 0; i < call->parameter_count; i++) {
        struct str value = call->parameters[i].value, part = {0};
        if (strcmp(call->parameters[i].name, "TargetPrincipal") == 0 && is_account(value)) {
            return value;
        }
        if (strcmp(call->parameters[i].name, "RoleArn") == 0) {
            for (int colons = 0; colons < 5; colons++) {
                (void)str_cut(&value, ':', &part);
            }
            if (is_account(part)) {
                return part;
            }
        }
    }
    return str_from(exchange->session->label);
}

/* ---- Recording ------------------------------------------------------------------------------ */

/* What an answer's headers may tell. */
static const struct str kept_headers[] = {
    STR_LIT("date"),
    STR_LIT("content-type"),
    STR_LIT("x-amzn-errortype"),
    STR_LIT("x-amzn-requestid"),
    STR_LIT("x-amz-request-id"),
    STR_LIT("retry-after"),
};

static void headers_take(const struct http_response *response, struct recording *recording)
{
    for (size_t i = 0; i < sizeof kept_headers / sizeof *kept_headers; i++) {
        struct str value = http_header_find(response, kept_headers[i]);
        if (value.n > 0) {
            recording->headers[recording->header_count++] =
                (struct http_header){kept_headers[i], value};
        }
    }
}

/* Whatever this exchange itself was signed and sent with. */
static void own_secrets_blank(const struct aws_exchange *exchange, struct buf *text)
{
    const struct http_request *request = exchange->request;

    if (exchange->credentials != NULL) {
        blank_value(text, secret_text(&exchange->credentials->secret_key));
        blank_value(text, secret_text(&exchange->credentials->session_token));
    }
    blank_value(text, exchange->call->bearer);
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_eq(request->headers[i].name, STR("authorization"))) {
            blank_value(text, request->headers[i].value);
        }
    }
}

static void keep(struct recorder *recorder, const struct aws_exchange *exchange,
                 const struct http_response *response, const struct err *why)
{
    const char *service = aws_service_info(exchange->call->service)->setting;
    struct recording recording = {.account = str_from(exchange->session->label),
                                  .service = str_from(service),
                                  .operation = str_from(exchange->call->operation),
                                  .region = exchange->region,
                                  .fault = response->fault,
                                  .message = str_from(why->text),
                                  .status = response->status};
    struct buf asked, body, text;
    struct str account = account_of(exchange);
    struct err err = {0};
    char name[NAME_SIZE_MAX];
    int n = 0;

    buf_init(&asked, FILE_SIZE_MAX);
    buf_init(&body, FILE_SIZE_MAX);
    buf_init(&text, FILE_SIZE_MAX);
    recording_asked_write(&asked, exchange->call);
    blank_named(buf_text(&response->body), exchange->call->is_secret, &body);
    own_secrets_blank(exchange, &body);
    recording.asked = buf_text(&asked);
    recording.body = buf_text(&body);
    headers_take(response, &recording);
    n = snprintf(name, sizeof name, "%.*s.%s.%s", STR_ARG(account), service,
                 exchange->call->operation);
    if (n > 0 && (size_t)n < sizeof name) {
        recording.number = number_take(recorder, (struct str){name, (size_t)n});
        (void)snprintf(name + n, sizeof name - (size_t)n, ".%04u.txt", recording.number);
    }
    recording_write(&text, &recording);
    own_secrets_blank(exchange, &text);
    if (text.overflowed || asked.overflowed || body.overflowed) {
        (void)err_set(&err, ERR_INPUT, "an answer is too large to be recorded: %s", name);
    }
    if (err.kind != ERR_NONE ||
        !folder_write(&recorder->folder, str_from(name), buf_text(&text), &err)) {
        (void)pthread_mutex_lock(&recorder->lock);
        recorder->first = recorder->first.kind == ERR_NONE ? err : recorder->first;
        (void)pthread_mutex_unlock(&recorder->lock);
    }
    buf_release(&asked);
    secret_wipe_buf(&body);
    secret_wipe_buf(&text);
}

static bool carry(void *context, const struct aws_exchange *exchange,
                  struct http_response *response, struct err *err)
{
    const struct aws_session *session = exchange->session;
    bool ok = http_send(session->client->http, exchange->request, response, err);

    if (session->label[0] != '\0' && response->fault != HTTP_CANCELLED &&
        response->fault != HTTP_UNUSABLE) {
        keep(context, exchange, response, err);
    }
    return ok;
}

void recorder_attach(struct recorder *recorder, struct aws_client *client)
{
    client->carry = carry;
    client->carry_context = recorder;
}
