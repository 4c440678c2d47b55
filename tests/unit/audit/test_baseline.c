#include "audit/baseline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"

/* Bytes handed out so many at a time. */
struct bytes {
    struct str rest;
    size_t step;
};

static bool read_bytes(void *shared, void *to, size_t size, size_t *got, struct err *err)
{
    struct bytes *bytes = shared;
    size_t n = bytes->step < size ? bytes->step : size;

    (void)err;
    n = n < bytes->rest.n ? n : bytes->rest.n;
    memcpy(to, bytes->rest.p, n);
    bytes->rest = str_sub(bytes->rest, n, bytes->rest.n);
    *got = n;
    return true;
}

static bool read(struct baseline *baseline, struct str text, size_t step, struct err *err)
{
    struct bytes bytes = {text, step};

    *err = (struct err){0};
    baseline_init(baseline);
    return baseline_read(baseline, read_bytes, &bytes, err);
}

static bool knows(struct baseline *baseline, const char *user, enum status status)
{
    return baseline_knows(baseline, STR("111122223333"), str_from(user), STR("c"), status);
}

static const char *const forms[] = {
    "account,user,control,status,severity,evidence\n"
    "111122223333,ada,c,fail,high,x=1\n"
    "111122223333,\"b,\"\"o\"\"b\",c,unknown,high,\"a\nb\"\n"
    "111122223333,'=eve,c,excepted,high,\n"
    "111122223333,l\xFFy,c,fail,high,\n"
    "111122223333,pat,c,pass,high,",
    "\xEF\xBB\xBF{\"schema\":\"keywarden.finding/1\",\"account\":\"111122223333\",\"user\":\"ada\","
    "\"control\":\"c\",\"status\":\"fail\",\"evidence\":[{\"name\":\"{\\\"\",\"status\":\"}\"}]}\n"
    "{\"schema\":\"keywarden.finding/1\",\"account\":\"111122223333\",\"user\":\"b,\\\"o\\\"b\","
    "\"control\":\"c\",\"status\":\"unknown\"}\n"
    "{\"status\":\"excepted\",\"account\":\"111122223333\",\"user\":\"=eve\",\"control\":\"c\"}\n"
    "{\"account\":\"111122223333\",\"user\":\"l\xEF\xBF\xBDy\",\"control\":\"c\",\"status\":"
    "\"fail\"}\n"
    "{\"account\":\"111122223333\",\"user\":\"pat\",\"control\":\"c\",\"status\":\"pass\"}",
    "{\"schema\" : \"keywarden.audit/1\", \"findings\":[\n"
    " {\"account\":\"111122223333\",\"user\":\"ada\",\"control\":\"c\",\"status\":\"fail\"},\n"
    " {\"account\":\"111122223333\",\"user\":\"b,\\\"o\\\"b\",\"control\":\"c\",\"status\":"
    "\"unknown\"},"
    " {\"account\":\"111122223333\",\"user\":\"=eve\",\"control\":\"c\",\"status\":\"excepted\"},"
    " {\"account\":\"111122223333\",\"user\":\"l\\ufffdy\",\"control\":\"c\",\"status\":\"fail\"},"
    " {\"account\":\"111122223333\",\"user\":\"pat\",\"control\":\"c\",\"status\":\"pass\"}\n],"
    "\"controls\":[{\"id\":\"c\",\"counts\":{\"fail\":2}}],\"totals\":{\"counts\":{}}}\n",
};

static void test_forms(void **state)
{
    static const size_t steps[] = {1, 7, 64, 1 << 20};

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
            struct baseline baseline;
            struct err err;
            if (!read(&baseline, str_from(forms[i]), steps[k], &err)) {
                fail_msg("form %zu, step %zu: %u: %s", i, steps[k], err.line, err.text);
            }
            assert_int_equal(baseline.finding_count, 4);
            assert_true(knows(&baseline, "ada", STATUS_FAIL));
            assert_false(knows(&baseline, "ada", STATUS_UNKNOWN));
            assert_true(knows(&baseline, "b,\"o\"b", STATUS_UNKNOWN));
            assert_true(knows(&baseline, "=eve", STATUS_EXCEPTED));
            assert_true(knows(&baseline, "l\xFFy", STATUS_FAIL));
            assert_false(knows(&baseline, "pat", STATUS_FAIL));
            assert_false(knows(&baseline, "Ada", STATUS_FAIL));
            assert_false(
                baseline_knows(&baseline, STR("111122223334"), STR("ada"), STR("c"), STATUS_FAIL));
            assert_false(
                baseline_knows(&baseline, STR("111122223333"), STR("ada"), STR("d"), STATUS_FAIL));
            baseline_release(&baseline);
        }
    }
}

