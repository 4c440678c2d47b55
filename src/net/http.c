#include "net/http.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "net/curl_library.h"
#include "os/file.h"

enum {
    TOTAL_TIMEOUT_MS = 5 * 60 * 1000,
    CONNECT_TIMEOUT_MS = 10 * 1000,
    LOW_SPEED_TIMEOUT_MS = 30 * 1000,
    LOW_SPEED_BYTES = 100,
    BODY_SIZE_MAX = 64 << 20,
    HEADERS_SIZE_MAX = 64 << 10,
    SECRET_BODY_SIZE = 64 << 10, /* the whole room at once, so that growing leaves no copies */
    POLL_MS = 100,               /* how late a cancellation may be noticed */
    IDLE_MAX = 256,
};

/* One call: lives on the caller's stack while it waits. */
struct job {
    CURL *easy;
    const struct http_request *request;
    struct http_response *response;
    struct curl_slist *headers;
    struct job *next, *previous;
    pthread_cond_t finished;
    bool is_finished, is_body_too_large, is_head_too_large, is_head_over;
    CURLcode code;
    char text[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t lock;
    struct job *waiting; /* not given to libcurl yet, newest first; under the lock */
    struct job *running; /* the thread's own */
    CURL *idle[IDLE_MAX];
    unsigned idle_count; /* handles to use again; under the lock */
    bool is_ending;      /* under the lock */
    atomic_bool is_cancelled;
    char *ca_bundle;
};

/* ---- What libcurl calls, whose types it says ---- */

// NOLINTBEGIN(readability-non-const-parameter)
static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    struct job *job = data;
    size_t n = size * count;

    buf_bytes(&job->response->body, bytes, n);
    job->is_body_too_large = job->response->body.overflowed;
    return job->is_body_too_large ? 0 : n;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *data)
{
    struct job *job = data;
    size_t n = size * count;
    struct str line = {bytes, n};

    if (str_starts(line, STR("HTTP/"))) {
        buf_clear(&job->response->headers); /* those before were of a 1xx or of a proxy */
    }
    buf_str(&job->response->headers, line);
    job->is_head_over = str_trim(line).n == 0;
    job->is_head_too_large = job->response->headers.overflowed;
    return job->is_head_too_large ? 0 : n;
}

// NOLINTEND(readability-non-const-parameter)

/* ---- One call ---- */

static bool headers_set(struct job *job)
{
    struct buf line;
    bool ok = true;

    buf_init(&line, HEADERS_SIZE_MAX);
    for (size_t i = 0; ok && i < job->request->header_count; i++) {
        const struct http_header *header = &job->request->headers[i];
        struct curl_slist *longer = NULL;
        buf_clear(&line);
        buf_str(&line, header->name);
        /* libcurl takes "name:" for "leave it out" and "name;" for an empty value. */
        buf_str(&line, header->value.n > 0 ? STR(": ") : STR(";"));
        buf_str(&line, header->value);
        ok = !line.overflowed && memchr(line.p, '\n', line.n) == NULL &&
             memchr(line.p, '\r', line.n) == NULL && memchr(line.p, '\0', line.n) == NULL;
        buf_char(&line, '\0');
        longer = ok ? curl->slist_append(job->headers, line.p) : NULL;
        ok = longer != NULL;
        job->headers = ok ? longer : job->headers;
    }
    if (line.p != NULL) {
        explicit_bzero(line.p, line.capacity);
    }
    buf_release(&line);
    if (ok) {
        struct curl_slist *longer = curl->slist_append(job->headers, "Expect:");
        ok = longer != NULL;
        job->headers = ok ? longer : job->headers;
    }
    return ok;
}

/* libcurl keeps copies of headers; tokens among them are not to outlive the call. */
static void headers_free(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next) {
        explicit_bzero(at->data, strlen(at->data));
    }
    curl->slist_free_all(headers);
}

static long or_else(uint32_t value, long otherwise)
{
    return value > 0 ? (long)value : otherwise;
}

