"""Runs Prowler's own checks over accounts that moto plays, and prints what they find as JSON.

Prowler is what pip installed, untouched. Only moto's backend is filled by hand with what its interface
cannot be asked for: the text of the credential report, the root user's devices, and last sign-ins.

Reads from standard input {"now": TIME, "checks": [NAME], "accounts": [ACCOUNT]}, an account being
{"account", "region", "partition", "report", "users": [{"name", "path", "password", "used"}],
"root_mfa", "devices": [{"name", "user"}]}. Prints one line for each account:
{"account", "findings": {CHECK: {USER: [STATUS]} or null where the check threw}}.

Each account is judged in a process of its own, since Prowler collects an account when its modules are
loaded. No request leaves the process: moto answers inside botocore.
"""

import importlib
import json
import os
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_EC2_METADATA_DISABLED="true",
    MOTO_EC2_LOAD_DEFAULT_AMIS="false",
    TZ="UTC",
)
for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(name, None)

# pylint: disable=wrong-import-position
import boto3
import freezegun
import moto
from dateutil import parser
from moto.iam.models import User, VirtualMfaDevice, iam_backends
from prowler.providers.aws.aws_provider import AwsProvider
from prowler.providers.aws.services.iam import iam_service
from prowler.providers.common.models import Audit_Metadata
from prowler.providers.common.provider import Provider

assert iam_service  # loaded before the processes part, for speed


class Root(User):
    """The owner of the root user's devices; moto has no root user."""

    __module__ = User.__module__  # where moto looks for its service

    @property
    def arn(self):
        return super().arn.rpartition(":")[0] + ":root"


def fill_moto(account):
    """The account's users through moto's interface, the rest into its backend."""
    iam = boto3.client("iam", region_name=account["region"])
    backend = iam_backends[account["account"]][account["partition"]]
    for user in account["users"]:
        iam.create_user(UserName=user["name"], Path=user["path"])
        if user["password"]:
            iam.create_login_profile(UserName=user["name"], Password="not a secret 1A")
        if user["used"]:
            backend.get_user(user["name"]).password_last_used = parser.parse(user["used"])
    backend.account_summary._account_mfa_enabled = int(account["root_mfa"])
    for device in account["devices"]:
        virtual = VirtualMfaDevice(account["account"], account["region"], "/" + device["name"])
        virtual.user = backend.users.get(device["user"]) or Root(
            account["account"], account["region"], device["user"]
        )
        backend.virtual_mfa_devices[virtual.serial_number] = virtual
    backend.credential_report = True
    backend.get_credential_report = lambda: account["report"]


def run_check(name):
    """The statuses of each user, or None where the check threw: Prowler then reports nothing."""
    path = f"prowler.providers.aws.services.iam.{name}.{name}"
    check = getattr(importlib.import_module(path), name)()
    try:
        findings = check.execute()
    except Exception as error:  # as prowler.lib.check.check.execute does
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        return None
    users = {}
    for finding in findings:
        # Findings of single keys name them after the user.
        user = finding.resource["user"] if "user" in finding.resource else finding.resource["name"]
        users.setdefault(user, []).append(finding.status)
    return users


def scan(account, checks, now):
    os.environ["MOTO_ACCOUNT_ID"] = account["account"]
    os.environ["AWS_DEFAULT_REGION"] = account["region"]
    with moto.mock_aws(), freezegun.freeze_time(now):
        fill_moto(account)
        provider = AwsProvider(regions={account["region"]})
        provider.audit_metadata = Audit_Metadata(
            services_scanned=0, expected_checks=checks, completed_checks=0, audit_progress=0
        )
        Provider.set_global_provider(provider)
        assert provider.identity.account == account["account"]
        return {check: run_check(check) for check in checks}


def warm_up():
    """Loads in this process what every account's process would load for itself."""
    os.environ.update(MOTO_ACCOUNT_ID="000000000000", AWS_DEFAULT_REGION="us-east-1")
    with moto.mock_aws():
        AwsProvider(regions={"us-east-1"}).generate_regional_clients("iam")
        boto3.client("iam").list_users()
        boto3.client("organizations")


def main():
    job = json.load(sys.stdin)
    warm_up()
    for account in job["accounts"]:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            findings = scan(account, job["checks"], job["now"])
            print(json.dumps({"account": account["account"], "findings": findings}), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            sys.exit(f"scan.py: account {account['account']} ended with status {status}")


main()
