#include "model/difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What a person is told for each pair of answers; "" where nobody is told anything wrong. */
static void test_kinds(void **state)
{
    static const struct {
        enum status ours, theirs;
        const char *kind;
    } cases[] = {
        {STATUS_FAIL, STATUS_FAIL, ""},
        {STATUS_FAIL, STATUS_PASS, "missed"},
        {STATUS_FAIL, STATUS_NOT_APPLICABLE, "missed"},
        {STATUS_FAIL, STATUS_UNKNOWN, ""},
        {STATUS_PASS, STATUS_FAIL, "false-alarm"},
        {STATUS_PASS, STATUS_PASS, ""},
        {STATUS_PASS, STATUS_NOT_APPLICABLE, ""},
        {STATUS_PASS, STATUS_UNKNOWN, ""},
        {STATUS_NOT_APPLICABLE, STATUS_FAIL, "false-alarm"},
        {STATUS_NOT_APPLICABLE, STATUS_PASS, ""},
        {STATUS_NOT_APPLICABLE, STATUS_UNKNOWN, ""},
        {STATUS_UNKNOWN, STATUS_FAIL, "unfounded"},
        {STATUS_UNKNOWN, STATUS_PASS, "unfounded"},
        {STATUS_UNKNOWN, STATUS_NOT_APPLICABLE, "silent"},
        {STATUS_UNKNOWN, STATUS_UNKNOWN, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum difference_kind kind = DIFFERENCE_MISSED;
        bool is_difference = difference_find(cases[i].ours, cases[i].theirs, &kind);
        assert_string_equal(is_difference ? difference_name(kind).p : "", cases[i].kind);
    }
}

static void test_the_reason_that_says_most_is_given(void **state)
{
    const struct peer_reason reasons[] = {
        {.text = STR("in general")},
        {.has_theirs = true, .theirs = STATUS_PASS, .text = STR("when they pass")},
        {.has_ours = true,
         .ours = STATUS_FAIL,
         .has_theirs = true,
         .theirs = STATUS_PASS,
         .text = STR("when they pass what fails")},
    };
    const struct peer_check check = {.reasons = reasons, .reason_count = 3};
    const struct peer_check bare = {0};

    (void)state;
    assert_string_equal(difference_why(&check, STATUS_FAIL, STATUS_PASS).p,
                        "when they pass what fails");
    assert_string_equal(difference_why(&check, STATUS_UNKNOWN, STATUS_PASS).p, "when they pass");
    assert_string_equal(difference_why(&check, STATUS_PASS, STATUS_FAIL).p, "in general");
    assert_int_equal(difference_why(&bare, STATUS_PASS, STATUS_FAIL).n, 0);
}

static void test_counts_are_true_and_samples_few(void **state)
{
    const struct peer_check checks[2] = {{.system = STR("a")}, {.system = STR("b")}};
    struct comparison comparison;
    char user[] = "u0";

    (void)state;
    comparison_init(&comparison, checks, 2);
    for (int i = 0; i < 9; i++) {
        struct difference difference = {
            .check = &checks[1], .check_index = 1, .kind = DIFFERENCE_SILENT, .user = {user, 2}};
        user[1] = (char)('0' + i);
        comparison_add(&comparison, &difference, STR("x=1"));
    }
    const struct difference_tally *tally = &comparison.tallies[1];
    assert_int_equal(tally->counts[DIFFERENCE_SILENT], 9);
    assert_int_equal(tally->counts[DIFFERENCE_MISSED], 0);
    assert_int_equal(comparison.tallies[0].counts[DIFFERENCE_SILENT], 0);
    assert_int_equal(tally->sample_counts[DIFFERENCE_SILENT], DIFFERENCE_SAMPLES_MAX);
    assert_string_equal(tally->samples[DIFFERENCE_SILENT][4].user.p, "u4"); /* a copy */
    comparison_release(&comparison);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_the_reason_that_says_most_is_given),
        cmocka_unit_test(test_counts_are_true_and_samples_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
