#include "report/report.h"

#include "report/outline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct str steps[] = {STR_LIT("Find its\nuser."), STR_LIT("Delete <it>.")};

static const struct control root_mfa = {
    .id = STR_LIT("root-mfa-enabled"),
    .title = STR_LIT("Root has no MFA"),
    .severity = SEVERITY_CRITICAL,
};

static const struct control user_mfa = {
    .id = STR_LIT("user-console-mfa"),
    .title = STR_LIT("A user has <no> MFA"),
    .severity = SEVERITY_HIGH,
    .remediation = {steps, 2},
    .cli = STR_LIT("aws iam delete-login-profile --user-name {user} --x {y}"),
    .references = {&steps[1], 1},
};

static const struct control *const controls[] = {&user_mfa, &root_mfa};

static const struct report_options options = {
    .columns = 80,
    .version = STR_LIT("1.2.3"),
    .packs = STR_LIT("keywarden"),
    .fail_on = SEVERITY_HIGH,
};

static struct finding finding_of(const struct control *control, enum status status, struct str user)
{
    static const struct evidence evidence[] = {
        {STR_LIT("mfa_active"), STR_LIT("false"), GAP_NONE},
        {STR_LIT("password_enabled"), STR_LIT("missing column"), GAP_INPUT},
    };

    return (struct finding){
        .control = control,
        .status = status,
        .severity = control->severity,
        .gap = status == STATUS_UNKNOWN ? GAP_INPUT : GAP_NONE,
        .account = STR("123456789012"),
        .user = user,
        .arn = STR("arn:aws-cn:iam::123456789012:user/x"),
        .partition = STR("aws-cn"),
        .evidence = evidence,
        .evidence_count = status == STATUS_UNKNOWN ? 2 : 1,
    };
}

static void add(struct posture *posture, size_t index, enum status status, struct str user)
{
    struct finding finding = finding_of(controls[index], status, user);

    posture_add(posture, &finding, index);
}

/* One report at 2026-11-22T01:30:00Z with an error. */
static void posture_fill(struct posture *posture)
{
    struct err err = {0};

    posture->report_count = 1;
    posture->user_count = 3;
    posture->root_count = 1;
    posture->now = INT64_C(1795312800);
    posture->as_of_min = posture->as_of_max = posture->now - 1800;
    posture->generated_min = posture->generated_max = posture->now - 1800;
    posture->age_known = true;
    posture->generated_count = 1;
    err_set(&err, ERR_INPUT, "odd <date>");
    err_place(&err, STR("a\"b.csv"), 2, 7);
    err_hint(&err, "ask again");
    posture_add_error(posture, &err);
}

static bool holds(struct str text, const char *wanted)
{
    return memmem(text.p, text.n, wanted, strlen(wanted)) != NULL;
}

