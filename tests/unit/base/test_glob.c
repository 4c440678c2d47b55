#include "base/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"

static void test_matches(void **state)
{
    static const struct {
        struct str pattern, text;
        bool matches;
    } cases[] = {
        {STR_LIT("ada"), STR_LIT("ada"), true},
        {STR_LIT("ada"), STR_LIT("Ada"), false},
        {STR_LIT("ada"), STR_LIT("ada2"), false},
        {STR_LIT("ada"), STR_LIT("my-ada"), false},
        {STR_LIT("a.a"), STR_LIT("ada"), false},
        {STR_LIT("[a]"), STR_LIT("a"), false},
        {STR_LIT("[a]"), STR_LIT("[a]"), true},
        {STR_LIT("\\*"), STR_LIT("\\star"), true},
        {STR_LIT("*"), STR_LIT(""), true},
        {STR_LIT("**"), STR_LIT("a/b:c"), true},
        {STR_LIT("?"), STR_LIT(""), false},
        {STR_LIT("?"), STR_LIT("\xC3\xA9"), true},
        {STR_LIT("??"), STR_LIT("\xC3\xA9"), false},
        {STR_LIT("ci-*"), STR_LIT("ci-"), true},
        {STR_LIT("ci-*"), STR_LIT("xci-1"), false},
        {STR_LIT("*-bot"), STR_LIT("a-bot-bot"), true},
        {STR_LIT("*-bot"), STR_LIT("a-bots"), false},
        {STR_LIT("a*b*c"), STR_LIT("a-b-b-c"), true},
        {STR_LIT("a*b*c"), STR_LIT("a-c-b"), false},
        {STR_LIT("a?c*"), STR_LIT("abcd"), true},
        {STR_LIT("*a?"), STR_LIT("aaab"), true},
        {STR_LIT("*\xC3\xA9"), STR_LIT("x\xC3\xA9\xC3\xA9"), true},
        {STR_LIT("arn:*:user/*"), STR_LIT("arn:aws:iam::1:user/a/b"), true},
        {STR_LIT(""), STR_LIT(""), true},
        {STR_LIT(""), STR_LIT("a"), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (glob_match(cases[i].pattern, cases[i].text) != cases[i].matches) {
            fail_msg("'%.*s' on '%.*s'", STR_ARG(cases[i].pattern), STR_ARG(cases[i].text));
        }
    }
}

static void test_kinds(void **state)
{
    (void)state;
    assert_false(glob_is_pattern(STR("a.[b]\\")));
    assert_true(glob_is_pattern(STR("a?")));
    assert_true(glob_is_all(STR("*")));
    assert_true(glob_is_all(STR("***")));
    assert_false(glob_is_all(STR("*?")));
    assert_false(glob_is_all(STR("")));
}

/* The time of a hopeless match is the product of the sizes, not a power of them. */
static void test_many_stars(void **state)
{
    enum { SIZE = 20000 };
    char *text = mem_alloc(SIZE), *pattern = mem_alloc(64);

    (void)state;
    for (size_t i = 0; i < SIZE; i++) {
        text[i] = 'a';
    }
    for (size_t i = 0; i < 62; i++) {
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    }
    pattern[62] = 'b';
    assert_false(glob_match((struct str){pattern, 63}, (struct str){text, SIZE}));
    mem_free(pattern);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_many_stars),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
