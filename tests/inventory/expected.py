"""What the inventory must make of the answers of an account, told by a second reader of them.

Written from src/inventory/inventory.h and the rule language's schema; botocore's parsers read the bodies.
"""

import json
import re
import urllib.parse

import bodies

ROOT = "<root_account>"
ACTIVE = "Active"


def put(row, key, value):
    if value is not None:
        row[key] = value


def when(moment):
    return None if moment is None else bodies.iso(moment)


# ---- policies ----

class Odd(Exception):
    """A policy that nobody can be sure to have understood."""


def pairs(found):
    """null is as good as not there; a name that comes twice is kept for who cares."""
    out = {}
    for key, value in found:
        if value is not None:
            if key in out:
                out.setdefault("twice", set()).add(key)
            else:
                out[key] = value
    return out


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((depth(one) for one in inner if not isinstance(one, set)), default=0)


def texts(value):
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list) and not any(isinstance(one, (list, dict)) for one in value):
        return [text for one in value if one is not None
                for text in ([one] if isinstance(one, str) else texts(one))]
    raise Odd


def principal(value):
    if value is None or value == "*":
        return {"AWS": [value] if value else [], "Service": [], "Federated": []}
    if not isinstance(value, dict):
        raise Odd
    return {kind: texts(value.get(kind)) for kind in ("AWS", "Service", "Federated")}


def conditions(value):
    out = []
    if value is not None and not isinstance(value, dict):
        raise Odd
    for operator, tests in (value or {}).items():
        if not isinstance(tests, dict):
            raise Odd
        for key, one in tests.items():
            out.append({"Condition": operator, "Name": key, "Value": one if one == "" else texts(one)})
    return out


def statement(value):
    known = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal",
             "Condition"}
    if not isinstance(value, dict) or set(value) - known or value.get("Effect") not in ("Allow", "Deny"):
        raise Odd
    out = {"Effect": value["Effect"], "Conditions": conditions(value.get("Condition"))}
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        out[key] = texts(value.get(key))
    if "NotPrincipal" not in value:
        out["Principal"] = principal(value.get("Principal"))
    return out


def is_outsider(one, owner):
    if one == "*":
        return True
    found = re.fullmatch(r"arn:[^:]*:[^:]*:[^:]*:([^:]+):.+", one, re.S)
    if found:
        return found[1] != owner
    return bool(re.fullmatch(r"[0-9]{12}", one)) and one != owner


def document(text, owner=None):
    """The policy as its entity, or None."""
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_int=str, parse_float=str,
                           parse_constant=lambda word: 1 / 0)
        if not isinstance(value, dict) or value.get("Statement") is None or depth(value) > 64:
            return None
        statements = value["Statement"]
        if not isinstance(statements, (dict, list)):
            return None
        listed = statements if isinstance(statements, list) else [statements] if statements else []
        out = {"Statements": [statement(one) for one in listed if one is not None]}
    except (ValueError, ZeroDivisionError, Odd, RecursionError):
        return None
    put(out, "Version", value.get("Version"))
    if owner:
        out["CrossAccountArn"] = any(one["Effect"] == "Allow" and
                                     any(is_outsider(who, owner) for who in one.get("Principal", {}).get("AWS", []))
                                     for one in out["Statements"])
    return out


def encoded(text, owner=None):
    if text is None or re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return None
    try:
        return document(urllib.parse.unquote_to_bytes(text).decode(), owner)
    except UnicodeDecodeError:
        return None


# ---- GetAccountAuthorizationDetails ----

def inline(policies):
    out = []
    for one in policies:
        row = {"id": one["PolicyName"]}
        put(row, "PolicyDocument", encoded(one["PolicyDocument"]))
        out.append(row)
    return out


def managed(holder):
    return [{"id": one["PolicyArn"], "Name": one["PolicyName"]} for one in holder.get("AttachedManagedPolicies", [])]


def policies(holder, written):
    return {"id": [one["PolicyArn"] for one in holder.get("AttachedManagedPolicies", [])],
            "Managed": managed(holder), "Inline": inline(holder.get(written, []))}


def tags(found):
    return [{"Name": one["Key"], "Value": one["Value"]} for one in found]


def identity(one, name, account):
    row = {"id": one["Arn"], "AccountId": account}
    put(row, "Name", one.get(name))  # moto tells no name of a policy
    put(row, "CreationDate", when(one.get("CreateDate")))
    return row


