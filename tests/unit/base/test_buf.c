#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_appends(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1 << 20);
    buf_str(&buf, STR("a,"));
    buf_str(&buf, (struct str){0});
    buf_bytes(&buf, NULL, 0);
    buf_char(&buf, '\0');
    buf_u64(&buf, 0);
    buf_char(&buf, ' ');
    buf_u64(&buf, UINT64_MAX);
    buf_char(&buf, ' ');
    buf_i64(&buf, INT64_MIN);
    buf_char(&buf, ' ');
    buf_i64(&buf, -1);
    buf_char(&buf, ' ');
    buf_i64(&buf, 42);
    buf_fill(&buf, '-', 3);
    buf_fill(&buf, '-', 0);
    buf_printf(&buf, "%s|%d", "x", 7);
    assert_true(
        str_eq(buf_text(&buf), STR("a,\0"
                                   "0 18446744073709551615 -9223372036854775808 -1 42---x|7")));
    buf_release(&buf);
    buf_release(&buf);
    assert_int_equal(buf_text(&buf).n, 0);
}

static void test_grows_and_keeps_its_bytes(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1 << 22);
    for (unsigned i = 0; i < 200000; i++) {
        buf_char(&buf, (char)(i % 251));
    }
    assert_int_equal(buf.n, 200000);
    for (unsigned i = 0; i < 200000; i++) {
        assert_int_equal((unsigned char)buf.p[i], i % 251);
    }
    buf_clear(&buf);
    assert_int_equal(buf.n, 0);
    assert_true(buf.capacity >= 200000);
    buf_release(&buf);
}

static void test_cap(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10);
    buf_str(&buf, STR("0123456789"));
    assert_false(buf.overflowed);
    assert_non_null(buf_reserve(&buf, 0));
    buf_char(&buf, 'x');
    assert_true(buf.overflowed);
    assert_int_equal(buf.n, 10);
    assert_true(buf.capacity <= 10);
    buf_clear(&buf);
    assert_false(buf.overflowed);
    assert_null(buf_reserve(&buf, SIZE_MAX));
    assert_true(buf.overflowed);
    buf_clear(&buf);
    buf_fill(&buf, 'x', 11);
    assert_true(buf.overflowed);
    assert_int_equal(buf.n, 0);
    buf_release(&buf);
    buf_init(&buf, 200);
    buf_char(&buf, 'x');
    assert_true(buf.capacity <= 200);
    buf_release(&buf);
}

static void test_no_cap_at_all(void **state)
{
    struct buf buf = {0};

    (void)state;
    buf_char(&buf, 'x');
    assert_true(buf.overflowed);
    assert_non_null(buf_reserve(&buf, 0));
    buf_release(&buf);
}

static void test_long_printf(void **state)
{
    struct buf buf;
    char text[2000];

    (void)state;
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buf_init(&buf, 1 << 20);
    buf_printf(&buf, "<%s>", text);
    assert_int_equal(buf.n, sizeof text + 1);
    assert_int_equal(buf.p[buf.n - 1], '>');
    buf_clear(&buf);
    buf_printf(&buf, "%.*s", 511, text);
    assert_int_equal(buf.n, 511);
    buf_printf(&buf, "%.*s", 512, text);
    assert_int_equal(buf.n, 1023);
    buf_release(&buf);
    buf_init(&buf, 1000);
    buf_printf(&buf, "%s", text);
    assert_true(buf.overflowed);
    assert_int_equal(buf.n, 0);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends),     cmocka_unit_test(test_grows_and_keeps_its_bytes),
        cmocka_unit_test(test_cap),         cmocka_unit_test(test_no_cap_at_all),
        cmocka_unit_test(test_long_printf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
