#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "aws/recorder.h"
#include "aws/recording.h"
#include "base/instant.h"
#include "os/file.h"
#include "os/system.h"
#include "os/walk.h"

enum {
    FILE_SIZE_MAX = 80 << 20,
    KEY_SIZE_MAX = 1 << 20,
    INDEX_SIZE_MAX = 1 << 30,
    TITLE_SIZE_MAX = 64 << 10,
    MS_PER_S = 1000,
    NS_PER_MS = 1000000,
    SPEED = 100, /* of the clock: whoever waits for it is not to wait long */
};

struct entry {
    struct str key, path;
    uint32_t number;
    uint32_t taken; /* of the first of a key: how many of that key were handed out */
};

struct replayer {
    struct arena arena; /* keys and paths */
    struct entry *entries;
    size_t count, room;
    struct recorder_facts facts;
    uint64_t began_ns;    /* by the machine's clock */
    pthread_mutex_t lock; /* of `taken` and `paused_ms` */
    uint64_t paused_ms;
    struct http *http;
    struct net_clock clock;
    struct credentials_source *credentials;
};

/* ---- The clock ------------------------------------------------------------------------------ */

static uint64_t clock_ms(void *context)
{
    struct replayer *replayer = context;
    uint64_t ms = (system_monotonic_ns() - replayer->began_ns) / NS_PER_MS * SPEED;

    (void)pthread_mutex_lock(&replayer->lock);
    ms += replayer->paused_ms;
    (void)pthread_mutex_unlock(&replayer->lock);
    return ms;
}

static int64_t clock_now(void *context)
{
    return ((struct replayer *)context)->facts.started_at + (int64_t)(clock_ms(context) / MS_PER_S);
}

static bool clock_sleep(void *context, uint64_t ms)
{
    struct replayer *replayer = context;

    (void)pthread_mutex_lock(&replayer->lock);
    replayer->paused_ms += ms;
    (void)pthread_mutex_unlock(&replayer->lock);
    return replayer->http == NULL || !http_is_cancelled(replayer->http);
}

static uint64_t clock_random(void *context)
{
    (void)context;
    return 0;
}

/* ---- The index ------------------------------------------------------------------------------ */

static int entry_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = str_cmp(x->key, y->key);

    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static bool title_read(struct replayer *replayer, struct str text, struct err *err)
{
    struct str rest = text, line, name;
    bool has_time = false;

    if (!str_cut(&rest, '\n', &line) || !str_eq(line, STR("keywarden recording 1"))) {
        return err_set(err, ERR_INPUT, "this is no recording that this version reads");
    }
    while (str_cut(&rest, '\n', &line)) {
        (void)str_cut(&line, ':', &name);
        line = str_trim(line);
        if (str_eq(name, STR("started"))) {
            has_time = instant_parse(line, &replayer->facts.started_at);
        } else if ((str_eq(name, STR("region")) &&
                    !arena_str(&replayer->arena, line, &replayer->facts.region)) ||
                   (str_eq(name, STR("options")) &&
                    !arena_str(&replayer->arena, line, &replayer->facts.options))) {
            return err_set(err, ERR_INPUT, "the recording is too large");
        }
    }
    return has_time || err_set(err, ERR_INPUT, "the recording does not say when it was started");
}

static bool entry_add(struct replayer *replayer, struct str path, struct str text, struct err *err)
{
    struct recording recording;
    struct entry *entry = NULL;
    struct buf key;
    bool ok = false;

    if (!recording_read(text, &recording, err)) {
        return false;
    }
    if (replayer->count == replayer->room) {
        replayer->room = replayer->room == 0 ? 256 : 2 * replayer->room;
        replayer->entries =
            mem_resize(replayer->entries, replayer->room * sizeof *replayer->entries);
    }
    entry = &replayer->entries[replayer->count++];
    *entry = (struct entry){.number = recording.number};
    buf_init(&key, KEY_SIZE_MAX);
    recording_key_write(&key, &recording);
    ok = (!key.overflowed && arena_str(&replayer->arena, buf_text(&key), &entry->key) &&
          arena_str(&replayer->arena, path, &entry->path)) ||
         err_set(err, ERR_INPUT, "the recording is too large");
    buf_release(&key);
    return ok;
}

