#include "report/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct control control = {.id = STR_LIT("user-console-mfa")};
static const struct exception exception = {.owner = STR_LIT("ann")};

static void assert_same(const struct finding *a, const struct finding *b)
{
    assert_ptr_equal(a->control, b->control);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->severity, b->severity);
    assert_int_equal(a->gap, b->gap);
    assert_ptr_equal(a->exception, b->exception);
    assert_int_equal(a->asset_class, b->asset_class);
    assert_int_equal(a->was_unknown, b->was_unknown);
    assert_true(str_eq(a->account, b->account));
    assert_true(str_eq(a->user, b->user));
    assert_true(str_eq(a->arn, b->arn));
    assert_int_equal(a->evidence_count, b->evidence_count);
    for (size_t i = 0; i < a->evidence_count; i++) {
        assert_true(str_eq(a->evidence[i].name, b->evidence[i].name));
        assert_true(str_eq(a->evidence[i].value, b->evidence[i].value));
        assert_int_equal(a->evidence[i].gap, b->evidence[i].gap);
    }
}

static void test_findings_come_back_in_order(void **state)
{
    const struct evidence evidence[] = {
        {STR("password_enabled"), STR("true"), GAP_NONE},
        {STR("mfa_active"), STR("missing column"), GAP_INPUT},
    };
    const struct finding findings[] = {
        {.control = &control,
         .status = STATUS_UNKNOWN,
         .severity = SEVERITY_HIGH,
         .gap = GAP_INPUT,
         .account = STR("123456789012"),
         .user = STR("a,\"b\"\n"),
         .arn = STR("arn:aws:iam::123456789012:user/a"),
         .evidence = evidence,
         .evidence_count = 2},
        {.control = &control,
         .status = STATUS_EXCEPTED,
         .severity = SEVERITY_LOW,
         .asset_class = ASSET_LARGE,
         .exception = &exception,
         .was_unknown = true},
        {.control = &control, .status = STATUS_FAIL, .evidence = evidence, .evidence_count = 1},
    };
    struct evidence read_evidence[EVIDENCE_COUNT_MAX];
    struct finding finding;
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < 3; i++) {
        report_record.finding(&out, &findings[i], NULL);
    }
    struct str bytes = buf_text(&out);
    for (size_t i = 0; i < 3; i++) {
        assert_true(record_read(&bytes, read_evidence, &finding));
        assert_same(&findings[i], &finding);
    }
    assert_false(record_read(&bytes, read_evidence, &finding));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_findings_come_back_in_order)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
