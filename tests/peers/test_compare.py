#!/usr/bin/env python3
"""rules/compare/*.yaml and tests/rules/compare.test tell the same story.

Each check is shown by at least one pair of cases: an entity with their rule and their answer, then the
same entity with our control and our answer. Their rule stands there as the file of the system has it,
and where the answers differ that file explains that very pair of answers. What the cases answer is for
`keywarden rule test` to say.

Then `audit --compare` over random accounts: no difference that it finds is without an explanation. And
over random users whose names are parts of each other's, who Steampipe's join gives the keys of others:
the join is done here as its SQL does it, and each user must be told of or not.

usage: tests/peers/test_compare.py     SEED=n replays the random accounts
"""

import csv
import io
import os
import random
import re
import subprocess
import sys
import tempfile

import accounts
import rule_files

KEYWARDEN = os.environ.get("KEYWARDEN", str(rule_files.ROOT / "build" / "keywarden"))
ACCOUNTS = 1000

CASES = rule_files.ROOT / "tests" / "rules" / "compare.test"
# Checks that ask what ours asks: nothing can differ but what is not published.
ALIKE = {
    "IAM.9",
    "IAM.19",
    "netskope-root-no-active-access-key",
    "netskope-user-console-mfa",
}


def cases():
    """(line number, entity, rule, answer) of each case."""
    block, first = [], 0
    for number, line in enumerate([*CASES.read_text().split("\n"), ""], 1):
        if line and not line.startswith(("#", "as-of:")):
            first = first if block else number
            block.append(line)
        elif block:
            yield (first, *block)
            block = []


