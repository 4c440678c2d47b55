#include "inventory/alarm_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNT "111122223333"
#define GROUP(account) "arn:aws:logs:eu-west-1:" account ":log-group:g:*"

static struct arena trees;

static const struct tree *tree(const char *json)
{
    const struct tree *root = NULL;
    struct err err = {0};

    assert_true(tree_read_json(&trees, str_from(json), &root, &err));
    return root;
}

static void expect(const struct alarm_state *state, const char *expected)
{
    struct buf out;
    struct json_writer json = {.out = &out};

    buf_init(&out, 1 << 16);
    json_open(&json, '{');
    alarm_state_write(&json, state);
    json_close(&json, '}');
    buf_char(&out, '\0');
    assert_string_equal(out.p, expected);
    buf_release(&out);
}

static int setup(void **state)
{
    static struct alarm_state made;

    arena_init(&trees, 1 << 20);
    alarm_state_init(&made, STR(ACCOUNT), STR("eu-west-1"), "aws");
    *state = &made;
    return 0;
}

static int teardown(void **state)
{
    alarm_state_release(*state);
    arena_release(&trees);
    return 0;
}

static void filters_add(struct alarm_state *state, const char *json)
{
    struct alarm_group *group = alarm_state_group(state, STR("eu-west-1"), STR("g"));

    alarm_state_filters(state, group, tree(json));
    group->is_known = true;
}

/* Nothing is known of the group of another account, whatever is known of our own of that name. */
static void test_group_of_another_account(void **state)
{
    alarm_state_trails(
        *state,
        tree("{\"trailList\":[{\"TrailARN\":\"a\",\"CloudWatchLogsLogGroupArn\":"
             "\"" GROUP(ACCOUNT) "\"},{\"TrailARN\":\"b\","
                                 "\"CloudWatchLogsLogGroupArn\":\"" GROUP("999999999999") "\"}]}"));
    filters_add(*state, "{\"metricFilters\":[]}");
    expect(*state,
           "{\"CloudTrails\":[{\"id\":\"a\",\"LogGroup\":{\"Name\":\"g\",\"MetricFilters\":[]}},"
           "{\"id\":\"b\",\"LogGroup\":{\"Name\":\"g\"}}]}");
}

/* Each region tells of a trail of all regions. */
static void test_told_twice(void **state)
{
    static const char trails[] =
        "{\"trailList\":[{\"TrailARN\":\"a\",\"IsMultiRegionTrail\":true}]}";

    alarm_state_trails(*state, tree(trails));
    alarm_state_trails(*state, tree(trails));
    expect(*state, "{\"CloudTrails\":[{\"id\":\"a\",\"MultiRegionTrailEnabled\":true,"
                   "\"LogGroup\":{\"MetricFilters\":[]}}]}");
}

/* Of filters those of the group; an empty pattern is one, no pattern is not known. */
static void test_filters(void **state)
{
    alarm_state_trails(*state,
                       tree("{\"trailList\":[{\"TrailARN\":\"a\",\"CloudWatchLogsLogGroupArn\":"
                            "\"" GROUP(ACCOUNT) "\"}]}"));
    filters_add(*state, "{\"metricFilters\":["
                        "{\"logGroupName\":\"h\",\"filterName\":\"1\",\"filterPattern\":\"x\"},"
                        "{\"logGroupName\":\"g\",\"filterName\":\"2\",\"filterPattern\":\"\"},"
                        "{\"logGroupName\":\"g\",\"filterName\":\"3\"}]}");
    expect(*state,
           "{\"CloudTrails\":[{\"id\":\"a\",\"LogGroup\":{\"Name\":\"g\",\"MetricFilters\":["
           "{\"Name\":\"2\",\"FilterPattern\":\"\",\"Transformations\":[]},"
           "{\"Name\":\"3\",\"Transformations\":[]}]}}]}");
}

static void test_nothing_is_known(void **state)
{
    expect(*state, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_group_of_another_account, setup, teardown),
        cmocka_unit_test_setup_teardown(test_told_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_known, setup, teardown),
    };

    return cmocka_run_group_tests_name("alarm_state", tests, NULL, NULL);
}
