/* Any bytes as the answers of an account and of an organization, in each protocol: what comes of them
 * are entities of the rule language, each as value_from_json reads it, in order and none twice; a
 * call is told or is a gap. The same answers in another order say the same.
 *
 * The input is cut at NUL bytes. The first byte of each piece chooses the call, the rest is the body of
 * its next page; a piece of one byte is a refusal. */
#include <stdint.h>
#include <stdlib.h>

#include "inventory/inventory.h"
#include "inventory/organization.h"
#include "rule/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ANSWERS_MAX = 64, ARENA_MAX = 64 << 20 };

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct {
    const char *action, *subject, *region;
} calls[] = {
    {"iam:GetAccountAuthorizationDetails", "", ""},
    {"iam:GetAccountSummary", "", ""},
    {"iam:GetAccountPasswordPolicy", "", ""},
    {"iam:ListVirtualMFADevices", "", ""},
    {"iam:ListServiceSpecificCredentials", "", ""},
    {"iam:ListMFADevices", "kim", ""},
    {"iam:ListMFADevices", "<root_account>", ""},
    {"iam:ListAccessKeys", "kim", ""},
    {"iam:GetAccessKeyLastUsed", "AKIA1", ""},
    {"iam:GetLoginProfile", "<root_account>", ""},
    {"iam:GetUser", "<root_account>", ""},
    {"iam:ListSigningCertificates", "<root_account>", ""},
    {"iam:ListSSHPublicKeys", "kim", ""},
    {"iam:ListUserTags", "kim", ""},
    {"iam:ListSAMLProviders", "", ""},
    {"iam:ListServerCertificates", "", ""},
    {"account:GetContactInformation", "", ""},
    {"account:GetAlternateContact", "", ""},
    {"account:ListRegions", "", ""},
    {"access-analyzer:ListAnalyzers", "", "eu-west-1"},
    {"sso:ListInstances", "", "eu-west-1"},
    {"ec2:DescribeRegions", "", ""},
    {"ec2:DescribeInstances", "", "eu-west-1"},
    {"rds:DescribeDBInstances", "", "eu-west-1"},
    {"s3:ListAllMyBuckets", "", ""},
    {"cloudtrail:ListTrails", "", ""},
    {"cloudtrail:DescribeTrails", "", "eu-west-1"},
    {"cloudtrail:GetTrailStatus", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t0",
     "eu-west-1"},
    {"logs:DescribeMetricFilters", "", "eu-west-1"},
    {"cloudwatch:DescribeAlarms", "", "eu-west-1"},
    {"sns:ListSubscriptionsByTopic", "arn:aws:sns:eu-west-1:111122223333:t0", "eu-west-1"},
    {"organizations:DescribeOrganization", "", ""},
    {"organizations:ListRoots", "", ""},
    {"organizations:ListAccounts", "", ""},
    {"organizations:ListOrganizationalUnitsForParent", "r-ab12", ""},
    {"organizations:ListAccountsForParent", "r-ab12", ""},
    {"organizations:ListPolicies", "SERVICE_CONTROL_POLICY", ""},
    {"organizations:DescribePolicy", "p-s0", ""},
    {"organizations:ListTargetsForPolicy", "p-s0", ""},
    {"organizations:ListDelegatedAdministrators", "", ""},
    {"organizations:ListDelegatedServicesForAccount", "111122223333", ""},
    {"iam:ListOrganizationsFeatures", "", ""},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static size_t answers_cut(struct str text, struct answer *answers)
{
    uint32_t pages[CALLS] = {0};
    size_t count = 0;
    struct str piece;
    bool more = true;

    while (more && count < ANSWERS_MAX) {
        more = str_cut(&text, '\0', &piece);
        if (piece.n == 0) {
            continue;
        }
        size_t call = (unsigned char)piece.p[0] % CALLS;
        unsigned refusal = (unsigned char)piece.p[0] / CALLS % 3;
        answers[count++] = (struct answer){
            .action = str_from(calls[call].action),
            .subject = str_from(calls[call].subject),
            .region = str_from(calls[call].region),
            .page = pages[call]++,
            .outcome = piece.n > 1    ? ANSWER_GIVEN
                       : refusal == 0 ? ANSWER_ABSENT
                       : refusal == 1 ? ANSWER_DENIED
                                      : ANSWER_FAILED,
            .code = piece.n > 1 ? STR("") : STR("Code"),
            .body = str_sub(piece, 1, piece.n),
        };
    }
    return count;
}

static void inventory_check(const struct inventory *inventory)
{
    struct arena arena;

    arena_init(&arena, ARENA_MAX);
    for (size_t i = 0; i < inventory->row_count; i++) {
        const struct entity_row *row = &inventory->rows[i];
        const struct schema_entity *entity = schema_entity_find(row->kind);
        struct value value;
        struct err err = {0};
        int order = i == 0 ? -1 : str_cmp(row[-1].kind, row->kind);
        check(order < 0 || (order == 0 && str_cmp(row[-1].name, row->name) < 0));
        arena_reset(&arena);
        check(entity != NULL && value_from_json(&arena, row->json, entity, &value, &err));
    }
    for (size_t i = 0; i < inventory->gap_count; i++) {
        check(inventory->gaps[i].outcome == ANSWER_DENIED ||
              inventory->gaps[i].outcome == ANSWER_FAILED);
    }
    arena_release(&arena);
}

static void same(const struct inventory *a, const struct inventory *b)
{
    check(a->row_count == b->row_count && a->gap_count == b->gap_count);
    for (size_t i = 0; i < a->row_count; i++) {
        check(str_eq(a->rows[i].kind, b->rows[i].kind) &&
              str_eq(a->rows[i].name, b->rows[i].name) && str_eq(a->rows[i].json, b->rows[i].json));
    }
}

static void account_check(const struct answer *answers, const struct answer *turned, size_t count)
{
    struct inventory inventory, other;
    struct inventory_assets assets;
    struct arena arena;
    struct err err = {0};

    arena_init(&arena, ARENA_MAX);
    check(inventory_read(&arena, STR("111122223333"), answers, count, &inventory, &err));
    check(inventory_read(&arena, STR("111122223333"), turned, count, &other, &err));
    inventory_check(&inventory);
    same(&inventory, &other);
    check(inventory_assets(answers, count, &assets, &err));
    arena_release(&arena);
}

static void organization_check(const struct answer *answers, size_t count)
{
    struct organization organization;
    struct inventory inventory;
    struct arena arena;
    struct err err = {0};

    arena_init(&arena, ARENA_MAX);
    check(organization_read(&arena, answers, count, &organization, &err));
    check(organization_rows(&arena, &organization, STR("111122223333"), &inventory, &err));
    inventory_check(&inventory);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answer answers[ANSWERS_MAX], turned[ANSWERS_MAX];
    size_t count = 0;

    if (size > 1 << 16) {
        return 0;
    }
    count = answers_cut((struct str){(const char *)data, size}, answers);
    for (size_t i = 0; i < count; i++) {
        turned[i] = answers[count - 1 - i];
    }
    account_check(answers, turned, count);
    organization_check(answers, count);
    return 0;
}
