"""What the tests of `keywarden collect` share: a store held to the ground truth, row by row.

    checks = Checks()
    checks.store(path, plan, accounts)
    sys.exit(checks.finish())
"""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "organization"))

# pylint: disable=wrong-import-position
import expect
import plan as plans
import support
import truth

KINDS = {"SERVICE_CONTROL_POLICY": "SCP", "RESOURCE_CONTROL_POLICY": "RCP"}
ENABLED = ("ENABLED", "ENABLED_BY_DEFAULT")
NONE = "N/A"  # of what is known not to be there
OTHER_USERS = "*"  # the row of an inventory that speaks of every user without a row


def query(path, text, *values):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(text, values).fetchall()
    finally:
        connection.close()


def plain_document(document):
    """A policy as the inventory has it: statements with lists, conditions one by one."""
    statements = []
    for one in document["Statement"]:
        statement = {"Effect": one["Effect"]}
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if name in one:
                statement[name] = one[name] if isinstance(one[name], list) else [one[name]]
        conditions = []
        for operator, block in one.get("Condition", {}).items():
            for name, value in block.items():
                conditions.append((operator, name, tuple(value if isinstance(value, list) else [value])))
        statements.append((json.dumps(statement, sort_keys=True), tuple(sorted(conditions))))
    return tuple(statements)


def told_document(document):
    """The same of what an inventory says."""
    statements = []
    for one in document["Statements"]:
        conditions = tuple(sorted(
            (c["Condition"], c["Name"],
             tuple(c["Value"]) if isinstance(c["Value"], list) else (c["Value"],))
            for c in one.get("Conditions", [])))
        statement = {name: value if isinstance(value, list) or name == "Effect" else [value]
                     for name, value in one.items()
                     if name not in ("Conditions", "Principal") and value != []}
        statements.append((json.dumps(statement, sort_keys=True), conditions))
    return tuple(statements)


