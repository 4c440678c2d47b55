#!/usr/bin/env python3
"""Random accounts files over random reports: severities, counts and exit codes by asset class.

Environment: COUNT     folders of reports (default 40; at most 300)
             SEED      of reports and accounts (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

Verdicts come from controls.py; the class of an account is worked out here from what is known of its
five counts: the sum lies between the known ones alone and anything, where one is missing.
"""

import collections
import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import reports

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 40), 300)
SEED = os.environ.get("SEED") or "keywarden-1"
AS_OF = "2026-11-01T00:00:00Z"
LEVELS = ["info", "low", "medium", "high", "critical"]
COLUMNS = ["iam_users", "rds", "s3", "ec2", "cloudtrail"]
CLASSES = (("small", 0, 49), ("medium", 50, 250), ("large", 251, float("inf")))


def class_of(counts):
    """The one class that all possible sums lie in; else unknown."""
    low = sum(count for count in counts if count is not None)
    high = float("inf") if None in counts else low
    for name, first, last in CLASSES:
        if first <= low and high <= last:
            return name
    return "unknown"


def severity_of(declared, asset_class):
    shift = {"small": -1, "large": 1}.get(asset_class, 0)
    return LEVELS[max(0, min(len(LEVELS) - 1, LEVELS.index(declared) + shift))]


def random_counts(choice):
    sums = choice.choice((0, 49, 50, 250, 251, choice.randrange(600)))
    cuts = sorted(choice.randrange(sums + 1) for _ in range(4))
    counts = [b - a for a, b in zip([0] + cuts, cuts + [sums])]
    for i in range(5):
        if choice.random() < choice.choice((0, 0, 0.3)):
            counts[i] = None
    return counts


def accounts_file(choice, names):
    """The file's text, and the class of each account in it."""
    columns = ["account", "organization", "standalone", "created"] + COLUMNS
    missing = choice.sample(COLUMNS, choice.choice((0, 0, 0, 1, 5)))
    columns = [name for name in columns if name not in missing]
    if choice.random() < 0.3:
        choice.shuffle(columns)
    classes, rows = {}, []
    for name in names:
        if choice.random() < 0.2:
            continue
        counts = dict(zip(COLUMNS, random_counts(choice)))
        counts.update(dict.fromkeys(missing))
        classes[name] = class_of([counts[column] for column in COLUMNS])
        cells = {"account": name, "organization": choice.choice(('o, "x"', "o", "")),
                 "standalone": "true", "created": "2020-01-01"}
        cells.update({key: "" if count is None else str(count) for key, count in counts.items()})
        rows.append([cells[column] for column in columns])
    choice.shuffle(rows)
    out = io.StringIO(newline="\n")
    ends = choice.choice(("\n", "\r\n"))
    csv.writer(out, lineterminator=ends, quoting=choice.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
               ).writerows([columns] + rows)
    return out.getvalue(), classes


def run_one(number, folder):
    choice = random.Random("accounts/%s/%d" % (SEED, number))
    as_of = controls.read_time(AS_OF)
    place = os.path.join(folder, "reports")
    os.mkdir(place)
    made = [reports.make_report("a" + SEED, number * 20 + i, as_of) for i in range(20)]
    rows, has_error = [], False
    for report in sorted(made, key=lambda report: os.fsencode(report.name)):
        with open(os.path.join(place, report.name), "wb") as file:
            file.write(report.data)
        verdict = controls.evaluate_report(report.data, report.name, as_of)
        rows += verdict.rows
        has_error |= bool(verdict.errors)
    text, classes = accounts_file(choice, sorted({row[0] for row in rows if row[0]}))
    path = os.path.join(folder, "accounts.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    limit = choice.choice(LEVELS)

    def audit(form, *options):
        return subprocess.run([KEYWARDEN, "audit", place, "--as-of", AS_OF, "-q", "--accounts", path,
                               "--fail-on", limit, "-f", form, *options],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    wanted, tallies, failed = [], collections.Counter(), False
    for account, user, control, status in rows:
        asset_class = classes.get(account, "unknown")
        severity = severity_of(controls.SEVERITY[control], asset_class)
        wanted.append((account, user, control, status, severity))
        failed |= status == "fail" and LEVELS.index(severity) >= LEVELS.index(limit)
        kind = "root" if user == controls.ROOT_USER else "user"
        if control.split("-")[0] in (kind, "access"):
            tallies[control, asset_class, status] += 1
    done = audit("csv", "--all", "-j", choice.choice("14"))
    got = [tuple(row[:5]) for row in list(csv.reader(io.StringIO(
        done.stdout.decode("utf-8", "surrogateescape"), newline="\n")))[1:]]
    for one, two in zip(wanted, got):
        if one != two:
            return "expected %s, got %s" % (ascii(one), ascii(two))
    if len(got) != len(wanted):
        return "%d rows, expected %d" % (len(got), len(wanted))
    if done.returncode != (3 if has_error else int(failed)):
        return "exit code %d with --fail-on %s" % (done.returncode, limit)
    for told in json.loads(audit("json").stdout)["controls"]:
        for key, asset_class in (("counts_lowered", "small"), ("counts_raised", "large")):
            for status, count in told[key].items():
                if tallies[told["id"], asset_class, status] != count:
                    return "%s %s of %s: %d, expected %d" % (
                        key, status, told["id"], count, tallies[told["id"], asset_class, status])
    return None


def main():
    if not os.access(KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("accounts: SEED=%s COUNT=%d" % (SEED, COUNT))
    failed = 0
    for number in range(COUNT):
        with tempfile.TemporaryDirectory(prefix="keywarden-accounts-") as folder:
            problem = run_one(number, folder)
        if problem is not None:
            failed += 1
            print("FAILED %d: %s" % (number, problem))
    print("%d passed, %d failed" % (COUNT - failed, failed))
    return 1 if failed or not COUNT else 0


if __name__ == "__main__":
    sys.exit(main())
