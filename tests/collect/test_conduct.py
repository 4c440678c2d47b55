#!/usr/bin/env python3
"""What a collection does and says, call by call: who is entered how, reports that are late, missing or of
somebody else, pages, denials, organizations that may not be listed, runs that break off and are resumed.

usage: tests/collect/test_conduct.py
"""

import concurrent.futures
import contextlib
import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import checks as checking
from scripted import CALLER, NOW, Scripted, error, refusal, report, xml

A, B, C = "222222222222", "333333333333", "444444444444"
UNUSED = xml("GetAccessKeyLastUsed", "<UserName>eve</UserName><AccessKeyLastUsed><ServiceName>N/A</ServiceName>"
             "</AccessKeyLastUsed>")
NO_REPORT = error(410, "ReportNotPresent")
checks = checking.Checks()
check = checks.check


def rows(aws, text):
    with contextlib.closing(sqlite3.connect(aws.store)) as store:
        return store.execute(text).fetchall()


def states(aws):
    return dict(rows(aws, "SELECT printf('%012d', account), state FROM collection_accounts"))


def outcomes(aws, action):
    return [row[0] for row in rows(
        aws, "SELECT outcome FROM raw_answers WHERE action = '%s' ORDER BY page" % action)]


def event(done):
    """The first account that a run with --progress json tells of."""
    return next(e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "account")


def alone():
    with Scripted() as aws:
        done = aws.run()
        check("the caller's account: " + done.stderr, (done.returncode, done.stderr), (0, ""))
        check("it says so", done.stdout, "%s: 1 account collected; %s\n" % (aws.store, NOW))
        check("one snapshot", rows(aws, "SELECT account, unixepoch('%s') = taken_at FROM snapshots" % NOW),
              [(int(CALLER), 1)])
        check("nobody is entered", aws.count("AssumeRole"), 0)
        check("few calls", 6 <= len(aws.calls) <= 10, True)
        check("with a role that was said", aws.run("--role", "Own").returncode, 0)
        check("its ARN", [c[2]["RoleArn"] for c in aws.calls if c[1] == "AssumeRole"],
              ["arn:aws:iam::%s:role/Own" % CALLER])


def entered():
    text = "account,role,external_id\n%s,path/Own,x\n%s,arn:aws:iam::%s:role/All,\n%s,,\n%s,,\n" % (
        A, B, B, C, CALLER)
    with Scripted() as aws:
        done = aws.run("--accounts", aws.list(text), "--role", "Audit", "--external-id", "same",
                       "--role-session-name", "who")
        check("a list: " + done.stderr, done.returncode, 0)
        roles = {c[2]["RoleArn"]: (c[2].get("ExternalId"), c[2]["RoleSessionName"])
                 for c in aws.calls if c[1] == "AssumeRole"}
        check("roles", roles, {"arn:aws:iam::%s:role/path/Own" % A: ("x", "who"),
                               "arn:aws:iam::%s:role/All" % B: ("same", "who"),
                               "arn:aws:iam::%s:role/Audit" % C: ("same", "who")})
        check("each is done", set(states(aws).values()), {"done"})
        check("accounts", set(states(aws)), {A, B, C, CALLER})
    china = xml("GetCallerIdentity", "<Arn>arn:aws-cn:iam::%s:user/me</Arn><Account>%s</Account>" % (CALLER, CALLER))
    with Scripted({"GetCallerIdentity": china}) as aws:
        aws.run("--accounts", aws.list(A), "--root-session")
        check("the partition of the caller", [c[2].get("RoleArn") or c[2]["TaskPolicyArn.arn"]
                                              for c in aws.calls if c[1].startswith("AssumeRo")],
              ["arn:aws-cn:iam::%s:role/OrganizationAccountAccessRole" % A,
               "arn:aws-cn:iam::aws:policy/root-task/IAMAuditRootUserCredentials"])


def late_reports():
    soon = error(404, "ReportInProgress")
    with Scripted({"GetCredentialReport": [soon, soon, None]}) as aws:
        done = aws.run("--progress", "json")
        check("a report that takes its time", (done.returncode, aws.count("GetCredentialReport")), (0, 3))
        check("it is new", (event(done)["outcome"], event(done)["report_reused"]), ("collected", False))


