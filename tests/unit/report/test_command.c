/* Command lines of controls: what is filled in, how it is quoted, and when there is no line. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/command.h"
#include "report/report.h"
#include "report/shell.h"

static struct control_param params[] = {{STR_LIT("days"), 90}, {STR_LIT("huge"), INT64_MAX}};

static void expect_of(struct finding *finding, struct str text, struct str wanted)
{
    struct control control = {.params = params, .param_count = 2, .cli = text};
    struct buf out;

    finding->control = &control;
    buf_init(&out, 1 << 20);
    buf_str(&out, STR("-- "));
    report_cli_write(&out, finding);
    if (!str_eq(str_sub(buf_text(&out), 3, out.n), wanted)) {
        print_message("got:    %.*s\nwanted: %.*s\n", STR_ARG(buf_text(&out)), STR_ARG(wanted));
        fail();
    }
    finding->control = NULL;
    buf_release(&out);
}

static void expect(struct str text, struct str user, struct str wanted)
{
    struct finding finding = {.user = user};

    expect_of(&finding, text, wanted);
}

static void test_values_are_quoted(void **state)
{
    (void)state;
    expect(STR(""), STR("x"), STR(""));
    expect(STR("a {user}"), STR("a+b=c,d.e@f/g:h_i-j"), STR("a a+b=c,d.e@f/g:h_i-j"));
    expect(STR("a {user} b"), STR("x; rm -rf /"), STR("a 'x; rm -rf /' b"));
    expect(STR("{user}"), STR("o'brien"), STR("'o'\\''brien'"));
    expect(STR("{user}"), STR("$(id)\n\0"), STR("'$(id)\n\0'"));
    expect(STR("{user}"), STR(""), STR("''"));
    expect(STR("{user}"), STR("{account}"), STR("'{account}'"));
    expect(STR("{x: y} {user {arn} {partition}} ${x} {}"), STR("u"),
           STR("{x: y} {user '' aws} ${x} {}"));
    expect(STR("one\ntwo {user}\n"), STR("u"), STR("one two u"));
}

/* A value stands for itself inside quotes of the template too. */
static void test_values_in_quotes(void **state)
{
    (void)state;
    expect(STR("\"a {user}\""), STR("u"), STR("\"a u\""));
    expect(STR("\"a {user}\""), STR("$(id)"), STR("\"a \"'$(id)'\"\""));
    expect(STR("'a {user}'"), STR("$(id)"), STR("'a ''$(id)'''"));
    expect(STR("\"$(a {user} \"{user}\")\" {user}"), STR("a b"),
           STR("\"$(a 'a b' \"\"'a b'\"\")\" 'a b'"));
    expect(STR("\\\" {user} \\' {user}"), STR("a b"), STR("\\\" 'a b' \\' 'a b'"));
    /* Where the scanner cannot tell, only values that need no quotes. */
    expect(STR("`a {user}`"), STR("u"), STR("`a u`"));
    expect(STR("`a {user}`"), STR("a b"), STR(""));
    expect(STR("sh -c 'a {user}'"), STR("a b"), STR(""));
    expect(STR("a \"{user}"), STR("a b"), STR(""));
    expect(STR("$(case x in x) a {user};; esac)"), STR("a b"), STR(""));
}

static void test_options(void **state)
{
    (void)state;
    expect(STR("a --user-name {user} b"), STR("-u"), STR("a --user-name=-u b"));
    expect(STR("a --user-name {user} b"), STR("--u"), STR("a --user-name=--u b"));
    expect(STR("a --user-name {user} b"), STR("- $"), STR("a --user-name='- $' b"));
    expect(STR("{user} a {user}"), STR("-u"), STR("-u a -u"));
    expect(STR("a --user-name {user} b"), STR("<root_account>"), STR("a b"));
    expect(STR("a {user} b"), STR("<root_account>"), STR("a '<root_account>' b"));
    expect(STR("a --user-name {user}"), STR("file:///etc/passwd"), STR(""));
    expect(STR("a --user-name {user}"), STR("https://x"), STR(""));
}

static void test_times(void **state)
{
    static const struct evidence evidence[] = {
        {STR_LIT("user_creation_time"), STR_LIT("2026-01-01T00:00:05+00:00"), GAP_NONE},
        {STR_LIT("access_key_1_last_rotated"), STR_LIT("N/A"), GAP_NONE}};
    struct finding finding = {
        .as_of = 1793491200, .user = STR("u"), .evidence = evidence, .evidence_count = 2};

    (void)state;
    expect_of(&finding, STR("{now}Z"), STR("2026-11-01T00:00:00Z"));
    expect_of(&finding, STR("\"'{now - $days days}'\""), STR("\"'2026-08-03T00:00:00'\""));
    expect_of(&finding, STR("{now + 1 second} {now - 2 hours} {now - 3 minutes}"),
              STR("2026-11-01T00:00:01 2026-10-31T22:00:00 2026-10-31T23:57:00"));
    expect_of(&finding, STR("{user_creation_time - 10 seconds}"), STR("2025-12-31T23:59:55"));
    /* No line without the value, and none with half of it. */
    expect_of(&finding, STR("a {access_key_1_last_rotated}"), STR(""));
    expect_of(&finding, STR("a {password_last_used}"), STR(""));
    expect_of(&finding, STR("a {now - $weeks days}"), STR(""));
    expect_of(&finding, STR("a {now - $days}"), STR(""));
    expect_of(&finding, STR("a {now - 9 weeks}"), STR(""));
    expect_of(&finding, STR("a {now - $huge days}"), STR(""));
    expect_of(&finding, STR("a {now + 300000000000 seconds}"), STR(""));
    expect_of(&finding, STR("a {now - 9223372036854775807 seconds}"), STR(""));
    expect_of(&finding, STR("a {nou - 9 days}"), STR(""));
}

