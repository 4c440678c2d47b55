#include "collect/calls.h"

#include <assert.h>

/* clang-format off */

/* MaxItems and the like are the most that the service allows, so that there are as few pages as can
 * be. Organizations takes 20; asking for none would leave it to the server. */
static const struct call calls[] = {
    [CALL_GET_CALLER_IDENTITY] =
    {.service = AWS_STS, .operation = "GetCallerIdentity", .action = "", .scope = CALL_OF_CALLER,
     .parts = COLLECT_BASE, .rate = 600, .help = "whose credentials these are"},
    [CALL_DESCRIBE_ORGANIZATION] =
    {.service = AWS_ORGANIZATIONS, .operation = "DescribeOrganization",
     .action = "organizations:DescribeOrganization", .scope = CALL_OF_ORGANIZATION,
     .parts = COLLECT_ORGANIZATION, .must = "Organization", .rate = 5,
     .help = "the organization and its management account"},
    [CALL_LIST_ACCOUNTS] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListAccounts",
     .action = "organizations:ListAccounts", .scope = CALL_OF_ORGANIZATION,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .paging = {"NextToken", "NextToken"}, .must = "Accounts", .page_items = 20, .rate = 5,
     .help = "every account"},
    [CALL_LIST_ROOTS] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListRoots", .action = "organizations:ListRoots",
     .scope = CALL_OF_ORGANIZATION, .parts = COLLECT_ORGANIZATION,
     .parameters = {{"MaxResults", "20", true}}, .paging = {"NextToken", "NextToken"},
     .must = "Roots", .page_items = 20, .rate = 5,
     .help = "the tree's root and the kinds of policies in force"},
    [CALL_LIST_UNITS] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListOrganizationalUnitsForParent",
     .action = "organizations:ListOrganizationalUnitsForParent", .scope = CALL_OF_NODE,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .subject = "ParentId", .paging = {"NextToken", "NextToken"},
     .must = "OrganizationalUnits", .page_items = 20, .rate = 5, .help = "the units in a unit"},
    [CALL_LIST_UNIT_ACCOUNTS] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListAccountsForParent",
     .action = "organizations:ListAccountsForParent", .scope = CALL_OF_NODE,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .subject = "ParentId", .paging = {"NextToken", "NextToken"}, .must = "Accounts",
     .page_items = 20, .rate = 5, .help = "the accounts in a unit"},
    [CALL_LIST_POLICIES] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListPolicies",
     .action = "organizations:ListPolicies", .scope = CALL_OF_POLICY_KIND,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .subject = "Filter", .paging = {"NextToken", "NextToken"}, .must = "Policies",
     .page_items = 20, .rate = 5, .help = "the policies of a kind"},
    [CALL_DESCRIBE_POLICY] =
    {.service = AWS_ORGANIZATIONS, .operation = "DescribePolicy",
     .action = "organizations:DescribePolicy", .scope = CALL_OF_POLICY,
     .parts = COLLECT_ORGANIZATION, .subject = "PolicyId", .must = "Policy.Content", .rate = 5,
     .help = "the text of a policy"},
    [CALL_LIST_TARGETS] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListTargetsForPolicy",
     .action = "organizations:ListTargetsForPolicy", .scope = CALL_OF_POLICY,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .subject = "PolicyId", .paging = {"NextToken", "NextToken"}, .must = "Targets",
     .page_items = 20, .rate = 5, .help = "what a policy is attached to"},
    [CALL_LIST_ADMINISTRATORS] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListDelegatedAdministrators",
     .action = "organizations:ListDelegatedAdministrators", .scope = CALL_OF_ORGANIZATION,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .paging = {"NextToken", "NextToken"}, .must = "DelegatedAdministrators",
     .page_items = 20, .rate = 5,
     .help = "accounts that administer a service for the organization"},
    [CALL_LIST_ADMINISTRATOR_SERVICES] =
    {.service = AWS_ORGANIZATIONS, .operation = "ListDelegatedServicesForAccount",
     .action = "organizations:ListDelegatedServicesForAccount", .scope = CALL_OF_ADMINISTRATOR,
     .parts = COLLECT_ORGANIZATION, .parameters = {{"MaxResults", "20", true}},
     .subject = "AccountId", .paging = {"NextToken", "NextToken"},
     .must = "DelegatedServices", .page_items = 20, .rate = 5,
     .help = "the services an account administers"},
    [CALL_LIST_FEATURES] =
    {.service = AWS_IAM, .operation = "ListOrganizationsFeatures",
     .action = "iam:ListOrganizationsFeatures", .scope = CALL_OF_ORGANIZATION,
     .parts = COLLECT_ORGANIZATION, .must = "OrganizationId", .rate = 15,
     .help = "whether root access is managed centrally"},
    [CALL_ASSUME_ROLE] =
    {.service = AWS_STS, .operation = "AssumeRole", .action = "sts:AssumeRole",
     .scope = CALL_OF_ENTRY, .parts = COLLECT_ROLE, .rate = 600,
     .help = "credentials for an account"},
    [CALL_ASSUME_ROOT] =
    {.service = AWS_STS, .operation = "AssumeRoot", .action = "sts:AssumeRoot",
     .scope = CALL_OF_ENTRY, .parts = COLLECT_ROOT_SESSION, .resource = "arn:*:iam::*:root",
     .rate = 600, .help = "a session of an account's root user that may only look"},
    [CALL_GENERATE_REPORT] =
    {.service = AWS_IAM, .operation = "GenerateCredentialReport",
     .action = "iam:GenerateCredentialReport", .scope = CALL_OF_ACCOUNT, .parts = COLLECT_BASE,
     .must = "State", .rate = 15,
     .help = "has AWS make the credential report, or says that it is there"},
    [CALL_GET_REPORT] =
    {.service = AWS_IAM, .operation = "GetCredentialReport", .action = "iam:GetCredentialReport",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_BASE, .rate = 15,
     .help = "the credential report: passwords, keys and their use"},
    [CALL_GET_AUTHORIZATION_DETAILS] =
    {.service = AWS_IAM, .operation = "GetAccountAuthorizationDetails",
     .action = "iam:GetAccountAuthorizationDetails", .scope = CALL_OF_ACCOUNT,
     .parts = COLLECT_BASE, .parameters = {{"MaxItems", "1000", true}},
     .paging = {"Marker", "Marker"}, .must = "UserDetailList", .page_items = 1000,
     .rate = 15, .help = "users, groups, roles and policies"},
    [CALL_GET_SUMMARY] =
    {.service = AWS_IAM, .operation = "GetAccountSummary", .action = "iam:GetAccountSummary",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_BASE, .must = "SummaryMap",
     .rate = 15, .help = "what root has; counts"},
    [CALL_GET_PASSWORD_POLICY] =
    {.service = AWS_IAM, .operation = "GetAccountPasswordPolicy",
     .action = "iam:GetAccountPasswordPolicy", .scope = CALL_OF_ACCOUNT, .parts = COLLECT_BASE,
     .must = "PasswordPolicy", .rate = 15, .help = "what passwords must be"},
    [CALL_LIST_VIRTUAL_MFA] =
    {.service = AWS_IAM, .operation = "ListVirtualMFADevices",
     .action = "iam:ListVirtualMFADevices", .scope = CALL_OF_ACCOUNT, .parts = COLLECT_BASE,
     .parameters = {{"AssignmentStatus", "Assigned", false}, {"MaxItems", "1000", true}},
     .paging = {"Marker", "Marker"}, .must = "VirtualMFADevices",
     .page_items = 1000, .rate = 15, .help = "whose MFA devices are apps"},
    [CALL_LIST_SERVICE_CREDENTIALS] =
    {.service = AWS_IAM, .operation = "ListServiceSpecificCredentials",
     .action = "iam:ListServiceSpecificCredentials", .scope = CALL_OF_ACCOUNT,
     .parts = COLLECT_BASE,
     .parameters = {{"AllUsers", "true", true}, {"MaxItems", "1000", true}},
     .paging = {"Marker", "Marker"}, .must = "ServiceSpecificCredentials",
     .page_items = 1000, .rate = 15, .help = "passwords and API keys of single services"},
    [CALL_LIST_MFA] =
    {.service = AWS_IAM, .operation = "ListMFADevices", .action = "iam:ListMFADevices",
     .scope = CALL_OF_USER, .parts = COLLECT_BASE, .parameters = {{"MaxItems", "1000", true}},
     .subject = "UserName", .paging = {"Marker", "Marker"}, .must = "MFADevices",
     .page_items = 1000, .rate = 15, .help = "the devices of a user whose MFA is no app"},
    [CALL_LIST_KEYS] =
    {.service = AWS_IAM, .operation = "ListAccessKeys", .action = "iam:ListAccessKeys",
     .scope = CALL_OF_USER, .parts = COLLECT_BASE, .parameters = {{"MaxItems", "1000", true}},
     .subject = "UserName", .paging = {"Marker", "Marker"},
     .must = "AccessKeyMetadata", .page_items = 1000, .rate = 15,
     .help = "the ids of a user's access keys, and those beyond the second"},
    [CALL_GET_KEY_LAST_USED] =
    {.service = AWS_IAM, .operation = "GetAccessKeyLastUsed",
     .action = "iam:GetAccessKeyLastUsed", .scope = CALL_OF_KEY, .parts = COLLECT_LIVE_KEYS,
     .subject = "AccessKeyId", .must = "AccessKeyLastUsed.ServiceName", .rate = 15,
     .help = "when a key was used last, as of now"},
    [CALL_LIST_SSH_KEYS] =
    {.service = AWS_IAM, .operation = "ListSSHPublicKeys", .action = "iam:ListSSHPublicKeys",
     .scope = CALL_OF_USER, .parts = COLLECT_SSH_KEYS, .parameters = {{"MaxItems", "1000", true}},
     .subject = "UserName", .paging = {"Marker", "Marker"},
     .must = "SSHPublicKeys", .page_items = 1000, .rate = 15,
     .help = "a user's SSH keys for CodeCommit"},
    [CALL_ROOT_GET_LOGIN_PROFILE] =
    {.service = AWS_IAM, .operation = "GetLoginProfile", .action = "iam:GetLoginProfile",
     .scope = CALL_OF_ROOT, .parts = COLLECT_ROOT_SESSION, .must = "LoginProfile", .rate = 15,
     .help = "whether root has a password"},
    [CALL_ROOT_LIST_KEYS] =
    {.service = AWS_IAM, .operation = "ListAccessKeys", .action = "iam:ListAccessKeys",
     .scope = CALL_OF_ROOT, .parts = COLLECT_ROOT_SESSION,
     .parameters = {{"MaxItems", "1000", true}}, .paging = {"Marker", "Marker"},
     .must = "AccessKeyMetadata", .page_items = 1000, .rate = 15, .help = "root's access keys"},
    [CALL_ROOT_GET_KEY_LAST_USED] =
    {.service = AWS_IAM, .operation = "GetAccessKeyLastUsed",
     .action = "iam:GetAccessKeyLastUsed", .scope = CALL_OF_ROOT_KEY,
     .parts = COLLECT_ROOT_SESSION, .subject = "AccessKeyId",
     .must = "AccessKeyLastUsed.ServiceName", .rate = 15,
     .help = "when a key of root was used last"},
    [CALL_ROOT_LIST_MFA] =
    {.service = AWS_IAM, .operation = "ListMFADevices", .action = "iam:ListMFADevices",
     .scope = CALL_OF_ROOT, .parts = COLLECT_ROOT_SESSION,
     .parameters = {{"MaxItems", "1000", true}}, .paging = {"Marker", "Marker"},
     .must = "MFADevices", .page_items = 1000, .rate = 15,
     .help = "root's MFA devices and their kind"},
    [CALL_ROOT_LIST_CERTIFICATES] =
    {.service = AWS_IAM, .operation = "ListSigningCertificates",
     .action = "iam:ListSigningCertificates", .scope = CALL_OF_ROOT,
     .parts = COLLECT_ROOT_SESSION, .parameters = {{"MaxItems", "1000", true}},
     .paging = {"Marker", "Marker"}, .must = "Certificates", .page_items = 1000,
     .rate = 15, .help = "root's signing certificates"},
    [CALL_ROOT_GET_USER] =
    {.service = AWS_IAM, .operation = "GetUser", .action = "iam:GetUser", .scope = CALL_OF_ROOT,
     .parts = COLLECT_ROOT_SESSION, .must = "User", .rate = 15,
     .help = "when root's password was used last"},
    [CALL_DESCRIBE_REGIONS] =
    {.service = AWS_EC2, .operation = "DescribeRegions", .action = "ec2:DescribeRegions",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_ASSETS | COLLECT_INSTANCES | COLLECT_TRAILS,
     .must = "regionInfo", .rate = 20, .help = "the regions that the account may use"},
    [CALL_LIST_BUCKETS] =
    {.service = AWS_S3, .operation = "ListBuckets", .action = "s3:ListAllMyBuckets",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_ASSETS,
     .parameters = {{"max-buckets", "1000", true}},
     .paging = {"ContinuationToken", "continuation-token"}, .must = "Buckets",
     .page_items = 1000, .method = "GET", .path = "/", .rate = 10, .help = "S3 buckets"},
    [CALL_LIST_TRAILS] =
    {.service = AWS_CLOUDTRAIL, .operation = "ListTrails", .action = "cloudtrail:ListTrails",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_ASSETS,
     .paging = {"NextToken", "NextToken"}, .must = "Trails", .page_items = 100, .rate = 10,
     .help = "trails"},
    [CALL_DESCRIBE_INSTANCES] =
    {.service = AWS_EC2, .operation = "DescribeInstances", .action = "ec2:DescribeInstances",
     .scope = CALL_OF_REGION, .parts = COLLECT_ASSETS | COLLECT_INSTANCES,
     .parameters = {{"MaxResults", "1000", true}}, .paging = {"nextToken", "NextToken"},
     .must = "reservationSet", .page_items = 1000, .rate = 20,
     .help = "virtual machines and the profiles that carry their roles"},
    [CALL_DESCRIBE_DATABASES] =
    {.service = AWS_RDS, .operation = "DescribeDBInstances", .action = "rds:DescribeDBInstances",
     .scope = CALL_OF_REGION, .parts = COLLECT_ASSETS,
     .parameters = {{"MaxRecords", "100", true}}, .paging = {"Marker", "Marker"},
     .must = "DBInstances", .page_items = 100, .rate = 10, .help = "databases"},
    [CALL_GET_CONTACT] =
    {.service = AWS_ACCOUNT, .operation = "GetContactInformation",
     .action = "account:GetContactInformation", .scope = CALL_OF_ACCOUNT,
     .parts = COLLECT_CONTACTS, .method = "POST", .path = "/getContactInformation",
     .must = "ContactInformation", .rate = 10,
     .help = "the account's own contact details"},
    [CALL_GET_SECURITY_CONTACT] =
    {.service = AWS_ACCOUNT, .operation = "GetAlternateContact",
     .action = "account:GetAlternateContact", .scope = CALL_OF_ACCOUNT, .parts = COLLECT_CONTACTS,
     .parameters = {{"AlternateContactType", "SECURITY", false}}, .method = "POST",
     .path = "/getAlternateContact", .must = "AlternateContact", .rate = 10,
     .help = "whom AWS tells of security matters"},
    [CALL_LIST_REGIONS] =
    {.service = AWS_ACCOUNT, .operation = "ListRegions", .action = "account:ListRegions",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_ANALYZERS | COLLECT_FEDERATION,
     .parameters = {{"MaxResults", "50", true}}, .paging = {"NextToken", "NextToken"},
     .must = "Regions", .page_items = 50, .method = "POST", .path = "/listRegions", .rate = 5,
     .help = "every region, and whether the account may use it"},
    [CALL_LIST_ANALYZERS] =
    {.service = AWS_ACCESS_ANALYZER, .operation = "ListAnalyzers",
     .action = "access-analyzer:ListAnalyzers", .scope = CALL_OF_REGION,
     .parts = COLLECT_ANALYZERS, .paging = {"nextToken", "nextToken"}, .must = "analyzers",
     .page_items = 100, .method = "GET", .path = "/analyzer", .rate = 10,
     .help = "IAM Access Analyzers"},
    [CALL_LIST_SAML_PROVIDERS] =
    {.service = AWS_IAM, .operation = "ListSAMLProviders", .action = "iam:ListSAMLProviders",
     .scope = CALL_OF_ACCOUNT, .parts = COLLECT_FEDERATION, .must = "SAMLProviderList", .rate = 15,
     .help = "identity providers"},
    [CALL_LIST_IDENTITY_CENTERS] =
    {.service = AWS_SSO_ADMIN, .operation = "ListInstances", .action = "sso:ListInstances",
     .scope = CALL_OF_REGION, .parts = COLLECT_FEDERATION,
     .parameters = {{"MaxResults", "100", true}}, .paging = {"NextToken", "NextToken"},
     .must = "Instances", .page_items = 100, .rate = 20, .help = "IAM Identity Center instances"},
    [CALL_LIST_SERVER_CERTIFICATES] =
    {.service = AWS_IAM, .operation = "ListServerCertificates",
     .action = "iam:ListServerCertificates", .scope = CALL_OF_ACCOUNT,
     .parts = COLLECT_CERTIFICATES, .parameters = {{"MaxItems", "1000", true}},
     .paging = {"Marker", "Marker"}, .must = "ServerCertificateMetadataList",
     .page_items = 1000, .rate = 15, .help = "TLS certificates kept in IAM"},
    [CALL_DESCRIBE_TRAILS] =
    {.service = AWS_CLOUDTRAIL, .operation = "DescribeTrails",
     .action = "cloudtrail:DescribeTrails", .scope = CALL_OF_REGION, .parts = COLLECT_TRAILS,
     .parameters = {{"includeShadowTrails", "true", true}}, .must = "trailList", .rate = 10,
     .help = "trails, those of the organization too"},
    [CALL_GET_TRAIL_STATUS] =
    {.service = AWS_CLOUDTRAIL, .operation = "GetTrailStatus",
     .action = "cloudtrail:GetTrailStatus", .scope = CALL_OF_TRAIL, .parts = COLLECT_TRAILS,
     .subject = "Name", .must = "IsLogging", .rate = 10, .help = "whether a trail is recording"},
    [CALL_DESCRIBE_METRIC_FILTERS] =
    {.service = AWS_LOGS, .operation = "DescribeMetricFilters",
     .action = "logs:DescribeMetricFilters", .scope = CALL_OF_REGION, .parts = COLLECT_TRAILS,
     .parameters = {{"limit", "50", true}}, .paging = {"nextToken", "nextToken"},
     .must = "metricFilters", .page_items = 50, .rate = 5,
     .help = "filters that count events in logs"},
    [CALL_DESCRIBE_ALARMS] =
    {.service = AWS_CLOUDWATCH, .operation = "DescribeAlarms",
     .action = "cloudwatch:DescribeAlarms", .scope = CALL_OF_REGION, .parts = COLLECT_TRAILS,
     .parameters = {{"MaxRecords", "100", true}}, .paging = {"NextToken", "NextToken"},
     .must = "MetricAlarms", .page_items = 100, .rate = 9,
     .help = "alarms on what filters count"},
    [CALL_LIST_SUBSCRIPTIONS] =
    {.service = AWS_SNS, .operation = "ListSubscriptionsByTopic",
     .action = "sns:ListSubscriptionsByTopic", .scope = CALL_OF_TOPIC, .parts = COLLECT_TRAILS,
     .subject = "TopicArn", .paging = {"NextToken", "NextToken"}, .must = "Subscriptions",
     .page_items = 100, .rate = 30, .help = "who is told by an alarm"},
};
/* clang-format on */

