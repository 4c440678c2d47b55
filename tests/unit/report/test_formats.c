/* What every status looks like in the formats for other systems, and that an unknown is no pass. */
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct control_map maps[] = {{STR_LIT("cis-7.0"), STR_LIT("2.12")},
                                          {STR_LIT("prowler"), STR_LIT("iam_rotate")}};

static const struct control control = {
    .id = STR_LIT("access-key-rotated"),
    .title = STR_LIT("Keys are young"),
    .severity = SEVERITY_HIGH,
    .cli = STR_LIT("aws iam list-access-keys --user-name {user}"),
    .maps = maps,
    .map_count = 2,
};

static const struct evidence evidence[] = {
    {STR_LIT("access_key_2_active"), STR_LIT("true"), GAP_NONE},
};

static const struct report_options options = {.version = STR_LIT("1.2.3"), .now = 100};

static void write_finding(struct buf *out, const struct report_format *format, enum status status)
{
    struct finding finding = {
        .control = &control,
        .status = status,
        .severity = SEVERITY_HIGH,
        .gap = status == STATUS_UNKNOWN ? GAP_INPUT : GAP_NONE,
        .account = STR("111122223333"),
        .user = STR("ann"),
        .arn = STR("arn:aws:iam::111122223333:user/ann"),
        .partition = STR("aws"),
        .path = STR("./a b/-:%.csv"),
        .as_of = 200,
        .keys = {{STR("false"), STR("N/A")}, {STR("true"), STR("2026-01-31T00:00:00Z")}},
        .evidence = evidence,
        .evidence_count = 1,
    };

    buf_clear(out);
    format->finding(out, &finding, &options);
    assert_false(out->overflowed);
}

static void expect(const struct report_format *format, enum status status, const char *wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    write_finding(&out, format, status);
    if (memmem(out.p, out.n, wanted, strlen(wanted)) == NULL) {
        fail_msg("%.*s: '%s' is not in %.*s", STR_ARG(format->name), wanted,
                 STR_ARG(buf_text(&out)));
    }
    buf_release(&out);
}

static void expect_not(const struct report_format *format, enum status status, const char *unwanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    write_finding(&out, format, status);
    assert_null(memmem(out.p, out.n, unwanted, strlen(unwanted)));
    buf_release(&out);
}