static void test_totals(void **state)
{
    struct baseline baseline;
    struct baseline_totals totals;

    (void)state;
    baseline_init(&baseline);
    assert_true(baseline_add(&baseline, STR("1"), STR("a"), STR("c"), STATUS_FAIL));
    assert_true(baseline_add(&baseline, STR("1"), STR("a"), STR("c"), STATUS_FAIL));
    assert_true(baseline_add(&baseline, STR("1"), STR("b"), STR("c"), STATUS_UNKNOWN));
    assert_true(baseline_add(&baseline, STR("1"), STR("d"), STR("c"), STATUS_FAIL));
    assert_true(baseline_add(&baseline, STR("1"), STR("e"), STR("c"), STATUS_PASS));
    /* Cells do not run into each other. */
    assert_false(baseline_knows(&baseline, STR("1a"), STR(""), STR("c"), STATUS_FAIL));
    assert_false(baseline_knows(&baseline, STR("1"), STR("b"), STR("c"), STATUS_FAIL));
    assert_true(baseline_knows(&baseline, STR("1"), STR("a"), STR("c"), STATUS_FAIL));
    totals = baseline_totals(&baseline);
    assert_int_equal(totals.findings, 3);
    assert_int_equal(totals.known, 1);
    assert_int_equal(totals.changed, 1);
    assert_int_equal(totals.gone, 1);
    baseline_release(&baseline);
}

static void test_many(void **state)
{
    struct baseline baseline;
    char name[32];

    (void)state;
    baseline_init(&baseline);
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(name, sizeof name, "user-%d", i);
        assert_true(baseline_add(&baseline, STR("1"), str_from(name), STR("c"), STATUS_FAIL));
    }
    for (int i = 0; i < 200000; i++) {
        (void)snprintf(name, sizeof name, "user-%d", i);
        assert_int_equal(baseline_knows(&baseline, STR("1"), str_from(name), STR("c"), STATUS_FAIL),
                         i < 100000);
    }
    assert_true(baseline.count * 4 <= baseline.size * 3);
    baseline_release(&baseline);
}

static void test_refused(void **state)
{
    static const char *const cases[] = {
        "user,arn\n",
        "{}",
        "[]",
        "account,user,control,status,severity,evidence\na,b,c\n",
        "account,user,control,status,severity,evidence\na,b,c,failed,high,\n",
        "account,user,control,status,severity,evidence\na,b,c,fail,high,\n\na,b,c,fail,high,\n",
        "{\"schema\":\"keywarden.audit/1\",\"findings\":[",
        "{\"schema\":\"keywarden.audit/1\",\"findings\":[{\"account\":\"1\",\"user\":\"a\"",
        "{\"schema\":\"keywarden.audit/1\",\"findings\":[{\"account\":\"1\" \"user\":\"a\"}]}",
        "{\"schema\":\"keywarden.finding/1\",\"user\":\"a\"}\n",
        "{\"account\":\"keywarden.finding/1\",\"user\":\"\",\"control\":\"c\",\"status\":0}",
        "account,user,control,status,\n1,a,c,odd,\n",
        "{\"schema\":\"keywarden.finding/1\",\"account\":\"1\",\"user\":\"a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t step = 1; step < 100; step += 98) {
            struct baseline baseline;
            struct err err;
            if (read(&baseline, str_from(cases[i]), step, &err)) {
                fail_msg("accepted: %s", cases[i]);
            }
            assert_int_equal(err.kind, ERR_INPUT);
            baseline_release(&baseline);
        }
    }
}

static void test_empty(void **state)
{
    struct baseline baseline;
    struct err err;

    (void)state;
    assert_true(read(&baseline, STR(""), 1, &err));
    assert_int_equal(baseline.finding_count, 0);
    assert_false(knows(&baseline, "ada", STATUS_FAIL));
    baseline_release(&baseline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),   cmocka_unit_test(test_totals), cmocka_unit_test(test_many),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
