#include "base/str.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(s, literal) assert_true(str_eq(s, STR(literal)))

static void test_sub_is_clamped(void **state)
{
    struct str s = STR("abcdef");

    (void)state;
    assert_text(str_sub(s, 1, 3), "bc");
    assert_text(str_sub(s, 4, 99), "ef");
    assert_text(str_sub(s, 4, 7), "ef");
    assert_text(str_sub(s, 99, 99), "");
    assert_text(str_sub(s, 3, 2), "");
    assert_int_equal(str_sub((struct str){0}, 0, 5).n, 0);
    assert_int_equal(str_from(NULL).n, 0);
    assert_int_equal(str_from("xy").n, 2);
}

static void test_comparisons(void **state)
{
    (void)state;
    assert_true(str_eq(STR(""), (struct str){0}));
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_true(str_eq_nocase(STR("MFA_Active"), STR("mfa_aCTIVE")));
    assert_false(str_eq_nocase(STR("@"), STR("`"))); /* 0x20 apart, and no letters */
    assert_false(str_eq_nocase(STR("["), STR("{")));
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0); /* bytes are unsigned */
    assert_int_equal(str_cmp(STR("x"), STR("x")), 0);
    assert_true(str_starts(STR("root"), STR("ro")));
    assert_true(str_starts(STR("root"), STR("")));
    assert_false(str_starts(STR("r"), STR("root")));
    assert_true(str_ends(STR("a.csv"), STR(".csv")));
    assert_false(str_ends(STR("csv"), STR(".csv")));
}

static void test_trim_and_find(void **state)
{
    (void)state;
    assert_text(str_trim(STR(" \t\r\n a b \n")), "a b");
    assert_text(str_trim(STR(" \n\t")), "");
    assert_int_equal(str_find(STR("a,b,c"), ','), 1);
    assert_int_equal(str_find(STR("abc"), ','), 3);
    assert_int_equal(str_find((struct str){0}, ','), 0);
}

static void test_cut(void **state)
{
    struct str rest = STR("a,,b"), head;

    (void)state;
    assert_true(str_cut(&rest, ',', &head));
    assert_text(head, "a");
    assert_true(str_cut(&rest, ',', &head));
    assert_text(head, "");
    assert_false(str_cut(&rest, ',', &head));
    assert_text(head, "b");
    assert_text(rest, "");
    assert_false(str_cut(&rest, ',', &head));
    assert_text(head, "");
    rest = STR("x,");
    assert_true(str_cut(&rest, ',', &head)); /* a separator at the end leaves an empty rest */
    assert_int_equal(rest.n, 0);
}

static void test_to_u64(void **state)
{
    uint64_t value = 77;

    (void)state;
    assert_true(str_to_u64(STR("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_true(str_to_u64(STR("007"), &value));
    assert_int_equal(value, 7);
    assert_false(str_to_u64(STR("18446744073709551616"), &value));
    assert_false(str_to_u64(STR("99999999999999999999"), &value));
    assert_false(str_to_u64(STR(""), &value));
    assert_false(str_to_u64(STR("+1"), &value));
    assert_false(str_to_u64(STR(" 1"), &value));
    assert_false(str_to_u64(STR("1\0"), &value));
    assert_int_equal(value, 7); /* untouched by failures */
}

static void test_to_i64(void **state)
{
    int64_t value = 0;

    (void)state;
    assert_true(str_to_i64(STR("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    assert_true(str_to_i64(STR("-0"), &value));
    assert_int_equal(value, 0);
    assert_false(str_to_i64(STR("9223372036854775808"), &value));
    assert_false(str_to_i64(STR("-9223372036854775809"), &value));
    assert_false(str_to_i64(STR("-"), &value));
    assert_false(str_to_i64(STR("--1"), &value));
}

static void test_distance(void **state)
{
    char longer[64];
    struct str long_text = {longer, sizeof longer};

    (void)state;
    memset(longer, 'a', sizeof longer);
    assert_int_equal(str_distance(STR(""), STR(""), 9), 0);
    assert_int_equal(str_distance(STR("Audit"), STR("audit"), 9), 0);
    assert_int_equal(str_distance(STR("audit"), STR("aduit"), 9), 1);  /* swap */
    assert_int_equal(str_distance(STR("audit"), STR("adit"), 9), 1);   /* delete */
    assert_int_equal(str_distance(STR("audit"), STR("auditt"), 9), 1); /* insert */
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 9), 3);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 2), 2);
    assert_int_equal(str_distance(STR(""), STR("abc"), 9), 3);
    assert_int_equal(str_distance(long_text, STR("a"), 5), 5);
    long_text.n = 63;
    assert_int_equal(str_distance(long_text, long_text, 5), 0);
}

static void test_is_near(void **state)
{
    unsigned best = UINT_MAX;

    (void)state;
    assert_true(str_is_near(STR("aduit"), STR("audit"), &best));
    assert_int_equal(best, 1);
    assert_false(str_is_near(STR("aduit"), STR("adult"), &best)); /* as near: the first one stays */
    best = UINT_MAX;
    assert_false(str_is_near(STR("zzz"), STR("id"), &best)); /* short names bear one slip */
    assert_false(str_is_near(STR(""), STR("all"), &best));
    assert_true(str_is_near(STR("fmtt"), STR("fmt"), &best));
    best = UINT_MAX;
    assert_false(str_is_near(STR("xyzzy"), STR("quiet"), &best));
    assert_true(str_is_near(STR("user-credentials-usd"), STR("user-credential-use"), &best));
    assert_int_equal(best, 2);
}

static void test_hex_digit(void **state)
{
    static const char digits[] = "0123456789abcdef";

    (void)state;
    for (int byte = -128; byte < 128; byte++) {
        char lower = byte >= 'A' && byte <= 'F' ? (char)(byte + 'a' - 'A') : (char)byte;
        const char *at = byte == 0 ? NULL : strchr(digits, lower);
        assert_int_equal(str_hex_digit((char)byte), at == NULL ? -1 : (int)(at - digits));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex_digit),   cmocka_unit_test(test_sub_is_clamped),
        cmocka_unit_test(test_comparisons), cmocka_unit_test(test_trim_and_find),
        cmocka_unit_test(test_cut),         cmocka_unit_test(test_to_u64),
        cmocka_unit_test(test_to_i64),      cmocka_unit_test(test_distance),
        cmocka_unit_test(test_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
