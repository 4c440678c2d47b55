#!/usr/bin/env python3
"""Every call of a collection spoiled in every way: the account comes out as it does undisturbed, or what is
missing is named: a gap for a call, an error for an account. Never another row, never half a snapshot.

Each account of a round has a fault of its own, so one collection tries as many as there are accounts.
Calls about the organization are spoiled one by one, a collection for each.

usage: tests/collect/test_faults.py
Environment: SEED     of the organization and of which faults are tried
             ROUNDS   collections with a fault in each account (default 1; all: every call of three accounts
                      in every way)
             FAULTS   in calls about the organization (default 3; all of them with ROUNDS=all)
             FAULT    OPERATION/KIND/TIMES: this one alone
"""

import json
import os
import random
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "organization"))

# pylint: disable=wrong-import-position
import checks as checking
import plan as plans
import support

SEED = os.environ.get("SEED") or "1"
ROUNDS = os.environ.get("ROUNDS") or "1"
FAULTS = int(os.environ.get("FAULTS") or 3)
ACCOUNTS, USERS = 48, 7
# What ends well whenever it happens, and what does when it happens once.
HARMLESS = ("drip", "wrong-date", "trailing")
PASSING = ("throttle", "throttle-wait", "500", "503", "html-502", "truncate", "chunk-cut", "kill-before",
           "kill-amid", "kill-after", "stall", "expired", "skew")
REFUSED = ("html-200", "empty", "redirect", "bomb", "nested", "other-answer", "headers", "no-http", "cut",
           "malformed", "long-length", "endless", "flood", "denied", "foreign-report")
KINDS = (*HARMLESS, *PASSING, *REFUSED)
ONCE = ("expired", "skew")  # are mended once; AWS would not say so again
FOR_EVER = 1 << 30
# Whoever makes a report is given time: as often as this is for ever to each other call, and no more.
PATIENT = ("GenerateCredentialReport", "GetCredentialReport")
OFTEN = 14
SLOW = ("throttle", "throttle-wait", "stall")  # for ever, they take tens of seconds
# The call that AWS names otherwise than the permission it takes.
ACTIONS = {("s3", "GET /"): "s3:ListAllMyBuckets", ("access-analyzer", "GET /analyzer"):
           "access-analyzer:ListAnalyzers", ("account", "POST /listRegions"): "account:ListRegions"}


def action_of(service, operation):
    return ACTIONS.get((service, operation), "%s:%s" % (service, operation))


def words(aws, store):
    return ["collect", "--org", "--store", store, "--endpoint-url", aws.url, "--now", aws.plan["now"],
            "--root-session", "--with", "analyzers"]


def dump(store):
    """{account: what its snapshot holds}, and {account: error} of those that failed."""
    told, failed = {}, {}
    if not os.path.exists(store):
        return told, failed
    for account, *row in checking.query(
            store, "SELECT account, taken_at, generated_at, unit, row_count, bad_rows, bad_cells"
            " FROM snapshot_list"):
        told[account] = {"snapshot": row, "users": [], "entities": {}, "gaps": set()}
    for row in checking.query(store, "SELECT * FROM user_history ORDER BY account, user"):
        account = next(cell for cell in row if cell in told)
        told[account]["users"].append([cell for cell in row if not isinstance(cell, int)])
    for account, kind, name, text in checking.query(
            store, "SELECT printf('%012d', s.account), e.kind, e.name, e.json FROM entities AS e"
            " JOIN snapshots AS s ON s.id = e.snapshot"):
        told[account]["entities"][kind, name] = json.loads(text)
    for account, action, code in checking.query(
            store, "SELECT printf('%012d', s.account), g.action, g.code FROM gaps AS g"
            " JOIN snapshots AS s ON s.id = g.snapshot"):
        told[account]["gaps"].add(action)
    for account, error in checking.query(
            store, "SELECT printf('%012d', account), error FROM collection_accounts WHERE state = 'failed'"):
        failed[account] = error
    return told, failed


def is_part(one, whole):
    """Whether JSON says nothing that the other does not: members may be missing, values must not differ.
    Who told what of the root user does differ, when its own session did not."""
    if isinstance(one, dict):
        return isinstance(whole, dict) and all(
            k == "ToldBy" or k in whole and is_part(v, whole[k]) for k, v in one.items())
    if isinstance(one, list):  # a list that breaks off is no list
        return isinstance(whole, list) and len(one) == len(whole) and all(map(is_part, one, whole))
    return one == whole


def says_the_same(found, wanted):
    """Of rows about the organization, where an empty text was not told."""
    if isinstance(found, (tuple, list)) and isinstance(wanted, (tuple, list)):
        return len(found) == len(wanted) and all(map(says_the_same, found, wanted))
    return found in ("", wanted)


