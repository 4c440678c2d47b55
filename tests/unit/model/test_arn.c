#include "model/arn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_parts(const char *arn, const char *partition, const char *service,
                         const char *region, const char *account, const char *resource)
{
    assert_true(str_eq(arn_part(str_from(arn), ARN_PARTITION), str_from(partition)));
    assert_true(str_eq(arn_part(str_from(arn), ARN_SERVICE), str_from(service)));
    assert_true(str_eq(arn_part(str_from(arn), ARN_REGION), str_from(region)));
    assert_true(str_eq(arn_part(str_from(arn), ARN_ACCOUNT), str_from(account)));
    assert_true(str_eq(arn_part(str_from(arn), ARN_RESOURCE), str_from(resource)));
}

static void test_parts(void **state)
{
    (void)state;
    assert_parts("arn:aws:logs:eu-west-1:111122223333:log-group:trail:*", "aws", "logs",
                 "eu-west-1", "111122223333", "log-group:trail:*");
    assert_parts("arn:aws-cn:iam::111122223333:root", "aws-cn", "iam", "", "111122223333", "root");
    assert_parts("arn:aws:s3:::", "aws", "s3", "", "", "");
}

static void test_no_arns(void **state)
{
    (void)state;
    assert_parts("", "", "", "", "", "");
    assert_parts("arn", "", "", "", "", "");
    assert_parts("arn:aws:sns", "aws", "sns", "", "", "");
    assert_parts("urn:aws:sns:eu-west-1:111122223333:alarms", "", "", "", "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_no_arns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
