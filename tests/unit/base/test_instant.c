#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int64_t parsed(struct str text)
{
    int64_t at = INT64_MIN;

    return instant_parse(text, &at) ? at : INT64_MIN;
}

static void test_known_instants(void **state)
{
    (void)state;
    assert_int_equal(parsed(STR("1970-01-01T00:00:00Z")), 0);
    assert_int_equal(parsed(STR("2026-09-11T13:14:52Z")), 1789132492);
    assert_int_equal(parsed(STR("2026-09-11T13:14:52+00:00")), 1789132492);
    assert_int_equal(parsed(STR("2026-09-11T13:14:52.999999Z")), 1789132492);
    assert_int_equal(parsed(STR("2026-09-11T13:14:52.0+00:00")), 1789132492);
    assert_int_equal(parsed(STR("1969-12-31T23:59:59Z")), -1);
    assert_int_equal(parsed(STR("0001-01-01T00:00:00Z")), INSTANT_MIN);
    assert_int_equal(parsed(STR("9999-12-31T23:59:59Z")), INSTANT_MAX);
    assert_int_equal(parsed(STR("2000-02-29T00:00:00Z")), 951782400);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "2026-09-11",
        "2026-09-11T13:14:52",
        "2026-09-11T13:14:52z",
        "2026-09-11t13:14:52Z",
        "2026-09-11 13:14:52Z",
        "2026-09-11T13:14:52.Z",
        "2026-09-11T13:14:52+01:00",
        "2026-09-11T13:14:52-00:00",
        "2026-09-11T13:14:52Z ",
        " 2026-09-11T13:14:52Z",
        "2026-13-11T13:14:52Z",
        "2026-00-11T13:14:52Z",
        "2026-09-00T13:14:52Z",
        "2026-09-31T13:14:52Z",
        "2026-02-29T13:14:52Z",
        "1900-02-29T13:14:52Z",
        "2026-09-11T24:00:00Z",
        "2026-09-11T13:60:52Z",
        "2026-09-11T13:14:60Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-9-11T13:14:52ZZ",
        "2026-09-11T13:14:52.1",
        "2026-09-11T13:14:52+0000",
        "N/A",
        "no_information",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(parsed(str_from(texts[i])) == INT64_MIN);
    }
    assert_true(parsed((struct str){0}) == INT64_MIN);
}

static void test_human_form(void **state)
{
    int64_t at = 0;

    (void)state;
    assert_true(instant_parse_human(STR("2026-09-11"), &at));
    assert_int_equal(at, 1789084800);
    assert_true(instant_parse_human(STR("2026-09-11T13:14:52Z"), &at));
    assert_int_equal(at, 1789132492);
    assert_false(instant_parse_human(STR("2026-02-30"), &at));
    assert_false(instant_parse_human(STR("2026-09-1"), &at));
    assert_false(instant_parse_human(STR("yesterday"), &at));
}

/* Every day of the calendar, at a second that moves: reading undoes writing. */
static void test_every_day_round_trips(void **state)
{
    struct buf buf;
    int64_t second = 0;

    (void)state;
    buf_init(&buf, 64);
    for (int64_t day = INSTANT_MIN / SECONDS_PER_DAY; day <= INSTANT_MAX / SECONDS_PER_DAY; day++) {
        int64_t at = day * SECONDS_PER_DAY + second;
        buf_clear(&buf);
        instant_write(&buf, at);
        if (parsed(buf_text(&buf)) != at) {
            fail_msg("%.*s", STR_ARG(buf_text(&buf)));
        }
        second = (second + 7919) % SECONDS_PER_DAY;
    }
    buf_release(&buf);
    assert_int_equal(days_from_civil(1970, 1, 1), 0);
    assert_int_equal(days_from_civil(2000, 3, 1), 11017);
    assert_int_equal(days_from_civil(1, 1, 1) * SECONDS_PER_DAY, INSTANT_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_instants),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_human_form),
        cmocka_unit_test(test_every_day_round_trips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