static const struct collect_extra extras[] = {
    {"analyzers", COLLECT_ANALYZERS, "regions and their IAM Access Analyzers"},
    {"certificates", COLLECT_CERTIFICATES, "TLS certificates kept in IAM"},
    {"contacts", COLLECT_CONTACTS, "contact details of the account"},
    {"federation", COLLECT_FEDERATION, "SAML providers, and IAM Identity Center by region"},
    {"instances", COLLECT_INSTANCES, "EC2 instances and their instance profiles"},
    {"ssh-keys", COLLECT_SSH_KEYS, "SSH keys for CodeCommit, a call for each user"},
    {"trails", COLLECT_TRAILS, "trails, metric filters, alarms and who they tell"},
    {NULL, 0, NULL},
};

const struct call *call_at(enum call_id id)
{
    assert((size_t)id < CALL_COUNT);
    return &calls[id];
}

const struct collect_extra *collect_extras(void)
{
    return extras;
}

bool call_is_asked(const struct call *call, unsigned parts)
{
    return (call->parts & parts) != 0;
}

bool call_is_of_role(const struct call *call)
{
    return call->action[0] != '\0' && call->scope >= CALL_OF_ACCOUNT && call->scope < CALL_OF_ROOT;
}

bool call_is_of_caller(const struct call *call)
{
    return call->action[0] != '\0' && call->scope < CALL_OF_ACCOUNT;
}
