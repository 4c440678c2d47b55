#!/usr/bin/env python3
"""Writes the fixtures of test_migrations: a fleet, and the stores that older versions made of it.

Version n is what a store of today holds without what later steps of the schema brought. Run it once
for each new step, before the step is released; a fixture that is there is never made again.

usage: tests/store/make_fixtures.py
"""

import os
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fleet

FOLDER = os.path.join(fleet.HERE, "fixtures")
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


def main():
    fleet.write_fleet(os.path.join(FOLDER, "fleet"), "fixture", accounts=3, weeks=3, users=2)
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "s.db")
        subprocess.run([fleet.KEYWARDEN, "store", "import", "--store", store, "fleet",
                        "--accounts", "fleet/accounts.csv"], cwd=FOLDER, check=True)
        connection = sqlite3.connect(store)
        application, = connection.execute("PRAGMA application_id").fetchone()
        for version in (4, 3, 2, 1):
            for kind, name in names_of(version + 1):
                connection.execute("DROP %s %s" % (kind, name))
            connection.commit()
            path = os.path.join(FOLDER, "v%d.sql" % version)
            if os.path.exists(path):
                continue
            with open(path, "w", encoding="utf-8") as file:
                file.write("PRAGMA application_id = %d;\nPRAGMA user_version = %d;\n"
                           "PRAGMA page_size = 8192;\n" % (application, version))
                file.write("\n".join(connection.iterdump()) + "\n")
        connection.close()


if __name__ == "__main__":
    main()