static void limits_set(CURL *easy, const struct http_request *request)
{
    long slow_ms = or_else(request->low_speed_timeout_ms, LOW_SPEED_TIMEOUT_MS);

    (void)curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    (void)curl->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl->easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                            or_else(request->total_timeout_ms, TOTAL_TIMEOUT_MS));
    (void)curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                            or_else(request->connect_timeout_ms, CONNECT_TIMEOUT_MS));
    (void)curl->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
    (void)curl->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (slow_ms + 999) / 1000);
    if (request->is_once) {
        (void)curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    }
    if (request->is_local) {
        (void)curl->easy_setopt(easy, CURLOPT_NOPROXY, "*");
    }
}

static bool easy_prepare(const struct http *http, struct job *job)
{
    CURL *easy = job->easy;
    const struct http_request *request = job->request;
    bool has_body = request->body.n > 0 || strcmp(request->method, "POST") == 0;

    limits_set(easy, request);
    if (http->ca_bundle != NULL) {
        (void)curl->easy_setopt(easy, CURLOPT_CAINFO, http->ca_bundle);
    }
    if (strcmp(request->method, "HEAD") == 0) {
        (void)curl->easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (has_body) {
        (void)curl->easy_setopt(easy, CURLOPT_POST, 1L);
        (void)curl->easy_setopt(easy, CURLOPT_POSTFIELDS,
                                request->body.n > 0 ? request->body.p : "");
        (void)curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
    }
    (void)curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    (void)curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl->easy_setopt(easy, CURLOPT_WRITEDATA, job);
    (void)curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl->easy_setopt(easy, CURLOPT_HEADERDATA, job);
    (void)curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, job->text);
    (void)curl->easy_setopt(easy, CURLOPT_PRIVATE, job);
    return (str_starts(str_from(request->url), STR("https://")) ||
            str_starts(str_from(request->url), STR("http://"))) &&
           curl->easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK && headers_set(job) &&
           curl->easy_setopt(easy, CURLOPT_HTTPHEADER, job->headers) == CURLE_OK;
}

/* A line of the headers is held by libcurl until it ends, up to a cap of its own, which is above
 * ours. Over it, libcurl says that memory is out. */
static bool has_endless_line(const struct job *job)
{
    curl_off_t first_byte_us = 0;

    return job->code == CURLE_OUT_OF_MEMORY && !job->is_head_over &&
           curl->easy_getinfo(job->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us) ==
               CURLE_OK &&
           first_byte_us > 0;
}

static enum http_fault fault_of(const struct job *job)
{
    if (job->is_body_too_large || job->is_head_too_large) {
        return HTTP_TOO_LARGE;
    }
    switch ((int)job->code) {
    case CURLE_OK:
        return HTTP_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return HTTP_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMED_OUT;
    case CURLE_ABORTED_BY_CALLBACK:
        return HTTP_CANCELLED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
        return HTTP_UNTRUSTED;
    case CURLE_URL_MALFORMAT:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return HTTP_UNUSABLE;
    default:
        return HTTP_BROKEN;
    }
}

/* The host of a URL, for messages: a path or query may say more than they should. */
static struct str host_of(const char *url)
{
    struct str rest = str_from(strstr(url, "://"));

    rest = str_sub(rest, 3, rest.n);
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '/' || rest.p[i] == '?') {
            rest.n = i;
        }
    }
    return rest;
}

static bool fault_tell(const struct job *job, enum http_fault fault, struct err *err)
{
    struct str host = host_of(job->request->url);
    const char *text = job->text[0] != '\0' ? job->text : curl->easy_strerror(job->code);

    switch (fault) {
    case HTTP_ANSWERED:
        return true;
    case HTTP_TOO_LARGE:
        return job->is_head_too_large
                   ? err_set(err, ERR_REMOTE, "the headers of %.*s are larger than %zu bytes",
                             STR_ARG(host), job->response->headers.size_max)
                   : err_set(err, ERR_REMOTE, "the answer of %.*s is larger than %zu bytes",
                             STR_ARG(host), job->response->body.size_max);
    case HTTP_CANCELLED:
        return err_set(err, ERR_REMOTE, "cancelled");
    case HTTP_UNTRUSTED:
        (void)err_set(err, ERR_REMOTE, "%.*s is not trusted: %s", STR_ARG(host), text);
        err_hint(err, "AWS_CA_BUNDLE names the certificates to trust, if a proxy has its own");
        return false;
    case HTTP_UNREACHABLE:
        return err_set(err, ERR_REMOTE, "%.*s cannot be reached: %s", STR_ARG(host), text);
    case HTTP_BROKEN:
    case HTTP_TIMED_OUT:
    case HTTP_UNUSABLE:
        break;
    }
    return err_set(err, ERR_REMOTE, "no whole answer from %.*s: %s", STR_ARG(host), text);
}

