#!/usr/bin/env python3
"""Random organizations against a second reader; then each call denied, failed, broken off, unreadable.

usage: tests/inventory/test_organization.py       SEED=n COUNT=n replay and lengthen the random part
"""

import copy
import random
import sys

sys.dont_write_bytecode = True
import bodies  # noqa: E402
from bodies import support  # noqa: E402

import accounts  # noqa: E402
import expected  # noqa: E402

KINDS = {"SERVICE_CONTROL_POLICY": "ServiceControlPolicies", "RESOURCE_CONTROL_POLICY": "ResourceControlPolicies"}
FEATURES = ("RootCredentialsManagement", "RootSessions")
OFF = ("ServiceAccessNotEnabled", "OrganizationNotInAllFeaturesModeException")


# ---- organizations ----

class Organization:
    """Units in units, accounts in them, policies on any of them."""

    def __init__(self, chance):
        self.units = {"r-ab12": None}
        for number in range(chance.randrange(6)):
            self.units["ou-ab12-%08d" % number] = chance.choice(sorted(self.units))
        self.accounts = {"%012d" % (111122223333 + number): chance.choice(sorted(self.units))
                         for number in range(chance.randrange(1, 7))}
        self.management = chance.choice(sorted(self.accounts))
        self.kinds_on = [kind for kind in KINDS if chance.random() < 0.8]
        self.policies = {}
        for kind, prefix in zip(KINDS, ("p-s", "p-r")):
            for number in range(chance.randrange(4) if kind in self.kinds_on else 0):
                targets = [one for one in list(self.units) + list(self.accounts) if chance.random() < 0.3]
                self.policies[prefix + "%d" % number] = (kind, accounts.random_policy(chance), targets)
        self.features = [one for one in FEATURES if chance.random() < 0.6]
        self.administrators = {one: ["iam.amazonaws.com", "sso.amazonaws.com"][:chance.randrange(3)]
                               for one in self.accounts if chance.random() < 0.3}


def account_rows(chance, ids):
    return [{"Id": one, "Arn": "arn:aws:organizations::1:account/" + one, "Email": one + "@example.com", "Name": "n" + one,
             **({"Status": "ACTIVE"} if one != "111122223333" else {"State": "SUSPENDED"}),
             "JoinedMethod": "CREATED", "JoinedTimestamp": bodies.moment(random.Random(int(one)))} for one in ids]


def answers_of(chance, org):
    def pages(operation, path, items, subject=""):
        return accounts.listed(chance, "organizations:" + operation, path, items, subject)

    answers = [bodies.given("organizations:DescribeOrganization", {"Organization": {
        "Id": "o-a1", "Arn": "arn:aws:organizations::1:organization/o-a1", "FeatureSet": "ALL",
        "MasterAccountId": org.management}})]
    answers += pages("ListAccounts", "Accounts", account_rows(chance, org.accounts))
    answers += pages("ListRoots", "Roots", [] if chance.random() < 0.05 else [{"Id": "r-ab12", "Arn": "arn:root", "Name": "Root", "PolicyTypes": [
        {"Type": kind, "Status": "ENABLED"} for kind in org.kinds_on]}])
    for unit in org.units:
        answers += pages("ListOrganizationalUnitsForParent", "OrganizationalUnits",
                         [{"Id": one, "Arn": "arn:" + one, "Name": "u" + one} for one, parent in org.units.items()
                          if parent == unit], unit)
        answers += pages("ListAccountsForParent", "Accounts",
                         account_rows(chance, [one for one, parent in org.accounts.items() if parent == unit]), unit)
    for kind in org.kinds_on:
        answers += pages("ListPolicies", "Policies", [
            {"Id": one, "Arn": "arn:aws:organizations::1:policy/" + one, "Name": "N" + one, "Type": kind}
            for one, (of, _, _) in org.policies.items() if of == kind], kind)
    for one, (kind, text, targets) in org.policies.items():
        answers.append(bodies.given("organizations:DescribePolicy", {"Policy": {
            "PolicySummary": {"Id": one, "Type": kind}, "Content": text}}, one))
        answers += pages("ListTargetsForPolicy", "Targets", [{"TargetId": target, "Name": "x"} for target in targets], one)
    answers += pages("ListDelegatedAdministrators", "DelegatedAdministrators", [{"Id": one} for one in org.administrators])
    for one, services in org.administrators.items():
        answers += pages("ListDelegatedServicesForAccount", "DelegatedServices",
                         [{"ServicePrincipal": service} for service in services], one)
    if chance.random() < 0.2:
        answers.append(bodies.refused("iam:ListOrganizationsFeatures", chance.choice(("absent", "failed")), chance.choice(OFF)))
    else:
        answers.append(bodies.given("iam:ListOrganizationsFeatures", {"OrganizationId": "o-a1", "EnabledFeatures": org.features}))
    return answers


# ---- the second reader ----

