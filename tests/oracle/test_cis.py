#!/usr/bin/env python3
"""Compares the cis packs with the second evaluator, under the numbers and thresholds that
tests/packs/cis.tsv gives each version, on random reports and at the boundary seconds.

Environment: COUNT     random reports a version is given (default 200; at most 1000)
             SEED      of the reports (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)
"""

import collections
import csv
import datetime
import io
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import reports

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 200), 1000)
SEED = os.environ.get("SEED") or "keywarden-packs-1"
AS_OF = "2026-11-01T00:00:00Z"
NOW = controls.read_time(AS_OF)
DAY = controls.DAY

passed = 0
failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    if failed <= 10:
        print("FAILED: %s\n    expected %r\n    got      %r" % (what, expected, got))


def read_versions():
    """{version: {id of the entry: control}} and {version: {control.parameter: value}}."""
    with open(os.path.join(TREE, "tests", "packs", "cis.tsv"), encoding="utf-8") as file:
        lines = [line.split("\t") for line in file.read().splitlines() if not line.startswith("#")]
    entries = {version: {} for version in lines[0][1:]}
    params = {version: {} for version in entries}
    for control, *cells in lines[1:]:
        for version, cell in zip(entries, cells):
            number, *values = cell.split()
            if number != "-" and control in controls.SEVERITY:
                entries[version]["%s-%s" % (version, number)] = control
                for value in values:
                    name, amount = value.split("=")
                    params[version]["%s.%s" % (control, name)] = int(amount)
    return entries, params


def audit(folder, version):
    """(account, user, control, status) of every row, by the ids of the pack."""
    done = subprocess.run(
        [KEYWARDEN, "audit", "--format", "csv", "--all", "--as-of", AS_OF, "--pack", version, folder],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    text = done.stdout.decode("utf-8", "surrogateescape")
    return [tuple(row[:4]) for row in csv.reader(io.StringIO(text, newline="\n"))][1:]


def check_random(entries, params, folder):
    made = [reports.make_report(SEED, index, NOW) for index in range(COUNT)]
    for report in made:
        with open(os.path.join(folder, report.name), "wb") as file:
            file.write(report.data)
    for version, ids in entries.items():
        names = {control: name for name, control in ids.items()}
        expected = collections.Counter()
        for report in made:
            verdict = controls.evaluate_report(report.data, report.name, NOW, params[version])
            expected.update((account, user, names[control], status)
                            for account, user, control, status in verdict.rows if control in names)
        got = collections.Counter(row for row in audit(folder, version) if row[2] in ids)
        check("%s: rows that only the second evaluator has" % version,
              sorted((expected - got).items())[:3], [])
        check("%s: rows that only the program has" % version,
              sorted((got - expected).items())[:3], [])
        check("%s: something was judged" % version, sum(got.values()) > COUNT, True)


def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def check_boundaries(folder):
    """A key last used just less than so many days ago, and exactly that long ago."""
    with open(os.path.join(folder, "report.csv"), "w", encoding="utf-8") as file:
        file.write("user,arn,password_enabled,mfa_active,access_key_1_active,"
                   "access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active\n")
        for days in (45, 90):
            for name, second in (("fresh", 1), ("idle", 0)):
                file.write("%s-%d,arn:aws:iam::111122223333:user/%s-%d,false,false,true,%s,%s,false\n"
                           % (name, days, name, days, at(NOW), at(NOW - days * DAY + second)))
    answers = {"cis-1.2-1.3": {"idle-90"}, "cis-1.3-1.12": {"idle-90"},
               "cis-1.4-1.12": {"idle-45", "fresh-90", "idle-90"},
               "cis-7.0-2.11": {"idle-45", "fresh-90", "idle-90"}}
    for name, idle in answers.items():
        rows = audit(folder, name.rsplit("-", 1)[0])
        check("%s: users with an unused key" % name,
              {user for _, user, control, status in rows if control == name and status == "fail"},
              idle)


def main():
    entries, params = read_versions()
    check("versions", len(entries), 10)
    with tempfile.TemporaryDirectory() as folder:
        check_random(entries, params, folder)
    with tempfile.TemporaryDirectory() as folder:
        check_boundaries(folder)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