/* ---- The thread ---- */

static void job_finish(struct http *http, struct job *job, CURLcode code)
{
    (void)curl->multi_remove_handle(http->multi, job->easy);
    if (job->previous != NULL) {
        job->previous->next = job->next;
    } else {
        http->running = job->next;
    }
    if (job->next != NULL) {
        job->next->previous = job->previous;
    }
    job->code = code;
    (void)pthread_mutex_lock(&http->lock);
    job->is_finished = true;
    (void)pthread_cond_signal(&job->finished); /* the job is gone once the lock is */
    (void)pthread_mutex_unlock(&http->lock);
}

static void jobs_start(struct http *http, struct job *waiting)
{
    while (waiting != NULL) {
        struct job *job = waiting;
        waiting = job->next;
        job->previous = NULL;
        job->next = http->running;
        if (http->running != NULL) {
            http->running->previous = job;
        }
        http->running = job;
        if (curl->multi_add_handle(http->multi, job->easy) != CURLM_OK) {
            job_finish(http, job, CURLE_OUT_OF_MEMORY);
        }
    }
}

static void jobs_collect(struct http *http)
{
    CURLMsg *message = NULL;
    int left = 0;

    while ((message = curl->multi_info_read(http->multi, &left)) != NULL) {
        struct job *job = NULL;
        CURLcode code = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job) == CURLE_OK) {
            job_finish(http, job, code);
        }
    }
}

static void *drive(void *data)
{
    struct http *http = data;
    bool is_ending = false;

    while (!is_ending) {
        struct job *waiting = NULL;
        int running = 0;

        (void)pthread_mutex_lock(&http->lock);
        waiting = http->waiting;
        http->waiting = NULL;
        is_ending = http->is_ending;
        (void)pthread_mutex_unlock(&http->lock);
        jobs_start(http, waiting);
        (void)curl->multi_perform(http->multi, &running);
        jobs_collect(http);
        while (atomic_load(&http->is_cancelled) && http->running != NULL) {
            job_finish(http, http->running, CURLE_ABORTED_BY_CALLBACK);
        }
        if (!is_ending) {
            (void)curl->multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
        }
    }
    return NULL;
}

/* ---- Public ---- */

