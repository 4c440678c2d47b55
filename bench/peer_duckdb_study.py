#!/usr/bin/env python3
"""The peer of `keywarden study`: DuckDB answers the figures of both studies over folders of samples.

usage: peer_duckdb_study.py PATH        with a Python that has duckdb

One thread; every column text and named beforehand, the reader not strict, the order of rows given up;
times of one format (+00:00) compared as strings with the bounds of their sample's date, which are
worked out once for each date. Words that stand for no time (N/A, no_information, not_supported)
begin with letters, and those sort behind digits.

The counts are exact on fleets that `keywarden simulate` writes: reports of one format, one for an
account and date, no dates of the future. What DuckDB is not asked for here: gaps, duplicates, missing
columns, intervals, survival, churn and concentration beyond the figures.

Prints one line of JSON: the seconds without the start of Python and DuckDB, the peak of memory, and
the figures as `value`, `numerator`, `denominator` of the study's CSV."""
import datetime
import json
import os
import resource
import sys
import time

import duckdb

from peer_duckdb import COLUMNS, is_time

DAYS = (7, 30, 90, 365, 1825)


def dates_table(path):
    """Each sample date with the bounds that its times are compared with, as text."""
    rows = []
    for name in sorted(os.listdir(path)):
        if not os.path.isdir(os.path.join(path, name)):
            continue
        at = datetime.datetime.fromisoformat(name)
        bounds = [(at - datetime.timedelta(days=days)).isoformat() + "+00:00" for days in DAYS]
        rows.append((name, at.isoformat() + "+00:00", *bounds))
    values = ", ".join("(" + ", ".join(f"'{cell}'" for cell in row) + ")" for row in rows)
    names = ", ".join(f"ago_{days}" for days in DAYS)
    return f"(VALUES {values}) AS dates(date, now, {names})"


def time_of(column):
    return f"CASE WHEN {is_time(column)} THEN {column} END"


def recent(column):
    return f"({is_time(column)} AND {column} >= ago_7 AND {column} <= now)"


def any_key(condition):
    """The condition on one key or the other; {} is the key's number."""
    return "(" + " OR ".join("(" + condition.replace("{}", str(n)) + ")" for n in (1, 2)) + ")"


ACTIVE = "access_key_{}_active = 'true'"
ROTATED = "access_key_{}_last_rotated"
USED = "access_key_{}_last_used_date"


def not_rotated(days):
    return any_key(f"{ACTIVE} AND {ROTATED} < ago_{days}")


def idle(days):
    """Some credential is enabled, and none was used in the last days; made counts as used."""
    password = ("CASE WHEN password_enabled = 'true' THEN coalesce("
                f"{time_of('password_last_used')}, {time_of('password_last_changed')}) END")
    keys = [f"CASE WHEN {ACTIVE} THEN coalesce({time_of(USED)}, {time_of(ROTATED)}) END"
            .replace("{}", str(n)) for n in (1, 2)]
    return f"coalesce(greatest({password}, {', '.join(keys)}) <= ago_{days}, false)"


