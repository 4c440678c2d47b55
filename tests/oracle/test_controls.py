#!/usr/bin/env python3
"""Compares `keywarden audit` with the second evaluator in controls.py on random reports.

Environment: COUNT     reports to make (default 10000)
             SEED      of the reports (default fixed)
             BATCH     reports in a folder (default 500)
             KEYWARDEN the program (default build/keywarden of this tree)

Every report is judged once in a folder with --all, and once more by name if it has no error.
Samples are judged again with other parameters, alone (exit codes, and output without --all), and
with one and two jobs. Reports that are judged differently are kept in a folder named at the end.
"""

import csv
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import reports

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = int(os.environ.get("COUNT") or 10000)
SEED = os.environ.get("SEED") or "keywarden-1"
BATCH = int(os.environ.get("BATCH") or 500)

HEADER = ["account", "user", "control", "status", "severity", "evidence"]
NO_TABLE = "the output is no CSV table of these columns, or a severity in it is wrong"
SHOWN_MAX = 5  # differences printed in full
ALONE_MAX = 100  # reports judged one by one

PARAM_SETS = (
    {"access-key-rotated.days": 30},
    {"user-single-active-access-key.grace": 7},
    {"root-not-used.days": 2},
    {"user-credentials-used.days": 90},
    {"user-used.days": 45},
    {"user-no-access-key-at-setup.seconds": 0},
    {
        "access-key-rotated.days": 0,
        "user-single-active-access-key.grace": 1,
        "root-not-used.days": 0,
        "user-credentials-used.days": 1,
        "user-used.days": 1,
        "user-no-access-key-at-setup.seconds": 9,
    },
)


class Run:
    """One run of the program: its exit code and what it printed."""

    def __init__(self, paths, as_of, options=()):
        self.command = [KEYWARDEN, "audit", "--format", "csv", "--as-of", as_of, *options, *paths]
        done = subprocess.run(
            self.command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False
        )
        self.code = done.returncode
        self.output = done.stdout
        self.complaints = done.stderr

    def rows(self):
        """(account, user, control, status) of every row; None if the output is no such table."""
        text = self.output.decode("utf-8", "surrogateescape")
        try:
            table = list(csv.reader(io.StringIO(text, newline="\n"), strict=True))
        except csv.Error:
            return None
        if not table or table[0] != HEADER or any(len(row) != len(HEADER) for row in table):
            return None
        for row in table[1:]:
            if controls.SEVERITY.get(row[2]) != row[4]:
                return None
        return [tuple(row[:4]) for row in table[1:]]


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.kept = None

    def keep(self, report, as_of):
        """Writes a report that was judged differently where it outlives this run."""
        if self.kept is None:
            self.kept = tempfile.mkdtemp(prefix="keywarden-oracle-")
        path = os.path.join(self.kept, report.name)
        with open(path, "wb") as file:
            file.write(report.data)
        with open(os.path.join(self.kept, "as-of.txt"), "a", encoding="utf-8") as file:
            file.write("%s %s\n" % (as_of, report.name))
        return path

    def fail(self, what, lines=()):
        self.failed += 1
        if self.failed <= SHOWN_MAX:
            print("FAILED: " + what)
            for line in lines:
                print("    " + line)
        elif self.failed == SHOWN_MAX + 1:
            print("(further differences are counted, not shown)")


def option_list(params):
    options = []
    for name, value in params.items():
        options += ["--param", "%s=%d" % (name, value)]
    return options


def random_as_of(seed, batch):
    """Each batch has its own as-of time, some at the edge of a leap day or a year."""
    choice = random.Random("as-of/%s/%d" % (seed, batch))
    edge = choice.choice(("2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", "2025-01-01T00:00:00Z"))
    if choice.random() < 0.3:
        return edge
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % (
        choice.randrange(2019, 2030),
        choice.randrange(1, 13),
        choice.randrange(1, 29),
        choice.randrange(24),
        choice.randrange(60),
        choice.randrange(60),
    )


def describe(verdict, expected, got):
    """Where the rows of one report first differ, with the report's row."""
    lines = []
    for place in range(max(len(expected), len(got))):
        ours = expected[place] if place < len(expected) else None
        theirs = got[place] if place < len(got) else None
        if ours == theirs:
            continue
        lines.append("expected %s" % (ascii(ours) if ours else "no more rows"))
        lines.append("got      %s" % (ascii(theirs) if theirs else "no more rows"))
        # With --all each judged row gives every control once; without it the row is not told.
        number = place // len(controls.CONTROLS)
        if ours and expected is verdict.rows and number < len(verdict.judged):
            row = verdict.judged[number]
            lines.append("row ending in line %d of the report:" % row.line)
            lines += ["    %s = %s" % tuple(map(ascii, cell)) for cell in row.cells.items()]
        break
    lines += ["error expected: line %d %s %s" % error for error in verdict.errors[:3]]
    return lines


