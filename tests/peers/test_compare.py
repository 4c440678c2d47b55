#!/usr/bin/env python3
"""rules/compare/*.yaml and tests/rules/compare.test tell the same story.

Each check is shown by at least one pair of cases: an entity with their rule and their answer, then the
same entity with our control and our answer. Their rule stands there as the file of the system has it,
and where the answers differ that file explains that very pair of answers. What the cases answer is for
`keywarden rule test` to say.

Then `audit --compare` over random accounts: no difference that it finds is without an explanation.

usage: tests/peers/test_compare.py     SEED=n replays the random accounts
"""

import csv
import io
import os
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
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