static void expect_finding(const struct report_format *format, const struct finding *finding,
                           struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    format->finding(&out, finding, &options);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_formats_are_found(void **state)
{
    size_t count = 0;

    (void)state;
    for (; report_formats[count] != NULL; count++) {
        const struct report_format *format = report_formats[count];
        assert_ptr_equal(report_format_find(format->name), format);
        assert_true(format->finding != NULL || format->end != NULL);
        assert_true(format->help.n > 0);
    }
    assert_int_equal(count, 11);
    assert_null(report_format_find(STR("xml")));
    assert_null(report_format_find(STR("")));
}

static void expect_cli(struct str template, struct str user, struct str wanted)
{
    struct control control = {.cli = template};
    struct finding finding = {.control = &control, .user = user};
    struct buf out;

    buf_init(&out, 1 << 20);
    report_cli_write(&out, &finding);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_cli_is_quoted(void **state)
{
    (void)state;
    expect_cli(STR(""), STR("x"), STR(""));
    expect_cli(STR("a {user}"), STR("a+b=c,d.e@f/g:h_i-j"), STR("a a+b=c,d.e@f/g:h_i-j"));
    expect_cli(STR("a {user} b"), STR("x; rm -rf /"), STR("a 'x; rm -rf /' b"));
    expect_cli(STR("{user}"), STR("o'brien"), STR("'o'\\''brien'"));
    expect_cli(STR("{user}"), STR("$(id)`id`\n\0"), STR("'$(id)`id`\n\0'"));
    expect_cli(STR("{user}"), STR(""), STR("''"));
    expect_cli(STR("{user}"), STR("{account}"), STR("'{account}'"));
    expect_cli(STR("{x} {user {arn} {partition}}"), STR("u"), STR("{x} {user '' aws}"));
    expect_cli(STR("one\ntwo {user}\n"), STR("u"), STR("one two u"));
}

static void test_csv(void **state)
{
    struct finding finding = finding_of(&user_mfa, STATUS_UNKNOWN, STR("o\"b,rien"));
    struct buf out;

    (void)state;
    expect_finding(&report_csv, &finding,
                   STR("123456789012,\"o\"\"b,rien\",user-console-mfa,unknown,high,"
                       "mfa_active=false; password_enabled=missing column\n"));
    finding.evidence = &(const struct evidence){STR("a"), STR("cannot read \"x,y\""), GAP_INPUT};
    finding.evidence_count = 1;
    expect_finding(&report_csv, &finding,
                   STR("123456789012,\"o\"\"b,rien\",user-console-mfa,unknown,high,"
                       "\"a=cannot read \"\"x,y\"\"\"\n"));
    buf_init(&out, 1 << 20);
    report_csv.begin(&out, &options);
    assert_true(str_eq(buf_text(&out), STR("account,user,control,status,severity,evidence\n")));
    buf_release(&out);
}

static void test_summary(void **state)
{
    struct posture posture;
    struct buf out;

    (void)state;
    posture_init(&posture, controls, 2, 1);
    add(&posture, 1, STATUS_PASS, STR("a"));
    add(&posture, 0, STATUS_PASS, STR("a"));
    add(&posture, 0, STATUS_NOT_APPLICABLE, STR("b"));
    add(&posture, 0, STATUS_EXCEPTED, STR("c"));
    add(&posture, 0, STATUS_UNKNOWN, STR("d"));
    add(&posture, 0, STATUS_FAIL, STR("e"));
    add(&posture, 0, STATUS_FAIL, STR("f"));
    buf_init(&out, 1 << 20);
    report_summary.end(&out, &posture, &options);
    assert_true(str_eq(buf_text(&out), STR("control,status,count\n"
                                           "user-console-mfa,fail,2\n"
                                           "user-console-mfa,unknown,1\n"
                                           "user-console-mfa,excepted,1\n"
                                           "user-console-mfa,not-applicable,1\n"
                                           "user-console-mfa,pass,1\n"
                                           "root-mfa-enabled,pass,1\n")));
    buf_release(&out);
    posture_release(&posture);
}

static void test_jsonl(void **state)
{
    struct finding finding = finding_of(&user_mfa, STATUS_UNKNOWN, STR("\x1b\xff'"));
    struct finding pass = finding_of(&root_mfa, STATUS_PASS, STR("<root_account>"));

    (void)state;
    expect_finding(
        &report_jsonl, &finding,
        STR("{\"schema\":\"keywarden.finding/1\",\"account\":\"123456789012\","
            "\"user\":\"\\u001b\xef\xbf\xbd'\",\"arn\":\"arn:aws-cn:iam::123456789012:user/x\","
            "\"control\":\"user-console-mfa\",\"title\":\"A user has <no> MFA\","
            "\"status\":\"unknown\",\"severity\":\"high\",\"gap\":\"input\",\"evidence\":["
            "{\"name\":\"mfa_active\",\"value\":\"false\"},"
            "{\"name\":\"password_enabled\",\"value\":\"missing column\",\"gap\":\"input\"}],"
            "\"remediation\":[\"Find its\\nuser.\",\"Delete <it>.\"],"
            "\"cli\":\"aws iam delete-login-profile --user-name '\\u001b\xef\xbf\xbd'\\\\'''"
            " --x {y}\",\"references\":[\"Delete <it>.\"]}\n"));
    expect_finding(&report_jsonl, &pass,
                   STR("{\"schema\":\"keywarden.finding/1\",\"account\":\"123456789012\","
                       "\"user\":\"<root_account>\","
                       "\"arn\":\"arn:aws-cn:iam::123456789012:user/x\","
                       "\"control\":\"root-mfa-enabled\",\"title\":\"Root has no MFA\","
                       "\"status\":\"pass\",\"severity\":\"critical\",\"gap\":null,\"evidence\":["
                       "{\"name\":\"mfa_active\",\"value\":\"false\"}]}\n"));
}

static void test_json_document(void **state)
{
    struct posture posture;
    struct buf out, one;
    struct finding finding = finding_of(&root_mfa, STATUS_FAIL, STR("<root_account>"));

    (void)state;
    posture_init(&posture, controls, 2, 1);
    posture_fill(&posture);
    posture_add(&posture, &finding, 1);
    buf_init(&out, 1 << 20);
    buf_init(&one, 1 << 20);
    report_json.begin(&out, &options);
    report_json.finding(&one, &finding, &options);
    assert_int_equal(report_json.separator_size, 2);
    buf_str(&out, str_sub(buf_text(&one), 2, one.n));
    buf_str(&out, buf_text(&one));
    report_json.end(&out, &posture, &options);
    assert_true(
        str_starts(buf_text(&out), STR("{\"schema\":\"keywarden.audit/1\",\"version\":\"1.2.3\","
                                       "\"findings\":[\n{\"account\":\"123456789012\",")));
    assert_true(holds(buf_text(&out), "\"references\":[]},\n{\"account\""));
    assert_true(holds(buf_text(&out),
                      "}\n],\"as_of\":\"2026-11-22T01:30:00Z\","
                      "\"as_of_earliest\":\"2026-11-22T01:30:00Z\",\"as_of_source\":\"report\","));
    assert_true(holds(buf_text(&out), "{\"id\":\"root-mfa-enabled\",\"title\":\"Root has no MFA\","
                                      "\"severity\":\"critical\",\"maps\":[],\"counts\":{"
                                      "\"fail\":1,\"unknown\":0,\"excepted\":0,"
                                      "\"not-applicable\":0,\"pass\":0},\"unknown_input\":0}]"));
    assert_true(holds(buf_text(&out),
                      "\"errors\":[{\"place\":\"a\\\"b.csv\",\"line\":2,\"column\":7,"
                      "\"text\":\"odd <date>\",\"hint\":\"ask again\"}],\"totals\":{"
                      "\"reports\":1,"));
    assert_true(str_ends(buf_text(&out), STR("}}}\n")));
    buf_release(&one);
    buf_release(&out);
    posture_release(&posture);
}

static void test_posture_samples(void **state)
{
    static char name[5000];
    struct posture posture;

    (void)state;
    memset(name, 'x', sizeof name);
    memcpy(name + 2047, "é", 2);
    posture_init(&posture, controls, 2, 3);
    add(&posture, 0, STATUS_FAIL, (struct str){name, sizeof name});
    add(&posture, 0, STATUS_FAIL, (struct str){name, 2});
    name[0] = 'y';
    for (int i = 0; i < 4; i++) {
        add(&posture, 0, STATUS_FAIL, STR("u"));
        add(&posture, 0, STATUS_PASS, STR("v"));
        add(&posture, 1, STATUS_UNKNOWN, STR("<root_account>"));
    }
    const struct control_tally *tally = &posture.tallies[0];
    assert_int_equal(tally->counts[STATUS_FAIL], 6);
    assert_int_equal(tally->sample_counts[STATUS_FAIL], 3);
    assert_int_equal(tally->sample_counts[STATUS_PASS], 0);
    /* A copy, cut before the character that would not fit, with an ellipsis. */
    struct str user = tally->samples[STATUS_FAIL][0].user;
    assert_int_equal(user.n, 2047 + 3);
    assert_int_equal(user.p[0], 'x');
    assert_true(str_eq(tally->samples[STATUS_FAIL][1].user, STR("xx")));
    assert_true(str_ends(user, STR("x…")));
    assert_int_equal(posture.tallies[1].unknown_input, 4);
    assert_int_equal(posture_count(&posture, SEVERITY_HIGH, STATUS_FAIL), 6);
    assert_int_equal(posture_count(&posture, SEVERITY_CRITICAL, STATUS_FAIL), 0);
    assert_int_equal(posture_count(&posture, SEVERITY_CRITICAL, STATUS_UNKNOWN), 4);
    for (int i = 0; i < 150; i++) {
        struct err err = {0};
        err_set(&err, ERR_INPUT, "x");
        posture_add_error(&posture, &err);
    }
    assert_int_equal(posture.error_count, 150);
    assert_int_equal(posture.error_sample_count, ERROR_SAMPLE_MAX);
    posture_release(&posture);
    posture_release(&posture);
}

static void test_severity_names(void **state)
{
    enum severity severity = SEVERITY_INFO;

    (void)state;
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        assert_true(severity_parse(severity_name((enum severity)i), &severity));
        assert_int_equal(severity, i);
    }
    assert_false(severity_parse(STR("High"), &severity));
    assert_true(str_eq(severity_name(SEVERITY_CRITICAL), STR("critical")));
    assert_true(str_eq(status_name(STATUS_NOT_APPLICABLE), STR("not-applicable")));
}

static const struct str hostile[] = {
    STR_LIT("<script>alert(1)</script>"),
    STR_LIT("\x1b[2J\x1b]0;x\x07"),
    STR_LIT("a\u202e"
            "b"),
    STR_LIT("=1+1\" onclick=x"),
    STR_LIT("\xff\xfe\n\t\x9b"),
    STR_LIT("'\"&</td>"),
};

enum { HOSTILE_COUNT = 6 };

static void posture_fill_hostile(struct posture *posture, size_t sample_max)
{
    posture_init(posture, controls, 2, sample_max);
    posture_fill(posture);
    add(posture, 1, STATUS_FAIL, STR("<root_account>"));
    for (int i = 0; i < 25; i++) {
        add(posture, 0, STATUS_FAIL, hostile[i % HOSTILE_COUNT]);
    }
    add(posture, 0, STATUS_UNKNOWN, hostile[0]);
    add(posture, 0, STATUS_EXCEPTED, hostile[1]);
}

/* Bytes that may not be in any output for people, names being what they are. */
static void expect_no_raw_bytes(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        assert_true(c >= 0x20 || c == '\n');
        assert_true(c != 0x7f && c != 0xff && c != 0xfe);
    }
    assert_false(holds(text, "\u202e"));
    assert_true(holds(text, "\\x1b[2J"));
    assert_true(holds(text, "a\\u{202e}b"));
    assert_true(holds(text, "\\xff\\xfe\\x0a\\x09\\x9b"));
}

