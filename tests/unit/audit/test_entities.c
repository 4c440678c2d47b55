#include "audit/entity_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "audit/account_rule.h"
#include "rule/eval.h"

#define POLICY_ARN "arn:aws:iam::111122223333:policy/p"

static struct entity_row rows[] = {
    {STR_LIT("AWS"), STR_LIT(""), STR_LIT("{\"IAMPolicies\":[],\"IAMGroups\":[]}")},
    {STR_LIT("EC2Instance"), STR_LIT("i-1"),
     STR_LIT("{\"id\":\"i-1\",\"State\":\"running\",\"InstanceProfile\":\"arn:x\"}")},
    {STR_LIT("IAMGroup"), STR_LIT("g"),
     STR_LIT("{\"id\":\"g\",\"GroupPolicy\":{\"ManagedPolicies\":[{\"id\":\"" POLICY_ARN "\"}]}}")},
    {STR_LIT("IAMPolicy"), STR_LIT(POLICY_ARN),
     STR_LIT("{\"id\":\"" POLICY_ARN "\",\"Type\":\"Customer Managed\"}")},
    {STR_LIT("IAMUser"), STR_LIT("*"), STR_LIT("{\"MFADevices\":{\"Virtual\":[]}}")},
    {STR_LIT("IAMUser"), STR_LIT("ann"),
     STR_LIT("{\"Groups\":[{\"id\":\"g\"}],\"AccessKey\":[{\"id\":\"A\",\"Active\":false,"
             "\"CreatedTime\":\"2026-01-01\"},{\"id\":\"B\",\"Active\":true,"
             "\"CreatedTime\":\"2026-02-01\"}]}")},
    {STR_LIT("IAMUser"), STR_LIT("cat"),
     STR_LIT("{\"MFADevices\":{\"Virtual\":[{\"SerialNumber\":\"arn:mfa/x\"}]}}")},
};
static struct inventory_gap gaps[] = {
    {.action = STR_LIT("ec2:DescribeInstances"),
     .region = STR_LIT("eu-west-1"),
     .outcome = ANSWER_DENIED},
    {.action = STR_LIT("iam:ListUserTags"),
     .subject = STR_LIT("bob"),
     .code = STR_LIT("Throttling"),
     .outcome = ANSWER_FAILED},
};
static struct entity_set *set;
static struct arena arena;

