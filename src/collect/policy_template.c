/* The role that accounts are entered with, as something that makes it in every account. */
#include "collect/internal_policy.h"

struct role_name {
    struct str path; /* begins and ends with '/' */
    struct str name;
};

/* "audit/keywarden" is keywarden in /audit/. */
static struct role_name role_split(struct str role)
{
    size_t at = role.n;

    while (at > 0 && role.p[at - 1] != '/') {
        at--;
    }
    return (struct role_name){str_sub(role, 0, at), str_sub(role, at, role.n)};
}

static const struct str cloudformation_head =
    STR_LIT("AWSTemplateFormatVersion: \"2010-09-09\"\n"
            "Description: >-\n"
            "  The role that keywarden collect enters this account with. It may look at what\n"
            "  its policy lists and change nothing.\n"
            "\n"
            "Parameters:\n"
            "  AuditorAccount:\n"
            "    Type: String\n"
            "    Description: The account that keywarden runs in, twelve digits.\n"
            "    AllowedPattern: \"[0-9]{12}\"\n"
            "  ExternalId:\n"
            "    Type: String\n"
            "    Description: What --external-id says. Empty when nothing has to be said.\n"
            "    Default: \"\"\n"
            "    MaxLength: 1224\n"
            "\n"
            "Conditions:\n"
            "  HasExternalId: !Not [!Equals [!Ref ExternalId, \"\"]]\n"
            "\n"
            "Resources:\n"
            "  Role:\n"
            "    Type: AWS::IAM::Role\n"
            "    Properties:\n");

static const struct str cloudformation_trust =
    STR_LIT("      Description: Read by keywarden collect\n"
            "      MaxSessionDuration: 3600\n"
            "      AssumeRolePolicyDocument:\n"
            "        Version: \"2012-10-17\"\n"
            "        Statement:\n"
            "          - Effect: Allow\n"
            "            Action: sts:AssumeRole\n"
            "            Principal:\n"
            "              AWS: !Sub arn:${AWS::Partition}:iam::${AuditorAccount}:root\n"
            "            Condition: !If\n"
            "              - HasExternalId\n"
            "              - StringEquals:\n"
            "                  sts:ExternalId: !Ref ExternalId\n"
            "              - !Ref AWS::NoValue\n"
            "      Policies:\n"
            "        - PolicyName: keywarden-collect\n"
            "          PolicyDocument:\n"
            "            Version: \"2012-10-17\"\n"
            "            Statement:\n");

void policy_write_cloudformation(struct buf *out, const struct policy_statement *look,
                                 struct str role)
{
    struct role_name name = role_split(role);

    buf_str(out, cloudformation_head);
    buf_printf(out, "      RoleName: \"%.*s\"\n", STR_ARG(name.name));
    buf_printf(out, "      Path: \"/%.*s\"\n", STR_ARG(name.path));
    buf_str(out, cloudformation_trust);
    buf_printf(out, "              - Sid: %s\n", look->sid);
    buf_str(out, STR("                Effect: Allow\n"
                     "                Action:\n"));
    for (size_t i = 0; i < look->action_count; i++) {
        buf_printf(out, "                  - %s\n", look->actions[i]);
    }
    buf_str(out, STR("                Resource: \"*\"\n"
                     "\n"
                     "Outputs:\n"
                     "  RoleArn:\n"
                     "    Value: !GetAtt Role.Arn\n"));
}

static const struct str terraform_head =
    STR_LIT("# The role that keywarden collect enters this account with. It may look at "
            "what its\n"
            "# policy lists and change nothing.\n"
            "\n"
            "variable \"auditor_account\" {\n"
            "  description = \"The account that keywarden runs in, twelve digits.\"\n"
            "  type        = string\n"
            "\n"
            "  validation {\n"
            "    condition     = can(regex(\"^[0-9]{12}$\", var.auditor_account))\n"
            "    error_message = \"An account has twelve digits.\"\n"
            "  }\n"
            "}\n"
            "\n"
            "variable \"external_id\" {\n"
            "  description = \"What --external-id says. Empty when nothing has to be "
            "said.\"\n"
            "  type        = string\n"
            "  default     = \"\"\n"
            "}\n"
            "\n"
            "data \"aws_partition\" \"current\" {}\n"
            "\n"
            "data \"aws_iam_policy_document\" \"trust\" {\n"
            "  statement {\n"
            "    actions = [\"sts:AssumeRole\"]\n"
            "\n"
            "    principals {\n"
            "      type        = \"AWS\"\n"
            "      identifiers = [\"arn:${data.aws_partition.current.partition}:iam::"
            "${var.auditor_account}:root\"]\n"
            "    }\n"
            "\n"
            "    dynamic \"condition\" {\n"
            "      for_each = var.external_id == \"\" ? [] : [var.external_id]\n"
            "      content {\n"
            "        test     = \"StringEquals\"\n"
            "        variable = \"sts:ExternalId\"\n"
            "        values   = [condition.value]\n"
            "      }\n"
            "    }\n"
            "  }\n"
            "}\n"
            "\n"
            "data \"aws_iam_policy_document\" \"collect\" {\n"
            "  statement {\n");

static const struct str terraform_tail =
    STR_LIT("  description        = \"Read by keywarden collect\"\n"
            "  assume_role_policy = data.aws_iam_policy_document.trust.json\n"
            "}\n"
            "\n"
            "resource \"aws_iam_role_policy\" \"collect\" {\n"
            "  name   = \"keywarden-collect\"\n"
            "  role   = aws_iam_role.collect.id\n"
            "  policy = data.aws_iam_policy_document.collect.json\n"
            "}\n"
            "\n"
            "output \"role_arn\" {\n"
            "  value = aws_iam_role.collect.arn\n"
            "}\n");

void policy_write_terraform(struct buf *out, const struct policy_statement *look, struct str role)
{
    struct role_name name = role_split(role);

    buf_str(out, terraform_head);
    buf_printf(out, "    sid       = \"%s\"\n", look->sid);
    buf_str(out, STR("    resources = [\"*\"]\n"
                     "    actions = [\n"));
    for (size_t i = 0; i < look->action_count; i++) {
        buf_printf(out, "      \"%s\",\n", look->actions[i]);
    }
    buf_str(out, STR("    ]\n"
                     "  }\n"
                     "}\n"
                     "\n"
                     "resource \"aws_iam_role\" \"collect\" {\n"));
    buf_printf(out, "  name               = \"%.*s\"\n", STR_ARG(name.name));
    buf_printf(out, "  path               = \"/%.*s\"\n", STR_ARG(name.path));
    buf_str(out, terraform_tail);
}
