#!/usr/bin/env python3
"""Compares `keywarden diff` with an obvious second one on random pairs of reports.

Environment: COUNT     pairs to make (default 3000; at most 9000)
             SEED      of the pairs (default fixed)
             BATCH     pairs in a pair of folders (default 40)
             KEYWARDEN the program (default build/keywarden of this tree)

A pair is a random report and the same report after random changes. The statuses and the evidence of
both sides are those of `keywarden audit`, which test_controls.py compares with an evaluator of its
own; what became of users, credentials and findings is worked out here. Every pair of folders is also
compared the other way round, and each side with itself; some pairs are compared alone, for the exit
code and with one and two jobs.
"""

import csv
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import timedelta

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import reports

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 3000), 9000)
SEED = os.environ.get("SEED") or "keywarden-1"
BATCH = int(os.environ.get("BATCH") or 40)
ALONE_EVERY = 25  # one pair in so many is also compared alone
SHOWN_MAX = 5

HEADER = ["change", "kind", "account", "user", "item", "old", "new", "control", "severity"]
AS_OF = {"old": "2026-10-01T00:00:00Z", "new": "2026-11-01T12:00:00Z"}
TOLD = ("fail", "unknown", "excepted")
SEVERE = ("critical", "high")
CONTROL_COUNT = 13
ROOT_ONLY = "no root row"


# -------------------------------------------------------------------------------- pairs of reports


class Changer:
    """Turns a report into a later one."""

    def __init__(self, seed, index):
        self.random = random.Random("diff/%s/%d" % (seed, index))
        self.maker = reports.Maker(seed + "/cells", index, controls.read_time(AS_OF["new"]))
        self.maker.partition = "aws"

    def swap(self, header, row, pairs):
        for one, other in pairs:
            if one in header and other in header:
                a, b = header.index(one), header.index(other)
                row[a], row[b] = row[b], row[a]

    def swap_keys(self, header, row):
        names = ("active", "last_rotated", "last_used_date", "last_used_region",
                 "last_used_service")
        self.swap(header, row, [("access_key_1_" + n, "access_key_2_" + n) for n in names])

    def swap_certs(self, header, row):
        self.swap(header, row, [("cert_1_" + n, "cert_2_" + n) for n in ("active", "last_rotated")])

    def set(self, header, row, name, text):
        if name in header:
            row[header.index(name)] = text

    def flip(self, header, row):
        self.set(header, row, self.random.choice(controls.BOOLEAN_COLUMNS),
                 self.random.choice(("true", "false", "TRUE", "False")))

    def touch(self, header, row):
        self.set(header, row, self.random.choice(controls.TIME_COLUMNS), self.maker.time())

    def word(self, header, row):
        self.set(header, row,
                 self.random.choice(controls.BOOLEAN_COLUMNS + controls.TIME_COLUMNS),
                 self.random.choice(controls.WORDS))

    def restyle(self, header, row):
        """Another spelling of the same."""
        for at, text in enumerate(row):
            if text.endswith("Z") and controls.is_time(controls.read_time(text)):
                row[at] = text[:-1] + "+00:00"
            elif controls.read_boolean(text) in (True, False):
                row[at] = text.upper()

    def twins(self, header, row):
        kind = self.random.choice(("access_key_%d_", "cert_%d_"))
        if kind % 1 + "last_rotated" in header:
            text = row[header.index(kind % 1 + "last_rotated")]
            self.set(header, row, kind % 2 + "last_rotated", text)
            for n in (1, 2):
                if self.random.random() < 0.5:
                    self.set(header, row, kind % n + "active", self.random.choice(("true", "false")))

    def key(self, header, row):
        prefix = "access_key_%d_" % self.random.choice((1, 2))
        gone = self.random.random() < 0.4
        self.set(header, row, prefix + "active", "false" if gone else "true")
        self.set(header, row, prefix + "last_rotated", "N/A" if gone else self.maker.time())
        self.set(header, row, prefix + "last_used_date", "N/A")

    def recreate(self, header, row):
        self.set(header, row, "user_creation_time", self.maker.time())

    def move(self, header, row):
        arn = row[header.index("arn")]
        if ":user/" in arn:
            row[header.index("arn")] = arn.replace(":user/", ":user/moved/", 1)

    def change_row(self, header, row):
        changes = (self.swap_keys, self.swap_certs, self.flip, self.flip, self.touch, self.touch,
                   self.word, self.restyle, self.twins, self.key, self.key, self.recreate, self.move)
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))):
            if len(row) == len(header):
                self.random.choice(changes)(header, row)

    def change_columns(self, table):
        header = table[0]
        if self.random.random() < 0.15:
            name = self.random.choice(header)
            if name not in ("user", "arn"):
                at = header.index(name)
                table[:] = [row[:at] + row[at + 1 :] for row in table]
        if self.random.random() < 0.15:
            order = list(range(len(table[0])))
            self.random.shuffle(order)
            width = len(order)
            table[:] = [[row[i] for i in order] if len(row) == width else row for row in table]

    def change(self, data):
        text = data.decode("utf-8", "surrogateescape")
        table = [row for row in csv.reader(io.StringIO(text, newline="\n")) if row]
        if not table or "user" not in table[0] or "arn" not in table[0]:
            return data
        header, rows = table[0], table[1:]
        for row in rows:
            self.change_row(header, row)
        if rows and self.random.random() < 0.25:
            del rows[self.random.randrange(len(rows))]
        if rows and self.random.random() < 0.25:
            row = list(self.random.choice(rows))
            if len(row) == len(header):
                row[header.index("user")] = "user-%d" % self.random.randrange(100, 1000)
                rows.append(row)
        if self.random.random() < 0.3:
            self.random.shuffle(rows)
        table = [header] + rows
        self.change_columns(table)
        self.maker.quote_rate = self.random.choice((0, 0, 0.2))
        text = "".join(self.maker.line(row) + "\n" for row in table)
        return text.encode("utf-8", "surrogateescape")


