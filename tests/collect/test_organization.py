#!/usr/bin/env python3
"""An organization collected from moto, and every row of the store held to the plan it was made from:
reports, tree, policies, entities, root users, counts, what was denied, what failed and was resumed, and what
the audit and the study say of it.

usage: tests/collect/test_organization.py     SEED=n of the organization; ACCOUNTS=n (default 24), USERS=n
"""

import json
import os
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "organization"))

# pylint: disable=wrong-import-position
import checks as checking
import plan as plans
import support

SEED = os.environ.get("SEED") or "1"
ACCOUNTS = int(os.environ.get("ACCOUNTS") or 24)
USERS = int(os.environ.get("USERS") or 20)
WITH = ("contacts", "analyzers", "federation", "certificates")
ASKED = (*WITH, "root-session")


def words(aws, store, *more):
    return ["collect", "--store", store, "--endpoint-url", aws.url, "--now", aws.plan["now"], *more]


def printed_policies():
    """What --print-policy says is needed for all of it; that is allowed, and no more."""
    done = subprocess.run([support.KEYWARDEN, "collect", "--org", "--root-session", "--with", ",".join(WITH),
                           "--print-policy"], stdout=subprocess.PIPE, check=True,
                          env={"PATH": os.environ["PATH"], "KEYWARDEN_CONFIG": "/dev/null"})
    return json.loads(done.stdout)


def whole(checks, aws):
    """Nothing goes wrong: everything is there, and the program says how much."""
    store = os.path.join(aws.folder.name, "whole.db")
    accounts = aws.plan["accounts"]
    aws.faults([])
    done = aws.run(words(aws, store, "--org", "--root-session", "--with", ",".join(WITH)))
    checks.check("exit code: " + done.stderr[-2000:], done.returncode, 0)
    checks.reports(store, aws.plan, accounts)
    checks.organization(store, aws.plan)
    checks.entities(store, aws.plan, accounts, ASKED)
    checks.gaps(store, accounts)
    checks.findings(store, aws.plan, accounts, ASKED)
    done = aws.run(["store", "verify", "--store", store])
    checks.check("verify: " + done.stdout + done.stderr, done.returncode, 0)
    done = aws.run(["study", "--store", store, "--format", "csv"])
    checks.check("study: " + done.stderr, done.returncode, 0)
    users = sum(len(a["users"]) for a in accounts)
    checks.check("accounts and users of the study", (
        bool(re.search(r"^[^,]*accounts?[^,]*,%d\b" % len(accounts), done.stdout, re.M)),
        str(users) in done.stdout), (True, True))
    return store


def few_calls(checks, aws):
    """Six to ten calls for an account whatever the number of its users, where none of them needs more."""
    store = os.path.join(aws.folder.name, "few.db")
    aws.faults([])
    done = aws.run(words(aws, store, "--org"))
    checks.check("exit code: " + done.stderr[-1000:], done.returncode, 0)
    counts = aws.counts()
    for account in aws.plan["accounts"][1:]:
        calls = {key[2]: value[0] for key, value in counts.items() if key[0] == account["id"]}
        checks.check("calls for %s: %s" % (account["name"], calls), 6 <= sum(calls.values()) <= 10, True)
    checks.check("a report that is there is not made again", [
        a["name"] for a in aws.plan["accounts"] if a["report"]["state"] == "fresh"
        and counts.get((a["id"], "iam", "GenerateCredentialReport"), (0, 0))[0] > 1], [])


def troubled(checks, aws):
    """Denials are gaps, accounts that cannot be collected are named, and --resume does the rest."""
    store = os.path.join(aws.folder.name, "trouble.db")
    plan = aws.plan
    broken = {a["id"]: a["name"] for a in plan["accounts"] if a["status"] == "ACTIVE" and (
        a["role_state"] != "ok" or "iam:GetCredentialReport" in a["denied"])}
    aws.faults([])
    done = aws.run(words(aws, store, "--org", "--root-session"))
    checks.check("exit code with accounts that fail: " + done.stderr[-1500:], done.returncode, 4)
    collected = [a for a in plan["accounts"] if a["id"] not in broken and a["status"] == "ACTIVE"]
    checks.reports(store, plan, collected)
    checks.organization(store, plan)
    checks.entities(store, plan, collected, ("root-session",))
    checks.gaps(store, collected)
    checks.findings(store, plan, collected, ("root-session",), broken)
    failures = dict(checking.query(
        store, "SELECT printf('%012d', account), error FROM collection_accounts WHERE state = 'failed'"))
    checks.check("accounts that failed", sorted(failures), sorted(broken))
    for account in broken:
        checks.check("%s is named" % account, (account in done.stderr, bool(failures.get(account))),
                     (True, True))
    for account in plan["accounts"]:
        for action in account["denied"] if account["id"] not in broken else ():
            checks.check("denied %s of %s is told" % (action, account["id"]), action in done.stderr, True)
    # An account that asks for an external id is let in with one.
    overrides = os.path.join(aws.folder.name, "accounts.csv")
    only = next(a for a in plan["accounts"] if a["role_state"] == "external-id")
    with open(overrides, "w", encoding="utf-8") as file:
        file.write("account,role,external_id\n%s,%s,%s\n" % (only["id"], plans.ROLE, plan["external_id"]))
    one = os.path.join(aws.folder.name, "one.db")
    done = aws.run(words(aws, one, "--accounts", overrides))
    checks.check("an external id of its own: " + done.stderr[-500:], done.returncode, 0)
    checks.reports(one, plan, [only])
    return broken


