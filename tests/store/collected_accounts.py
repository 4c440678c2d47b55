"""Accounts that somebody collected: random facts, AWS's answers about them, and verdicts.

The verdicts are worked out from the facts and from which calls were answered, in Python, by what the
controls say they ask; neither the program's rules nor its reading of answers are used.
"""

import json
import urllib.parse

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = "pass", "fail", "unknown", "not-applicable"
DAY = 86400
NOW = 1795000000
HEADER = ("user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
          "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
          "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
          "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
          "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
          "cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info")
ADMIN = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NARROW = {"Version": "2012-10-17",
          "Statement": {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}}
REGIONS = ("eu-west-1", "us-east-1")

DETAILS = "iam:GetAccountAuthorizationDetails"
DEVICES = "iam:ListVirtualMFADevices"
POLICY = "iam:GetAccountPasswordPolicy"
CERTIFICATES = "iam:ListServerCertificates"
SAML = "iam:ListSAMLProviders"
CONTACT = "account:GetAlternateContact"
LIST_REGIONS = "account:ListRegions"
ANALYZERS = "access-analyzer:ListAnalyzers"
INSTANCES = "ec2:DescribeInstances"
KEYS = "iam:ListAccessKeys"
SERVICE = "iam:ListServiceSpecificCredentials"
ACTIONS = (DETAILS, DEVICES, POLICY, CERTIFICATES, SAML, CONTACT, LIST_REGIONS, ANALYZERS, INSTANCES,
           KEYS, SERVICE)


def iso(at):
    import datetime
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def true(value):
    return "true" if value else "false"


def xml(action, inner):
    name = action.split(":")[1]
    return ('<%sResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><%sResult>%s</%sResult>'
            '</%sResponse>' % (name, name, inner, name, name))


def members(items):
    return "".join("<member>%s</member>" % item for item in items)


# ---- three-valued logic ---------------------------------------------------------------------------


def both(*truths):
    return False if False in truths else None if None in truths else True


def either(*truths):
    return True if True in truths else None if None in truths else False


def verdict(truth):
    return {True: PASS, False: FAIL, None: UNKNOWN}[truth]


def of_all(verdicts, complete):
    """One answer for all entities of a kind."""
    if FAIL in verdicts:
        return FAIL
    if UNKNOWN in verdicts or not complete:
        return UNKNOWN
    return PASS if PASS in verdicts else NOT_APPLICABLE


