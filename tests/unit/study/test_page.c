#include "study/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "study/page_published.h"
#include "support/study_cases.h"

static bool has(const struct buf *out, const char *part)
{
    return memmem(out->p, out->n, part, strlen(part)) != NULL;
}

static void page_make(struct study_case *study, struct buf *out, const char *name)
{
    assert_true(study_case_make(study, name));
    buf_init(out, STUDY_PAGE_SIZE_MAX);
    study_page_write(out, &study->result, STR("1.2.3"));
    assert_false(out->overflowed);
}

static void page_drop(struct study_case *study, struct buf *out)
{
    buf_release(out);
    study_case_release(study);
}

static void test_every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < study_case_count; i++) {
        struct study_case study;
        struct buf out;

        page_make(&study, &out, study_case_names[i]);
        assert_true(has(&out, "</html>"));
        assert_false(has(&out, "nan%"));
        assert_false(has(&out, "\"nan"));
        page_drop(&study, &out);
    }
}

static void test_answers(void **state)
{
    struct study_case study;
    struct buf out;

    (void)state;
    page_make(&study, &out, "both");
    assert_true(has(&out, "Root was used in 143 accounts; 17 of them make half of all the use."));
    assert_true(has(&out, "In an average week root was used in "));
    assert_true(has(&out, " of 915 accounts ("));
    assert_true(has(&out, "These samples are the simulated fleet <code>root-2020</code>"));
    page_drop(&study, &out);
}

/* 510 of 18,300 is what the study published; an account more is told. */
static void test_smallest_half(void **state)
{
    uint64_t counts[] = {0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 1}; /* 1, 1, 6 and 10 uses */
    struct study_case study;
    struct buf out;

    (void)state;
    assert_true(study_case_make(&study, "root"));
    study.result.concentration = (struct study_concentration){counts, 10, 0.42, 0.9};
    buf_init(&out, STUDY_PAGE_SIZE_MAX);
    study_page_write(&out, &study.result, STR("1"));
    assert_true(has(&out, "1 of 4 accounts with root use (25.0%) makes 10 of the 18 uses (55.6%). "
                          "The Gini figure among them is 0.42:"));
    assert_true(has(&out, "2 of 4 accounts (50.0%) did so in two weeks or more; they make 16 of 18 "
                          "uses (88.9%)."));
    page_drop(&study, &out);
}

static void test_gaps_are_no_zeros(void **state)
{
    struct study_case study;
    struct buf out;

    (void)state;
    page_make(&study, &out, "gaps");
    assert_true(has(&out, "There are no samples between 2020-11-08 and 2020-12-06"));
    assert_true(has(&out, "class=\"gap\""));
    assert_true(
        has(&out, "31 more users have a password and no MFA in accounts of an organization"));
    assert_true(has(&out, "counted on neither side: the last use of 1 user; MFA of 4 users."));
    page_drop(&study, &out);
    page_make(&study, &out, "root");
    assert_false(has(&out, "There are no samples"));
    page_drop(&study, &out);
}

static void test_nothing_known(void **state)
{
    struct study_case study;
    struct buf out;

    (void)state;
    page_make(&study, &out, "empty");
    assert_true(has(&out, "Nothing can be said: there is no sample."));
    assert_false(has(&out, "<svg"));
    assert_false(has(&out, "0.0%"));
    page_drop(&study, &out);
    page_make(&study, &out, "quiet");
    assert_true(has(&out, "Root was not used in any account."));
    page_drop(&study, &out);
}

static void test_kinds(void **state)
{
    struct study_case study;
    struct buf out;

    (void)state;
    page_make(&study, &out, "iam");
    assert_true(has(&out, "<h1>Fleet study: IAM users</h1>"));
    assert_false(has(&out, "id=\"use\""));
    assert_true(has(&out, "id=\"keys\""));
    page_drop(&study, &out);
    page_make(&study, &out, "root");
    assert_true(has(&out, "id=\"use\""));
    assert_false(has(&out, "id=\"keys\""));
    page_drop(&study, &out);
}

static void test_names_are_text(void **state)
{
    struct study_case study;
    struct buf out;

    (void)state;
    page_make(&study, &out, "hostile");
    assert_false(has(&out, "<script"));
    assert_false(has(&out, "<img"));
    assert_false(has(&out, "<i>"));
    assert_false(has(&out, "\u202e"));
    assert_true(has(&out, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_true(has(&out, "(no name)"));
    page_drop(&study, &out);
}

static void expect_compared(struct study_figure figure, const char *published,
                            enum page_published verdict, const char *wanted)
{
    struct buf out;

    figure.published = str_from(published);
    buf_init(&out, 4096);
    assert_int_equal(page_published_compare(&out, &figure), verdict);
    buf_char(&out, '\0');
    assert_string_equal(out.p, wanted);
    buf_release(&out);
}

static void test_published(void **state)
{
    const struct study_figure mean = {.type = STUDY_MEAN,
                                      .sum = 510,
                                      .divisor = 20,
                                      .part = 510,
                                      .whole = 18300,
                                      .whole_divisor = 1};
    const struct study_figure over_mean = {
        .type = STUDY_COUNT, .sum = 143, .part = 143, .whole = 18300, .whole_divisor = 20};
    const struct study_figure date = {.type = STUDY_DATE,
                                      .date = days_from_civil(2011, 8, 31) * SECONDS_PER_DAY};
    const struct study_figure none = {.type = STUDY_NOTHING};

    (void)state;
    expect_compared(mean, "", PUBLISHED_NOT, "");
    expect_compared(mean, "26 (2.8%)", PUBLISHED_SAME, "none");
    expect_compared(mean, "25 (2.8%)", PUBLISHED_OTHER, "+1");
    expect_compared(mean, "26 (2.9%)", PUBLISHED_OTHER, "share \u22120.1 points");
    expect_compared(mean, "1,026 (2.9%)", PUBLISHED_OTHER, "\u22121,000, share \u22120.1 points");
    expect_compared(over_mean, "143 (16%)", PUBLISHED_SAME, "none");
    expect_compared(over_mean, "16%", PUBLISHED_SAME, "none");
    expect_compared(over_mean, "over 15%", PUBLISHED_SAME, "none");
    expect_compared(over_mean, "over 16%", PUBLISHED_OTHER, "+0 points");
    expect_compared(over_mean, "143 (about 15%)", PUBLISHED_SAME, "none");
    expect_compared(over_mean, "143 (about 14%)", PUBLISHED_OTHER, "share +2 points");
    expect_compared(date, "August 2011", PUBLISHED_SAME, "none");
    expect_compared(date, "June 2011", PUBLISHED_OTHER, "+2 months");
    expect_compared(date, "in summer", PUBLISHED_UNREAD, "");
    expect_compared(none, "26 (2.8%)", PUBLISHED_OTHER, "not computed, share not computed");
    expect_compared(mean, "some 26", PUBLISHED_UNREAD, "");
    expect_compared(mean, "26 (2.8%", PUBLISHED_UNREAD, "");
    expect_compared(mean, "26 or so", PUBLISHED_UNREAD, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_case),     cmocka_unit_test(test_answers),
        cmocka_unit_test(test_smallest_half),  cmocka_unit_test(test_gaps_are_no_zeros),
        cmocka_unit_test(test_nothing_known),  cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_names_are_text), cmocka_unit_test(test_published),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
