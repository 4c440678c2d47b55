#!/usr/bin/env python3
"""The inventory of random accounts against a second reader; then each call denied, failed, broken off, unreadable.

usage: tests/inventory/test_inventory.py       SEED=n COUNT=n replay and lengthen the random part
"""

import copy
import json
import random
import resource
import sys

sys.dont_write_bytecode = True
import bodies  # noqa: E402
from bodies import support  # noqa: E402

import accounts  # noqa: E402
import expected  # noqa: E402

ACCOUNT = "111122223333"


def compare(what, answers):
    """Rows and counts; returns the rows."""
    code, printed = bodies.inventory("account", ACCOUNT, answers)
    if not support.check(what + ": exit code", code, 0):
        return {}
    got, wanted = bodies.rows(printed), expected.expected(answers, ACCOUNT)
    for key in sorted(set(got) | set(wanted)):
        if bodies.sorted_lists(got.get(key)) != bodies.sorted_lists(wanted.get(key)):
            support.check("%s: %s" % (what, key), got.get(key), wanted.get(key))
            break
    else:
        support.check(what, len(got), len(wanted))
    support.check(what + ": counts", bodies.inventory("assets", ACCOUNT, answers)[1], expected.assets(answers))
    return got


def random_accounts(count):
    for number in range(count):
        chance = random.Random(support.SEED * 1000003 + number)
        answers = accounts.answers_of(chance, ACCOUNT)
        if chance.random() < 0.5:  # some were refused
            for one in answers:
                if chance.random() < 0.1:
                    one.update({"outcome": chance.choice(("denied", "failed")), "code": "AccessDenied"})
        if chance.random() < 0.2:  # some pages got lost
            answers = [one for one in answers if chance.random() < 0.95]
        compare("account %d of seed %d" % (number, support.SEED), answers)


# ---- one call at a time ----

ARN = "arn:aws:iam::%s:" % ACCOUNT
TRAIL = "arn:aws:cloudtrail:eu-west-1:%s:trail/t" % ACCOUNT
TOPIC = "arn:aws:sns:eu-west-1:%s:t" % ACCOUNT
ROOT = accounts.ROOT
DAY = bodies.moment(random.Random(1))


