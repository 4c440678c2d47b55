#!/usr/bin/env python3
"""What moto answers of an account and of an organization, read by the inventory and by the second reader.

usage: tests/inventory/test_moto.py
"""

import json
import os
import sys

sys.dont_write_bytecode = True
import bodies  # noqa: E402
from bodies import support  # noqa: E402

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update({"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
                   "MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "AWS_EC2_METADATA_DISABLED": "true"})

import botocore.exceptions  # noqa: E402
import botocore.parsers  # noqa: E402
import botocore.session  # noqa: E402
from moto import mock_aws  # noqa: E402

import expected  # noqa: E402

ACCOUNT = "123456789012"
ALL = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}]})
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Root", "Effect": "Deny", "Action": "*", "Resource": "*",
                   "Condition": {"StringLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}}]})


class Recorder:
    """Calls as botocore makes them; keeps the bodies that came."""

    def __init__(self, session):
        self.session, self.answers, self.last = session, [], None
        parse = botocore.parsers.ResponseParser.parse

        def keep(parser, response, shape):
            self.last = response["body"]
            return parse(parser, response, shape)

        botocore.parsers.ResponseParser.parse = keep

    def __call__(self, action, subject="", region="", **parameters):
        model, _ = bodies.operation(action)
        client = self.session.create_client(bodies.SERVICES[action.split(":")[0]][0], region_name=region or "us-east-1")
        page = 0
        try:
            while True:
                told = client._make_api_call(model.name, parameters)
                self.answers.append({"action": action, "subject": subject, "region": region, "page": page,
                                     "body": self.last.decode()})
                page += 1
                if "NextToken" not in told:
                    return
                parameters["NextToken"] = told["NextToken"]
        except botocore.exceptions.ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            self.answers.append(bodies.refused(action, "absent" if code == "NoSuchEntity" else "failed", code, subject, region))


def seed_account(session):
    iam = session.create_client("iam")
    for user in ("kim", "groot"):
        iam.create_user(UserName=user, Path="/eng/", Tags=[{"Key": "team", "Value": "a b"}])
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(UserName=user, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    iam.create_user(UserName="ci+deploy@example.com")
    keys = [iam.create_access_key(UserName="kim")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    iam.update_access_key(UserName="kim", AccessKeyId=keys[0], Status="Inactive")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="kim")
    iam.put_user_policy(UserName="groot", PolicyName="p", PolicyDocument=ALL)
    managed = iam.create_policy(PolicyName="All", PolicyDocument=ALL)["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="ops", PolicyArn=managed)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="r", PolicyArn=managed)
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="r")
    ec2 = session.create_client("ec2", region_name="eu-west-1")
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "ip"})
    rds = session.create_client("rds", region_name="eu-west-1")
    rds.create_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20,
                           MasterUsername="u", MasterUserPassword="secretsecret")
    session.create_client("s3").create_bucket(Bucket="a-bucket")
    return keys