static int begin(void **state)
{
    struct inventory inventory = {rows, sizeof rows / sizeof rows[0], gaps, 2};
    struct err err = {0};

    (void)state;
    arena_init(&arena, 16 << 20);
    return entity_set_new(&inventory, &set, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    entity_set_free(set);
    arena_release(&arena);
    return 0;
}

static struct value user_row(const char *json)
{
    struct value row;
    struct err err = {0};

    if (!value_from_json(&arena, str_from(json), schema_entity_find(STR("IAMUser")), &row, &err)) {
        fail_msg("%s", err.text);
    }
    return row;
}

static struct rule_program compile(const char *rule)
{
    struct rule_program program;
    struct err err = {0};

    if (!rule_compile(&arena, str_from(rule), NULL, 0, &program, &err)) {
        fail_msg("%s", err.text);
    }
    return program;
}

static enum verdict judge(const char *rule, const struct value *entity)
{
    struct rule_program program = compile(rule);
    struct eval_context context;

    eval_init(&context, 1790000000);
    enum verdict verdict = eval_rule(&context, &program, entity);
    eval_release(&context);
    return verdict;
}

/* A user's groups have their policies, and those what they allow; the account has them all. */
static void test_joined(void **state)
{
    struct value row = user_row("{\"Name\":\"ann\"}");

    (void)state;
    (void)entity_set_merge(set, &arena, STR("ann"), &row);
    assert_int_equal(judge("IAMUser should have Groups.GroupPolicy.ManagedPolicies with"
                           " [ Type eq \"Customer Managed\" ]",
                           &row),
                     VERDICT_PASS);
    assert_int_equal(judge("IAMUser should have AWS.IAMPolicies len() eq 1", &row), VERDICT_PASS);
    /* Nobody told whether there are roles. */
    assert_int_equal(judge("IAMUser should have AWS.IAMRoles len() eq 0", &row), VERDICT_UNKNOWN);
}

/* Keys that were listed are all there are; what the report alone says of one of them stays. */
static void test_keys(void **state)
{
    struct value row =
        user_row("{\"Name\":\"ann\",\"AccessKey\":[{\"Active\":true,\"CreatedTime\":\"2026-01-01\","
                 "\"LastRotatedTime\":\"2026-01-01\",\"LastUsedTime\":\"2026-01-05\"},"
                 "{\"Active\":true,\"CreatedTime\":\"2025-01-01\"}]}");

    (void)state;
    assert_true(entity_set_merge(set, &arena, STR("ann"), &row));
    assert_int_equal(judge("IAMUser should have AccessKey len() eq 2", &row), VERDICT_PASS);
    assert_int_equal(judge("IAMUser should have AccessKey with [ id eq \"A\" and not Active"
                           " and LastUsedTime isLaterThan(-10000, \"days\") ]",
                           &row),
                     VERDICT_PASS);
    assert_int_equal(judge("IAMUser should have AccessKey with [ id eq \"B\""
                           " and LastRotatedTime exists ]",
                           &row),
                     VERDICT_PASS);
    /* Of that one's use nobody knows. */
    assert_int_equal(judge("IAMUser should have AccessKey with [ id eq \"B\""
                           " and LastUsedTime is never ]",
                           &row),
                     VERDICT_UNKNOWN);
}

/* What a list of all says of whoever it does not name; root is nobody among them. */
static void test_others(void **state)
{
    struct value row = user_row("{\"Name\":\"zoe\",\"MFAActive\":true}");
    struct value root = user_row("{\"Name\":\"<root_account>\",\"MFAActive\":true}");
    struct value cat = user_row("{\"Name\":\"cat\",\"MFAActive\":true}");

    (void)state;
    (void)entity_set_merge(set, &arena, STR("zoe"), &row);
    assert_int_equal(judge("IAMUser should have MFADevices.Virtual len() eq 0", &row),
                     VERDICT_PASS);
    assert_int_equal(judge("IAMUser should have MFADevices.Physical exists", &row), VERDICT_PASS);
    /* Who has a virtual device may have another one, or not. */
    (void)entity_set_merge(set, &arena, STR("cat"), &cat);
    assert_int_equal(judge("IAMUser should have MFADevices.Physical exists", &cat),
                     VERDICT_UNKNOWN);
    (void)entity_set_merge(set, &arena, STR("<root_account>"), &root);
    assert_int_equal(judge("IAMUser should have MFADevices.Virtual len() eq 0", &root),
                     VERDICT_UNKNOWN);
    /* The row of all others is not changed by one of them. */
    assert_null(entity_set_user(set, STR("<root_account>")));
    struct value again = user_row("{\"Name\":\"yan\",\"MFAActive\":false}");
    (void)entity_set_merge(set, &arena, STR("yan"), &again);
    assert_int_equal(judge("IAMUser should have MFADevices.Physical exists", &again),
                     VERDICT_UNKNOWN);
}

static void check_account(const char *rule, enum status status, const char *evidence)
{
    struct rule_program program = compile(rule);
    struct account_judge *judge_of_account = account_judge_new();
    struct account_answer answer;
    char text[512] = "";
    struct buf out = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    account_rule_answer(judge_of_account, set, &program, 1790000000, &answer);
    for (size_t i = 0; i < answer.evidence_count; i++) {
        buf_printf(&out, "%.*s=%.*s;", STR_ARG(answer.evidence[i].name),
                   STR_ARG(answer.evidence[i].value));
    }
    account_judge_free(judge_of_account);
    buf_char(&out, '\0');
    assert_int_equal(answer.status, status);
    assert_string_equal(text, evidence);
}

static void test_account(void **state)
{
    (void)state;
    check_account("IAMPolicy should have Type eq \"AWS Managed\"", STATUS_FAIL,
                  "IAMPolicy=" POLICY_ARN ";Type=Customer Managed;");
    check_account("IAMPolicy where Type eq \"AWS Managed\" should have id exists",
                  STATUS_NOT_APPLICABLE, "IAMPolicy=" POLICY_ARN ";Type=Customer Managed;");
    check_account("IAMGroup should have id eq \"g\"", STATUS_PASS, "IAMGroup=g;id=g;");
    /* One region did not answer: who passes is not all, who fails is enough. */
    check_account("EC2Instance should have InstanceProfile exists", STATUS_UNKNOWN,
                  "EC2Instance=denied: ec2:DescribeInstances in eu-west-1;");
    check_account("EC2Instance should not have InstanceProfile exists", STATUS_FAIL,
                  "EC2Instance=i-1;InstanceProfile=arn:x;");
    check_account("ServerCertificate should have id exists", STATUS_UNKNOWN,
                  "ServerCertificate=not collected: iam:ListServerCertificates;");
}

static void check_why(const char *rule, const char *user, const char *expected)
{
    struct rule_program program = compile(rule);
    char text[256] = "";
    struct buf out = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    assert_int_equal(program.have->kind, NODE_EXISTS);
    entity_set_why(set, program.have->a, str_from(user), &out);
    buf_char(&out, '\0');
    assert_string_equal(text, expected);
}

static void test_why(void **state)
{
    (void)state;
    check_why("IAMUser should have Tags exists", "bob", "failed: iam:ListUserTags (Throttling)");
    check_why("IAMUser should have Tags exists", "ob", "not collected: iam:ListUserTags");
    check_why("IAMUser should have SSHPublicKeys exists", "bob",
              "not collected: iam:ListSSHPublicKeys");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_joined, begin, end),
        cmocka_unit_test_setup_teardown(test_keys, begin, end),
        cmocka_unit_test_setup_teardown(test_others, begin, end),
        cmocka_unit_test_setup_teardown(test_account, begin, end),
        cmocka_unit_test_setup_teardown(test_why, begin, end),
    };

    return cmocka_run_group_tests_name("audit/entities", tests, NULL, NULL);
}