def stage_query(path):
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    made = "epoch(CAST(access_key_{}_last_rotated AS TIMESTAMP)) - " \
           "epoch(CAST(user_creation_time AS TIMESTAMP))"
    initial = " OR ".join(
        f"CASE WHEN {ACTIVE} THEN abs({made}) <= 10 ELSE false END".replace("{}", str(n))
        for n in (1, 2))
    oldest_key = ", ".join(f"CASE WHEN {ACTIVE} THEN {ROTATED} END".replace("{}", str(n))
                           for n in (1, 2))
    both = f"{ACTIVE.replace('{}', '1')} AND {ACTIVE.replace('{}', '2')}"
    return f"""
CREATE TEMP TABLE row AS SELECT date, account, organization, standalone,
  iam_users + rds + s3 + ec2 + cloudtrail AS assets,
  "user" = '<root_account>' AS root, user_creation_time <= ago_30 AS is_judged,
  {recent("password_last_used")} AS console, {any_key(recent(USED))} AS api,
  {any_key(recent(USED) + f" AND {ROTATED} < ago_90")} AS api_old,
  mfa_active = 'false' AS no_mfa, {any_key(ACTIVE)} AS key, {not_rotated(90)} AS key_old,
  password_enabled = 'true' AS password, {initial} AS initial_key, {both} AS two_keys,
  {not_rotated(365)} AS key_old_365, {not_rotated(1825)} AS key_old_1825,
  {idle(90)} AS idle_90, {idle(365)} AS idle_365, least({oldest_key}) AS oldest_key,
  {", ".join(f"user_creation_time < ago_{days} AS older_{days}" for days in DAYS[1:4])},
  {", ".join(f"({both} AND greatest({oldest_key}) < ago_{days}) AS two_{days}"
             for days in DAYS[1:4])},
  CASE WHEN password_enabled = 'true' THEN coalesce({time_of("password_last_used")},
    {time_of("password_last_changed")}) END AS console_since,
  least({", ".join(f"CASE WHEN {ACTIVE} THEN coalesce({time_of(USED)}, {time_of(ROTATED)}) END"
                   .replace("{}", str(n)) for n in (1, 2))}) AS key_since
FROM (SELECT *, split_part(filename, '/', -2) AS date,
        split_part(split_part(filename, '/', -1), '.', 1) AS account
      FROM read_csv('{path}/*/*.csv', columns={{{columns}}}, header=true, all_varchar=true,
        auto_detect=false, delim=',', quote='"', escape='"', strict_mode=false, filename=true))
JOIN {dates_table(path)} USING (date)
JOIN read_csv('{path}/accounts.csv', header=true, types={{'account': 'VARCHAR'}}) AS belongs
  USING (account)"""


ROOT_QUERY = """
WITH root AS (SELECT *, is_judged AND (console OR api) AS use FROM row WHERE root),
use AS (SELECT * FROM root WHERE use),
account AS (SELECT account, count(*) AS uses FROM use GROUP BY account),
ranked AS (SELECT uses, sum(uses) OVER (ORDER BY uses DESC, account) AS so_far FROM account),
week AS (SELECT date, count(*) AS accounts, count(DISTINCT organization) AS organizations,
  count_if(use) AS use_accounts,
  count(DISTINCT CASE WHEN use THEN organization END) AS use_organizations,
  count_if(key) AS keys, count_if(key AND key_old) AS keys_old FROM root GROUP BY date)
SELECT (SELECT count(*) FROM week) AS weeks, (SELECT sum(accounts) FROM week) AS accounts,
  (SELECT sum(organizations) FROM week) AS organizations,
  (SELECT count(*) FROM row WHERE NOT root) AS users,
  (SELECT sum(use_accounts) FROM week) AS week_accounts,
  (SELECT sum(use_organizations) FROM week) AS week_organizations,
  (SELECT count(*) FROM account) AS use_accounts,
  (SELECT count(DISTINCT organization) FROM use) AS use_organizations,
  (SELECT count(*) FROM use) AS uses,
  (SELECT count_if(uses > 1) FROM account) AS repeat_accounts,
  (SELECT sum(CASE WHEN uses > 1 THEN uses ELSE 0 END) FROM account) AS repeat_uses,
  (SELECT count_if(2 * (so_far - uses) < (SELECT sum(uses) FROM account)) FROM ranked) AS half,
  (SELECT count_if(assets < 50) FROM use) AS small,
  (SELECT count_if(assets BETWEEN 50 AND 250) FROM use) AS medium,
  (SELECT count_if(assets > 250) FROM use) AS large,
  (SELECT count_if(api) FROM use) AS api, (SELECT count_if(api_old) FROM use) AS api_old,
  (SELECT sum(keys) FROM week) AS keys,
  (SELECT count(DISTINCT organization) FROM root WHERE key) AS key_organizations,
  (SELECT sum(keys_old) FROM week) AS keys_old,
  (SELECT count_if(console) FROM use) AS console,
  (SELECT count_if(console AND no_mfa) FROM use) AS console_no_mfa,
  (SELECT count(DISTINCT organization) FROM use WHERE console) AS console_organizations,
  (SELECT count(DISTINCT organization) FROM use WHERE console AND no_mfa)
    AS console_organizations_no_mfa"""