class Account:
    def __init__(self, random, number):
        self.random = random
        self.number = "%012d" % number
        chance = lambda p: random.random() < p
        self.root = {"password": chance(0.7), "mfa": chance(0.7), "virtual": chance(0.5)}
        self.root["virtual"] = self.root["mfa"] and self.root["virtual"]
        self.users = []
        for i in range(random.randint(0, 5)):
            mfa = chance(0.5)
            keys = [{"active": chance(0.7), "made": NOW - random.randint(1, 200) * DAY,
                     "id": "AKIA%s%02d%d" % (self.number, i, k)}
                    for k in range(random.choice((0, 1, 1, 2, 3, 4)))]
            self.users.append({
                "name": "u%d%s" % (i, random.choice(("", "+x", ".y", "@z"))),
                "password": chance(0.5), "mfa": mfa, "virtual": mfa and chance(0.5), "keys": keys,
                "managed": random.sample(range(3), random.choice((0, 0, 1, 2))),
                "inline": random.choice(([], [], [NARROW], [ADMIN])),
                "groups": random.sample(range(2), random.choice((0, 1, 2))),
                "service": random.choice((None, None, "bedrock.amazonaws.com",
                                          "codecommit.amazonaws.com"))})
        self.groups = [{"managed": random.sample(range(3), random.choice((0, 1))),
                        "inline": random.choice(([], [NARROW], [ADMIN]))} for _ in range(2)]
        self.password_policy = None if chance(0.3) else {
            "MinimumPasswordLength": random.choice((8, 13, 14, 20)),
            "PasswordReusePrevention": random.choice((None, 5, 24)),
            "RequireUppercaseCharacters": chance(0.5), "RequireLowercaseCharacters": chance(0.5),
            "RequireSymbols": chance(0.5), "RequireNumbers": chance(0.5),
            "ExpirePasswords": chance(0.5), "MaxPasswordAge": random.choice((30, 90, 91))}
        self.policies = [{"name": "p%d" % i, "document": ADMIN if chance(0.3) else NARROW,
                          "roles": chance(0.3)} for i in range(3)]
        self.support, self.shell = chance(0.5), chance(0.3)
        self.certificates = [NOW + random.choice((-5, 5, 300)) * DAY
                             for _ in range(random.choice((0, 0, 1, 2)))]
        self.saml = chance(0.5)
        self.contact = chance(0.5)
        self.regions = {"eu-west-1": True, "us-east-1": chance(0.7)}
        self.analyzers = {name: chance(0.6) for name in REGIONS}
        self.instances = [{"id": "i-%08d" % i, "region": random.choice(REGIONS),
                           "profile": chance(0.6), "gone": chance(0.2)}
                          for i in range(random.choice((0, 1, 3)))]
        # What became of each call: 'given', 'denied', 'failed', or None where nobody asked.
        self.outcomes = {action: random.choices(("given", "denied", "failed", None),
                                                (14, 2, 2, 2))[0] for action in ACTIONS}

    def arn(self, what):
        return "arn:aws:iam::%s:%s" % (self.number, what)

    # ---- the report ----

    def report(self):
        rows = [HEADER]
        rows.append(self.row("<root_account>", "root", self.root["password"], self.root["mfa"], []))
        for user in self.users:
            rows.append(self.row(user["name"], "user/" + user["name"], user["password"], user["mfa"],
                                 user["keys"]))
        return "\n".join(rows)

    def row(self, name, path, password, mfa, keys):
        cells = [name, self.arn(path), iso(NOW - 400 * DAY), true(password),
                 iso(NOW - DAY) if password else "N/A", iso(NOW - 9 * DAY) if password else "N/A",
                 "N/A", true(mfa)]
        for k in range(2):
            key = keys[k] if k < len(keys) else None
            cells += ([true(key["active"]), iso(key["made"]), iso(NOW - DAY), "us-east-1", "s3"]
                      if key else ["false", "N/A", "N/A", "N/A", "N/A"])
        cells += ["false", "N/A", "false", "N/A"]
        cells.append("%d more key" % (len(keys) - 2) if len(keys) > 2 else "N/A")
        return ",".join(cells)

    # ---- the answers ----

    def answers(self):
        made = {
            DETAILS: [("", "", xml(DETAILS, self.details()))],
            DEVICES: [("", "", xml(DEVICES, self.devices()))],
            POLICY: [("", "", self.policy_body())],
            CERTIFICATES: [("", "", xml(CERTIFICATES, self.certificate_body()))],
            SAML: [("", "", xml(SAML, "<SAMLProviderList>%s</SAMLProviderList>" % members(
                ["<Arn>%s</Arn>" % self.arn("saml-provider/x")] if self.saml else [])))],
            CONTACT: [("", "", json.dumps({"AlternateContact": {
                "Name": "n", "EmailAddress": "s@example.com", "PhoneNumber": "1"}})
                if self.contact else None)],
            LIST_REGIONS: [("", "", json.dumps({"Regions": [
                {"RegionName": name, "RegionOptStatus": "ENABLED" if on else "DISABLED"}
                for name, on in self.regions.items()]}))],
            ANALYZERS: [(name, "", json.dumps({"analyzers": [
                {"name": "a", "type": "ACCOUNT", "status": "ACTIVE"}] if self.analyzers[name] else []}))
                for name in REGIONS if self.regions[name]],
            INSTANCES: [(name, "", self.instance_body(name))
                        for name in REGIONS if self.regions[name]],
            SERVICE: [("", "", xml(SERVICE, self.service_body()))],
            KEYS: [("", user["name"], xml(KEYS, self.key_body(user)))
                   for user in self.users if len(user["keys"]) > 2],
        }
        out = []
        for action, calls in made.items():
            for region, subject, body in calls if self.outcomes[action] else ():
                answer = {"action": action, "region": region, "subject": subject}
                if self.outcomes[action] != "given":
                    answer.update(outcome=self.outcomes[action], code="Code")
                elif body is None:
                    answer.update(outcome="absent", code="NoSuchEntity")
                else:
                    answer.update(outcome="given", body=body)
                out.append(answer)
        self.random.shuffle(out)
        return out

    def policy_body(self):
        if self.password_policy is None:
            return None
        return xml(POLICY, "<PasswordPolicy>%s</PasswordPolicy>" % "".join(
            "<%s>%s</%s>" % (key, true(value) if isinstance(value, bool) else value, key)
            for key, value in self.password_policy.items() if value is not None))

    def devices(self):
        owners = [self.arn("root")] if self.root["virtual"] else []
        owners += [self.arn("user/" + user["name"]) for user in self.users if user["virtual"]]
        return "<IsTruncated>false</IsTruncated><VirtualMFADevices>%s</VirtualMFADevices>" % members(
            "<SerialNumber>%s</SerialNumber><EnableDate>%s</EnableDate><User><Arn>%s</Arn></User>" % (
                self.arn("mfa/d%d" % i), iso(NOW - 50 * DAY), owner) for i, owner in enumerate(owners))

    def key_body(self, user):
        return "<IsTruncated>false</IsTruncated><AccessKeyMetadata>%s</AccessKeyMetadata>" % members(
            "<UserName>%s</UserName><AccessKeyId>%s</AccessKeyId><Status>%s</Status>"
            "<CreateDate>%s</CreateDate>" % (user["name"], key["id"],
                                             "Active" if key["active"] else "Inactive",
                                             iso(key["made"])) for key in user["keys"])

    def service_body(self):
        return ("<IsTruncated>false</IsTruncated><ServiceSpecificCredentials>%s"
                "</ServiceSpecificCredentials>" % members(
                    "<UserName>%s</UserName><ServiceSpecificCredentialId>ACCA%d"
                    "</ServiceSpecificCredentialId><ServiceName>%s</ServiceName><Status>Active</Status>"
                    "<CreateDate>%s</CreateDate>" % (user["name"], i, user["service"],
                                                     iso(NOW - 9 * DAY))
                    for i, user in enumerate(self.users) if user["service"]))

    def certificate_body(self):
        return ("<IsTruncated>false</IsTruncated><ServerCertificateMetadataList>%s"
                "</ServerCertificateMetadataList>" % members(
                    "<Arn>%s</Arn><ServerCertificateName>c%d</ServerCertificateName>"
                    "<Expiration>%s</Expiration>" % (self.arn("server-certificate/c%d" % i), i,
                                                     iso(at))
                    for i, at in enumerate(self.certificates)))

    def instance_body(self, region):
        return ('<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
                "<reservationSet>%s</reservationSet></DescribeInstancesResponse>" % "".join(
                    "<item><instancesSet><item><instanceId>%s</instanceId><instanceState><name>%s"
                    "</name></instanceState>%s</item></instancesSet></item>" % (
                        instance["id"], "terminated" if instance["gone"] else "running",
                        "<iamInstanceProfile><arn>%s</arn></iamInstanceProfile>" % self.arn(
                            "instance-profile/x") if instance["profile"] else "")
                    for instance in self.instances if instance["region"] == region))

    def attached(self, arns):
        return "<AttachedManagedPolicies>%s</AttachedManagedPolicies>" % members(
            "<PolicyArn>%s</PolicyArn><PolicyName>%s</PolicyName>" % (arn, arn.split("/")[-1])
            for arn in arns)

    def details(self):
        quote = lambda document: urllib.parse.quote(json.dumps(document))
        written = lambda documents: members(
            "<PolicyName>own</PolicyName><PolicyDocument>%s</PolicyDocument>" % quote(document)
            for document in documents)
        users = members(
            "<UserName>%s</UserName><Arn>%s</Arn><GroupList>%s</GroupList>"
            "<UserPolicyList>%s</UserPolicyList>%s" % (
                user["name"], self.arn("user/" + user["name"]),
                members("g%d" % i for i in user["groups"]), written(user["inline"]),
                self.attached([self.arn("policy/p%d" % i) for i in user["managed"]]))
            for user in self.users)
        groups = members(
            "<GroupName>g%d</GroupName><Arn>%s</Arn><GroupPolicyList>%s</GroupPolicyList>%s" % (
                i, self.arn("group/g%d" % i), written(group["inline"]),
                self.attached([self.arn("policy/p%d" % k) for k in group["managed"]]))
            for i, group in enumerate(self.groups))
        on_role = [self.arn("policy/" + policy["name"]) for policy in self.policies
                   if policy["roles"]]
        on_role += ["arn:aws:iam::aws:policy/AWSSupportAccess"] if self.support else []
        on_role += ["arn:aws:iam::aws:policy/AWSCloudShellFullAccess"] if self.shell else []
        role = members(["<RoleName>r</RoleName><Arn>%s</Arn>%s" % (self.arn("role/r"),
                                                                 self.attached(on_role))])
        policies = [(self.arn("policy/" + policy["name"]), policy["document"])
                    for policy in self.policies]
        policies += [("arn:aws:iam::aws:policy/AWSSupportAccess", NARROW),
                     ("arn:aws:iam::aws:policy/AWSCloudShellFullAccess", NARROW)]
        return ("<IsTruncated>false</IsTruncated><UserDetailList>%s</UserDetailList>"
                "<GroupDetailList>%s</GroupDetailList><RoleDetailList>%s</RoleDetailList>"
                "<Policies>%s</Policies>" % (users, groups, role, members(
                    "<PolicyName>%s</PolicyName><Arn>%s</Arn><PolicyVersionList>%s"
                    "</PolicyVersionList>" % (arn.split("/")[-1], arn, members([
                        "<Document>%s</Document><VersionId>v1</VersionId>"
                        "<IsDefaultVersion>true</IsDefaultVersion>" % quote(document)]))
                    for arn, document in policies)))

    # ---- the verdicts ----

    def has(self, action):
        return self.outcomes[action] == "given"

    def expected(self):
        """By user (empty: the account) and control."""
        out = {}
        for name, control in ACCOUNT_CONTROLS.items():
            out["", name] = control(self)
        out["<root_account>", "root-hardware-mfa"] = self.root_hardware()
        for user in self.users:
            out[user["name"], "user-permissions-through-groups"] = verdict(
                not user["managed"] and not user["inline"] if self.has(DETAILS) else None)
            out[user["name"], "access-key-rotated"] = self.rotated(user)
            out[user["name"], "user-no-third-access-key"] = verdict(
                len(user["keys"]) <= 2 or (False if self.has(KEYS) else None))
            out[user["name"], "user-no-administrator-rights"] = verdict(
                not self.is_administrator(user) if self.has(DETAILS) else None)
            out[user["name"], "user-no-bedrock-key"] = verdict(
                user["service"] != "bedrock.amazonaws.com" if self.has(SERVICE) else None)
            out[user["name"], "user-hardware-mfa"] = self.user_hardware(user)
            out[user["name"], "user-single-active-access-key"] = self.single(user)
        return out

    def root_hardware(self):
        if not self.root["mfa"]:
            return verdict(not self.root["password"])
        return verdict(not self.root["virtual"] if self.has(DEVICES) else None)

    def user_hardware(self, user):
        if not user["password"]:
            return NOT_APPLICABLE
        return verdict(user["mfa"] and (not user["virtual"] if self.has(DEVICES) else None))

    def is_administrator(self, holder):
        return (ADMIN in holder["inline"] or
                any(self.policies[i]["document"] is ADMIN for i in holder["managed"]) or
                any(self.is_administrator(self.groups[i]) for i in holder.get("groups", ())))

    def keys_seen(self, user):
        """The keys that are known, and how many others there may be."""
        if len(user["keys"]) > 2 and not self.has(KEYS):
            return user["keys"][:2], len(user["keys"]) - 2
        return user["keys"], 0

    def rotated(self, user):
        keys, others = self.keys_seen(user)
        if any(key["active"] and NOW - key["made"] > 90 * DAY for key in keys):
            return FAIL
        return UNKNOWN if others else PASS if any(key["active"] for key in keys) else NOT_APPLICABLE

    def single(self, user):
        keys, others = self.keys_seen(user)
        active = sum(key["active"] for key in keys)
        return FAIL if active > 1 else UNKNOWN if active + others > 1 else PASS

    def password(self, ask):
        if not self.has(POLICY):
            return UNKNOWN
        return verdict(self.password_policy is not None and bool(ask(self.password_policy)))

    def full_admin(self):
        verdicts = []
        for i, policy in enumerate(self.policies):
            in_use = policy["roles"] or any(i in holder["managed"]
                                            for holder in self.users + self.groups)
            verdicts.append(NOT_APPLICABLE if not in_use else
                            FAIL if policy["document"] is ADMIN else PASS)
        return of_all(verdicts, True) if self.has(DETAILS) else UNKNOWN

    def central(self):
        provider = either(self.saml if self.has(SAML) else None, None)
        return verdict(both(provider, not any(user["password"] for user in self.users)))

    def expired(self):
        return of_all([FAIL if at < NOW else PASS for at in self.certificates],
                      True) if self.has(CERTIFICATES) else UNKNOWN

    def analyzer(self):
        if not self.has(LIST_REGIONS):
            return UNKNOWN
        return of_all([verdict(self.analyzers[name] if self.has(ANALYZERS) else None)
                       if on else NOT_APPLICABLE for name, on in self.regions.items()], True)

    def instance(self):
        verdicts = [NOT_APPLICABLE if instance["gone"] else verdict(instance["profile"])
                    for instance in self.instances
                    if self.has(INSTANCES) and self.regions[instance["region"]]]
        return of_all(verdicts, self.has(LIST_REGIONS) and self.has(INSTANCES))


