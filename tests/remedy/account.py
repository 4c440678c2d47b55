"""A small AWS account in two forms: the state of a moto server and the report of it.

A test that imports this runs under build/venv, which has moto and the AWS CLI; see reexec().

    with Server() as server:
        server.seed(USERS)
        done = server.sh("aws iam list-users")
        server.state()["bob"]["keys"]   # [("Active", created), ...] in the order they were made
"""

import csv
import io
import logging
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path += [os.path.join(TOP, "tests", "aws"), os.path.join(TOP, "tests", "support")]
import packages  # noqa: E402

packages.need(*packages.MOTO)  # it goes on under build/venv

import moto.backends  # noqa: E402
from moto.cloudtrail.responses import CloudTrailResponse  # noqa: E402
from moto.iam.models import AccessKeyLastUsed, IAMBackend, SigningCertificate  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402
from moto.sts.models import STSBackend  # noqa: E402

from cli import Cli  # noqa: E402

ACCOUNT = "123456789012"
AS_OF = "2026-11-01T00:00:00Z"
ROOT = "<root_account>"
STAND_IN = "the-root-user"  # moto has no root user: this one answers for it

# moto does not do these; what they lack has nothing to do with what is tested.
looked_up = []  # start times that CloudTrail was asked for


def lookup_events(response):
    looked_up.append(response._get_param("StartTime"))
    return '{"Events": []}'


def get_caller_identity(backend, access_key_id, region):
    user = None
    for account in moto.backends.get_backend("iam").values():
        user = user or account["aws"].get_user_from_access_key_id(access_key_id)
    if user is None:
        return original_identity(backend, access_key_id, region)
    arn = f"arn:aws:iam::{user.account_id}:root" if user.name == STAND_IN else user.arn
    return user.id, arn, user.account_id


def get_user(backend, name):
    return original_get_user(backend, name or STAND_IN)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
original_identity, STSBackend.get_caller_identity = (STSBackend.get_caller_identity,
                                                     get_caller_identity)
original_get_user, IAMBackend.get_user = IAMBackend.get_user, get_user
CloudTrailResponse.lookup_events = lookup_events


def user(created="2020-01-01T00:00:00Z", password=None, mfa=False, keys=(), certificates=()):
    """password: (changed, used or None); keys: (status, created, used or None); times in ISO."""
    return {"created": created, "password": password, "mfa": mfa, "keys": keys,
            "certificates": certificates}


def when(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def report(users, account=ACCOUNT):
    """The credential report of these users as CSV text; names may be anything."""
    head = ["user", "arn", "user_creation_time", "password_enabled", "password_last_used",
            "password_last_changed", "password_next_rotation", "mfa_active"]
    for slot in (1, 2):
        head += [f"access_key_{slot}_{name}" for name in
                 ("active", "last_rotated", "last_used_date", "last_used_region",
                  "last_used_service")]
    for slot in (1, 2):
        head += [f"cert_{slot}_active", f"cert_{slot}_last_rotated"]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(head)
    for name, it in users.items():
        resource = "root" if name == ROOT else f"user/{name}"
        changed, used = it["password"] or ("N/A", "N/A")
        row = [name, f"arn:aws:iam::{account}:{resource}", it["created"],
               str(it["password"] is not None).lower(), used or "no_information", changed,
               "not_supported" if name == ROOT else "N/A", str(it["mfa"]).lower()]
        for slot in (0, 1):
            status, made, used = it["keys"][slot] if slot < len(it["keys"]) else ("", "N/A", None)
            row += [str(status == "Active").lower(), made, used or "N/A", "N/A", "N/A"]
        for slot in (0, 1):
            status, made = (it["certificates"][slot] if slot < len(it["certificates"])
                            else ("", "N/A"))
            row += [str(status == "Active").lower(), made]
        table.writerow(row)
    return out.getvalue()


class Server:
    """moto on a free port of this machine, and shells that know no other AWS."""

    def __enter__(self):
        self.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.port = self.moto.get_host_and_port()[1]
        self.scratch = tempfile.TemporaryDirectory()
        self.cli = Cli(self.scratch.name)
        self.cli.__enter__()
        self.keys = {}
        return self

    def __exit__(self, *_):
        self.cli.__exit__()
        self.moto.stop()
        self.scratch.cleanup()

    def backend(self, account=ACCOUNT):
        return moto.backends.get_backend("iam")[account]["aws"]

    def seed(self, users, account=ACCOUNT):
        backend = self.backend(account)
        backend.reset()
        for name, it in {**users, "administrator": user(keys=[("Active", AS_OF, None)])}.items():
            self.add(backend, STAND_IN if name == ROOT else name, it)
        # Who signs: root for lines about root, an administrator for the rest.
        self.keys[account] = {name: backend.get_user(name).access_keys[0]
                              for name in (STAND_IN, "administrator") if name in backend.users
                              and backend.get_user(name).access_keys}

    @staticmethod
    def add(backend, name, it):
        made = backend.create_user("us-east-1", name)
        made.create_date = when(it["created"])
        if it["password"]:
            _, used = it["password"]
            made.password = "a password"
            made.password_last_used = when(used) if used else None
        for status, created, used in it["keys"]:
            key = backend.create_access_key(name)
            key.status, key.create_date = status, when(created)
            key.last_used = AccessKeyLastUsed(when(used), "s3", "us-east-1") if used else None
        for index, (status, created) in enumerate(it["certificates"]):
            certificate = SigningCertificate(f"CERTIFICATE{index}ABCDEFGHIJKLMNOP", name, "")
            certificate.status, certificate.upload_date = status, when(created)
            made.signing_certificates[certificate.id] = certificate

    def state(self, account=ACCOUNT):
        """Everything a line might change, of every user."""
        backend = self.backend(account)
        found = {"virtual devices": sorted(backend.virtual_mfa_devices)}
        for name, it in backend.users.items():
            found[ROOT if name == STAND_IN else name] = {
                "keys": [(key.status, key.access_key_id) for key in it.access_keys],
                "password": bool(it.password),
                "certificates": [c.status for c in it.signing_certificates.values()],
                "devices": sorted(it.mfa_devices),
            }
        return found

    def environment(self, signer="administrator", account=ACCOUNT):
        key = self.keys[account][signer]
        return {"PATH": self.scratch.name + ":" + os.environ["PATH"],
                "HOME": self.scratch.name, "LC_ALL": "C.UTF-8", "AWS_PAGER": "",
                "AWS_ACCESS_KEY_ID": key.access_key_id,
                "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def sh(self, text, signer="administrator", account=ACCOUNT, shell="sh"):
        """Runs text as a script of that shell."""
        path = os.path.join(self.scratch.name, "script")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        return subprocess.run([shell, path], cwd=self.scratch.name, check=False, timeout=600,
                              env=self.environment(signer, account), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)


class Checks:
    """Counts, and says what is wrong."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, right, name, *details):
        self.passed += bool(right)
        if not right:
            self.failed += 1
            print(f"FAILED: {name}")
            for detail in details:
                print("    " + str(detail).replace("\n", "\n    "))

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(self.failed > 0 or self.passed == 0)