static bool file_add(struct replayer *replayer, struct str path, bool *has_title, struct err *err)
{
    struct buf text;
    bool ok = false;

    buf_init(&text, FILE_SIZE_MAX);
    ok = file_read_all(path, FILE_SIZE_MAX, &text, err);
    if (ok && str_ends(path, STR("/recording.txt"))) {
        *has_title = true;
        ok = title_read(replayer, str_sub(buf_text(&text), 0, TITLE_SIZE_MAX), err);
    } else if (ok) {
        ok = entry_add(replayer, path, buf_text(&text), err);
    }
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

static bool folder_read(struct replayer *replayer, struct str folder, struct err *err)
{
    static const struct str suffixes[] = {STR_LIT(".txt")};
    struct walk *walk = walk_new(&folder, 1, suffixes, 1);
    struct walk_entry found;
    bool ok = true, has_title = false;

    while (ok && walk_next(walk, &found)) {
        if (found.err.kind != ERR_NONE) {
            *err = found.err;
            err_place(err, found.path, 0, 0);
            ok = false;
        } else {
            ok = file_add(replayer, found.path, &has_title, err);
        }
    }
    walk_free(walk);
    if (ok && !has_title) {
        (void)err_set(err, ERR_INPUT, "no recording: it has no file 'recording.txt'");
        err_hint(err, "name a folder that --record has filled");
        err_place(err, folder, 0, 0);
        return false;
    }
    if (replayer->count > 0) {
        qsort(replayer->entries, replayer->count, sizeof *replayer->entries, entry_compare);
    }
    for (size_t i = 1; ok && i < replayer->count; i++) {
        if (entry_compare(&replayer->entries[i - 1], &replayer->entries[i]) == 0) {
            ok = err_set(err, ERR_INPUT, "the same exchange is in '%.*s' as well",
                         STR_ARG(replayer->entries[i - 1].path));
            err_place(err, replayer->entries[i].path, 0, 0);
        }
    }
    return ok;
}

/* ---- Answers -------------------------------------------------------------------------------- */

/* The first entry of that key; NULL when there is none. */
static struct entry *entry_find(struct replayer *replayer, struct str key)
{
    size_t low = 0, high = replayer->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(replayer->entries[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < replayer->count && str_eq(replayer->entries[low].key, key)
               ? &replayer->entries[low]
               : NULL;
}

/* The next answer to a question; NULL when there is none (any more). */
static const struct entry *entry_take(struct replayer *replayer, struct str key, uint32_t *before)
{
    const struct entry *end = replayer->entries + replayer->count;
    struct entry *entry = entry_find(replayer, key), *taken = NULL;

    *before = 0;
    if (entry != NULL) {
        (void)pthread_mutex_lock(&replayer->lock);
        *before = entry->taken;
        taken = entry + entry->taken;
        if (taken < end && str_eq(taken->key, key)) {
            entry->taken++;
        } else {
            taken = NULL;
        }
        (void)pthread_mutex_unlock(&replayer->lock);
    }
    return taken;
}

static void response_fill(const struct recording *recording, struct http_response *response)
{
    response->fault = recording->fault;
    response->status = recording->status;
    buf_init(&response->headers, FILE_SIZE_MAX);
    buf_init(&response->body, FILE_SIZE_MAX);
    for (size_t i = 0; i < recording->header_count; i++) {
        buf_str(&response->headers, recording->headers[i].name);
        buf_str(&response->headers, STR(": "));
        buf_str(&response->headers, recording->headers[i].value);
        buf_str(&response->headers, STR("\r\n"));
    }
    buf_str(&response->body, recording->body);
}

static bool missing_tell(const struct recording *asked, uint32_t before, struct err *err)
{
    (void)err_set(err, ERR_REMOTE, "%s for %.*s: %.*s",
                  before > 0 ? "recorded fewer times than it is asked now" : "not recorded",
                  STR_ARG(asked->account.n > 0 ? asked->account : STR("nobody in particular")),
                  (int)(asked->asked.n < 200 ? asked->asked.n : 200), asked->asked.p);
    err_hint(err, "replay with the options of the recording");
    return false;
}

static bool answer_read(const struct entry *entry, struct http_response *response, struct err *err)
{
    struct recording recording;
    struct buf text;
    bool ok = false;

    buf_init(&text, FILE_SIZE_MAX);
    ok = file_read_all(entry->path, FILE_SIZE_MAX, &text, err) &&
         recording_read(buf_text(&text), &recording, err);
    if (ok) {
        response_fill(&recording, response);
        ok = recording.fault == HTTP_ANSWERED ||
             err_set(err, ERR_REMOTE, "%.*s", STR_ARG(recording.message));
    } else {
        err_place(err, entry->path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

static bool carry(void *context, const struct aws_exchange *exchange,
                  struct http_response *response, struct err *err)
{
    struct replayer *replayer = context;
    const char *service = aws_service_info(exchange->call->service)->setting;
    struct recording asked = {.account = str_from(exchange->session->label),
                              .service = str_from(service),
                              .operation = str_from(exchange->call->operation),
                              .region = exchange->region};
    const struct entry *entry = NULL;
    struct buf text, key;
    uint32_t before = 0;
    bool ok = false;

    *response = (struct http_response){.fault = HTTP_UNUSABLE};
    if (replayer->http != NULL && http_is_cancelled(replayer->http)) {
        response->fault = HTTP_CANCELLED;
        return err_set(err, ERR_REMOTE, "cancelled");
    }
    buf_init(&text, FILE_SIZE_MAX);
    buf_init(&key, FILE_SIZE_MAX);
    recording_asked_write(&text, exchange->call);
    asked.asked = buf_text(&text);
    recording_key_write(&key, &asked);
    entry = entry_take(replayer, buf_text(&key), &before);
    ok = entry != NULL ? answer_read(entry, response, err) : missing_tell(&asked, before, err);
    buf_release(&text);
    buf_release(&key);
    return ok;
}

/* ---- Public --------------------------------------------------------------------------------- */

struct replayer *replayer_new(struct str folder, struct err *err)
{
    struct replayer *replayer = mem_alloc(sizeof *replayer);
    struct credentials credentials = {0};

    arena_init(&replayer->arena, INDEX_SIZE_MAX);
    (void)pthread_mutex_init(&replayer->lock, NULL);
    replayer->clock = (struct net_clock){replayer, clock_now, clock_ms, clock_sleep, clock_random};
    if (!credentials_set(&credentials, STR("REPLAYED"), STR("REPLAYED"), (struct str){0}, err) ||
        !folder_read(replayer, folder, err)) {
        credentials_release(&credentials);
        replayer_free(replayer);
        return NULL;
    }
    credentials.method = "replay";
    replayer->credentials = credentials_source_of(&credentials, &replayer->clock);
    return replayer;
}

void replayer_attach(struct replayer *replayer, struct aws_client *client)
{
    replayer->http = client->http;
    client->carry = carry;
    client->carry_context = replayer;
    client->clock = replayer->clock;
}

struct recorder_facts replayer_facts(const struct replayer *replayer)
{
    return replayer->facts;
}

bool replayer_settings(const struct replayer *replayer, struct aws_settings *settings,
                       struct err *err)
{
    struct str region = replayer->facts.region;

    *settings = (struct aws_settings){0};
    if (region.n > AWS_REGION_MAX) {
        return err_set(err, ERR_INPUT, "the recording has a region of %zu bytes", region.n);
    }
    if (region.n > 0) {
        memcpy(settings->region, region.p, region.n);
    }
    return true;
}

struct credentials_source *replayer_credentials(struct replayer *replayer)
{
    return replayer->credentials;
}

void replayer_free(struct replayer *replayer)
{
    if (replayer != NULL) {
        credentials_source_free(replayer->credentials);
        (void)pthread_mutex_destroy(&replayer->lock);
        mem_free(replayer->entries);
        arena_release(&replayer->arena);
        mem_free(replayer);
    }
}
