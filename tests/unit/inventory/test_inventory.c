#include "inventory/inventory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inventory/organization.h"

#define ACCOUNT STR("111122223333")

/* Bodies that live no longer than the reading of them. */
struct bodies {
    struct answer answers[8];
    char texts[8][1024];
    size_t count;
};

static void add(struct bodies *bodies, const char *action, const char *subject, const char *body)
{
    size_t n = strlen(body);

    assert_true(bodies->count < 8 && n < 1024);
    memcpy(bodies->texts[bodies->count], body, n);
    bodies->answers[bodies->count] = (struct answer){.action = str_from(action),
                                                     .subject = str_from(subject),
                                                     .body = {bodies->texts[bodies->count], n}};
    bodies->count++;
}

static void account_make(struct bodies *bodies)
{
    *bodies = (struct bodies){0};
    add(bodies, "iam:GetAccountAuthorizationDetails", "",
        "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>"
        "<UserDetailList><member><UserName>kim</UserName>"
        "<Arn>arn:aws:iam::111122223333:user/kim</Arn><GroupList><member>ops</member></GroupList>"
        "<UserPolicyList><member><PolicyName>p</PolicyName><PolicyDocument>%7B%22Statement%22%3A"
        "%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%7D%7D</PolicyDocument></member>"
        "</UserPolicyList></member></UserDetailList><GroupDetailList><member>"
        "<GroupName>ops</GroupName><Arn>arn:aws:iam::111122223333:group/ops</Arn></member>"
        "</GroupDetailList></GetAccountAuthorizationDetailsResult>"
        "</GetAccountAuthorizationDetailsResponse>");
    add(bodies, "iam:ListVirtualMFADevices", "",
        "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><VirtualMFADevices><member>"
        "<SerialNumber>s</SerialNumber><User><Arn>arn:aws:iam::111122223333:user/kim</Arn></User>"
        "</member></VirtualMFADevices></ListVirtualMFADevicesResult></"
        "ListVirtualMFADevicesResponse>");
    add(bodies, "iam:ListAccessKeys", "kim",
        "<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member>"
        "<AccessKeyId>AKIA1</AccessKeyId><Status>Active</Status></member></AccessKeyMetadata>"
        "</ListAccessKeysResult></ListAccessKeysResponse>");
    add(bodies, "iam:GetAccessKeyLastUsed", "AKIA1",
        "<GetAccessKeyLastUsedResponse><GetAccessKeyLastUsedResult><AccessKeyLastUsed>"
        "<ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>"
        "</GetAccessKeyLastUsedResult></GetAccessKeyLastUsedResponse>");
    add(bodies, "account:ListRegions", "",
        "{\"Regions\":[{\"RegionName\":\"eu-west-1\",\"RegionOptStatus\":\"ENABLED\"}]}");
    add(bodies, "account:GetContactInformation", "", "not JSON");
}

static void organization_make(struct bodies *bodies)
{
    *bodies = (struct bodies){0};
    add(bodies, "organizations:DescribeOrganization", "",
        "{\"Organization\":{\"Id\":\"o-1\",\"MasterAccountId\":\"999999999999\"}}");
    add(bodies, "organizations:ListRoots", "",
        "{\"Roots\":[{\"Id\":\"r-1\",\"Name\":\"Root\",\"PolicyTypes\":"
        "[{\"Type\":\"SERVICE_CONTROL_POLICY\",\"Status\":\"ENABLED\"}]}]}");
    add(bodies, "organizations:ListAccountsForParent", "r-1",
        "{\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"n\",\"JoinedTimestamp\":1.7e9}]}");
    add(bodies, "organizations:ListPolicies", "SERVICE_CONTROL_POLICY",
        "{\"Policies\":[{\"Id\":\"p-1\",\"Arn\":\"a\",\"Name\":\"N\"}]}");
    add(bodies, "organizations:DescribePolicy", "p-1",
        "{\"Policy\":{\"Content\":\"{\\\"Statement\\\":[]}\"}}");
    add(bodies, "organizations:ListTargetsForPolicy", "p-1",
        "{\"Targets\":[{\"TargetId\":\"r-1\"}]}");
}

static const struct entity_row *row_find(const struct inventory *inventory, const char *kind,
                                         const char *name)
{
    for (size_t i = 0; i < inventory->row_count; i++) {
        if (str_eq(inventory->rows[i].kind, str_from(kind)) &&
            str_eq(inventory->rows[i].name, str_from(name))) {
            return &inventory->rows[i];
        }
    }
    return NULL;
}

static void expect_row(const struct inventory *inventory, const char *kind, const char *name,
                       const char *json)
{
    const struct entity_row *row = row_find(inventory, kind, name);

    assert_non_null(row);
    assert_int_equal(row->json.n, strlen(json));
    assert_memory_equal(row->json.p, json, row->json.n);
}

