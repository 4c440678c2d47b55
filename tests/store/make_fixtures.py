#!/usr/bin/env python3
"""Writes the fixtures of test_migrations: a fleet, and the stores that older versions made of it.

Version n is what a store of today holds without what later steps of the schema brought. Run it once
for each new step, before the step is released; a fixture that is there is never made again. That of
version 5 is a collection: an organization of three accounts, one of which fails a second time.

usage: tests/store/make_fixtures.py
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import collected_accounts
import fleet

FOLDER = os.path.join(fleet.HERE, "fixtures")
PROBE = os.path.join(fleet.TREE, "build", "release", "tests", "store_collected_probe")
STEPS = os.path.join(fleet.TREE, "src", "store", "schema")


def names_of(step):
    """What a step brings, newest first."""
    model = sqlite3.connect(":memory:")
    known = set()
    for name in sorted(os.listdir(STEPS))[:step]:
        known = {row for row in model.execute("SELECT type, name FROM sqlite_schema")}
        with open(os.path.join(STEPS, name), encoding="utf-8") as file:
            model.executescript(file.read())
    found = [row for row in model.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid DESC")]
    return [row for row in found if row not in known]


def make_collection(path):
    accounts = [collected_accounts.Account(random.Random("fixture %d" % i), 111111111111 * (i + 1))
                for i in range(3)]
    for account in accounts:
        account.outcomes = {action: "given" for action in collected_accounts.ACTIONS}
    accounts[1].outcomes[collected_accounts.DETAILS] = "denied"
    accounts[1].outcomes[collected_accounts.POLICY] = "failed"
    accounts[2].outcomes[collected_accounts.DEVICES] = None
    first = collected_accounts.document_of(
        accounts, organization=collected_accounts.organization_answers(accounts, ["RootSessions"]))
    second = collected_accounts.document_of(accounts[:1], started_at=collected_accounts.NOW + 86400,
                                            failed=[{"account": accounts[1].number,
                                                     "error": "the role cannot be assumed"},
                                                    {"account": "444444444444",
                                                     "error": "the account is suspended"}])
    second["accounts"][0]["taken_at"] += 86400
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "s.db")
        for document in (first, second):
            subprocess.run([PROBE, store], input=json.dumps(document), text=True, check=True,
                           stdout=subprocess.DEVNULL)
        write_dump(path, sqlite3.connect(store), 5)


def write_dump(path, connection, version):
    application, = connection.execute("PRAGMA application_id").fetchone()
    with open(path, "w", encoding="utf-8") as file:
        file.write("PRAGMA application_id = %d;\nPRAGMA user_version = %d;\n"
                   "PRAGMA page_size = 8192;\n" % (application, version))
        file.write("\n".join(connection.iterdump()) + "\n")


def main():
    fleet.write_fleet(os.path.join(FOLDER, "fleet"), "fixture", accounts=3, weeks=3, users=2)
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "s.db")
        subprocess.run([fleet.KEYWARDEN, "store", "import", "--store", store, "fleet",
                        "--accounts", "fleet/accounts.csv"], cwd=FOLDER, check=True)
        connection = sqlite3.connect(store)
        for version in (4, 3, 2, 1):
            for kind, name in names_of(version + 1):
                connection.execute("DROP %s %s" % (kind, name))
            connection.commit()
            path = os.path.join(FOLDER, "v%d.sql" % version)
            if os.path.exists(path):
                continue
            write_dump(path, connection, version)
        connection.close()
    path = os.path.join(FOLDER, "v5.sql")
    if not os.path.exists(path):
        make_collection(path)


if __name__ == "__main__":
    main()