def make_pair(seed, index):
    """File name, and the bytes on each side; None where the account is not there."""
    report = reports.make_report(seed, index, controls.read_time(AS_OF["new"]))
    changer = Changer(seed, index)
    choice = changer.random.random()
    if choice < 0.04:
        return report.name, report.data, None
    if choice < 0.08:
        return report.name, None, report.data
    first = changer.change(report.data) if choice < 0.2 else report.data
    return report.name, first, changer.change(first)


# ------------------------------------------------------------------------------------- one side


def spelled(value):
    """A value of evidence in one spelling."""
    if controls.read_boolean(value) is True:
        return "true"
    if controls.read_boolean(value) is False:
        return "false"
    seconds = controls.read_time(value)
    return time_text(seconds) if controls.is_time(seconds) else value


def time_text(seconds):
    moment = controls.EPOCH + timedelta(seconds=seconds)
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % moment.timetuple()[:6]


class User:
    """A row, or findings of a root that has none."""

    def __init__(self, row):
        self.row = row
        self.findings = {}  # control -> (status, severity, [(name, value, is a gap)])

    def status(self, control):
        return self.findings[control][0] if control in self.findings else None


class Side:
    """Everything that one side says, by account and user."""

    def __init__(self, folder, as_of):
        self.users = {}
        self.accounts = Counter()
        self.errors = 0
        self.order = []
        done = subprocess.run(
            [KEYWARDEN, "audit", "-q", "-f", "jsonl", "--all", "--as-of", as_of, folder],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
        )
        self.records = [json.loads(line) for line in done.stdout.splitlines()]
        self.at = 0
        for name in sorted(os.listdir(folder), key=os.fsencode):
            with open(os.path.join(folder, name), "rb") as file:
                self.read(name, file.read())
        assert self.at == len(self.records), (self.at, len(self.records))

    def take(self, count):
        self.at += count
        for record in self.records[self.at - count : self.at]:
            evidence = [(e["name"], spelled(e["value"]), "gap" in e) for e in record["evidence"]]
            if record["control"] not in self.order:
                self.order.append(record["control"])
            yield record["control"], (record["status"], record["severity"], evidence)

    def read(self, name, data):
        verdict = controls.Verdict()
        rows = controls.read_report(data, verdict)
        if not verdict.is_report:
            return
        self.errors += len(verdict.errors)
        other = ""
        for row in rows:
            other = other or controls.account_of_arn(row.arn)
        other = other or controls.account_of_file_name(name)
        for row in rows:
            user = User(row)
            user.findings = dict(self.take(CONTROL_COUNT))
            if row.user != "":
                self.put(controls.account_of_arn(row.arn) or other, row.user, user)
        if not any(row.is_root for row in rows):
            user = User(None)
            count = sum(1 for _, _, kind, _ in controls.CONTROLS if kind == controls.ROOT)
            user.findings = dict(self.take(count))
            self.put(other, controls.ROOT_USER, user)

    def put(self, account, name, user):
        if (account, name) in self.users:
            self.errors += 1
            return
        self.users[account, name] = user
        self.accounts[account] += user.row is not None and not user.row.is_root