def refused_reports():
    for code, status in (("LimitExceeded", 409), ("Throttling", 400)):
        with Scripted({"GenerateCredentialReport": [error(status, code), None],
                       "GetCredentialReport": [NO_REPORT, NO_REPORT, None]}) as aws:
            # One try a call: what is seen is that the call is made again.
            check(code + " is waited for", (aws.run(AWS_MAX_ATTEMPTS="1").returncode,
                                            aws.count("GenerateCredentialReport")), (0, 2))


def reports():
    with Scripted({"GetCredentialReport": report(CALLER, generated="2026-10-31T22:30:00Z")}) as aws:
        done = aws.run()
        check("a report of before is said: " + done.stdout, "the oldest is 90 minutes old" in done.stdout, True)
        check("and kept", rows(aws, "SELECT generated_at - unixepoch('%s') FROM snapshots" % NOW), [(-5400,)])
    denied = error(403, "AccessDenied", "User: me is not authorized to perform: iam:GenerateCredentialReport")
    with Scripted({"GenerateCredentialReport": denied}) as aws:
        done = aws.run()
        check("a report that is there", (done.returncode, "allow iam:GenerateCredentialReport" in done.stderr),
              (0, True))
    with Scripted({"GenerateCredentialReport": denied, "GetCredentialReport": NO_REPORT}) as aws:
        done = aws.run()
        check("none, and none may be made: " + done.stderr, (
            done.returncode, CALLER in done.stderr, "allow iam:GenerateCredentialReport" in done.stderr,
            states(aws)), (4, True, True, {CALLER: "failed"}))
    for what, reply, told in (
            ("of another account", report(A), A),
            ("that is none", xml("GetCredentialReport", "<Content>aGVsbG8=</Content>"), "no credential report"),
            ("not in base64", xml("GetCredentialReport", "<Content>?</Content>"), "base64"),
            ("empty", xml("GetCredentialReport", ""), "without a report")):
        with Scripted({"GetCredentialReport": reply}) as aws:
            done = aws.run()
            check("a report %s: %s" % (what, done.stderr), (
                done.returncode, told in done.stderr, rows(aws, "SELECT count(*) FROM snapshots")),
                (4, True, [(0,)]))


def pages():
    name = "GetAccountAuthorizationDetails"

    def page(marker, is_last=False):
        return xml(name, "<IsTruncated>%s</IsTruncated><Marker>%s</Marker><UserDetailList/>" % (
            "false" if is_last else "true", marker))

    with Scripted({name: [page("a"), page("b"), page("", True)]}) as aws:
        check("three pages", aws.run().returncode, 0)
        check("markers", [c[2].get("Marker") for c in aws.calls if c[1] == name], [None, "a", "b"])
        check("all are kept", outcomes(aws, "iam:" + name), ["given"] * 3)
    for what, second in (("that leads back", page("a")), ("that leads nowhere", page("")),
                         ("that is denied", error(403, "AccessDenied"))):
        with Scripted({name: [page("a"), second]}) as aws:
            done = aws.run()
            check("a page %s: %s" % (what, done.stderr),
                  (done.returncode, "iam:" + name in done.stderr, outcomes(aws, "iam:" + name)[-1]),
                  (0, True, "denied" if "denied" in what else "failed"))
    seed = xml("ListVirtualMFADevices", "<VirtualMFADevices><member><SerialNumber>s</SerialNumber>"
               "<Base32StringSeed>SEEDSEEDSEED</Base32StringSeed></member></VirtualMFADevices>")
    with Scripted({"ListVirtualMFADevices": seed}) as aws:
        aws.run("--record", os.path.join(aws.folder.name, "r"))
        frame = rows(aws, "SELECT zstd FROM raw_answers WHERE action = 'iam:ListVirtualMFADevices'")[0][0]
        body = subprocess.run(["zstd", "-dc"], input=frame, stdout=subprocess.PIPE, check=True).stdout
        check("no seed is kept: %r" % body, (b"SEED" in body, b"<SerialNumber>s<" in body), (False, True))


