#!/usr/bin/env python3
"""kill -9 at random moments of an import, again and again.

After each: the store opens, verify passes, every snapshot is whole, and every one that was told of
(a line of --format jsonl) is there. Then the same import goes on where it was, until it is done.

Environment: COUNT     kills (default 40)
             SEED      of the fleet and the moments (default fixed)
             KEYWARDEN the program (default build/keywarden)
"""

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fleet

COUNT = int(os.environ.get("COUNT") or 40)
SEED = os.environ.get("SEED") or "1"


def import_words(store, source, choice):
    return [fleet.KEYWARDEN, "store", "import", "--store", store, source, "--format", "jsonl",
            "--jobs", choice.choice("123")]


def killed_run(words, delay, told):
    """Starts an import and kills it after `delay`; adds what it told of. True when it was killed."""
    # Into a file: a pipe that nobody reads would stop the import after some hundred lines.
    with tempfile.TemporaryFile() as told_of:
        process = subprocess.Popen(words, stdout=told_of, stderr=subprocess.PIPE)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        err = process.communicate()[1]
        told_of.seek(0)
        out = told_of.read()
    for line in out.split(b"\n")[:-1]:  # the last one may be cut off
        row = json.loads(line)
        told[row["account"], row["taken_at"][:10]] = row["snapshot"]
    assert process.returncode in (0, -signal.SIGKILL), err
    return process.returncode != 0


def is_begun(store):
    """Whether its tables are there: all of them come in one transaction, or none."""
    if not os.path.exists(store):
        return False
    connection = sqlite3.connect(store)
    try:
        return connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,)
    finally:
        connection.close()


def check_store(store, written, told):
    """Returns the number of snapshots."""
    if not is_begun(store):
        assert not told, "%d snapshots were told of, and there is no store" % len(told)
        return 0
    done = subprocess.run([fleet.KEYWARDEN, "store", "verify", "--store", store],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    connection = sqlite3.connect(store)
    try:
        found = {}
        for number, account, day, digest, rows, states, raw, packed in connection.execute(
                "SELECT s.id, printf('%012d', s.account), date(s.taken_at, 'unixepoch'),"
                " s.report_sha256, s.row_count,"
                " (SELECT count(*) FROM user_states WHERE snapshot = s.id),"
                " (SELECT count(*) FROM raw_reports WHERE snapshot = s.id),"
                " (SELECT count(*) FROM packed_samples AS p"
                "  WHERE p.account = s.account AND p.taken_at = s.taken_at) FROM snapshots AS s"):
            data = written[account, day]
            assert digest == hashlib.sha256(data).digest()
            assert rows == states == data.count(b"\n") - 1 and raw == packed == 1, (account, day)
            found[account, day] = number
    finally:
        connection.close()
    for key, number in told.items():
        assert found.get(key) == number, "snapshot %d of %s at %s was told of, and is gone" % (
            number, *key)
    return len(found)


def main():
    choice = random.Random("crash/%s" % SEED)
    print("crash: SEED=%s COUNT=%d" % (SEED, COUNT))
    kills = rounds = within = 0
    with tempfile.TemporaryDirectory(prefix="keywarden-crash-") as folder:
        source = os.path.join(folder, "f")
        written = fleet.write_fleet(source, SEED, accounts=500, weeks=8, users=4)
        begun = time.monotonic()
        killed_run(import_words(os.path.join(folder, "timed.db"), source, choice), 0, {})
        subprocess.run(import_words(os.path.join(folder, "timed.db"), source, choice), check=True,
                       stdout=subprocess.DEVNULL)
        whole = time.monotonic() - begun
        problem = None
        while kills < COUNT and problem is None:
            rounds += 1
            store, told, is_over = os.path.join(folder, "s%d.db" % rounds), {}, False
            try:
                while not is_over and kills < COUNT:
                    delay = choice.uniform(0, whole * choice.choice((0.1, 0.5, 1.1)))
                    is_over = not killed_run(import_words(store, source, choice), delay, told)
                    kills += not is_over
                    count = check_store(store, written, told)
                    within += 0 < count < len(written)
                if not is_over:
                    subprocess.run(import_words(store, source, choice), check=True,
                                   stdout=subprocess.DEVNULL)
                assert check_store(store, written, told) == len(written)
            except (AssertionError, sqlite3.Error, KeyError, ValueError) as error:
                problem = error
            for name in os.listdir(folder):
                if name.startswith("s%d.db" % rounds):
                    os.remove(os.path.join(folder, name))
    print("%d kills in %d rounds, %d of them with some snapshots there and some not"
          % (kills, rounds, within))
    if problem is None and kills >= 20 and within < kills / 10:
        problem = "hardly a kill met an import half done: the moments are wrong"
    if problem is not None:
        print("FAIL (SEED %s): %s" % (SEED, problem))
    print("%d passed, %d failed" % (kills, problem is not None))
    return int(problem is not None)


if __name__ == "__main__":
    sys.exit(main())