def mended(checks, plan):
    """What failed at first is collected by --resume when nothing is in its way, and nothing else is."""
    broken_plan = plans.trouble(json.loads(json.dumps(plan)))
    with support.Organization(broken_plan) as aws:
        broken = troubled(checks, aws)
        with open(os.path.join(aws.folder.name, "trouble.db"), "rb") as file:
            store = file.read()
    with support.Organization(plan) as aws:
        path = os.path.join(aws.folder.name, "trouble.db")
        with open(path, "wb") as file:
            file.write(store)
        aws.faults([])
        done = aws.run(["collect", "--resume", "--store", path, "--endpoint-url", aws.url])
        checks.check("resume: " + done.stderr[-1000:], done.returncode, 0)
        active = [a for a in plan["accounts"]
                  if plans_status(broken_plan, a["id"]) == "ACTIVE"]
        checks.reports(path, plan, active)
        asked = {key[0] for key in aws.counts() if key[1] == "iam"} - {
            plan["organization"]["management"]}
        checks.check("accounts asked by --resume", asked, set(broken))
        done = aws.run(["store", "verify", "--store", path])
        checks.check("verify: " + done.stdout, done.returncode, 0)


def plans_status(plan, number):
    return next(a["status"] for a in plan["accounts"] if a["id"] == number)


def assets(checks, plan):
    """What accounts have, in numbers; keys by their ids; a later collection beside the first."""
    for number, account in enumerate(plan["accounts"]):
        account["assets"] = {"s3": number * 3, "rds": number % 3, "ec2": number + number % 2,
                             "cloudtrail": number % 2}
    with support.Organization(plan) as aws:
        store = os.path.join(aws.folder.name, "assets.db")
        done = aws.run(words(aws, store, "--org", "--assets", "--live-keys"))
        checks.check("exit code with --assets: " + done.stderr[-1000:], done.returncode, 0)
        told = {row[0]: row[1:] for row in checking.query(
            store, "SELECT account, iam_users, rds, s3, ec2, cloudtrail FROM snapshot_list")}
        entities = {(account, name): json.loads(text) for account, name, text in checking.query(
            store, "SELECT printf('%012d', s.account), e.name, e.json FROM entities AS e"
            " JOIN snapshots AS s ON s.id = e.snapshot WHERE e.kind = 'IAMUser'")}
        for account in plan["accounts"]:
            counts = account["assets"]
            checks.check("counts of " + account["name"], told.get(account["id"]), (
                len(account["users"]), counts["rds"], counts["s3"], counts["ec2"], counts["cloudtrail"]))
            for user in account["users"]:
                active = [k for k in user["keys"] if k["active"]]
                found = entities.get((account["id"], user["name"]), {}).get("AccessKey", [])
                used = {k.get("id"): k.get("LastUsedTime") for k in found if k.get("Active")}
                checks.check("live keys of %s %s" % (account["name"], user["name"]), used,
                             {k["id"]: k["used"]["at"] if k["used"] else checking.NONE for k in active})
        later = plans.stamp(plans.seconds_of(plan["now"]) + 7 * plans.DAY)
        words_later = [word if word != plan["now"] else later for word in words(aws, store, "--org")]
        done = aws.run(words_later)
        checks.check("a week later: " + done.stderr[-500:], done.returncode, 0)
        times = checking.query(store, "SELECT taken_at, count(*) FROM snapshot_list GROUP BY 1 ORDER BY 1")
        checks.check("snapshots of both", times, [(plan["now"], len(plan["accounts"])),
                                                  (later, len(plan["accounts"]))])


def main():
    begin = time.monotonic()
    print("SEED=%s ACCOUNTS=%d USERS=%d" % (SEED, ACCOUNTS, USERS))
    checks = checking.Checks()

    def said(what):
        print("%5.1f s: %s, %d checks, %d failed" % (
            time.monotonic() - begin, what, checks.passed + checks.failed, checks.failed), flush=True)

    with support.Organization(plans.make_plan(SEED, ACCOUNTS, USERS), printed_policies()) as aws:
        whole(checks, aws)
    said("whole")
    plain = [plans.state_fresh, plans.state_unused_key, plans.state_console_no_mfa]
    with support.Organization(plans.make_plan(SEED, 5, 40, states=plain, teams=0), page=1000) as aws:
        few_calls(checks, aws)
    said("few calls")
    mended(checks, plans.make_plan(SEED, 13, 5, teams=0))
    said("trouble, and --resume")
    assets(checks, plans.make_plan(SEED, 3, 8, teams=0))
    said("assets and live keys")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