# ------------------------------------------------------------------------------------ the diff


def times(value):
    return time_text(value) if controls.is_time(value) else ""


NEVER = (controls.NO_INFORMATION, controls.NOT_AVAILABLE)


def was_used(before, after):
    """The two texts if there was a use in between, else None."""
    if not controls.is_time(after):
        return None
    if before in NEVER:
        return "never", time_text(after)
    if controls.is_time(before) and before < after:
        return time_text(before), time_text(after)
    return None


class Key:
    """What a slot may hold: dated keys have a date; others may be anything that `there` allows."""

    def __init__(self, slot):
        cell, rotated = slot.active_cell, slot.rotated
        self.used = slot.used
        self.date = rotated if controls.is_time(rotated) else None
        self.active = controls.known_boolean(cell)
        self.there = True  # None: not known
        if cell == controls.NOT_AVAILABLE:
            self.there, self.date = False, None
        elif cell is False and self.date is None:
            self.there = False if rotated in controls.WORDS else None
        elif cell is not True and self.date is None:
            self.there = None

    def state(self):
        return {True: "active", False: "inactive", None: ""}[self.active]

    def rank(self):
        """An order of keys that does not depend on their slots."""
        words = (controls.MISSING, controls.UNREADABLE, *controls.WORDS, None)
        used = (1, self.used) if controls.is_time(self.used) else (0, words.index(self.used))
        return (self.date is None, self.date or 0, (False, True, None).index(self.active), used)


