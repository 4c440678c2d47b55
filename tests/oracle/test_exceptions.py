#!/usr/bin/env python3
"""Random exception files over random reports, against a second reading of what they mean.

Environment: COUNT     folders of reports, each with exception files of its own (default 40; at most 300)
             SEED      of reports and exceptions (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

The verdicts without exceptions come from controls.py; what an exception covers is worked out here,
on regular expressions and Python's dates. Compared: every row's status, which exception the evidence
names, the exit code, the counts of each exception, and the bytes with one job and with four.
"""

import csv
import datetime
import io
import json
import os
import random
import re
import shutil
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
REPORTS = 25  # in a folder
IDS = [control[0] for control in controls.CONTROLS]
SERIOUS = ("critical", "high")


# ---- what an exception means


def matches(pattern, text):
    """`*` is anything, `?` is one character, everything else is itself."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.S) is not None


def as_list(value):
    return value if isinstance(value, list) else [value]


def in_scope(scope, who):
    for field in ("arn", "account", "user"):
        if field in scope and not any(matches(p, who[field]) for p in as_list(scope[field])):
            return False
    return (
        all(in_scope(part, who) for part in scope.get("and", []))
        and ("or" not in scope or any(in_scope(part, who) for part in scope["or"]))
        and not any(in_scope(part, who) for part in scope.get("not", []))
    )


def holds(entry, as_of):
    day = datetime.date.fromisoformat(entry["expires"])
    end = datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc)
    return as_of < end.timestamp() + 86400


class Use:
    def __init__(self):
        self.covered = self.expired = 0
        self.is_used = False


def except_rows(rows, entries, as_of, uses):
    """The same rows (account, user, arn, control, status) with what is covered, and by whom."""
    result = []
    for account, user, arn, control, status in rows:
        cover = expired = None
        if status in (controls.FAIL, controls.UNKNOWN):
            who = {"account": account, "user": user, "arn": arn}
            for number, entry in enumerate(entries):
                if not any(matches(p, control) for p in as_list(entry["control"])):
                    continue
                if not in_scope(entry, who):
                    continue
                uses[number].is_used = True
                if holds(entry, as_of):
                    cover = number if cover is None else cover
                else:
                    expired = number if expired is None else expired
        if cover is not None:
            uses[cover].covered += 1
            status = "excepted"
        elif expired is not None:
            uses[expired].expired += 1
        result.append((account, user, control, status, cover))
    return result


# ---- random exceptions


class Maker:
    def __init__(self, choice, rows, as_of):
        self.random = choice
        self.rows = rows
        self.as_of = as_of

    def pattern(self, text):
        """The text itself, or with some of it replaced."""
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            if len(text) == 0:
                break
            at = self.random.randrange(len(text))
            size = self.random.choice((0, 1, 1, 3, len(text)))
            text = text[:at] + self.random.choice("**?") + text[at + size :]
        # What YAML cannot hold stands for itself as any character.
        return "".join("?" if "\ud800" <= c <= "\udfff" or c == "\ufeff" else c for c in text)

    def value(self, field):
        place = {"account": 0, "user": 1, "arn": 2}[field]
        text = self.pattern(self.random.choice(self.rows)[place]) or "*"
        is_exact = "*" not in text and "?" not in text
        if field == "arn" and is_exact and not text.startswith("arn:"):
            text += "*"
        return text

    def scope(self, depth=0):
        scope = {}
        for field in ("arn", "account", "user"):
            if self.random.random() < 0.35:
                count = self.random.choice((1, 1, 2, 3))
                values = [self.value(field) for _ in range(count)]
                scope[field] = values[0] if count == 1 and self.random.random() < 0.5 else values
        for group in ("and", "or", "not"):
            if depth < 3 and self.random.random() < 0.15:
                count = self.random.choice((1, 2, 3))
                scope[group] = [self.scope(depth + 1) for _ in range(count)]
        return scope or {"user": self.value("user")}

    def entry(self, number):
        day = datetime.datetime.fromtimestamp(self.as_of, datetime.timezone.utc).date()
        shift = self.random.choice((-400, -1, 0, 0, 1, 400))
        names = [self.pattern(self.random.choice(IDS)) for _ in range(self.random.choice((1, 1, 4)))]
        entry = {
            "id": "e%d" % number,
            "control": names[0] if len(names) == 1 else names,
            "owner": "owner %d" % number,
            "reason": "because",
            "expires": (day + datetime.timedelta(days=shift)).isoformat(),
        }
        entry.update(self.scope())
        return entry


def yaml_of(entries):
    """JSON is YAML where nothing in it is beyond what YAML may print."""
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    return "".join(c if " " <= c <= "~" or c == "\n" or c > "\u00a0" and c not in "\u2028\u2029"
                   else "\\u%04x" % ord(c) for c in text)


# ---- comparing


def expected_rows(data, name, as_of):
    """Every row with its ARN, and whether the report has an error."""
    verdict = controls.evaluate_report(data, name, as_of)
    arns = [row.arn for row in verdict.judged for _ in controls.CONTROLS]
    arns += [""] * (len(verdict.rows) - len(arns))
    rows = [(account, user, arn, control, status)
            for (account, user, control, status), arn in zip(verdict.rows, arns)]
    return rows, bool(verdict.errors)


def audit(folder, as_of_text, files, form, jobs=2):
    command = [KEYWARDEN, "audit", folder, "--as-of", as_of_text, "--all", "--format", form,
               "--jobs", str(jobs)]
    for file in files:
        command += ["--exceptions", file]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def cover_of(evidence):
    found = re.search(r"(?:^|; )exception=e(\d+); exception_owner=owner \1; "
                      r"exception_reason=because; exception_expires=[-\d]+$", evidence)
    return int(found[1]) if found else None


def check(folder, files, as_of_text, wanted, uses, code):
    """What is wrong, in a few words; None when nothing is."""
    got_code, out, said = audit(folder, as_of_text, files, "csv")
    if got_code != code:
        return "exit code %d, expected %d: %s" % (got_code, code, ascii(said[-300:]))
    text = out.decode("utf-8", "surrogateescape")
    got = [(row[0], row[1], row[2], row[3], cover_of(row[5]))
           for row in list(csv.reader(io.StringIO(text, newline="\n")))[1:]]
    if got != wanted:
        for one, two in zip(wanted, got):
            if one != two:
                return "expected %s, got %s" % (ascii(one), ascii(two))
        return "%d rows, expected %d" % (len(got), len(wanted))
    if audit(folder, as_of_text, files, "csv", 1)[1] != out:
        return "one job and two give different bytes"
    document, other = (re.sub(rb'"audited_at":"[^"]*"', b"", audit(folder, as_of_text, files,
                                                                  "json", jobs)[1])
                       for jobs in (4, 1))
    if document != other:
        return "one job and four give different documents"
    for use, told in zip(uses, json.loads(document.replace(b",,", b","))["exceptions"], strict=True):
        if (use.covered, use.expired, use.is_used) != (
                told["covered"], told["expired_findings"], told["is_used"]):
            return "counts of %s: expected %s" % (told, vars(use))
    return None


def run_one(number, folder):
    choice = random.Random("exceptions/%s/%d" % (SEED, number))
    as_of_text = "2026-0%d-%02dT%s" % (choice.randrange(1, 10), choice.randrange(1, 29),
                                       choice.choice(("00:00:00Z", "23:59:59Z", "12:30:00Z")))
    as_of = controls.read_time(as_of_text)
    made = [reports.make_report("x" + SEED, number * REPORTS + i, as_of) for i in range(REPORTS)]
    place = os.path.join(folder, "reports")
    os.mkdir(place)
    rows, wrong = [], False
    for report in sorted(made, key=lambda report: os.fsencode(report.name)):
        with open(os.path.join(place, report.name), "wb") as file:
            file.write(report.data)
        of_report, has_error = expected_rows(report.data, report.name, as_of)
        rows += of_report
        wrong |= has_error
    maker = Maker(choice, rows, as_of)
    entries = [maker.entry(i) for i in range(choice.choice((1, 3, 8, 30)))]
    cut = choice.randrange(len(entries) + 1) if choice.random() < 0.3 else 0
    files = []
    for index, part in enumerate((entries[:cut], entries[cut:])):
        if part:
            files.append(os.path.join(folder, "%d.yaml" % index))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(yaml_of(part))
    uses = [Use() for _ in entries]
    wanted = except_rows(rows, entries, as_of, uses)
    serious = any(status == controls.FAIL and controls.SEVERITY[control] in SERIOUS
                  for _, _, control, status, _ in wanted)
    problem = check(place, files, as_of_text, wanted, uses, 3 if wrong else int(serious))
    return problem, sum(use.covered for use in uses), sum(use.expired for use in uses)


def main():
    if not os.access(KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("exceptions: SEED=%s COUNT=%d" % (SEED, COUNT))
    passed = failed = covered = expired = 0
    for number in range(COUNT):
        folder = tempfile.mkdtemp(prefix="keywarden-exceptions-")
        problem, of_covered, of_expired = run_one(number, folder)
        covered += of_covered
        expired += of_expired
        if problem is None:
            passed += 1
            shutil.rmtree(folder)
            continue
        failed += 1
        print("FAILED %d: %s (kept in %s)" % (number, problem, folder))
    if COUNT >= 20 and (covered == 0 or expired == 0):
        print("nothing was covered, or nothing had expired: this shows nothing")
        failed += 1
    print("%d findings covered, %d no longer" % (covered, expired))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