def read(answers):
    """Everything that the answers tell, as plain dictionaries."""
    def listed(operation, path, subject=""):
        return bodies.items(answers, "organizations:" + operation, path, subject)

    def subjects(operation):
        return sorted({one["subject"] for one in answers if one["action"] == "organizations:" + operation})

    out = {"nodes": {}, "complete": {}, "policies": {}, "targets": {}, "features": None, "organization": {}}
    pages = bodies.told(answers, "organizations:DescribeOrganization")
    if pages not in (None, "absent"):
        out["organization"] = pages[0]["Organization"]
    roots = listed("ListRoots", "Roots")
    for one in roots or []:
        out["nodes"][one["Id"]] = {**one, "parent": None, "is_root": True}
    for unit in subjects("ListOrganizationalUnitsForParent"):
        for one in listed("ListOrganizationalUnitsForParent", "OrganizationalUnits", unit) or []:
            out["nodes"][one["Id"]] = {**one, "parent": unit}
    for unit in subjects("ListAccountsForParent"):
        for one in listed("ListAccountsForParent", "Accounts", unit) or []:
            out["nodes"][one["Id"]] = {**one, "parent": unit, "is_account": True}
    for one in listed("ListAccounts", "Accounts") or []:
        out["nodes"].setdefault(one["Id"], {**one, "parent": None, "is_account": True})
    for kind in KINDS:
        found = listed("ListPolicies", "Policies", kind)
        out["complete"][kind] = found is not None
        for one in found or []:
            pages = bodies.told(answers, "organizations:DescribePolicy", one["Id"])
            targets = listed("ListTargetsForPolicy", "Targets", one["Id"])
            out["complete"][kind] &= targets is not None
            out["policies"][one["Id"]] = {**one, "text": None if pages is None else pages[0]["Policy"]["Content"]}
            out["targets"][one["Id"]] = [target["TargetId"] for target in targets or []]
        if roots and not any(one["Type"] == kind for root in roots for one in root["PolicyTypes"]):
            out["complete"][kind] = True
    refusals = [one for one in answers if one["action"] == "iam:ListOrganizationsFeatures" and one.get("code") in OFF]
    pages = bodies.told(answers, "iam:ListOrganizationsFeatures")
    if refusals:
        out["features"] = []
    elif pages not in (None, "absent"):
        out["features"] = pages[0]["EnabledFeatures"]
    out["administrators"] = []
    for one in listed("ListDelegatedAdministrators", "DelegatedAdministrators") or []:
        services = listed("ListDelegatedServicesForAccount", "DelegatedServices", one["Id"])
        found = [""] if services is None else [service["ServicePrincipal"] for service in services]
        out["administrators"] += [[one["Id"], service] for service in found]
    out["administrators"].sort()
    return out


def expected_rows(told, account):
    rows = {}
    organization = {}
    for key, name in (("id", "Id"), ("ManagementAccountId", "MasterAccountId"), ("FeatureSet", "FeatureSet")):
        expected.put(organization, key, told["organization"].get(name))
    if told["features"] is not None:
        organization.update({one: one in told["features"] for one in FEATURES})
    if organization:
        rows[("Organization", organization.get("id", ""))] = organization
    node = told["nodes"].get(account)
    if not node or not node.get("is_account"):
        return rows
    row = rows[("Account", account)] = {"id": account, "Name": node["Name"], "Email": node["Email"],
                                        "Status": node.get("Status") or node.get("State"),
                                        "JoinedTime": bodies.iso(node["JoinedTimestamp"])}
    if "MasterAccountId" in told["organization"]:
        row["IsManagementAccount"] = told["organization"]["MasterAccountId"] == account
    chain, at = [account], node
    while at and at["parent"]:
        chain.append(at["parent"])
        at = told["nodes"].get(at["parent"])
        if len(chain) == 2 and at:
            row["OrganizationalUnit"] = at["Name"]
    for kind, member in KINDS.items():
        if told["complete"][kind] and at and at.get("is_root"):
            row[member] = []
            for one, policy in told["policies"].items():
                if policy["Type"] == kind and set(told["targets"][one]) & set(chain):
                    entity = {"id": policy["Arn"], "Name": policy["Name"]}
                    expected.put(entity, "Permissions", expected.document(policy["text"] or ""))
                    row[member].append(entity)
    return rows


def compare(what, answers, account):
    code, printed = bodies.inventory("organization", account, answers)
    told = read(answers)
    if not support.check(what + ": exit code", code, 0):
        return None
    support.check(what + ": rows", {key: bodies.sorted_lists(row) for key, row in bodies.rows(printed).items()},
                  {key: bodies.sorted_lists(row) for key, row in expected_rows(told, account).items()})
    support.check(what + ": the tree", {one["id"]: one["parent"] or None for one in printed["nodes"]},
                  {key: node["parent"] for key, node in told["nodes"].items()})
    support.check(what + ": attachments", printed["attachments"],
                  sorted([one, target] for one, targets in told["targets"].items() for target in targets))
    support.check(what + ": whole", printed["complete"], [told["complete"][kind] for kind in KINDS])
    support.check(what + ": texts", {one: text for one, _, text in printed["policies"]},
                  {key: one["text"] or "" for key, one in told["policies"].items()})
    support.check(what + ": administrators", printed["administrators"], told["administrators"])
    return printed