class Diff:
    def __init__(self, before, after):
        self.rows = []
        self.before, self.after = before, after
        for account in set(before.accounts) | set(after.accounts):
            if account not in before.accounts:
                self.add("joined", "account", account, "", "users", "", after.accounts[account])
            elif account not in after.accounts:
                self.add("left", "account", account, "", "users", before.accounts[account], "")
        for account, name in set(before.users) | set(after.users):
            self.compare(account, name)

    def add(self, change, kind, account, user, item="", old="", new="", control="", severity=""):
        row = (change, kind, account, user, item, str(old), str(new), control, severity)
        self.rows.append(row)

    def compare(self, account, name):
        who = (account, name)
        old, new = self.before.users.get(who), self.after.users.get(who)
        is_root = name == controls.ROOT_USER
        if old is None or new is None:
            there = old or new
            if account not in self.before.accounts:
                why = "account joined"
            elif account not in self.after.accounts:
                why = "account left"
            elif is_root:
                why = "root row"
            else:
                why = "user created" if old is None else "user deleted"
                created = times(there.row.created)
                self.add("created" if old is None else "deleted", "user", *who,
                         old="" if old is None else created, new=created if old is None else "")
                self.credentials(who, old, new)
            self.findings(who, old, new, why)
            return
        if old.row and new.row:
            was, now = old.row.created, new.row.created
            if not is_root and controls.is_time(was) and controls.is_time(now) and was != now:
                self.add("recreated", "user", *who, old=times(was), new=times(now))
                for a, b in ((old, None), (None, new)):
                    self.credentials(who, a, b)
                    self.findings(who, a, b, "user recreated")
                return
            paths = [path_of(side.row.arn) for side in (old, new)]
            if paths[0] and paths[1] and paths[0] != paths[1]:
                self.add("moved", "user", *who, old=paths[0], new=paths[1])
            self.credentials(who, old, new)
        self.findings(who, old, new, "status" if bool(old.row) == bool(new.row) else "root row")

    # ---- credentials

    def credentials(self, who, old, new):
        rows = [side.row if side else None for side in (old, new)]
        for kind, attribute in (("password", "password_enabled"), ("mfa", "mfa")):
            values = [controls.known_boolean(getattr(row, attribute)) if row else False
                      for row in rows]
            if None not in values and values[0] != values[1]:
                texts = [str(value).lower() if row else "" for value, row in zip(values, rows)]
                change = "enabled" if values[1] else "disabled"
                if not all(rows):
                    change = "created" if rows[1] else "deleted"
                self.add(change, kind, *who, "", *texts)
        if all(rows):
            dates = [row.password_changed for row in rows]
            if all(controls.is_time(date) for date in dates) and dates[0] != dates[1]:
                self.add("changed", "password", *who, "", times(dates[0]), times(dates[1]))
            used = was_used(rows[0].password_used, rows[1].password_used)
            if used:
                self.add("used", "password", *who, "", *used)
        for kind, attribute in (("access-key", "keys"), ("certificate", "certs")):
            keys = [[Key(slot) for slot in getattr(row, attribute)] if row else [] for row in rows]
            self.keys(who, kind, *keys)

    def keys(self, who, kind, old, new):
        twin = any(len(side) == 2 and side[0].date is not None and side[0].date == side[1].date
                   for side in (old, new))

        def item(key):
            return times(key.date) + (" (one of 2)" if twin and key.date is not None else "")

        # Every way to pair keys of the same date; the one that leaves least to tell, and of those the
        # one that pairs them in their order.
        best = None
        slots = list(range(len(new))) + [None] * len(old)
        old = sorted(old, key=Key.rank)
        new = sorted(new, key=Key.rank)
        for first in slots:
            for second in slots if len(old) == 2 else [None]:
                chosen = [first, second][: len(old)]
                taken = [at for at in chosen if at is not None]
                if len(set(taken)) < len(taken) or any(
                    at is not None and (old[i].date is None or old[i].date != new[at].date)
                    for i, at in enumerate(chosen)
                ):
                    continue
                score = 0
                for i, at in enumerate(chosen):
                    if at is not None:
                        a, b = old[i], new[at]
                        doubtful = None in (a.active, b.active)
                        score += 8 + (a.used == b.used)
                        score += 4 if a.active == b.active else 2 if doubtful else 0
                        score += 0.1 if i == at else 0
                if best is None or score > best[0]:
                    best = (score, chosen)
        chosen = best[1] if best else []
        for i, at in enumerate(chosen):
            if at is None:
                continue
            a, b = old[i], new[at]
            if None not in (a.active, b.active) and a.active != b.active:
                self.add("activated" if b.active else "deactivated", kind, *who, item(b), a.state(),
                         b.state())
            used = was_used(a.used, b.used) if kind == "access-key" else None
            if used:
                self.add("used", kind, *who, item(b), *used)
        lost = [key for i, key in enumerate(old) if chosen[i] is None]
        found = [key for i, key in enumerate(new) if i not in chosen]
        for key in lost:
            if key.there and not may_be_among(key, found):
                self.add("deleted", kind, *who, item(key), key.state(), "")
        for key in found:
            if key.there and not may_be_among(key, lost):
                self.add("created", kind, *who, item(key), "", key.state())

    # ---- findings

    def findings(self, who, old, new, why):
        for control in self.before.order or self.after.order:
            values = [side.findings.get(control) if side else None for side in (old, new)]
            told = [value is not None and value[0] in TOLD for value in values]
            if not any(told):
                continue
            texts = [value[0] if value else "" for value in values]
            severity = (values[1] if told[1] else values[0])[1]
            change = "changed" if all(told) else "new" if told[1] else "closed"
            item = "status" if all(told) else why
            if all(told) and texts[0] == texts[1]:
                if same_evidence(old, new, values[0][2], values[1][2]):
                    continue
                item = "evidence"
                texts = ["%s: %s" % (v[0], "; ".join("%s=%s" % e[:2] for e in v[2]))
                         for v in values]
            self.add(change, "finding", *who, item, *texts, control, severity)


