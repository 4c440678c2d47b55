#!/usr/bin/env python3
"""Every call of a collection spoiled in every way: the account comes out as it does undisturbed, or what is
missing is named: a gap for a call, an error for an account. Never another row, never half a snapshot.

Each account of a round has a fault of its own, so one collection tries as many as there are accounts.
Calls about the organization are spoiled one by one, a collection for each. Most of the time is waiting, so
collections can be made at once, each of a server of its own.

usage: tests/collect/test_faults.py
Environment: SEED     of the organization and of which faults are tried
             ROUNDS   collections with a fault in each account (default 1; all: every call of three accounts
                      in every way, then those that only options ask for, of one account)
             FAULTS   in calls about the organization (default 3; all of them with ROUNDS=all)
             FAULT    OPERATION/KIND/TIMES: these alone, a pattern as the shell has them; TIMES may be "ever"
             AT_ONCE  collections at the same time (default 1)
"""

import collections
import concurrent.futures
import contextlib
import fnmatch
import json
import os
import queue
import random
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
ROUNDS = os.environ.get("ROUNDS") or "1"
FAULTS = int(os.environ.get("FAULTS") or 3)
FAULT = os.environ.get("FAULT")
AT_ONCE = int(os.environ.get("AT_ONCE") or 1)
LIMIT_S = 600  # of a collection; an account gets 90, but all of them enter by one queue
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
# For ever, these take a minute or two: whoever is told to wait does, and without these calls there is no
# account, which is given 90 seconds.
SLOW = ("throttle", "throttle-wait", "stall")
NEEDED = ("AssumeRole", "GenerateCredentialReport", "GetCredentialReport")
# The call that AWS names otherwise than the permission it takes.
ACTIONS = {("s3", "GET /"): "s3:ListAllMyBuckets", ("access-analyzer", "GET /analyzer"):
           "access-analyzer:ListAnalyzers", ("account", "POST /listRegions"): "account:ListRegions",
           ("account", "POST /getContactInformation"): "account:GetContactInformation",
           ("account", "POST /getAlternateContact"): "account:GetAlternateContact",
           ("monitoring", "DescribeAlarms"): "cloudwatch:DescribeAlarms"}
FEW, ALL = ("--with", "analyzers"), ("--with", "all", "--assets", "--live-keys")
COUNTS = ("iam_users", "rds", "s3", "ec2", "cloudtrail")


def action_of(service, operation):
    return ACTIONS.get((service, operation), "%s:%s" % (service, operation))


def words(aws, store, asked):
    return ["collect", "--org", "--store", store, "--endpoint-url", aws.url, "--now", aws.plan["now"],
            "--root-session", *asked]


def dump(store):
    """{account: what its snapshot holds}, and {account: error} of those that failed."""
    told, failed = {}, {}
    if not os.path.exists(store):
        return told, failed
    for account, *row in checking.query(
            store, "SELECT account, taken_at, generated_at, unit, row_count, bad_rows, bad_cells"
            " FROM snapshot_list"):
        told[account] = {"snapshot": row, "users": [], "entities": {}, "gaps": set()}
    for account, *row in checking.query(store, "SELECT account, %s FROM snapshot_list" % ", ".join(COUNTS)):
        told[account]["entities"]["counts", ""] = {
            name: number for name, number in zip(COUNTS, row) if number is not None}
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


Collected = collections.namedtuple("Collected", "done told failed counts store verified seconds")


class Place:
    """A server with its proxy, and what a collection of it gives when nothing is spoiled."""

    def __init__(self, aws, asked):
        self.aws = aws
        self.asked = asked
        self.number = 0
        self.clean = self.collect([])

    def run(self, rules, store, line):
        begin = time.monotonic()
        self.aws.reset()
        self.aws.faults(rules)
        done = self.aws.run(line, LIMIT_S)
        verified = self.aws.run(["store", "verify", "--store", store]) if os.path.exists(store) else None
        return Collected(done, *dump(store), self.aws.counts(), store, verified, time.monotonic() - begin)

    def collect(self, rules):
        """A collection into a new store."""
        self.number += 1
        store = os.path.join(self.aws.folder.name, "%d.db" % self.number)
        return self.run(rules, store, words(self.aws, store, self.asked))

    def collect_and_resume(self, rules):
        """(what comes of it, what comes of going on undisturbed or None where there is nothing to go on with)"""
        spoiled = self.collect(rules)
        if spoiled.done.returncode == 0 or not has_run(spoiled.store):
            return spoiled, None
        return spoiled, self.run([], spoiled.store, [
            "collect", "--resume", "--store", spoiled.store, "--endpoint-url", self.aws.url])


