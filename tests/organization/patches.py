"""Where moto differs from AWS, made like AWS: answers from the plan, in moto's own serialization.

The credential report with its states, root row and four hours of life; lists in pages that break off
early, empty ones among them; calls that moto does not know (AssumeRoot and what its sessions may ask,
ListOrganizationsFeatures, ListServiceSpecificCredentials); who may call Organizations.

    patch_moto(plan, clock)
"""

import datetime
import html
import json
import threading

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.core.serialize import url_encode
from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions
from moto.iam import access_control
from moto.iam.exceptions import IAMException, NotFoundException
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse
from moto.organizations.exceptions import InvalidInputException
from moto.organizations.models import FakePolicy, organizations_backends
from moto.organizations.responses import OrganizationsResponse
from moto.sts.responses import TokenResponse
from werkzeug.exceptions import HTTPException

import plan as plans
import truth

REPORT_LIFE = 4 * 3600
AUDIT_TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
AUDIT_ACTIONS = ["iam:ListAccessKeys", "iam:ListSigningCertificates", "iam:GetLoginProfile",
                 "iam:ListMFADevices", "iam:GetAccountSummary", "iam:GetUser",
                 "iam:GetAccessKeyLastUsed", "sts:GetCallerIdentity"]
EARLY = (5, 9, 1000)  # how many a page of an account's lists holds at most, whatever was asked for


class Refused(HTTPException):
    """A denial as IAM and STS write it; moto's has another form."""
    code = 403

    def __init__(self, what):
        super().__init__()
        self.description = (
            '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>'
            "<Code>AccessDenied</Code><Message>%s</Message></Error><RequestId>denied</RequestId>"
            "</ErrorResponse>" % html.escape(what))

    def get_headers(self, *_args, **_kwargs):
        return [("Content-Type", "text/xml")]


class ReportNotPresent(IAMException):
    code = "ReportNotPresent"


class ReportExpired(IAMException):
    code = "ReportExpired"


class ReportInProgress(IAMException):
    code = "ReportInProgress"


class Invalid(IAMException):
    code = "ValidationError"


class State:
    """What changes while the server runs."""

    def __init__(self, plan):
        self.plan = plan
        self.lock = threading.Lock()
        self.accounts = {a["id"]: a for a in plan["accounts"]}
        self.roots = {}  # access key id of an AssumeRoot session: account
        self.reset()

    def reset(self):
        """Every report is as the plan has it before anybody asked."""
        self.reports = {}
        for account in self.accounts.values():
            fresh = account["report"]["state"] == "fresh"
            self.reports[account["id"]] = {"state": "ready" if fresh else account["report"]["state"],
                                           "left": account["report"]["polls"]}

    def step(self, account):
        """A report that is being made is a call nearer to being there."""
        report = self.reports[account]
        if report["state"] == "making":
            if report["left"] == 0:
                report["state"] = "ready"
            else:
                report["left"] -= 1
        return report["state"]


def page_of(items, asked, marker, most):
    """(items, next marker): a page that may be shorter than was asked for."""
    start = int(marker or 0)
    size = max(1, min(int(asked or 100), most))
    end = start + size
    return items[start:end], str(end) if end < len(items) else None


def truncated(name, items, response, most):
    page, marker = page_of(items, response._get_param("MaxItems"), response._get_param("Marker"), most)
    return ActionResult({name: page, "IsTruncated": marker is not None, "Marker": marker})


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def patch_report(state):
    def generate(self):
        with state.lock:
            before = state.reports[self.current_account]["state"]
            if before in ("none", "expired"):
                state.reports[self.current_account]["state"] = "making"
                return ActionResult({"State": "STARTED", "Description": "No report exists."})
            done = state.step(self.current_account) == "ready"
        return ActionResult({"State": "COMPLETE"} if done else {
            "State": "INPROGRESS", "Description": "No report exists."})

    def get(self):
        with state.lock:
            now = state.step(self.current_account)
        if now == "none":
            raise ReportNotPresent("Unknown")
        if now == "expired":
            raise ReportExpired("Unknown")
        if now == "making":
            raise ReportInProgress("Unknown")
        account = state.accounts[self.current_account]
        return ActionResult({"Content": truth.report_text(account), "ReportFormat": "text/csv",
                             "GeneratedTime": instant(account["report"]["generated"])})

    IamResponse.generate_credential_report = generate
    IamResponse.get_credential_report = get


