#include "audit/exceptions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/instant.h"

static struct exceptions set;
static struct ruleset rules;
static size_t error_count, warning_count;

static void tell(void *shared, bool is_error, const struct err *err)
{
    (void)shared;
    assert_int_equal(err->kind, ERR_INPUT);
    assert_true(err->line > 0 && err->col > 0);
    error_count += is_error;
    warning_count += !is_error;
}

static int setup(void **state)
{
    struct err err = {0};

    (void)state;
    error_count = warning_count = 0;
    exceptions_init(&set);
    ruleset_init(&rules);
    assert_true(ruleset_add_text(&rules, STR("r.yaml"),
                                 STR("- {id: root-a, rule: IAMUser should have MFAActive}\n"
                                     "- {id: root-b, rule: IAMUser should have MFAActive}\n"
                                     "- {id: user-a, rule: IAMUser should have MFAActive}\n"),
                                 &err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    exceptions_release(&set);
    ruleset_release(&rules);
    return 0;
}

static bool add(struct str text)
{
    struct exception_sink sink = {tell, NULL, 0, 0};
    bool ok = exceptions_add_text(&set, STR("e.yaml"), text, &sink);

    assert_int_equal(sink.error_count, error_count);
    assert_int_equal(ok, error_count == 0);
    return ok;
}

#define REST "  owner: o\n  reason: r\n  ticket: t\n  expires: 2026-06-30\n"

static int64_t at(const char *text)
{
    int64_t time = 0;

    assert_true(instant_parse_human(str_from(text), &time));
    return time;
}

/* The line of the exception that covers user `user` of the account, or 0. */
static uint32_t line_of(size_t control, const char *user, const char *time)
{
    struct exception_scan *scan = exception_scan_new(&set);
    struct row_principal who = {STR("111122223333"), str_from(user), STR("")};
    char arn[200];
    const struct exception *found = NULL;

    (void)snprintf(arn, sizeof arn, "arn:aws:iam::111122223333:user/%s", user);
    who.arn = str_from(arn);
    found = exceptions_match(scan, control, &who, at(time), true);
    exception_scan_free(scan);
    return found == NULL ? 0 : found->line;
}

static void bind(void)
{
    struct err err = {0};

    assert_true(exceptions_bind(&set, &rules, &err));
}

static void test_days(void **state)
{
    struct exception_use *uses = NULL;

    (void)state;
    assert_true(add(STR("- control: root-*\n  user: ada\n" REST)));
    bind();
    assert_int_equal(line_of(0, "ada", "2026-06-30"), 1);
    assert_int_equal(line_of(0, "ada", "2026-06-30T23:59:59Z"), 1);
    assert_int_equal(line_of(0, "ada", "2026-07-01"), 0);
    assert_int_equal(line_of(1, "ada", "2026-06-30"), 1);
    assert_int_equal(line_of(2, "ada", "2026-06-30"), 0);
    assert_int_equal(line_of(0, "Ada", "2026-06-30"), 0);
    uses = exceptions_uses(&set, at("2026-06-30"));
    assert_int_equal(uses[0].covered, 3);
    assert_int_equal(uses[0].expired, 1);
    assert_true(uses[0].is_expired);
    mem_free(uses);
}

static void test_conditions(void **state)
{
    static const struct {
        const char *scope;
        const char *covered; /* of a, b, c, d */
    } cases[] = {
        {"  user: [a, c]\n", "ac"},
        {"  user: '?'\n  not: [{user: b}, {user: c}]\n", "ad"},
        {"  or: [{user: a}, {user: b}]\n", "ab"},
        {"  or: [{user: a}, {user: b}]\n  not: [{user: a}]\n", "b"},
        {"  and: [{user: [a, b]}, {user: [b, c]}]\n", "b"},
        {"  account: '1*'\n  user: a\n", "a"},
        {"  account: '2*'\n  user: a\n", ""},
        {"  account: '111122223333'\n", "abcd"},
        {"  arn: arn:aws:iam::111122223333:user/d\n", "d"},
        {"  arn: arn:aws:iam::222222222222:user/d\n", ""},
        {"  arn: '*:user/[ab]'\n", ""},
        {"  not: [{and: [{user: '*'}, {not: [{user: d}]}]}]\n", "d"},
        {"  or: [{and: [{user: a}, {account: '2*'}]}, {arn: '*/b'}]\n", "b"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[400];
        (void)snprintf(text, sizeof text, "- control: root-a\n%s" REST, cases[i].scope);
        exceptions_release(&set);
        exceptions_init(&set);
        assert_true(add(str_from(text)));
        bind();
        for (const char *user = "abcd"; *user != '\0'; user++) {
            const char name[2] = {*user, '\0'};
            bool wanted =
                str_find(str_from(cases[i].covered), *user) < str_from(cases[i].covered).n;
            if ((line_of(0, name, "2026-01-01") != 0) != wanted) {
                fail_msg("%s: user %s", cases[i].scope, name);
            }
        }
    }
    (void)state;
}

/* The first that holds counts; one behind it is used all the same, an expired one before it. */
static void test_order(void **state)
{
    struct exception_use *uses = NULL;

    (void)state;
    assert_true(add(STR("- control: root-a\n  user: ada\n" REST)));
    assert_true(add(STR("- {control: root-a, user: a*, owner: o, reason: r, ticket: t, "
                        "expires: 2027-01-01}\n"
                        "- {control: root-a, user: '*', owner: o, reason: r, ticket: t, "
                        "expires: 2027-01-01}\n"
                        "- {control: root-a, user: bob, owner: o, reason: r, ticket: t, "
                        "expires: 2027-01-01}\n")));
    bind();
    assert_int_equal(line_of(0, "ada", "2026-12-01"), 1);
    uses = exceptions_uses(&set, at("2026-12-01"));
    assert_int_equal(uses[0].covered, 0);
    assert_int_equal(uses[0].expired, 0);
    assert_true(uses[0].is_expired && uses[0].is_used);
    assert_int_equal(uses[1].covered, 1);
    assert_true(!uses[1].is_expired && uses[1].is_used);
    assert_int_equal(uses[2].covered, 0);
    assert_true(uses[2].is_used);
    assert_false(uses[3].is_used);
    mem_free(uses);
}

/* An ARN that names no account is compared as it stands, whatever account its row is in. */
static void test_broken_arn(void **state)
{
    const struct row_principal who = {STR("111122223333"), STR("ada"),
                                      STR("arn:aws:iam::1:user/ada")};
    struct exception_scan *scan = NULL;

    (void)state;
    assert_true(add(STR("- control: root-a\n  arn: arn:aws:iam::1:user/ada\n" REST)));
    bind();
    scan = exception_scan_new(&set);
    assert_non_null(exceptions_match(scan, 0, &who, at("2026-01-01"), true));
    exception_scan_free(scan);
}

static void test_refused(void **state)
{
    static const char *const cases[] = {
        "a: b\n",
        "- text\n",
        "- {}\n",
        "- control: x\n  user: u\n  owner: o\n  reason: r\n  ticket: t\n",
        "- control: x\n  user: u\n  reason: r\n  ticket: t\n  expires: 2026-01-01\n",
        "- control: x\n  user: u\n  owner: ' '\n  reason: r\n  ticket: t\n  expires: 2026-01-01\n",
        "- control: x\n" REST,
        "- user: u\n" REST,
        "- control: []\n  user: u\n" REST,
        "- control: x\n  user: ''\n" REST,
        "- control: x\n  user: {a: b}\n" REST,
        "- control: x\n  usr: a\n" REST,
        "- control: x\n  not: {user: a}\n" REST,
        "- control: x\n  or: []\n" REST,
        "- control: x\n  or: [{}]\n" REST,
        "- control: x\n  or: [{owner: a}]\n" REST,
        "- control: x\n  user: u\n  user: v\n" REST,
        "- control: x\n  account: 1234\n" REST,
        "- control: x\n  arn: user/ada\n" REST,
        "- {control: x, user: u, owner: o, reason: r, ticket: t, expires: 2026-02-30}\n",
        "- {control: x, user: u, owner: o, reason: r, ticket: t, expires: 31.12.2026}\n",
        "- {control: x, user: u, owner: o, reason: r, ticket: t, expires: 2026-01-01T00:00:00Z}\n",
        "- control: x\n  user: *\n" REST,
        "- control: x\n  not: [{not: [{not: [{not: [{not: [{not: [{not: [{not: [{user: a}]}]}]}]}]"
        "}]}]}]\n" REST,
        "- id: i\n  control: x\n  user: u\n" REST "- id: i\n  control: x\n  user: v\n" REST,
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        exceptions_release(&set);
        exceptions_init(&set);
        error_count = 0;
        if (add(str_from(cases[i]))) {
            fail_msg("accepted:\n%s", cases[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_days, setup, teardown),
        cmocka_unit_test_setup_teardown(test_conditions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_arn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