ACCOUNT_CONTROLS = {
    "password-policy-length": lambda a: a.password(lambda p: p["MinimumPasswordLength"] >= 14),
    "password-policy-reuse": lambda a: a.password(
        lambda p: (p["PasswordReusePrevention"] or 0) >= 24),
    "password-policy-uppercase": lambda a: a.password(lambda p: p["RequireUppercaseCharacters"]),
    "password-policy-lowercase": lambda a: a.password(lambda p: p["RequireLowercaseCharacters"]),
    "password-policy-symbol": lambda a: a.password(lambda p: p["RequireSymbols"]),
    "password-policy-number": lambda a: a.password(lambda p: p["RequireNumbers"]),
    "password-policy-expiry": lambda a: a.password(
        lambda p: p["ExpirePasswords"] and p["MaxPasswordAge"] <= 90),
    "policy-no-full-admin": Account.full_admin,
    "cloudshell-full-access": lambda a: verdict(not a.shell if a.has(DETAILS) else None),
    "support-role": lambda a: verdict(a.support if a.has(DETAILS) else None),
    "instance-roles": Account.instance,
    "identity-central": Account.central,
    "server-certificate-not-expired": Account.expired,
    "access-analyzer-enabled": Account.analyzer,
    "security-contact-set": lambda a: verdict(a.contact if a.has(CONTACT) else None),
    "contact-details-current": lambda a: UNKNOWN,
    "security-questions-set": lambda a: UNKNOWN,
    "root-access-centralized": lambda a: UNKNOWN,
}


