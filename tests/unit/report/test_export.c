#include "report/export.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/alert_export.h"

static const struct control control = {
    .id = STR_LIT("user-mfa-enabled"),
    .title = STR_LIT("Every user\n has MFA"),
    .severity = SEVERITY_MEDIUM,
};

static const struct evidence mfa[] = {{STR_LIT("mfa_active"), STR_LIT("fal\x1bse"), GAP_NONE}};

static const struct finding ann = {
    .control = &control,
    .status = STATUS_FAIL,
    .severity = SEVERITY_MEDIUM,
    .account = STR_LIT("111122223333"),
    .user = STR_LIT("ann"),
    .arn = STR_LIT("arn:aws:iam::111122223333:user/ann"),
    .partition = STR_LIT("aws"),
    .evidence = mfa,
    .evidence_count = 1,
};

static void expect_same(struct buf *text, struct str wanted)
{
    if (!str_eq(buf_text(text), wanted)) {
        print_error("got: %.*s\n", STR_ARG(buf_text(text)));
    }
    assert_true(str_eq(buf_text(text), wanted));
    buf_clear(text);
}

static bool same_fingerprint(const struct finding *a, const struct finding *b)
{
    struct buf one, other;

    buf_init(&one, 256);
    buf_init(&other, 256);
    export_fingerprint_write(&one, a);
    export_fingerprint_write(&other, b);
    assert_int_equal(one.n, 64);
    bool same = str_eq(buf_text(&one), buf_text(&other));
    buf_release(&one);
    buf_release(&other);
    return same;
}

static void test_ids_last(void **state)
{
    struct finding other = ann;
    struct control renamed = control;

    (void)state;
    other.status = STATUS_PASS;
    other.as_of = 1;
    other.evidence_count = 0;
    other.arn = STR("arn:aws:iam::111122223333:user/moved/ann");
    other.path = STR("elsewhere.csv");
    assert_true(same_fingerprint(&ann, &other));
    other = ann;
    other.user = STR("anna");
    assert_false(same_fingerprint(&ann, &other));
    other = ann;
    other.account = STR("111122223334");
    assert_false(same_fingerprint(&ann, &other));
    other = ann;
    renamed.id = STR("nuser-mfa-enabled");
    other.control = &renamed;
    other.user = STR("an"); /* together the same letters */
    assert_false(same_fingerprint(&ann, &other));
    /* No account: the arn tells principals apart. */
    struct finding first = ann, second = ann;
    first.account = second.account = STR("");
    second.arn = STR("arn:other");
    assert_false(same_fingerprint(&first, &second));
}

static void test_id_text(void **state)
{
    struct finding finding = ann;
    struct control odd = control;
    struct buf out;
    char id[400];

    (void)state;
    buf_init(&out, 4096);
    export_id_write(&out, &ann);
    expect_same(&out, STR("keywarden/111122223333/user-mfa-enabled/"
                          "9f3ea1fa71560e963429a09d20cf87def8d7185abc6dd41eb26de7f7a09e1bc1"));
    memset(id, '|', sizeof id);
    odd.id = (struct str){id, sizeof id};
    finding.control = &odd;
    finding.account = STR("");
    export_id_write(&out, &finding);
    assert_true(out.n <= 300);
    for (size_t i = 0; i < out.n; i++) {
        assert_true(strchr("/_.:-", out.p[i]) != NULL || isalnum((unsigned char)out.p[i]));
    }
    buf_release(&out);
}

static void test_sentences(void **state)
{
    static const struct {
        enum status status;
        struct str user, wanted;
    } cases[] = {
        {STATUS_FAIL, STR_LIT("a\x1b\u202e"),
         STR_LIT("a\\x1b\\u{202e} of account 111122223333 fails 'Every user has MFA': "
                 "mfa_active=fal\\x1bse")},
        {STATUS_UNKNOWN, STR_LIT("<root_account>"),
         STR_LIT("the root user of account 111122223333 cannot be judged by 'Every user has MFA': "
                 "mfa_active=fal\\x1bse")},
        {STATUS_EXCEPTED, STR_LIT("ann"),
         STR_LIT("ann of account 111122223333 is excepted from 'Every user has MFA': "
                 "mfa_active=fal\\x1bse")},
        {STATUS_NOT_APPLICABLE, STR_LIT("ann"),
         STR_LIT("ann of account 111122223333 is not concerned by 'Every user has MFA': "
                 "mfa_active=fal\\x1bse")},
        {STATUS_PASS, STR_LIT("ann"),
         STR_LIT("ann of account 111122223333 passes 'Every user has MFA': mfa_active=fal\\x1bse")},
    };
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct finding finding = ann;
        finding.status = cases[i].status;
        finding.user = cases[i].user;
        export_sentence_write(&out, &finding);
        expect_same(&out, cases[i].wanted);
    }
    struct finding account = {
        .control = &control, .status = STATUS_UNKNOWN, .severity = control.severity};
    export_sentence_write(&out, &account);
    expect_same(&out, STR("account (unknown) cannot be judged by 'Every user has MFA'"));
    buf_release(&out);
}

