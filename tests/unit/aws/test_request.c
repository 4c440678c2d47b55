#include "aws/internal_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Where an object of a bucket is asked for, and the host that is signed. */
static void expect(const char *endpoint, struct str bucket, const char *url, const char *host)
{
    struct aws_client client = {0};
    struct aws_request request;
    struct err err = {0};
    const struct aws_call call = {.service = AWS_S3,
                                  .operation = "GetObject",
                                  .method = "GET",
                                  .bucket = bucket,
                                  .path = "/a/b%20c",
                                  .region = STR("eu-west-1")};

    (void)snprintf(client.settings.endpoint_url[AWS_S3],
                   sizeof client.settings.endpoint_url[AWS_S3], "%s", endpoint);
    assert_true(aws_request_make(&request, &client, &call, NULL, 0, &err));
    assert_string_equal(request.http.url, url);
    assert_string_equal(request.endpoint.host, host);
    aws_request_release(&request);
}

static void test_bucket_in_the_host(void **state)
{
    (void)state;
    expect("", STR("my-trail"), "https://my-trail.s3.eu-west-1.amazonaws.com/a/b%20c",
           "my-trail.s3.eu-west-1.amazonaws.com");
}

/* S3's certificate knows one name before its own. */
static void test_bucket_in_the_path(void **state)
{
    (void)state;
    expect("", STR("my.trail"), "https://s3.eu-west-1.amazonaws.com/my.trail/a/b%20c",
           "s3.eu-west-1.amazonaws.com");
    expect("", STR("evil/../x@y"), "https://s3.eu-west-1.amazonaws.com/evil%2F..%2Fx%40y/a/b%20c",
           "s3.eu-west-1.amazonaws.com");
    expect("", STR("-trail"), "https://s3.eu-west-1.amazonaws.com/-trail/a/b%20c",
           "s3.eu-west-1.amazonaws.com");
    expect("http://127.0.0.1:5000", STR("my-trail"), "http://127.0.0.1:5000/my-trail/a/b%20c",
           "127.0.0.1:5000");
    expect("https://minio.example/s3", STR("my-trail"), "https://minio.example/s3/my-trail/a/b%20c",
           "minio.example");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bucket_in_the_host),
        cmocka_unit_test(test_bucket_in_the_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