def denials():
    denied = error(403, "AccessDenied", "User: me is not authorized to perform: iam:GetAccountSummary on")
    with Scripted({"GetAccountSummary": denied}) as aws:
        done = aws.run("--accounts", aws.list("%s\n%s" % (A, B)))
        check("denied: " + done.stderr, (done.returncode, len(re.findall("warning: ", done.stderr)),
                                         "and 1 more: iam:GetAccountSummary is denied" in done.stderr,
                                         "allow iam:GetAccountSummary" in done.stderr), (0, 1, True, True))
        check("gaps", rows(aws, "SELECT DISTINCT action, outcome, code FROM gaps"),
              [("iam:GetAccountSummary", "denied", "AccessDenied")])
    for status in (403, 404, 200):
        with Scripted({"GetAccountPasswordPolicy": (status, "<html><body>Sign in</body></html>")}) as aws:
            done = aws.run()
            check("a page of somebody else, status %d: %s" % (status, done.stderr),
                  (done.returncode, outcomes(aws, "iam:GetAccountPasswordPolicy"),
                   "AWS" in done.stderr), (0, ["failed"], True))
    with Scripted({(A, "GetAccountSummary"): error(403, "InvalidClientTokenId")}) as aws:
        done = aws.run("--accounts", aws.list(A))
        check("one call refuses the key: " + done.stderr,
              (done.returncode, outcomes(aws, "iam:GetAccountSummary")), (0, ["failed"]))


def users():
    script = {"GetCredentialReport": report(CALLER, ("+ada", "+bob", "*eve", "dan")),
              "ListVirtualMFADevices": xml("ListVirtualMFADevices", "<VirtualMFADevices><member><User><UserName>"
                                           "ada</UserName></User></member></VirtualMFADevices>"),
              "ListAccessKeys": xml("ListAccessKeys", "<AccessKeyMetadata>%s</AccessKeyMetadata>" % "".join(
                  "<member><AccessKeyId>%s</AccessKeyId><Status>%s</Status></member>" % k
                  for k in (("AKIAONE", "Active"), ("AKIATWO", "Inactive")))),
              "GetAccessKeyLastUsed": UNUSED}
    with Scripted(script) as aws:
        check("users", aws.run("--live-keys").returncode, 0)
        about = sorted((c[1], c[2].get("UserName") or c[2].get("AccessKeyId")) for c in aws.calls
                       if "UserName" in c[2] or "AccessKeyId" in c[2])
        check("who is asked about", about, [("GetAccessKeyLastUsed", "AKIAONE"), ("ListAccessKeys", "eve"),
                                            ("ListMFADevices", "bob")])
        aws.run()
        check("without --live-keys", {c[1] for c in aws.calls} & {"ListAccessKeys", "GetAccessKeyLastUsed"}, set())


def roots():
    absent = error(404, "NoSuchEntity")
    root = A + "ROOT"
    script = {(root, "GetLoginProfile"): absent, (root, "GetUser"): xml("GetUser", "<User/>"),
              (root, "ListAccessKeys"): xml("ListAccessKeys", "<AccessKeyMetadata><member><AccessKeyId>AKIAROOT"
                                            "</AccessKeyId></member></AccessKeyMetadata>"),
              (root, "GetAccessKeyLastUsed"): UNUSED}
    with Scripted(script) as aws:
        done = aws.run("--accounts", aws.list(A), "--root-session", "--progress", "json")
        check("a session of root: " + done.stderr, (done.returncode, event(done)["root"]), (0, "session"))
        kept = rows(aws, "SELECT action, outcome FROM raw_answers WHERE subject IN ('<root_account>', 'AKIAROOT')"
                    " ORDER BY 1")
        check("its answers", kept, [
            ("iam:GetAccessKeyLastUsed", "given"), ("iam:GetLoginProfile", "absent"), ("iam:GetUser", "given"),
            ("iam:ListAccessKeys", "given"), ("iam:ListMFADevices", "given"),
            ("iam:ListSigningCertificates", "given")])
    with Scripted({"AssumeRoot": error(403, "AccessDenied")}) as aws:
        done = aws.run("--accounts", aws.list(A), "--root-session")
        check("no session: " + done.stdout, (
            done.returncode, "in 1 the report and the summary tell of it" in done.stdout,
            "allow sts:AssumeRoot" in done.stderr, outcomes(aws, "sts:AssumeRoot")), (0, True, True, ["denied"]))


