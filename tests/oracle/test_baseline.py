#!/usr/bin/env python3
"""Random parts of an output as the baseline of the same audit, against sets in Python.

Environment: COUNT     folders of reports (default 30; at most 300)
             SEED      of reports and baselines (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

The baseline is some of the rows of an output, in all three forms and guarded for spreadsheets or not,
some of them with another status. What is left must be exactly the rest, and the counts must agree.
"""

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
COUNT = min(int(os.environ.get("COUNT") or 30), 300)
SEED = os.environ.get("SEED") or "keywarden-1"
AS_OF = "2026-11-01T00:00:00Z"
OTHER = {"fail": "unknown", "unknown": "fail"}


def audit(folder, *options):
    done = subprocess.run([KEYWARDEN, "audit", folder, "--as-of", AS_OF, "-q", *options],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout


def table(out):
    text = out.decode("utf-8", "surrogateescape")
    return list(csv.reader(io.StringIO(text, newline="\n")))


def text_of(rows):
    out = io.StringIO(newline="\n")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogateescape")


def baseline_of(choice, form, rows, json_lines):
    """Some of the findings, as a file's bytes, and the keys in it."""
    share = choice.choice((0, 0.1, 0.5, 0.9, 1))
    kept, keys = [], set()
    for row, line in zip(rows, json_lines):
        if choice.random() >= share:
            continue
        status = OTHER[row[3]] if choice.random() < 0.1 else row[3]
        keys.add((row[0], row[1], row[2], status))
        if form == "csv":
            kept.append(row[:3] + [status] + row[4:])
        else:
            line = dict(line, status=status)
            kept.append(json.dumps(line, ensure_ascii=choice.random() < 0.5))
    if form == "csv":
        return text_of([["account", "user", "control", "status", "severity", "evidence"]] + kept), keys
    if form == "jsonl":
        return "".join(line + "\n" for line in kept).encode("utf-8", "surrogateescape"), keys
    return ('{"schema":"keywarden.audit/1","findings":[' + ",".join(kept) + "]}").encode(), keys


def as_json(text):
    """JSON holds no bytes that are not UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def run_one(number, folder):
    choice = random.Random("baseline/%s/%d" % (SEED, number))
    place = os.path.join(folder, "reports")
    os.mkdir(place)
    for i in range(20):
        report = reports.make_report("b" + SEED, number * 20 + i, controls.read_time(AS_OF))
        with open(os.path.join(place, report.name), "wb") as file:
            file.write(report.data)
    code, out = audit(place, "-f", "csv")
    rows = table(out)[1:]
    lines = [json.loads(line) for line in audit(place, "-f", "jsonl")[1].decode().splitlines()]
    form = choice.choice(("csv", "json", "jsonl"))
    data, keys = baseline_of(choice, form, rows, lines)
    path = os.path.join(folder, "baseline")
    with open(path, "wb") as file:
        file.write(data)
    # Names that differ only in bytes that are no UTF-8 are one name, whatever the form.
    keys = {tuple(as_json(cell) for cell in key) for key in keys}
    wanted = [row for row in rows if tuple(as_json(cell) for cell in row[:4]) not in keys]
    got_code, out = audit(place, "-f", "csv", "--baseline", path, "-j", choice.choice("14"))
    if table(out)[1:] != wanted:
        return "%s: %d rows, expected %d" % (form, len(table(out)) - 1, len(wanted))
    serious = any(row[3] == "fail" and row[4] in ("critical", "high") for row in wanted)
    if got_code != (3 if code == 3 else int(serious)):
        return "exit code %d" % got_code
    found = {tuple(as_json(cell) for cell in row[:4]) for row in rows}
    told = json.loads(audit(place, "-f", "json", "--baseline", path)[1])["baseline"]
    expected = (len(keys), len(rows) - len(wanted), len(keys - found))
    if (told["findings"], told["left_out"], told["gone"] + told["changed"]) != expected:
        return "told %s, expected %s" % (told, expected)
    return None


def main():
    if not os.access(KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("baseline: SEED=%s COUNT=%d" % (SEED, COUNT))
    failed = 0
    for number in range(COUNT):
        with tempfile.TemporaryDirectory(prefix="keywarden-baseline-") as folder:
            problem = run_one(number, folder)
        if problem is not None:
            failed += 1
            print("FAILED %d: %s" % (number, problem))
    print("%d passed, %d failed" % (COUNT - failed, failed))
    return 1 if failed or not COUNT else 0


if __name__ == "__main__":
    sys.exit(main())
