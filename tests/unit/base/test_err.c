#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_first_error_wins(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(err_set(&err, ERR_INPUT, "bad '%s'", "x"));
    assert_false(err_set(&err, ERR_BUG, "later"));
    assert_false(err_set_errno(&err, ERR_BUG, ENOENT, "later"));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "bad 'x'");
    err_hint(&err, "do %d", 1);
    err_hint(&err, "do %d", 2);
    assert_string_equal(err.hint, "do 1");
}

static void test_errno_text_follows(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(err_set_errno(&err, ERR_INPUT, ENOENT, "cannot open '%s'", "f"));
    assert_string_equal(err.text, "cannot open 'f': No such file or directory");
}

static void test_control_bytes_are_disarmed(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(err_set(&err, ERR_INPUT, "user '%s'", "a\x1b[31m\nb\x7f"));
    assert_string_equal(err.text, "user 'a?[31m?b?'");
    err_place(&err, STR("dir\r/f"), 0, 0);
    assert_string_equal(err.place, "dir?/f");
    err_hint(&err, "%s", "\t");
    assert_string_equal(err.hint, "?");
}

static void test_texts_are_cut_not_overrun(void **state)
{
    struct err err = {0};
    char big[2000], out[8];

    (void)state;
    memset(big, 'z', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_false(err_set_errno(&err, ERR_INPUT, ENOENT, "%s", big));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    err_place(&err, str_from(big), 1, 1);
    assert_int_equal(strlen(err.place), sizeof err.place - 1);
    err_format(&err, out, sizeof out);
    assert_string_equal(out, "zzzzzzz");
}

static void test_place_is_added_once(void **state)
{
    struct err err = {0};
    char out[256];

    (void)state;
    assert_false(err_set(&err, ERR_INPUT, "oops"));
    err_format(&err, out, sizeof out);
    assert_string_equal(out, "oops");
    err_place(&err, STR(""), 12, 7);
    err_format(&err, out, sizeof out);
    assert_string_equal(out, "line 12:7: oops");
    err_place(&err, STR("a.yaml"), 99, 99);
    err_place(&err, STR("b.yaml"), 0, 0);
    err_format(&err, out, sizeof out);
    assert_string_equal(out, "a.yaml:12:7: oops");
}

static void test_line_without_column(void **state)
{
    struct err err = {0};
    char out[256];

    (void)state;
    assert_false(err_set(&err, ERR_INPUT, "oops"));
    err_place(&err, STR("f"), UINT64_MAX, 0);
    err_format(&err, out, sizeof out);
    assert_string_equal(out, "f:4294967295: oops");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_error_wins),
        cmocka_unit_test(test_errno_text_follows),
        cmocka_unit_test(test_control_bytes_are_disarmed),
        cmocka_unit_test(test_texts_are_cut_not_overrun),
        cmocka_unit_test(test_place_is_added_once),
        cmocka_unit_test(test_line_without_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