class Batch:
    """Reports in a folder, with what they should give."""

    def __init__(self, seed, number, first, count, folder):
        self.as_of = random_as_of(seed, number)
        self.as_of_seconds = controls.read_time(self.as_of)
        self.folder = folder
        made = [reports.make_report(seed, first + i, self.as_of_seconds) for i in range(count)]
        self.reports = sorted(made, key=lambda report: os.fsencode(report.name))
        for report in self.reports:
            with open(self.path(report), "wb") as file:
                file.write(report.data)

    def path(self, report):
        return os.path.join(self.folder, report.name)

    def verdicts(self, params):
        return [
            controls.evaluate_report(report.data, report.name, self.as_of_seconds, params)
            for report in self.reports
        ]

    def compare(self, tally, verdicts, params):
        """The whole folder at once; report by report only where the folder differs."""
        options = ["--all", *option_list(params)]
        run = Run([self.folder], self.as_of, options)
        got = run.rows()
        expected = [row for verdict in verdicts for row in verdict.rows]
        code = folder_exit_code(verdicts)
        if got == expected and run.code == code:
            tally.passed += len(self.reports)
            return
        failed_before = tally.failed
        if got is not None and len(got) == len(expected):
            place = 0
            for report, verdict in zip(self.reports, verdicts):
                part = got[place : place + len(verdict.rows)]
                place += len(verdict.rows)
                self.compare_rows(tally, report, verdict, part, run, options)
        elif failed_before < 10 * SHOWN_MAX:
            for report, verdict in zip(self.reports, verdicts):
                alone = Run([self.path(report)], self.as_of, options)
                self.compare_rows(tally, report, verdict, alone.rows(), alone, options)
        else:
            # So much is wrong by now that a process for each report would take minutes.
            tally.failed += len(self.reports)
            print("a folder of %d reports differs; all counted as failed" % len(self.reports))
        if tally.failed == failed_before:
            # Only the folder as a whole is wrong.
            tally.fail(
                "a folder of %d reports: exit code %d, expected %d; %s rows, expected %d"
                % (
                    len(self.reports),
                    run.code,
                    code,
                    "unreadable" if got is None else len(got),
                    len(expected),
                ),
                [" ".join(run.command), ascii(run.complaints[-300:])],
            )
            if tally.failed <= SHOWN_MAX:
                for report in self.reports:
                    tally.keep(report, self.as_of)

    def compare_rows(self, tally, report, verdict, got, run, options):
        if got == verdict.rows or got is None and not verdict.is_report:
            tally.passed += 1
            return
        path = tally.keep(report, self.as_of) if tally.failed < SHOWN_MAX else report.name
        if got is None:
            lines = [NO_TABLE]
        else:
            lines = describe(verdict, verdict.rows, got)
        if run.code not in (0, 1, 3):
            lines.append("exit code %d: %s" % (run.code, ascii(run.complaints[-300:])))
        tally.fail("%s --as-of %s %s" % (path, self.as_of, " ".join(options)), lines)

    def compare_clean(self, tally, pairs):
        """All reports without an error in one run, each by name: no error may be seen in them."""
        clean = [(report, verdict) for report, verdict in pairs if verdict.exit_code() != 3]
        if not clean:
            return
        paths = [self.path(report) for report, _ in clean]
        random.Random(self.as_of).shuffle(paths)  # the output is in order of path all the same
        run = Run(paths, self.as_of, ["--all"])
        expected = [row for _, verdict in clean for row in verdict.rows]
        code = folder_exit_code([verdict for _, verdict in clean])
        if run.code == code and run.rows() == expected:
            tally.passed += 1
            return
        lines = ["exit code %d, expected %d" % (run.code, code), ascii(run.complaints[:300])]
        if run.rows() != expected:
            lines.append("the rows differ from those expected")
        tally.fail("%d reports without errors, given by name" % len(clean), lines)
        if tally.failed <= SHOWN_MAX:
            for report, _ in clean:
                tally.keep(report, self.as_of)

    def compare_alone(self, tally, report, verdict):
        """One report by name: rows and exit code, then the rows shown without --all."""
        path = self.path(report)
        run = Run([path], self.as_of, ["--all"])
        self.compare_exit(tally, report, verdict, run, verdict.rows)

        run = Run([path], self.as_of)
        shown = [row for row in verdict.rows if row[3] in (controls.FAIL, controls.UNKNOWN)]
        self.compare_exit(tally, report, verdict, run, shown)

    def compare_exit(self, tally, report, verdict, run, expected):
        code = verdict.exit_code()
        got = run.rows()
        if got is None and not verdict.is_report:
            got = []  # what is no report may well end without a table
        if got == expected and run.code == code:
            tally.passed += 1
            return
        lines = [" ".join(run.command), "exit code %d, expected %d" % (run.code, code)]
        if got is None:
            lines.append(NO_TABLE)
        elif got != expected:
            lines += describe(verdict, expected, got)
        else:
            lines += ["error expected: line %d %s %s" % error for error in verdict.errors[:3]]
        lines.append("said: " + ascii(run.complaints[-300:]))
        path = tally.keep(report, self.as_of) if tally.failed < SHOWN_MAX else report.name
        tally.fail(path, lines)

    def compare_jobs(self, tally):
        one = Run([self.folder], self.as_of, ["--all", "--jobs", "1"])
        two = Run([self.folder], self.as_of, ["--all", "--jobs", "2"])
        if one.code == two.code and one.output == two.output and one.rows() is not None:
            tally.passed += 1
            return
        tally.fail(
            "--jobs 1 and --jobs 2 differ (or give no table)",
            ["exit codes %d and %d" % (one.code, two.code), " ".join(two.command)],
        )
        if tally.failed <= SHOWN_MAX:
            for report in self.reports:
                tally.keep(report, self.as_of)


