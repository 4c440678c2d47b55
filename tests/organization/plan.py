"""What an organization of the tests is: accounts in nested units, policies, users in every state.

A plan is plain data, made from a seed alone. The server (server.py) fills moto with it, and the ground
truth (truth.py) is computed from it: what AWS's answers would say never decides what is right.

    plan = make_plan(seed=1, accounts=100, users=20)
    plan["accounts"][3]["users"][7]["keys"]
"""

import datetime
import json
import random
import string

NOW = "2026-11-01T00:00:00Z"
ROLE = "OrganizationAccountAccessRole"
EXTERNAL_ID = "external-id-of-the-tests"
FULL_ACCESS = {"SERVICE_CONTROL_POLICY": "p-FullAWSAccess", "RESOURCE_CONTROL_POLICY": "p-RCPFullAWSAccess"}
AWS_POLICIES = {
    "arn:aws:iam::aws:policy/AdministratorAccess": [("Allow", "*", "*")],
    "arn:aws:iam::aws:policy/ReadOnlyAccess": [("Allow", ["s3:Get*", "s3:List*"], "*")],
    "arn:aws:iam::aws:policy/AWSSupportAccess": [("Allow", "support:*", "*")],
    "arn:aws:iam::aws:policy/AWSCloudShellFullAccess": [("Allow", "cloudshell:*", "*")],
}
REGIONS = ("us-east-1", "eu-central-1", "eu-west-1", "ap-east-1", "me-south-1")
DAY = 86400
SETUP = 10  # seconds, as the control about keys made with the user has it


