#!/usr/bin/env python3
"""The peer: DuckDB answers how often each control of the default pack fails, in one query.

usage: peer_duckdb.py REPORT        a report or a glob of them; with a Python that has duckdb

One thread, the fastest form we found: every column text and named beforehand, nothing guessed, what
several controls share worked out once, the order of rows given up, the reader not strict; times of
one format (+00:00) compared as strings. Words that stand for no time (N/A, no_information,
not_supported) begin with letters, and those sort behind digits: they are later than any time.

All thirteen counts are exact on reports of this one format. Twelve need nothing but comparisons of
strings; user-no-access-key-at-setup needs a difference in seconds, so its times are cast, only in
the rows that have both a password and the key. Where a time or, for root-hardware-mfa, a list of
devices is missing, what fails for certain is counted and the unknown is not asked for. The form
cannot read times with Z or fractions, upper-case booleans, columns in another order, or a report
that lacks one.

Prints one line of JSON: the query's seconds, without the start of Python and DuckDB, its peak of
memory, and the counts."""
import json
import resource
import sys
import time

import duckdb

DAYS_AGO_1 = "'2026-10-31T00:00:00+00:00'"  # as of 2026-11-01
DAYS_AGO_45 = "'2026-09-17T00:00:00+00:00'"
DAYS_AGO_90 = "'2026-08-03T00:00:00+00:00'"

COLUMNS = (
    "user arn user_creation_time password_enabled password_last_used password_last_changed "
    "password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated "
    "access_key_1_last_used_date access_key_1_last_used_region access_key_1_last_used_service "
    "access_key_2_active access_key_2_last_rotated access_key_2_last_used_date "
    "access_key_2_last_used_region access_key_2_last_used_service cert_1_active "
    "cert_1_last_rotated cert_2_active cert_2_last_rotated").split()


def is_time(column):
    return f"{column} < ':'"


def first_time(used, stand_in):
    return f"CASE WHEN {is_time(used)} THEN {used} ELSE {stand_in} END"


# What several controls share.
SHARED = {
    "root": "\"user\" = '<root_account>'",
    "password": "password_enabled = 'true'",
    "key_1": "access_key_1_active = 'true'",
    "key_2": "access_key_2_active = 'true'",
    "no_mfa": "mfa_active = 'false'",
    "password_use": first_time("password_last_used", "password_last_changed"),
    "key_1_use": first_time("access_key_1_last_used_date", "access_key_1_last_rotated"),
    "key_2_use": first_time("access_key_2_last_used_date", "access_key_2_last_rotated"),
}


def used_since(column, since):
    return f"({column} >= {since} AND {is_time(column)})"


def any_of(*conditions):
    return "(" + " OR ".join(f"({condition})" for condition in conditions) + ")"


def inactive(n):
    return f"access_key_{n}_active = 'false' AND {is_time(f'access_key_{n}_last_rotated')}"


def made_at_setup(n):
    # CASE keeps the casts to the rows that need them: the others hold words.
    return (f"CASE WHEN password AND NOT root AND key_{n} "
            f"THEN abs(epoch(CAST(access_key_{n}_last_rotated AS TIMESTAMP)) - "
            "epoch(CAST(user_creation_time AS TIMESTAMP))) <= 10 ELSE false END")


def controls():
    root_no_mfa = "root AND no_mfa AND password_enabled IN ('true', 'not_supported')"
    root_uses = ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")
    uses = {"password": "password_use", "key_1": "key_1_use", "key_2": "key_2_use"}
    return {
        "root-no-active-access-key": "root AND (key_1 OR key_2)",
        "root-no-inactive-access-key": f"root AND {any_of(inactive(1), inactive(2))}",
        "root-mfa-enabled": root_no_mfa,
        "root-hardware-mfa": root_no_mfa,
        "root-not-used":
            f"root AND {any_of(*(used_since(column, DAYS_AGO_1) for column in root_uses))}",
        "root-no-signing-certificate":
            "root AND (cert_1_active = 'true' OR cert_2_active = 'true')",
        "user-console-mfa": "NOT root AND password AND no_mfa",
        "user-mfa-enabled": "NOT root AND no_mfa",
        "user-no-access-key-at-setup": any_of(made_at_setup(1), made_at_setup(2)),
        "user-single-active-access-key": "NOT root AND key_1 AND key_2",
        "access-key-rotated": any_of(
            *(f"key_{n} AND access_key_{n}_last_rotated < {DAYS_AGO_90}" for n in (1, 2))),
        "user-credentials-used": "NOT root AND " + any_of(
            *(f"{name} AND {use} <= {DAYS_AGO_45}" for name, use in uses.items())),
        "user-used": "NOT root AND (password OR key_1 OR key_2) AND NOT " + any_of(
            *(f"{name} AND {use} > {DAYS_AGO_90}" for name, use in uses.items())),
    }


def query(path):
    counts = ",\n    ".join(f"count_if({condition}) AS \"{name}\""
                            for name, condition in controls().items())
    shared = ",\n    ".join(f"{expression} AS {name}" for name, expression in SHARED.items())
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    path = path.replace("'", "''")
    return (f"SELECT\n    {counts}\nFROM (SELECT *,\n    {shared}\n"
            f"  FROM read_csv('{path}', columns={{{columns}}}, header=true, all_varchar=true,\n"
            "    auto_detect=false, delim=',', quote='\"', escape='\"', strict_mode=false))")


def main():
    connection = duckdb.connect()
    connection.execute("SET threads=1")
    connection.execute("SET preserve_insertion_order=false")
    text = query(sys.argv[1])
    begin, cpu = time.perf_counter(), time.process_time()
    answer = connection.execute(text)
    row = answer.fetchone()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    names = [column[0] for column in answer.description]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_kib": peak,
                      "version": duckdb.__version__, "fails": dict(zip(names, row))}))


if __name__ == "__main__":
    main()
