"""Random accounts, as the answers that a collection of them gets."""

import json
import urllib.parse

import bodies

ROOT = "<root_account>"
REGIONS = ("eu-west-1", "us-east-1", "ap-east-1")
NAMES = ("kim", "groot", "root", "ci+deploy", "a.b@example.com", "Zoë", "kim2", "o,p", "*x", "x=y", "<&>\"'", "bob")


def some(random, most=3):
    return range(random.choice((0, 0, 1, 1, 2, most)))


def shuffled(random, items):
    items = list(items)
    random.shuffle(items)
    return items


# ---- policies ----

def text_list(random, words):
    one = random.choice(words)
    return random.choice((one, [one], shuffled(random, words)[:2], [one, one]))


def random_statement(random):
    out = {"Effect": random.choice(("Allow", "Deny"))}
    if random.random() < 0.3:
        out["Sid"] = "s1"
    out[random.choice(("Action", "Action", "NotAction"))] = text_list(random, ("*", "s3:*", "iam:PassRole"))
    out[random.choice(("Resource", "Resource", "NotResource"))] = text_list(random, ("*", "arn:aws:s3:::b/%41 +é"))
    if random.random() < 0.4:
        out["Condition"] = {operator: {key: random.choice(("true", True, 3600, 1.5, "", ["a", "b"], [7, True, "x"]))
                                       for key in shuffled(random, ("aws:MultiFactorAuthPresent", "aws:x"))[:1 + (random.random() < 0.3)]}
                            for operator in shuffled(random, ("Bool", "StringLike"))[:1 + (random.random() < 0.3)]}
    return out


def random_principal(random, account):
    ids = ("*", account, "999999999999", "arn:aws:iam::%s:root" % account, "arn:aws:iam::999999999999:role/x",
           "AIDAGONE", "arn:aws:sts::%s:assumed-role/a/b" % account)
    return random.choice(("*", {"AWS": text_list(random, ids)}, {"Service": ["ec2.amazonaws.com"]},
                          {"AWS": text_list(random, ids), "Federated": "cognito"}))


def damage(random, policy, text):
    """What no policy of AWS should be."""
    return random.choice((
        text[:-1], "", "null", "[]", "{}", '{"Statement":"x"}', '{"Statement":[1]}', '{"Statement":{"Effect":"Maybe"}}',
        '{"Statement":{"Effect":"Allow","effect":"Deny"}}', '{"Statement":{"Effect":"Allow","Effect":"Deny"}}',
        '{"Statement":{"Effect":"Allow","Action":[["a"]]}}', '{"Statement":{"Effect":"Allow","Action":{"a":"b"}}}',
        '{"Statement":{"Effect":"Allow","Condition":"x"}}', '{"Statement":{"Effect":"Allow","Condition":{"Bool":"x"}}}',
        '{"Statement":{"Effect":"Allow","Principal":"me"}}', '{"Statement":{"Effect":"Allow","Condition":["a"]}}',
        '{"Statement":' + '[' * 70 + ']' * 70 + '}', text + "x", '{"Statement":{"Effect":"Allow","New":"x"}}',
        '{"Statement":[]}', '{"Statement":{"Effect":"Allow","Action":null,"NotPrincipal":{"AWS":"*"}}}',
        '{"Statement":{"Effect":"Allow","Resource":"*","Action":"a\\u0000b\\ud83d\\ude00"}}'))


def random_policy(random, account=None):
    statements = [random_statement(random) for _ in range(random.choice((1, 1, 2, 3)))]
    if account:
        for one in statements:
            one["Principal"] = random_principal(random, account)
            if random.random() < 0.1:
                one["NotPrincipal"] = one.pop("Principal")
    policy = {"Version": random.choice(("2012-10-17", "2008-10-17")),
              "Statement": statements[0] if random.random() < 0.3 else statements}
    if random.random() < 0.2:
        del policy["Version"]
    if random.random() < 0.2:
        policy["Id"] = "x"
    text = json.dumps(policy, indent=random.choice((None, 1)), ensure_ascii=random.random() < 0.5)
    return damage(random, policy, text) if random.random() < 0.15 else text


def encoded(random, account=None):
    text = urllib.parse.quote(random_policy(random, account), safe=random.choice(("", "~-._", "/*")))
    return text + "%4" if random.random() < 0.02 else text.replace("%2", "%2") if random.random() < 0.9 else text.lower()


# ---- users, groups, roles, policies ----

