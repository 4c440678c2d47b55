"""Puts a plan into moto's backends, in this process: what its interface cannot be asked for too.

moto has no root users, lets nobody choose when a key was made, and makes ids of its own; its objects take
all of that as plain attributes.

    fill_moto(plan)     # before the server starts
"""

import datetime
import json

import botocore.session
from moto.account.models import AlternateContact, account_backends
from moto.iam.models import (AccessKey, AccountPasswordPolicy, AWSManagedPolicy, Group, InstanceProfile,
                             ManagedPolicy, MFADevice, Role, SigningCertificate, User, iam_backends)
from moto.organizations.models import (FakeAccount, FakeDelegatedAdministrator, FakeOrganizationalUnit,
                                       FakePolicy, organizations_backends)
from moto.s3.models import s3_backends

import plan as plans

PARTITION = "aws"
FULL_ACCESS_IDS = tuple(plans.FULL_ACCESS.values())


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None)


def encoded(statements):
    return json.dumps(statements, ensure_ascii=True)


def fill_policies(iam, account):
    """The managed policies of AWS that somebody has, and the account's own."""
    used = {arn for entity in account["users"] + account["groups"] + account["roles"]
            for arn in entity["managed"]} | {u["boundary"] for u in account["users"] if u["boundary"]}
    for arn in sorted(used & set(plans.AWS_POLICIES)):
        iam.managed_policies[arn] = policy = AWSManagedPolicy(
            arn.rpartition("/")[2], account_id=account["id"], region="us-east-1", path="/",
            document=encoded(plans.document(plans.AWS_POLICIES[arn])))
        iam.aws_managed_policies.append(policy)
    for planned in account["policies"]:
        iam.managed_policies[planned["arn"]] = ManagedPolicy(
            planned["name"], account_id=account["id"], region="us-east-1", path="/",
            document=encoded(planned["document"]))
    for policy in iam.managed_policies.values():
        policy.policy_name = policy.name  # GetAccountAuthorizationDetails calls it so
        policy.create_date = policy.update_date = datetime.datetime(2020, 1, 1)
        policy.permissions_boundary_usage_count = sum(
            u["boundary"] == policy.arn for u in account["users"])


def give_policies(iam, entity, planned):
    for arn in planned["managed"]:
        iam.managed_policies[arn].attach_to(entity)
    for name, text in planned["inline"].items():
        entity.put_policy(name, encoded(text))


def fill_user(iam, account, planned):
    user = User(account["id"], "us-east-1", planned["name"], planned["path"])
    user.create_date = instant(planned["created"])
    iam.users[planned["name"]] = user
    if planned["password"]:
        user.password = "never told: %s" % planned["name"]
        used = planned["password"]["used"]
        user.password_last_used = instant(used) if used else None
    for key in planned["keys"]:
        made = AccessKey(user.name, prefix="AKIA", account_id=account["id"])
        made.access_key_id = key["id"]
        made.secret_access_key = key.get("secret") or made.secret_access_key
        made.status = "Active" if key["active"] else "Inactive"
        made.create_date = instant(key["created"])
        user.access_keys.append(made)
        iam.access_keys[made.access_key_id] = made
    for device in planned["devices"]:
        user.mfa_devices[device["serial"]] = held = MFADevice(device["serial"], "", "")
        held.enable_date = instant(device["enabled"])
    for certificate in planned["certificates"]:
        user.signing_certificates[certificate["id"]] = held = SigningCertificate(
            certificate["id"], user.name, "none")
        held.status = "Active" if certificate["active"] else "Inactive"
        held.upload_date = instant(certificate["uploaded"])
    for number, ssh_key in enumerate(planned["ssh_keys"]):
        key = user.upload_ssh_public_key("ssh-rsa %s-%d" % (user.name, number))
        key.status = "Active" if ssh_key["active"] else "Inactive"
    if planned["tags"]:
        iam.tagger.tag_resource(user.arn, [{"Key": k, "Value": v} for k, v in planned["tags"].items()])
    if planned["boundary"]:
        user.permissions_boundary = {"PermissionsBoundaryType": "Policy",
                                     "PermissionsBoundaryArn": planned["boundary"]}
    give_policies(iam, user, planned)