def has_run(store):
    return os.path.exists(store) and checking.query(store, "SELECT count(*) FROM collections") != [(0,)]


class Places(contextlib.ExitStack):
    """Some that are alike."""

    def __init__(self, checks, plan, asked, number):
        super().__init__()
        self.checks = checks
        self.plan = plan
        self.pool = self.enter_context(concurrent.futures.ThreadPoolExecutor(number))
        self.all = list(self.pool.map(lambda _: Place(self.enter_context(support.Organization(plan)), asked),
                                      range(number)))
        self.idle = queue.SimpleQueue()
        accounts = sorted(a["id"] for a in plan["accounts"])
        for place in self.all:
            self.idle.put(place)
            clean = place.clean
            checks.check("undisturbed: " + clean.done.stderr[-1000:], (
                clean.done.returncode, sorted(clean.told), clean.failed), (0, accounts, {}))

    def check_trap(self):
        for place in self.all:
            self.checks.check("whoever followed a redirect", place.aws.ask({})["trap"], 0)

    def each(self, collect, every):
        """(rules, what collect(place, rules) gives, what would come undisturbed) for each, as they end."""
        def run(rules):
            place = self.idle.get()
            try:
                return rules, collect(place, rules), place.clean
            finally:
                self.idle.put(place)

        under_way = {self.pool.submit(run, rules): rules for rules in every}
        for future in concurrent.futures.as_completed(under_way):
            try:
                yield future.result()
            except subprocess.TimeoutExpired as error:
                self.checks.check("ends in time: %s" % under_way[future], str(error), "")


def differences(found, wanted):
    """Entities that say something else than undisturbed ones."""
    return [key for key, row in found.items() if not is_part(row, wanted.get(key))]


class Campaign:
    def __init__(self, checks):
        self.checks = checks
        self.outcomes = {}

    def judge(self, rule, clean, collected):
        """One account with one fault."""
        account = rule["account"]
        what = "%s %s %s x%d after %d" % (rule["service"], rule["operation"], rule["kind"], min(rule["times"], 99),
                                          rule["skip"])
        check = self.checks.check
        hits = collected.counts.get((account, rule["service"], rule["operation"]), (0, 0))[1]
        check(what + ": was tried", hits > 0, True)
        if account not in collected.told:
            outcome, error = "failed", collected.failed.get(account)
            check(what + ": named with its error", (bool(error), account in collected.done.stderr), (True, True))
            check(what + ": may fail: " + str(error), must_pass(rule), False)
        else:
            action = action_of(rule["service"], rule["operation"])
            found, wanted = collected.told[account], clean.told[account]
            check(what + ": report", (found["snapshot"], found["users"]),
                  (wanted["snapshot"], wanted["users"]))
            if found["entities"] == wanted["entities"]:
                outcome = "identical"
                check(what + ": no gap where all is there", found["gaps"] - {action}, set())
            else:
                outcome = "gap"
                check(what + ": the gap is named", (
                    found["gaps"], action.partition(":")[2] in collected.done.stderr), ({action}, True))
                check(what + ": nothing else than undisturbed",
                      differences(found["entities"], wanted["entities"]), [])
                check(what + ": may leave a gap", must_pass(rule), False)
        self.count(rule, outcome)

    def count(self, rule, outcome):
        row = self.outcomes.setdefault(rule["kind"], dict.fromkeys(("identical", "gap", "failed"), 0))
        row[outcome] += 1

    def tell(self, what):
        """What became of the faults, by their kind."""
        total = {}
        for kind, row in sorted(self.outcomes.items()):
            if ROUNDS == "all":
                print("  %-15s %s" % (kind, row))
            total = {name: total.get(name, 0) + number for name, number in row.items()}
        print("%d faults in %s: %s" % (sum(total.values()), what, total), flush=True)
        self.outcomes = {}

    def verify(self, collected):
        if collected.verified:
            self.checks.check("verify: " + collected.verified.stdout[-500:], collected.verified.returncode, 0)

    def round(self, rules, collected, clean):
        self.verify(collected)
        by_account = {rule["account"]: rule for rule in rules}
        self.checks.check("exit code with faults: " + collected.done.stderr[-300:], collected.done.returncode,
                          4 if collected.failed else 0)
        for account, wanted in clean.told.items():
            if account not in by_account:
                self.checks.check("an account without a fault", collected.told.get(account), wanted)
        for rule in rules:
            self.judge(rule, clean, collected)


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
                able = sorted(account for account, number in made if number > skip)
                if able:
                    faults.append(({"service": service, "operation": operation, "kind": kind, "times": times,
                                    "skip": skip}, able))
    return faults