def details(random, account, names):
    arn = "arn:aws:iam::%s:" % account
    groups = ["ops", "dev", "Ops"][:random.randrange(4)]
    managed = [arn + "policy/All", arn + "policy/p/Some", "arn:aws:iam::aws:policy/AWSSupportAccess",
               "arn:aws:iam::aws:policy/AdministratorAccess"]

    def attached():
        return [{"PolicyArn": one, "PolicyName": one.split("/")[-1]}
                for one in shuffled(random, managed)[:random.choice((0, 0, 1, 2))]]

    def written():
        return [{"PolicyName": "p%d" % number, "PolicyDocument": encoded(random)} for number in some(random)]

    def maybe(row, key, make, chance=0.8):
        if random.random() < chance:
            row[key] = make()

    users, group_rows, roles, policies = [], [], [], []
    for name in names:
        row = {"UserName": name, "Arn": arn + "user/" + random.choice(("", "eng/")) + name, "UserId": "A", "Path": "/",
               "CreateDate": bodies.moment(random)}
        maybe(row, "UserPolicyList", written)
        maybe(row, "AttachedManagedPolicies", attached)
        maybe(row, "GroupList", lambda: shuffled(random, groups + ["gone"])[:random.randrange(3)])
        maybe(row, "Tags", lambda: [{"Key": "team", "Value": random.choice(("a", "", "<x>"))} for _ in some(random)])
        users.append(row)
    for name in groups:
        row = {"GroupName": name, "Arn": arn + "group/" + name, "CreateDate": bodies.moment(random)}
        maybe(row, "GroupPolicyList", written)
        maybe(row, "AttachedManagedPolicies", attached)
        group_rows.append(row)
    for name in ["r1", "r2", "OrganizationAccountAccessRole"][:random.randrange(4)]:
        row = {"RoleName": name, "Arn": arn + "role/" + name, "CreateDate": bodies.moment(random)}
        maybe(row, "AssumeRolePolicyDocument", lambda: encoded(random, account), 0.95)
        maybe(row, "InstanceProfileList", lambda: [{"InstanceProfileName": "ip", "Arn": arn + "instance-profile/ip"}
                                                   for _ in some(random, 2)])
        maybe(row, "RolePolicyList", written)
        maybe(row, "AttachedManagedPolicies", attached)
        maybe(row, "Tags", lambda: [{"Key": "k", "Value": "v"} for _ in some(random)])
        roles.append(row)
    for one in managed[:random.randrange(5)]:
        row = {"PolicyName": one.split("/")[-1], "Arn": one, "CreateDate": bodies.moment(random), "AttachmentCount": 1}
        maybe(row, "PermissionsBoundaryUsageCount", lambda: random.randrange(3))
        maybe(row, "PolicyVersionList",
              lambda: [{"Document": encoded(random), "VersionId": "v1", "IsDefaultVersion": False},
                       {"Document": encoded(random), "VersionId": "v2", "IsDefaultVersion": random.random() < 0.9}][random.randrange(2):])
        policies.append(row)
    return {"UserDetailList": users, "GroupDetailList": group_rows, "RoleDetailList": roles, "Policies": policies}


def cut(random, lists):
    """Lists in one or more pages, in their order."""
    flat = [(key, one) for key, found in lists.items() for one in found]
    cuts = sorted(random.choices(range(len(flat) + 1), k=random.choice((0, 0, 1, 2))))
    pages = []
    for start, end in zip([0] + cuts, cuts + [len(flat)]):
        page = {} if random.random() < 0.5 and len(lists) > 1 else {key: [] for key in lists}
        for key, one in flat[start:end]:
            page.setdefault(key, []).append(one)
        pages.append(page)
    return pages


def listed(random, action, path, items, subject="", region=""):
    return bodies.paged(action, cut(random, {path: items}), subject, region)


# ---- credentials ----

def access_keys(random, user):
    return [{"UserName": user, "AccessKeyId": "AKIA%s%02d" % (user[:3].upper(), number),
             "Status": random.choice(("Active", "Inactive")), "CreateDate": bodies.moment(random)}
            for number in range(random.choice((0, 1, 2, 3)))]


def last_used(random, key):
    if random.random() < 0.4:
        use = {"ServiceName": "N/A", "Region": "N/A"}
    else:
        use = {"ServiceName": "s3", "Region": random.choice(("us-east-1", "N/A")), "LastUsedDate": bodies.moment(random)}
    return bodies.given("iam:GetAccessKeyLastUsed", {"UserName": "x", "AccessKeyLastUsed": use}, key)


