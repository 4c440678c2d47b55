#!/usr/bin/env python3
"""Calls against a server that answers as AWS does on bad days; the client's clock is fixed and its waits
are told, not waited.

usage: tests/aws/test_calls.py
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from email.utils import formatdate

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()

import botocore.session  # noqa: E402

from replies import NOW, Server  # noqa: E402

USERS = ("<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUsersResult><Users>"
         "<member><UserName>a</UserName></member></Users></ListUsersResult><ResponseMetadata>"
         "<RequestId>req-1</RequestId></ResponseMetadata></ListUsersResponse>")
HTML = "<!doctype html><html><head><title>502 Bad Gateway</title></head></html>"
BOMB = "<!DOCTYPE a [<!ENTITY b \"%s\">]><ListUsersResponse>&b;</ListUsersResponse>" % ("x" * 1000)


def query_error(code, message="m"):
    return ("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
            "<RequestId>req-e</RequestId></ErrorResponse>" % (code, message))


def call(server, *words, environment=None):
    fixed = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
             "AWS_SECRET_ACCESS_KEY": "hunter2-secret", "AWS_SESSION_TOKEN": "hunter2-token",
             "AWS_ENDPOINT_URL": server.url, "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run([support.probe("call_probe"), "now=%d" % NOW, *words], check=False,
                          capture_output=True, env={**fixed, **(environment or {})}, timeout=60)
    for secret in (b"hunter2",):
        support.check("no secret in output: %r" % (words,), secret in done.stdout + done.stderr, False)
    return json.loads(done.stdout)


def iam(*replies, words=(), environment=None):
    with Server(*replies) as server:
        answer = call(server, *words, "iam", "ListUsers", "MaxItems=10", environment=environment)
        return answer, server.requests


def part(answer, *names):
    return tuple(answer.get(name) for name in names)


def check_good():
    answer, requests = iam((200, USERS))
    support.check("an answer", part(answer, "ok", "body", "result", "request_id", "attempts"),
                  ("true", USERS, "Users", "req-1", 1))
    headers, body, _ = requests[0]
    support.check("its body", body, "Action=ListUsers&Version=2010-05-08&MaxItems=10")
    support.check("its token", headers.get("x-amz-security-token"), "hunter2-token")
    support.check("its scope", re.search("Credential=([^,]*),", headers["authorization"]).group(1),
                  "AKIAEXAMPLE/20260921/us-east-1/iam/aws4_request")
    with Server((200, '{"Accounts":[{"Id":"1"}]}', {"x-amzn-RequestId": "req-2",
                                                     "Content-Type": "text/html"})) as server:
        answer = call(server, "organizations", "ListAccounts", "body={\"MaxResults\":20}")
        support.check("an answer in JSON", part(answer, "ok", "result", "request_id"),
                      ("true", "Accounts", "req-2"))
        support.check("its target", server.requests[0][0]["x-amz-target"],
                      "AWSOrganizationsV20161128.ListAccounts")
    with Server((200, "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>",
                 {"x-amz-request-id": "req-3"})) as server:
        answer = call(server, "s3", "ListBuckets", "prefix=a/b c")
        support.check("an answer of S3", part(answer, "ok", "result", "request_id"),
                      ("true", "Buckets", "req-3"))
        support.check("its path", server.requests[0][2], "/?prefix=a%2Fb%20c")
        support.check("its payload's hash", len(server.requests[0][0]["x-amz-content-sha256"]), 64)


def check_retries():
    slow, down = (400, query_error("Throttling")), (503, query_error("ServiceUnavailable"))
    answer, _ = iam(slow, slow, (200, USERS))
    support.check("throttled twice", part(answer, "ok", "attempts", "throttled"), ("true", 3, 2))
    support.check("with waits", len(answer["waits"]) >= 2, True)
    answer, requests = iam(slow)
    support.check("throttled for ever", part(answer, "ok", "class", "code", "attempts"),
                  ("false", "slower", "Throttling", 6))
    support.check("six tries", len(requests), 6)
    answer, _ = iam(down, (200, USERS))
    support.check("down once", part(answer, "ok", "attempts"), ("true", 2))
    for what, reply in {"HTML with 502": (502, HTML), "HTML with 200": (200, HTML),
                        "nothing with 200": (200, ""), "a cut body": (200, USERS[:50]),
                        "another operation's answer": (200, USERS.replace("Users", "Roles")),
                        "JSON for XML": (200, "{}"), "a bomb": (200, BOMB),
                        "less than was said": (200, USERS, {"cut": 50}),
                        "a killed connection": (200, None), "429": (429, ""),
                        "HTML with 500": (500, "<html><p>unclosed</html>")}.items():
        answer, _ = iam(reply, (200, USERS))
        support.check(what + ", once", part(answer, "ok", "body", "attempts"), ("true", USERS, 2))
        answer, _ = iam(reply)
        support.check(what + ", for ever", part(answer, "ok", "attempts"), ("false", 6))
        support.check(what + ": a text", "iam ListUsers" in answer["error"] or
                      "127.0.0.1" in answer["error"], True)
    answer, _ = iam((503, "", {"Retry-After": "7"}), (200, USERS))
    support.check("Retry-After in seconds", answer["waits"], [7050])
    answer, _ = iam((503, "", {"Retry-After": formatdate(NOW + 9, usegmt=True)}), (200, USERS))
    support.check("Retry-After as a date", answer["waits"], [9050])
    answer, _ = iam((503, "", {"Retry-After": "soon"}), (200, USERS))
    support.check("Retry-After as neither", answer["waits"], [50])
    answer, requests = iam(down, words=("budget=12", "repeat=4"))
    support.check("a budget ends retries", (answer["failures"], len(requests)), (4, 6))
    answer, _ = iam((200, USERS), words=("threads=8", "repeat=25"))
    support.check("many threads", (answer["failures"], answer["throttled"]), (0, 0))


def check_settings_of_retries():
    """AWS_MAX_ATTEMPTS and AWS_RETRY_MODE, and the same of a profile."""
    slow = (400, query_error("Throttling"))

    def tries(environment, config=""):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "config")
            with open(path, "w", encoding="utf-8") as file:
                file.write("[default]\n" + config)
            answer, requests = iam(slow, environment={"AWS_CONFIG_FILE": path, **environment})
            return len(requests) or answer.get("error")

    for environment, config, expected in (
            ({}, "", 6),
            ({"AWS_MAX_ATTEMPTS": "2"}, "", 2),
            ({"AWS_MAX_ATTEMPTS": "1"}, "max_attempts = 4", 1),
            ({}, "max_attempts = 4", 4),
            ({"AWS_RETRY_MODE": "standard"}, "", 3),
            ({"AWS_RETRY_MODE": "Legacy"}, "retry_mode = standard", 5),
            ({}, "retry_mode = adaptive", 3),
            ({"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "7"}, "", 7),
            ({"AWS_MAX_ATTEMPTS": "0"}, "", "'0' is no number of tries"),
            ({"AWS_MAX_ATTEMPTS": "many"}, "", "'many' is no number of tries"),
            ({}, "max_attempts = -1", "'-1' is no number of tries"),
            ({"AWS_RETRY_MODE": "simple"}, "", "there is no retry mode 'simple'")):
        support.check("tries with %r %r" % (environment, config), tries(environment, config), expected)
    for mode, expected in (("adaptive", True), ("standard", False), ("legacy", False)):
        answer, _ = iam(*[slow] * 2, (200, USERS), words=("repeat=40",),
                        environment={"AWS_RETRY_MODE": mode})
        support.check("%s: calls after a refusal wait for their turn" % mode,
                      (answer["failures"], len(answer["waits"]) > 2), (0, expected))


def check_once():
    """What may have been done is not asked for again when that is what the call says."""
    down, slow = (503, query_error("ServiceUnavailable")), (400, query_error("Throttling"))
    for what, reply, tried in (("down", down, 1), ("a cut body", (200, USERS[:50]), 1),
                               ("a killed connection", (200, None), 1), ("throttled", slow, 2)):
        answer, requests = iam(reply, (200, USERS), words=("once=1",))
        support.check(what + ", to be done once", (len(requests), answer["ok"]),
                      (tried, "true" if tried == 2 else "false"))
        if tried == 1:
            support.check(what + ": nobody knows", answer.get("class"), "retry")
        answer, requests = iam(reply, (200, USERS))
        support.check(what + ", as often as need be", (len(requests), answer["ok"]), (2, "true"))
    with Server((200, USERS)) as server:
        gone = server.url
    answer = call(Server((200, USERS)), "once=1", "attempts=2", "iam", "ListUsers",
                  environment={"AWS_ENDPOINT_URL": gone})
    support.check("nobody there, to be done once", part(answer, "class", "attempts"), ("retry", 2))


def check_failures():
    message = ("User: arn:aws:iam::1:user/u is not authorized to perform: iam:ListUsers on resource: *"
               " because no identity-based policy allows the iam:ListUsers action")
    for status, body, headers, expected in (
            (403, query_error("AccessDenied", message), {}, ("denied", "AccessDenied",
                                                             "iam:ListUsers", "req-e", 1)),
            (403, query_error("AccessDenied", "with an explicit deny"), {},
             ("denied", "AccessDenied", "iam:ListUsers", "req-e", 1)),
            (404, query_error("NoSuchEntity"), {}, ("absent", "NoSuchEntity", "", "req-e", 1)),
            (410, query_error("ReportNotPresent"), {}, ("state", "ReportNotPresent", "", "req-e", 1)),
            (409, query_error("LimitExceeded"), {}, ("fail", "LimitExceeded", "", "req-e", 1)),
            (403, query_error("InvalidClientTokenId"), {},
             ("fail-login", "InvalidClientTokenId", "", "req-e", 1)),
            (400, query_error("NobodyKnows"), {}, ("fail", "NobodyKnows", "", "req-e", 1)),
            (403, "", {"x-amzn-requestid": "h"}, ("denied", "", "iam:ListUsers", "h", 1)),
            (301, HTML, {"Location": "http://127.0.0.1:1/"}, ("fail", "", "", "", 1))):
        answer, _ = iam((status, body, headers))
        support.check("%d %s" % (status, body),
                      part(answer, "class", "code", "action", "request_id", "attempts"), expected)
        support.check("%d %s: status" % (status, body), answer["status"], status)
    support.check("a denial says what to allow", iam((403, query_error("AccessDenied", message)))[0]
                  ["hint"], "allow iam:ListUsers")
    for body, headers, code in (
            ('{"__type":"AccessDeniedException","Message":"no"}', {}, "AccessDeniedException"),
            ('{"__type":"com.amazonaws.x#TooManyRequestsException","message":"no"}', {},
             "TooManyRequestsException"),
            ('{"message":"no"}', {"x-amzn-ErrorType": "AccessDeniedException:http://x/"},
             "AccessDeniedException"),
            (query_error("AccessDenied"), {}, "AccessDenied")):
        with Server((400, body, headers)) as server:
            answer = call(server, "organizations", "ListAccounts")
            support.check("Organizations: " + body, answer["code"], code)
    with Server((403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"
                 "<RequestId>s</RequestId></Error>")) as server:
        answer = call(server, "s3", "ListBuckets")
        support.check("S3's denial", part(answer, "code", "action", "request_id"),
                      ("AccessDenied", "s3:ListAllMyBuckets", "s"))
    with Server((403, "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message>"
                 "</Error></Errors><RequestID>e</RequestID></Response>")) as server:
        answer = call(server, "ec2", "DescribeRegions")
        support.check("EC2's denial", part(answer, "class", "action", "request_id"),
                      ("denied", "ec2:DescribeRegions", "e"))
    with Server((200, USERS)) as server:
        gone = server.url
    answer = call(Server((200, USERS)), "attempts=2", "iam", "ListUsers",
                  environment={"AWS_ENDPOINT_URL": gone})
    support.check("nobody there", part(answer, "ok", "class", "fault", "attempts"),
                  ("false", "retry", 1, 2))
    answer, requests = iam((200, USERS), environment={"AWS_ACCESS_KEY_ID": ""})
    support.check("no credentials", (answer["class"], requests), ("fail-login", []))
    answer, requests = iam((200, USERS), words=("region=eu-west-1/../x",))
    support.check("no region", (answer["class"], requests), ("fail", []))


def check_clock():
    wrong = (403, query_error("SignatureDoesNotMatch",
                              "Signature expired. The Canonical String was hunter2-token"))
    for ours, expected in ((NOW - 3600, 3600), (NOW + 86400, -86400)):
        answer, requests = iam(wrong, (200, USERS), words=("now=%d" % ours,))
        support.check("a wrong clock", part(answer, "ok", "skew", "attempts", "waits"),
                      ("true", expected, 2, []))
        dates = [headers["x-amz-date"] for headers, _, _ in requests]
        support.check("signed anew by theirs", dates[1], "20260921T141320Z")
    answer, requests = iam(wrong, words=("now=%d" % (NOW - 3600),))
    support.check("corrected once only", part(answer, "class", "attempts"), ("fail-login", 2))
    answer, _ = iam(wrong)
    support.check("a right clock", part(answer, "class", "skew", "attempts"), ("fail-login", 0, 1))
    support.check("its message is left out", "Canonical" in answer["error"], False)
    answer, requests = iam((403, query_error("RequestExpired")), (200, USERS),
                           words=("now=%d" % (NOW - 900), "repeat=3"))
    support.check("later calls know", ([r[0]["x-amz-date"] for r in requests][1:], answer["failures"]),
                  (["20260921T141320Z"] * 3, 0))


def check_login():
    sts = ("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%s</AccessKeyId>"
           "<SecretAccessKey>hunter2</SecretAccessKey><SessionToken>hunter2%s</SessionToken>"
           "<Expiration>2026-09-21T%sZ</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>")
    role = ("role=arn:aws:iam::1:role/r",)
    first, second = (200, sts % ("ONE", 1, "15:13:20")), (200, sts % ("TWO", 2, "15:13:20"))
    expired = (403, query_error("ExpiredToken"))
    answer, requests = iam(first, expired, second, (200, USERS), words=role)
    keys = [re.search("Credential=([^/]*)/", headers["authorization"]).group(1)
            for headers, _, _ in requests]
    support.check("a session that is over is renewed", (answer["ok"], keys),
                  ("true", ["AKIAEXAMPLE", "ASIAONE", "AKIAEXAMPLE", "ASIATWO"]))
    answer, requests = iam(first, expired, second, expired, words=role)
    support.check("once", part(answer, "ok", "class", "attempts"), ("false", "fail-login", 2))
    answer, requests = iam((200, sts % ("ONE", 1, "14:15:00")), (200, USERS), second, (200, USERS),
                           words=(*role, "repeat=2"))
    support.check("renewed in time", [r[1].split("&")[0] for r in requests],
                  ["Action=AssumeRole", "Action=ListUsers", "Action=AssumeRole", "Action=ListUsers"])
    answer, _ = iam((403, query_error("AccessDenied", "is not authorized to perform: sts:AssumeRole on"
                                      " resource: x")), words=role)
    support.check("a role that may not be assumed", part(answer, "class", "hint"),
                  ("fail-login", "allow sts:AssumeRole"))
    answer, _ = iam(first, (200, USERS), words=(*role, "threads=8", "repeat=5"))
    support.check("one assumption for all threads", answer["failures"], 0)


def check_table():
    """Every error that the models list for what is called is in the table."""
    with open(os.path.join(support.TOP, "src", "aws", "error_table.c"), encoding="utf-8") as file:
        known = re.findall(r'STR_LIT\("([^"]*)"\), (AWS_\w+)\}', file.read())
    table = dict(known)
    support.check("no code twice", len(known), len(table))
    session = botocore.session.Session()
    operations = {
        "iam": ("GenerateCredentialReport GetCredentialReport GetAccountAuthorizationDetails "
                "GetAccountSummary GetAccountPasswordPolicy ListVirtualMFADevices ListMFADevices "
                "ListServiceSpecificCredentials GetAccessKeyLastUsed ListOrganizationsFeatures "
                "ListUsers GetLoginProfile ListAccessKeys ListSigningCertificates GetUser GetPolicy "
                "GetPolicyVersion"),
        "sts": "GetCallerIdentity AssumeRole AssumeRoleWithWebIdentity AssumeRoot",
        "organizations": ("DescribeOrganization ListAccounts ListRoots ListPolicies DescribePolicy "
                          "ListOrganizationalUnitsForParent ListAccountsForParent "
                          "ListTargetsForPolicy ListDelegatedAdministrators")}
    for service, names in operations.items():
        model = session.get_service_model(service)
        for name in names.split():
            for shape in model.operation_model(name).error_shapes:
                code = shape.metadata.get("error", {}).get("code", shape.name)
                support.check("%s %s: %s is in the table" % (service, name, code), code in table, True)
    legacy = session.get_data("_retry")["definitions"]
    standard = ("RequestTimeout RequestTimeoutException PriorRequestNotComplete Throttling "
                "ThrottlingException ThrottledException RequestThrottledException "
                "TooManyRequestsException ProvisionedThroughputExceededException "
                "TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded "
                "LimitExceededException RequestThrottled SlowDown EC2ThrottledException "
                "IDPCommunicationError").split()
    support.check("botocore has retry rules", "throttling" in legacy, True)
    for code in standard:
        support.check("%s is tried again" % code, table[code].startswith("AWS_RETRY"), True)


check_good()
check_retries()
check_settings_of_retries()
check_once()
check_failures()
check_clock()
check_login()
check_table()
sys.exit(support.finish())