def organization(management=CALLER, **more):
    """Three accounts, one of them suspended, in a unit in a unit."""
    def account(number, status="ACTIVE"):
        return {"Id": number, "Name": "n" + number[0], "Status": status}

    def listed(_, words):
        found = {"r-1": [account(CALLER)], "ou-1": [account(A)], "ou-2": [account(B, "SUSPENDED")]}
        return 200, json.dumps({"Accounts": found[words["ParentId"]]})

    def units(_, words):
        found = {"r-1": [{"Id": "ou-1", "Name": "Work"}], "ou-1": [{"Id": "ou-2", "Name": "Old"}]}
        return 200, json.dumps({"OrganizationalUnits": found.get(words["ParentId"], [])})

    policies, administrators = (200, '{"Policies":[]}'), (200, '{"DelegatedAdministrators":[]}')
    return {"DescribeOrganization": (200, json.dumps({"Organization": {
                "Id": "o-1", "MasterAccountId": management, "FeatureSet": "ALL"}})),
            "ListRoots": (200, json.dumps({"Roots": [{"Id": "r-1", "Name": "Root"}]})),
            "ListAccountsForParent": listed, "ListOrganizationalUnitsForParent": units,
            "ListAccounts": (200, json.dumps({"Accounts": [account(CALLER), account(A), account(B, "SUSPENDED"),
                                                           account(C)]})),
            "ListPolicies": policies, "ListDelegatedAdministrators": administrators, **more}


def organizations():
    with Scripted(organization()) as aws:
        done = aws.run("--org", "--progress", "json")
        check("an organization: " + done.stderr, done.returncode, 0)
        events = {e["account"]: e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "account"}
        check("accounts", {a: (e["unit"], e["outcome"]) for a, e in events.items()}, {
            CALLER: ("/", "collected"), A: ("/Work", "collected"), B: ("/Work/Old", "skipped"),
            C: ("", "collected")})
        check("the end", {k: v for k, v in json.loads(done.stdout.splitlines()[-1]).items()
                          if k in ("event", "found", "found_all", "done", "failed", "skipped")},
              {"event": "end", "found": 3, "found_all": True, "done": 3, "failed": 0, "skipped": 1})
        check("nobody enters the caller's account", sorted(
            c[2]["RoleArn"].split(":")[4] for c in aws.calls if c[1] == "AssumeRole"), [A, C])
        done = aws.run("--org")
        check("who is left out is named: " + done.stderr, "%s (n3) is left out: it is SUSPENDED" % B in done.stderr,
              True)
    refused = refusal("AccessDeniedException")
    for what, script, told in (
            ("no organization", {"DescribeOrganization": refusal("AWSOrganizationsNotInUseException")},
             ("is in no organization", "leave out --org")),
            ("a member that may not", organization(A, **{n: refused for n in (
                "ListRoots", "ListAccounts")}), ("is a member of organization o-1", "management account, " + A)),
            ("a member that is told nothing", organization(A, ListRoots=(200, '{"Roots":[]}'),
                                                           ListAccounts=(200, '{"Accounts":[]}')),
             ("is a member of organization o-1", "management account, " + A)),
            ("half a list", organization(ListAccounts=refused, ListOrganizationalUnitsForParent=refused),
             ("organizations ListAccounts: AccessDenied", "allow organizations:ListAccounts"))):
        with Scripted(script) as aws:
            done = aws.run("--org")
            check("%s: %s" % (what, done.stderr), (done.returncode, *(t in done.stderr for t in told)),
                  (4, True, True))
    other = (200, '{"Other":[]}')  # JSON does not say what it answers
    for name in ("DescribeOrganization", "ListRoots", "ListPolicies", "ListDelegatedAdministrators"):
        with Scripted(organization(**{name: other})) as aws:
            done = aws.run("--org")
            check("the answer to something else: " + done.stderr, (
                done.returncode, "%s: an answer without" % name in done.stderr), (0, True))
    longer = json.loads(organization()["DescribeOrganization"][1])
    with Scripted(organization(DescribeOrganization=(200, json.dumps({**longer, "NextToken": "n"})))) as aws:
        done = aws.run("--org")
        check("a page too many: " + done.stderr, (
            done.returncode, "DescribeOrganization: a page is followed by another" in done.stderr), (0, True))
    with Scripted(organization(ListRoots=refused)) as aws:
        done = aws.run("--org")
        check("no tree: " + done.stderr, (done.returncode, set(states(aws)), "organizations:ListRoots" in done.stderr),
              (0, {CALLER, A, C}, True))