def authorization(answers, account, rows, users):
    pages = bodies.told(answers, "iam:GetAccountAuthorizationDetails")
    if pages in (None, "absent"):
        return
    found = {key: [one for page in pages for one in page.get(key, [])]
             for key in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")}
    rows[("AWS", "")].update({"IAMGroups": [], "IAMRoles": [], "IAMPolicies": []})
    arns = {group["GroupName"]: group["Arn"] for group in found["GroupDetailList"]}
    for user in found["UserDetailList"]:
        row = rows.setdefault(("IAMUser", user["UserName"]), {})
        users.add(user["UserName"])
        row["Policies"] = policies(user, "UserPolicyList")
        row["Groups"] = [{"Name": name, **({"id": arns[name]} if name in arns else {})}
                         for name in user.get("GroupList", [])]
        if "Tags" in user:
            row["Tags"] = tags(user["Tags"])
    for group in found["GroupDetailList"]:
        rows[("IAMGroup", group["Arn"])] = {
            **identity(group, "GroupName", account),
            "GroupPolicy": {"InlinePolicies": inline(group.get("GroupPolicyList", [])),
                            "ManagedPolicies": managed(group)}}
    for role in found["RoleDetailList"]:
        row = rows[("IAMRole", role["Arn"])] = {
            **identity(role, "RoleName", account), "Policies": policies(role, "RolePolicyList"),
            "InstanceProfile": [{"id": one["Arn"], "Name": one["InstanceProfileName"]}
                                for one in role.get("InstanceProfileList", [])]}
        put(row, "AssumeRolePolicy", encoded(role.get("AssumeRolePolicyDocument"), account))
        if "Tags" in role:
            row["Tags"] = tags(role["Tags"])
    for policy in found["Policies"]:
        row = rows[("IAMPolicy", policy["Arn"])] = identity(policy, "PolicyName", account)
        row["Type"] = "AWS Managed" if policy["Arn"].split(":")[4] == "aws" else "Customer Managed"
        put(row, "PermissionsBoundaryUsageCount", policy.get("PermissionsBoundaryUsageCount"))
        text = [one.get("Document") for one in policy.get("PolicyVersionList", []) if one.get("IsDefaultVersion")]
        put(row, "Permissions", encoded(text[0]) if text else None)
        row["AttachedEntities"] = {
            kind: [holder[name] for holder in found[key]
                   for one in holder.get("AttachedManagedPolicies", []) if one["PolicyArn"] == policy["Arn"]]
            for kind, key, name in (("Users", "UserDetailList", "UserName"),
                                    ("Groups", "GroupDetailList", "GroupName"),
                                    ("Roles", "RoleDetailList", "RoleName"))}


# ---- users and root ----

def device_owner(device, account):
    """Root's ARN ends in :root and in nothing more."""
    arn = device.get("User", {}).get("Arn", "").split(":", 5)
    if len(arn) != 6 or arn[4] != account:
        return None
    if arn[5] == "root":
        return ROOT
    return arn[5].split("/")[-1] if arn[5].startswith("user/") else None


def device(one):
    row = {"SerialNumber": one["SerialNumber"]}
    put(row, "EnabledTime", when(one.get("EnableDate")))
    return row


def mfa(answers, account, users, rows):
    """Returns whose devices were listed one by one."""
    found = bodies.items(answers, "iam:ListVirtualMFADevices", "VirtualMFADevices")
    virtual = {}
    for one in found or []:
        owner = device_owner(one, account)
        if owner:
            virtual.setdefault(owner, []).append(one)
    users |= set(virtual) - {ROOT}
    users |= {one["subject"] for one in answers if one["action"] == "iam:ListMFADevices"} - {ROOT}
    own = set()

    def finish():
        for user in sorted(users) + [ROOT]:
            listed = bodies.items(answers, "iam:ListMFADevices", "MFADevices", user)
            mine = virtual.get(user, [])
            row = rows.setdefault(("IAMUser", user), {}) if listed is not None or found is not None else {}
            if listed is not None:
                own.add(user)
                apps = [one for one in listed
                        if one["SerialNumber"] in [other["SerialNumber"] for other in mine]
                        or re.match(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:(sms-)?mfa/", one["SerialNumber"])]
                row["MFADevices"] = {"id": [one["SerialNumber"] for one in listed],
                                     "Virtual": [device(one) for one in apps],
                                     "Physical": [device(one) for one in listed if one not in apps]}
                row["MFAActive"] = bool(listed)
            elif found is not None:
                row["MFADevices"] = {"Virtual": [device(one) for one in mine]}

    return finish, own, found is not None


def keys(answers, owner):
    listed = bodies.items(answers, "iam:ListAccessKeys", "AccessKeyMetadata", owner)
    if listed is None:
        return None
    out = []
    for key in listed:
        row = {"id": key["AccessKeyId"], "Active": key["Status"] == ACTIVE, "CreatedTime": when(key["CreateDate"]),
               "LastRotatedTime": when(key["CreateDate"])}
        used = bodies.told(answers, "iam:GetAccessKeyLastUsed", key["AccessKeyId"])
        if used not in (None, "absent"):
            use = used[0]["AccessKeyLastUsed"]
            row.update({"LastUsedTime": when(use.get("LastUsedDate")) or "N/A", "LastUsedRegion": use["Region"],
                        "LastUsedService": use["ServiceName"]})
        out.append(row)
    return out


def service_credential(one):
    return {"id": one["ServiceSpecificCredentialId"], "ServiceName": one["ServiceName"],
            "Active": one["Status"] == ACTIVE, "CreatedTime": when(one["CreateDate"]),
            "ExpirationTime": when(one.get("ExpirationDate")) or "never"}


def per_user(answers, users, rows):
    action, path = "iam:ListServiceSpecificCredentials", "ServiceSpecificCredentials"
    everybody = bodies.items(answers, action, path)
    users |= {one["UserName"] for one in everybody or []}
    users |= {one["subject"] for one in answers
              if one["subject"] and one["subject"] != ROOT and one["action"] in
              ("iam:ListAccessKeys", "iam:ListSSHPublicKeys", "iam:ListUserTags", action)}
    users.add("*")
    for user in users:
        row = {}
        own = bodies.items(answers, action, path, user)
        if own is None and everybody is not None:
            own = [one for one in everybody if one["UserName"] == user]
        put(row, "ServiceSpecificCredentials", None if own is None else [service_credential(one) for one in own])
        put(row, "AccessKey", keys(answers, user))
        ssh = bodies.items(answers, "iam:ListSSHPublicKeys", "SSHPublicKeys", user)
        if ssh is not None:
            row["SSHPublicKeys"] = [{"SSHPublicKeyId": one["SSHPublicKeyId"], "Status": one["Status"],
                                     "UploadTime": when(one["UploadDate"])} for one in ssh]
            row["ActiveSSHPublicKeysCount"] = sum(one["Status"] == ACTIVE for one in ssh)
            row["InactiveSSHPublicKeysCount"] = len(ssh) - row["ActiveSSHPublicKeysCount"]
        known = rows.get(("IAMUser", user), {})
        if "Tags" not in known:
            found = bodies.items(answers, "iam:ListUserTags", "Tags", user)
            put(row, "Tags", None if found is None else tags(found))
        if row:
            rows.setdefault(("IAMUser", user), {}).update(row)


def root(answers, rows, own_devices, virtual_known):
    summary = {}
    for subject in ("", ROOT):  # the session's own stands
        pages = bodies.told(answers, "iam:GetAccountSummary", subject)
        if pages not in (None, "absent"):
            summary = pages[0]["SummaryMap"]
    row, by = {}, []
    profile = bodies.told(answers, "iam:GetLoginProfile", ROOT)
    password = {}
    if profile is not None:
        password["Enabled"] = profile != "absent"
        by.append("Password.Enabled: iam:GetLoginProfile as root")
    elif "AccountPasswordPresent" in summary:
        password["Enabled"] = summary["AccountPasswordPresent"] > 0
        by.append("Password.Enabled: iam:GetAccountSummary")
    if password:
        row["Password"] = password
        user = bodies.told(answers, "iam:GetUser", ROOT)
        if user not in (None, "absent"):
            used = when(user[0]["User"].get("PasswordLastUsed"))
            password["LastUsedTime"] = used or ("no_information" if password["Enabled"] else "N/A")
            by.append("Password.LastUsedTime: iam:GetUser as root")
    if ROOT in own_devices:
        by += ["MFAActive: iam:ListMFADevices as root", "MFADevices: iam:ListMFADevices as root"]
    else:
        if virtual_known:
            by.append("MFADevices.Virtual: iam:ListVirtualMFADevices")
        if "AccountMFAEnabled" in summary:
            row["MFAActive"] = summary["AccountMFAEnabled"] > 0
            by.append("MFAActive: iam:GetAccountSummary")
    access = keys(answers, ROOT)
    if access is not None:
        row["AccessKey"] = access
        by.append("AccessKey: iam:ListAccessKeys as root")
    elif summary.get("AccountAccessKeysPresent") == 0:
        row["AccessKey"] = []
        by.append("AccessKey: iam:GetAccountSummary")
    certificates = bodies.items(answers, "iam:ListSigningCertificates", "Certificates", ROOT)
    if certificates is not None:
        row["SigningCertificate"] = [{"Active": one["Status"] == ACTIVE, "LastRotatedTime": when(one["UploadDate"])}
                                     for one in certificates]
        by.append("SigningCertificate: iam:ListSigningCertificates as root")
    elif summary.get("AccountSigningCertificatesPresent") == 0:
        row["SigningCertificate"] = []
        by.append("SigningCertificate: iam:GetAccountSummary")
    if by:
        row["ToldBy"] = by
    if row:
        rows.setdefault(("IAMUser", ROOT), {}).update(row)


# ---- the account ----

def contact(answers, action, member, fields):
    pages = bodies.told(answers, action)
    if pages is None:
        return None
    found = {} if pages == "absent" else pages[0][member]
    return {field: found.get(field) or "N/A" for field in fields}


def account_things(answers, account, rows):
    aws = rows.setdefault(("AWS", ""), {})
    aws["AccountId"] = account
    put(aws, "ContactInformation", contact(answers, "account:GetContactInformation", "ContactInformation",
                                           ("FullName", "PhoneNumber", "AddressLine1")))
    put(aws, "SecurityContact", contact(answers, "account:GetAlternateContact", "AlternateContact",
                                        ("Name", "EmailAddress", "PhoneNumber")))
    saml = bodies.items(answers, "iam:ListSAMLProviders", "SAMLProviderList")
    put(aws, "SAMLProviders", None if saml is None else [one["Arn"] for one in saml])
    certificates = bodies.items(answers, "iam:ListServerCertificates", "ServerCertificateMetadataList")
    if certificates is not None:
        aws["ServerCertificates"] = []
        for one in certificates:
            row = rows[("ServerCertificate", one["Arn"])] = {"id": one["Arn"], "Name": one["ServerCertificateName"]}
            put(row, "UploadDate", when(one.get("UploadDate")))
            put(row, "Expiration", when(one.get("Expiration")))
    policy = bodies.told(answers, "iam:GetAccountPasswordPolicy")
    if policy == "absent":
        rows[("IAMPasswordPolicy", "")] = {"Configured": False}
    elif policy is not None:
        found = policy[0]["PasswordPolicy"]
        rows[("IAMPasswordPolicy", "")] = {"Configured": True, "PasswordReusePrevention": 0, **found}


# ---- regions ----

def enabled_regions(answers):
    found = bodies.items(answers, "account:ListRegions", "Regions")
    if found is not None:
        return {one["RegionName"] for one in found if one["RegionOptStatus"] in ("ENABLED", "ENABLED_BY_DEFAULT")}
    found = bodies.items(answers, "ec2:DescribeRegions", "Regions")
    if found is None:
        return None
    return {one["RegionName"] for one in found if one["OptInStatus"] in ("opted-in", "opt-in-not-required")}


def in_all(answers, action, enabled):
    return enabled is not None and all(bodies.told(answers, action, "", region) is not None for region in enabled)


def regional(answers, rows):
    aws = rows[("AWS", "")]
    found = bodies.items(answers, "account:ListRegions", "Regions")
    enabled = enabled_regions(answers)
    if found is not None:
        aws["Regions"] = []
        for one in found:
            name = one["RegionName"]
            row = rows[("Region", name)] = {"Name": name, "Enabled": name in enabled}
            analyzers = bodies.items(answers, "access-analyzer:ListAnalyzers", "analyzers", "", name)
            put(row, "AccessAnalyzers", None if analyzers is None else
                [{"Name": one["name"], "Type": one["type"], "Status": one["status"]} for one in analyzers])
    for region in {one["region"] for one in answers if one["action"] == "ec2:DescribeInstances"}:
        for reservation in bodies.items(answers, "ec2:DescribeInstances", "Reservations", "", region) or []:
            for one in reservation["Instances"]:
                rows[("EC2Instance", one["InstanceId"])] = {
                    "id": one["InstanceId"], "Region": region, "State": one["State"]["Name"],
                    "InstanceProfile": one.get("IamInstanceProfile", {}).get("Arn", "N/A")}
    if in_all(answers, "ec2:DescribeInstances", enabled):
        aws["EC2Instances"] = []
    centers = [one["InstanceArn"] for region in {one["region"] for one in answers if one["action"] == "sso:ListInstances"}
               for one in bodies.items(answers, "sso:ListInstances", "Instances", "", region) or []]
    if centers or in_all(answers, "sso:ListInstances", enabled):
        aws["IdentityCenterInstances"] = centers


# ---- trails ----

def part(arn, number):
    parts = arn.split(":", 6)
    return parts[number] if len(parts) > number else ""


def subscribers(answers, topic):
    found = bodies.told(answers, "sns:ListSubscriptionsByTopic", topic, part(topic, 3))
    if found is None:
        return None if part(topic, 2) == "sns" else []
    return [] if found == "absent" else [one["Endpoint"] for page in found for one in page["Subscriptions"]
                                         if one["SubscriptionArn"].startswith("arn:")]


def actions(answers, alarm):
    out = []
    for topic in alarm.get("AlarmActions", []) if alarm.get("ActionsEnabled") else []:
        row = {"id": topic}
        put(row, "Subscriptions", subscribers(answers, topic))
        out.append({"SNSTopic": row})
    return out


def transformations(answers, found, region):
    alarms = bodies.items(answers, "cloudwatch:DescribeAlarms", "MetricAlarms", "", region)
    out = []
    for one in found:
        row = {"MetricName": one["metricName"], "MetricNamespace": one["metricNamespace"]}
        if alarms is not None:
            row["MetricAlarms"] = [{"Name": alarm["AlarmName"], "AlarmActions": actions(answers, alarm)} for alarm in alarms
                                   if (alarm["MetricName"], alarm["Namespace"]) == (one["metricName"], one["metricNamespace"])]
        out.append(row)
    return out


def log_group(answers, trail, account):
    arn = trail.get("CloudWatchLogsLogGroupArn")
    if not arn:
        return {"MetricFilters": []}
    name, region = re.sub(r":\*$", "", part(arn, 6)), part(arn, 3)
    row = {"Name": name}
    filters = bodies.items(answers, "logs:DescribeMetricFilters", "metricFilters", "", region)
    if filters is not None and part(arn, 4) == account:
        row["MetricFilters"] = [{"Name": one["filterName"], "FilterPattern": one["filterPattern"],
                                 "Transformations": transformations(answers, one["metricTransformations"], region)}
                                for one in filters if one["logGroupName"] == name]
    return row


def trails(answers, account, rows):
    enabled, found = enabled_regions(answers), {}
    for region in sorted(enabled or []):
        pages = bodies.told(answers, "cloudtrail:DescribeTrails", "", region)
        if pages in (None, "absent"):
            return
        for one in pages[0]["trailList"]:
            found.setdefault(one["TrailARN"], one)
    if not enabled:
        return
    out = rows[("AWS", "")]["CloudTrails"] = []
    for arn, one in found.items():
        row = {"id": arn, "Name": one["Name"], "LogGroup": log_group(answers, one, account)}
        put(row, "MultiRegionTrailEnabled", one.get("IsMultiRegionTrail"))
        put(row, "LogFileValidationEnabled", one.get("LogFileValidationEnabled"))
        status = bodies.told(answers, "cloudtrail:GetTrailStatus", arn, part(arn, 3))
        put(row, "LoggingEnabled", None if status in (None, "absent") else status[0].get("IsLogging"))
        out.append(row)


def expected(answers, account):
    rows, users = {("AWS", ""): {}}, set()
    account_things(answers, account, rows)
    authorization(answers, account, rows, users)
    regional(answers, rows)
    trails(answers, account, rows)
    finish, own, virtual_known = mfa(answers, account, users, rows)
    per_user(answers, users, rows)
    finish()
    root(answers, rows, own, virtual_known)
    return rows


def assets(answers):
    def count(action, path, regions=None):
        total = 0
        for region in [""] if regions is None else regions:
            found = bodies.items(answers, action, path, "", region)
            if found is None:
                return None
            total += len(found)
        return total

    enabled = enabled_regions(answers)
    users = count("iam:GetAccountAuthorizationDetails", "UserDetailList")
    if users is None:
        pages = bodies.told(answers, "iam:GetAccountSummary")
        users = None if pages in (None, "absent") else pages[0]["SummaryMap"].get("Users")
    machines = None
    if enabled is not None and in_all(answers, "ec2:DescribeInstances", enabled):
        machines = sum(one["State"]["Name"] != "terminated" for region in enabled
                       for reservation in bodies.items(answers, "ec2:DescribeInstances", "Reservations", "", region)
                       for one in reservation["Instances"])
    return {"iam_users": users, "s3": count("s3:ListAllMyBuckets", "Buckets"),
            "cloudtrail": count("cloudtrail:ListTrails", "Trails"), "ec2": machines,
            "rds": None if enabled is None else count("rds:DescribeDBInstances", "DBInstances", enabled)}
