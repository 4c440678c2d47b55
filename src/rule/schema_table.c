/* The tables of schema.h. Attribute names and structure follow the published language, so that its
 * rules run unchanged; what is ours (Partition, Path, the key slots, SigningCertificate, Columns,
 * AWS) stands among them. */
#include "rule/schema.h"

// One attribute a paragraph reads better than one field a line.
// clang-format off
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Entities refer to each other. */
static const struct schema_entity entity_condition, entity_principal, entity_statement,
    entity_policy_document, entity_inline_policy, entity_attached, entity_iam_policy,
    entity_policies, entity_tag, entity_mfa_device, entity_mfa_devices, entity_password,
    entity_ssh_key, entity_service_credential, entity_access_key, entity_key_slot, entity_first_key_slot,
    entity_second_key_slot, entity_certificate, entity_columns, entity_group, entity_group_policy, entity_user, entity_instance_profile, entity_trust_policy,
    entity_role, entity_password_policy, entity_server_certificate, entity_account,
    entity_organization, entity_organization_policy, entity_contact, entity_alternate_contact,
    entity_region, entity_analyzer, entity_instance, entity_sns_topic, entity_alarm_action, entity_alarm,
    entity_transformation, entity_metric_filter, entity_log_group, entity_trail,
    entity_rds_subscription, entity_recording_group, entity_config_recorder, entity_delivery,
    entity_delivery_channel, entity_aws;

