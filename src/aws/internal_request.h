/* internal_request.h: a call as an HTTP request, and an HTTP answer as what it means.
 *
 * Example:   struct aws_request request;
 *            if (aws_request_make(&request, client, call, credentials, now, &err)) { ... }
 *            aws_request_release(&request); */
#ifndef AWS_INTERNAL_REQUEST_H
#define AWS_INTERNAL_REQUEST_H

#include "aws/client.h"
#include "aws/endpoint.h"
#include "net/header.h"

enum { AWS_REQUEST_HEADER_MAX = 12 };

struct aws_request {
    struct http_request http; /* points into the rest */
    struct http_header headers[AWS_REQUEST_HEADER_MAX];
    struct buf url, body, authorization;
    struct aws_endpoint endpoint;
    char target[192], time[32], body_sha256[72];
};

/* `credentials` NULL: not signed. `at` is the time that is signed. */
MUST_USE bool aws_request_make(struct aws_request *request, const struct aws_client *client,
                               const struct aws_call *call, const struct credentials *credentials,
                               int64_t at, struct err *err);
void aws_request_release(struct aws_request *request);

/* Reads what came. True: the operation's answer, in *answer. False: *failure and *err say what it
 * was instead; class AWS_RETRY when it was no answer of AWS at all. */
MUST_USE bool aws_answer_read(const struct aws_call *call, struct http_response *response,
                              struct aws_answer *answer, struct aws_failure *failure,
                              struct err *err);

#endif
