#include "codec/formula.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct str formulas[] = {
    STR_LIT("=1"),        STR_LIT("+1"),        STR_LIT("-1"),        STR_LIT("@x"),
    STR_LIT("="),         STR_LIT(" =1"),       STR_LIT("\t=1"),      STR_LIT("\tx"),
    STR_LIT("\rx"),       STR_LIT("\nx"),       STR_LIT("\"=1"),      STR_LIT("' \"' -1"),
    STR_LIT("'=1"),       STR_LIT("''=1"),      STR_LIT("\x01=1"),    STR_LIT("\0=1"),
    STR_LIT("\v\f@SUM"),  STR_LIT("\uFF1Dcmd"), STR_LIT("\uFF0Bcmd"), STR_LIT(" \uFF0Dcmd"),
    STR_LIT("\uFF20cmd"),
};
static const struct str texts[] = {
    STR_LIT(""),     STR_LIT(" "),      STR_LIT("'"),        STR_LIT("\""),
    STR_LIT("ada"),  STR_LIT("a=1"),    STR_LIT("<root>"),   STR_LIT("1-2"),
    STR_LIT("'ada"), STR_LIT(" \"a=b"), STR_LIT("\uFF21=1"), STR_LIT("\xEF\xBC"),
};

static void test_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formulas / sizeof formulas[0]; i++) {
        if (!formula_is(formulas[i])) {
            fail_msg("no formula: %.*s (%zu)", STR_ARG(formulas[i]), i);
        }
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (formula_is(texts[i])) {
            fail_msg("a formula: %.*s (%zu)", STR_ARG(texts[i]), i);
        }
    }
}

static void test_unguard(void **state)
{
    (void)state;
    assert_true(str_eq(formula_unguard(STR("'=1")), STR("=1")));
    assert_true(str_eq(formula_unguard(STR("''=1")), STR("=1")));
    assert_true(str_eq(formula_unguard(STR("'ada")), STR("'ada")));
    assert_true(str_eq(formula_unguard(STR("=1")), STR("=1")));
    assert_true(str_eq(formula_unguard(STR("'")), STR("'")));
    assert_true(str_eq(formula_unguard(STR("")), STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_unguard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