static bool thread_start(struct http *http)
{
    sigset_t all, before;
    bool ok = false;

    /* Signals stay with the threads that were there. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    ok = pthread_create(&http->thread, NULL, drive, http) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

struct http *http_new(const struct http_options *options, struct err *err)
{
    struct http *http = NULL;
    struct str bundle = str_from(options->ca_bundle);
    struct file_info info;

    if (!curl_library_load(err)) {
        return NULL;
    }
    if (bundle.n > 0 && !file_look(bundle, &info)) {
        (void)err_set(err, ERR_REMOTE, "no certificates to trust in '%s'", options->ca_bundle);
        return NULL;
    }
    http = mem_alloc(sizeof *http);
    (void)pthread_mutex_init(&http->lock, NULL);
    http->multi = curl->multi_init();
    if (bundle.n > 0) {
        http->ca_bundle = mem_alloc(bundle.n + 1);
        memcpy(http->ca_bundle, bundle.p, bundle.n);
    }
    if (http->multi != NULL && options->connections_max > 0) {
        (void)curl->multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                                 (long)options->connections_max);
        (void)curl->multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)options->connections_max);
    }
    if (http->multi == NULL || !thread_start(http)) {
        (void)err_set(err, ERR_REMOTE, "no network: libcurl or a thread cannot be started");
        (void)curl->multi_cleanup(http->multi);
        (void)pthread_mutex_destroy(&http->lock);
        mem_free(http->ca_bundle);
        mem_free(http);
        return NULL;
    }
    return http;
}

void http_free(struct http *http)
{
    if (http == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&http->lock);
    http->is_ending = true;
    (void)pthread_mutex_unlock(&http->lock);
    (void)curl->multi_wakeup(http->multi);
    (void)pthread_join(http->thread, NULL);
    for (unsigned i = 0; i < http->idle_count; i++) {
        curl->easy_cleanup(http->idle[i]);
    }
    (void)curl->multi_cleanup(http->multi);
    (void)pthread_mutex_destroy(&http->lock);
    mem_free(http->ca_bundle);
    mem_free(http);
}

static CURL *easy_take(struct http *http)
{
    CURL *easy = NULL;

    (void)pthread_mutex_lock(&http->lock);
    if (http->idle_count > 0) {
        easy = http->idle[--http->idle_count];
    }
    (void)pthread_mutex_unlock(&http->lock);
    return easy != NULL ? easy : curl->easy_init();
}

static void easy_give(struct http *http, CURL *easy)
{
    if (easy == NULL) {
        return;
    }
    curl->easy_reset(easy);
    (void)pthread_mutex_lock(&http->lock);
    if (http->idle_count < IDLE_MAX) {
        http->idle[http->idle_count++] = easy;
        easy = NULL;
    }
    (void)pthread_mutex_unlock(&http->lock);
    if (easy != NULL) {
        curl->easy_cleanup(easy);
    }
}

static void job_run(struct http *http, struct job *job)
{
    (void)pthread_mutex_lock(&http->lock);
    job->next = http->waiting;
    http->waiting = job;
    (void)pthread_mutex_unlock(&http->lock);
    (void)curl->multi_wakeup(http->multi);
    (void)pthread_mutex_lock(&http->lock);
    while (!job->is_finished) {
        (void)pthread_cond_wait(&job->finished, &http->lock);
    }
    (void)pthread_mutex_unlock(&http->lock);
}

bool http_send(struct http *http, const struct http_request *request,
               struct http_response *response, struct err *err)
{
    struct job job = {.request = request, .response = response};
    size_t size_max = request->body_size_max > 0 ? request->body_size_max : BODY_SIZE_MAX;
    long status = 0;

    *response = (struct http_response){.is_secret = request->is_secret};
    buf_init(&response->headers, HEADERS_SIZE_MAX);
    buf_init(&response->body, size_max);
    if (request->is_secret) {
        (void)buf_reserve(&response->body,
                          size_max < SECRET_BODY_SIZE ? size_max : SECRET_BODY_SIZE);
    }
    (void)pthread_cond_init(&job.finished, NULL);
    job.easy = easy_take(http);
    job.code = CURLE_BAD_FUNCTION_ARGUMENT;
    if (atomic_load(&http->is_cancelled)) {
        job.code = CURLE_ABORTED_BY_CALLBACK;
    } else if (job.easy != NULL && easy_prepare(http, &job)) {
        job_run(http, &job);
    }
    if (job.code == CURLE_OK) {
        (void)curl->easy_getinfo(job.easy, CURLINFO_RESPONSE_CODE, &status);
    }
    job.is_head_too_large |= has_endless_line(&job);
    response->status = (unsigned)status;
    response->fault = fault_of(&job);
    easy_give(http, job.easy);
    headers_free(job.headers);
    (void)pthread_cond_destroy(&job.finished);
    return fault_tell(&job, response->fault, err);
}

void http_cancel(struct http *http)
{
    atomic_store(&http->is_cancelled, true);
}

bool http_is_cancelled(const struct http *http)
{
    return atomic_load(&http->is_cancelled);
}

struct str http_header_find(const struct http_response *response, struct str name)
{
    struct str rest = buf_text(&response->headers), line, head;

    while (rest.n > 0) {
        (void)str_cut(&rest, '\n', &line);
        if (str_cut(&line, ':', &head) && str_eq_nocase(head, name)) {
            return str_trim(line);
        }
    }
    return (struct str){0};
}

void http_response_release(struct http_response *response)
{
    if (response->is_secret && response->body.p != NULL) {
        explicit_bzero(response->body.p, response->body.capacity);
    }
    buf_release(&response->headers);
    buf_release(&response->body);
    *response = (struct http_response){0};
}
