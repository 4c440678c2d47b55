#!/usr/bin/env python3
"""Random histories of imports and audits of a store, against lives of findings told in Python.

Environment: COUNT     histories (default 40; at most 200)
             SEED      of the histories (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

In a history, reports of a few accounts come in, some of them late, users come, go and are made anew,
rows are damaged, exceptions are imported, and audits judge by one pack or another. What an audit finds
in the reports is told by `keywarden audit` of the same reports as files; what becomes of a finding is
worked out here and held against the tables of the store, read by Python's own SQLite.
"""

import base64
import csv
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 40), 200)
SEED = os.environ.get("SEED") or "keywarden-1"
START = datetime(2026, 1, 4, tzinfo=timezone.utc)
ROOT = "<root_account>"
COLUMNS = (
    "user arn user_creation_time password_enabled password_last_used password_last_changed "
    "password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated "
    "access_key_1_last_used_date access_key_1_last_used_region access_key_1_last_used_service "
    "access_key_2_active access_key_2_last_rotated access_key_2_last_used_date "
    "access_key_2_last_used_region access_key_2_last_used_service cert_1_active "
    "cert_1_last_rotated cert_2_active cert_2_last_rotated"
).split()
PACKS = {
    "keywarden": ["--pack", "keywarden"],
    "aws-config": ["--pack", "aws-config"],
    "some": ["--rules", "some.yaml"],
}


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text):
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def keywarden(folder, *arguments):
    done = subprocess.run([KEYWARDEN, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# ------------------------------------------------------------------------------------------- reports


class Account:
    """Makes one report after the other."""

    def __init__(self, choice, number):
        self.choice = choice
        self.id = "%012d" % (choice.randrange(10**11) * 10 + number)
        self.users, self.past = {ROOT: START - timedelta(days=2000)}, {}
        for _ in range(choice.randrange(6)):
            self.join(START - timedelta(days=choice.randrange(1, 900)))

    def join(self, moment):
        name = self.choice.choice(("ann", "bob", "carl", "dora", 'e"ve, jr', "frän", "gus"))
        self.users.setdefault(name, moment)

    def step(self, moment):
        """What happens to the users in a week."""
        for name in list(self.users):
            if name != ROOT and self.choice.random() < 0.15:
                del self.users[name]
                if self.choice.random() < 0.5:  # made anew under the same name
                    self.users[name] = moment - timedelta(hours=self.choice.randrange(1, 100))
                    self.past.setdefault(name, []).append(self.users[name])
                elif self.past.get(name):  # no account does that; a store survives it
                    self.users[name] = self.choice.choice(self.past[name])
        if self.choice.random() < 0.05:  # nor that: an account has one root user
            self.users[ROOT] += timedelta(days=1)
        if self.choice.random() < 0.4:
            self.join(moment - timedelta(hours=1))

    def cell(self, column, moment):
        choice = self.choice
        if column == "password_enabled" or column.endswith("_active"):
            return choice.choice(("true", "true", "false", "N/A" if column[0] == "c" else "false"))
        if column.endswith(("_region", "_service")):
            return "N/A"
        if choice.random() < 0.05:
            return choice.choice(("N/A", "no_information", "not_supported", "soon"))
        return iso(moment - timedelta(days=choice.choice((0, 1, 20, 44, 50, 89, 91, 400))))

    def report(self, moment):
        """The text, the users in it with their creation times, and whether a row was lost."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        columns = list(COLUMNS)
        if self.choice.random() < 0.1:  # a later column that is missing makes unknowns
            columns.remove(self.choice.choice(columns[7:]))
        writer.writerow(columns)
        present, is_whole = {}, True
        names = sorted(self.users, key=lambda name: (name != ROOT, name))
        if self.choice.random() < 0.05:
            names.append(self.choice.choice(names))  # twice in one report
        for name in names:
            if self.choice.random() < 0.05 and (name != ROOT or len(self.users) > 1):
                continue  # not in this report; a missing root row is told as unknown
            created = self.users[name]
            tail = "root" if name == ROOT else "user/x"
            row = {"user": name, "arn": "arn:aws:iam::%s:%s" % (self.id, tail),
                   "user_creation_time": iso(created)}
            if self.choice.random() < 0.04:
                row["user_creation_time"] = "N/A" if name == ROOT else "unreadable"
            cells = [row.get(column) or self.cell(column, moment) for column in columns]
            if self.choice.random() < 0.04 and present:
                is_whole = False
                cells.append("one too many")
            else:
                known = row["user_creation_time"].startswith("2")
                present.setdefault(name, iso(created) if known else None)
            writer.writerow(cells)
        return out.getvalue(), present, is_whole


class Snapshot:
    def __init__(self, account, moment):
        self.account, self.taken = account.id, iso(moment)
        text, self.present, self.is_whole = account.report(moment)
        self.bytes = json.dumps({
            "GeneratedTime": self.taken,
            "Content": base64.b64encode(text.encode()).decode(),
        }).encode()

    def write(self, folder):
        path = os.path.join(folder, self.account + ".json")
        with open(path, "wb") as file:
            file.write(self.bytes)


# --------------------------------------------------------------------------------------------- lives


class Life:
    def __init__(self, key, created, moment):
        self.account, self.user, self.control = key
        self.created = created  # None: not known; of root it does not matter
        self.first, self.opened = moment, moment
        self.closed, self.reopened, self.count = None, None, 0
        self.failing, self.spans, self.is_open = None, [], True
        self.spans.append([moment, None])

    def tell(self, moment, created, told):
        if not self.is_open:
            self.is_open, self.closed, self.failing = True, None, None
            self.reopened, self.opened, self.count = moment, moment, self.count + 1
            if self.spans[-1][0] == moment:
                self.spans[-1][1] = None
            else:
                self.spans.append([moment, None])
        self.verdict, self.severity, self.evidence, self.excepted = told
        if self.verdict == "fail" and self.failing is None:
            self.failing = moment
        self.last = moment
        self.created = created or self.created

    def close(self, moment):
        self.is_open, self.closed = False, moment
        self.spans[-1][1] = moment

    def row(self):
        times = [self.first, self.last, self.closed, self.reopened, self.failing]
        return (self.account, self.user, self.control, "open" if self.is_open else "closed",
                self.verdict, self.severity, self.evidence, self.excepted, self.count,
                *(None if moment is None else seconds(moment) for moment in times),
                tuple((seconds(a), b and seconds(b)) for a, b in self.spans))


class Oracle:
    def __init__(self):
        self.lives, self.judged = [], {}

    def find(self, key, created):
        """The life that goes on: of the same user, or of one of whom that is not known."""
        best = None
        for life in self.lives:
            if (life.account, life.user, life.control) != key:
                continue
            is_exact = created is not None and life.created == created
            is_loose = key[1] in ("", ROOT) or created is None or life.created is None
            if not is_exact and not is_loose:
                continue
            if best is None or is_exact >= best[0]:
                best = (is_exact, life)
        return best and best[1]

    def audit(self, snapshot, controls, told):
        """told: {(user, control): (verdict, severity, evidence, excepted)} of this account."""
        moment, seen = snapshot.taken, set()
        allowed = {control for control in controls
                   if self.judged.get((snapshot.account, control), "") <= moment}
        for (user, control), values in told.items():
            if control not in allowed:
                continue
            key = (snapshot.account, user, control)
            created = snapshot.present.get(user)
            life = self.find(key, created)
            if life is None:
                life = Life(key, created, moment)
                self.lives.append(life)
            life.tell(moment, created, values)
            seen.add(id(life))
        for life in self.lives:
            if life.account != snapshot.account or life.control not in allowed:
                continue
            if not life.is_open or id(life) in seen:
                continue
            if snapshot.is_whole or life.user == "" or life.user in snapshot.present:
                life.close(moment)
        for control in allowed:
            self.judged[snapshot.account, control] = moment

    def rows(self):
        return sorted((life.row() for life in self.lives), key=repr)


def tables(path):
    with sqlite3.connect(path) as base:
        spans = {}
        for finding, opened, closed in base.execute(
                "SELECT finding, opened_at, closed_at FROM finding_spans ORDER BY opened_at"):
            spans.setdefault(finding, []).append((opened, closed))
        rows = base.execute(
            "SELECT id, account, user, control, status, verdict, severity, evidence, excepted_by,"
            " reopen_count, first_seen, last_seen, closed_at, reopened_at, failing_since"
            " FROM findings").fetchall()
        judged = {("%012d" % account, control): moment for account, control, moment in base.execute(
            "SELECT account, control, judged_at FROM judgements")}
    rows = [("%012d" % row[1], *row[2:], tuple(spans[row[0]])) for row in rows]
    return sorted(rows, key=repr), judged


def dump(path):
    with sqlite3.connect(path) as base:
        return "\n".join(base.iterdump())


# ----------------------------------------------------------------------------------------- histories


class Problem(Exception):
    pass


class History:
    def __init__(self, number, folder):
        self.choice = random.Random("lives/%s/%d" % (SEED, number))
        self.folder, self.store = folder, os.path.join(folder, "k.db")
        self.accounts = [Account(self.choice, i) for i in range(self.choice.randrange(1, 4))]
        self.kept = {}  # (account, taken) -> Snapshot
        self.known = set()  # accounts that ever had one
        self.late = []
        self.oracle, self.exceptions = Oracle(), False
        self.controls = {}
        self.times = [iso(START)]

    def run(self, *arguments):
        return keywarden(self.folder, *arguments)

    def begin(self):
        blocks = {}
        for name in ("keywarden", "aws-config"):
            with open(os.path.join(TREE, "rules", name + ".yaml"), encoding="utf-8") as file:
                blocks[name] = file.read().split("\n- id: ")[1:]
                self.controls[name] = {block.split("\n")[0] for block in blocks[name]}
        blocks = self.choice.sample(blocks["keywarden"], 4)
        with open(os.path.join(self.folder, "some.yaml"), "w", encoding="utf-8") as file:
            file.write("".join("\n- id: " + block for block in blocks) + "\n")
        self.controls["some"] = {block.split("\n")[0] for block in blocks}

    def take_in(self, week):
        folder = tempfile.mkdtemp(dir=self.folder)
        moment = START + timedelta(days=7 * week, seconds=self.choice.randrange(3600))
        news = []
        for account in self.accounts:
            account.step(moment)
            if self.choice.random() < 0.15:
                continue  # a gap
            snapshot = Snapshot(account, moment)
            if self.choice.random() < 0.2:
                self.late.append(snapshot)
            else:
                news.append(snapshot)
        for snapshot in [late for late in self.late if late not in news]:
            if self.choice.random() < 0.3 and snapshot.account not in {one.account for one in news}:
                self.late.remove(snapshot)
                news.append(snapshot)
        for snapshot in news:
            snapshot.write(folder)
            self.kept[snapshot.account, snapshot.taken] = snapshot
            self.times.append(snapshot.taken)
            self.known.add(snapshot.account)
        code, _, err = self.run("store", "import", "--store", "k.db", folder)
        if news and code not in (0, 3):
            raise Problem("import: exit %d: %s" % (code, err))

    def take_out(self):
        """A snapshot goes, and the newest is one that is older than what was judged."""
        account, taken = self.choice.choice(sorted(self.kept))
        del self.kept[account, taken]
        with sqlite3.connect(self.store) as base:
            base.execute("PRAGMA foreign_keys = ON")
            base.execute("DELETE FROM snapshots WHERE account = ? AND taken_at = ?",
                         (int(account), seconds(taken)))

    def take_exceptions(self):
        self.exceptions = True
        with open(os.path.join(self.folder, "exceptions.yaml"), "w", encoding="utf-8") as file:
            for number, user in enumerate(self.choice.sample(("ann", "bob", "dora", "gus", "carl"), 2)):
                day = iso(START + timedelta(days=self.choice.randrange(10, 90)))[:10]
                named = "  id: E-%d\n" % number if number == 0 else ""
                file.write("- control: user-*\n%s  user: %s\n  ticket: T-1\n  owner: o@example.com\n"
                           "  reason: a test\n  expires: %s\n" % (named, user, day))
        code, _, err = self.run("store", "import", "--store", "k.db", "--exceptions",
                                "exceptions.yaml")
        if code != 0:
            raise Problem("import of exceptions: exit %d: %s" % (code, err))

    def newest(self, limit=None):
        out = {}
        for (account, taken), snapshot in sorted(self.kept.items()):
            if limit is None or taken <= limit:
                out[account] = snapshot
        return out

    def audit_files(self, snapshots, *options):
        """The same reports as files."""
        folder = tempfile.mkdtemp(dir=self.folder)
        for snapshot in snapshots.values():
            snapshot.write(folder)
        code, out, _ = self.run("audit", folder, "-q", "-f", "csv", *options)
        return code, out

    def told(self, snapshots, options):
        """What the audit of these finds, for the oracle."""
        with_them, out = {}, self.audit_files(snapshots, *options)[1]
        rows = list(csv.reader(io.StringIO(out, newline="")))[1:]
        if self.exceptions:
            excepted = self.audit_files(snapshots, *options, "--exceptions",
                                        os.path.join(self.folder, "exceptions.yaml"))[1]
            for row in list(csv.reader(io.StringIO(excepted, newline="")))[1:]:
                if row[3] == "excepted":
                    with_them[tuple(row[:3])] = row[5]
        per_account = {}
        for account, user, control, status, severity, evidence in rows:
            by = None
            if (account, user, control) in with_them:
                with open(os.path.join(self.folder, "exceptions.yaml"), encoding="utf-8") as file:
                    second = [n for n, line in enumerate(file, 1) if line.startswith("- ")][1]
                is_first = "E-0" in with_them[account, user, control]
                by = "E-0" if is_first else "exceptions.yaml:%d" % second
            told = per_account.setdefault(account, {})
            if told.get((user, control), ("unknown",))[0] == "unknown" and (
                    status == "fail" or (user, control) not in told):
                told[user, control] = (status, severity, evidence, by)
        return per_account

    def check_tables(self, what):
        rows, judged = tables(self.store)
        wanted = self.oracle.rows()
        for row in rows:
            if row not in wanted:
                like = [other for other in wanted if other[:3] == row[:3]]
                raise Problem("%s: the store has %s, expected %s" % (what, row, like))
        if len(rows) != len(wanted):
            missing = [row for row in wanted if row not in rows]
            raise Problem("%s: the store lacks %s" % (what, missing[:2]))
        if judged != {key: seconds(moment) for key, moment in self.oracle.judged.items()}:
            raise Problem("%s: judgements differ" % what)

    def exception_options(self):
        return ["--exceptions", os.path.join(self.folder, "exceptions.yaml")] if self.exceptions else []

    def audit(self):
        pack = self.choice.choice(("keywarden", "keywarden", "aws-config", "some"))
        options = PACKS[pack]
        snapshots = self.newest()
        told = self.told(snapshots, options)
        for account in sorted(snapshots):
            self.oracle.audit(snapshots[account], self.controls[pack], told.get(account, {}))
        jobs = self.choice.choice("14")
        code, out, err = self.run("audit", "--store", "k.db", "-q", "-f", "csv", "-j", jobs, *options)
        wanted = self.audit_files(snapshots, *options, *self.exception_options())
        if snapshots and (code, out) != wanted:
            raise Problem("audit --store says something else than audit: exit %d, %d\n%s\n%s%s" %
                          (code, wanted[0], out, wanted[1], err))
        self.check_tables("audit by " + pack)
        if not snapshots or self.choice.random() < 0.7:
            return
        before = dump(self.store)
        self.run("audit", "--store", "k.db", "-q", *options)
        if dump(self.store) != before:
            raise Problem("the second audit changed the store")
        self.check_new_since(options, out)
        self.check_past(options)
        if dump(self.store) != before:
            raise Problem("an audit of the past changed the store")

    def check_new_since(self, options, all_of_them):
        since = self.choice.choice(self.times)
        known = set()
        for life in self.oracle.lives:
            if life.is_open and life.opened <= since:
                key = (life.account, life.user, life.control)
                known |= {(*key, "unknown"), (*key, "excepted")}
                if life.failing is not None and life.failing <= since:
                    known.add((*key, "fail"))
        rows = list(csv.reader(io.StringIO(all_of_them, newline="")))
        wanted = [row for row in rows if tuple(row[:4]) not in known]
        out = self.run("audit", "--store", "k.db", "-q", "-f", "csv", *options,
                       "--new-since", since)[1]
        if list(csv.reader(io.StringIO(out, newline=""))) != wanted:
            raise Problem("--new-since %s" % since)

    def check_past(self, options):
        limit = self.choice.choice(self.times)
        snapshots = self.newest(limit)
        absent = self.known - set(snapshots)
        code, out, err = self.run("audit", "--store", "k.db", "-q", "-f", "csv", *options,
                                  "--as-of", limit)
        if {account for account in absent if account not in err}:
            raise Problem("--as-of %s: not all accounts without a snapshot are named" % limit)
        if absent and code != 3:
            raise Problem("--as-of %s: exit %d" % (limit, code))
        if snapshots:
            wanted = self.audit_files(snapshots, *options, *self.exception_options(),
                                      "--as-of", limit)
            if out != wanted[1] or (not absent and code != wanted[0]):
                raise Problem("--as-of %s says something else than audit" % limit)

    def play(self):
        self.begin()
        for week in range(self.choice.randrange(2, 8)):
            self.take_in(week)
            if self.choice.random() < 0.2:
                self.take_exceptions()
            if self.kept and self.choice.random() < 0.2:
                self.take_out()
            if os.path.exists(self.store) and self.choice.random() < 0.75:
                self.audit()


# ------------------------------------------------------------------------------------------ kill -9


def kill_at_random(folder):
    """An audit that is killed has told of everything or of nothing."""
    choice = random.Random("kill/" + SEED)
    account = Account(choice, 1)
    store = os.path.join(folder, "k.db")
    for week in range(2):
        place = os.path.join(folder, "week%d" % week)
        os.mkdir(place)
        for number in range(300):
            account.id = "%012d" % (number + 1)
            Snapshot(account, START + timedelta(days=7 * week)).write(place)
        keywarden(folder, "store", "import", "--store", store, place)
        if week == 0:
            keywarden(folder, "audit", "--store", store, "-q")
    before = dump(store)
    begin = time.monotonic()
    copy = os.path.join(folder, "copy.db")
    with sqlite3.connect(store) as source, sqlite3.connect(copy) as to:
        source.backup(to)
    keywarden(folder, "audit", "--store", copy, "-q")
    length = time.monotonic() - begin
    after = dump(copy)
    killed = 0
    for attempt in range(20):
        with sqlite3.connect(store) as source, sqlite3.connect(copy) as to:
            source.backup(to)
        with subprocess.Popen([KEYWARDEN, "audit", "--store", copy, "-q"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            time.sleep(length * choice.random())
            child.send_signal(signal.SIGKILL)
        got = dump(copy)
        killed += got == before
        if got not in (before, after):
            return "attempt %d: neither what was there before nor all of it" % attempt
    return None if killed else "no audit was killed in time: nothing was tested"


# ------------------------------------------------------------------------------- what goes wrong


def fleet_of(folder, count):
    """A store of some accounts that was audited once."""
    store, place = os.path.join(folder, "k.db"), os.path.join(folder, "reports")
    os.mkdir(place)
    for number in range(count):
        account = Account(random.Random("wrong/%d" % number), number)
        account.id = "%012d" % (number + 1)
        Snapshot(account, START).write(place)
    keywarden(folder, "store", "import", "--store", store, place)
    keywarden(folder, "audit", "--store", store, "-q", "-f", "csv")
    return store


def damage_keeps_lives(folder):
    """What cannot be read is named, with exit code 5; its findings stay as they were."""
    store = fleet_of(folder, 4)
    before = [row for row in tables(store)[0] if row[0] == "000000000002"]
    with sqlite3.connect(store) as base:
        base.execute("UPDATE raw_reports SET zstd = substr(zstd, 1, 20) WHERE snapshot ="
                     " (SELECT id FROM snapshots WHERE account = 2)")
    code, out, err = keywarden(folder, "audit", "--store", store, "-q", "-f", "csv")
    if code != 5 or "000000000002" not in err or "000000000003," not in out:
        return "exit %d: %s" % (code, err)
    code = keywarden(folder, "fix", "plan", "--store", store, "-q")[0]
    if code != 5:
        return "fix plan: exit %d" % code
    after = [row for row in tables(store)[0] if row[0] == "000000000002"]
    return None if before and after == before else "its findings changed"


def locked_is_still_judged(folder):
    """While somebody else writes, the report is made all the same, and says what it could not do."""
    store = fleet_of(folder, 2)
    wanted = keywarden(folder, "audit", "--store", store, "-q", "-f", "csv")[:2]
    before = dump(store)
    base = sqlite3.connect(store, isolation_level=None)
    base.execute("BEGIN IMMEDIATE")
    code, out, err = keywarden(folder, "audit", "--store", store, "-f", "csv")
    base.execute("ROLLBACK")
    base.close()
    if (code, out) != wanted or "does not learn since when" not in err:
        return "exit %d: %s" % (code, err)
    return None if dump(store) == before else "the store changed"


def main():
    if not os.access(KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("audit --store: SEED=%s COUNT=%d" % (SEED, COUNT))
    failed = lives = 0
    for number in range(COUNT):
        with tempfile.TemporaryDirectory(prefix="keywarden-store-") as folder:
            history = History(number, folder)
            try:
                history.play()
            except Problem as problem:
                failed += 1
                print("FAILED history %d: %s" % (number, problem))
            lives += len(history.oracle.lives)
    others = (kill_at_random, damage_keeps_lives, locked_is_still_judged)
    for other in others:
        with tempfile.TemporaryDirectory(prefix="keywarden-store-") as folder:
            problem = other(folder)
        if problem is not None:
            failed += 1
            print("FAILED %s: %s" % (other.__name__, problem))
    print("%d lives of findings" % lives)
    print("%d passed, %d failed" % (COUNT + len(others) - failed, failed))
    return 1 if failed or not COUNT else 0


if __name__ == "__main__":
    sys.exit(main())
