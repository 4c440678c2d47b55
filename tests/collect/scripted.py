"""An AWS of few accounts that answers as it is told, call by call.

    with Scripted({"GetCredentialReport": [error(404, "ReportInProgress"), None]}) as aws:
        aws.run("--accounts", "list", store=path)
        aws.calls       # (account, operation, parameters), in order

A reply is (status, body); None: the usual one. A list is gone through once, its last reply stays. Keys are
operations, or (account, operation). The account is in the key that AssumeRole hands out.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TOP, "tests", "support"))
import loopback  # noqa: E402

KEYWARDEN = os.environ.get("KEYWARDEN") or os.path.join(TOP, "build", "keywarden")
CALLER = "111111111111"
NOW = "2026-11-01T00:00:00Z"
COLUMNS = ("user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
           "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
           "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
           "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
           "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
           "cert_1_last_rotated,cert_2_active,cert_2_last_rotated")


def xml(operation, body):
    return 200, "<%sResponse><%sResult>%s</%sResult></%sResponse>" % (
        operation, operation, body, operation, operation)


def error(status, code, message="no"):
    return status, ("<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>"
                    % (code, message))


def refusal(code, message="no"):
    return 400, json.dumps({"__type": code, "Message": message})


def report(account, users=("ada",), generated="2026-11-01T00:00:05Z"):
    """`users` may have an MFA device ("+name") and an active key ("*name")."""
    rows = [COLUMNS, "<root_account>,arn:aws:iam::%s:root,2020-01-01T00:00:00Z,true,no_information,"
            "2020-01-01T00:00:00Z,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,"
            "false,N/A" % account]
    for user in users:
        name = user.lstrip("+*")
        rows.append("%s,arn:aws:iam::%s:user/%s,2020-01-01T00:00:00Z,false,N/A,N/A,N/A,%s,%s,%s,N/A,N/A,N/A,"
                    "false,N/A,N/A,N/A,N/A,false,N/A,false,N/A" % (
                        name, account, name, str(user.startswith("+")).lower(),
                        str(user.startswith("*")).lower(),
                        "2020-01-01T00:00:00Z" if user.startswith("*") else "N/A"))
    return xml("GetCredentialReport", "<Content>%s</Content><GeneratedTime>%s</GeneratedTime>" % (
        base64.b64encode("\n".join(rows).encode()).decode(), generated))


def credentials(operation, key):
    return xml(operation, "<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
               "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>" % key)


def usual(account, operation, words):
    """What an account answers that has one user and nothing else."""
    if operation == "AssumeRole":
        return credentials(operation, "ASIA" + words["RoleArn"].split(":")[4])
    if operation == "AssumeRoot":
        return credentials(operation, "ASIA%sROOT" % words["TargetPrincipal"])
    if operation == "GetCredentialReport":
        return report(account)
    bodies = {
        "GetCallerIdentity": "<Arn>arn:aws:iam::%s:user/me</Arn><Account>%s</Account>" % (CALLER, CALLER),
        "GenerateCredentialReport": "<State>STARTED</State>",
        "GetAccountAuthorizationDetails": "<IsTruncated>false</IsTruncated><UserDetailList/>",
        "GetAccountSummary": "<SummaryMap/>",
        "ListVirtualMFADevices": "<IsTruncated>false</IsTruncated><VirtualMFADevices/>",
        "ListOrganizationsFeatures": "<OrganizationId>o-1</OrganizationId><EnabledFeatures/>",
        "ListServiceSpecificCredentials": "<ServiceSpecificCredentials/>",
        "ListAccessKeys": "<AccessKeyMetadata/>",
        "ListMFADevices": "<MFADevices/>",
        "ListSSHPublicKeys": "<SSHPublicKeys/>",
        "ListSigningCertificates": "<Certificates/>",
        "DescribeRegions": "<regionInfo/>",
    }
    if operation.startswith("/"):
        return 200, "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
    if operation == "ListTrails":
        return 200, '{"Trails":[]}'
    if operation == "GetAccountPasswordPolicy":
        return error(404, "NoSuchEntity")
    if operation in bodies:
        return xml(operation, bodies[operation])
    return 500, "<html>not scripted</html>"


class Scripted:
    def __init__(self, script=None):
        self.script = {key: reply if isinstance(reply, list) else [reply]
                       for key, reply in (script or {}).items()}
        self.calls, self.lock = [], threading.Lock()

    def reply(self, account, operation, words):
        with self.lock:
            self.calls.append((account, operation, words))
            for key in ((account, operation), operation):
                if key in self.script:
                    replies = self.script[key]
                    found = replies[0] if len(replies) == 1 else replies.pop(0)
                    found = found(account, words) if callable(found) else found
                    return found or usual(account, operation, words)
        return usual(account, operation, words)

    def __enter__(self):
        outer = self

        class Handler(loopback.Handler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                account = re.search(r"Credential=ASIA(\d{12}\w*)/", self.headers.get("Authorization", ""))
                target = self.headers.get("X-Amz-Target")
                words = json.loads(body) if target else dict(urllib.parse.parse_qsl(body))
                operation = target.split(".")[1] if target else words.get("Action", self.path)
                status, text = outer.reply(account.group(1) if account else CALLER, operation, words)
                self.answer(status, text)

            do_GET = do_POST

        self.folder = tempfile.TemporaryDirectory(prefix="keywarden-scripted-")
        self.store = os.path.join(self.folder.name, "s.db")
        # Whoever is interrupted resets connections.
        self.server = loopback.Server(Handler, handle_error=lambda *_: None)
        self.url = self.server.url
        return self

    def __exit__(self, *_):
        self.server.__exit__()
        self.folder.cleanup()

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": self.folder.name, "AWS_ACCESS_KEY_ID": "AKIACALLER",
                "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
                "KEYWARDEN_CONFIG": "/dev/null", "AWS_MAX_ATTEMPTS": "3",
                **{n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS")}}

    def words(self, *words):
        return [KEYWARDEN, "collect", "--endpoint-url", self.url, "--store", self.store, *words]

    def run(self, *words, **environment):
        self.calls.clear()
        now = () if "--resume" in words else ("--now", NOW)
        return subprocess.run(self.words(*now, *words), env={**self.environment(), **environment}, timeout=100,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def list(self, text):
        path = os.path.join(self.folder.name, "list")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def count(self, operation):
        return sum(call[1] == operation for call in self.calls)