def is_slow(fault):
    return fault["times"] == FOR_EVER and (fault["kind"] in SLOW or fault["operation"] in NEEDED)


def is_wanted(fault):
    """Those that take long are not drawn."""
    if FAULT:
        times = "ever" if fault["times"] == FOR_EVER else fault["times"]
        return fnmatch.fnmatchcase("%s/%s/%s" % (fault["operation"], fault["kind"], times), FAULT)
    return ROUNDS == "all" or not is_slow(fault)


def ends_run(fault):
    """Whether whoever collects is said to be nobody, which is no matter of one account."""
    return fault["operation"] == "AssumeRole" and fault["kind"] in ONCE and fault["times"] > 1


def assign(faults, choice, copies):
    """Rounds of rules, an account for each fault, each fault in so many accounts; the same work for each."""
    work = {account: [] for _, able in faults for account in able}
    for fault, able in sorted(faults, key=lambda pair: len(pair[1])):
        for account in sorted(choice.sample(able, len(able)), key=lambda a: len(work[a]))[:copies]:
            work[account].append({**fault, "account": account})
    for rules in work.values():
        choice.shuffle(rules)
    return [[rules[number] for rules in work.values() if number < len(rules)]
            for number in range(max(map(len, work.values()), default=0))]


def plan_rounds(faults, choice, copies):
    """As many rounds as are asked for, those that take long at the end."""
    faults = [fault for fault in faults if not ends_run(fault[0])]
    if ROUNDS != "all":
        return assign(faults, choice, copies)[:int(ROUNDS)]
    return [rules for wanted in (False, True)
            for rules in assign([f for f in faults if is_slow(f[0]) == wanted], choice, copies)]


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


def organization_faults(counts, management, choice):
    """Each call about the organization in each way, and those about accounts that end the run."""
    calls = sorted((service, operation) for account, service, operation in counts
                   if account == management and (service in ("organizations", "sts")
                                                 or operation == "ListOrganizationsFeatures"))
    faults = [{"account": management, "service": service, "operation": operation, "kind": kind,
               "times": times, "skip": 0}
              for service, operation in calls for kind in KINDS if kind != "foreign-report"
              for times in (1, FOR_EVER)]
    faults += [{**fault, "account": account}
               for fault, able in all_faults(counts, {account for account, *_ in counts}, management)
               for account in able if ends_run(fault)]
    if ROUNDS != "all":
        return choice.sample(faults, min(FAULTS, len(faults)))
    return sorted(faults, key=is_slow)


def judge_organization(checks, rule, collected, clean):
    """What is said to be complete is, and what is not is told. Says what became of the fault."""
    what = "%s %s x%d" % (rule["operation"], rule["kind"], min(rule["times"], 99))
    done, check = collected.done, checks.check
    hits = collected.counts.get((rule["account"], rule["service"], rule["operation"]), (0, 0))[1]
    check(what + ": was tried", hits > 0, True)
    found, wanted = organization_tables(collected.store), organization_tables(clean.store)
    check(what + ": nothing else than undisturbed",
          {k: v for k, v in found.items() if not says_the_same(v, wanted.get(k))}, {})
    is_same = (done.returncode, found, collected.told) == (0, wanted, clean.told)
    if must_pass(rule):
        check(what + ": passes: " + done.stderr[-500:], is_same, True)
    if not is_same:
        check(what + ": is named: " + done.stderr[-500:],
              bool(re.search(rule["operation"], done.stderr)), True)
    for account, one in clean.told.items():
        if account in collected.told:
            told = collected.told[account]
            check(what + ": report of " + account, told["users"], one["users"])
            check(what + ": entities of " + account, differences(told["entities"], one["entities"]), [])
        else:
            check(what + ": exit code without " + account, done.returncode in (3, 4), True)
    return "identical" if is_same else "gap" if done.returncode == 0 else "failed"


