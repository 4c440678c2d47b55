/* http.h: requests over HTTP and TLS, many at once, each as one blocking call.
 *
 * One thread drives libcurl's multi interface, so all callers share its connections (kept alive,
 * HTTP/2 where the server speaks it) and its TLS sessions. A caller waits for its own answer only:
 * concurrency is the number of threads that call.
 *
 * The system's certificates or those of one bundle are trusted, TLS is 1.2 or newer, no redirect is
 * followed (its answer is handed over), no cookies are kept, and nothing is read beyond the caps.
 * Proxies are those of the environment (HTTPS_PROXY, NO_PROXY).
 *
 * Ownership: the response's buffers belong to the caller (http_response_release). Everything in a
 *            request is borrowed until the call returns.
 * Threads:   http_send from any number of threads; http_cancel also from a signal handler.
 *
 * Example:   struct http *http = http_new(&(struct http_options){.connections_max = 64}, &err);
 *            struct http_response response = {0};
 *            if (http_send(http, &request, &response, &err)) { ... response.status ... }
 *            http_response_release(&response);
 *            http_free(http); */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "net/header.h"

struct http_options {
    unsigned connections_max; /* at once, to all hosts; 0: no limit */
    const char *ca_bundle;    /* path of a PEM file; NULL or empty: the system's */
};

struct http_request {
    const char *method;
    const char *url;
    const struct http_header *headers; /* Host and Content-Length are made from url and body */
    size_t header_count;
    struct str body;
    uint32_t total_timeout_ms;     /* 0: 5 minutes */
    uint32_t connect_timeout_ms;   /* 0: 10 seconds */
    uint32_t low_speed_timeout_ms; /* slower than 100 bytes a second for so long; 0: 30 seconds */
    size_t body_size_max;          /* of the answer; 0: 64 MiB */
    bool is_local;                 /* an address of this machine or link: never through a proxy */
    bool is_secret;                /* the answer is wiped when it is released */
    bool
        is_once; /* is never sent twice, which libcurl does when a kept connection turns out dead */
};

/* What came of it, for who decides whether to try again. */
enum http_fault {
    HTTP_ANSWERED,    /* there is a status, whatever it is, and a whole body */
    HTTP_UNREACHABLE, /* nothing was sent: no address, no connection */
    HTTP_BROKEN,      /* sent, perhaps done, but the answer did not arrive whole */
    HTTP_TIMED_OUT,   /* the same, for time */
    HTTP_TOO_LARGE,   /* the answer is over the cap */
    HTTP_UNTRUSTED,   /* the server is not who it should be */
    HTTP_CANCELLED,
    HTTP_UNUSABLE, /* the request itself cannot be sent */
};

struct http_response {
    enum http_fault fault;
    unsigned status;
    struct buf headers; /* as they came, a line each */
    struct buf body;
    bool is_secret;
};

/* Errors (ERR_REMOTE): the bundle cannot be read, no thread. */
MUST_USE struct http *http_new(const struct http_options *options, struct err *err);
void http_free(struct http *http); /* no call may be under way; NULL is fine */

/* True when the fault is HTTP_ANSWERED. Errors are ERR_REMOTE and name the host, not the request.
 * `response` is zeroed or was released. */
MUST_USE bool http_send(struct http *http, const struct http_request *request,
                        struct http_response *response, struct err *err);
/* Ends all calls under way, and all to come, as HTTP_CANCELLED, within a fifth of a second. */
void http_cancel(struct http *http);
bool http_is_cancelled(const struct http *http);

/* The value of the first header of that name, in any case; empty when there is none. */
struct str http_header_find(const struct http_response *response, struct str name);
void http_response_release(struct http_response *response);

#endif