def unexplained(entries):
    """Kinds of differences that --compare finds in random accounts and no file gives a reason for, with
    one of each, and how many kinds it found."""
    reasons = {
        (system, entry["id"], why.get("ours"), why.get("theirs"))
        for system, entry in entries
        for why in entry.get("why", [])
    }
    maker = accounts.Maker(int(os.environ.get("SEED", "1")))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ACCOUNTS):
            account = maker.account(number)
            with open(f"{folder}/{account['account']}.csv", "w", encoding="utf-8") as file:
                file.write(account["report"])
        systems = ",".join(rule_files.names())
        run = subprocess.run(
            [KEYWARDEN, "audit", folder, "--compare", systems, "--format", "csv"]
            + ["--as-of", maker.now.strftime("%Y-%m-%dT%H:%M:%SZ")],
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode != 0:
        sys.exit(f"test_compare: exit code {run.returncode}: {run.stderr}")
    found, lacking = set(), {}
    for line in csv.DictReader(io.StringIO(run.stdout)):
        theirs = "not-applicable" if line["theirs"] == "silent" else line["theirs"]
        key = line["system"], line["check"], line["ours"], theirs
        found.add(key)
        if key not in reasons:
            lacking.setdefault(key, line)
    return lacking, len(found)


JOIN_COLUMNS = "user,arn,access_key_1_active,access_key_2_active"
JOIN_REPORTS = 400


def like(pattern):
    """SQL's LIKE, as a function of a text."""
    parts = [{"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern]
    return re.compile("".join(parts), re.DOTALL).fullmatch


def joined(users):
    """Those that the join gives more than one active key, by their ARN; each user is its name, its ARN
    and whether its two keys are active."""
    keys = []  # the AKAs of each key as text, and whether it is active
    for name, arn, active in users:
        made = ":".join(arn.split(":")[:5]) + ":user/" + name
        keys += [(f'["{made}/accesskey/AKIA"]', is_on) for is_on in active]
    alarms = set()
    for _, arn, _ in users:
        is_like = like(f"%{arn}%")
        if sum(is_on for akas, is_on in keys if is_on and is_like(akas)) > 1:
            alarms.add(arn)
    return alarms


def namesakes():
    """What is told of users whose names are parts of each other's, and what should be: both as lines
    of account and user."""
    maker = random.Random(int(os.environ.get("SEED", "1")) + 1)
    expected, told = set(), set()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(JOIN_REPORTS):
            account = f"{200000000000 + number:012}"
            names = {
                "".join(maker.choices("ab_-", k=maker.randrange(1, 5)))
                for _ in range(maker.choice((3, 30, 150)))
            }
            users = []
            for name in maker.sample(sorted(names), len(names)):
                path = maker.choice(("/", "/", "/", "/division/"))
                active = [maker.random() < maker.choice((0.1, 0.5)) for _ in "12"]
                users.append((name, f"arn:aws:iam::{account}:user{path}{name}", active))
            with open(f"{folder}/{account}.csv", "w", encoding="utf-8") as file:
                file.write(JOIN_COLUMNS + "\n")
                for name, arn, active in users:
                    file.write(f"{name},{arn},{','.join(str(on).lower() for on in active)}\n")
            alarms = joined(users)
            expected |= {
                (account, name)
                for name, arn, active in users
                if arn in alarms and not all(active)
            }
        run = subprocess.run(
            [KEYWARDEN, "audit", folder, "--compare", "steampipe", "--format", "csv", "-q"],
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode != 0:
        sys.exit(f"test_compare: exit code {run.returncode}: {run.stderr}")
    for line in csv.DictReader(io.StringIO(run.stdout)):
        if line["check"] == "iam_user_one_active_key" and line["theirs"] == "fail":
            told.add((line["account"], line["user"]))
    return told, expected


def main():
    passed, wrong = 0, []
    entries = [
        (system, entry) for system in rule_files.names() for entry in rule_files.read(system)
    ]
    by_rule = {}  # two systems may ask the same
    for system, entry in entries:
        key = " ".join(entry["rule"].split()), entry["compares"]
        by_rule.setdefault(key, []).append((system, entry))
    shown = {}
    found = list(cases())
    for (line, entity, rule, theirs), (_, same, control, ours) in zip(found[::2], found[1::2]):
        if entity != same:
            wrong.append(f"{CASES.name}:{line}: the two cases of a pair are of two entities")
        elif (rule, control) not in by_rule:
            wrong.append(f"{CASES.name}:{line}: no check has this rule and compares {control}")
        for system, entry in by_rule.get((rule, control), []):
            shown.setdefault((system, entry["id"]), []).append(ours != theirs)
            reasons = [(why.get("ours"), why.get("theirs")) for why in entry.get("why", [])]
            if ours != theirs and (ours, theirs) not in reasons:
                wrong.append(f"{CASES.name}:{line}: {system} does not explain {entry['id']}: "
                             f"ours {ours}, theirs {theirs}")
            else:
                passed += 1
    for system, entry in entries:
        differs = shown.get((system, entry["id"]), [])
        if not differs:
            wrong.append(f"{system}: {entry['id']} has no case")
        elif not any(differs) and entry["id"] not in ALIKE:
            wrong.append(f"{system}: {entry['id']} is not shown to differ")
        elif any(differs) and entry["id"] in ALIKE:
            wrong.append(f"{system}: {entry['id']} differs, though it should be alike")
        else:
            passed += 1
    lacking, told = unexplained(entries)
    for (system, check, ours, theirs), line in lacking.items():
        wrong.append(f"{system}: {check} is not explained: ours {ours}, theirs {theirs}: {line}")
    if told < len(entries):
        wrong.append(f"only {told} kinds of differences in {ACCOUNTS} random accounts")
    passed += told - len(lacking)
    told, expected = namesakes()
    for account, user in sorted(told ^ expected):
        how = "is told to be" if (account, user) in told else "is not told to be"
        wrong.append(f"steampipe: {user} of {account} {how} given the keys of others")
    if len(expected) < JOIN_REPORTS:
        wrong.append(f"only {len(expected)} users are given the keys of others")
    passed += len(told & expected)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
