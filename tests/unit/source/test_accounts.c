#include "source/accounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static bool read(struct accounts *accounts, const char *text, struct err *err)
{
    struct buf copy;

    *err = (struct err){0};
    buf_init(&copy, 1 << 20);
    buf_str(&copy, str_from(text));
    return accounts_read(accounts, STR("accounts.csv"), &copy, err);
}

#define HEADER "account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail\n"

/* The class of an account with these counts. */
static enum asset_class class_of(const char *counts)
{
    struct accounts accounts;
    struct err err;
    char text[300];
    enum asset_class asset_class = ASSET_NONE;

    (void)snprintf(text, sizeof text, HEADER "111122223333,o,true,,%s\n", counts);
    if (!read(&accounts, text, &err)) {
        fail_msg("%s: %s", counts, err.text);
    }
    asset_class = accounts_find(&accounts, STR("111122223333"))->asset_class;
    accounts_release(&accounts);
    return asset_class;
}

static void test_classes(void **state)
{
    (void)state;
    assert_int_equal(class_of("0,0,0,0,0"), ASSET_SMALL);
    assert_int_equal(class_of("45,1,1,1,1"), ASSET_SMALL);
    assert_int_equal(class_of("46,1,1,1,1"), ASSET_MEDIUM);
    assert_int_equal(class_of("0,0,0,250,0"), ASSET_MEDIUM);
    assert_int_equal(class_of("50,50,50,50,51"), ASSET_LARGE);
    assert_int_equal(class_of("0,0,0,251,0"), ASSET_LARGE);
    assert_int_equal(class_of("18446744073709551615,18446744073709551615,1,1,1"), ASSET_LARGE);
    assert_int_equal(class_of(",,,,"), ASSET_UNKNOWN);
    assert_int_equal(class_of("1,1,1,1,"), ASSET_UNKNOWN);
    assert_int_equal(class_of("250,,,,"), ASSET_UNKNOWN);
    assert_int_equal(class_of("125,126,,,"), ASSET_LARGE);
    assert_int_equal(class_of(" 7 ,1,1,1,1"), ASSET_SMALL);
}

static void test_severities(void **state)
{
    (void)state;
    assert_int_equal(asset_severity(SEVERITY_CRITICAL, ASSET_LARGE), SEVERITY_CRITICAL);
    assert_int_equal(asset_severity(SEVERITY_HIGH, ASSET_LARGE), SEVERITY_CRITICAL);
    assert_int_equal(asset_severity(SEVERITY_INFO, ASSET_LARGE), SEVERITY_LOW);
    assert_int_equal(asset_severity(SEVERITY_INFO, ASSET_SMALL), SEVERITY_INFO);
    assert_int_equal(asset_severity(SEVERITY_CRITICAL, ASSET_SMALL), SEVERITY_HIGH);
    assert_int_equal(asset_severity(SEVERITY_HIGH, ASSET_MEDIUM), SEVERITY_HIGH);
    assert_int_equal(asset_severity(SEVERITY_HIGH, ASSET_UNKNOWN), SEVERITY_HIGH);
    assert_int_equal(asset_severity(SEVERITY_HIGH, ASSET_NONE), SEVERITY_HIGH);
}

static void test_columns(void **state)
{
    struct accounts accounts;
    struct err err;

    (void)state;
    assert_true(read(&accounts,
                     "\xEF\xBB\xBF"
                     "ec2,owner,account,\"iam_users\",s3,rds,organization,cloudtrail\r\n"
                     "100,x,222222222222,100,100,100,\"Example, \"\"Inc.\"\"\",1\r\n"
                     "\r\n"
                     "1,y,000000000001,1,1,1,,1",
                     &err));
    assert_int_equal(accounts.count, 2);
    assert_int_equal(accounts.records[0].number, 1);
    assert_int_equal(accounts.records[0].line, 4);
    assert_int_equal(accounts.records[1].asset_class, ASSET_LARGE);
    assert_true(str_eq(accounts.names[accounts.records[1].organization], STR("Example, \"Inc.\"")));
    assert_int_equal(accounts.names[accounts.records[0].organization].n, 0);
    assert_ptr_equal(accounts_find(&accounts, STR("222222222222")), &accounts.records[1]);
    assert_null(accounts_find(&accounts, STR("000000000002")));
    assert_null(accounts_find(&accounts, STR("")));
    accounts_release(&accounts);
    /* A column that is not there is as unknown as an empty cell. */
    assert_true(read(&accounts, "account,iam_users\n000000000001,5\n000000000002,300\n", &err));
    assert_int_equal(accounts.records[0].asset_class, ASSET_UNKNOWN);
    assert_int_equal(accounts.records[1].asset_class, ASSET_LARGE);
    accounts_release(&accounts);
}