static void expect_text(struct str text, size_t size_max, struct str wanted)
{
    struct buf out;

    buf_init(&out, 4096);
    export_text_write(&out, text, size_max);
    assert_true(out.n <= size_max);
    expect_same(&out, wanted);
    buf_release(&out);
}

static void test_limits(void **state)
{
    (void)state;
    expect_text(STR("12345678"), 8, STR("12345678"));
    expect_text(STR("123456789"), 8, STR("12345..."));
    expect_text(STR("12345678901234567890"), 8, STR("12345..."));
    expect_text(STR("1234éé78"), 8, STR("1234..."));
    expect_text(STR("a\n b\nc"), 8, STR("a b c"));
    expect_text(STR("a\x1b\x1b\x1b"), 8, STR("a\\x1b..."));
    expect_text(STR("                      x"), 8, STR("..."));
}

static void test_keys(void **state)
{
    static const struct evidence about[] = {
        {STR_LIT("access_key_1_active"), STR_LIT("true"), GAP_NONE},
        {STR_LIT("access_key_2_last_rotated"), STR_LIT("x"), GAP_NONE},
    };
    static const struct {
        struct str active, rotated;
        bool exists, is_active, is_dated;
    } cases[] = {
        {STR_LIT("true"), STR_LIT("2026-01-31T00:00:00Z"), true, true, true},
        {STR_LIT("TRUE"), STR_LIT("N/A"), true, true, false},
        {STR_LIT("false"), STR_LIT("2026-01-31T00:00:00+00:00"), true, false, true},
        {STR_LIT("false"), STR_LIT("N/A"), false, false, false},
        {STR_LIT(""), STR_LIT("2026-01-31T00:00:00Z"), false, false, false},
        {STR_LIT("maybe"), STR_LIT("2026-01-31T00:00:00Z"), false, false, false},
    };
    struct export_key keys[KEY_SLOTS];
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct finding finding = ann;
        finding.keys[1] = (struct key_slot){cases[i].active, cases[i].rotated};
        finding.evidence = about;
        finding.evidence_count = 2;
        assert_int_equal(export_keys(&finding, keys), cases[i].exists);
        if (cases[i].exists) {
            assert_int_equal(keys[0].slot, 2);
            assert_int_equal(keys[0].is_active, cases[i].is_active);
            assert_int_equal(keys[0].is_dated, cases[i].is_dated);
        }
        finding.evidence_count = 1; /* nothing about slot 2 */
        assert_int_equal(export_keys(&finding, keys), 0);
    }
    buf_init(&out, 4096);
    struct export_key key = {.slot = 1, .is_dated = true, .column = STR("access_key_1")};
    export_key_write(&out, &ann, &key);
    expect_same(&out, STR("arn:aws:iam::111122223333:user/ann/access_key_1/1970-01-01T00:00:00Z"));
    buf_release(&out);
}

static void test_places(void **state)
{
    struct finding finding = ann;
    struct alert alert = {.principal = STR("arn:aws-iso:iam::111122223333:root")};

    (void)state;
    assert_true(str_eq(export_region(&finding), STR("us-east-1")));
    finding.partition = STR("aws-us-gov");
    assert_true(str_eq(export_region(&finding), STR("us-gov-west-1")));
    finding.partition = STR("aws-iso");
    assert_true(str_eq(export_region(&finding), STR("us-iso-east-1")));
    assert_true(str_eq(alert_region(&alert), STR("us-iso-east-1")));
    alert.region = STR("us-iso-west-1");
    assert_true(str_eq(alert_region(&alert), STR("us-iso-west-1")));
    finding.partition = STR("");
    assert_true(str_eq(export_partition(&finding), STR("aws")));
    assert_true(export_is_standard(STR("cis-7.0")));
    assert_false(export_is_standard(STR("prowler")));
    assert_true(export_is_url(STR("https://x.example/a?b=c#d")));
    assert_false(export_is_url(STR("https://x.example/<script>")));
    assert_false(export_is_url(STR("javascript:alert(1)")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_last),  cmocka_unit_test(test_id_text),
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_keys),      cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