def keys_of(random, user, use_chance):
    keys = access_keys(random, user)
    answers = listed(random, "iam:ListAccessKeys", "AccessKeyMetadata", keys, user)
    return answers + [last_used(random, key["AccessKeyId"]) for key in keys if random.random() < use_chance]


def serials(random, account, owner):
    arn = "arn:aws:iam::%s:" % account
    return shuffled(random, (arn + "mfa/" + owner, arn + "u2f/user/key", "GAHT12345678", arn + "sms-mfa/" + owner,
                             arn + "mfa/" + owner + "2"))[:random.choice((0, 1, 1, 2))]


def devices(random, account, users):
    """The virtual devices of all, then lists of single users."""
    virtual, answers, owned = [], [], {}
    for owner in list(users) + [ROOT, None, "other-account"]:
        if random.random() < 0.5:
            continue
        row = {"SerialNumber": "arn:aws:iam::%s:mfa/%s" % (account, owner), "EnableDate": bodies.moment(random)}
        arn = {None: None, ROOT: "arn:aws:iam::%s:root" % account, "other-account": "arn:aws:iam::999999999999:root"}.get(
            owner, "arn:aws:iam::%s:user/x/%s" % (account, owner))
        if arn:
            row["User"] = {"Arn": arn, "UserName": owner if owner != ROOT else "", "Path": "/", "UserId": "A",
                           "CreateDate": bodies.moment(random)}
        owned[owner] = row["SerialNumber"]
        virtual.append(row)
    answers += listed(random, "iam:ListVirtualMFADevices", "VirtualMFADevices", virtual)
    for user in users:
        if random.random() < 0.3:
            found = serials(random, account, user) + ([owned[user]] if user in owned else [])
            answers += listed(random, "iam:ListMFADevices", "MFADevices",
                              [{"UserName": user, "SerialNumber": one, "EnableDate": bodies.moment(random)}
                               for one in dict.fromkeys(found)], user)
    return answers


def service_credentials(random, users):
    def make(user, number):
        row = {"UserName": user, "Status": random.choice(("Active", "Inactive", "Expired")),
               "ServiceSpecificCredentialId": "ACCA%s%d" % (user, number), "CreateDate": bodies.moment(random),
               "ServiceName": random.choice(("bedrock.amazonaws.com", "codecommit.amazonaws.com"))}
        if random.random() < 0.5:
            row["ExpirationDate"] = bodies.moment(random)
        return row
    everybody = [make(user, number) for user in users for number in some(random)]
    action, path = "iam:ListServiceSpecificCredentials", "ServiceSpecificCredentials"
    answers = listed(random, action, path, everybody)
    if users and random.random() < 0.2:
        answers += listed(random, action, path, [make(users[0], 9)], users[0])
    return answers


def of_users(random, users):
    answers = []
    for user in users:
        if random.random() < 0.3:
            answers += keys_of(random, user, 0.7)
        if random.random() < 0.2:
            answers += listed(random, "iam:ListSSHPublicKeys", "SSHPublicKeys",
                              [{"UserName": user, "SSHPublicKeyId": "APKA%d" % number, "UploadDate": bodies.moment(random),
                                "Status": random.choice(("Active", "Inactive"))} for number in some(random)], user)
        if random.random() < 0.2:
            answers += listed(random, "iam:ListUserTags", "Tags", [{"Key": "k", "Value": "v"}] * len(some(random)), user)
    return answers


# ---- root and the account ----

def summary(random, subject=""):
    entries = {"Users": random.randrange(9), "AccountMFAEnabled": random.randrange(2), "UsersQuota": 5000,
               "AccountAccessKeysPresent": random.randrange(2), "AccountSigningCertificatesPresent": random.randrange(2),
               "AccountPasswordPresent": random.randrange(2)}
    for key in list(entries):
        if random.random() < 0.1:
            del entries[key]
    return bodies.given("iam:GetAccountSummary", {"SummaryMap": entries}, subject)