def folder_exit_code(verdicts):
    """Of a folder: what is no report in it is passed over and is no error."""
    codes = [verdict.exit_code() for verdict in verdicts if verdict.is_report]
    return 3 if 3 in codes else max(codes, default=0)


def kind_of(verdict):
    """Reports of one kind should end with the same exit code for the same reason."""
    if len(verdict.errors) == 1:
        # The only error of its report: the exit code depends on its being seen.
        _, column, text = verdict.errors[0]
        return "error in %s: %s" % (column or "row", text.split()[0])
    return "report %s, exit code %d" % (verdict.is_report, verdict.exit_code())


def pick_alone(reports_and_verdicts, count, picked_before):
    """Reports to judge alone, those first whose kind was picked least; counts what it picks."""
    kinds = {}
    for report, verdict in reports_and_verdicts:
        kinds.setdefault(kind_of(verdict), []).append((report, verdict))
    picked = []
    while len(picked) < count and kinds:
        kind = min(kinds, key=lambda name: (picked_before.get(name, 0), name))
        picked_before[kind] = picked_before.get(kind, 0) + 1
        picked.append(kinds[kind].pop())
        if not kinds[kind]:
            del kinds[kind]
    return picked


def run_batches(tally, folder):
    batches = (COUNT + BATCH - 1) // BATCH
    alone_each = -(-ALONE_MAX // batches)
    kinds_picked = {}
    for number in range(batches):
        first = number * BATCH
        place = os.path.join(folder, "batch-%d" % number)
        os.mkdir(place)
        batch = Batch(SEED, number, first, min(BATCH, COUNT - first), place)
        verdicts = batch.verdicts({})
        batch.compare(tally, verdicts, {})
        pairs = list(zip(batch.reports, verdicts))
        batch.compare_clean(tally, pairs)
        for report, verdict in pick_alone(pairs, alone_each, kinds_picked):
            batch.compare_alone(tally, report, verdict)
        # Each set of parameters meets one batch.
        for index, params in enumerate(PARAM_SETS):
            if index % batches == number:
                batch.compare(tally, batch.verdicts(params), params)
        if number < 3:
            batch.compare_jobs(tally)
        shutil.rmtree(place)


def main():
    if not os.access(KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("oracle: SEED=%s COUNT=%d BATCH=%d" % (SEED, COUNT, BATCH))
    started = time.monotonic()
    tally = Tally()
    folder = tempfile.mkdtemp(prefix="keywarden-oracle-run-")
    try:
        run_batches(tally, folder)
    finally:
        shutil.rmtree(folder)
    if tally.kept:
        print("the reports that differ are kept in %s" % tally.kept)
    print("%.1f s, of them %.1f s here" % (time.monotonic() - started, time.process_time()))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
