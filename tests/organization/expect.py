"""What an audit should find in a planned organization, worked out from the plan alone.

Controls on the credential report are judged by the oracle of tests/oracle, over every key of a user and
not only those that the report has room for. Controls on what else was collected are judged here, each a
few lines on the plan.

    wanted = Expectation(plan, asked).findings(account)     # {(user, control): status}
"""

import os
import sys

import plan as plans
import truth

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "oracle"))
import controls  # noqa: E402  pylint: disable=wrong-import-position

FAIL, PASS, UNKNOWN, NOT_APPLICABLE = "fail", "pass", "unknown", "not-applicable"
DETAILS = "iam:GetAccountAuthorizationDetails"
SCP, RCP = plans.FULL_ACCESS


def status(holds):
    return UNKNOWN if holds is None else PASS if holds else FAIL


def virtual_devices(root_or_user):
    return [d for d in root_or_user["devices"] if d["kind"] == "virtual"]


def as_list(value):
    return value if isinstance(value, list) else [value]


def allows_all(document):
    return any(s["Effect"] == "Allow" and "*" in as_list(s["Action"]) and "*" in as_list(s["Resource"])
               for s in document["Statement"])


class Expectation:
    """`asked` has the names of --with and "root-session"."""

    def __init__(self, plan, asked=()):
        self.plan = plan
        self.asked = set(asked)
        self.now = plans.seconds_of(plan["now"])

    # ---- controls on rows of the report ----

    def rows(self, account):
        lines = truth.report_rows(account)
        people = {u["name"]: u for u in account["users"]}
        for number, cells in enumerate(lines[1:], 2):
            row = controls.Row(number, dict(zip(lines[0], cells)))
            person = account["root"] if row.is_root else people[row.user]
            # Of keys beyond the second no report tells the last use.
            for key in sorted(person["keys"], key=lambda key: key["id"])[2:]:
                row.keys.append(controls.Slot(key["active"], plans.seconds_of(key["created"]),
                                              controls.MISSING))
            yield row, person

    def root_hardware(self, account, root):
        """Whether root's second factor is a device: none of its devices is virtual."""
        if not root["devices"]:
            return status(not root["password"])
        is_member = account["id"] != self.plan["organization"]["management"]
        has_session = "root-session" in self.asked and is_member and \
            "sts:AssumeRoot" not in account["denied"]
        if "iam:ListVirtualMFADevices" in account["denied"] and not has_session:
            return UNKNOWN
        return status(not virtual_devices(root))

    def report_findings(self, account):
        found = {}
        params = dict(controls.DEFAULT_PARAMS)
        for row, person in self.rows(account):
            for control, answer in controls.judge_row(row, self.now, params):
                if control == "root-hardware-mfa" and row.is_root:
                    answer = self.root_hardware(account, person)
                found[row.user, control] = answer
        return found

    # ---- controls on what was collected ----

    def collected_findings(self, account):
        found = {("", control): answer for control, answer in (
            *self.account_answers(account), *self.organization_answers(account))}
        for user in account["users"]:
            found.update({(user["name"], control): answer
                          for control, answer in self.user_answers(account, user)})
        root = account["root"]
        has_credentials = root["password"] or root["keys"] or root["certificates"]
        is_management = account["id"] == self.plan["organization"]["management"]
        found[truth.ROOT_USER, "root-no-member-credentials"] = NOT_APPLICABLE if is_management else status(
            not has_credentials)
        found[truth.ROOT_USER, "user-no-third-access-key"] = PASS
        for control in ("user-permissions-through-groups", "user-hardware-mfa", "user-no-bedrock-key",
                        "user-service-credential-rotated", "user-no-administrator-rights"):
            found[truth.ROOT_USER, control] = NOT_APPLICABLE
        return found

    def user_answers(self, account, user):
        denied = account["denied"]
        is_dark = DETAILS in denied
        yield "root-no-member-credentials", NOT_APPLICABLE
        yield "user-permissions-through-groups", UNKNOWN if is_dark else status(
            not user["managed"] and not user["inline"])
        yield "user-no-administrator-rights", UNKNOWN if is_dark else status(
            not self.is_administrator(account, user))
        yield "user-no-third-access-key", status(len(user["keys"]) <= 2)
        hardware = bool(user["devices"]) and not virtual_devices(user)
        if user["devices"] and "iam:ListVirtualMFADevices" in denied:
            hardware = None
        yield "user-hardware-mfa", status(hardware) if user["password"] else NOT_APPLICABLE
        is_dark = "iam:ListServiceSpecificCredentials" in denied
        active = [c for c in user["service_credentials"] if c["active"]]
        bedrock = [c for c in active if c["service"].startswith("bedrock.") and (
            c["expires"] is None or plans.seconds_of(c["expires"]) > self.now)]
        yield "user-no-bedrock-key", UNKNOWN if is_dark else status(not bedrock)
        old = [c for c in active if self.now - plans.seconds_of(c["created"]) > 90 * plans.DAY]
        yield "user-service-credential-rotated", UNKNOWN if is_dark else status(not old) if active \
            else NOT_APPLICABLE

    @staticmethod
    def is_administrator(account, user):
        texts = {p["arn"]: p["document"] for p in account["policies"]}
        groups = [g for g in account["groups"] if g["name"] in user["groups"]]
        documents = [d for one in (user, *groups) for d in one["inline"].values()]
        for one in (user, *groups):
            documents += [texts.get(arn) or plans.document(plans.AWS_POLICIES[arn]) for arn in one["managed"]]
        return any(allows_all(document) for document in documents)

    def account_answers(self, account):
        yield from self.contact_answers(account)
        yield from self.password_answers(account)
        is_dark = DETAILS in account["denied"]
        holders = {}
        for kind in ("users", "groups", "roles"):
            for entity in account[kind]:
                for arn in entity["managed"]:
                    holders.setdefault(arn, set()).add(kind)
        worst = [p["arn"] for p in account["policies"] if p["arn"] in holders
                 and allows_all(p["document"])]
        yield "policy-no-full-admin", UNKNOWN if is_dark else status(not worst)
        yield "cloudshell-full-access", UNKNOWN if is_dark else status(
            "arn:aws:iam::aws:policy/AWSCloudShellFullAccess" not in holders)
        yield "support-role", UNKNOWN if is_dark else status(
            "roles" in holders.get("arn:aws:iam::aws:policy/AWSSupportAccess", ()))
        if "federation" in self.asked:
            has_password = any(u["password"] for u in account["users"])
            yield "identity-central", status(bool(account["saml"] or account["identity_center"])
                                             and not has_password)
        if "certificates" in self.asked:
            expired = [c for c in account["server_certificates"]
                       if plans.seconds_of(c["expires"]) < self.now]
            yield "server-certificate-not-expired", status(not expired) if account[
                "server_certificates"] else NOT_APPLICABLE
        if "analyzers" in self.asked:
            yield "access-analyzer-enabled", status(all(
                any(a["type"] in ("ACCOUNT", "ORGANIZATION") and a["status"] == "ACTIVE"
                    for a in region["analyzers"])
                for region in account["regions"] if region["state"].startswith("ENABLED")))

    def contact_answers(self, account):
        """When somebody last found the contact details right no call tells."""
        if "contacts" in self.asked:
            yield "contact-details-current", UNKNOWN if account["contact"] else FAIL
            yield "security-contact-set", status(bool(account["security_contact"]))

    @staticmethod
    def password_answers(account):
        policy = account["password_policy"]
        is_dark = "iam:GetAccountPasswordPolicy" in account["denied"]
        answers = {"length": False, "reuse": False, "uppercase": False, "lowercase": False,
                   "symbol": False, "number": False, "expiry": False}
        if policy:
            answers = {"length": policy["minimum_length"] >= 14, "reuse": (policy["reuse"] or 0) >= 24,
                       "uppercase": policy["upper"], "lowercase": policy["lower"],
                       "symbol": policy["symbols"], "number": policy["numbers"],
                       "expiry": policy["max_age"] is not None and policy["max_age"] <= 90}
        for name, holds in answers.items():
            yield "password-policy-" + name, UNKNOWN if is_dark else status(holds)

    def organization_answers(self, account):
        features = self.plan["organization"]["features"]
        yield "root-access-centralized", status(
            {"RootCredentialsManagement", "RootSessions"} <= set(features))
        if account["id"] == self.plan["organization"]["management"]:
            yield "organization-guardrails", NOT_APPLICABLE
            yield "root-denied-by-guardrail", NOT_APPLICABLE
            return
        services = truth.policies_of(self.plan, account, SCP)
        yield "organization-guardrails", status(
            bool(services or truth.policies_of(self.plan, account, RCP)))
        yield "root-denied-by-guardrail", status(any(
            self.denies_root(s) for p in services for s in p["content"]["Statement"]))

    @staticmethod
    def denies_root(statement):
        names = {name.lower() for block in statement.get("Condition", {}).values() for name in block}
        values = [v for block in statement.get("Condition", {}).values()
                  for name, value in block.items() if name.lower() == "aws:principalarn"
                  for v in as_list(value)]
        return (statement["Effect"] == "Deny" and statement["Action"] == "*"
                and statement["Resource"] == "*" and any(v.endswith(":root") for v in values)
                and names <= {"aws:principalarn", "aws:assumedroot"})