static void test_signed_in(void **state)
{
    struct finding finding = {.user = STR("u"), .account = STR("111122223333")};

    (void)state;
    expect_of(&finding, STR("{signed_in} && a"),
              STR("test \"$(aws sts get-caller-identity --query Account --output text)\" = "
                  "111122223333 || ! echo 'not signed in to 111122223333' >&2 && a"));
    expect_of(&finding, STR("x \"{signed_in}\""), STR(""));
    finding.user = STR("<root_account>");
    expect_of(&finding, STR("{signed_in} && a"), STR(""));
    finding.arn = STR("arn:aws:iam::111122223333:root");
    expect_of(&finding, STR("{signed_in}"),
              STR("test \"$(aws sts get-caller-identity --query Arn --output text)\" = "
                  "arn:aws:iam::111122223333:root || ! echo "
                  "'not signed in to arn:aws:iam::111122223333:root' >&2"));
    finding.arn = STR("x y");
    expect_of(&finding, STR("{signed_in} && a"), STR(""));
}

static bool checks(struct str text)
{
    struct str_list later = {&text, 1};
    struct control controls[] = {{.cli = text}, {.lookup = text}, {.undo = text}, {.later = later}};
    size_t right = 0;

    for (size_t i = 0; i < 4; i++) {
        struct err err = {0};
        controls[i].params = params;
        controls[i].param_count = 2;
        right += command_check(&controls[i], &err);
        assert_true((err.kind == ERR_NONE) == (right == i + 1));
    }
    assert_true(right == 0 || right == 4);
    return right == 4;
}

static void test_check(void **state)
{
    (void)state;
    assert_true(checks(STR("{user}{account}{arn}{partition}{signed_in}{now}{now - $days days}")));
    assert_true(checks(STR("{user_creation_time + 10 seconds} ${x} {a: b} {} { {1} {a,b}")));
    assert_false(checks(STR("{usr}")));
    assert_false(checks(STR("{nou - 1 day}")));
    assert_false(checks(STR("{now - $weeks days}")));
    assert_false(checks(STR("{now - 1}")));
}

static void test_questions(void **state)
{
    static const struct str yes[] = {
        STR_LIT("aws iam list-users"),
        STR_LIT(" {signed_in} && aws iam get-user --user-name {user}"),
        STR_LIT("aws a list-b --query \"[?C < '{now - $days days}']\" --since {now - $days days}Z"),
        STR_LIT("aws a lookup-x --q \"a | b && c > d\" | xargs -r -t -n 1 aws a describe-x '$(y)'"),
    };
    static const struct str no[] = {
        STR_LIT(""),
        STR_LIT("aws iam delete-user"),
        STR_LIT("aws iam"),
        STR_LIT("list-users"),
        STR_LIT("aws iam list-users; aws iam delete-user"),
        STR_LIT("aws iam list-users && aws iam delete-user"),
        STR_LIT("aws iam list-users | xargs aws iam delete-user"),
        STR_LIT("aws iam list-users | sh"),
        STR_LIT("aws iam list-users |"),
        STR_LIT("aws iam list-users || aws iam list-users"),
        STR_LIT("aws iam list-users > x"),
        STR_LIT("aws iam list-users \"$(x)\""),
        STR_LIT("aws iam list-users $(x)"),
        STR_LIT("aws iam list-users `x`"),
        STR_LIT("aws iam list-users \"`x`\""),
        STR_LIT("aws iam list-users\nx"),
        STR_LIT("aws iam list-users 'x"),
        STR_LIT("xargs -I aws sh get-x"),
        STR_LIT("{signed_in} && {signed_in} && aws iam list-users"),
        STR_LIT("aws a list-b \"[?C < '{now - $(x) days}']\""),
        STR_LIT("aws a list-b {signed_in}"),
        STR_LIT("aws a list-b ${now}"),
        STR_LIT("keys=x aws iam list-users"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        assert_true(command_is_question(yes[i]));
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (command_is_question(no[i])) {
            print_message("%.*s\n", STR_ARG(no[i]));
            fail();
        }
    }
}

static void test_shell_is_plain(void **state)
{
    char deep[64];

    (void)state;
    assert_true(shell_is_plain(STR("a \"$(b 'c' (d))\" \\' $(e)")));
    assert_false(shell_is_plain(STR("a 'b")));
    assert_false(shell_is_plain(STR("a \"b")));
    assert_false(shell_is_plain(STR("a \\")));
    assert_false(shell_is_plain(STR("a # b")));
    assert_false(shell_is_plain(STR("a <<b")));
    for (size_t i = 0; i < sizeof deep; i++) {
        deep[i] = i < sizeof deep / 2 ? '(' : ')';
    }
    assert_false(shell_is_plain((struct str){deep, sizeof deep}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_quoted), cmocka_unit_test(test_values_in_quotes),
        cmocka_unit_test(test_options),           cmocka_unit_test(test_times),
        cmocka_unit_test(test_signed_in),         cmocka_unit_test(test_check),
        cmocka_unit_test(test_questions),         cmocka_unit_test(test_shell_is_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