def details_of(backend, wanted):
    """(list, item) of everything that GetAccountAuthorizationDetails tells, in AWS's order."""
    kinds = {"User": ("UserDetailList", backend.users.values()),
             "Group": ("GroupDetailList", backend.groups.values()),
             "Role": ("RoleDetailList", backend.roles.values()),
             "LocalManagedPolicy": ("Policies", [p for arn, p in backend.managed_policies.items()
                                                 if ":iam::aws:" not in arn]),
             "AWSManagedPolicy": ("Policies", [p for arn, p in backend.managed_policies.items()
                                               if ":iam::aws:" in arn])}
    return [(name, item) for kind, (name, items) in kinds.items()
            if not wanted or kind in wanted for item in items]


def patch_lists(state, early):
    def most(self):
        return early[list(state.accounts).index(self.current_account) % len(early)]

    def details(self):
        items = details_of(self.backend, self._get_param("Filter", []))
        page, marker = page_of(items, self._get_param("MaxItems"), self._get_param("Marker"), most(self))
        result = {name: [] for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")}
        for name, item in page:
            result[name].append(item)
        return ActionResult({**result, "IsTruncated": marker is not None, "Marker": marker})

    def list_users(self):
        return truncated("Users", list(self.backend.users.values()), self, most(self))

    def virtual_devices(self):
        account = state.accounts[self.current_account]
        devices = []
        for owner in [None, *account["users"]]:
            told = account["root"]["devices"] if owner is None else owner["devices"]
            user = {"UserId": account["id"], "Arn": "arn:aws:iam::%s:root" % account["id"]} if \
                owner is None else self.backend.users[owner["name"]]
            # AWS tells no seeds here; whoever plays AWS might.
            devices += [{"SerialNumber": d["serial"], "User": user, "EnableDate": instant(d["enabled"]),
                         "Base32StringSeed": d["seed"].encode()}
                        for d in told if d["kind"] == "virtual"]
        if self._get_param("AssignmentStatus", "Any") == "Any":
            devices.append({"SerialNumber": "arn:aws:iam::%s:mfa/unassigned" % account["id"]})
        return truncated("VirtualMFADevices", devices, self, most(self))

    def service_credentials(self):
        account, service = state.accounts[self.current_account], self._get_param("ServiceName")
        name, everybody = self._get_param("UserName"), self._get_param("AllUsers")
        if not name and not everybody:
            raise Invalid("UserName or AllUsers must be given")
        found = []
        for user in account["users"]:
            for one in user["service_credentials"] if everybody or user["name"] == name else []:
                if service in (None, one["service"]):
                    found.append({
                        "UserName": user["name"], "Status": "Active" if one["active"] else "Inactive",
                        "ServiceUserName": user["name"] + "-at-" + account["id"],
                        "CreateDate": instant(one["created"]), "ServiceName": one["service"],
                        "ExpirationDate": instant(one["expires"]) if one["expires"] else None,
                        "ServiceSpecificCredentialId": one["id"]})
        return truncated("ServiceSpecificCredentials", found, self, most(self))

    def certificates(self):
        held = []
        for number, one in enumerate(state.accounts[self.current_account]["server_certificates"]):
            held.append({"Path": "/", "ServerCertificateName": one["name"],
                         "ServerCertificateId": "ASCA%016d" % number,
                         "Arn": "arn:aws:iam::%s:server-certificate/%s" % (
                             self.current_account, one["name"]),
                         "UploadDate": instant("2024-01-01T00:00:00Z"),
                         "Expiration": instant(one["expires"])})
        return truncated("ServerCertificateMetadataList", held, self, most(self))

    IamResponse.get_account_authorization_details = details
    IamResponse.list_users = list_users
    IamResponse.list_virtual_mfa_devices = virtual_devices
    IamResponse.list_service_specific_credentials = service_credentials
    IamResponse.list_server_certificates = certificates
    IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER[
        "GetAccountAuthorizationDetailsResponse.RoleDetailList.RoleDetail.AssumeRolePolicyDocument"
    ] = url_encode


def patch_root(state):
    """What a user is asked about, and what a session of root may ask about itself."""
    def subject(self):
        """(name, plan) of whom a call without or with UserName is about."""
        account = state.accounts[self.current_account]
        name = self._get_param("UserName")
        if name is None and state.roots.get(self.get_access_key()) == self.current_account:
            return "root", account["root"]
        if name is None and self.current_account == state.plan["organization"]["management"]:
            name = "auditor"
        user = next((u for u in account["users"] if u["name"] == name), None)
        if user is None:
            raise NotFoundException("The user with name %s cannot be found." % name)
        return name, user

    def access_keys(self):
        name, told = subject(self)
        keys = [{"UserName": name, "AccessKeyId": k["id"], "CreateDate": instant(k["created"]),
                 "Status": "Active" if k["active"] else "Inactive"} for k in told["keys"]]
        return truncated("AccessKeyMetadata", keys, self, 2)

    def last_used(self):
        wanted = self._get_param("AccessKeyId")
        account = state.accounts[self.current_account]
        for owner in [account["root"], *account["users"]]:
            for key in owner["keys"]:
                if key["id"] == wanted:
                    used = key["used"]
                    return ActionResult({"UserName": owner.get("name", account["id"]), "AccessKeyLastUsed": {
                        "LastUsedDate": instant(used["at"]), "Region": used["region"],
                        "ServiceName": used["service"]} if used else {
                            "Region": "N/A", "ServiceName": "N/A"}})
        raise Refused("not authorized to perform: iam:GetAccessKeyLastUsed")

    def mfa_devices(self):
        name, told = subject(self)
        devices = [{"UserName": name, "SerialNumber": d["serial"], "EnableDate": instant(d["enabled"])}
                   for d in told["devices"]]
        return truncated("MFADevices", devices, self, 3)

    def login_profile(self):
        name, told = subject(self)
        if not told["password"]:
            raise NotFoundException("Login Profile for User %s cannot be found." % name)
        return ActionResult({"LoginProfile": {"UserName": name, "PasswordResetRequired": False,
                                              "CreateDate": instant(told["password"]["changed"])}})

    def signing_certificates(self):
        name, told = subject(self)
        return ActionResult({"IsTruncated": False, "Certificates": [
            {"UserName": name, "CertificateId": c["id"], "CertificateBody": "none",
             "Status": "Active" if c["active"] else "Inactive", "UploadDate": instant(c["uploaded"])}
            for c in told["certificates"]]})

    def get_user(self):
        name, told = subject(self)
        used = told["password"] and told["password"]["used"]
        identity = {"UserId": self.current_account, "Arn": "arn:aws:iam::%s:root" % self.current_account} \
            if name == "root" else {"UserId": "AIDA", "UserName": name, "Path": told["path"],
                                    "Arn": self.backend.users[name].arn}
        return ActionResult({"User": {**identity, "CreateDate": instant(told["created"]),
                                      "PasswordLastUsed": instant(used) if used else None}})

    def summary(self):
        root = state.accounts[self.current_account]["root"]
        told = self.backend.get_account_summary().summary_map
        return ActionResult({"SummaryMap": {**told, "AccountPasswordPresent": int(bool(root["password"]))}})

    for name, function in (("list_access_keys", access_keys), ("get_access_key_last_used", last_used),
                           ("list_mfa_devices", mfa_devices), ("get_login_profile", login_profile),
                           ("list_signing_certificates", signing_certificates),
                           ("get_user", get_user), ("get_account_summary", summary)):
        setattr(IamResponse, name, function)


def patch_sessions(state):
    stock = TokenResponse.assume_role
    management = state.plan["organization"]["management"]

    def assume_role(self):
        arn = self._get_param("RoleArn") or ""
        account = state.accounts.get(arn.split(":")[4] if arn.count(":") == 5 else "")
        found = account is not None and arn.endswith("/" + plans.ROLE) and account["status"] == "ACTIVE"
        state_ = account["role_state"] if found else "missing"
        wanted = state.plan["external_id"] if state_ == "external-id" else None
        if state_ == "missing" or wanted not in (None, self._get_param("ExternalId")):
            raise Refused("User: arn:aws:iam::%s:user/auditor is not authorized to perform: "
                          "sts:AssumeRole on resource: %s" % (management, arn))
        return stock(self)

    def assume_root(self):
        target = self._get_param("TargetPrincipal") or ""
        target = target.split(":")[4] if target.startswith("arn:") else target
        task = self._get_param("TaskPolicyArn") or {}
        if AUDIT_TASK not in task.values():
            raise Invalid("Request must contain valid AWS managed task policy ARN")
        if int(self._get_param("DurationSeconds") or 900) > 900:
            raise Invalid("Member must have value less than or equal to 900")
        account = state.accounts.get(target)
        if self.headers.get("Host", "").startswith("sts.amazonaws.com"):
            raise Invalid("AssumeRoot is called on a regional endpoint")
        if account is None or target == management or account["status"] != "ACTIVE" or \
                "sts:AssumeRoot" in account["denied"]:
            raise Refused("User: arn:aws:iam::%s:user/auditor is not authorized to perform: "
                          "sts:AssumeRoot on resource: arn:aws:iam::%s:root" % (management, target))
        session = self.backend.assume_role(
            region_name=self.region, role_session_name="root", policy=None, external_id=None,
            role_arn="arn:aws:iam::%s:root" % target, duration=900)
        state.roots[session.access_key_id] = target
        return ActionResult({"Credentials": session})

    def collect_policies(self):
        if self._owner_role_name.endswith(":root"):
            return [json.dumps(plans.document([("Allow", AUDIT_ACTIONS, "*")]))]
        return stock_policies(self)

    def authenticate(self, resource="*"):
        if self._get_action() != "AssumeRoleWithWebIdentity":  # which nobody signs
            stock_authenticate(self, resource)

    stock_authenticate = TokenResponse._authenticate_and_authorize_normal_action
    TokenResponse._authenticate_and_authorize_normal_action = authenticate
    stock_policies = access_control.AssumedRoleAccessKey.collect_policies
    access_control.AssumedRoleAccessKey.collect_policies = collect_policies
    TokenResponse.assume_role = assume_role
    TokenResponse.assume_root = assume_root

    def features(self):
        if not state.plan["organization"]["features"]:
            class Off(IAMException):
                code = "ServiceAccessNotEnabledException"
            raise Off("Trusted access is not enabled")
        if self.current_account not in (management, *iam_delegates):
            class NotAdmin(IAMException):
                code = "AccountNotManagementOrDelegatedAdministratorException"
            raise NotAdmin("The account is no administrator")
        return ActionResult({"OrganizationId": state.plan["organization"]["id"],
                             "EnabledFeatures": state.plan["organization"]["features"]})

    iam_delegates = {d["account"] for d in state.plan["delegated"] if "iam.amazonaws.com" in d["services"]}
    IamResponse.list_organizations_features = features

    def denied(self):
        if self._service == "organizations":
            raise JsonRESTError("AccessDeniedException",
                                "You don't have permissions to access this resource.")
        if self._service in ("iam", "sts"):
            raise Refused("User: %s is not authorized to perform: %s" % (
                self._access_key.arn, self._action))
        stock_denied(self)

    stock_denied = access_control.IAMRequest._raise_access_denied
    access_control.IAMRequest._raise_access_denied = denied


def patch_organizations(state):
    management = state.plan["organization"]["management"]
    trusted = {management, *(d["account"] for d in state.plan["delegated"])}
    backend = organizations_backends[management]["aws"]

    def paged(function, name, starts_empty=False):
        """A list in pages: the first one of some lists is empty, and has a token all the same."""
        def method(self):
            if self.current_account not in trusted:
                raise JsonRESTError("AccessDeniedException",
                                    "You don't have permissions to access this resource.")
            asked, token = self._get_param("MaxResults"), self._get_param("NextToken")
            if asked is not None and not 1 <= asked <= 20:
                raise InvalidInputException("You specified an invalid value.")
            if starts_empty and token is None:
                return json.dumps({name: [], "NextToken": "0"})
            page, token = page_of(function(self), asked or 20, token, 20)
            return json.dumps({name: page, **({"NextToken": token} if token else {})})
        return method

    def children(self):
        place = self._get_param("ParentId")
        if place not in [node.id for node in backend.ou]:
            raise JsonRESTError("ParentNotFoundException", "You specified parent that doesn't exist.")
        return place

    def policies(self):
        if not FakePolicy.supported_policy_type(self._get_param("Filter")):
            raise InvalidInputException("You specified an invalid value.")
        return [p.describe()["Policy"]["PolicySummary"] for p in backend.policies
                if p.type == self._get_param("Filter")]

    def targets(self):
        policy = backend.get_policy_by_id(self._get_param("PolicyId"))
        return [{"TargetId": t.id, "Arn": t.arn, "Name": t.name, "Type": t.type}
                for t in policy.attachments]

    def accounts_of(self):
        place = children(self)
        return [a.describe() for a in backend.accounts if a.parent_id == place]

    def units_of(self):
        place = children(self)
        return [{"Id": u.id, "Arn": u.arn, "Name": u.name} for u in backend.ou if u.parent_id == place]

    def delegated(self):
        wanted = self._get_param("ServicePrincipal")
        return [a.describe() for a in backend.admins if wanted in (None, *a.services)]

    def services_of(self):
        return [s for a in backend.admins if a.account.id == self._get_param("AccountId")
                for s in a.services.values()]

    lists = (("list_accounts", lambda self: [a.describe() for a in backend.accounts], "Accounts", False),
             ("list_roots", lambda self: [backend.ou[0].describe()], "Roots", False),
             ("list_accounts_for_parent", accounts_of, "Accounts", True),
             ("list_organizational_units_for_parent", units_of, "OrganizationalUnits", False),
             ("list_policies", policies, "Policies", False),
             ("list_targets_for_policy", targets, "Targets", True),
             ("list_delegated_administrators", delegated, "DelegatedAdministrators", False),
             ("list_delegated_services_for_account", services_of, "DelegatedServices", False))
    for name, function, result, starts_empty in lists:
        setattr(OrganizationsResponse, name, paged(function, result, starts_empty))

    def as_management(name):
        stock = getattr(OrganizationsResponse, name)

        def method(self):
            if self.current_account not in trusted:
                raise JsonRESTError("AccessDeniedException",
                                    "You don't have permissions to access this resource.")
            self.current_account = management
            return stock(self)
        return method

    OrganizationsResponse.describe_policy = as_management("describe_policy")
    OrganizationsResponse.describe_account = as_management("describe_account")


def patch_lookup(state):
    """moto looks through all accounts for a key; there are many, and few keys that call."""
    from moto.core import responses
    from moto.iam import models

    def account_of(access_key):
        for account in state.accounts:
            if access_key in iam_backends[account]["aws"].access_keys:
                return account
        return state.plan["organization"]["management"]

    models.get_account_id_from = account_of
    assert responses


def patch_last_accessed():
    """What other tools ask about users: nobody used anything."""
    def generate(self):
        return ActionResult({"JobId": "00000000-0000-0000-0000-000000000000"})

    def get(self):
        then = instant("2026-01-01T00:00:00Z")
        return ActionResult({"JobStatus": "COMPLETED", "JobCreationDate": then, "JobCompletionDate": then,
                             "ServicesLastAccessed": [], "IsTruncated": False})

    IamResponse.generate_service_last_accessed_details = generate
    IamResponse.get_service_last_accessed_details = get


def patch_regions(state):
    """The regions of an account are few here, so that asking each takes no time."""
    def describe_regions(self):
        status = {"ENABLED_BY_DEFAULT": "opt-in-not-required", "ENABLED": "opted-in"}
        told = state.accounts[self.current_account]["regions"]
        return ActionResult({"Regions": [
            {"RegionName": r["name"], "OptInStatus": status.get(r["state"], "not-opted-in"),
             "Endpoint": "ec2.%s.amazonaws.com" % r["name"]} for r in told
            if r["state"] in status or self._get_param("AllRegions")]})

    AvailabilityZonesAndRegions.describe_regions = describe_regions


def patch_moto(plan, early=EARLY):
    state = State(plan)
    patch_lookup(state)
    patch_report(state)
    patch_lists(state, early)
    patch_root(state)
    patch_sessions(state)
    patch_organizations(state)
    patch_regions(state)
    patch_last_accessed()
    return state