def must_pass(rule):
    """Whether the account must come out as undisturbed."""
    return rule["kind"] in HARMLESS or rule["kind"] in PASSING and (
        rule["times"] == 1 or rule["times"] == 2 and rule["kind"] not in ONCE)


class Campaign:
    def __init__(self, checks, aws):
        self.checks = checks
        self.aws = aws
        self.folder = aws.folder.name
        self.number = 0
        self.outcomes = {}
        self.seconds = []

    def collect(self, rules):
        """(process, dump, counts) of a collection into a new store."""
        self.aws.reset()
        self.aws.faults(rules)
        self.number += 1
        store = os.path.join(self.folder, "%d.db" % self.number)
        done = self.aws.run(words(self.aws, store))
        told, failed = dump(store)
        if os.path.exists(store):
            verify = self.aws.run(["store", "verify", "--store", store])
            self.checks.check("verify: " + verify.stdout[-500:], verify.returncode, 0)
        return done, told, failed, self.aws.counts(), store

    def judge(self, rule, clean, told, failed, stderr, hits):
        """One account with one fault."""
        account = rule["account"]
        what = "%s %s %s x%d after %d" % (rule["service"], rule["operation"], rule["kind"], min(rule["times"], 99),
                                          rule["skip"])
        check = self.checks.check
        check(what + ": was tried", hits > 0, True)
        if account not in told:
            outcome = "failed"
            check(what + ": named with its error", (bool(failed.get(account)), account in stderr), (True, True))
            check(what + ": may fail: " + str(failed.get(account)), must_pass(rule), False)
        else:
            found, wanted = told[account], clean[account]
            check(what + ": report", (found["snapshot"], found["users"]),
                  (wanted["snapshot"], wanted["users"]))
            if found["entities"] == wanted["entities"]:
                outcome = "identical"
                check(what + ": no gap where all is there", found["gaps"] - {
                    action_of(rule["service"], rule["operation"])}, set())
            else:
                outcome = "gap"
                check(what + ": the gap is named", found["gaps"],
                      {action_of(rule["service"], rule["operation"])})
                wrong = [key for key, row in found["entities"].items()
                         if not is_part(row, wanted["entities"].get(key))]
                check(what + ": nothing else than undisturbed", wrong, [])
                check(what + ": may leave a gap", must_pass(rule), False)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def round(self, rules, clean, every):
        begin = time.monotonic()
        done, told, failed, counts, _ = self.collect(rules)
        by_account = {rule["account"]: rule for rule in rules}
        self.checks.check("exit code with faults: " + done.stderr[-300:], done.returncode,
                          4 if failed else 0)
        self.seconds.append(time.monotonic() - begin)
        for account in every:
            if account not in by_account:
                self.checks.check("an account without a fault", told.get(account), clean[account])
        for account, rule in by_account.items():
            hits = counts.get((account, rule["service"], rule["operation"]), (0, 0))[1]
            self.judge(rule, clean, told, failed, done.stderr, hits)


def all_faults(counts, accounts, management):
    """Each call of an account, in each way, once and for ever, on the first page and on the second."""
    calls = {}
    for (account, service, operation), (number, _) in counts.items():
        if account in accounts and account != management and (service, operation) != ("organizations", ""):
            calls.setdefault((service, operation), []).append((account, number))
    faults = []
    for (service, operation), made in sorted(calls.items()):
        for kind in KINDS:
            if kind == "foreign-report" and operation != "GetCredentialReport":
                continue
            for times, skip in ((1, 0), (2, 0), (FOR_EVER, 0), (1, 1)):
                if times == FOR_EVER and kind in SLOW and ROUNDS != "all":
                    continue
                times = OFTEN if times == FOR_EVER and operation in PATIENT else times
                able = sorted(account for account, number in made if number > skip)
                if able:
                    faults.append(({"service": service, "operation": operation, "kind": kind, "times": times,
                                    "skip": skip}, able))
    return faults


def assign(faults, choice, copies):
    """Rounds of rules, an account for each fault, until each was tried `copies` times."""
    left = [(fault, account) for fault, able in faults
            for account in choice.sample(able, min(copies, len(able)))]
    choice.shuffle(left)
    while left:
        taken, later = {}, []
        for fault, account in left:
            if account in taken:
                later.append((fault, account))
            else:
                taken[account] = {**fault, "account": account}
        yield list(taken.values())
        left = later


