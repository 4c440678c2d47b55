/* Sends requests for tests.
 *
 * usage: aws_http_probe [KEY=VALUE...] URL     a line: fault, status, bytes of the body, its text
 *        keys: method body total slow max header ca cancel (after so many ms) threads repeat wait
 *        (ms between a thread's requests, of which only the last is printed) once */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/http.h"
#include "os/worker.h"

struct shared {
    struct http *http;
    struct http_request request;
    unsigned repeat, cancel_ms, wait_ms;
    unsigned failures[256];
};

static void work(void *data, unsigned index)
{
    struct shared *shared = data;

    if (shared->cancel_ms > 0 && index == 1) {
        (void)usleep(shared->cancel_ms * 1000);
        http_cancel(shared->http);
        return;
    }
    for (unsigned i = 0; i < shared->repeat; i++) {
        struct http_response response = {0};
        struct err err = {0};
        bool ok = http_send(shared->http, &shared->request, &response, &err);
        shared->failures[index] += !ok;
        if (index == 0 && i + 1 == shared->repeat) {
            (void)printf("%d %u %zu %.*s|%s|%.*s\n", (int)response.fault, response.status,
                         response.body.n, (int)(response.body.n < 200 ? response.body.n : 200),
                         response.body.n > 0 ? response.body.p : "", err.text,
                         STR_ARG(http_header_find(&response, STR("x-test"))));
        }
        http_response_release(&response);
        (void)usleep(shared->wait_ms * 1000);
    }
}

int main(int count, char **words)
{
    static struct shared shared;
    struct http_options options = {.connections_max = 32};
    struct http_header headers[8];
    struct err err = {0};
    unsigned threads = 1, failures = 0;

    shared.request = (struct http_request){.method = "GET", .headers = headers};
    shared.repeat = 1;
    for (int i = 1; i + 1 < count; i++) {
        struct str value = str_from(words[i]), key;
        uint64_t number = 0;
        (void)str_cut(&value, '=', &key);
        if (!str_to_u64(value, &number)) {
            number = 0;
        }
        if (str_eq(key, STR("method"))) {
            shared.request.method = value.p;
        } else if (str_eq(key, STR("body"))) {
            shared.request.body = value;
        } else if (str_eq(key, STR("total"))) {
            shared.request.total_timeout_ms = (uint32_t)number;
        } else if (str_eq(key, STR("slow"))) {
            shared.request.low_speed_timeout_ms = (uint32_t)number;
        } else if (str_eq(key, STR("max"))) {
            shared.request.body_size_max = number;
        } else if (str_eq(key, STR("ca"))) {
            options.ca_bundle = value.p;
        } else if (str_eq(key, STR("cancel"))) {
            shared.cancel_ms = (unsigned)number;
            threads = 2;
        } else if (str_eq(key, STR("threads"))) {
            threads = (unsigned)number;
        } else if (str_eq(key, STR("repeat"))) {
            shared.repeat = (unsigned)number;
        } else if (str_eq(key, STR("wait"))) {
            shared.wait_ms = (unsigned)number;
        } else if (str_eq(key, STR("once"))) {
            shared.request.is_once = number > 0;
        } else if (str_eq(key, STR("header"))) {
            struct http_header *header = &headers[shared.request.header_count++];
            header->value = value;
            (void)str_cut(&header->value, ':', &header->name);
        }
    }
    shared.request.url = words[count - 1];
    shared.http = http_new(&options, &err);
    if (shared.http == NULL) {
        (void)printf("error %s\n", err.text);
        return 0;
    }
    workers_run(threads, work, &shared);
    http_free(shared.http);
    for (unsigned i = 0; i < 256; i++) {
        failures += shared.failures[i];
    }
    (void)printf("failures %u\n", failures);
    return 0;
}