static void test_sample_facts(void **state)
{
    struct accounts accounts;
    struct err err;

    (void)state;
    assert_true(read(&accounts,
                     "account,organization,unit,standalone,iam_users,rds,s3,ec2,cloudtrail\n"
                     "000000000001,acme,/Prod,true,1,2,3,4,5\n"
                     "000000000002,acme,/Test,FALSE,,0,5000000000,1,\n"
                     "000000000003,other,/Prod,,1,1,1,1,1\n",
                     &err));
    assert_int_equal(accounts.name_count, 5); /* the empty one and four, each once */
    assert_int_equal(accounts.records[0].organization, accounts.records[1].organization);
    assert_int_equal(accounts.records[0].unit, accounts.records[2].unit);
    assert_true(str_eq(accounts.names[accounts.records[1].unit], STR("/Test")));
    assert_int_equal(accounts.records[0].standing, ACCOUNT_STANDALONE);
    assert_int_equal(accounts.records[1].standing, ACCOUNT_MEMBER);
    assert_int_equal(accounts.records[2].standing, ACCOUNT_STANDING_UNKNOWN);
    for (uint32_t i = 0; i < ACCOUNT_COUNTS; i++) {
        assert_int_equal(accounts.records[0].counts[i], i + 1);
    }
    assert_int_equal(accounts.records[1].counts[0], ACCOUNT_COUNT_UNKNOWN);
    assert_int_equal(accounts.records[1].counts[1], 0);
    assert_int_equal(accounts.records[1].counts[2], ACCOUNT_COUNT_UNKNOWN - 1);
    accounts_release(&accounts);
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, col;
    } cases[] = {
        {"", 1, 0},
        {"id,organization\n", 1, 0},
        {"account,account\n", 1, 9},
        {HEADER "111122223333,o\n", 2, 1},
        {HEADER "1111222233,o,true,,1,1,1,1,1\n", 2, 1},
        {HEADER "11112222333x,o,true,,1,1,1,1,1\n", 2, 1},
        {HEADER "111122223333,o,yes,,1,1,1,1,1\n", 2, 16},
        {HEADER "\n111122223333,o,true,,1,many,1,1,1\n", 3, 24},
        {HEADER "111122223333,o,true,,1,-1,1,1,1\n", 2, 24},
        {HEADER "111122223333,\"o\no\",true,,1,1.5,1,1,1\n", 2, 0},
        {HEADER "111122223333,\"o\no\",true,,1,1,1,1,1\n4,o,true,,1,1,1,1,1\n", 4, 1},
        {HEADER "111122223333,o,true,,18446744073709551616,1,1,1,1\n", 2, 22},
        {HEADER "111122223333,o,,,1,1,1,1,1\n222222222222,o,,,1,1,1,1,1\n"
                "111122223333,p,,,1,1,1,1,1\n222222222222,o,,,1,1,1,1,1\n",
         4, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct accounts accounts;
        struct err err;
        if (read(&accounts, cases[i].text, &err)) {
            fail_msg("accepted: %s", cases[i].text);
        }
        assert_int_equal(err.kind, ERR_INPUT);
        if (err.line != cases[i].line || err.col != cases[i].col) {
            fail_msg("%s: at %u:%u: %s", cases[i].text, err.line, err.col, err.text);
        }
        accounts_release(&accounts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes), cmocka_unit_test(test_severities),
        cmocka_unit_test(test_columns), cmocka_unit_test(test_sample_facts),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
