#include "trail/alarm_kind.h"

#include <assert.h>

const struct alarm_kind alarm_kinds[ALARM_KIND_COUNT] = {
    {.name = STR_LIT("unauthorized-call"),
     .number = STR_LIT("4.1"),
     .subject = STR_LIT("calls that are refused for want of a permission")},
    {.name = STR_LIT("sign-in-without-mfa"),
     .number = STR_LIT("4.2"),
     .subject = STR_LIT("console sign-ins without MFA"),
     .control = STR_LIT("alarm-console-sign-in-without-mfa")},
    {.name = STR_LIT("root-use"),
     .number = STR_LIT("4.3"),
     .subject = STR_LIT("use of the root user"),
     .control = STR_LIT("alarm-root-use")},
    {.name = STR_LIT("policy-change"),
     .number = STR_LIT("4.4"),
     .subject = STR_LIT("changes of IAM policies"),
     .source = STR_LIT("iam.amazonaws.com"),
     .calls = STR_LIT("DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy "
                      "PutRolePolicy PutUserPolicy CreatePolicy DeletePolicy CreatePolicyVersion "
                      "DeletePolicyVersion AttachRolePolicy DetachRolePolicy AttachUserPolicy "
                      "DetachUserPolicy AttachGroupPolicy DetachGroupPolicy")},
    {.name = STR_LIT("trail-change"),
     .number = STR_LIT("4.5"),
     .subject = STR_LIT("changes of trails"),
     .source = STR_LIT("cloudtrail.amazonaws.com"),
     .calls = STR_LIT("CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging")},
    {.name = STR_LIT("sign-in-failure"),
     .number = STR_LIT("4.6"),
     .subject = STR_LIT("console sign-ins that fail")},
    {.name = STR_LIT("key-deletion"),
     .number = STR_LIT("4.7"),
     .subject = STR_LIT("keys of KMS that are disabled or due to be deleted"),
     .source = STR_LIT("kms.amazonaws.com"),
     .calls = STR_LIT("DisableKey ScheduleKeyDeletion")},
    {.name = STR_LIT("bucket-policy-change"),
     .number = STR_LIT("4.8"),
     .subject = STR_LIT("changes of who may use a bucket"),
     .source = STR_LIT("s3.amazonaws.com"),
     .calls = STR_LIT("PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle "
                      "PutBucketReplication DeleteBucketPolicy DeleteBucketCors "
                      "DeleteBucketLifecycle DeleteBucketReplication")},
    {.name = STR_LIT("config-change"),
     .number = STR_LIT("4.9"),
     .subject = STR_LIT("changes of AWS Config"),
     .source = STR_LIT("config.amazonaws.com"),
     .calls = STR_LIT("StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel "
                      "PutConfigurationRecorder")},
    {.name = STR_LIT("security-group-change"),
     .number = STR_LIT("4.10"),
     .subject = STR_LIT("changes of security groups"),
     .source = STR_LIT("ec2.amazonaws.com"),
     .calls = STR_LIT("AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress "
                      "RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateSecurityGroup "
                      "DeleteSecurityGroup")},
    {.name = STR_LIT("network-acl-change"),
     .number = STR_LIT("4.11"),
     .subject = STR_LIT("changes of network access lists"),
     .source = STR_LIT("ec2.amazonaws.com"),
     .calls = STR_LIT("CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl "
                      "DeleteNetworkAclEntry ReplaceNetworkAclEntry ReplaceNetworkAclAssociation")},
    {.name = STR_LIT("gateway-change"),
     .number = STR_LIT("4.12"),
     .subject = STR_LIT("changes of network gateways"),
     .source = STR_LIT("ec2.amazonaws.com"),
     .calls = STR_LIT("CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway "
                      "CreateInternetGateway DeleteInternetGateway DetachInternetGateway")},
    {.name = STR_LIT("route-change"),
     .number = STR_LIT("4.13"),
     .subject = STR_LIT("changes of route tables"),
     .source = STR_LIT("ec2.amazonaws.com"),
     .calls = STR_LIT("CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation "
                      "DeleteRouteTable DeleteRoute DisassociateRouteTable")},
    {.name = STR_LIT("vpc-change"),
     .number = STR_LIT("4.14"),
     .subject = STR_LIT("changes of virtual networks"),
     .source = STR_LIT("ec2.amazonaws.com"),
     .calls = STR_LIT("CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection "
                      "CreateVpcPeeringConnection DeleteVpcPeeringConnection "
                      "RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc "
                      "DisableVpcClassicLink EnableVpcClassicLink")},
    {.name = STR_LIT("organization-change"),
     .number = STR_LIT("4.15"),
     .subject = STR_LIT("changes of the organization"),
     .control = STR_LIT("alarm-organization-changes"),
     .source = STR_LIT("organizations.amazonaws.com"),
     .calls = STR_LIT("AcceptHandshake AttachPolicy CancelHandshake CreateAccount "
                      "CreateOrganization CreateOrganizationalUnit CreatePolicy DeclineHandshake "
                      "DeleteOrganization DeleteOrganizationalUnit DeletePolicy EnableAllFeatures "
                      "EnablePolicyType InviteAccountToOrganization LeaveOrganization "
                      "DetachPolicy DisablePolicyType MoveAccount RemoveAccountFromOrganization "
                      "UpdateOrganizationalUnit UpdatePolicy")},
};

size_t alarm_kind_find(struct str name)
{
    static const struct str prefix = STR_LIT("cis-");

    for (size_t i = 0; i < ALARM_KIND_COUNT; i++) {
        if (str_eq(name, alarm_kinds[i].name) ||
            (str_starts(name, prefix) &&
             str_eq(str_sub(name, prefix.n, name.n), alarm_kinds[i].number))) {
            return i;
        }
    }
    return ALARM_KIND_COUNT;
}

struct str alarm_kind_pattern(const struct alarm_kind *kind)
{
    struct str rest = alarm_pattern_files[0].text, line = {0};

    for (const struct alarm_kind *it = alarm_kinds; it <= kind; it++) {
        bool is_whole = str_cut(&rest, '\n', &line);
        assert(is_whole && line.n > 0 && line.p[0] == '{');
    }
    return line;
}