def path_of(arn):
    """/path/ of arn:PARTITION:iam::DIGITS:user/path/name; root has none."""
    parts = arn.split(":", 5)
    if controls.account_of_arn(arn) == "" or not parts[5].startswith("user/"):
        return ""
    return parts[5][len("user") : parts[5].rindex("/") + 1]


def may_be_among(key, others):
    """Whether a key without a partner may be what one of the others' slots holds."""
    return any(
        other.there is not False and (other.date is None or key.date is None) for other in others
    )


def partner(name):
    for a, b in (("access_key_1_", "access_key_2_"), ("cert_1_", "cert_2_")):
        if name in reports.COLUMNS_22 and name.startswith(a):
            return b + name[len(a) :]
        if name in reports.COLUMNS_22 and name.startswith(b):
            return a + name[len(b) :]
    return name


def unknown_columns(user):
    """Columns whose value this row does not tell."""
    out = set()
    if user.row is None:
        return out
    for name in controls.BOOLEAN_COLUMNS:
        text = user.row.cells.get(name)
        value = None if text is None else controls.read_boolean(text)
        is_slot = name[-8:] == "_active" or name.startswith(("access", "cert"))
        is_empty_slot = value == controls.NOT_AVAILABLE and name != "mfa_active" and is_slot
        if controls.known_boolean(value) is None and not is_empty_slot:
            out.add(name)
    for name in controls.TIME_COLUMNS:
        text = user.row.cells.get(name)
        value = None if text is None else controls.read_time(text)
        if not controls.is_time(value) and value not in NEVER:
            out.add(name)
    return out


def same_evidence(old, new, before, after):
    unknown = unknown_columns(old) | unknown_columns(new)
    unknown |= {name for name, _, gap in before + after if gap}
    unknown |= {partner(name) for name in unknown}
    sides = [{(n, v) for n, v, gap in side if not gap and n not in unknown}
             for side in (before, after)]
    for keys in (False, True):
        for certs in (False, True):
            def named(name, keys=keys, certs=certs):
                swapped = (keys and name.startswith("access")) or (certs and name.startswith("cert"))
                return partner(name) if swapped else name

            if {(named(n), v) for n, v in sides[0]} == sides[1]:
                return True
    return False


# ------------------------------------------------------------------------------------ comparing


def run_diff(old, new, as_ofs, options=()):
    done = subprocess.run(
        [KEYWARDEN, "diff", "-q", "-f", "csv", "--as-of-old", as_ofs[0], "--as-of-new", as_ofs[1],
         *options, old, new],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )
    text = done.stdout.decode("utf-8", "surrogateescape")
    table = list(csv.reader(io.StringIO(text, newline="\n"), strict=True))
    rows = [tuple(row) for row in table[1:]] if table and table[0] == HEADER else None
    return rows, done.returncode, done.stdout


INVERSE = {"created": "deleted", "enabled": "disabled", "activated": "deactivated",
           "joined": "left", "new": "closed"}
INVERSE.update({value: key for key, value in INVERSE.items()})
INVERSE_ITEM = {"user created": "user deleted", "account joined": "account left"}
INVERSE_ITEM.update({value: key for key, value in INVERSE_ITEM.items()})


def reversed_rows(rows):
    return [
        (INVERSE.get(r[0], r[0]), r[1], r[2], r[3],
         INVERSE_ITEM.get(r[4], r[4]) if r[1] == "finding" else r[4], r[6], r[5], r[7], r[8])
        for r in rows if r[0] != "used"
    ]