def root_session(random, account):
    answers = [summary(random, ROOT)] + keys_of(random, ROOT, 1.0)
    if random.random() < 0.6:
        answers.append(bodies.given("iam:GetLoginProfile", {"LoginProfile": {
            "UserName": "root", "CreateDate": bodies.moment(random), "PasswordResetRequired": False}}, ROOT))
    else:
        answers.append(bodies.refused("iam:GetLoginProfile", "absent", "NoSuchEntity", ROOT))
    answers += listed(random, "iam:ListMFADevices", "MFADevices",
                      [{"UserName": "root", "SerialNumber": one, "EnableDate": bodies.moment(random)}
                       for one in serials(random, account, "root")], ROOT)
    answers += listed(random, "iam:ListSigningCertificates", "Certificates",
                      [{"UserName": "root", "CertificateId": "C%d" % number, "CertificateBody": "-----", "UploadDate": bodies.moment(random),
                        "Status": random.choice(("Active", "Inactive"))} for number in some(random, 2)], ROOT)
    user = {"Arn": "arn:aws:iam::%s:root" % account, "UserId": account, "CreateDate": bodies.moment(random)}
    if random.random() < 0.5:
        user["PasswordLastUsed"] = bodies.moment(random)
    answers.append(bodies.given("iam:GetUser", {"User": user}, ROOT))
    return answers


def password_policy(random):
    if random.random() < 0.2:
        return [bodies.refused("iam:GetAccountPasswordPolicy", "absent", "NoSuchEntity")]
    policy = {"MinimumPasswordLength": random.randrange(6, 129), "ExpirePasswords": random.random() < 0.5}
    for key in ("RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters", "RequireLowercaseCharacters",
                "AllowUsersToChangePassword", "HardExpiry"):
        if random.random() < 0.9:
            policy[key] = random.random() < 0.5
    for key in ("MaxPasswordAge", "PasswordReusePrevention"):
        if random.random() < 0.5:
            policy[key] = random.randrange(1, 25)
    return [bodies.given("iam:GetAccountPasswordPolicy", {"PasswordPolicy": policy})]


def contacts(random):
    own = {"FullName": "Platform", "PhoneNumber": "+44 20", "AddressLine1": "1 \u2028 St", "City": "L", "CountryCode": "GB",
           "PostalCode": "1"}
    if random.random() < 0.3:
        own["PhoneNumber"] = ""
    answers = [bodies.given("account:GetContactInformation", {"ContactInformation": own})]
    if random.random() < 0.3:
        return answers + [bodies.refused("account:GetAlternateContact", "absent", "ResourceNotFoundException")]
    return answers + [bodies.given("account:GetAlternateContact", {"AlternateContact": {
        "Name": "Sec", "EmailAddress": "s@example.com", "PhoneNumber": "1", "Title": "t", "AlternateContactType": "SECURITY"}})]


def lists(random, account):
    arn = "arn:aws:iam::%s:" % account
    answers = [bodies.given("iam:ListSAMLProviders", {"SAMLProviderList": [
        {"Arn": arn + "saml-provider/p%d" % number} for number in some(random)]})]
    return answers + listed(random, "iam:ListServerCertificates", "ServerCertificateMetadataList", [
        {"Arn": arn + "server-certificate/c%d" % number, "ServerCertificateName": "c%d" % number, "Path": "/",
         "ServerCertificateId": "A", **({"Expiration": bodies.moment(random), "UploadDate": bodies.moment(random)}
                                        if random.random() < 0.9 else {})} for number in some(random)])


def regional(random, account):
    status = {name: random.choice(("ENABLED", "ENABLED_BY_DEFAULT", "DISABLED", "ENABLING")) for name in REGIONS}
    answers = listed(random, "account:ListRegions", "Regions",
                     [{"RegionName": name, "RegionOptStatus": one} for name, one in status.items()])
    answers.append(bodies.given("ec2:DescribeRegions", {"Regions": [
        {"RegionName": name, "OptInStatus": "opted-in", "Endpoint": "e"}
        for name in REGIONS if status[name].startswith("ENABLED")]}))
    for region in REGIONS:
        if not status[region].startswith("ENABLED") or random.random() < 0.05:
            continue
        answers += listed(random, "access-analyzer:ListAnalyzers", "analyzers", [
            {"arn": "a", "name": "a%d" % number, "type": random.choice(("ACCOUNT", "ORGANIZATION")),
             "status": random.choice(("ACTIVE", "FAILED")), "createdAt": bodies.moment(random)} for number in some(random)], "", region)
        instances = [{"InstanceId": "i-%s%d" % (region, number), "State": {"Code": 16, "Name": random.choice(("running", "terminated"))},
                      **({"IamInstanceProfile": {"Arn": "arn:aws:iam::%s:instance-profile/x" % account, "Id": "A"}}
                         if random.random() < 0.5 else {})} for number in some(random)]
        answers += listed(random, "ec2:DescribeInstances", "Reservations",
                          [{"ReservationId": "r", "Instances": [one]} for one in instances], "", region)
        answers += listed(random, "rds:DescribeDBInstances", "DBInstances",
                          [{"DBInstanceIdentifier": "d%d" % number} for number in some(random)], "", region)
        answers += listed(random, "sso:ListInstances", "Instances",
                          [{"InstanceArn": "arn:aws:sso:::instance/%d" % number} for number in some(random, 1)], "", region)
    answers += listed(random, "s3:ListAllMyBuckets", "Buckets",
                      [{"Name": "b%d" % number, "CreationDate": bodies.moment(random)} for number in some(random)])
    return answers + listed(random, "cloudtrail:ListTrails", "Trails",
                            [{"TrailARN": "t", "Name": "t", "HomeRegion": "us-east-1"} for _ in some(random)])


