#!/usr/bin/env python3
"""The store, read by another program: Python's sqlite3, csv and hashlib.

Environment: COUNT     random reports (default 300) and flipped bytes (a tenth more)
             SEED      of all that is random (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)
"""

import csv
import glob
import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fleet  # which makes the next two known

import controls
import reports

COUNT = min(int(os.environ.get("COUNT") or 300), 3000)
SEED = os.environ.get("SEED") or "1"
AS_OF = "2026-11-01T00:00:00Z"
HELD = 1793491200  # AS_OF


def run(*words, code=0, **options):
    """Runs keywarden and holds its exit code; returns what it printed, messages last."""
    done = subprocess.run([fleet.KEYWARDEN, *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, **options)
    assert done.returncode == code, "exit code %d of %s, expected %d\n%s%s" % (
        done.returncode, " ".join(words), code, done.stdout, done.stderr)
    return done.stdout + done.stderr


def store_import(store, *words, code=0):
    return run("store", "import", "--store", store, *words, code=code)


def query(store, sql, *values):
    connection = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def dump(store):
    """All tables as text, or None where they cannot be read."""
    connection = sqlite3.connect("file:%s?mode=ro&immutable=1" % store, uri=True)
    try:
        return "\n".join(connection.iterdump())
    except (sqlite3.Error, UnicodeDecodeError, ValueError, OverflowError):
        return None
    finally:
        connection.close()


def without_import_times(text):
    """Two imports at different moments differ in that, and in the seals over it. Indexes come in no
    certain order."""
    return sorted(line for line in text.split("\n") if 'INTO "imports"' not in line)


# ---- import ---------------------------------------------------------------------------------------


def check_report(store, data, expected):
    number = int(expected.account)
    (snapshot, rows, bad_rows, bad_cells, size, digest), = query(
        store, "SELECT id, row_count, bad_rows, bad_cells, report_size, report_sha256"
               " FROM snapshots WHERE account = ? AND taken_at = ?", number, HELD)
    assert (rows, bad_cells) == (len(expected.rows), expected.bad_cells), (rows, bad_cells)
    assert (bad_rows > 0) == (expected.bad_rows > 0)
    assert size == len(data) and digest == hashlib.sha256(data).digest()
    found = query(store, "SELECT u.name, t.arn, u.created, u.account, t.* FROM user_states AS t"
                         " JOIN users AS u ON u.id = t.user WHERE t.snapshot = ? ORDER BY t.row",
                  snapshot)
    assert len(found) == len(expected.rows)
    for i, (row, (name, arn, created, values)) in enumerate(zip(found, expected.rows)):
        usual = "arn:aws:iam::%s:%s" % (
            expected.account, "root" if name == "<root_account>" else "user/" + name)
        assert row[0] == name and row[2] == created and row[3] == number, (row[:4], name, created)
        assert (row[1] if row[1] is not None else usual) == arn, (row[1], arn)
        assert row[5] == i + 1
        assert row[8:] == values, list(zip(fleet.STATE_COLUMNS, row[8:], values))


def test_random_reports(folder):
    """Every cell of random reports, rich in edge cases, by the rules."""
    kept = 0
    as_of = controls.read_time(AS_OF)
    seen = set()
    for index in range(COUNT):
        report = reports.make_report(SEED, index, as_of)
        expected = fleet.Expected(report.data, report.name)
        if expected.problem is None and expected.account in seen:
            continue
        path = os.path.join(folder, report.name)
        with open(path, "wb") as file:
            file.write(report.data)
        store = os.path.join(folder, "s.db")
        is_bad = bool(expected.problem or expected.bad_rows or expected.bad_cells)
        try:
            text = store_import(store, path, "--at", AS_OF, code=3 if is_bad else 0)
            if expected.problem is None:
                assert "1 snapshot stored" in text, text
                check_report(store, report.data, expected)
                seen.add(expected.account)
                kept += 1
            else:
                assert "0 snapshots stored, 1 left out" in text, text
        except AssertionError as problem:
            raise AssertionError("report %d (SEED %s): %s" % (index, SEED, problem)) from problem
    assert kept > COUNT / 2, kept
    run("store", "verify", "--store", store)


def test_wrapped_inputs(folder):
    """What gzip and JSON hold is what is kept."""
    data = fleet.plain_report("111122223333", ["a"], 1600000000).encode()
    with gzip.open(os.path.join(folder, "x.csv.gz"), "wb") as file:
        file.write(data)
    import base64
    with open(os.path.join(folder, "y.json"), "w", encoding="utf-8") as file:
        json.dump({"Content": base64.b64encode(data).decode(), "ReportFormat": "text/csv",
                   "GeneratedTime": "2020-09-14T10:00:00+00:00"}, file)
    store = os.path.join(folder, "s.db")
    store_import(store, os.path.join(folder, "x.csv.gz"), "--at", "2020-09-13")
    store_import(store, os.path.join(folder, "y.json"))
    assert query(store, "SELECT taken_at, taken_from, generated_at, report_sha256 FROM snapshots"
                        " ORDER BY id") == [
        (1599955200, "option", None, hashlib.sha256(data).digest()),
        (1600077600, "report", 1600077600, hashlib.sha256(data).digest())]
    text = store_import(store, os.path.join(folder, "x.csv.gz"), code=3)
    assert "give --at TIME" in text, text
    # A stream that breaks off is no whole report: nothing of it is kept.
    with open(os.path.join(folder, "x.csv.gz"), "rb") as file:
        torn = file.read()[:-9]
    with open(os.path.join(folder, "torn.csv.gz"), "wb") as file:
        file.write(torn)
    text = store_import(store, os.path.join(folder, "torn.csv.gz"), "--at", "2020-09-20", code=3)
    assert "0 snapshots stored, 1 left out" in text, text


def test_absent_states(folder):
    """N/A, never, not supported, missing and unreadable are told apart in tables and views."""
    header = [name for name in reports.COLUMNS_22 if name != "cert_1_active"]
    def row(name, **cells):
        line = dict.fromkeys(header, "N/A")
        line.update(user=name, arn="arn:aws:iam::111122223333:user/" + name,
                    user_creation_time="2020-01-01T00:00:00Z", **cells)
        return ",".join(line[column] for column in header)
    words = ("N/A", "no_information", "not_supported", "rubbish", "2020-02-02T00:00:00Z")
    path = os.path.join(folder, "111122223333.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(header) + "\n")
        for i, word in enumerate(words):
            file.write(row("u%d" % i, password_last_used=word, mfa_active=word,
                           access_key_1_last_used_region=word) + "\n")
    store = os.path.join(folder, "s.db")
    store_import(store, path, "--at", "2020-09-13", code=3)
    assert query(store, "SELECT password_last_used, mfa_active, access_key_1_last_used_region,"
                        " cert_1_active FROM user_states ORDER BY row") == [
        (None, None, None, -2), (0, -4, 0, -2), (-1, -1, -1, -2), (-3, -3, "rubbish", -2),
        (1580601600, -3, "2020-02-02T00:00:00Z", -2)]
    assert query(store, "SELECT password_last_used, mfa_active, access_key_1_last_used_region,"
                        " cert_1_active FROM user_list ORDER BY user") == [
        ("N/A", "N/A", "N/A", "missing"),
        ("no_information", "no_information", "no_information", "missing"),
        ("not_supported", "not_supported", "not_supported", "missing"),
        ("unreadable", "unreadable", "rubbish", "missing"),
        ("2020-02-02T00:00:00Z", "unreadable", "2020-02-02T00:00:00Z", "missing")]


def write_list(path, *rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write(fleet.LIST_HEADER + "".join(row + "\n" for row in rows))


def test_memberships(folder):
    """An account that changes hands, told by the lists beside its samples; imported in any order."""
    days = ("2020-09-13", "2020-09-20", "2020-09-27", "2020-10-04")
    owners = ("Alpha", "Alpha", "Beta", "Alpha")
    for day, owner in zip(days, owners):
        os.makedirs(os.path.join(folder, "f", day))
        write_list(os.path.join(folder, "f", day, "accounts.csv"),
                   "111122223333,%s,/Unit,false,,1,2,3,4," % owner)
        with open(os.path.join(folder, "f", day, "111122223333.csv"), "w", encoding="utf-8") as out:
            out.write(fleet.plain_report("111122223333", ["a"], 1600000000))
    write_list(os.path.join(folder, "f", "accounts.csv"), "111122223333,Wrong,,true,,,,,,")
    expected = [("Alpha", days[0], days[2]), ("Beta", days[2], days[3]), ("Alpha", days[3], None)]
    for order in ((0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)):
        store = os.path.join(folder, "s%d%d.db" % order[:2])
        for i in order:
            store_import(store, os.path.join(folder, "f", days[i]))
        found = query(store, "SELECT organization, substr(since, 1, 10), substr(until, 1, 10)"
                             " FROM memberships WHERE account = '111122223333' ORDER BY since")
        assert found == expected, (order, found)
        assert query(store, "SELECT count(*) FROM users") == [(2,)]
        assert query(store, "SELECT iam_users, cloudtrail, standalone, unit FROM snapshot_list"
                     ) == [(1, None, "false", "/Unit")] * 4
        run("store", "verify", "--store", store)


def test_duplicates(folder):
    """The same again is nothing new; something else for the same instant needs --replace."""
    store, day = os.path.join(folder, "s.db"), os.path.join(folder, "f", "2020-09-13")
    os.makedirs(day)
    path = os.path.join(day, "111122223333.csv")
    def write(names):
        with open(path, "w", encoding="utf-8") as file:
            file.write(fleet.plain_report("111122223333", names, 1600000000))
    write(["a", "b"])
    assert "1 snapshot stored" in store_import(store, day)
    before = dump(store)
    assert "0 snapshots stored, 1 there already" in store_import(store, day)
    assert dump(store) == before
    write(["a", "c"])
    text = store_import(store, day, code=3)
    assert "the store holds something else" in text and "--replace" in text, text
    assert dump(store) == before
    assert "1 replaced" in store_import(store, day, "--replace")
    assert query(store, "SELECT user FROM user_list ORDER BY user") == [
        ("<root_account>",), ("a",), ("c",)]
    assert query(store, "SELECT count(*) FROM snapshots") == [(1,)]
    # A list of accounts that comes later says more of the same report.
    write_list(os.path.join(folder, "f", "accounts.csv"), "111122223333,Owner,,true,,1,1,1,1,1")
    store_import(store, day, code=3)
    store_import(store, day, "--replace")
    assert query(store, "SELECT organization FROM account_list") == [("Owner",)]
    run("store", "verify", "--store", store)


def test_recreated_user(folder):
    """A user made anew under an old name is another user."""
    store = os.path.join(folder, "s.db")
    for day, created in (("2020-09-13", "2019-01-01"), ("2020-09-20", "2019-01-01"),
                         ("2020-09-27", "2020-09-25")):
        path = os.path.join(folder, "r.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("user,arn,user_creation_time\n"
                       "x,arn:aws:iam::111122223333:user/x,%sT00:00:00Z\n" % created)
        store_import(store, path, "--at", day)
    assert query(store, "SELECT user FROM user_states ORDER BY snapshot") == [(1,), (1,), (2,)]


def test_jobs(folder):
    """The same store whatever --jobs is."""
    fleet.write_fleet(os.path.join(folder, "f"), SEED, accounts=40, weeks=6)
    dumps = []
    for jobs in ("1", "2", "7"):
        store = os.path.join(folder, "s%s.db" % jobs)
        store_import(store, os.path.join(folder, "f"), "--jobs", jobs)
        dumps.append(without_import_times(dump(store)))
    assert dumps[0] == dumps[1] == dumps[2]


def test_jsonl(folder):
    written = fleet.write_fleet(os.path.join(folder, "f"), SEED)
    store = os.path.join(folder, "s.db")
    text = run("store", "import", "--store", store, os.path.join(folder, "f"), "--format", "jsonl")
    lines = [json.loads(line) for line in text.splitlines()]
    assert {(line["account"], line["taken_at"][:10]) for line in lines} == set(written)
    assert {line["outcome"] for line in lines} == {"stored"}
    assert [line["snapshot"] for line in lines] == list(range(1, len(written) + 1))


# ---- verify ---------------------------------------------------------------------------------------


def full_store(folder):
    """A store with rows in every table; returns its path."""
    fleet.write_fleet(os.path.join(folder, "f"), SEED, accounts=3, weeks=3)
    exceptions = os.path.join(folder, "exceptions.yaml")
    with open(exceptions, "w", encoding="utf-8") as file:
        file.write("- id: x-1\n  control: user-console-mfa\n  owner: Olga Owner\n"
                   "  reason: sees nobody\n  expires: 2030-01-01\n"
                   "  ticket: SEC-17\n  user: [person-one]\n")
    store = os.path.join(folder, "s.db")
    store_import(store, os.path.join(folder, "f"), "--exceptions", exceptions)
    assert query(store, "SELECT owner, expires FROM exception_list") == [
        ("Olga Owner", "2030-01-02")]
    return store


def test_flipped_bytes(folder):
    """Whatever another reader sees changed, verify finds."""
    store = full_store(folder)
    with open(store, "rb") as file:
        data = file.read()
    whole = dump(store)
    assert whole is not None
    used = [at for at, byte in enumerate(data) if byte != 0]
    choice = random.Random("flip/%s" % SEED)
    damaged = os.path.join(folder, "d.db")
    found = 0
    for _ in range(COUNT * 11 // 10):
        at = choice.randrange(len(data)) if choice.random() < 0.97 else choice.randrange(100)
        if data[at] == 0 and choice.random() < 0.8:
            at = choice.choice(used)  # most pages of a small store are empty
        value = data[at] ^ (1 << choice.randrange(8)) if choice.random() < 0.7 else \
            choice.choice([byte for byte in range(256) if byte != data[at]])
        with open(damaged, "wb") as file:
            file.write(data[:at] + bytes((value,)) + data[at + 1:])
        is_changed = dump(damaged) != whole
        done = subprocess.run([fleet.KEYWARDEN, "store", "verify", "--store", damaged],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False, timeout=60)
        where = "byte %d: %02x, was %02x (SEED %s): exit code %d\n%s" % (
            at, value, data[at], SEED, done.returncode, done.stderr)
        assert done.returncode in (0, 3, 5), where
        if is_changed:
            assert done.returncode == 5 and "keywarden: error: " in done.stderr, where
            found += 1
        for suffix in ("-wal", "-shm"):
            if os.path.exists(damaged + suffix):
                os.remove(damaged + suffix)
    assert found > COUNT / 5, found


def test_wrong_rows(folder):
    """Damage that no structure shows: a value here, a row there, in each table."""
    store = full_store(folder)
    changes = (
        ("user_states", "UPDATE user_states SET mfa_active = 0 WHERE snapshot = 2 AND row = 2"),
        ("user_states", "UPDATE user_states SET password_last_used = 0 WHERE rowid_ = 3"),
        ("user_states", "DELETE FROM user_states WHERE snapshot = 1 AND row = 3"),
        ("user_states", "UPDATE user_states SET user = user + 1 WHERE snapshot = 1 AND row = 2"),
        ("packed_samples", "UPDATE packed_samples SET sample = x'01'"),
        ("packed_samples", "DELETE FROM packed_samples WHERE account ="
                           " (SELECT min(account) FROM packed_samples)"),
        ("raw_reports", "UPDATE raw_reports SET zstd = zeroblob(length(zstd)) WHERE snapshot = 1"),
        ("raw_reports", "DELETE FROM raw_reports WHERE snapshot = 1"),
        ("snapshots", "UPDATE snapshots SET organization = NULL WHERE id = 1"),
        ("snapshots", "UPDATE snapshots SET ec2 = 5 WHERE id = 3"),
        ("organizations", "UPDATE organizations SET name = 'x' WHERE id = 1"),
        ("units", "UPDATE units SET path = '/' WHERE id = 1"),
        ("imports", "UPDATE imports SET started_at = started_at + 1"),
        ("users", "UPDATE users SET created = created + 1 WHERE id = 2"),
        ("accounts", "UPDATE accounts SET first_import = 1, seal = 5"),
        ("exceptions", "UPDATE exceptions SET owner = 'me'"),
        ("exception_files", "UPDATE exception_files SET text = ''"),
        ("schema", "DROP VIEW user_list"),
    )
    for table, sql in changes:
        copy = os.path.join(folder, "c.db")
        shutil.copy(store, copy)
        connection = sqlite3.connect(copy)
        connection.execute(sql.replace("rowid_ = 3", "snapshot = 3 AND row = 1"))
        connection.commit()
        connection.close()
        text = run("store", "verify", "--store", copy, code=5)
        assert table in text, (sql, text)
    run("store", "verify", "--store", store)


def test_no_store(folder):
    """Files that are no store, or not whole."""
    store = full_store(folder)
    with open(store, "rb") as file:
        data = file.read()
    path = os.path.join(folder, "x.db")
    def put(content):
        with open(path, "wb") as file:
            file.write(content)
    for content, word in ((b"", "empty"), (b"hello\n" * 100, "no keywarden store"),
                          (data[:68] + b"\0\0\0\1" + data[72:], "application id"),
                          (data[: len(data) // 2], ""), (data[:8192], ""), (data[:50], "")):
        put(content)
        text = run("store", "verify", "--store", path, code=5)
        assert word in text and path in text, text
    put(b"hello\n" * 100)
    report = os.path.join(folder, "111122223333.csv")
    with open(report, "w", encoding="utf-8") as file:
        file.write(fleet.plain_report("111122223333", [], 1600000000))
    for words in (("info",), ("import", report, "--at", AS_OF), ("export", folder + "/out"),
                  ("prune", "--keep", "1"), ("compact",)):
        text = run("store", *words, "--store", path, code=3)
        assert "no keywarden store" in text and path in text, text
    with open(path, "rb") as file:
        assert file.read() == b"hello\n" * 100
    put(data[:60] + b"\0\0\0\x63" + data[64:])
    for words in (("info",), ("import", report, "--at", AS_OF), ("verify",)):
        text = run("store", *words, "--store", path, code=3)
        assert "a newer keywarden made this store" in text, text
    text = run("store", "info", "--store", os.path.join(folder, "none.db"), code=3)
    assert "cannot find the store" in text, text
    for words in (("prune", "--keep", "1"), ("compact",)):
        run("store", *words, "--store", os.path.join(folder, "none.db"), code=3)
    assert not os.path.exists(os.path.join(folder, "none.db"))


# ---- versions -------------------------------------------------------------------------------------


def test_migrations(folder):
    """Stores of older versions, kept as SQL, become what a new import makes of the same reports."""
    here = os.path.join(fleet.HERE, "fixtures")
    fresh = os.path.join(folder, "fresh.db")
    run("store", "import", "--store", fresh, "fleet", "--accounts", "fleet/accounts.csv", cwd=here)
    expected = without_import_times(dump(fresh))
    for version in (1, 2, 3, 4):
        old = os.path.join(folder, "v%d.db" % version)
        connection = sqlite3.connect(old)
        with open(os.path.join(here, "v%d.sql" % version), encoding="utf-8") as file:
            connection.executescript(file.read())
        connection.close()
        assert query(old, "PRAGMA user_version") == [(version,)]
        text = run("store", "info", "--store", old)
        assert "version %d of the tables (the newest is 5" % version in text, text
        run("store", "verify", "--store", old)
        text = run("store", "export", os.path.join(folder, "out"), "--store", old, code=3)
        assert "'keywarden store compact' brings it up to date" in text, text
        assert query(old, "PRAGMA user_version") == [(version,)]
        run("store", "compact", "--store", old)
        assert query(old, "PRAGMA user_version") == [(5,)]
        run("store", "verify", "--store", old)
        assert without_import_times(dump(old)) == expected, version


# ---- keeping it in order --------------------------------------------------------------------------


def test_prune(folder):
    fleet.write_fleet(os.path.join(folder, "f"), SEED, accounts=5, weeks=6)
    store = os.path.join(folder, "s.db")
    store_import(store, os.path.join(folder, "f"))
    all_of = query(store, "SELECT account, taken_at FROM snapshots")
    limit = 1601164800  # 2020-09-27
    def newest(account, count):
        return sorted((t for a, t in all_of if a == account), reverse=True)[:count]
    for words, stays in (
        (("--before", "2020-09-27"), lambda a, t: t >= limit),
        (("--keep", "2"), lambda a, t: t in newest(a, 2)),
        (("--before", "2020-09-27", "--keep", "5"), lambda a, t: t >= limit or t in newest(a, 5)),
        (("--before", "2030-01-01"), lambda a, t: False),
    ):
        copy = os.path.join(folder, "c.db")
        shutil.copy(store, copy)
        expected = sorted(pair for pair in all_of if stays(*pair))
        count = len(all_of) - len(expected)
        text = run("store", "prune", "--store", copy, "--dry-run", *words)
        assert "would remove %d snapshot" % count in text, text
        assert dump(copy) == dump(store)
        text = run("store", "prune", "--store", copy, *words)
        assert "removed %d snapshot" % count in text, text
        for table in ("snapshots", "packed_samples"):
            assert sorted(query(copy, "SELECT account, taken_at FROM " + table)) == expected
        assert query(copy, "SELECT count(*) FROM raw_reports") == [(len(expected),)]
        run("store", "verify", "--store", copy)
        before = os.path.getsize(copy)
        run("store", "compact", "--store", copy)
        assert os.path.getsize(copy) <= before
        run("store", "verify", "--store", copy)
    run("store", "prune", "--store", store, code=2)


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_export(folder):
    """Every table and view as Python reads it from the store."""
    store = full_store(folder)
    out = os.path.join(folder, "out")
    run("store", "export", out, "--store", store)
    connection = sqlite3.connect(store)
    names = [name for name, in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
        " AND name NOT IN ('packed_samples', 'mfa_device_list')")]
    assert sorted(os.listdir(out)) == sorted(name + ".csv" for name in names)
    for name in names:
        cursor = connection.execute("SELECT * FROM %s" % name)
        columns = [column[0] for column in cursor.description]
        header, *rows = read_csv(os.path.join(out, name + ".csv"))
        if name == "raw_reports":
            digests = connection.execute("SELECT report_sha256 FROM snapshots ORDER BY id")
            assert [hashlib.sha256(row[1].encode()).digest() for row in rows] == [
                digest for digest, in digests]
            continue
        kept = [i for i, column in enumerate(columns) if column != "seal"]
        assert header == ["answer" if columns[i] == "zstd" else columns[i] for i in kept], name
        expected = cursor.fetchall()
        assert len(rows) == len(expected), name
        for got, row in zip(rows, expected):
            for cell, i in zip(got, kept):
                value = row[i]
                if isinstance(value, bytes):
                    value = value.hex()
                elif isinstance(value, int) and columns[i] == "account":
                    value = "%012d" % value
                elif isinstance(value, int) and value > 10**9 and "account" not in columns[i]:
                    value = fleet.iso(value).replace("+00:00", "Z")
                assert cell == ("" if value is None else str(value)), (name, columns[i], cell, value)
    connection.close()


def identifiers(store):
    """All that must not be found in an export under pseudonyms."""
    found = set()
    for sql in ("SELECT printf('%012d', account) FROM accounts", "SELECT name FROM organizations",
                "SELECT path FROM units", "SELECT name FROM users", "SELECT source FROM snapshots",
                "SELECT source FROM imports", "SELECT hex(report_sha256) FROM snapshots",
                "SELECT owner FROM exceptions", "SELECT reason FROM exceptions",
                "SELECT name FROM exceptions", "SELECT name FROM exception_files"):
        found.update(value for value, in query(store, sql))
    for path, in query(store, "SELECT path FROM units"):
        found.update(path.split("/"))
    return {name for name in found if len(name) > 2 and name != "<root_account>"}


def test_anonymize(folder):
    store = full_store(folder)
    key = os.path.join(folder, "fleet.key")
    out = [os.path.join(folder, name) for name in ("a", "b", "c")]
    run("store", "export", out[0], "--store", store, "--anonymize", key)
    assert os.stat(key).st_mode & 0o777 == 0o600
    run("store", "export", out[1], "--store", store, "--anonymize", key)
    run("store", "export", out[2], "--store", store, "--anonymize", key + "2")
    assert "raw_reports.csv" not in os.listdir(out[0])
    text = ""
    for name in sorted(os.listdir(out[0])):
        same = [open(os.path.join(o, name), encoding="utf-8").read() for o in out]
        assert same[0] == same[1]
        text += same[0]
        if name in ("users.csv", "account_list.csv", "organizations.csv"):
            assert same[0] != same[2], name
    for word in identifiers(store):
        assert word.lower() not in text.lower(), word
    # Joins hold, and whoever was different stays different.
    plain = os.path.join(folder, "plain")
    run("store", "export", plain, "--store", store)
    for name, columns in (("users", (1, 2)), ("accounts", (0,)), ("user_history", (1, 3)),
                          ("organizations", (1,)), ("units", (1,)), ("user_history", (4,)),
                          ("account_list", (0, 1, 2))):
        pairs = set()
        for row, hidden in zip(read_csv(os.path.join(plain, name + ".csv"))[1:],
                               read_csv(os.path.join(out[0], name + ".csv"))[1:]):
            pairs.add((tuple(row[i] for i in columns), tuple(hidden[i] for i in columns)))
        assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs), name
    accounts = {row[0] for row in read_csv(os.path.join(out[0], "accounts.csv"))[1:]}
    assert all(len(account) == 12 and account.isdigit() for account in accounts)
    for name in ("users", "snapshots", "user_list"):
        assert {row[1 if name != "snapshots" else 1] for row in
                read_csv(os.path.join(out[0], name + ".csv"))[1:]} <= accounts
    for row in read_csv(os.path.join(out[0], "user_list.csv"))[1:]:
        tail = "root" if row[3] == "<root_account>" else "user/" + row[3]
        assert row[4] == "arn:aws:iam::%s:%s" % (row[1], tail), row
    os.chmod(key, 0o644)
    text = run("store", "export", out[0], "--store", store, "--anonymize", key, code=3)
    assert "others may read this key" in text, text


# ---- what the machine refuses ---------------------------------------------------------------------


def test_locked(folder):
    store = full_store(folder)
    connection = sqlite3.connect(store, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    text = run("store", "prune", "--keep", "1", "--store", store, code=3)
    assert "another process is writing to the store" in text and store in text, text
    run("store", "verify", "--store", store)  # readers are not kept out
    connection.execute("ROLLBACK")
    connection.close()


def test_no_room(folder):
    """A store that may not grow keeps what was committed, and says why it holds no more."""
    fleet.write_fleet(os.path.join(folder, "f"), SEED, accounts=200, weeks=6)
    store = os.path.join(folder, "s.db")
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    text = run("store", "import", "--store", store, os.path.join(folder, "f"), code=3,
               preexec_fn=limit, restore_signals=False)
    assert "may not grow any larger" in text and store in text and "ulimit" in text, text
    run("store", "verify", "--store", store)
    text = store_import(store, os.path.join(folder, "f"))
    run("store", "verify", "--store", store)


def test_memory(folder):
    """Reports of 1,000 users: what one of them took is not kept for each that is in work."""
    if "asan" in os.path.realpath(fleet.KEYWARDEN):
        return  # which keeps what is freed
    run("simulate", "--profile", "iam-2021", "--accounts", "300", "--users-per-account", "1000",
        "--out", os.path.join(folder, "f"))
    child = subprocess.Popen([fleet.KEYWARDEN, "store", "import", "--quiet", "--store",
                              os.path.join(folder, "s.db"), os.path.join(folder, "f")])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0 and usage.ru_maxrss < 128 << 10, usage.ru_maxrss


def test_read_only(folder):
    """Without leave to write, reading works and writing says why not."""
    store = full_store(folder)
    os.chmod(store, 0o444)
    os.chmod(folder, 0o555)
    drop = (lambda: (os.setgid(65534), os.setuid(65534))) if os.geteuid() == 0 else None
    try:
        run("store", "info", "--store", store, preexec_fn=drop)
        run("store", "verify", "--store", store, preexec_fn=drop)
        text = run("store", "prune", "--keep", "1", "--store", store, code=3, preexec_fn=drop)
        assert "may not be written to" in text and store in text, text
        text = run("store", "import", "--store", os.path.join(folder, "new.db"),
                   os.path.join(folder, "f"), code=3, preexec_fn=drop)
        assert "cannot create" in text and "new.db" in text, text
    finally:
        os.chmod(folder, 0o755)


def main():
    if not os.access(fleet.KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % fleet.KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("store: SEED=%s COUNT=%d" % (SEED, COUNT))
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    wanted = sys.argv[1:]
    failed = passed = 0
    for name, test in tests:
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="keywarden-store-") as folder:
            os.chmod(folder, 0o755)
            try:
                test(folder)
                passed += 1
                print("ok   %s" % name)
            except (AssertionError, sqlite3.Error, ValueError, subprocess.TimeoutExpired) as problem:
                failed += 1
                print("FAIL %s: %s: %s" % (name, type(problem).__name__, problem))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