static void test_sarif(void **state)
{
    (void)state;
    expect(&report_sarif, STATUS_FAIL, "\"kind\":\"fail\",\"level\":\"error\"");
    expect_not(&report_sarif, STATUS_FAIL, "suppressions");
    expect(&report_sarif, STATUS_UNKNOWN, "\"kind\":\"open\",\"level\":\"none\"");
    expect(&report_sarif, STATUS_EXCEPTED, "\"kind\":\"fail\",\"level\":\"error\"");
    expect(&report_sarif, STATUS_EXCEPTED,
           "\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"");
    expect(&report_sarif, STATUS_NOT_APPLICABLE, "\"kind\":\"notApplicable\",\"level\":\"none\"");
    expect(&report_sarif, STATUS_PASS, "\"kind\":\"pass\",\"level\":\"none\"");
    expect(&report_sarif, STATUS_FAIL, "\"uri\":\"a%20b/-%3A%25.csv\"");
    expect(&report_sarif, STATUS_FAIL, "\"asOf\":\"1970-01-01T00:03:20Z\"");
}

static void test_ocsf(void **state)
{
    (void)state;
    expect(&report_ocsf, STATUS_FAIL,
           "\"status_id\":1,\"status\":\"New\",\"status_code\":\"FAIL\"");
    expect(&report_ocsf, STATUS_FAIL, "\"status_id\":3,\"status\":\"Fail\"");
    expect(&report_ocsf, STATUS_UNKNOWN, "\"status_id\":2,\"status\":\"Warning\"");
    expect_not(&report_ocsf, STATUS_UNKNOWN, "Pass");
    expect(&report_ocsf, STATUS_EXCEPTED,
           "\"status_id\":3,\"status\":\"Suppressed\",\"status_code\":\"EXCEPTED\"");
    expect(&report_ocsf, STATUS_EXCEPTED, "\"status_id\":3,\"status\":\"Fail\"");
    expect(&report_ocsf, STATUS_NOT_APPLICABLE, "\"status_id\":99,\"status\":\"Not Applicable\"");
    expect(&report_ocsf, STATUS_PASS, "\"status_id\":1,\"status\":\"Pass\"");
    expect(&report_ocsf, STATUS_FAIL, "\"time\":200000,\"time_dt\":\"1970-01-01T00:03:20Z\"");
    expect(&report_ocsf, STATUS_FAIL,
           "\"standards\":[\"cis-7.0\"],\"requirements\":[\"cis-7.0 2.12\"");
}

static void test_asff(void **state)
{
    (void)state;
    expect(&report_asff, STATUS_FAIL, "\"Compliance\":{\"Status\":\"FAILED\",\"RelatedRequ");
    expect(&report_asff, STATUS_FAIL, "\"Workflow\":{\"Status\":\"NEW\"}");
    expect(
        &report_asff, STATUS_UNKNOWN,
        "\"Status\":\"WARNING\",\"StatusReasons\":[{\"ReasonCode\":\"KEYWARDEN_INPUT_INCOMPLETE\"");
    expect_not(&report_asff, STATUS_UNKNOWN, "PASSED");
    expect(&report_asff, STATUS_EXCEPTED,
           "\"Status\":\"WARNING\",\"StatusReasons\":[{\"ReasonCode\":\"KEYWARDEN_EXCEPTED\"");
    expect(&report_asff, STATUS_EXCEPTED, "\"Workflow\":{\"Status\":\"SUPPRESSED\"}");
    expect(&report_asff, STATUS_NOT_APPLICABLE, "\"Compliance\":{\"Status\":\"NOT_AVAILABLE\"");
    expect(&report_asff, STATUS_PASS, "\"Compliance\":{\"Status\":\"PASSED\",\"RelatedRequ");
    expect(&report_asff, STATUS_PASS, "{\"Label\":\"INFORMATIONAL\",\"Original\":\"high\"}");
    /* The audit ran before the time it judged as of: the update is not before the creation. */
    expect(&report_asff, STATUS_FAIL,
           "\"CreatedAt\":\"1970-01-01T00:03:20Z\",\"UpdatedAt\":\"1970-01-01T00:03:20Z\"");
    expect(&report_asff, STATUS_FAIL,
           "\"Type\":\"AwsIamAccessKey\",\"Id\":\"arn:aws:iam::111122223333:user/ann/access_key_2/"
           "2026-01-31T00:00:00Z\"");
    expect_not(&report_asff, STATUS_FAIL, "access_key_1");
    expect(&report_asff, STATUS_FAIL, "\"AssociatedStandards\":[{\"StandardsId\":\"cis-7.0\"}]");
}

static void test_junit(void **state)
{
    (void)state;
    expect(&report_junit, STATUS_FAIL, "failures=\"1\" errors=\"0\" skipped=\"0\"");
    expect(&report_junit, STATUS_FAIL, "<failure type=\"high\"");
    expect(&report_junit, STATUS_UNKNOWN, "failures=\"0\" errors=\"1\" skipped=\"0\"");
    expect(&report_junit, STATUS_UNKNOWN, "<error type=\"unknown\"");
    expect(&report_junit, STATUS_EXCEPTED, "failures=\"0\" errors=\"0\" skipped=\"1\"");
    expect(&report_junit, STATUS_EXCEPTED, "<skipped type=\"excepted\"");
    expect(&report_junit, STATUS_NOT_APPLICABLE, "<skipped type=\"not-applicable\"");
    expect(&report_junit, STATUS_PASS, "failures=\"0\" errors=\"0\" skipped=\"0\"");
    expect_not(&report_junit, STATUS_PASS, "type=");
}

static void test_markdown(void **state)
{
    static const struct control *const controls[] = {&control};
    struct posture posture;
    struct buf out;
    struct finding finding = {.control = &control,
                              .status = STATUS_EXCEPTED,
                              .severity = SEVERITY_HIGH,
                              .account = STR("111122223333"),
                              .user = STR("ann")};

    (void)state;
    buf_init(&out, 1 << 20);
    posture_init(&posture, controls, 1, 3);
    posture.report_count = 1;
    for (int i = 0; i < 1234; i++) {
        posture_add(&posture, &finding, 0);
    }
    report_markdown.end(&out, &posture, &options);
    static const char *const wanted[] = {
        "| high | 0 | 0 | 1,234 | 0 | 0 |\n",
        "\n## Excepted\n\n### high: Keys are young\n\n`access-key-rotated`: 1,234 excepted.\n",
        "| 111122223333 | `ann` |  |\n",
        "... and 1,231 more.\n",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (memmem(out.p, out.n, wanted[i], strlen(wanted[i])) == NULL) {
            fail_msg("'%s' is not in %.*s", wanted[i], STR_ARG(buf_text(&out)));
        }
    }
    posture_release(&posture);
    buf_release(&out);
}

/* A pack of thousands of controls does not make a page that is refused. */
static void test_markdown_size(void **state)
{
    enum { COUNT = 2000 };
    static const struct control *controls[COUNT];
    struct posture posture;
    struct buf out;
    struct finding finding = {.control = &control, .severity = SEVERITY_HIGH, .user = STR("ann")};

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        controls[i] = &control;
    }
    buf_init(&out, 1 << 24);
    posture_init(&posture, controls, COUNT, 1);
    posture.report_count = 1;
    for (size_t i = 0; i < COUNT; i++) {
        posture_add(&posture, &finding, i);
    }
    report_markdown.end(&out, &posture, &options);
    assert_in_range(out.n, 50000, 65536);
    assert_non_null(memmem(out.p, out.n, "did not fit on this page", 24));
    posture_release(&posture);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sarif),    cmocka_unit_test(test_ocsf),
        cmocka_unit_test(test_asff),     cmocka_unit_test(test_junit),
        cmocka_unit_test(test_markdown), cmocka_unit_test(test_markdown_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
