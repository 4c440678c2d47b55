/* CloudTrail's records as an entity of the rule language: the members that every consumer knows,
 * with their types, and the parts that differ from call to call, open to any path. */
#include "rule/schema.h"

// One attribute a paragraph reads better than one field a line.
// clang-format off
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Any path below: `requestParameters.policyDocument`. */
static const struct schema_entity entity_part = {
    .name = STR_LIT("EventPart"), .is_open = true, .is_complete = true,
};

static const struct schema_attr issuer_attrs[] = {
    {.name = STR_LIT("type"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("Role, IAMUser, Root")},
    {.name = STR_LIT("principalId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("unique id")},
    {.name = STR_LIT("arn"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("ARN of the role or user")},
    {.name = STR_LIT("accountId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("12 digits")},
    {.name = STR_LIT("userName"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("name of the role or user")},
};
static const struct schema_entity entity_issuer = {
    .name = STR_LIT("SessionIssuer"), .is_complete = true, .attrs = issuer_attrs,
    .attr_count = COUNT(issuer_attrs),
};

static const struct schema_attr session_attr_attrs[] = {
    {.name = STR_LIT("creationDate"), .type = TYPE_TIME, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("when the session began")},
    {.name = STR_LIT("mfaAuthenticated"), .type = TYPE_BOOL, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("the session began with MFA")},
};
static const struct schema_entity entity_session_attributes = {
    .name = STR_LIT("SessionAttributes"), .is_complete = true, .attrs = session_attr_attrs,
    .attr_count = COUNT(session_attr_attrs),
};

static const struct schema_attr session_attrs[] = {
    {.name = STR_LIT("attributes"), .type = TYPE_ENTITY, .entity = &entity_session_attributes, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of the session")},
    {.name = STR_LIT("sessionIssuer"), .type = TYPE_ENTITY, .entity = &entity_issuer, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("who gave the session out")},
    {.name = STR_LIT("assumedRoot"), .type = TYPE_BOOL, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("sts:AssumeRoot began it; older records do not say")},
    {.name = STR_LIT("sourceIdentity"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("who stands behind it")},
    {.name = STR_LIT("ec2RoleDelivery"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("version of the instance metadata service")},
    {.name = STR_LIT("webIdFederationData"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("who a web identity is")},
};
static const struct schema_entity entity_session = {
    .name = STR_LIT("SessionContext"), .is_complete = true, .attrs = session_attrs,
    .attr_count = COUNT(session_attrs),
};

static const struct schema_attr identity_attrs[] = {
    {.name = STR_LIT("type"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("Root, IAMUser, AssumedRole, AWSService ...")},
    {.name = STR_LIT("principalId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("unique id")},
    {.name = STR_LIT("arn"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("ARN of the caller")},
    {.name = STR_LIT("accountId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("account of the caller")},
    {.name = STR_LIT("accessKeyId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("AKIA: long-lived; ASIA: of a session; empty: password")},
    {.name = STR_LIT("userName"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of root: the alias of the account, if it has one")},
    {.name = STR_LIT("invokedBy"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("the service that called on its behalf")},
    {.name = STR_LIT("sessionContext"), .type = TYPE_ENTITY, .entity = &entity_session, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of temporary credentials")},
    {.name = STR_LIT("identityProvider"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of a federated caller")},
    {.name = STR_LIT("credentialId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of a bearer token")},
    {.name = STR_LIT("onBehalfOf"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("user of IAM Identity Center")},
    {.name = STR_LIT("inScopeOf"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("resource that holds the credentials")},
};
static const struct schema_entity entity_identity = {
    .name = STR_LIT("UserIdentity"), .is_complete = true, .attrs = identity_attrs,
    .attr_count = COUNT(identity_attrs),
};

static const struct schema_attr resource_attrs[] = {
    {.name = STR_LIT("ARN"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("ARN")},
    {.name = STR_LIT("accountId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("its owner")},
    {.name = STR_LIT("type"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("such as AWS::S3::Object")},
};
static const struct schema_entity entity_resource = {
    .name = STR_LIT("EventResource"), .is_complete = true, .attrs = resource_attrs,
    .attr_count = COUNT(resource_attrs),
};

static const struct schema_attr tls_attrs[] = {
    {.name = STR_LIT("tlsVersion"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("such as TLSv1.3")},
    {.name = STR_LIT("cipherSuite"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("cipher")},
    {.name = STR_LIT("clientProvidedHostHeader"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("host that was called")},
};
static const struct schema_entity entity_tls = {
    .name = STR_LIT("TlsDetails"), .is_complete = true, .attrs = tls_attrs,
    .attr_count = COUNT(tls_attrs),
};

static const struct schema_attr event_attrs[] = {
    {.name = STR_LIT("eventTime"), .type = TYPE_TIME, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("when")},
    {.name = STR_LIT("eventName"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("the call: ConsoleLogin, CreateAccessKey ...")},
    {.name = STR_LIT("eventSource"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("the service: iam.amazonaws.com")},
    {.name = STR_LIT("awsRegion"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("region")},
    {.name = STR_LIT("userIdentity"), .type = TYPE_ENTITY, .entity = &entity_identity, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("who")},
    {.name = STR_LIT("sourceIPAddress"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("address, or name of the service")},
    {.name = STR_LIT("userAgent"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("program that called")},
    {.name = STR_LIT("errorCode"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of a call that failed; none if it did not")},
    {.name = STR_LIT("errorMessage"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("why it failed")},
    {.name = STR_LIT("requestParameters"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("what was asked; any path below, as text")},
    {.name = STR_LIT("responseElements"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("what was answered; any path below, as text")},
    {.name = STR_LIT("additionalEventData"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("such as MFAUsed; any path below, as text")},
    {.name = STR_LIT("serviceEventDetails"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of events that a service made")},
    {.name = STR_LIT("resources"), .type = TYPE_ENTITY, .entity = &entity_resource, .is_list = true, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("what it was about")},
    {.name = STR_LIT("recipientAccountId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("account whose trail has it")},
    {.name = STR_LIT("eventType"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("AwsApiCall, AwsConsoleSignIn, AwsServiceEvent ...")},
    {.name = STR_LIT("eventCategory"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("Management, Data, NetworkActivity, Insight")},
    {.name = STR_LIT("readOnly"), .type = TYPE_BOOL, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("it changed nothing")},
    {.name = STR_LIT("managementEvent"), .type = TYPE_BOOL, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of the control plane")},
    {.name = STR_LIT("eventID"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("unique id")},
    {.name = STR_LIT("requestID"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of the service")},
    {.name = STR_LIT("sharedEventID"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("the same in the trails of several accounts")},
    {.name = STR_LIT("eventVersion"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of the format")},
    {.name = STR_LIT("apiVersion"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of the service")},
    {.name = STR_LIT("vpcEndpointId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("endpoint it came through")},
    {.name = STR_LIT("vpcEndpointAccountId"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("owner of the endpoint")},
    {.name = STR_LIT("sessionCredentialFromConsole"), .type = TYPE_BOOL, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("made in the console")},
    {.name = STR_LIT("tlsDetails"), .type = TYPE_ENTITY, .entity = &entity_tls, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of the connection")},
    {.name = STR_LIT("insightDetails"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of Insights events")},
    {.name = STR_LIT("addendum"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of events delivered late")},
    {.name = STR_LIT("edgeDeviceDetails"), .type = TYPE_ENTITY, .entity = &entity_part, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("of devices at the edge")},
    {.name = STR_LIT("annotation"), .type = TYPE_STRING, .source = SOURCE_CLOUDTRAIL,
     .help = STR_LIT("why a field is cut")},
};
const struct schema_entity schema_cloudtrail_event = {
    .name = STR_LIT("CloudTrailEvent"), .is_complete = true, .is_root = true,
    .help = STR_LIT("a record of CloudTrail: what was called, by whom, from where"), .attrs = event_attrs,
    .attr_count = COUNT(event_attrs),
};