static const struct schema_attr condition_attrs[] = {
    {.name = STR_LIT("Condition"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("operator, such as StringEquals")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("condition key")},
    {.name = STR_LIT("Value"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("values compared with")},
};
static const struct schema_entity entity_condition = {
    .name = STR_LIT("Condition"), .attrs = condition_attrs, .attr_count = COUNT(condition_attrs),
};

static const struct schema_attr principal_attrs[] = {
    {.name = STR_LIT("AWS"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("accounts, users and roles")},
    {.name = STR_LIT("Service"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("service principals")},
    {.name = STR_LIT("Federated"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("identity providers")},
};
static const struct schema_entity entity_principal = {
    .name = STR_LIT("Principal"), .attrs = principal_attrs, .attr_count = COUNT(principal_attrs),
};

static const struct schema_attr statement_attrs[] = {
    {.name = STR_LIT("Effect"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("Allow or Deny")},
    {.name = STR_LIT("Action"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("actions")},
    {.name = STR_LIT("NotAction"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("all actions but these")},
    {.name = STR_LIT("Resource"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("resources")},
    {.name = STR_LIT("NotResource"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("all resources but these")},
    {.name = STR_LIT("Principal"), .type = TYPE_ENTITY, .entity = &entity_principal,
     .source = SOURCE_API, .help = STR_LIT("who, in resource policies")},
    {.name = STR_LIT("Conditions"), .type = TYPE_ENTITY, .entity = &entity_condition,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("conditions")},
};
static const struct schema_entity entity_statement = {
    .name = STR_LIT("Statement"), .attrs = statement_attrs, .attr_count = COUNT(statement_attrs),
};

static const struct schema_attr policy_document_attrs[] = {
    {.name = STR_LIT("Version"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("policy language version")},
    {.name = STR_LIT("Statements"), .type = TYPE_ENTITY, .entity = &entity_statement,
     .is_list = true, .source = SOURCE_API, .alias = STR_LIT("Statement"),
     .help = STR_LIT("statements")},
};
static const struct schema_entity entity_policy_document = {
    .name = STR_LIT("PolicyDocument"), .attrs = policy_document_attrs,
    .attr_count = COUNT(policy_document_attrs),
};

static const struct schema_attr inline_policy_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("policy name")},
    {.name = STR_LIT("PolicyDocument"), .type = TYPE_ENTITY, .entity = &entity_policy_document,
     .source = SOURCE_API, .help = STR_LIT("its text")},
};
static const struct schema_entity entity_inline_policy = {
    .name = STR_LIT("InlinePolicy"), .attrs = inline_policy_attrs,
    .attr_count = COUNT(inline_policy_attrs),
};

static const struct schema_attr attached_attrs[] = {
    {.name = STR_LIT("Users"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("users it is attached to")},
    {.name = STR_LIT("Groups"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("groups it is attached to")},
    {.name = STR_LIT("Roles"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("roles it is attached to")},
};
static const struct schema_entity entity_attached = {
    .name = STR_LIT("AttachedEntities"), .obtain = STR_LIT("iam:GetAccountAuthorizationDetails"),
    .attrs = attached_attrs, .attr_count = COUNT(attached_attrs),
};

static const struct schema_attr iam_policy_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("policy ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("policy name")},
    {.name = STR_LIT("AccountName"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("account alias")},
    {.name = STR_LIT("AccountId"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("12 digits")},
    {.name = STR_LIT("Type"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("AWS Managed or Customer Managed")},
    {.name = STR_LIT("CreationDate"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was made")},
    {.name = STR_LIT("Permissions"), .type = TYPE_ENTITY, .entity = &entity_policy_document,
     .source = SOURCE_API, .help = STR_LIT("the default version")},
    {.name = STR_LIT("AttachedEntities"), .type = TYPE_ENTITY, .entity = &entity_attached,
     .source = SOURCE_API, .help = STR_LIT("who has it")},
    {.name = STR_LIT("PermissionsBoundaryUsageCount"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .help = STR_LIT("users and roles it is the permissions boundary of")},
};
static const struct schema_entity entity_iam_policy = {
    .name = STR_LIT("IAMPolicy"), .is_root = true,
    .obtain = STR_LIT("iam:GetAccountAuthorizationDetails"), .help = STR_LIT("a managed policy"),
    .attrs = iam_policy_attrs, .attr_count = COUNT(iam_policy_attrs),
};

static const struct schema_attr policies_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("ARNs of the managed ones")},
    {.name = STR_LIT("Managed"), .type = TYPE_ENTITY, .entity = &entity_iam_policy,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("managed policies attached")},
    {.name = STR_LIT("Inline"), .type = TYPE_ENTITY, .entity = &entity_inline_policy,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("policies written on it")},
};
static const struct schema_entity entity_policies = {
    .name = STR_LIT("Policies"), .obtain = STR_LIT("iam:GetAccountAuthorizationDetails"),
    .attrs = policies_attrs, .attr_count = COUNT(policies_attrs),
};

static const struct schema_attr tag_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("tag key")},
    {.name = STR_LIT("Value"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("tag value")},
};
static const struct schema_entity entity_tag = {
    .name = STR_LIT("Tag"), .attrs = tag_attrs, .attr_count = COUNT(tag_attrs),
};

static const struct schema_attr mfa_device_attrs[] = {
    {.name = STR_LIT("SerialNumber"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("serial number or ARN")},
    {.name = STR_LIT("EnabledTime"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was enabled")},
};
static const struct schema_entity entity_mfa_device = {
    .name = STR_LIT("MFADevice"), .obtain = STR_LIT("iam:ListMFADevices"),
    .attrs = mfa_device_attrs, .attr_count = COUNT(mfa_device_attrs),
};

static const struct schema_attr mfa_devices_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("serial numbers")},
    {.name = STR_LIT("Physical"), .type = TYPE_ENTITY, .entity = &entity_mfa_device,
     .is_list = true, .source = SOURCE_API, .obtain = STR_LIT("iam:ListMFADevices"),
     .help = STR_LIT("hardware tokens, security keys and passkeys")},
    {.name = STR_LIT("Virtual"), .type = TYPE_ENTITY, .entity = &entity_mfa_device,
     .is_list = true, .source = SOURCE_API, .obtain = STR_LIT("iam:ListVirtualMFADevices"),
     .help = STR_LIT("authenticator apps")},
};
static const struct schema_entity entity_mfa_devices = {
    .name = STR_LIT("MFADevices"),
    .obtain = STR_LIT("iam:ListMFADevices"),
    .attrs = mfa_devices_attrs, .attr_count = COUNT(mfa_devices_attrs),
};

static const struct schema_attr password_attrs[] = {
    {.name = STR_LIT("Enabled"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_PASSWORD_ENABLED,
     .help = STR_LIT("has a console password")},
    {.name = STR_LIT("LastUsedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_PASSWORD_USED,
     .help = STR_LIT("last console sign-in")},
    {.name = STR_LIT("LastChangedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_PASSWORD_CHANGED, .help = STR_LIT("last change")},
    {.name = STR_LIT("NextRotationTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_PASSWORD_NEXT_ROTATION,
     .help = STR_LIT("when policy forces the next change")},
    {.name = STR_LIT("value"), .type = TYPE_STRING, .source = SOURCE_NOWHERE,
     .obtain = STR_LIT("nothing: AWS never shows a password"),
     .help = STR_LIT("the password itself: never known")},
};
static const struct schema_entity entity_password = {
    .name = STR_LIT("Password"), .attrs = password_attrs, .attr_count = COUNT(password_attrs),
};

static const struct schema_attr ssh_key_attrs[] = {
    {.name = STR_LIT("SSHPublicKeyId"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("key id")},
    {.name = STR_LIT("Status"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("Active or Inactive")},
    {.name = STR_LIT("UploadTime"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was uploaded")},
};
static const struct schema_entity entity_ssh_key = {
    .name = STR_LIT("SSHPublicKey"), .obtain = STR_LIT("iam:ListSSHPublicKeys"),
    .attrs = ssh_key_attrs, .attr_count = COUNT(ssh_key_attrs),
};

static const struct schema_attr service_credential_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("credential id")},
    {.name = STR_LIT("ServiceName"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("bedrock.amazonaws.com, codecommit.amazonaws.com ...")},
    {.name = STR_LIT("Active"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("usable now")},
    {.name = STR_LIT("CreatedTime"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was made")},
    {.name = STR_LIT("ExpirationTime"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it ends, never for most")},
};
static const struct schema_entity entity_service_credential = {
    .name = STR_LIT("ServiceSpecificCredential"),
    .obtain = STR_LIT("iam:ListServiceSpecificCredentials"), .attrs = service_credential_attrs,
    .attr_count = COUNT(service_credential_attrs),
};

static const struct schema_attr access_key_attrs[] = {
    {.name = STR_LIT("Active"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ACTIVE, .help = STR_LIT("usable now")},
    {.name = STR_LIT("CreatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ROTATED,
     .help = STR_LIT("when this key was made")},
    {.name = STR_LIT("LastRotatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ROTATED,
     .help = STR_LIT("when this key was made")},
    {.name = STR_LIT("LastUsedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_USED, .none_is_never = true,
     .help = STR_LIT("last signed request")},
    {.name = STR_LIT("LastUsedRegion"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_REGION, .help = STR_LIT("where")},
    {.name = STR_LIT("LastUsedService"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_SERVICE,
     .help = STR_LIT("for which service")},
    {.name = STR_LIT("CreatedByDefault"), .type = TYPE_BOOL, .source = SOURCE_NOWHERE,
     .obtain = STR_LIT("nothing: AWS does not record it"),
     .help = STR_LIT("made together with the user")},
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .obtain = STR_LIT("iam:ListAccessKeys"), .help = STR_LIT("access key id")},
};
static const struct schema_entity entity_access_key = {
    .name = STR_LIT("AccessKey"), .attrs = access_key_attrs,
    .attr_count = COUNT(access_key_attrs),
};

static const struct schema_attr key_slot_attrs[] = {
    {.name = STR_LIT("Active"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ACTIVE, .help = STR_LIT("usable now")},
    {.name = STR_LIT("CreatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ROTATED,
     .help = STR_LIT("when this key was made")},
    {.name = STR_LIT("LastRotatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ROTATED,
     .help = STR_LIT("when this key was made")},
    {.name = STR_LIT("LastUsedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_USED, .help = STR_LIT("last signed request")},
    {.name = STR_LIT("LastUsedRegion"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_REGION, .help = STR_LIT("where")},
    {.name = STR_LIT("LastUsedService"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_SERVICE,
     .help = STR_LIT("for which service")},
};
static const struct schema_entity entity_key_slot = {
    .name = STR_LIT("AccessKeySlot"), .attrs = key_slot_attrs,
    .attr_count = COUNT(key_slot_attrs),
};

/* One slot by its number, for rules about what another tool says of it. */
static const struct schema_attr first_key_slot_attrs[] = {
    {.name = STR_LIT("Active"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ACTIVE, .help = STR_LIT("usable now")},
    {.name = STR_LIT("LastRotatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_ROTATED,
     .help = STR_LIT("when this key was made")},
    {.name = STR_LIT("LastUsedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_1_USED, .help = STR_LIT("last signed request")},
};
static const struct schema_entity entity_first_key_slot = {
    .name = STR_LIT("FirstKeySlot"), .attrs = first_key_slot_attrs,
    .attr_count = COUNT(first_key_slot_attrs),
};

static const struct schema_attr second_key_slot_attrs[] = {
    {.name = STR_LIT("Active"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_2_ACTIVE, .help = STR_LIT("usable now")},
    {.name = STR_LIT("LastRotatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_2_ROTATED,
     .help = STR_LIT("when this key was made")},
    {.name = STR_LIT("LastUsedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_KEY_2_USED, .help = STR_LIT("last signed request")},
};
static const struct schema_entity entity_second_key_slot = {
    .name = STR_LIT("SecondKeySlot"), .attrs = second_key_slot_attrs,
    .attr_count = COUNT(second_key_slot_attrs),
};

static const struct schema_attr certificate_attrs[] = {
    {.name = STR_LIT("Active"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_CERT_1_ACTIVE, .help = STR_LIT("usable now")},
    {.name = STR_LIT("LastRotatedTime"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_CERT_1_ROTATED,
     .help = STR_LIT("when it was uploaded")},
};
static const struct schema_entity entity_certificate = {
    .name = STR_LIT("SigningCertificate"), .attrs = certificate_attrs,
    .attr_count = COUNT(certificate_attrs),
};

static const struct schema_entity entity_columns = {.name = STR_LIT("Columns"), .is_open = true};

static const struct schema_attr group_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("group ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("group name")},
    {.name = STR_LIT("AccountName"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("account alias")},
    {.name = STR_LIT("AccountId"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("12 digits")},
    {.name = STR_LIT("CreationDate"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was made")},
    {.name = STR_LIT("GroupPolicy"), .type = TYPE_ENTITY, .entity = &entity_group_policy,
     .source = SOURCE_API, .help = STR_LIT("its policies")},
};
static const struct schema_entity entity_group = {
    .name = STR_LIT("IAMGroup"), .is_root = true,
    .obtain = STR_LIT("iam:GetAccountAuthorizationDetails"), .help = STR_LIT("a group of users"),
    .attrs = group_attrs, .attr_count = COUNT(group_attrs),
};

static const struct schema_attr group_policy_attrs[] = {
    {.name = STR_LIT("InlinePolicies"), .type = TYPE_ENTITY, .entity = &entity_inline_policy,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("policies written on the group")},
    {.name = STR_LIT("ManagedPolicies"), .type = TYPE_ENTITY, .entity = &entity_iam_policy,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("managed policies attached")},
};
static const struct schema_entity entity_group_policy = {
    .name = STR_LIT("GroupPolicy"), .attrs = group_policy_attrs,
    .attr_count = COUNT(group_policy_attrs),
};

static const struct schema_attr user_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_USER, .alias = STR_LIT("UserName"),
     .help = STR_LIT("user name, <root_account> for root")},
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_REPORT, .binding = BIND_COLUMN,
     .column = COLUMN_ARN, .alias = STR_LIT("Arn"), .help = STR_LIT("ARN")},
    {.name = STR_LIT("AccountId"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_ACCOUNT, .help = STR_LIT("12 digits, from the ARN")},
    {.name = STR_LIT("Partition"), .type = TYPE_STRING, .source = SOURCE_REPORT,
     .binding = BIND_PARTITION, .help = STR_LIT("aws, aws-cn, aws-us-gov")},
    {.name = STR_LIT("Path"), .type = TYPE_STRING, .source = SOURCE_REPORT, .binding = BIND_PATH,
     .help = STR_LIT("path in the ARN, / when none")},
    {.name = STR_LIT("AccountName"), .type = TYPE_STRING, .source = SOURCE_ORGANIZATIONS,
     .obtain = STR_LIT("organizations:ListAccounts"), .help = STR_LIT("account name")},
    {.name = STR_LIT("RootUser"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_IS_ROOT, .help = STR_LIT("the row is <root_account>")},
    {.name = STR_LIT("CreationDate"), .type = TYPE_TIME, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_CREATED,
     .help = STR_LIT("when the user (for root: the account) was made")},
    {.name = STR_LIT("MFAActive"), .type = TYPE_BOOL, .source = SOURCE_REPORT,
     .binding = BIND_COLUMN, .column = COLUMN_MFA, .help = STR_LIT("any MFA device")},
    {.name = STR_LIT("Password"), .type = TYPE_ENTITY, .entity = &entity_password,
     .source = SOURCE_REPORT, .binding = BIND_GROUP, .help = STR_LIT("console password")},
    {.name = STR_LIT("AccessKey"), .type = TYPE_ENTITY, .entity = &entity_access_key,
     .is_list = true, .source = SOURCE_REPORT, .binding = BIND_KEYS,
     .alias = STR_LIT("AccessKeys"),
     .help = STR_LIT("access keys that exist, active or inactive")},
    {.name = STR_LIT("AccessKeySlot"), .type = TYPE_ENTITY, .entity = &entity_key_slot,
     .is_list = true, .source = SOURCE_REPORT, .binding = BIND_SLOTS,
     .help = STR_LIT("both key slots, even empty ones")},
    {.name = STR_LIT("FirstKeySlot"), .type = TYPE_ENTITY, .entity = &entity_first_key_slot,
     .source = SOURCE_REPORT, .binding = BIND_GROUP, .help = STR_LIT("slot 1 of the report")},
    {.name = STR_LIT("SecondKeySlot"), .type = TYPE_ENTITY, .entity = &entity_second_key_slot,
     .source = SOURCE_REPORT, .binding = BIND_GROUP, .help = STR_LIT("slot 2 of the report")},
    {.name = STR_LIT("SigningCertificate"), .type = TYPE_ENTITY, .entity = &entity_certificate,
     .is_list = true, .source = SOURCE_REPORT, .binding = BIND_CERTS,
     .help = STR_LIT("X.509 signing certificates that exist")},
    {.name = STR_LIT("Columns"), .type = TYPE_ENTITY, .entity = &entity_columns,
     .source = SOURCE_REPORT, .binding = BIND_COLUMNS,
     .help = STR_LIT("any report column by its name, as text")},
    {.name = STR_LIT("AWS"), .type = TYPE_ENTITY, .entity = &entity_aws,
     .source = SOURCE_API, .help = STR_LIT("the account the user belongs to")},
    {.name = STR_LIT("MFADevices"), .type = TYPE_ENTITY, .entity = &entity_mfa_devices,
     .source = SOURCE_API, .help = STR_LIT("devices by kind")},
    {.name = STR_LIT("Tags"), .type = TYPE_ENTITY, .entity = &entity_tag, .is_list = true,
     .source = SOURCE_API, .obtain = STR_LIT("iam:ListUserTags"), .help = STR_LIT("tags")},
    {.name = STR_LIT("SSHPublicKeys"), .type = TYPE_ENTITY, .entity = &entity_ssh_key,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("CodeCommit SSH keys")},
    {.name = STR_LIT("ActiveSSHPublicKeysCount"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .obtain = STR_LIT("iam:ListSSHPublicKeys"), .help = STR_LIT("how many are active")},
    {.name = STR_LIT("InactiveSSHPublicKeysCount"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .obtain = STR_LIT("iam:ListSSHPublicKeys"), .help = STR_LIT("how many are inactive")},
    {.name = STR_LIT("ServiceSpecificCredentials"), .type = TYPE_ENTITY,
     .entity = &entity_service_credential, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("passwords and API keys of single services")},
    {.name = STR_LIT("ToldBy"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .obtain = STR_LIT("iam:GetAccountSummary"),
     .help = STR_LIT("of root: what was told by which call, as Password.Enabled: iam:GetLoginProfile")},
    {.name = STR_LIT("Policies"), .type = TYPE_ENTITY, .entity = &entity_policies,
     .source = SOURCE_API, .help = STR_LIT("policies of the user")},
    {.name = STR_LIT("Groups"), .type = TYPE_ENTITY, .entity = &entity_group, .is_list = true,
     .source = SOURCE_API, .obtain = STR_LIT("iam:GetAccountAuthorizationDetails"),
     .help = STR_LIT("groups it is in")},
};
static const struct schema_entity entity_user = {
    .name = STR_LIT("IAMUser"), .is_root = true, .is_report_row = true,
    .obtain = STR_LIT("iam:GenerateCredentialReport and iam:GetCredentialReport"),
    .help = STR_LIT("a row of the credential report: the root user or an IAM user"),
    .attrs = user_attrs, .attr_count = COUNT(user_attrs),
};

static const struct schema_attr instance_profile_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("InstanceCount"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .obtain = STR_LIT("ec2:DescribeIamInstanceProfileAssociations"),
     .help = STR_LIT("instances that use it")},
};
static const struct schema_entity entity_instance_profile = {
    .name = STR_LIT("InstanceProfile"), .attrs = instance_profile_attrs,
    .attr_count = COUNT(instance_profile_attrs),
};

static const struct schema_attr trust_policy_attrs[] = {
    {.name = STR_LIT("CrossAccountArn"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("another account may assume it")},
    {.name = STR_LIT("Version"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("policy language version")},
    {.name = STR_LIT("Statements"), .type = TYPE_ENTITY, .entity = &entity_statement,
     .is_list = true, .source = SOURCE_API, .alias = STR_LIT("Statement"),
     .help = STR_LIT("statements")},
};
static const struct schema_entity entity_trust_policy = {
    .name = STR_LIT("AssumeRolePolicy"), .attrs = trust_policy_attrs,
    .attr_count = COUNT(trust_policy_attrs),
};

static const struct schema_attr role_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("role ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("role name")},
    {.name = STR_LIT("AccountName"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("account alias")},
    {.name = STR_LIT("AccountId"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("12 digits")},
    {.name = STR_LIT("CreationDate"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was made")},
    {.name = STR_LIT("InstanceProfile"), .type = TYPE_ENTITY, .entity = &entity_instance_profile,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("instance profiles it is in")},
    {.name = STR_LIT("AssumeRolePolicy"), .type = TYPE_ENTITY, .entity = &entity_trust_policy,
     .source = SOURCE_API, .help = STR_LIT("who may assume it")},
    {.name = STR_LIT("Policies"), .type = TYPE_ENTITY, .entity = &entity_policies,
     .source = SOURCE_API, .help = STR_LIT("policies of the role")},
    {.name = STR_LIT("Tags"), .type = TYPE_ENTITY, .entity = &entity_tag, .is_list = true,
     .source = SOURCE_API, .help = STR_LIT("tags")},
};
static const struct schema_entity entity_role = {
    .name = STR_LIT("IAMRole"), .is_root = true,
    .obtain = STR_LIT("iam:GetAccountAuthorizationDetails"), .help = STR_LIT("a role"),
    .attrs = role_attrs, .attr_count = COUNT(role_attrs),
};

static const struct schema_attr password_policy_attrs[] = {
    {.name = STR_LIT("Configured"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("the account has a policy of its own")},
    {.name = STR_LIT("MinimumPasswordLength"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .help = STR_LIT("characters")},
    {.name = STR_LIT("RequireSymbols"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("at least one symbol")},
    {.name = STR_LIT("RequireNumbers"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("at least one digit")},
    {.name = STR_LIT("RequireUppercaseCharacters"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("at least one upper-case letter")},
    {.name = STR_LIT("RequireLowercaseCharacters"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("at least one lower-case letter")},
    {.name = STR_LIT("AllowUsersToChangePassword"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("users may change their own")},
    {.name = STR_LIT("ExpirePasswords"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("passwords expire")},
    {.name = STR_LIT("MaxPasswordAge"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .help = STR_LIT("days")},
    {.name = STR_LIT("PasswordReusePrevention"), .type = TYPE_NUMBER, .source = SOURCE_API,
     .help = STR_LIT("passwords remembered")},
    {.name = STR_LIT("HardExpiry"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("expired passwords need an administrator")},
};
static const struct schema_entity entity_password_policy = {
    .name = STR_LIT("IAMPasswordPolicy"), .is_root = true,
    .obtain = STR_LIT("iam:GetAccountPasswordPolicy"),
    .help = STR_LIT("the account's password policy"), .attrs = password_policy_attrs,
    .attr_count = COUNT(password_policy_attrs),
};

static const struct schema_attr server_certificate_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("UploadDate"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it was uploaded")},
    {.name = STR_LIT("Expiration"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it ends")},
};
static const struct schema_entity entity_server_certificate = {
    .name = STR_LIT("ServerCertificate"), .is_root = true,
    .obtain = STR_LIT("iam:ListServerCertificates"),
    .help = STR_LIT("a TLS certificate kept in IAM"), .attrs = server_certificate_attrs,
    .attr_count = COUNT(server_certificate_attrs),
};

static const struct schema_attr organization_policy_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_ORGANIZATIONS,
     .help = STR_LIT("policy ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_ORGANIZATIONS,
     .help = STR_LIT("policy name")},
    {.name = STR_LIT("Permissions"), .type = TYPE_ENTITY, .entity = &entity_policy_document,
     .source = SOURCE_ORGANIZATIONS, .obtain = STR_LIT("organizations:DescribePolicy"),
     .help = STR_LIT("its text")},
};
static const struct schema_entity entity_organization_policy = {
    .name = STR_LIT("OrganizationPolicy"), .obtain = STR_LIT("organizations:ListPoliciesForTarget"),
    .attrs = organization_policy_attrs, .attr_count = COUNT(organization_policy_attrs),
};

static const struct schema_attr account_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("12 digits")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("account name")},
    {.name = STR_LIT("Email"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("the root user's address")},
    {.name = STR_LIT("Status"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("ACTIVE, SUSPENDED ...")},
    {.name = STR_LIT("JoinedTime"), .type = TYPE_TIME, .source = SOURCE_API,
     .help = STR_LIT("when it joined")},
    {.name = STR_LIT("OrganizationalUnit"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("its parent")},
    {.name = STR_LIT("IsManagementAccount"), .type = TYPE_BOOL, .source = SOURCE_ORGANIZATIONS,
     .obtain = STR_LIT("organizations:DescribeOrganization"),
     .help = STR_LIT("it manages the organization")},
    {.name = STR_LIT("ServiceControlPolicies"), .type = TYPE_ENTITY,
     .entity = &entity_organization_policy, .is_list = true, .source = SOURCE_ORGANIZATIONS,
     .help = STR_LIT("attached to it or to a parent")},
    {.name = STR_LIT("ResourceControlPolicies"), .type = TYPE_ENTITY,
     .entity = &entity_organization_policy, .is_list = true, .source = SOURCE_ORGANIZATIONS,
     .help = STR_LIT("attached to it or to a parent")},
};
static const struct schema_entity entity_account = {
    .name = STR_LIT("Account"), .is_root = true, .obtain = STR_LIT("organizations:ListAccounts"),
    .help = STR_LIT("an account of the organization"), .attrs = account_attrs,
    .attr_count = COUNT(account_attrs),
};

static const struct schema_attr organization_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("o-...")},
    {.name = STR_LIT("ManagementAccountId"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("12 digits")},
    {.name = STR_LIT("FeatureSet"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("ALL or CONSOLIDATED_BILLING")},
    {.name = STR_LIT("RootCredentialsManagement"), .type = TYPE_BOOL, .source = SOURCE_API,
     .obtain = STR_LIT("iam:ListOrganizationsFeatures"),
     .help = STR_LIT("centralized root access: credentials")},
    {.name = STR_LIT("RootSessions"), .type = TYPE_BOOL, .source = SOURCE_API,
     .obtain = STR_LIT("iam:ListOrganizationsFeatures"),
     .help = STR_LIT("centralized root access: sessions")},
    {.name = STR_LIT("Accounts"), .type = TYPE_ENTITY, .entity = &entity_account, .is_list = true,
     .source = SOURCE_API, .help = STR_LIT("accounts in it")},
};
static const struct schema_entity entity_organization = {
    .name = STR_LIT("Organization"), .is_root = true,
    .obtain = STR_LIT("organizations:DescribeOrganization"),
    .help = STR_LIT("the AWS organization"), .attrs = organization_attrs,
    .attr_count = COUNT(organization_attrs),
};

static const struct schema_attr sns_topic_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("ARN")},
    {.name = STR_LIT("Subscriptions"), .type = TYPE_STRING, .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("who is told")},
};
static const struct schema_entity entity_sns_topic = {
    .name = STR_LIT("SNSTopic"), .obtain = STR_LIT("sns:ListSubscriptionsByTopic"),
    .attrs = sns_topic_attrs, .attr_count = COUNT(sns_topic_attrs),
};

static const struct schema_attr alarm_action_attrs[] = {
    {.name = STR_LIT("SNSTopic"), .type = TYPE_ENTITY, .entity = &entity_sns_topic,
     .source = SOURCE_API, .help = STR_LIT("topic it tells")},
};
static const struct schema_entity entity_alarm_action = {
    .name = STR_LIT("AlarmAction"), .attrs = alarm_action_attrs,
    .attr_count = COUNT(alarm_action_attrs),
};

static const struct schema_attr alarm_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("AlarmActions"), .type = TYPE_ENTITY, .entity = &entity_alarm_action,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("what it does")},
};
static const struct schema_entity entity_alarm = {
    .name = STR_LIT("MetricAlarm"), .obtain = STR_LIT("cloudwatch:DescribeAlarmsForMetric"),
    .attrs = alarm_attrs, .attr_count = COUNT(alarm_attrs),
};

static const struct schema_attr transformation_attrs[] = {
    {.name = STR_LIT("MetricName"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("metric")},
    {.name = STR_LIT("MetricNamespace"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("its namespace")},
    {.name = STR_LIT("MetricAlarms"), .type = TYPE_ENTITY, .entity = &entity_alarm,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("alarms on it")},
};
static const struct schema_entity entity_transformation = {
    .name = STR_LIT("Transformation"), .attrs = transformation_attrs,
    .attr_count = COUNT(transformation_attrs),
};

static const struct schema_attr metric_filter_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("FilterPattern"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("CloudWatch Logs pattern")},
    {.name = STR_LIT("Transformations"), .type = TYPE_ENTITY, .entity = &entity_transformation,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("metrics it feeds")},
};
static const struct schema_entity entity_metric_filter = {
    .name = STR_LIT("MetricFilter"), .obtain = STR_LIT("logs:DescribeMetricFilters"),
    .attrs = metric_filter_attrs, .attr_count = COUNT(metric_filter_attrs),
};

static const struct schema_attr log_group_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("MetricFilters"), .type = TYPE_ENTITY, .entity = &entity_metric_filter,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("filters on it")},
};
static const struct schema_entity entity_log_group = {
    .name = STR_LIT("LogGroup"), .attrs = log_group_attrs, .attr_count = COUNT(log_group_attrs),
};

static const struct schema_attr trail_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("ARN")},
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("MultiRegionTrailEnabled"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("records all regions")},
    {.name = STR_LIT("LoggingEnabled"), .type = TYPE_BOOL, .source = SOURCE_API,
     .obtain = STR_LIT("cloudtrail:GetTrailStatus"), .help = STR_LIT("is recording")},
    {.name = STR_LIT("LogFileValidationEnabled"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("digests are written")},
    {.name = STR_LIT("LogGroup"), .type = TYPE_ENTITY, .entity = &entity_log_group,
     .source = SOURCE_API, .help = STR_LIT("where it sends events")},
};
static const struct schema_entity entity_trail = {
    .name = STR_LIT("CloudTrail"), .obtain = STR_LIT("cloudtrail:DescribeTrails"),
    .attrs = trail_attrs, .attr_count = COUNT(trail_attrs),
};

static const struct schema_attr rds_subscription_attrs[] = {
    {.name = STR_LIT("SourceType"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("what it watches")},
    {.name = STR_LIT("EventCategoriesList"), .type = TYPE_STRING, .is_list = true,
     .source = SOURCE_API, .help = STR_LIT("which events")},
    {.name = STR_LIT("Enabled"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("is on")},
    {.name = STR_LIT("SnsTopic"), .type = TYPE_ENTITY, .entity = &entity_sns_topic,
     .source = SOURCE_API, .help = STR_LIT("topic it tells")},
};
static const struct schema_entity entity_rds_subscription = {
    .name = STR_LIT("RDSEventSubscription"), .obtain = STR_LIT("rds:DescribeEventSubscriptions"),
    .attrs = rds_subscription_attrs, .attr_count = COUNT(rds_subscription_attrs),
};

static const struct schema_attr recording_group_attrs[] = {
    {.name = STR_LIT("AllSupported"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("all resource types")},
};
static const struct schema_entity entity_recording_group = {
    .name = STR_LIT("RecordingGroup"), .attrs = recording_group_attrs,
    .attr_count = COUNT(recording_group_attrs),
};

static const struct schema_attr config_recorder_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("Status"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("is recording")},
    {.name = STR_LIT("RecordingGroup"), .type = TYPE_ENTITY, .entity = &entity_recording_group,
     .source = SOURCE_API, .help = STR_LIT("what it records")},
};
static const struct schema_entity entity_config_recorder = {
    .name = STR_LIT("ConfigRecorder"), .obtain = STR_LIT("config:DescribeConfigurationRecorders"),
    .attrs = config_recorder_attrs, .attr_count = COUNT(config_recorder_attrs),
};

static const struct schema_attr delivery_attrs[] = {
    {.name = STR_LIT("LastSuccess"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("the last delivery arrived")},
};
static const struct schema_entity entity_delivery = {
    .name = STR_LIT("Delivery"), .attrs = delivery_attrs, .attr_count = COUNT(delivery_attrs),
};

static const struct schema_attr delivery_channel_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("StreamDelivery"), .type = TYPE_ENTITY, .entity = &entity_delivery,
     .source = SOURCE_API, .help = STR_LIT("to the topic")},
    {.name = STR_LIT("HistoryDelivery"), .type = TYPE_ENTITY, .entity = &entity_delivery,
     .source = SOURCE_API, .help = STR_LIT("to the bucket")},
};
static const struct schema_entity entity_delivery_channel = {
    .name = STR_LIT("ConfigDeliveryChannel"),
    .obtain = STR_LIT("config:DescribeDeliveryChannelStatus"), .attrs = delivery_channel_attrs,
    .attr_count = COUNT(delivery_channel_attrs),
};

static const struct schema_attr contact_attrs[] = {
    {.name = STR_LIT("FullName"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("person or team")},
    {.name = STR_LIT("PhoneNumber"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("where AWS calls")},
    {.name = STR_LIT("AddressLine1"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("postal address")},
    {.name = STR_LIT("ConfirmedTime"), .type = TYPE_TIME, .source = SOURCE_PERSON,
     .obtain = STR_LIT("the word of a person who read them"),
     .help = STR_LIT("when somebody last found them right")},
};
static const struct schema_entity entity_contact = {
    .name = STR_LIT("ContactInformation"), .obtain = STR_LIT("account:GetContactInformation"),
    .attrs = contact_attrs, .attr_count = COUNT(contact_attrs),
};

static const struct schema_attr alternate_contact_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("person or team")},
    {.name = STR_LIT("EmailAddress"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("where AWS writes")},
    {.name = STR_LIT("PhoneNumber"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("where AWS calls")},
};
static const struct schema_entity entity_alternate_contact = {
    .name = STR_LIT("AlternateContact"), .obtain = STR_LIT("account:GetAlternateContact"),
    .attrs = alternate_contact_attrs, .attr_count = COUNT(alternate_contact_attrs),
};

static const struct schema_attr analyzer_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("Type"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("ACCOUNT, ORGANIZATION, or of unused or internal access")},
    {.name = STR_LIT("Status"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("ACTIVE, CREATING, DISABLED, FAILED")},
    {.name = STR_LIT("Tags"), .type = TYPE_ENTITY, .entity = &entity_tag, .is_list = true,
     .source = SOURCE_API, .help = STR_LIT("tags")},
};
static const struct schema_entity entity_analyzer = {
    .name = STR_LIT("AccessAnalyzer"), .obtain = STR_LIT("access-analyzer:ListAnalyzers"),
    .attrs = analyzer_attrs, .attr_count = COUNT(analyzer_attrs),
};

static const struct schema_attr region_attrs[] = {
    {.name = STR_LIT("Name"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("name")},
    {.name = STR_LIT("Enabled"), .type = TYPE_BOOL, .source = SOURCE_API,
     .help = STR_LIT("the account may use it")},
    {.name = STR_LIT("AccessAnalyzers"), .type = TYPE_ENTITY, .entity = &entity_analyzer,
     .is_list = true, .source = SOURCE_API,
     .help = STR_LIT("IAM Access Analyzers, those of the organization too")},
};
static const struct schema_entity entity_region = {
    .name = STR_LIT("Region"), .is_root = true, .obtain = STR_LIT("account:ListRegions"),
    .help = STR_LIT("a region"), .attrs = region_attrs, .attr_count = COUNT(region_attrs),
};

static const struct schema_attr instance_attrs[] = {
    {.name = STR_LIT("id"), .type = TYPE_STRING, .source = SOURCE_API, .help = STR_LIT("i-...")},
    {.name = STR_LIT("Region"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("where it runs")},
    {.name = STR_LIT("State"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("running, stopped, terminated ...")},
    {.name = STR_LIT("InstanceProfile"), .type = TYPE_STRING, .source = SOURCE_API,
     .help = STR_LIT("ARN of the profile that carries its role")},
};
static const struct schema_entity entity_instance = {
    .name = STR_LIT("EC2Instance"), .is_root = true, .obtain = STR_LIT("ec2:DescribeInstances"),
    .help = STR_LIT("a virtual machine"), .attrs = instance_attrs,
    .attr_count = COUNT(instance_attrs),
};

static const struct schema_attr aws_attrs[] = {
    {.name = STR_LIT("AccountId"), .type = TYPE_STRING, .source = SOURCE_API,
     .obtain = STR_LIT("sts:GetCallerIdentity"), .help = STR_LIT("12 digits")},
    {.name = STR_LIT("Account"), .type = TYPE_ENTITY, .entity = &entity_account,
     .source = SOURCE_ORGANIZATIONS, .obtain = STR_LIT("organizations:ListAccounts"),
     .help = STR_LIT("the account as its organization has it")},
    {.name = STR_LIT("Organization"), .type = TYPE_ENTITY, .entity = &entity_organization,
     .source = SOURCE_ORGANIZATIONS, .obtain = STR_LIT("organizations:DescribeOrganization"),
     .help = STR_LIT("the organization it is in")},
    {.name = STR_LIT("IAMUsers"), .type = TYPE_ENTITY, .entity = &entity_user, .is_list = true,
     .source = SOURCE_API, .obtain = STR_LIT("iam:GetCredentialReport"),
     .help = STR_LIT("all rows of the report, root included")},
    {.name = STR_LIT("IAMGroups"), .type = TYPE_ENTITY, .entity = &entity_group, .is_list = true,
     .source = SOURCE_API, .help = STR_LIT("groups")},
    {.name = STR_LIT("IAMRoles"), .type = TYPE_ENTITY, .entity = &entity_role, .is_list = true,
     .source = SOURCE_API, .help = STR_LIT("roles")},
    {.name = STR_LIT("IAMPolicies"), .type = TYPE_ENTITY, .entity = &entity_iam_policy,
     .is_list = true, .source = SOURCE_API, .help = STR_LIT("managed policies")},
    {.name = STR_LIT("IAMPasswordPolicy"), .type = TYPE_ENTITY, .entity = &entity_password_policy,
     .source = SOURCE_API, .obtain = STR_LIT("iam:GetAccountPasswordPolicy"),
     .help = STR_LIT("password policy")},
    {.name = STR_LIT("ServerCertificates"), .type = TYPE_ENTITY,
     .entity = &entity_server_certificate, .is_list = true, .source = SOURCE_API,
     .obtain = STR_LIT("iam:ListServerCertificates"),
     .help = STR_LIT("TLS certificates kept in IAM")},
    {.name = STR_LIT("Regions"), .type = TYPE_ENTITY, .entity = &entity_region, .is_list = true,
     .source = SOURCE_API, .obtain = STR_LIT("account:ListRegions"), .help = STR_LIT("regions")},
    {.name = STR_LIT("EC2Instances"), .type = TYPE_ENTITY, .entity = &entity_instance,
     .is_list = true, .source = SOURCE_API, .obtain = STR_LIT("ec2:DescribeInstances"),
     .help = STR_LIT("virtual machines of all regions")},
    {.name = STR_LIT("ContactInformation"), .type = TYPE_ENTITY, .entity = &entity_contact,
     .source = SOURCE_API, .help = STR_LIT("the account's own contact details")},
    {.name = STR_LIT("SecurityContact"), .type = TYPE_ENTITY,
     .entity = &entity_alternate_contact, .source = SOURCE_API,
     .help = STR_LIT("the alternate contact of type SECURITY")},
    {.name = STR_LIT("SecurityQuestionsSet"), .type = TYPE_BOOL, .source = SOURCE_PERSON,
     .obtain = STR_LIT("the word of a person signed in as root"),
     .help = STR_LIT("the account has security challenge questions")},
    {.name = STR_LIT("SAMLProviders"), .type = TYPE_STRING, .is_list = true,
     .source = SOURCE_API, .obtain = STR_LIT("iam:ListSAMLProviders"),
     .help = STR_LIT("ARNs of identity providers")},
    {.name = STR_LIT("IdentityCenterInstances"), .type = TYPE_STRING, .is_list = true,
     .source = SOURCE_API, .obtain = STR_LIT("sso:ListInstances"),
     .help = STR_LIT("ARNs of IAM Identity Center instances it can see")},
    {.name = STR_LIT("CloudTrails"), .type = TYPE_ENTITY, .entity = &entity_trail,
     .is_list = true, .source = SOURCE_API, .obtain = STR_LIT("cloudtrail:DescribeTrails"),
     .help = STR_LIT("trails")},
    {.name = STR_LIT("RDSEventSubscriptions"), .type = TYPE_ENTITY,
     .entity = &entity_rds_subscription, .is_list = true, .source = SOURCE_API,
     .obtain = STR_LIT("rds:DescribeEventSubscriptions"),
     .help = STR_LIT("RDS event subscriptions")},
    {.name = STR_LIT("ConfigRecorders"), .type = TYPE_ENTITY, .entity = &entity_config_recorder,
     .is_list = true, .source = SOURCE_API,
     .obtain = STR_LIT("config:DescribeConfigurationRecorders"),
     .help = STR_LIT("Config recorders")},
    {.name = STR_LIT("ConfigDeliveryChannels"), .type = TYPE_ENTITY,
     .entity = &entity_delivery_channel, .is_list = true, .source = SOURCE_API,
     .obtain = STR_LIT("config:DescribeDeliveryChannelStatus"),
     .help = STR_LIT("Config delivery channels")},
};
static const struct schema_entity entity_aws = {
    .name = STR_LIT("AWS"), .is_root = true, .help = STR_LIT("the account as a whole"), .attrs = aws_attrs, .attr_count = COUNT(aws_attrs),
};

static const struct schema_attr string_attrs[] = {
    {.name = STR_LIT("value"), .type = TYPE_STRING, .help = STR_LIT("the string itself")},
};
const struct schema_entity schema_string_element = {
    .name = STR_LIT("string"), .attrs = string_attrs, .attr_count = COUNT(string_attrs)};

const struct schema_entity *const schema_entities[] = {
    &entity_user, &entity_aws, &entity_account, &entity_group, &entity_password_policy,
    &entity_iam_policy, &entity_role, &entity_organization, &entity_server_certificate,
    &entity_region, &entity_instance, &schema_cloudtrail_event, NULL,
};