static void test_table(void **state)
{
    struct posture posture;
    struct buf out;

    (void)state;
    posture_fill_hostile(&posture, 100);
    buf_init(&out, 1 << 20);
    report_table.end(&out, &posture, &options);
    struct str text = buf_text(&out);
    expect_no_raw_bytes(text);
    assert_true(str_starts(text, STR("keywarden audit   1 report  ·  1 root user  ·  3 IAM users\n"
                                     "  as of  2026-11-22T01:30:00Z, when the report was made\n"
                                     "  age    made 30 minutes before this audit")));
    assert_true(holds(text, "\nROOT USER\n\n■ critical  Root has no MFA\n"));
    assert_true(holds(text, "  user-console-mfa  ·  25 failing\n"));
    assert_true(holds(text, "    ... and 5 more\n"));
    assert_true(holds(text, "mend   Find its user. Delete <it>.\n"));
    assert_true(holds(text, "password_enabled: missing column\n"));
    assert_true(holds(text, "  a\"b.csv:2:7: odd <date>\n      ask again\n"));
    assert_true(
        str_ends(text, STR("\n26 findings at or above high: 1 critical, 25 high. 1 verdict is "
                           "unknown. 1 input\nerror: not all was judged.\n")));
    buf_release(&out);
    posture_release(&posture);
}

