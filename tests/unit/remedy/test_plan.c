/* Plans: steps come back whole however their records are cut, in order, and within the cap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "remedy/plan.h"

static const struct control controls[] = {
    {.id = STR_LIT("low"),
     .title = STR_LIT("t"),
     .severity = SEVERITY_LOW,
     .cli = STR_LIT("{signed_in} && aws x"),
     .undo = STR_LIT("aws y")},
    {.id = STR_LIT("high"),
     .title = STR_LIT("t"),
     .severity = SEVERITY_HIGH,
     .cli = STR_LIT("{signed_in} && aws x"),
     .undo = STR_LIT("aws y")},
    {.id = STR_LIT("look"),
     .title = STR_LIT("t"),
     .severity = SEVERITY_CRITICAL,
     .cli = STR_LIT("aws x get-y")},
};

static const struct {
    size_t control;
    enum status status;
    struct str account, user, arn;
} found[] = {
    {0, STATUS_FAIL, STR_LIT("222222222222"), STR_LIT("a"), STR_LIT("")},
    {0, STATUS_UNKNOWN, STR_LIT("111111111111"), STR_LIT("b"), STR_LIT("")},
    {0, STATUS_FAIL, STR_LIT("111111111111"), STR_LIT("c"), STR_LIT("")},
    {0, STATUS_EXCEPTED, STR_LIT("111111111111"), STR_LIT("d"), STR_LIT("")},
    {1, STATUS_FAIL, STR_LIT("111111111111"), STR_LIT("e"), STR_LIT("")},
    {2, STATUS_FAIL, STR_LIT("111111111111"), STR_LIT("f"), STR_LIT("")},
    {0, STATUS_FAIL, STR_LIT("111111111111"), STR_LIT("<root_account>"), STR_LIT("arn:aws:iam:r")},
    {0, STATUS_FAIL, STR_LIT("111111111111"), STR_LIT("g"), STR_LIT("")},
    /* No command may run for these, so nothing that can be taken back. */
    {0, STATUS_FAIL, STR_LIT("111111111111"), STR_LIT("no\nname"), STR_LIT("")},
    {0, STATUS_FAIL, STR_LIT(""), STR_LIT("h"), STR_LIT("")},
};
enum { FOUND_COUNT = sizeof found / sizeof found[0] };

static void records_write(struct buf *out)
{
    for (size_t i = 0; i < FOUND_COUNT; i++) {
        const struct control *control = &controls[found[i].control];
        struct finding finding = {.control = control,
                                  .status = found[i].status,
                                  .severity = control->severity,
                                  .account = found[i].account,
                                  .user = found[i].user,
                                  .arn = found[i].arn};
        step_format.finding(out, &finding, NULL);
    }
}

static bool has(struct str text, struct str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++) {
        if (str_eq(str_sub(text, i, i + part.n), part)) {
            return true;
        }
    }
    return false;
}

static void test_order(void **state)
{
    static const struct str users[] = {
        STR_LIT("h"), STR_LIT("<root_account>"), STR_LIT("e"), STR_LIT("c"), STR_LIT("g"),
        STR_LIT("f"), STR_LIT("no\\x0aname"),    STR_LIT("a"), STR_LIT("b")};
    const struct plan_filter all = {0};
    struct buf records;

    (void)state;
    buf_init(&records, 1 << 20);
    records_write(&records);
    /* Whatever the pieces are. */
    for (size_t step = 1; step < 700; step = step * 3 + 1) {
        struct err err = {0};
        struct plan plan;
        plan_init(&plan, &all);
        for (size_t at = 0; at < records.n; at += step) {
            assert_true(plan_add(&plan, str_sub(buf_text(&records), at, at + step), &err));
        }
        plan_order(&plan);
        assert_int_equal(plan.count, sizeof users / sizeof users[0]);
        for (size_t i = 0; i < plan.count; i++) {
            char text[64];
            struct buf line = {.p = text, .capacity = sizeof text, .size_max = sizeof text};
            bool is_unknown = plan.entries[i].step.kind == STEP_UNKNOWN;
            buf_str(&line, is_unknown ? STR(" ") : STR("principal     "));
            buf_str(&line, users[i]);
            buf_str(&line, is_unknown ? STR(": ") : STR("\n"));
            if (!has(plan.entries[i].text, buf_text(&line))) {
                print_message("%zu: %.*s", i, STR_ARG(plan.entries[i].text));
                fail();
            }
        }
        assert_int_equal(plan.counts[STEP_CHANGE], 5);
        assert_int_equal(plan.counts[STEP_PERSON], 3);
        assert_int_equal(plan.counts[STEP_UNKNOWN], 1);
        assert_int_equal(plan.counts[STEP_EXCEPTED], 1);
        assert_int_equal(plan.severities[SEVERITY_LOW], 6);
        plan_release(&plan);
    }
    buf_release(&records);
}

static void test_filter(void **state)
{
    static const struct str ids[] = {STR_LIT("high"), STR_LIT("look")};
    const struct plan_filter filter = {ids, 2, STR("111111111111")};
    struct err err = {0};
    struct buf records;
    struct plan plan;

    (void)state;
    buf_init(&records, 1 << 20);
    records_write(&records);
    plan_init(&plan, &filter);
    assert_true(plan_add(&plan, buf_text(&records), &err));
    plan_order(&plan);
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.filtered_count, FOUND_COUNT - 2);
    assert_true(str_eq(plan.entries[0].control, STR("high")));
    plan_release(&plan);
    buf_release(&records);
}

static void test_cap(void **state)
{
    const struct plan_filter all = {0};
    struct err err = {0};
    struct buf records;
    struct plan plan;
    bool ok = true;

    (void)state;
    buf_init(&records, 1 << 26);
    while (records.n < 1 << 25) {
        records_write(&records);
    }
    plan_init(&plan, &all);
    for (size_t i = 0; ok && i < 9; i++) {
        ok = plan_add(&plan, buf_text(&records), &err);
        assert_true(ok || i >= 7);
    }
    assert_false(ok);
    assert_int_equal(err.kind, ERR_INPUT);
    plan_release(&plan);
    buf_release(&records);
}

static void test_comment(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    step_comment_write(&out, STR("label"), STR("a\nrm -rf\r\x1b[1m \xe2\x80\xae"));
    step_comment_write(&out, STR("long"), STR(""));
    assert_true(str_eq(buf_text(&out), STR("#   label         a\\x0arm -rf\\x0d\\x1b[1m \\u{202e}\n"
                                           "#   long          \n")));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_comment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