class Failures:
    def __init__(self):
        self.count = 0

    def compare(self, what, expected, got):
        missing, extra = Counter(expected) - Counter(got or []), Counter(got or []) - Counter(expected)
        if got is not None and not missing and not extra:
            return
        self.count += 1
        if self.count <= SHOWN_MAX:
            print("%s differs" % what)
            for row in list(missing)[:8]:
                print("  - %r" % (row,))
            for row in list(extra)[:8]:
                print("  + %r" % (row,))


def expected_code(diff, errors):
    if errors:
        return 3
    alarming = any(r[1] == "finding" and r[6] == "fail" and r[8] in SEVERE for r in diff.rows)
    return 1 if alarming else 0


def compare_folders(folder, failures, what):
    """True when the exit code, too, can be told from here: no side is empty."""
    old, new = os.path.join(folder, "old"), os.path.join(folder, "new")
    as_ofs = (AS_OF["old"], AS_OF["new"])
    sides = [Side(old, as_ofs[0]), Side(new, as_ofs[1])]
    expected = Diff(*sides)
    got, code, output = run_diff(old, new, as_ofs)
    if not all(side.accounts for side in sides):
        # There is nothing to compare with: an error, and no output.
        failures.compare(what + ", one side empty", [(3, b"")], [(code, output)])
        return sides, expected, code, output
    failures.compare(what, expected.rows, got)
    back, _, _ = run_diff(new, old, as_ofs[::-1])
    failures.compare(what + ", the other way round", reversed_rows(got or []),
                     [r for r in back or [] if r[0] != "used"])
    for side in (old, new):
        same, _, _ = run_diff(side, side, (as_ofs[0], as_ofs[0]))
        failures.compare(what + ", with itself", [], same)
    return sides, expected, code, output


def compare_alone(folder, failures, what):
    sides, expected, code, output = compare_folders(folder, failures, what)
    if all(side.accounts for side in sides):
        wanted = expected_code(expected, sum(side.errors for side in sides))
        failures.compare(what + ", exit code", [wanted], [code])
    old, new = os.path.join(folder, "old"), os.path.join(folder, "new")
    for jobs in ("1", "2"):
        _, _, again = run_diff(old, new, (AS_OF["old"], AS_OF["new"]), ("--jobs", jobs))
        failures.compare(what + ", %s jobs" % jobs, [output], [again])


def main():
    failures = Failures()
    done = 0
    changes = Counter()
    scratch = tempfile.mkdtemp(prefix="keywarden-diff.")
    for begin in range(0, COUNT, BATCH):
        folder = os.path.join(scratch, "batch")
        for index in range(begin, min(begin + BATCH, COUNT)):
            name, *data = make_pair(SEED, index)
            places = [folder]
            if index % ALONE_EVERY == 0:
                places.append(os.path.join(scratch, "alone"))
            for place in places:
                for side, text in zip(("old", "new"), data):
                    os.makedirs(os.path.join(place, side), exist_ok=True)
                    if text is not None:
                        with open(os.path.join(place, side, name), "wb") as file:
                            file.write(text)
            if len(places) > 1:
                compare_alone(places[1], failures, "pair %d" % index)
                shutil.rmtree(places[1])
            done += 1
        _, expected, _, _ = compare_folders(folder, failures, "pairs %d to %d" % (begin, done - 1))
        changes.update((row[1], row[0]) for row in expected.rows)
        shutil.rmtree(folder)
    shutil.rmtree(scratch)
    for (kind, change), count in sorted(changes.items()):
        print("%-12s %-12s %7d" % (kind, change, count))
    wanted = {("access-key", change) for change in
              ("created", "deleted", "activated", "deactivated", "used")} | {
        ("user", "recreated"), ("user", "moved"), ("mfa", "disabled"), ("finding", "changed"),
        ("account", "joined"), ("account", "left"), ("password", "changed")}
    if COUNT >= 1000 and not wanted <= set(changes):
        print("never seen: %s" % sorted(wanted - set(changes)))
        failures.count += 1
    print("%d pairs, seed %s, %d differences" % (done, SEED, failures.count))
    print("%d passed, %d failed" % (done, failures.count))
    return failures.count > 0 or done == 0


if __name__ == "__main__":
    sys.exit(main())