def random_organizations(count):
    for number in range(count):
        chance = random.Random(support.SEED * 1000003 + number)
        org = Organization(chance)
        answers = answers_of(chance, org)
        chance.shuffle(answers)
        if chance.random() < 0.4:
            for one in answers:
                if chance.random() < 0.08:
                    one.update({"outcome": chance.choice(("denied", "failed")), "code": "AccessDeniedException"})
        if chance.random() < 0.2:
            answers = [one for one in answers if chance.random() < 0.95]
        account = chance.choice(sorted(org.accounts) + ["999999999999"])
        compare("organization %d of seed %d" % (number, support.SEED), answers, account)


# ---- one call at a time ----

def fixed():
    """One account in a unit, with a policy of each kind above it."""
    org = Organization(random.Random(0))
    org.units = {"r-ab12": None, "ou-ab12-1": "r-ab12"}
    org.accounts = {"111122223334": "ou-ab12-1"}
    org.management = "111122223334"
    org.kinds_on = list(KINDS)
    text = '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
    org.policies = {"p-s0": ("SERVICE_CONTROL_POLICY", text, ["r-ab12"]),
                    "p-r0": ("RESOURCE_CONTROL_POLICY", text, ["ou-ab12-1"])}
    org.features, org.administrators = ["RootSessions"], {}
    return [one for one in answers_of(random.Random(3), org)]


SCP, RCP = "Account.ServiceControlPolicies", "Account.ResourceControlPolicies"
# Unless said otherwise, what only the list of all accounts tells is told again by the list below its parent.
TELLS = {
    ("organizations:DescribeOrganization", ""): {"Organization.id", "Organization.ManagementAccountId",
                                                 "Organization.FeatureSet", "Account.IsManagementAccount"},
    ("organizations:ListRoots", ""): {SCP, RCP},
    ("organizations:ListOrganizationalUnitsForParent", "r-ab12"): {SCP, RCP, "Account.OrganizationalUnit"},
    ("organizations:ListAccountsForParent", "ou-ab12-1"): {SCP, RCP, "Account.OrganizationalUnit"},
    ("organizations:ListAccounts", ""): set(),
    ("organizations:ListPolicies", "SERVICE_CONTROL_POLICY"): {SCP},
    ("organizations:ListPolicies", "RESOURCE_CONTROL_POLICY"): {RCP},
    ("organizations:DescribePolicy", "p-s0"): {SCP},
    ("organizations:DescribePolicy", "p-r0"): {RCP},
    ("organizations:ListTargetsForPolicy", "p-s0"): {SCP},
    ("organizations:ListTargetsForPolicy", "p-r0"): {RCP},
    ("organizations:ListDelegatedAdministrators", ""): set(),
    ("iam:ListOrganizationsFeatures", ""): {"Organization.RootCredentialsManagement", "Organization.RootSessions"},
}
WAYS = ("denied", "failed", "gone", "", "<html><body/></html>", "{}", "[]", "null", "{", '{"Message":"x"}', "<a>", "\x00")


def members(printed):
    return {row["kind"] + "." + key: bodies.sorted_lists(value) for row in printed["rows"]
            for key, value in row["entity"].items()}


def one_call_at_a_time():
    whole = fixed()
    account = "111122223334"
    before = members(compare("all told", whole, account))
    for call, told in TELLS.items():
        for how in WAYS:
            answers = copy.deepcopy(whole)
            mine = [one for one in answers if (one["action"], one["subject"]) == call]
            gap = {"action": call[0], "subject": call[1], "region": "", "code": "", "outcome": "failed"}
            what = "%s of %r: %r" % (call + (how[:40],))
            if how == "gone":
                answers, gap = [one for one in answers if one not in mine], None
            elif how in ("denied", "failed"):
                mine[-1].update({"outcome": how, "code": "Code"})
                gap.update({"outcome": how, "code": "Code"})
            else:
                mine[-1]["body"] = how
            _, printed = bodies.inventory("organization", account, answers)
            after = members(printed)
            changed = {key for key in before if before[key] != after.get(key)}
            support.check(what, (changed, set(after) - set(before)), (told, set()))
            support.check(what + ": the gap", printed["gaps"], [gap] if gap else [])


def loops():
    """A unit that is its own grandparent is no chain to a root."""
    def unit(one, parent):
        return bodies.given("organizations:ListOrganizationalUnitsForParent",
                            {"OrganizationalUnits": [{"Id": one, "Name": one}]}, parent)
    answers = [one for one in fixed() if one["action"] != "organizations:ListRoots"
               and one["subject"] not in ("r-ab12",)] + [unit("ou-ab12-1", "ou-ab12-2"), unit("ou-ab12-2", "ou-ab12-1")]
    answers = [one for one in answers if one["action"] != "organizations:ListOrganizationalUnitsForParent"
               or '"Id"' in one["body"]]
    _, printed = bodies.inventory("organization", "111122223334", answers)
    support.check("a loop", {SCP, RCP} & set(members(printed)), set())


def main():
    one_call_at_a_time()
    loops()
    random_organizations(support.COUNT or 150)
    sys.exit(support.finish())


main()
