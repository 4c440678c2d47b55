#include "collect/calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collect/page.h"

static struct str body_of(struct ask_request *request)
{
    return request->call.body;
}

static struct str value_of(const struct ask_request *request, const char *name)
{
    for (size_t i = 0; i < request->call.parameter_count; i++) {
        if (strcmp(request->parameters[i].name, name) == 0) {
            return request->parameters[i].value;
        }
    }
    return STR("");
}

static void assert_str(struct str got, const char *expected)
{
    assert_int_equal(got.n, strlen(expected));
    assert_memory_equal(got.p, expected, got.n);
}

/* What the run, the plan and the policy rely on. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALL_COUNT; i++) {
        const struct call *call = call_at((enum call_id)i);
        const struct aws_service_info *info = aws_service_info(call->service);
        bool is_rest = info->protocol == AWS_REST_JSON || info->protocol == AWS_REST_XML;
        bool has_subject = call->scope == CALL_OF_NODE || call->scope == CALL_OF_POLICY ||
                           call->scope == CALL_OF_POLICY_KIND ||
                           call->scope == CALL_OF_ADMINISTRATOR || call->scope == CALL_OF_USER ||
                           call->scope == CALL_OF_KEY || call->scope == CALL_OF_ROOT_KEY ||
                           call->scope == CALL_OF_TRAIL || call->scope == CALL_OF_TOPIC;

        assert_non_null(call->operation);
        assert_non_null(call->help);
        assert_true(call->parts != 0 && call->rate > 0);
        assert_int_equal(is_rest, call->method != NULL && call->path != NULL);
        assert_int_equal(has_subject, call->subject != NULL);
        assert_int_equal(call->paging.token_in != NULL, call->page_items > 0);
        assert_int_equal(call->paging.token_in != NULL, call->paging.token_out != NULL);
        /* A permission begins with its service, and nobody has one for a session of root. */
        if (call->action[0] != '\0') {
            assert_int_equal(strncmp(call->action, info->name, strlen(info->name)), 0);
            assert_int_equal(call->action[strlen(info->name)], ':');
        }
        assert_false(call_is_of_role(call) && call_is_of_caller(call));
        assert_false((call->scope == CALL_OF_ROOT || call->scope == CALL_OF_ROOT_KEY) &&
                     (call_is_of_role(call) || call_is_of_caller(call)));
    }
}

/* The table says what an answer has, but for credentials and the report, read on the spot. */
static void test_must(void **state)
{
    (void)state;
    for (size_t i = CALL_DESCRIBE_ORGANIZATION; i < CALL_COUNT; i++) {
        bool is_read = i == CALL_ASSUME_ROLE || i == CALL_ASSUME_ROOT || i == CALL_GET_REPORT;
        assert_int_equal(call_at((enum call_id)i)->must == NULL, is_read);
    }
}

/* Two calls whose answers are kept alike must not both be asked about the same thing. */
static void test_kept_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALL_COUNT; i++) {
        for (size_t j = i + 1; j < CALL_COUNT; j++) {
            const struct call *a = call_at((enum call_id)i), *b = call_at((enum call_id)j);
            bool is_root = a->scope >= CALL_OF_ROOT || b->scope >= CALL_OF_ROOT;
            assert_false(strcmp(a->action, b->action) == 0 && !is_root);
        }
    }
}

/* Without options an account takes six to ten calls. */
static void test_few_calls(void **state)
{
    unsigned count = 0;

    (void)state;
    for (size_t i = 0; i < CALL_COUNT; i++) {
        const struct call *call = call_at((enum call_id)i);
        bool is_each = call->scope == CALL_OF_ACCOUNT || call->scope == CALL_OF_ENTRY;
        count += is_each && call_is_asked(call, COLLECT_BASE | COLLECT_ROLE);
    }
    assert_in_range(count, 6, 10);
}

static void test_extras(void **state)
{
    unsigned all = 0;

    (void)state;
    for (const struct collect_extra *extra = collect_extras(); extra->name != NULL; extra++) {
        unsigned asked = 0;
        assert_int_equal(all & extra->part, 0);
        all |= extra->part;
        for (size_t i = 0; i < CALL_COUNT; i++) {
            asked += call_is_asked(call_at((enum call_id)i), extra->part);
        }
        assert_true(asked > 0);
    }
}

static void test_request_query(void **state)
{
    const struct ask ask = {.call = call_at(CALL_LIST_MFA), .subject = STR("ada")};
    struct ask_request request;

    (void)state;
    ask_request_make(&request, &ask, STR(""));
    assert_int_equal(request.call.parameter_count, 2);
    assert_str(value_of(&request, "UserName"), "ada");
    assert_str(value_of(&request, "MaxItems"), "1000");
    assert_str(body_of(&request), "");
    ask_request_release(&request);
    ask_request_make(&request, &ask, STR("m"));
    assert_str(value_of(&request, "Marker"), "m");
    ask_request_release(&request);
}

static void test_request_json(void **state)
{
    const struct ask first = {.call = call_at(CALL_LIST_POLICIES),
                              .subject = STR("SERVICE_CONTROL_POLICY")};
    const struct ask trails = {.call = call_at(CALL_DESCRIBE_TRAILS), .region = STR("eu-west-1")};
    const struct ask plain = {.call = call_at(CALL_DESCRIBE_ORGANIZATION)};
    struct ask_request request;

    (void)state;
    ask_request_make(&request, &first, STR("a\"b"));
    assert_str(body_of(&request), "{\"MaxResults\":20,\"Filter\":\"SERVICE_CONTROL_POLICY\","
                                  "\"NextToken\":\"a\\\"b\"}");
    assert_int_equal(request.call.parameter_count, 0);
    ask_request_release(&request);
    ask_request_make(&request, &trails, STR(""));
    assert_str(body_of(&request), "{\"includeShadowTrails\":true}");
    assert_str(request.call.region, "eu-west-1");
    ask_request_release(&request);
    ask_request_make(&request, &plain, STR(""));
    assert_str(body_of(&request), "{}");
    ask_request_release(&request);
}

static void test_request_rest(void **state)
{
    const struct ask contact = {.call = call_at(CALL_GET_SECURITY_CONTACT)};
    const struct ask analyzers = {.call = call_at(CALL_LIST_ANALYZERS)};
    struct ask_request request;

    (void)state;
    ask_request_make(&request, &contact, STR(""));
    assert_str(body_of(&request), "{\"AlternateContactType\":\"SECURITY\"}");
    assert_string_equal(request.call.method, "POST");
    ask_request_release(&request);
    ask_request_make(&request, &analyzers, STR("t"));
    assert_str(value_of(&request, "nextToken"), "t");
    assert_str(body_of(&request), "");
    assert_string_equal(request.call.path, "/analyzer");
    ask_request_release(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),        cmocka_unit_test(test_must),
        cmocka_unit_test(test_kept_apart),   cmocka_unit_test(test_few_calls),
        cmocka_unit_test(test_extras),       cmocka_unit_test(test_request_query),
        cmocka_unit_test(test_request_json), cmocka_unit_test(test_request_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