def full(with_session):
    """An account of which every attribute is told, each by the one call that tells it."""
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    attached = [{"PolicyArn": ARN + "policy/All", "PolicyName": "All"}]
    written = [{"PolicyName": "p", "PolicyDocument": policy}]
    g = bodies.given

    def mfa(user, serial):
        return bodies.paged("iam:ListMFADevices", [{"MFADevices": []}, {"MFADevices": [
            {"UserName": "u", "SerialNumber": serial, "EnableDate": DAY}]}], user)

    def keys(user, key):
        return [g("iam:ListAccessKeys", {"AccessKeyMetadata": [
            {"UserName": "u", "AccessKeyId": key, "Status": "Active", "CreateDate": DAY}], "IsTruncated": False}, user),
            g("iam:GetAccessKeyLastUsed", {"UserName": "u", "AccessKeyLastUsed": {
                "ServiceName": "s3", "Region": "eu-west-1", "LastUsedDate": DAY}}, key)]

    answers = bodies.paged("iam:GetAccountAuthorizationDetails", [{
        "UserDetailList": [{"UserName": "kim", "Arn": ARN + "user/kim", "UserId": "A", "Path": "/", "CreateDate": DAY,
                            "UserPolicyList": written, "AttachedManagedPolicies": attached, "GroupList": ["ops"], "Tags": []}],
        "GroupDetailList": [{"GroupName": "ops", "Arn": ARN + "group/ops", "CreateDate": DAY}]}, {
        "RoleDetailList": [{"RoleName": "r", "Arn": ARN + "role/r", "CreateDate": DAY, "AssumeRolePolicyDocument": policy, "Tags": []}],
        "Policies": [{"PolicyName": "All", "Arn": ARN + "policy/All", "CreateDate": DAY, "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": True, "Document": policy}]}]}])
    answers += mfa("kim", "GAHT1") + keys("kim", "AKIAKIM")
    answers += bodies.paged("iam:ListVirtualMFADevices", [
        {"VirtualMFADevices": [{"SerialNumber": ARN + "mfa/kim", "EnableDate": DAY, "User": {"Arn": ARN + "user/kim"}}]},
        {"VirtualMFADevices": [{"SerialNumber": ARN + "mfa/x", "EnableDate": DAY, "User": {"Arn": ARN + "root"}}]}])
    answers += [
        g("iam:ListServiceSpecificCredentials", {"ServiceSpecificCredentials": [
            {"UserName": "kim", "ServiceName": "bedrock.amazonaws.com", "Status": "Active", "CreateDate": DAY,
             "ServiceSpecificCredentialId": "ACCA1"}], "IsTruncated": False}),
        g("iam:ListSSHPublicKeys", {"SSHPublicKeys": [], "IsTruncated": False}, "kim"),
        g("iam:GetAccountSummary", {"SummaryMap": {
            "Users": 1, "AccountMFAEnabled": 1, "AccountPasswordPresent": 1,
            "AccountAccessKeysPresent": int(with_session), "AccountSigningCertificatesPresent": int(with_session)}}),
        g("iam:GetAccountPasswordPolicy", {"PasswordPolicy": {"MinimumPasswordLength": 14, "ExpirePasswords": False}}),
        g("account:GetContactInformation", {"ContactInformation": {"FullName": "a"}}),
        g("account:GetAlternateContact", {"AlternateContact": {"Name": "b"}}),
        g("iam:ListSAMLProviders", {"SAMLProviderList": [{"Arn": ARN + "saml-provider/p"}]}),
        g("iam:ListServerCertificates", {"ServerCertificateMetadataList": [
            {"Arn": ARN + "server-certificate/c", "ServerCertificateName": "c", "Path": "/", "ServerCertificateId": "A"}], "IsTruncated": False}),
        g("account:ListRegions", {"Regions": [{"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED"}]}),
        g("access-analyzer:ListAnalyzers", {"analyzers": []}, "", "eu-west-1"),
        g("sso:ListInstances", {"Instances": []}, "", "eu-west-1"),
        g("ec2:DescribeInstances", {"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}]},
          "", "eu-west-1"),
        g("cloudtrail:DescribeTrails", {"trailList": [{"Name": "t", "TrailARN": TRAIL, "IsMultiRegionTrail": True,
          "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:%s:log-group:g:*" % ACCOUNT}]}, "", "eu-west-1"),
        g("cloudtrail:GetTrailStatus", {"IsLogging": True}, TRAIL, "eu-west-1"),
        g("logs:DescribeMetricFilters", {"metricFilters": [{
            "filterName": "f", "filterPattern": "p", "logGroupName": "g",
            "metricTransformations": [{"metricName": "m", "metricNamespace": "s"}]}]}, "", "eu-west-1"),
        g("cloudwatch:DescribeAlarms", {"MetricAlarms": [{"AlarmName": "a", "MetricName": "m", "Namespace": "s",
                                                          "ActionsEnabled": True, "AlarmActions": [TOPIC]}]}, "", "eu-west-1"),
        g("sns:ListSubscriptionsByTopic", {"Subscriptions": [{"SubscriptionArn": TOPIC + ":1", "Endpoint": "e"}]},
          TOPIC, "eu-west-1")]
    if with_session:
        answers += mfa(ROOT, "GAHT2") + keys(ROOT, "AKIAROOT")
        answers += [g("iam:GetLoginProfile", {"LoginProfile": {"UserName": "root", "CreateDate": DAY}}, ROOT),
                    g("iam:GetUser", {"User": {"Arn": ARN + "root", "PasswordLastUsed": DAY}}, ROOT),
                    g("iam:ListSigningCertificates", {"Certificates": [{"CertificateId": "C", "Status": "Active", "UploadDate": DAY}],
                                                      "IsTruncated": False}, ROOT)]
    return answers


# What each call alone tells. With a session of root: what changes when the session did not tell it.
TELLS = {
    ("iam:GetAccountAuthorizationDetails", ""): {
        "AWS.IAMGroups", "AWS.IAMRoles", "AWS.IAMPolicies", "IAMUser.Policies", "IAMUser.Groups", "IAMUser.Tags",
        "IAMGroup", "IAMRole", "IAMPolicy"},
    ("iam:ListMFADevices", "kim"): {"IAMUser.MFAActive", "IAMUser.MFADevices.id", "IAMUser.MFADevices.Physical",
                                    "IAMUser.MFADevices.Virtual"},
    ("iam:ListAccessKeys", "kim"): {"IAMUser.AccessKey"},
    ("iam:GetAccessKeyLastUsed", "AKIAKIM"): {"IAMUser.AccessKey.LastUsedTime", "IAMUser.AccessKey.LastUsedRegion",
                                              "IAMUser.AccessKey.LastUsedService"},
    ("iam:ListVirtualMFADevices", ""): {"IAMUser.MFADevices", "root.MFADevices", "root.ToldBy"},
    ("iam:ListServiceSpecificCredentials", ""): {"IAMUser.ServiceSpecificCredentials"},
    ("iam:ListSSHPublicKeys", "kim"): {"IAMUser.SSHPublicKeys", "IAMUser.ActiveSSHPublicKeysCount",
                                       "IAMUser.InactiveSSHPublicKeysCount"},
    ("iam:GetAccountSummary", ""): {"root.MFAActive", "root.Password", "root.AccessKey", "root.SigningCertificate", "root.ToldBy"},
    ("iam:GetAccountPasswordPolicy", ""): {"IAMPasswordPolicy"},
    ("account:GetContactInformation", ""): {"AWS.ContactInformation"},
    ("account:GetAlternateContact", ""): {"AWS.SecurityContact"},
    ("iam:ListSAMLProviders", ""): {"AWS.SAMLProviders"},
    ("iam:ListServerCertificates", ""): {"AWS.ServerCertificates", "ServerCertificate"},
    ("account:ListRegions", ""): {"AWS.Regions", "Region", "AWS.EC2Instances", "AWS.IdentityCenterInstances",
                                   "AWS.CloudTrails"},
    ("access-analyzer:ListAnalyzers", ""): {"Region.AccessAnalyzers"},
    ("sso:ListInstances", ""): {"AWS.IdentityCenterInstances"},
    ("ec2:DescribeInstances", ""): {"AWS.EC2Instances", "EC2Instance"},
    ("cloudtrail:DescribeTrails", ""): {"AWS.CloudTrails"},
    ("cloudtrail:GetTrailStatus", TRAIL): {"AWS.CloudTrails.LoggingEnabled"},
    ("logs:DescribeMetricFilters", ""): {"AWS.CloudTrails.LogGroup.MetricFilters"},
    ("cloudwatch:DescribeAlarms", ""): {"AWS.CloudTrails.LogGroup.MetricFilters.Transformations.MetricAlarms"},
    ("sns:ListSubscriptionsByTopic", TOPIC): {
        "AWS.CloudTrails.LogGroup.MetricFilters.Transformations.MetricAlarms.AlarmActions.SNSTopic.Subscriptions"},
}
SESSION_TELLS = {
    ("iam:ListMFADevices", ROOT): {"root.MFADevices.id", "root.MFADevices.Physical", "root.MFADevices.Virtual", "root.ToldBy"},
    ("iam:ListAccessKeys", ROOT): {"root.AccessKey", "root.ToldBy"},
    ("iam:GetAccessKeyLastUsed", "AKIAROOT"): {"root.AccessKey.LastUsedTime", "root.AccessKey.LastUsedRegion",
                                               "root.AccessKey.LastUsedService"},
    ("iam:GetLoginProfile", ROOT): {"root.ToldBy"},
    ("iam:GetUser", ROOT): {"root.Password.LastUsedTime", "root.ToldBy"},
    ("iam:ListSigningCertificates", ROOT): {"root.SigningCertificate", "root.ToldBy"},
}


def flat(value, path, out):
    """Every leaf, and every list, by its path."""
    if isinstance(value, dict):
        for key, one in value.items():
            flat(one, path + "." + key, out)
    elif isinstance(value, list):
        out.setdefault(path, []).append(len(value) if value and isinstance(value[0], dict) else json.dumps(value))
        for one in value:
            flat(one, path, out) if isinstance(one, dict) else None
    else:
        out.setdefault(path, []).append(value)
    return out


def leaves(found, names):
    """Of users, what the row of the others says where they have none."""
    out = {}
    for kind, name in names:
        row = found.get((kind, name), found.get((kind, "*")) if (kind, name) != ("IAMUser", ROOT) else None)
        flat(row or {}, "root" if name == ROOT else kind, out)
    return out


def differences(before, after):
    return {path for path in set(before) | set(after) if before.get(path) != after.get(path)}


def is_of(path, told):
    return any(path == one or path.startswith(one + ".") for one in told)


def spoil(answers, call, how):
    """The answers, with one call spoiled, and the gap that it makes."""
    out = copy.deepcopy(answers)
    mine = [one for one in out if (one["action"], one["subject"]) == call]
    gap = {"action": call[0], "subject": call[1], "region": mine[0]["region"], "outcome": "failed", "code": ""}
    if how in ("denied", "failed"):
        mine[-1].update({"outcome": how, "code": "Code"})
        mine[-1].pop("body")
        gap.update({"outcome": how, "code": "Code"})
    elif how == "no first page":
        out.remove(mine[0])
        return out, gap if len(mine) > 1 else None
    elif how == "no last page":
        out.remove(mine[-1])
        return out, gap if len(mine) > 1 else None
    elif how == "a page twice":
        out.append(mine[0])
    else:
        mine[-1]["body"] = how
    return out, gap


HTML = "<!DOCTYPE html><html><body>502</body></html>"
BOMB = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>')
WAYS = ("denied", "failed", "no first page", "no last page", "a page twice", "", HTML, BOMB, "<html><body/></html>",
        "{}", "[]", "null", "{", "<a>", "\u0000", "<ListUsersResponse><ListUsersResult/></ListUsersResponse>",
        '{"Error":{"Code":"x"}}')


def one_call_at_a_time():
    for with_session, table in ((False, TELLS), (True, SESSION_TELLS)):
        answers = full(with_session)
        whole = compare("all told, session %s" % with_session, answers)
        names = sorted(whole)
        for call, told in sorted(table.items()):
            for how in WAYS:
                spoiled, gap = spoil(answers, call, how)
                what = "%s of %r: %r" % (call + (how[:40],))
                _, printed = bodies.inventory("account", ACCOUNT, spoiled)
                if not support.check(what + ": an inventory", printed is not None, True):
                    continue
                changed = differences(leaves(whole, names), leaves(bodies.rows(printed), names))
                support.check(what + ": nothing else is left out", {one for one in changed if not is_of(one, told)}, set())
                support.check(what + ": all of it is left out", {one for one in told if not any(
                    is_of(path, [one]) for path in changed)}, set())
                support.check(what + ": the gap", printed["gaps"], [gap] if gap else [])


# ---- hostile answers ----

def hostile():
    """Large and odd answers are refused or read, and cost little."""
    user = '<member><UserName>u%d</UserName><Arn>' + ARN + 'user/u%d</Arn></member>'
    many = "".join(user % (number, number) for number in range(200000))
    page = "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><UserDetailList>%s</UserDetailList>" \
        "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
    action = "iam:GetAccountAuthorizationDetails"

    def ask(body):
        return bodies.inventory("account", ACCOUNT, [{"action": action, "subject": "", "region": "", "page": 0, "body": body}])

    code, printed = ask(page % many)
    support.check("200,000 users", (code, len(printed["rows"]), printed["gaps"]), (0, 200001, []))
    gap = [{"action": action, "subject": "", "region": "", "outcome": "failed", "code": ""}]
    for what, body in (
            ("nested too deeply", page % ("<a>" * 5000 + "</a>" * 5000)),
            ("too many nodes for memory", page % ("<a/>" * 6000000)),
            ("a user of another account", page % "<member><UserName>x</UserName><Arn>arn:aws:iam::999999999999:user/x</Arn></member>"),
            ("a user without a name", page % ("<member><Arn>" + ARN + "user/x</Arn></member>")),
            ("a user without an ARN", page % "<member><UserName>x</UserName></member>"),
            ("a policy without an ARN", (page % "").replace("</UserDetailList>", "</UserDetailList><Policies><member/></Policies>")),
            ("bytes that are no text", page % "\x01")):
        code, printed = ask(body)
        support.check(what, (code, [row["kind"] for row in printed["rows"]], printed["gaps"]), (0, ["AWS"], gap))
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    support.check("memory for it all", largest < 600 * 1024 * (4 if "asan" in support.BUILD else 1), True)


def main():
    one_call_at_a_time()
    hostile()
    random_accounts(support.COUNT or 150)
    sys.exit(support.finish())


main()