def stamp(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def document(statements, **more):
    rows = []
    for effect, action, resource, *rest in statements:
        row = {"Effect": effect, "Action": action, "Resource": resource}
        rows.append({**row, **(rest[0] if rest else {})})
    return {"Version": "2012-10-17", "Statement": rows, **more}


class Planner:
    def __init__(self, seed, now):
        self.random = random.Random("organization/%s" % seed)
        self.now = seconds_of(now)

    def ago(self, days, seconds=0):
        return stamp(self.now - int(days * DAY) - seconds)

    def digits(self, count):
        return "".join(self.random.choice(string.digits) for _ in range(count))

    def word(self, count, letters=string.ascii_lowercase + string.digits):
        return "".join(self.random.choice(letters) for _ in range(count))

    def key_id(self, prefix="AKIA"):
        return prefix + self.word(16, string.ascii_uppercase + "234567")

    def key(self, created, used=None, active=True, service="s3"):
        """An access key; `used` in days, None for never."""
        seen = None
        if used is not None:
            seen = {"at": self.ago(used), "region": self.random.choice(REGIONS[:3]), "service": service}
        return {"id": self.key_id(), "active": active,
                "created": created if isinstance(created, str) else self.ago(created), "used": seen}

    def device(self, account, kind, owner):
        enabled = self.ago(self.random.randrange(1, 400), self.random.randrange(DAY))
        name = "%s-%s" % (owner, self.word(6))
        serial = {
            "virtual": "arn:aws:iam::%s:mfa/%s" % (account, name),
            "passkey": "arn:aws:iam::%s:u2f/%s/%s" % (
                account, "root" if owner == "root" else "user/" + owner, self.word(12).upper()),
            "hardware": "GAHT" + self.digits(8),
        }[kind]
        seed = self.word(64, string.ascii_uppercase + "234567") if kind == "virtual" else None
        return {"kind": kind, "serial": serial, "enabled": enabled, "seed": seed}


# Each makes one user: (planner, user, account). The name of the state is part of the user's name.


def state_fresh(p, u, account):
    u["password"] = {"used": p.ago(1), "changed": p.ago(20)}
    u["devices"] = [p.device(account, "virtual", u["name"])]
    u["keys"] = [p.key(10, 1)]


def state_old_key(p, u, account):
    u["password"] = {"used": p.ago(2), "changed": p.ago(80)}
    u["devices"] = [p.device(account, "virtual", u["name"])]
    u["keys"] = [p.key(400, 3, service="ec2")]


def state_unused_key(p, u, account):
    u["keys"] = [p.key(700, 650, service="iam")]


def state_never_used_key(p, u, account):
    u["keys"] = [p.key(200)]


def state_two_active(p, u, account):
    u["keys"] = [p.key(95, 1, service="sts"), p.key(20, 1, service="sts")]


def state_inactive_old(p, u, account):
    u["keys"] = [p.key(500, 490, active=False), p.key(40, 2)]


def state_console_no_mfa(p, u, account):
    u["password"] = {"used": p.ago(4), "changed": p.ago(100)}


def state_dormant(p, u, account):
    u["password"] = {"used": p.ago(400), "changed": p.ago(500)}
    u["devices"] = [p.device(account, "virtual", u["name"])]


def state_never_signed_in(p, u, account):
    u["password"] = {"used": None, "changed": p.ago(120)}


def state_no_credentials(p, u, account):
    pass


def state_hardware(p, u, account):
    u["password"] = {"used": p.ago(0.5), "changed": p.ago(3)}
    u["devices"] = [p.device(account, "hardware", u["name"])]


def state_passkey(p, u, account):
    u["password"] = {"used": p.ago(6), "changed": p.ago(30)}
    u["devices"] = [p.device(account, "passkey", u["name"])]


def state_many_devices(p, u, account):
    u["password"] = {"used": p.ago(3), "changed": p.ago(60)}
    u["devices"] = [p.device(account, kind, u["name"])
                    for kind in ("virtual", "passkey", "virtual", "hardware")]


def state_key_at_setup(p, u, account):
    u["password"] = {"used": p.ago(2), "changed": u["created"]}
    u["keys"] = [p.key(stamp(seconds_of(u["created"]) + p.random.choice((0, SETUP, SETUP + 1))), 2)]


def state_edge(p, u, account):
    """Ages that are exactly a threshold, or a second beside it."""
    days = p.random.choice((1, 45, 90))
    moment = p.ago(days, p.random.choice((-1, 0, 1)))
    u["password"] = {"used": moment, "changed": moment}
    u["keys"] = [p.key(moment)]


def state_third_key(p, u, account):
    """More keys than a report has slots for; the oldest are those that it does not show."""
    u["keys"] = [p.key(5, 1), p.key(6, 1), p.key(p.random.choice((30, 900)), 2)]
    # The report's slots are the first two by id.
    for key, letter in zip(u["keys"], "AMZ"):
        key["id"] = "AKIA" + letter + key["id"][5:]


def state_certificates(p, u, account):
    u["certificates"] = [{"id": p.word(24).upper(), "active": p.random.random() < 0.7,
                          "uploaded": p.ago(p.random.randrange(2000))}
                         for _ in range(p.random.randrange(1, 3))]


def state_service_credentials(p, u, account):
    services = ("bedrock.amazonaws.com", "codecommit.amazonaws.com", "logs.amazonaws.com",
                "cassandra.amazonaws.com")
    for service in p.random.sample(services, p.random.randrange(1, 4)):
        expires = p.random.choice((None, -30, 30, 3650)) if service.startswith("bedrock") else None
        u["service_credentials"].append({
            "id": "ACCA" + p.word(17).upper(), "service": service,
            "active": p.random.random() < 0.7, "created": p.ago(p.random.randrange(30, 900)),
            "expires": None if expires is None else p.ago(-expires)})


def state_inline(p, u, account):
    u["inline"]["narrow"] = document([("Allow", "s3:GetObject", "arn:aws:s3:::b/*")])
    u["keys"] = [p.key(30, 1)]


def state_administrator(p, u, account):
    u["managed"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    u["password"] = {"used": p.ago(1), "changed": p.ago(10)}
    u["devices"] = [p.device(account, "virtual", u["name"])]


def state_boundary(p, u, account):
    u["boundary"] = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    u["tags"] = {"team": "red & blue", "ünï <b>": "\"quoted\", 100%"}
    u["ssh_keys"] = [{"active": True}, {"active": False}]


STATES = [value for name, value in list(globals().items()) if name.startswith("state_")]


def make_user(p, account, index, state):
    created = p.ago(p.random.randrange(100, 2000), p.random.randrange(DAY))
    name = "%s-%03d" % (state.__name__[6:].replace("_", "-"), index)
    if index % 13 == 5:
        name = p.random.choice(("%s+=,.@x", "%s@example.com", "%s,", "Z%s", "z%s")) % name
    user = {"name": name, "path": "/eng/" if index % 4 == 1 else "/", "created": created,
            "password": None, "keys": [], "devices": [], "certificates": [], "ssh_keys": [],
            "service_credentials": [], "groups": [], "managed": [], "inline": {}, "boundary": None,
            "tags": {}}
    state(p, user, account)
    return user


def make_root(p, account, number):
    """The root users of the organization, by the number of their account."""
    kinds = ((), ("virtual",), ("hardware",), ("passkey",), ("virtual", "passkey"),
             ("hardware", "passkey"))[number % 6]
    has_password = number % 5 != 3 or bool(kinds)
    root = {"created": p.ago(2500, number), "devices": [p.device(account, k, "root") for k in kinds],
            "password": None, "keys": [], "certificates": []}
    if has_password:
        used = (None, 0.5, 2, 400)[p.random.randrange(4)]
        root["password"] = {"used": None if used is None else p.ago(used), "changed": p.ago(2400)}
    if number % 7 == 2:
        root["keys"] = [p.key(1200, 30, service="iam")]
    if number % 11 == 4:
        root["keys"] = [p.key(1500, None, active=False)]
    if number % 13 == 6:
        root["certificates"] = [{"id": p.word(24).upper(), "active": True, "uploaded": p.ago(1000)}]
    return root


def make_policies(p, account, number):
    """Customer managed policies of an account: (name, document, who has it)."""
    narrow = document([("Allow", "s3:GetObject", "arn:aws:s3:::b/*")])
    admin = document([("Allow", "*", "*")])
    listed = document([("Allow", ["ec2:*", "*"], ["arn:aws:s3:::b", "*"])])
    policies = [{"name": "narrow", "document": narrow}, {"name": "admin-unused", "document": admin}]
    if number % 3 == 0:
        policies.append({"name": "admin-of-group", "document": admin})
    if number % 4 == 1:
        policies.append({"name": "admin-listed", "document": listed})
    for policy in policies:
        policy["arn"] = "arn:aws:iam::%s:policy/%s" % (account, policy["name"])
    return policies


def make_password_policy(p, number):
    """None, weak, strong, or with a part missing."""
    if number % 4 == 0:
        return None
    strong = {"minimum_length": 14, "symbols": True, "numbers": True, "upper": True, "lower": True,
              "max_age": 90, "reuse": 24}
    return [strong, {**strong, "minimum_length": 8, "reuse": None, "max_age": None},
            {**strong, "symbols": False, "upper": False, "max_age": 91}][number % 3]


def make_regions(p, number):
    states = ("ENABLED_BY_DEFAULT", "ENABLED_BY_DEFAULT", "ENABLED", "DISABLED",
              ("ENABLING", "DISABLING", "ENABLED", "DISABLED")[number % 4])
    regions = []
    for index, (name, state) in enumerate(zip(REGIONS, states)):
        analyzers = []
        if state.startswith("ENABLED") and (number % 2 == 0 or index == 0):
            is_well = number % 10 == 4
            kind = ("ACCOUNT", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS")[0 if is_well else (number + index) % 3]
            status = "ACTIVE" if is_well or (number + index) % 5 else "DISABLED"
            analyzers.append({"name": "analyzer-%d" % index, "type": kind, "status": status})
        regions.append({"name": name, "state": state, "analyzers": analyzers})
    return regions


def make_account(p, account, number, users, states):
    if number % 20 == 19:  # programs alone, people come from elsewhere
        states = [state_unused_key, state_two_active, state_no_credentials, state_inactive_old]
    planned = [make_user(p, account, i, states[(i + number * 7) % len(states)]) for i in range(users)]
    groups = [{"name": "readers", "managed": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "inline": {}},
              {"name": "empty", "managed": [], "inline": {"of group": document([("Deny", "s3:*", "*")])}}]
    policies = make_policies(p, account, number)
    by_name = {policy["name"]: policy["arn"] for policy in policies}
    if "admin-of-group" in by_name:
        groups.append({"name": "admins", "managed": [by_name["admin-of-group"]], "inline": {}})
    for user in planned:
        user["groups"] = [g["name"] for g in groups if g["name"] != "empty" and p.random.random() < 0.3]
        if "narrow" in by_name and p.random.random() < 0.1:
            user["managed"].append(by_name["narrow"])
    roles = [{"name": ROLE, "managed": [], "inline": {}, "trusts": "management"},
             {"name": "app", "managed": [by_name["narrow"]], "inline": {}, "trusts": "ec2"}]
    if "admin-listed" in by_name:
        roles[1]["managed"].append(by_name["admin-listed"])
    if number % 3 == 1:
        roles.append({"name": "support", "trusts": "management", "inline": {},
                      "managed": ["arn:aws:iam::aws:policy/AWSSupportAccess"]})
    if number % 8 == 5:
        roles[1]["managed"].append("arn:aws:iam::aws:policy/AWSCloudShellFullAccess")
    return {
        "id": account, "name": "account-%03d" % number, "email": "aws+%03d@example.com" % number,
        "root": make_root(p, account, number), "users": planned, "groups": groups, "roles": roles,
        "policies": policies, "password_policy": make_password_policy(p, number),
        # A report that is fresh is handed out as it is; one that is too old is made anew.
        "report": {"state": ("none", "none", "fresh", "expired")[number % 4], "polls": number % 3,
                   "generated": p.ago(0, 3600 + number) if number % 4 == 2 else p.ago(0, number % 50),
                   "columns": 23 if any(len(u["keys"]) > 2 for u in planned) else 22},
        "contact": None if number % 9 == 8 else {
            "FullName": "Team %d & Söhne" % number, "AddressLine1": "1 <Main> Street", "City": "X",
            "PostalCode": "12345", "CountryCode": "US", "PhoneNumber": "+1555%07d" % number},
        "security_contact": None if number % 3 == 0 else {
            "Name": "Security", "Title": "Team", "EmailAddress": "security+%d@example.com" % number,
            "PhoneNumber": "+15551234567", "AlternateContactType": "SECURITY"},
        "regions": make_regions(p, number),
        "saml": ["idp"] if number % 6 == 1 or number % 20 == 19 else [],
        "identity_center": [],
        "server_certificates": [
            {"name": "tls-%d" % i, "expires": p.ago(days)}
            for i, days in enumerate(((), (10,), (-300,), (-1, 400))[number % 4])],
        "assets": {"s3": number % 4, "rds": 0, "ec2": 0, "cloudtrail": 0},
        "role_state": "ok", "denied": [], "status": "ACTIVE",
    }


def make_units(p, root, teams):
    """Units in units, five deep, one of them empty."""
    units = []

    def add(name, parent, path):
        unit = {"id": "ou-%s-%s" % (root[2:], p.word(8)), "name": name, "parent": parent,
                "path": path + "/" + name}
        units.append(unit)
        return unit

    workloads = add("Workloads", root, "")
    prod = add("Production", workloads["id"], workloads["path"])
    add("Test", workloads["id"], workloads["path"])
    deep = add("Payments", prod["id"], prod["path"])
    deeper = add("Cards é", deep["id"], deep["path"])
    add("Vault", deeper["id"], deeper["path"])
    add("Suspended", root, "")
    add("Empty", root, "")
    for number in range(teams):
        add("Team %02d" % number, units[2]["id"], units[2]["path"])
    return units


def make_organization_policies(p, organization, units, accounts):
    def scp(name, content, targets, kind="SERVICE_CONTROL_POLICY"):
        return {"id": "p-" + p.word(8), "name": name, "type": kind, "content": content,
                "targets": targets}

    root_deny = document([("Deny", "*", "*", {"Condition": {
        "StringLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}})])
    root_hole = document([("Deny", "*", "*", {"Condition": {
        "StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:root"]},
        "StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}})])
    regions = document([("Deny", ["ec2:*", "rds:*"], "*")])
    unit = {u["path"]: u["id"] for u in units}
    members = [a["id"] for a in accounts if a["id"] != organization["management"]]
    policies = [
        scp("deny-root", root_deny, [unit["/Workloads/Production/Payments"]]),
        scp("deny-root-hole", root_hole, [unit["/Workloads/Test"]]),
        scp("regions", regions, [unit["/Suspended"]] + members[4:30:2]),
        scp("nowhere", root_deny, []),
        scp("perimeter", document([("Deny", "s3:*", "*", {"Principal": "*"})]),
            [unit["/Workloads/Production"], *members[:1]], "RESOURCE_CONTROL_POLICY"),
    ]
    for number in range(sum(u["name"].startswith("Team") for u in units)):
        policies.append(scp("team-%02d" % number, regions, [unit["/Workloads/Test/Team %02d" % number]]))
    return policies


def make_plan(seed=1, accounts=100, users=20, now=NOW, states=None, teams=25):
    """With 25 teams there are more units in a unit, and more policies, than a page holds."""
    p = Planner(seed, now)
    root = "r-" + p.word(4)
    ids = []
    while len(ids) < accounts:
        number = str(p.random.randrange(10**11, 10**12))
        if len(ids) == 1:
            number = "000" + number[3:]  # accounts are text, zeros in front included
        if number not in ids:
            ids.append(number)
    organization = {"id": "o-" + p.word(10), "root": root, "management": ids[0], "feature_set": "ALL",
                    "features": ["RootCredentialsManagement", "RootSessions"]}
    units = make_units(p, root, teams)
    planned = [make_account(p, account, number, users, states or STATES) for number, account in enumerate(ids)]
    places = [root] + [u["id"] for u in units if u["name"] != "Empty"]
    for number, account in enumerate(planned):
        account["unit"] = places[number % len(places)] if number else root
        account["joined"] = p.ago(1500 - number)
    auditor = make_user(p, ids[0], users, state_no_credentials)
    auditor["name"] = "auditor"
    auditor["keys"] = [{**p.key(10), "secret": p.word(40, string.ascii_letters)}]
    auditor["inline"]["collect"] = document([("Allow", "*", "*")])
    planned[0]["users"].append(auditor)
    return {"seed": seed, "now": now, "organization": organization, "units": units,
            "policies": make_organization_policies(p, organization, units, planned),
            "delegated": [{"account": ids[-1], "services": ["iam.amazonaws.com",
                                                            "access-analyzer.amazonaws.com"]}],
            "accounts": planned, "auditor": auditor["keys"][0], "external_id": EXTERNAL_ID}


def trouble(plan):
    """The same organization with what goes wrong in real ones: the numbers of the accounts concerned."""
    accounts = plan["accounts"]
    accounts[3]["role_state"] = "missing"
    accounts[4]["role_state"] = "external-id"
    accounts[5]["denied"] = ["iam:ListVirtualMFADevices"]
    accounts[6]["denied"] = ["iam:GenerateCredentialReport", "iam:GetCredentialReport"]
    accounts[7]["denied"] = ["iam:GetAccountAuthorizationDetails"]
    accounts[8]["denied"] = ["iam:GetAccountSummary", "iam:ListServiceSpecificCredentials"]
    accounts[9]["status"] = "SUSPENDED"
    accounts[10]["status"] = "PENDING_CLOSURE"
    accounts[11]["denied"] = ["iam:GetAccountPasswordPolicy"]
    return plan


if __name__ == "__main__":
    print(json.dumps(make_plan(), indent=1, ensure_ascii=False))