IAM_QUERY = """
WITH newest AS (SELECT * FROM row WHERE date = (SELECT max(date) FROM row)),
person AS (SELECT * FROM newest WHERE NOT root)
SELECT count(*) AS users, (SELECT count(DISTINCT account) FROM newest) AS accounts,
  (SELECT count(DISTINCT account) FROM newest WHERE standalone) AS standalone_accounts,
  count_if(standalone AND password AND no_mfa) AS no_mfa, count_if(initial_key) AS initial_key,
  count_if(two_keys) AS two_keys, count_if(key_old) AS not_rotated_90,
  count_if(key_old_365) AS not_rotated_365, count_if(key_old_1825) AS not_rotated_1825,
  count_if(idle_90) AS unused_90, count_if(idle_365) AS unused_365,
  count_if(older_30) AS users_gt_30, count_if(older_90) AS users_gt_90,
  count_if(older_365) AS users_gt_365, count_if(two_30) AS two_keys_gt_30,
  count_if(two_90) AS two_keys_gt_90, count_if(two_365) AS two_keys_gt_365,
  min(oldest_key)[:10] AS oldest_active_key,
  min(CASE WHEN idle_90 THEN console_since END)[:10] AS oldest_unused_console,
  min(CASE WHEN idle_90 THEN key_since END)[:10] AS oldest_unused_key
FROM person"""


def whole_or_mean(total, count):
    return str(total // count) if total % count == 0 else f"{total / count:.2f}"


def root_figures(row):
    weeks = row["weeks"]
    accounts = whole_or_mean(row["accounts"], weeks)
    organizations = whole_or_mean(row["organizations"], weeks)

    def mean(total, of=None):
        return (f"{total / weeks:.2f}", "" if of is None else total, "" if of is None else of)

    def share(count, of):
        return (count, count, of)

    return {
        "accounts_mean": mean(row["accounts"]),
        "organizations_mean": mean(row["organizations"]),
        "users_mean": mean(row["users"]),
        "weekly_use_accounts_mean": mean(row["week_accounts"], row["accounts"]),
        "weekly_use_organizations_mean": mean(row["week_organizations"], row["organizations"]),
        "use_accounts": share(row["use_accounts"], accounts),
        "use_organizations": share(row["use_organizations"], organizations),
        "uses": (row["uses"], "", ""),
        "repeat_accounts": share(row["repeat_accounts"], row["use_accounts"]),
        "repeat_uses": share(row["repeat_uses"], row["uses"]),
        "uses_per_account": (f"{row['uses'] / row['use_accounts']:.2f}", "", ""),
        "half_uses_accounts": share(row["half"], row["use_accounts"]),
        "uses_small": share(row["small"], row["uses"]),
        "uses_medium": share(row["medium"], row["uses"]),
        "uses_large": share(row["large"], row["uses"]),
        "uses_api": share(row["api"], row["uses"]),
        "uses_api_old": share(row["api_old"], row["api"]),
        "key_accounts_mean": mean(row["keys"], row["accounts"]),
        "key_organizations": share(row["key_organizations"], organizations),
        "key_old_accounts_mean": mean(row["keys_old"], row["keys"]),
        "console_uses": share(row["console"], row["uses"]),
        "console_uses_no_mfa": share(row["console_no_mfa"], row["console"]),
        "console_organizations": share(row["console_organizations"], organizations),
        "console_organizations_no_mfa": share(row["console_organizations_no_mfa"],
                                              row["console_organizations"]),
    }


def main():
    connection = duckdb.connect()
    connection.execute("SET threads=1")
    connection.execute("SET preserve_insertion_order=false")
    path = sys.argv[1].replace("'", "''")
    begin, cpu = time.perf_counter(), time.process_time()
    connection.execute(stage_query(path))
    found = []
    for text in (ROOT_QUERY, IAM_QUERY):
        answer = connection.execute(text)
        names = [column[0] for column in answer.description]
        found.append(dict(zip(names, answer.fetchone())))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    figures = {name: [str(cell) for cell in cells]
               for name, cells in root_figures(found[0]).items()}
    figures.update({name: [str(value)] for name, value in found[1].items()})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_kib": peak,
                      "version": duckdb.__version__, "figures": figures}))


if __name__ == "__main__":
    main()