def account(session):
    keys = seed_account(session)
    ask = Recorder(session)
    ask("iam:GetAccountAuthorizationDetails", Filter=["User", "Group", "Role", "LocalManagedPolicy"])
    for action in ("iam:GetAccountSummary", "iam:GetAccountPasswordPolicy", "iam:ListSAMLProviders",
                   "iam:ListServerCertificates", "s3:ListAllMyBuckets", "cloudtrail:ListTrails", "ec2:DescribeRegions"):
        ask(action)
    ask("iam:ListVirtualMFADevices", AssignmentStatus="Assigned")
    for user in ("kim", "groot", "ci+deploy@example.com"):
        ask("iam:ListMFADevices", user, UserName=user)
        ask("iam:ListAccessKeys", user, UserName=user)
        ask("iam:ListSSHPublicKeys", user, UserName=user)
        ask("iam:ListUserTags", user, UserName=user)
    ask("iam:GetAccessKeyLastUsed", keys[0], AccessKeyId=keys[0])
    ask("account:GetAlternateContact", AlternateContactType="SECURITY")
    for region in sorted(expected.enabled_regions(ask.answers)):
        ask("ec2:DescribeInstances", "", region)
        ask("rds:DescribeDBInstances", "", region)
    code, printed = bodies.inventory("account", ACCOUNT, ask.answers)
    rows = bodies.rows(printed)
    support.check("exit code", code, 0)
    wanted = expected.expected(ask.answers, ACCOUNT)
    support.check("rows", {key: bodies.sorted_lists(row) for key, row in rows.items()},
                  {key: bodies.sorted_lists(row) for key, row in wanted.items()})
    support.check("counts", bodies.inventory("assets", ACCOUNT, ask.answers)[1],
                  {"iam_users": 3, "rds": 1, "s3": 1, "ec2": 1, "cloudtrail": 0})
    kim = rows[("IAMUser", "kim")]
    support.check("kim's groups", kim["Groups"], [{"id": "arn:aws:iam::%s:group/ops" % ACCOUNT, "Name": "ops"}])
    support.check("kim's keys", sorted((key["id"], key["Active"], key.get("LastUsedTime")) for key in kim["AccessKey"]),
                  sorted([(keys[0], False, "N/A"), (keys[1], True, None)]))
    support.check("kim's device", [len(kim["MFADevices"][key]) for key in ("id", "Virtual", "Physical")], [1, 1, 0])
    support.check("root is not groot", rows[("IAMUser", "<root_account>")]["MFADevices"], {"Virtual": []})
    support.check("another account may be r", rows[("IAMRole", "arn:aws:iam::%s:role/r" % ACCOUNT)]["AssumeRolePolicy"]
                  ["CrossAccountArn"], True)
    support.check("instances", sum(key[0] == "EC2Instance" and row["InstanceProfile"].endswith("/ip")
                                   for key, row in rows.items()), 1)


def organization(session):
    client = session.create_client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]
    ids = [client.create_account(AccountName="a%d" % number, Email="a%d@example.com" % number)["CreateAccountStatus"]["AccountId"]
           for number in range(25)]
    client.move_account(AccountId=ids[0], SourceParentId=root, DestinationParentId=unit)
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    policy = client.create_policy(Name="deny-root", Description="d", Type="SERVICE_CONTROL_POLICY", Content=DENY)["Policy"]
    policy = policy["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=policy, TargetId=unit)
    ask = Recorder(session)
    for action in ("DescribeOrganization", "ListRoots", "ListDelegatedAdministrators"):
        ask("organizations:" + action)
    ask("organizations:ListPolicies", "SERVICE_CONTROL_POLICY", Filter="SERVICE_CONTROL_POLICY")
    for one in ("p-FullAWSAccess", policy):
        ask("organizations:DescribePolicy", one, PolicyId=one)
        ask("organizations:ListTargetsForPolicy", one, PolicyId=one)
    for one in (root, unit):
        ask("organizations:ListOrganizationalUnitsForParent", one, ParentId=one)
        ask("organizations:ListAccountsForParent", one, ParentId=one)
    code, printed = bodies.inventory("organization", ids[0], ask.answers)
    support.check("organization: exit code", code, 0)
    row = bodies.rows(printed)[("Account", ids[0])]
    support.check("its unit", (row["OrganizationalUnit"], row["IsManagementAccount"], row["Name"]), ("Workloads", False, "a0"))
    support.check("its policies", sorted((one["Name"], one["Permissions"]["Statements"][0]["Effect"])
                                         for one in row["ServiceControlPolicies"]),
                  [("FullAWSAccess", "Allow"), ("deny-root", "Deny")])
    other = bodies.inventory("organization", ids[1], ask.answers)[1]
    support.check("another's policies", [one["Name"] for one in
                                         bodies.rows(other)[("Account", ids[1])]["ServiceControlPolicies"]], ["FullAWSAccess"])
    support.check("accounts", sum(node["kind"] == 2 for node in printed["nodes"]), 26)


def main():
    with mock_aws():
        session = botocore.session.Session()
        account(session)
        organization(session)
    sys.exit(support.finish())


main()