# ---- organizations and collections ----------------------------------------------------------------


def document_of(accounts, **more):
    return {"started_at": NOW, "arguments": "", "accounts": [
        {"account": account.number, "taken_at": NOW, "report": account.report(),
         "answers": account.answers(), "unit": "/x"} for account in accounts], **more}


def organization_answers(accounts, features):
    body = json.dumps
    out = [{"action": "organizations:DescribeOrganization", "body": body({"Organization": {
        "Id": "o-abcdefghij", "MasterAccountId": accounts[0].number, "FeatureSet": "ALL"}})},
        {"action": "iam:ListOrganizationsFeatures", "body": xml(
            "iam:ListOrganizationsFeatures",
            "<OrganizationId>o-abcdefghij</OrganizationId><EnabledFeatures>%s</EnabledFeatures>"
            % members(features))},
        {"action": "organizations:ListRoots", "body": body({"Roots": [
            {"Id": "r-abcd", "Name": "Root", "PolicyTypes": [
                {"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]})},
        {"action": "organizations:ListOrganizationalUnitsForParent", "subject": "r-abcd",
         "body": body({"OrganizationalUnits": [{"Id": "ou-abcd-11111111", "Name": "Prod"}]})},
        {"action": "organizations:ListOrganizationalUnitsForParent", "subject": "ou-abcd-11111111",
         "body": body({"OrganizationalUnits": []})},
        {"action": "organizations:ListAccountsForParent", "subject": "r-abcd",
         "body": body({"Accounts": [entry(account) for account in accounts[:1]]})},
        {"action": "organizations:ListAccountsForParent", "subject": "ou-abcd-11111111",
         "body": body({"Accounts": [entry(account) for account in accounts[1:]]})},
        {"action": "organizations:ListAccounts",
         "body": body({"Accounts": [entry(account) for account in accounts]})},
        {"action": "organizations:ListPolicies", "subject": "SERVICE_CONTROL_POLICY",
         "body": body({"Policies": [policy("p-FullAWSAccess"), policy("p-narrow01")]})},
        {"action": "organizations:ListPolicies", "subject": "RESOURCE_CONTROL_POLICY",
         "body": body({"Policies": []})}]
    for name, targets in (("p-FullAWSAccess", ["r-abcd"]), ("p-narrow01", ["ou-abcd-11111111"])):
        out.append({"action": "organizations:ListTargetsForPolicy", "subject": name, "body": body(
            {"Targets": [{"TargetId": target, "Name": "x", "Type": "ROOT"} for target in targets]})})
        out.append({"action": "organizations:DescribePolicy", "subject": name, "body": body(
            {"Policy": {"PolicySummary": policy(name), "Content": json.dumps(NARROW)}})})
    return out


def entry(account):
    return {"Id": account.number, "Name": "Account %s" % account.number, "Status": "ACTIVE",
            "Email": "root-%s@secret.example" % account.number, "JoinedTimestamp": 1600000000.0,
            "Arn": "arn:aws:organizations::%s:account/o-abcdefghij/%s" % (account.number,
                                                                         account.number)}


def policy(name):
    return {"Id": name, "Name": name, "Arn": "arn:aws:organizations::aws:policy/x/" + name,
            "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": name == "p-FullAWSAccess"}