def trust(plan, who, external_id=None):
    principal = {"Service": "ec2.amazonaws.com"} if who == "ec2" else {
        "AWS": "arn:aws:iam::%s:root" % plan["organization"]["management"]}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def fill_role(plan, iam, account, planned, role_policy):
    role = Role(account_id=account["id"], partition=PARTITION, role_id="AROA" + account["id"],
                name=planned["name"], assume_role_policy_document=trust(plan, planned["trusts"]),
                path="/", permissions_boundary=None, description="", tags={}, max_session_duration="3600")
    role.create_date = datetime.datetime(2021, 1, 1)
    iam.roles[role.id + planned["name"]] = role
    give_policies(iam, role, planned)
    if planned["name"] == plans.ROLE:
        statements = list(role_policy["Statement"])
        if account["denied"]:
            statements.append({"Effect": "Deny", "Action": account["denied"], "Resource": "*"})
        role.put_policy("collect", json.dumps({"Version": "2012-10-17", "Statement": statements}))
    if planned["trusts"] == "ec2":
        iam.instance_profiles["app"] = InstanceProfile(
            account["id"], "us-east-1", "AIPA" + account["id"], "app", "/", [role])


def fill_account(plan, account, role_policy):
    iam = iam_backends[account["id"]][PARTITION]
    iam.roles.clear()  # Organizations makes one
    fill_policies(iam, account)
    for planned in account["users"]:
        fill_user(iam, account, planned)
    for planned in account["groups"]:
        group = Group(account["id"], "us-east-1", planned["name"])
        group.create_date = datetime.datetime(2021, 1, 1)
        iam.groups[planned["name"]] = group
        give_policies(iam, group, planned)
        group.users = [iam.users[u["name"]] for u in account["users"] if planned["name"] in u["groups"]]
    for planned in account["roles"]:
        if planned["name"] != plans.ROLE or account["role_state"] != "missing":
            fill_role(plan, iam, account, planned, role_policy)
    wanted = account["password_policy"]
    if wanted:
        iam.account_password_policy = AccountPasswordPolicy(
            allow_change_password=True, hard_expiry=False, max_password_age=wanted["max_age"],
            minimum_password_length=wanted["minimum_length"], password_reuse_prevention=wanted["reuse"],
            require_lowercase_characters=wanted["lower"], require_numbers=wanted["numbers"],
            require_symbols=wanted["symbols"], require_uppercase_characters=wanted["upper"])
    for name in account["saml"]:
        iam.create_saml_provider(name, "<xml/>")
    summary = iam.account_summary
    summary._account_mfa_enabled = int(bool(account["root"]["devices"]))
    summary._account_access_keys_present = int(bool(account["root"]["keys"]))
    summary._account_signing_certificates_present = int(bool(account["root"]["certificates"]))
    contact = account["security_contact"]
    if contact:
        account_backends[account["id"]][PARTITION]._alternate_contacts["SECURITY"] = AlternateContact(
            "SECURITY", contact["Title"], contact["Name"], contact["EmailAddress"],
            contact["PhoneNumber"])
    fill_buckets(account)


def fill_buckets(account):
    for number in range(account["assets"]["s3"]):
        s3_backends[account["id"]][PARTITION].create_bucket(
            "bucket-%s-%d" % (account["id"], number), "us-east-1")