def alarms(random, account):
    """Trails in several regions, what is on their log groups, and whom it tells."""
    answers = []
    for region in REGIONS:
        groups = ["trail", "trail-2"]
        topics = ["arn:aws:sns:%s:%s:t%d" % (region, account, number) for number in range(2)]
        found = []
        for number in some(random, 2):
            row = {"Name": "t%d" % number, "TrailARN": "arn:aws:cloudtrail:%s:%s:trail/t%d" % (region, account, number)}
            for key in ("IsMultiRegionTrail", "LogFileValidationEnabled"):
                if random.random() < 0.9:
                    row[key] = random.random() < 0.5
            if random.random() < 0.8:
                row["CloudWatchLogsLogGroupArn"] = "arn:aws:logs:%s:%s:log-group:%s%s" % (
                    random.choice(REGIONS), random.choice((account, account, "999999999999")), random.choice(groups),
                    random.choice((":*", "")))
            found.append(row)
            if random.random() < 0.9:
                answers.append(bodies.given("cloudtrail:GetTrailStatus", {"IsLogging": random.random() < 0.5}, row["TrailARN"], region))
        found += [{"Name": "everywhere", "TrailARN": "arn:aws:cloudtrail:us-east-1:%s:trail/e" % account}]
        answers.append(bodies.given("cloudtrail:DescribeTrails", {"trailList": found}, "", region))
        filters = [{"filterName": "f%d" % number, "filterPattern": '{ $.a = "b" }', "logGroupName": random.choice(groups),
                    "metricTransformations": [{"metricName": random.choice("mn"), "metricNamespace": "s", "metricValue": "1"}]}
                   for number in some(random)]
        answers += listed(random, "logs:DescribeMetricFilters", "metricFilters", filters, "", region)
        answers += listed(random, "cloudwatch:DescribeAlarms", "MetricAlarms", [
            {"AlarmName": "a%d" % number, "MetricName": random.choice("mn"), "Namespace": random.choice("ss-"),
             "ActionsEnabled": random.random() < 0.8,
             "AlarmActions": shuffled(random, topics + ["arn:aws:automate:x:ec2:stop"])[:random.randrange(3)]}
            for number in some(random)], "", region)
        for topic in topics:
            if random.random() < 0.2:
                answers.append(bodies.refused("sns:ListSubscriptionsByTopic", "absent", "NotFound", topic, region))
            else:
                answers += listed(random, "sns:ListSubscriptionsByTopic", "Subscriptions", [
                    {"SubscriptionArn": random.choice(("PendingConfirmation", topic + ":1")), "Endpoint": "e%d@example.com" % number,
                     "Protocol": "email", "TopicArn": topic} for number in some(random)], topic, region)
    return answers


def answers_of(random, account):
    """Everything that can be asked of an account, each call whole."""
    names = shuffled(random, NAMES)[:random.randrange(len(NAMES))]
    answers = bodies.paged("iam:GetAccountAuthorizationDetails", cut(random, details(random, account, names)))
    extra = names + (["unlisted"] if random.random() < 0.3 else [])
    answers += devices(random, account, extra) + service_credentials(random, extra) + of_users(random, extra)
    answers += [summary(random)] + password_policy(random) + contacts(random) + lists(random, account)
    answers += regional(random, account) + alarms(random, account)
    if random.random() < 0.5:
        answers += root_session(random, account)
    return shuffled(random, answers)
