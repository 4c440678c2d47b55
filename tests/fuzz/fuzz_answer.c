/* Any bytes as what a service answers, to each protocol: an answer with a tree, or a failure with a
 * class and a text; codes and ids end within their room. The first byte chooses status and call. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/internal_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct aws_call calls[] = {
    {.service = AWS_IAM, .operation = "ListUsers"},
    {.service = AWS_EC2, .operation = "DescribeRegions"},
    {.service = AWS_ORGANIZATIONS, .operation = "ListAccounts"},
    {.service = AWS_S3, .operation = "ListBuckets"},
    {.service = AWS_SSO, .operation = "GetRoleCredentials", .is_secret = true},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned statuses[] = {200, 200, 200, 400, 403, 500};
    struct http_response response = {0};
    struct aws_answer answer = {0};
    struct aws_failure failure = {0};
    struct err err = {0};
    struct str text = {(const char *)data, size}, headers;
    bool ok = false;

    if (size < 1 || size > 1 << 16) {
        return 0;
    }
    const struct aws_call *call = &calls[data[0] % 5];
    response.status = statuses[data[0] / 5 % 6];
    text = str_sub(text, 1, size);
    (void)str_cut(&text, '\0', &headers); /* a NUL ends the headers, if there are any */
    if (text.n == 0) {
        text = headers;
        headers.n = 0;
    }
    buf_init(&response.headers, 1 << 17);
    buf_init(&response.body, 1 << 17);
    buf_str(&response.headers, headers);
    buf_str(&response.body, text);
    ok = aws_answer_read(call, &response, &answer, &failure, &err);
    if (ok) {
        check(response.status == 200 && err.kind == ERR_NONE && answer.body.n == text.n);
        check(text.n == 0 || (answer.tree != NULL && answer.result != NULL));
        check(memchr(answer.request_id, '\0', sizeof answer.request_id) != NULL);
    } else {
        check(err.kind == ERR_REMOTE && err.text[0] != '\0');
        check(memchr(failure.code, '\0', sizeof failure.code) != NULL);
        check(memchr(failure.action, '\0', sizeof failure.action) != NULL);
        check((failure.class == AWS_SKIP_DENIED) == (failure.action[0] != '\0'));
        check(failure.status == response.status);
    }
    aws_answer_release(&answer);
    http_response_release(&response);
    return 0;
}