def organization_tables(store):
    """What the store says of the organization: its tree, and policies where it says that they are all."""
    if not os.path.exists(store):
        return {}
    rows = checking.query(store, "SELECT organization, are_scps_complete, are_rcps_complete,"
                          " credentials_management, root_sessions FROM aws_organizations")
    if not rows:
        return {}
    name, scps, rcps, *features = rows[0]
    tables = {"organization": name}
    for node in checking.query(store, "SELECT node, parent, kind, name, status FROM aws_nodes"):
        tables[node[0]] = node[1:]
    if None not in features:
        tables["features"] = features
    for kind, is_complete in (("SCP", scps), ("RCP", rcps)):
        if is_complete:
            tables[kind] = checking.query(
                store, "SELECT p.policy, p.document, a.node FROM aws_policies AS p LEFT JOIN"
                " aws_attachments AS a ON a.policy = p.policy WHERE p.kind = ? ORDER BY 1, 3", kind)
    return tables


def organization_faults(campaign, clean, tables, counts, choice):
    """Calls about the organization: what is said to be complete is, and what is not is told."""
    management = campaign.aws.plan["organization"]["management"]
    calls = sorted((service, operation) for account, service, operation in counts
                   if account == management and (service in ("organizations", "sts")
                                                 or operation == "ListOrganizationsFeatures"))
    faults = [{"account": management, "service": service, "operation": operation, "kind": kind,
               "times": times, "skip": 0}
              for service, operation in calls for kind in KINDS if kind != "foreign-report"
              for times in (1, FOR_EVER)]
    if ROUNDS != "all":
        faults = choice.sample(faults, min(FAULTS, len(faults)))
    for rule in faults:
        done, told, _, counted, store = campaign.collect([rule])
        what = "%s %s x%d" % (rule["operation"], rule["kind"], min(rule["times"], 99))
        check = campaign.checks.check
        check(what + ": was tried", counted.get(
            (management, rule["service"], rule["operation"]), (0, 0))[1] > 0, True)
        found = organization_tables(store)
        check(what + ": nothing else than undisturbed",
              {k: v for k, v in found.items() if not says_the_same(v, tables.get(k))}, {})
        if must_pass(rule):
            check(what + ": passes: " + done.stderr[-500:], (done.returncode, found, told),
                  (0, tables, clean))
            continue
        if found != tables or done.returncode != 0:
            check(what + ": is named: " + done.stderr[-500:],
                  bool(re.search(rule["operation"], done.stderr)), True)
        for account, one in told.items():
            check(what + ": report of " + account, one["users"], clean[account]["users"])


def main():
    begin = time.monotonic()
    choice = random.Random("faults/%s" % SEED)
    checks = checking.Checks()
    print("faults: SEED=%s ROUNDS=%s FAULTS=%d" % (SEED, ROUNDS, FAULTS), flush=True)
    with support.Organization(plans.make_plan(SEED, ACCOUNTS, USERS, teams=2)) as aws:
        campaign = Campaign(checks, aws)
        done, clean, failed, counts, _ = campaign.collect([])
        accounts = [a["id"] for a in aws.plan["accounts"]]
        checks.check("undisturbed: " + done.stderr[-1000:], (done.returncode, sorted(clean), failed),
                     (0, sorted(accounts), {}))
        management = aws.plan["organization"]["management"]
        faults = all_faults(counts, set(accounts), management)
        if os.environ.get("FAULT"):
            operation, kind, times = os.environ["FAULT"].split("/")
            faults = [f for f in faults if f[0]["operation"] == operation and f[0]["kind"] == kind
                      and f[0]["times"] == int(times)]
        calls = {(f["service"], f["operation"]) for f, _ in faults}
        print("%d calls of an account, %d faults to try" % (len(calls), len(faults)), flush=True)
        tried = 0
        for number, rules in enumerate(assign(faults, choice, 3 if ROUNDS == "all" else 1)):
            if ROUNDS != "all" and number >= int(ROUNDS):
                break
            campaign.round(rules, clean, accounts)
            tried += len(rules)
        print("%d faults tried: %s; %.0f s, rounds of %s s" % (
            tried, campaign.outcomes, time.monotonic() - begin,
            " ".join("%.0f" % taken for taken in campaign.seconds)))
        checks.check("whoever followed a redirect", aws.ask({})["trap"], 0)
    with support.Organization(plans.make_plan(SEED, 3, 2, teams=0)) as aws:
        campaign = Campaign(checks, aws)
        done, clean, _, counts, store = campaign.collect([])
        checks.check("undisturbed, small: " + done.stderr[-500:], done.returncode, 0)
        organization_faults(campaign, clean, organization_tables(store), counts, choice)
        checks.check("whoever followed a redirect", aws.ask({})["trap"], 0)
    print("%.0f s" % (time.monotonic() - begin))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