/* Every line fits, whatever the width, and ends in no blank; only commands may be longer words. */
static void test_table_fits(void **state)
{
    static const unsigned widths[] = {80, 100, 140};

    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct report_options narrow = options;
        struct posture posture;
        struct buf out;
        struct str line, rest;
        narrow.columns = widths[i];
        posture_fill_hostile(&posture, 100);
        struct err err = {0};
        err_set(&err, ERR_INPUT, "%s",
                "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j "
                "k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t");
        posture_add_error(&posture, &err);
        buf_init(&out, 1 << 20);
        report_table.end(&out, &posture, &narrow);
        rest = buf_text(&out);
        while (str_cut(&rest, '\n', &line)) {
            size_t width = 0;
            for (size_t k = 0; k < line.n; k++) {
                width += ((unsigned char)line.p[k] & 0xc0) != 0x80 ? 1 : 0;
            }
            assert_in_range(width, 0, widths[i]);
            assert_false(str_ends(line, STR(" ")));
        }
        buf_release(&out);
        posture_release(&posture);
    }
}

static void test_table_colour(void **state)
{
    struct report_options coloured = options;
    struct posture posture;
    struct buf out, plain;
    size_t opened = 0;

    (void)state;
    coloured.color = true;
    posture_fill_hostile(&posture, 100);
    buf_init(&out, 1 << 20);
    buf_init(&plain, 1 << 20);
    report_table.end(&out, &posture, &coloured);
    report_table.end(&plain, &posture, &options);
    /* Colour is all that differs, and every style ends. */
    size_t at = 0;
    for (size_t i = 0; i < out.n; i++) {
        if (out.p[i] == '\x1b') {
            opened += out.p[i + 2] == '0' ? 0 : 1;
            opened -= out.p[i + 2] == '0' ? 1 : 0;
            i += str_find(str_sub(buf_text(&out), i, out.n), 'm');
            assert_in_range(opened, 0, 1);
        } else {
            assert_true(at < plain.n && plain.p[at] == out.p[i]);
            at++;
        }
    }
    assert_int_equal(at, plain.n);
    assert_int_equal(opened, 0);
    buf_release(&plain);
    buf_release(&out);
    posture_release(&posture);
}