static void expect_account(const struct inventory *inventory)
{
    expect_row(inventory, "AWS", "",
               "{\"AccountId\":\"111122223333\",\"IAMGroups\":[],\"IAMPolicies\":[],"
               "\"IAMRoles\":[],\"Regions\":[]}");
    expect_row(inventory, "IAMUser", "kim",
               "{\"AccessKey\":[{\"id\":\"AKIA1\",\"Active\":true,\"LastUsedTime\":\"N/A\","
               "\"LastUsedRegion\":\"N/A\",\"LastUsedService\":\"N/A\"}],"
               "\"MFADevices\":{\"Virtual\":[{\"SerialNumber\":\"s\"}]},"
               "\"Policies\":{\"id\":[],\"Managed\":[],\"Inline\":[{\"id\":\"p\","
               "\"PolicyDocument\":{\"Statements\":[{\"Effect\":\"Allow\",\"Action\":[\"*\"],"
               "\"NotAction\":[],\"Resource\":[],\"NotResource\":[],\"Principal\":{\"AWS\":[],"
               "\"Service\":[],\"Federated\":[]},\"Conditions\":[]}]}}]},"
               "\"Groups\":[{\"id\":\"arn:aws:iam::111122223333:group/ops\",\"Name\":\"ops\"}]}");
    expect_row(inventory, "IAMUser", "*", "{\"MFADevices\":{\"Virtual\":[]}}");
    expect_row(inventory, "Region", "eu-west-1", "{\"Name\":\"eu-west-1\",\"Enabled\":true}");
    assert_int_equal(inventory->gap_count, 1);
    assert_true(str_eq(inventory->gaps[0].action, STR("account:GetContactInformation")));
    assert_int_equal(inventory->gaps[0].outcome, ANSWER_FAILED);
}

static void nothing_points_into_the_answers(void **state)
{
    static struct bodies bodies;
    struct organization organization;
    struct inventory inventory;
    struct arena arena;
    struct err err = {0};

    (void)state;
    arena_init(&arena, 1 << 20);
    account_make(&bodies);
    assert_true(inventory_read(&arena, ACCOUNT, bodies.answers, bodies.count, &inventory, &err));
    memset(&bodies, 'x', sizeof bodies);
    expect_account(&inventory);
    organization_make(&bodies);
    assert_true(organization_read(&arena, bodies.answers, bodies.count, &organization, &err));
    memset(&bodies, 'x', sizeof bodies);
    assert_true(organization_rows(&arena, &organization, ACCOUNT, &inventory, &err));
    expect_row(&inventory, "Account", "111122223333",
               "{\"id\":\"111122223333\",\"Name\":\"n\",\"JoinedTime\":\"2023-11-14T22:13:20Z\","
               "\"OrganizationalUnit\":\"Root\",\"IsManagementAccount\":false,"
               "\"ServiceControlPolicies\":[{\"id\":\"a\",\"Name\":\"N\","
               "\"Permissions\":{\"Statements\":[]}}],\"ResourceControlPolicies\":[]}");
    arena_release(&arena);
}

/* However small the arena is: all of it or an error. */
static void a_full_arena_is_an_error(void **state)
{
    static struct bodies bodies;
    bool was_read = false;

    (void)state;
    account_make(&bodies);
    for (size_t room = 0; !was_read; room += 16) {
        struct inventory inventory = {.row_count = 77};
        struct arena arena;
        struct err err = {0};
        assert_true(room < 1 << 16);
        arena_init(&arena, room);
        was_read = inventory_read(&arena, ACCOUNT, bodies.answers, bodies.count, &inventory, &err);
        if (was_read) {
            expect_account(&inventory);
        } else {
            assert_int_equal(err.kind, ERR_INPUT);
            assert_int_equal(inventory.row_count, 77);
        }
        arena_release(&arena);
    }
}

static void a_full_arena_is_an_error_of_an_organization(void **state)
{
    static struct bodies bodies;
    bool was_read = false;

    (void)state;
    organization_make(&bodies);
    for (size_t room = 0; !was_read; room += 16) {
        struct organization organization;
        struct inventory inventory;
        struct arena arena;
        struct err err = {0};
        assert_true(room < 1 << 16);
        arena_init(&arena, room);
        was_read = organization_read(&arena, bodies.answers, bodies.count, &organization, &err) &&
                   organization_rows(&arena, &organization, ACCOUNT, &inventory, &err);
        assert_int_equal(err.kind, was_read ? ERR_NONE : ERR_INPUT);
        assert_true(!was_read || inventory.row_count == 2);
        arena_release(&arena);
    }
}

static void nothing_asked_is_nothing_told(void **state)
{
    struct inventory_assets assets;
    struct inventory inventory;
    struct arena arena;
    struct err err = {0};

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_true(inventory_read(&arena, ACCOUNT, NULL, 0, &inventory, &err));
    assert_int_equal(inventory.row_count, 1);
    expect_row(&inventory, "AWS", "", "{\"AccountId\":\"111122223333\"}");
    assert_int_equal(inventory.gap_count, 0);
    assert_true(inventory_assets(NULL, 0, &assets, &err));
    assert_false(assets.iam_users.is_known || assets.s3.is_known || assets.ec2.is_known ||
                 assets.rds.is_known || assets.cloudtrail.is_known);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_points_into_the_answers),
        cmocka_unit_test(a_full_arena_is_an_error),
        cmocka_unit_test(a_full_arena_is_an_error_of_an_organization),
        cmocka_unit_test(nothing_asked_is_nothing_told),
    };

    return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