def judge_resumed(checks, rule, resumed, clean):
    """What was not collected is, once nothing is in the way."""
    checks.check("%s %s: resumed: %s" % (rule["operation"], rule["kind"], resumed.done.stderr[-500:]),
                 (resumed.done.returncode, organization_tables(resumed.store), resumed.told),
                 (0, organization_tables(clean.store), clean.told))


def wanted_faults(counts, accounts, management, known):
    """Those in calls that are not known."""
    faults = [f for f in all_faults(counts, accounts, management)
              if (f[0]["service"], f[0]["operation"]) not in known and is_wanted(f[0])]
    calls = {(f["service"], f["operation"]) for f, _ in faults}
    print("%d calls of an account, %d faults to try" % (len(calls), len(faults)), flush=True)
    return faults, calls


def try_accounts(checks, choice, plan, asked, copies, known=()):
    """Faults in calls about accounts, one in each account of a round. Says which calls."""
    campaign = Campaign(checks)
    at_once = AT_ONCE if ROUNDS == "all" else min(AT_ONCE, int(ROUNDS))
    with Places(checks, plan, asked, at_once) as places:
        clean = places.all[0].clean
        faults, calls = wanted_faults(clean.counts, set(clean.told), plan["organization"]["management"], known)
        rounds = plan_rounds(faults, choice, copies)
        for number, (rules, found, clean) in enumerate(places.each(Place.collect, rounds), 1):
            campaign.round(rules, found, clean)
            print("round %d of %d: %d faults, %.0f s" % (number, len(rounds), len(rules), found.seconds),
                  flush=True)
        campaign.tell("calls about accounts")
        places.check_trap()
    return calls


def with_assets(plan):
    """The same, where there is something to find for whoever asks for everything."""
    for number, account in enumerate(plan["accounts"]):
        account["assets"] = {"s3": 2, "rds": 1, "ec2": 1, "cloudtrail": 1 - number % 2}
    return plan


def try_organization(checks, choice):
    """Faults in calls about the organization, one by one, where there are few accounts."""
    campaign = Campaign(checks)
    at_once = AT_ONCE if ROUNDS == "all" else min(AT_ONCE, FAULTS)
    with Places(checks, plans.make_plan(SEED, 3, 2, teams=0), FEW, at_once) as places:
        faults = [[rule] for rule in organization_faults(
            places.all[0].clean.counts, places.plan["organization"]["management"], choice)]
        for (rule,), (found, resumed), clean in places.each(Place.collect_and_resume, faults):
            campaign.verify(found)
            campaign.count(rule, judge_organization(checks, rule, found, clean))
            if resumed:
                campaign.verify(resumed)
                judge_resumed(checks, rule, resumed, clean)
        campaign.tell("calls about the organization")
        places.check_trap()


def main():
    begin = time.monotonic()
    choice = random.Random("faults/%s" % SEED)
    checks = checking.Checks()
    print("faults: SEED=%s ROUNDS=%s FAULTS=%d AT_ONCE=%d" % (SEED, ROUNDS, FAULTS, AT_ONCE), flush=True)
    calls = try_accounts(checks, choice, plans.make_plan(SEED, ACCOUNTS, USERS, teams=2), FEW,
                         3 if ROUNDS == "all" else 1)
    if not FAULT:
        try_organization(checks, choice)
    if ROUNDS == "all":
        try_accounts(checks, choice, with_assets(plans.make_plan(SEED, ACCOUNTS, 4, teams=2)), ALL, 1, calls)
    print("%.0f s" % (time.monotonic() - begin))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