static void test_html(void **state)
{
    struct posture posture;
    struct buf out;

    (void)state;
    posture_fill_hostile(&posture, 10);
    buf_init(&out, 1 << 20);
    report_html.end(&out, &posture, &options);
    struct str text = buf_text(&out);
    expect_no_raw_bytes(text);
    assert_true(str_starts(text, STR("<!DOCTYPE html>\n<html lang=\"en\">")));
    assert_true(str_ends(text, STR("</body>\n</html>\n")));
    assert_true(holds(text, "content=\"default-src 'none'; style-src 'unsafe-inline'"));
    assert_false(holds(text, "<script"));
    assert_false(holds(text, "=1+1\""));
    assert_false(holds(text, "'\"&</td>"));
    assert_true(holds(text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_true(holds(text, "The first 10 of 25 failing"));
    assert_true(holds(text, "A user has &lt;no&gt; MFA"));
    assert_true(holds(text, "odd &lt;date&gt;"));
    assert_true(holds(text, "<dt>Packs</dt><dd>keywarden</dd>"));
    buf_release(&out);
    posture_release(&posture);
}

static void expect_verdict(const struct posture *posture, const struct report_options *how,
                           struct str wanted)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    outline_verdict_write(&out, posture, how);
    assert_true(str_eq(buf_text(&out), wanted));
    buf_release(&out);
}

static void test_verdicts(void **state)
{
    struct report_options how = options;
    struct posture posture;

    (void)state;
    posture_init(&posture, controls, 2, 3);
    expect_verdict(&posture, &how, STR("No credential report was judged."));
    posture.report_count = 1;
    expect_verdict(&posture, &how, STR("No control fails."));
    add(&posture, 1, STATUS_UNKNOWN, STR("r"));
    expect_verdict(&posture, &how, STR("No control fails. 1 verdict is unknown."));
    add(&posture, 0, STATUS_FAIL, STR("u"));
    expect_verdict(&posture, &how,
                   STR("1 finding at or above high: 1 high. 1 verdict is unknown."));
    how.fail_on = SEVERITY_CRITICAL;
    expect_verdict(&posture, &how,
                   STR("No finding at or above critical. 1 below it. 1 verdict is unknown."));
    how.fail_on_never = true;
    expect_verdict(&posture, &how, STR("1 finding: 1 high. 1 verdict is unknown."));
    posture_release(&posture);
}

static void test_as_of_sources(void **state)
{
    struct posture posture = {.report_count = 1};

    (void)state;
    assert_true(str_eq(outline_as_of_source(&posture), STR("report")));
    posture.as_of_clock = true;
    assert_true(str_eq(outline_as_of_source(&posture), STR("clock")));
    posture.age_known = true;
    assert_true(str_eq(outline_as_of_source(&posture), STR("mixed")));
    posture.as_of_given = true;
    assert_true(str_eq(outline_as_of_source(&posture), STR("option")));
    posture.report_count = 0;
    assert_true(str_eq(outline_as_of_source(&posture), STR("none")));
}

static void expect_age(const struct posture *posture, struct str wanted)
{
    const struct str tail = STR("; AWS makes a new one every 4 hours at most");
    struct buf out;

    buf_init(&out, 1000);
    outline_age_write(&out, posture);
    assert_true(str_ends(buf_text(&out), tail));
    assert_true(str_eq(str_sub(buf_text(&out), 0, out.n - tail.n), wanted));
    buf_release(&out);
}

static void test_ages(void **state)
{
    const int64_t now = INT64_C(1795312800), hour = 3600;
    struct posture posture = {.report_count = 2,
                              .generated_count = 2,
                              .age_known = true,
                              .now = now,
                              .generated_min = now - 50 * hour,
                              .generated_max = now - 3 * hour};

    (void)state;
    expect_age(&posture, STR("made 3 hours to 2 days before this audit"));
    posture.report_count = 1234;
    expect_age(
        &posture,
        STR("2 of 1,234 reports say when they were made: 3 hours to 2 days before this audit"));
    posture.generated_count = 1;
    posture.generated_min = posture.generated_max;
    expect_age(&posture,
               STR("1 of 1,234 reports says when it was made: 3 hours before this audit"));
    posture.report_count = 1;
    posture.as_of_given = true;
    posture.as_of_min = posture.as_of_max = posture.generated_max;
    expect_age(&posture, STR("made 3 hours before this audit"));
    posture.as_of_min = posture.as_of_max = posture.generated_max - 1;
    expect_age(&posture, STR("made 3 hours before this audit, after the as-of time"));
    posture.generated_min = posture.as_of_max;
    posture.generated_max = now + 2 * hour;
    expect_age(&posture, STR("made 2 hours after to 3 hours before this audit by this machine's "
                             "clock, some after the as-of time"));
    posture.as_of_given = false;
    posture.generated_min = now + 60;
    expect_age(&posture,
               STR("made 2 hours to 60 seconds after this audit by this machine's clock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_are_found),
        cmocka_unit_test(test_cli_is_quoted),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_json_document),
        cmocka_unit_test(test_posture_samples),
        cmocka_unit_test(test_severity_names),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_table_fits),
        cmocka_unit_test(test_table_colour),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_as_of_sources),
        cmocka_unit_test(test_ages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