def ask_for_assets(plan, url):
    """Machines, databases and trails through moto's interface; nobody signs yet."""
    session = botocore.session.Session()
    for account in plan["accounts"]:
        assets = account["assets"]
        if not any(assets[kind] for kind in ("ec2", "rds", "cloudtrail")):
            continue

        def client(service, region, number=account["id"]):
            made = session.create_client(service, region_name=region, endpoint_url=url)
            made.meta.events.register(
                "before-send.*", lambda request, **_: request.headers.update(
                    {"x-moto-account-id": number}))
            return made

        enabled = [r["name"] for r in account["regions"] if r["state"].startswith("ENABLED")]
        for number in range(assets["ec2"]):
            client("ec2", enabled[number % len(enabled)]).run_instances(
                ImageId="ami-12345678", MinCount=1, MaxCount=1)
        for number in range(assets["rds"]):
            client("rds", enabled[number % len(enabled)]).create_db_instance(
                DBInstanceIdentifier="db-%d" % number, Engine="postgres", AllocatedStorage=10,
                DBInstanceClass="db.t3.micro", MasterUsername="a", MasterUserPassword="never told")
        for number in range(assets["cloudtrail"]):
            name = "trails-%s-%d" % (account["id"], number)
            s3_backends["900000000000"][PARTITION].create_bucket(name, "us-east-1")
            client("cloudtrail", "us-east-1").create_trail(Name="trail-%d" % number, S3BucketName=name,
                                                           IsMultiRegionTrail=True)
            topic = client("sns", "us-east-1").create_topic(Name=name)["TopicArn"]
            client("cloudwatch", "us-east-1").put_metric_alarm(
                AlarmName=name, MetricName="root", Namespace="trails", AlarmActions=[topic], Period=300,
                Statistic="Sum", Threshold=1, EvaluationPeriods=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold")


def fill_organization(plan):
    told = plan["organization"]
    backend = organizations_backends[told["management"]][PARTITION]
    backend.create_organization(region="us-east-1", FeatureSet=told["feature_set"])
    org, root = backend.org, backend.ou[0]
    org.id, org.root_id, root.id = told["id"], told["root"], told["root"]
    org.master_account_email = plan["accounts"][0]["email"]
    for node in [root, *backend.accounts, *backend.policies]:
        node.organization_id = told["id"]
    root.policy_types = [{"Type": kind, "Status": "ENABLED"} for kind in plans.FULL_ACCESS]
    places = {told["root"]: root}
    for planned in plan["units"]:
        unit = FakeOrganizationalUnit(org, Name=planned["name"], ParentId=planned["parent"])
        unit.id = planned["id"]
        backend.ou.append(unit)
        places[unit.id] = unit
    for number, planned in enumerate(plan["accounts"]):
        account = backend.accounts[0] if number == 0 else FakeAccount(
            org, AccountName=planned["name"], Email=planned["email"])
        account.id, account.name, account.email = planned["id"], planned["name"], planned["email"]
        account.status = account.state = planned["status"]
        account.joined_method = "INVITED" if number % 3 == 0 else "CREATED"
        account.create_time = instant(planned["joined"])
        account.parent_id = planned["unit"]
        places[account.id] = account
        if number:
            backend.accounts.append(account)
            organizations_backends.master_accounts[account.id] = (told["management"], PARTITION)
    for policy in list(backend.policies):
        policy.attachments = list(places.values())
    for planned in plan["policies"]:
        policy = FakePolicy(org, Name=planned["name"], Type=planned["type"], Description="",
                            Content=json.dumps(planned["content"]))
        policy.id = planned["id"]
        policy.attachments = [places[target] for target in planned["targets"]]
        backend.policies.append(policy)
    for planned in plan["delegated"]:
        admin = FakeDelegatedAdministrator(places[planned["account"]])
        admin.services = {s: {"ServicePrincipal": s, "DelegationEnabledDate": 0}
                          for s in planned["services"]}
        backend.admins.append(admin)


def fill_moto(plan, role_policy=None):
    """`role_policy` is what the role that collects may do; all, unless told otherwise."""
    fill_organization(plan)
    for account in plan["accounts"]:
        fill_account(plan, account, role_policy or plans.document([("Allow", "*", "*")]))