def resumed():
    denied = error(403, "AccessDenied", "User: me is not authorized to perform: sts:AssumeRole")

    def one_denied(_, words):
        return denied if A in words["RoleArn"] else None

    with Scripted(organization(AssumeRole=one_denied)) as aws:
        done = aws.run("--org", "--role", "Audit", "--assets")
        check("an account that cannot be entered: " + done.stderr, (
            done.returncode, A + " (n2)" in done.stderr, "does the role exist there" in done.stderr, states(aws)),
            (4, True, True, {CALLER: "done", A: "failed", C: "done"}))
        aws.script["AssumeRole"] = [None]
        done = aws.run("--resume")
        check("resumed: " + done.stderr, (done.returncode, set(states(aws).values())), (0, {"done"}))
        check("only what is left, as it was asked for", (
            {c[0] for c in aws.calls} - {CALLER}, aws.count("ListRoots"), aws.count("DescribeRegions"),
            [c[2]["RoleArn"] for c in aws.calls if c[1] == "AssumeRole"]),
            ({A}, 0, 1, ["arn:aws:iam::%s:role/Audit" % A]))
        check("one time, one organization", rows(
            aws, "SELECT count(DISTINCT s.taken_at), count(DISTINCT a.organization), count(*) FROM account_list AS a"
            " JOIN snapshots AS s ON s.account = a.account"), [(1, 1, 3)])
        check("nothing is left: " + done.stdout, aws.run("--resume").returncode, 3)

    def over(_, words):
        return error(403, "ExpiredToken") if B in words["RoleArn"] else None

    with Scripted({"AssumeRole": over}) as aws:
        done = aws.run("--accounts", aws.list("%s\n%s\n%s" % (A, B, C)), "--jobs", "1")
        check("credentials that are over: " + done.stderr, (
            done.returncode, "--resume" in done.stderr, states(aws)[B]), (4, True, "pending"))


def interrupted():
    is_amid, is_over = threading.Event(), threading.Event()

    def held(*_):
        is_amid.set()
        is_over.wait(20)

    with Scripted({"GetAccountSummary": [None] * 9 + [held]}) as aws:
        wanted = ["%012d" % n for n in range(500000000000, 500000000030)]
        process = subprocess.Popen(aws.words("--accounts", aws.list("\n".join(wanted)), "--jobs", "2"),
                                   env=aws.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        is_amid.wait(20)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=20)[1]
        is_over.set()
        found = states(aws)
        check("interrupted: " + told, (process.returncode, "--resume" in told, sorted(found) == wanted,
                                       {"done", "pending"} == set(found.values())),
              (-signal.SIGINT, True, True, True))
        with contextlib.closing(sqlite3.connect(aws.store)) as store:
            # As a run that was killed before it had written its list.
            store.execute("DELETE FROM collection_accounts WHERE state = 'pending'")
            store.commit()
        check("and resumed", (aws.run("--resume").returncode, sorted(states(aws)) == wanted,
                              set(states(aws).values())), (0, True, {"done"}))


def asked_for_a_code():
    with Scripted() as aws:
        os.mkdir(os.path.join(aws.folder.name, ".aws"))
        with open(os.path.join(aws.folder.name, ".aws", "config"), "w", encoding="utf-8") as file:
            file.write("[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n"
                       "[profile mfa]\nrole_arn = arn:aws:iam::%s:role/R\nsource_profile = base\n"
                       "mfa_serial = arn:aws:iam::%s:mfa/me\n" % (CALLER, CALLER))
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(aws.words()[0], aws.words("--profile", "mfa"), aws.environment())
        told, end = b"", time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if select.select([terminal], [], [], 0.1)[0]:
                    told += os.read(terminal, 4096)
                    if told.endswith(b"mfa/me: "):
                        os.write(terminal, b"123456\n")
                    continue
            if os.waitpid(pid, os.WNOHANG)[0]:
                break
        codes = [c[2].get("TokenCode") for c in aws.calls if c[1] == "AssumeRole"]
        check("asked for a code: %r" % told, (codes, b"1 account collected" in told), (["123456"], True))


def timed(test):
    begin = time.monotonic()
    test()
    print("%5.1f s: %s" % (time.monotonic() - begin, test.__name__.replace("_", " ")), flush=True)


# Most of the time is waiting, and each has an AWS of its own.
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(timed, (refused_reports, late_reports, reports, alone, entered, pages, denials, users, roots,
                          organizations, resumed, interrupted, asked_for_a_code)))
sys.exit(checks.finish())
