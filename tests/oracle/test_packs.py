#!/usr/bin/env python3
"""Compares `keywarden audit --pack` with the second evaluator in packs.py on random reports, for the
packs pingsafe, aws-config, security-hub and iam-best-practices.

Environment: COUNT     reports to make (default 5000; at most 9000)
             SEED      of the reports (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

Each folder of reports is judged once with all packs together and once with each alone, every second
folder with other parameters; every row of --all must agree. A difference is printed with its report,
which reports.py makes again.
"""

import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import packs
import reports
from test_controls import KEYWARDEN, option_list, random_as_of

COUNT = min(int(os.environ.get("COUNT") or 5000), 9000)
SEED = os.environ.get("SEED") or "keywarden-1"
BATCH = 500
SHOWN_MAX = 5

ALL_PACKS = tuple(packs.PACKS)
SEVERITY = {control[0]: control[1] for table in packs.PACKS.values() for control in table}
# Each other than its default, and all of them thresholds that reports.py makes dates around.
OTHER_PARAMS = {
    "root-account-in-use.days": 1,
    "access-keys-rotated.maxAccessKeyAge": 30,
    "iam-user-unused-credentials-check.maxCredentialUsageAge": 45,
    "IAM.3.maxAccessKeyAge": 365,
    "IAM.8.maxCredentialUsageAge": 30,
    "IAM.22.days": 7,
    "iam-best-practice-2.seconds": 9,
    "iam-best-practice-3.grace": 7,
    "iam-best-practice-4.days": 91,
    "iam-best-practice-5.days": 1,
}

passed = 0
failed = 0
seen = {}  # control -> statuses that some report gave


def audit(folder, as_of, names, params):
    """(account, user, control, status) of every row."""
    command = [KEYWARDEN, "audit", folder, "--as-of", as_of, "--format", "csv", "--all"]
    for name in names:
        command += ["--pack", name]
    command += option_list({name: params[name] for name in params if is_of(name, names)})
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False
    )
    text = done.stdout.decode("utf-8", "surrogateescape")
    rows = list(csv.reader(io.StringIO(text, newline="\n"), strict=True))
    if done.returncode not in (0, 1, 3) or not rows:
        sys.exit("%s: exit code %d: %s" % (" ".join(command), done.returncode, done.stderr[-500:]))
    wrong = [row for row in rows[1:] if SEVERITY.get(row[2]) != row[4]]
    if wrong:
        sys.exit("no such control, or not its severity: %r" % wrong[0])
    return [tuple(row[:4]) for row in rows[1:]]


def is_of(param, names):
    return any(param.rsplit(".", 1)[0] == row[0] for name in names for row in packs.PACKS[name])


def compare(made, as_of, names, params, got):
    """Hands the rows out to the reports they belong to, in the order of their paths."""
    global passed, failed
    place = 0
    for report in made:
        seconds = controls.read_time(as_of)
        verdict = packs.evaluate_report(report.data, report.name, seconds, params, names)
        part = got[place : place + len(verdict.rows)]
        place += len(verdict.rows)
        for _, _, control, status in verdict.rows:
            seen.setdefault(control, set()).add(status)
        if part == verdict.rows:
            passed += 1
            continue
        failed += 1
        if failed <= SHOWN_MAX:
            print("FAILED: %s as of %s, %s %r" % (report.name, as_of, " ".join(names), params))
            for ours, theirs in zip(verdict.rows, part):
                if ours != theirs:
                    print("    expected %s\n    got      %s" % (ascii(ours), ascii(theirs)))
                    break
    if place != len(got):
        failed += 1
        print("FAILED: %d rows, expected %d" % (len(got), place))


def run_batch(number, folder):
    as_of = random_as_of(SEED, number)
    seconds = controls.read_time(as_of)
    params = OTHER_PARAMS if number % 2 else {}
    first = number * BATCH
    made = [
        reports.make_report(SEED, index, seconds)
        for index in range(first, min(first + BATCH, COUNT))
    ]
    made.sort(key=lambda report: os.fsencode(report.name))
    os.mkdir(folder)
    for report in made:
        with open(os.path.join(folder, report.name), "wb") as file:
            file.write(report.data)
    rows = audit(folder, as_of, ALL_PACKS, params)
    compare(made, as_of, ALL_PACKS, params, rows)
    for name in ALL_PACKS:
        compare(made, as_of, (name,), params, audit(folder, as_of, (name,), params))
    shutil.rmtree(folder)


def check_statuses():
    """Every status that a control can give was given by some report, or the reports prove little."""
    global passed, failed
    for name, table in packs.PACKS.items():
        for control, _, kind, function in table:
            expected = {controls.UNKNOWN}
            if kind != controls.ACCOUNT:
                expected.add(controls.NOT_APPLICABLE)
                if function is not packs.not_collected:
                    expected |= {controls.FAIL, controls.PASS}
            if control == "root-account-hardware-mfa-enabled":
                expected.remove(controls.PASS)  # no report knows the kind of a device
            if seen.get(control) == expected:
                passed += 1
            else:
                failed += 1
                print("FAILED: %s %s gave %r" % (name, control, seen.get(control)))


def main():
    print("oracle of packs: SEED=%s COUNT=%d" % (SEED, COUNT))
    folder = tempfile.mkdtemp(prefix="keywarden-packs-")
    try:
        for number in range((COUNT + BATCH - 1) // BATCH):
            run_batch(number, os.path.join(folder, "batch"))
    finally:
        shutil.rmtree(folder)
    if COUNT >= 1000:
        check_statuses()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