class Checks:
    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()
        self.told = {}

    def check(self, what, got, wanted):
        """Says what differs; what holds is only counted. Threads may check at once."""
        with self.lock:
            return self.count(what, got, wanted)

    def count(self, what, got, wanted):
        if got == wanted:
            self.passed += 1
            return True
        self.failed += 1
        alike = re.sub(r"account-[0-9]+|[0-9]+", "", what)[-40:]
        self.told[alike] = self.told.get(alike, 0) + 1
        if self.told[alike] <= 2:  # a hundred accounts fail alike
            print("not ok %s\n# expected %s\n# got      %s" % (
                what, repr(wanted)[:1500], repr(got)[:1500]), flush=True)
        return False

    def finish(self):
        print("%d passed, %d failed" % (self.passed, self.failed))
        return int(self.failed > 0 or self.passed == 0)

    # ---- the credential reports ----

    def reports(self, path, plan, accounts):
        """Every row of every report, cell by cell, and nothing else in the store."""
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        names = [*truth.HEADER, truth.EXTRA]
        told = {}
        for row in connection.execute("SELECT * FROM user_history"):
            told.setdefault((row["account"], row["taken_at"]), {})[row["user"]] = [row[n] for n in names]
        raw = {account: (generated, rows) for account, generated, rows in connection.execute(
            "SELECT account, generated_at, row_count FROM snapshot_list")}
        connection.close()
        wanted_keys = {(account["id"], plan["now"]) for account in accounts}
        self.check("accounts with a snapshot", set(told), wanted_keys)
        for account in accounts:
            lines = truth.report_rows(account)
            wanted = {}
            for cells in lines[1:]:
                wanted[cells[0]] = cells + ["missing"] * (len(names) - len(cells))
            found = told.get((account["id"], plan["now"]), {})
            self.check("users of " + account["name"], sorted(found), sorted(wanted))
            for user, cells in wanted.items():
                self.check("%s %s" % (account["name"], user), found.get(user), cells)
            self.check("report of " + account["name"], raw.get(account["id"]),
                       (account["report"]["generated"], len(lines) - 1))

    # ---- the organization ----

    def organization(self, path, plan):
        told = plan["organization"]
        self.check("the organization", query(
            path, "SELECT organization, management_account, feature_set, credentials_management,"
            " root_sessions, are_scps_complete, are_rcps_complete FROM aws_organizations"), [
                (told["id"], told["management"], told["feature_set"],
                 int("RootCredentialsManagement" in told["features"]),
                 int("RootSessions" in told["features"]), 1, 1)])
        nodes = {(told["root"], "", "root", "Root", "", "", None)}
        nodes |= {(u["id"], u["parent"], "unit", u["name"], "", "", None) for u in plan["units"]}
        nodes |= {(a["id"], a["unit"], "account", a["name"], a["email"], a["status"],
                   plans.seconds_of(a["joined"])) for a in plan["accounts"]}
        self.check("the tree", set(query(
            path, "SELECT node, parent, kind, name, email, status, joined_at FROM aws_nodes")), nodes)
        everywhere = [told["root"], *(u["id"] for u in plan["units"]), *(a["id"] for a in plan["accounts"])]
        policies, attachments = set(), set()
        for kind, policy in plans.FULL_ACCESS.items():
            policies.add((policy, KINDS[kind], policy[2:]))
            attachments |= {(policy, node) for node in everywhere}
        for policy in plan["policies"]:
            policies.add((policy["id"], KINDS[policy["type"]], policy["name"]))
            attachments |= {(policy["id"], node) for node in policy["targets"]}
        self.check("policies", set(query(path, "SELECT policy, kind, name FROM aws_policies")), policies)
        self.check("attachments", set(query(path, "SELECT policy, node FROM aws_attachments")),
                   attachments)
        texts = dict(query(path, "SELECT policy, document FROM aws_policies"))
        for policy in plan["policies"]:
            self.check("text of " + policy["name"], json.loads(texts.get(policy["id"]) or "null"),
                       policy["content"])
        self.check("delegated administrators", set(query(
            path, "SELECT account, service FROM aws_administrators")),
                   {(d["account"], s) for d in plan["delegated"] for s in d["services"]})
        units = dict(query(path, "SELECT account, unit FROM snapshot_list"))
        for account in plan["accounts"]:
            if account["id"] in units:
                self.check("unit of " + account["name"], units[account["id"]],
                           truth.unit_path(plan, account))

    # ---- entities ----

    def entities(self, path, plan, accounts, asked=()):
        rows = {}
        for account, kind, name, text in query(
                path, "SELECT printf('%012d', s.account), e.kind, e.name, e.json FROM entities AS e"
                " JOIN snapshots AS s ON s.id = e.snapshot"):
            rows.setdefault(account, {})[kind, name] = json.loads(text)
        for account in accounts:
            told = rows.get(account["id"], {})
            denied = set(account["denied"])
            self.password_policy(account, told, denied)
            if expect.DETAILS not in denied:
                self.authorization(account, told)
            self.users(account, told, denied)
            self.root(plan, account, told, asked, denied)
            self.extras(account, told, asked)

    def password_policy(self, account, told, denied):
        if "iam:GetAccountPasswordPolicy" in denied:
            return
        policy = account["password_policy"]
        wanted = {"Configured": False} if policy is None else {
            "Configured": True, "MinimumPasswordLength": policy["minimum_length"],
            "RequireSymbols": policy["symbols"], "RequireNumbers": policy["numbers"],
            "RequireUppercaseCharacters": policy["upper"],
            "RequireLowercaseCharacters": policy["lower"], "AllowUsersToChangePassword": True,
            "ExpirePasswords": policy["max_age"] is not None, "HardExpiry": False,
            "MaxPasswordAge": policy["max_age"], "PasswordReusePrevention": policy["reuse"]}
        found = told.get(("IAMPasswordPolicy", ""), {})
        # What is not set may be left out, or be 0: passwords that are not remembered are none.
        self.check("password policy of " + account["name"],
                   {name: found.get(name) or None for name in wanted if name != "Configured"},
                   {name: value or None for name, value in wanted.items() if name != "Configured"})
        self.check("a password policy in " + account["name"], found.get("Configured"), policy is not None)

    def authorization(self, account, told):
        """Groups, roles and managed policies: which there are, what they say, who has them."""
        number = account["id"]
        groups = {"arn:aws:iam::%s:group/%s" % (number, g["name"]): g for g in account["groups"]}
        roles = {"arn:aws:iam::%s:role/%s" % (number, r["name"]): r for r in account["roles"]}
        for kind, wanted in (("IAMGroup", groups), ("IAMRole", roles)):
            self.check("%ss of %s" % (kind, account["name"]),
                       {name for k, name in told if k == kind}, set(wanted))
        for arn, group in groups.items():
            found = told.get(("IAMGroup", arn), {}).get("GroupPolicy", {})
            self.check(arn, (sorted(p["id"] for p in found.get("ManagedPolicies", [])),
                             {p["id"]: told_document(p["PolicyDocument"])
                              for p in found.get("InlinePolicies", [])}),
                       (sorted(group["managed"]),
                        {name: plain_document(text) for name, text in group["inline"].items()}))
        for arn, role in roles.items():
            found = told.get(("IAMRole", arn), {})
            self.check(arn, (sorted(found.get("Policies", {}).get("id", ["none"])), found.get("Name")),
                       (sorted(role["managed"]), role["name"]))
        holders = {}
        for kind in ("users", "groups", "roles"):
            for one in account[kind]:
                for arn in one["managed"]:
                    holders.setdefault(arn, {"users": [], "groups": [], "roles": []})[kind].append(one["name"])
        texts = {p["arn"]: p["document"] for p in account["policies"]}
        boundaries = {u["boundary"] for u in account["users"] if u["boundary"]}
        for arn in set(holders) | boundaries:
            texts.setdefault(arn, plans.document(plans.AWS_POLICIES[arn]) if arn in plans.AWS_POLICIES
                             else None)
        self.check("managed policies of " + account["name"],
                   {name for kind, name in told if kind == "IAMPolicy"}, set(texts))
        for arn, text in texts.items():
            found = told.get(("IAMPolicy", arn), {})
            attached = found.get("AttachedEntities", {})
            self.check(arn, (found.get("Name"), found.get("Type"),
                             told_document(found.get("Permissions", {"Statements": []})),
                             {k.lower(): sorted(v) for k, v in attached.items()}),
                       (arn.rpartition("/")[2],
                        "AWS Managed" if ":iam::aws:" in arn else "Customer Managed", plain_document(text),
                        {k: sorted(v) for k, v in holders.get(
                            arn, {"users": [], "groups": [], "roles": []}).items()}))

    def users(self, account, told, denied):
        others = told.get(("IAMUser", OTHER_USERS), {})
        names = {u["name"] for u in account["users"]}
        self.check("rows of users of " + account["name"],
                   {n for k, n in told if k == "IAMUser"} - names, {truth.ROOT_USER, OTHER_USERS})
        for user in account["users"]:
            found = {**others, **told.get(("IAMUser", user["name"]), {})}
            what = "%s %s" % (account["name"], user["name"])
            if expect.DETAILS not in denied:
                policies = found.get("Policies", {})
                self.check(what + ": permissions", (
                    sorted(policies.get("id", ["none"])),
                    {p["id"]: told_document(p["PolicyDocument"]) for p in policies.get("Inline", [])},
                    sorted((g["Name"], g.get("id")) for g in found.get("Groups", [{"Name": "unknown"}])),
                    {t["Name"]: t["Value"] for t in found.get("Tags", [])}), (
                        sorted(user["managed"]),
                        {name: plain_document(text) for name, text in user["inline"].items()},
                        sorted((name, "arn:aws:iam::%s:group/%s" % (account["id"], name))
                               for name in user["groups"]), user["tags"]))
            if "iam:ListServiceSpecificCredentials" not in denied:
                self.check(what + ": credentials of services", sorted(
                    (c["id"], c["ServiceName"], c["Active"], c["CreatedTime"], c["ExpirationTime"])
                    for c in found.get("ServiceSpecificCredentials", [])), sorted(
                        (c["id"], c["service"], c["active"], c["created"], c["expires"] or "never")
                        for c in user["service_credentials"]))
            if "iam:ListVirtualMFADevices" not in denied:
                self.devices(what, found, user)
            if len(user["keys"]) > 2:
                self.keys(what, found, user["keys"])

    def devices(self, what, found, owner, is_whole=False):
        """All devices where they were listed one by one; otherwise the virtual ones."""
        devices = found.get("MFADevices", {})

        def of(kind):
            return sorted((d["SerialNumber"], d["EnabledTime"]) for d in devices.get(kind, []))

        virtual = sorted((d["serial"], d["enabled"]) for d in owner["devices"] if d["kind"] == "virtual")
        physical = sorted((d["serial"], d["enabled"]) for d in owner["devices"] if d["kind"] != "virtual")
        self.check(what + ": virtual devices", of("Virtual"), virtual)
        if is_whole or (physical and not virtual):
            self.check(what + ": hardware", of("Physical"), physical)
        elif "Physical" in devices:
            self.check(what + ": hardware that is known", of("Physical"), physical)
        else:
            self.check(what + ": whether hardware is missing there", bool(virtual or not physical), True)

    def keys(self, what, found, keys):
        self.check(what + ": keys", sorted(
            (k["id"], k["Active"], k["CreatedTime"]) for k in found.get("AccessKey", [])),
                   sorted((k["id"], k["active"], k["created"]) for k in keys))

    def root(self, plan, account, told, asked, denied):
        root, found = account["root"], told.get(("IAMUser", truth.ROOT_USER), {})
        what = account["name"] + " root"
        is_member = account["id"] != plan["organization"]["management"]
        if "root-session" in asked and is_member and "sts:AssumeRoot" not in denied:
            self.devices(what, found, root, True)
            self.check(what + ": password", found.get("Password", {}).get("Enabled"),
                       bool(root["password"]))
            self.keys(what, found, root["keys"])
            self.check(what + ": certificates", sorted(
                (c["Active"], c["LastRotatedTime"]) for c in found.get("SigningCertificate", [])),
                       sorted((c["active"], c["uploaded"]) for c in root["certificates"]))
        else:
            if "iam:ListVirtualMFADevices" not in denied:
                self.devices(what, found, root)
            if "iam:GetAccountSummary" not in denied:
                self.check(what + ": summary", (found.get("MFAActive"),
                                                found.get("Password", {}).get("Enabled")),
                           (bool(root["devices"]), bool(root["password"])))

    def extras(self, account, told, asked):
        aws = told.get(("AWS", ""), {})
        what = account["name"]
        if "contacts" in asked:
            contact = account["contact"] or {}
            found = aws.get("ContactInformation", {})
            names = ("FullName", "PhoneNumber", "AddressLine1")
            self.check(what + " contact", {n: found.get(n) for n in names},
                       {n: contact.get(n, NONE) for n in names})
            contact = account["security_contact"] or {}
            self.check(what + " security contact", aws.get("SecurityContact", {}).get("EmailAddress"),
                       contact.get("EmailAddress", NONE))
        if "federation" in asked:
            self.check(what + " federation", (aws.get("SAMLProviders"), aws.get("IdentityCenterInstances")),
                       (["arn:aws:iam::%s:saml-provider/%s" % (account["id"], n) for n in account["saml"]],
                        account["identity_center"]))
        if "certificates" in asked:
            self.check(what + " certificates", {
                row["Name"]: row["Expiration"] for (kind, _), row in told.items()
                if kind == "ServerCertificate"},
                       {c["name"]: c["expires"] for c in account["server_certificates"]})
        if "analyzers" in asked:
            found = {name: row for (kind, name), row in told.items() if kind == "Region"}
            for region in account["regions"]:
                if region["state"] in ENABLED:
                    self.check("%s %s" % (what, region["name"]), (
                        found.get(region["name"], {}).get("Enabled"),
                        [(a["Name"], a["Type"], a["Status"])
                         for a in found.get(region["name"], {}).get("AccessAnalyzers", [])]),
                               (True, [(a["name"], a["type"], a["status"]) for a in region["analyzers"]]))
                elif region["state"] == "DISABLED":
                    self.check("%s %s" % (what, region["name"]),
                               found.get(region["name"], {}).get("Enabled", False), False)

    def gaps(self, path, accounts):
        """What was denied is told, and nothing else."""
        told = {}
        for account, action, outcome in query(
                path, "SELECT printf('%012d', s.account), g.action, g.outcome FROM gaps AS g"
                " JOIN snapshots AS s ON s.id = g.snapshot"):
            told.setdefault(account, set()).add((action, outcome))
        for account in accounts:
            self.check("gaps of " + account["name"], told.get(account["id"], set()),
                       {(action, "denied") for action in account["denied"]})

    # ---- the audit ----

    def findings(self, path, plan, accounts, asked=(), missing=()):
        """An audit of the store, against what the plan says it should find; `missing` were never collected."""
        expectation = expect.Expectation(plan, asked)
        for words, wanted_of in (((), expectation.report_findings),
                                 (("--rules", os.path.join(support.TOP, "rules/account.yaml")),
                                  expectation.collected_findings)):
            done = subprocess.run([support.KEYWARDEN, "audit", "--store", path, "--all", "--format", "csv",
                                   *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  env={"PATH": os.environ["PATH"], "KEYWARDEN_CONFIG": "/dev/null"},
                                  check=False)
            self.check("exit code of the audit: " + done.stderr[:400], done.returncode in (
                (3,) if missing else (0, 1)), True)
            self.check("the audit names who is missing", [a for a in missing if a not in done.stderr], [])
            told = {}
            for row in csv.DictReader(io.StringIO(done.stdout)):
                told.setdefault(row["account"], {}).setdefault((row["user"], row["control"]), set()).add(
                    row["status"])
            self.check("accounts judged", sorted(told), sorted(a["id"] for a in accounts))
            for account in accounts:
                found = told.get(account["id"], {})
                for key, answer in wanted_of(account).items():
                    self.check("%s %s %s" % (account["name"], *key), found.get(key), {answer})
