#!/usr/bin/env python3
"""`keywarden study --timeline` against a slow and obvious count, on random fleets and on the fleet of
`keywarden simulate`.

A timeline is made for each fleet: what its reports say of the last use, and much that no report
shows: more sign-ins and calls, on and beside the limits of a week, a day and a session, failures,
copies, accounts that nobody sampled. Table, CSV and JSON must say the same, with one worker or two.

Environment: COUNT     fleets to make (default 100; at most 500)
             SEED      of the fleets (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)
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
from collections import Counter, defaultdict
from datetime import datetime, timedelta

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fleets
import study_count as oracle

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 100), 500)
SEED = os.environ.get("SEED") or "timeline-1"
FAILURES_MAX = 5
DAY, WEEK, SESSION = 86400, 7 * 86400, 12 * 3600
KINDS = ("sign-in", "failed-sign-in", "console-call", "key-call", "other")
COLUMNS = ["account", "time", "event_id", "kind", "mfa", "event_name"]


def time_text(seconds):
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- timelines ----------------------------------------------------------------------------------


def reported(samples, events, rng):
    """What reports say of the last use, most of it: a scan may have left out a week."""
    for _, reports in samples:
        for account, (_, rows) in reports.items():
            root = oracle.root_of(rows)
            if root is None or rng.random() < 0.1:
                continue
            if oracle.is_time(root.password_used):
                events.add((account, root.password_used, "sign-in", "no" if root.mfa is False
                            else rng.choice(("yes", ""))))
            for key in root.keys:
                if oracle.is_time(key.used):
                    events.add((account, key.used, "key-call", ""))


def unreported(samples, events, rng):
    for instant, reports in samples:
        for account in reports:
            for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
                at = instant - rng.choice((0, 1, -1, WEEK, WEEK + 1, WEEK - 1, rng.randrange(WEEK)))
                kind = rng.choice(KINDS)
                events.add((account, at, kind,
                            rng.choice(("yes", "no", "")) if "sign-in" in kind else ""))
                for _ in range(rng.choice((0, 0, 1, 3))):
                    at += rng.choice((1, 60, SESSION - 1, SESSION, SESSION + 1, DAY, DAY - 1))
                    events.add((account, at, rng.choice(("console-call", "key-call")), ""))
    for _ in range(rng.randrange(4)):
        events.add(("999999999999", samples[0][0] - 5, "sign-in", "yes"))


def write_timeline(path, events, rng):
    """Rows in any order, columns too, some rows twice; returns the number of events."""
    rows = [dict(zip(COLUMNS, (account, time_text(at), f"id-{number}", kind, mfa, "A, \"name\"")))
            for number, (account, at, kind, mfa) in enumerate(sorted(events))]
    rows += [dict(rng.choice(rows)) for _ in range(len(rows) // 5)] if rows else []
    rng.shuffle(rows)
    columns = COLUMNS[:]
    rng.shuffle(columns)
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, lineterminator=rng.choice(("\n", "\r\n")))
        table.writeheader()
        table.writerows(rows)


# ---- the count ----------------------------------------------------------------------------------


def sessions_of(events):
    """[(when a session began, whether it is known that no MFA was used)], from one account's events."""
    found, began = [], None
    for at, kind, mfa in events:
        if kind == "sign-in":
            began = at
            found.append((at, mfa == "no"))
        elif kind == "console-call" and (began is None or at - began > SESSION):
            began = at
            found.append((at, False))
    return found


def count(samples, events):
    """{figure: value} and {date: counts}, as CloudTrail tells them."""
    of_account = defaultdict(list)
    for account, at, kind, mfa in events:
        of_account[account].append((at, kind, mfa))
    sessions = {}
    for account, list_ in of_account.items():
        list_.sort(key=lambda one: (one[0], KINDS.index(one[1])))
        sessions[account] = sessions_of(list_)
    weeks, placed = {}, set()
    by_account, by_class = Counter(), Counter()
    organizations = {"use": set(), "console": set(), "no_mfa": set()}
    for instant, reports in samples:
        week = weeks[instant] = Counter()
        week_organizations = set()
        for account, (facts, rows) in reports.items():
            def inside(at):
                return 0 <= instant - at <= WEEK
            placed |= {(account, one) for one in of_account[account] if inside(one[0])}
            root = oracle.root_of(rows)
            if root is None or not oracle.is_time(root.created) or instant - root.created < 30 * DAY:
                continue
            console = [no_mfa for at, no_mfa in sessions.get(account, []) if inside(at)]
            days = {at // DAY for at, kind, _ in of_account[account]
                    if kind == "key-call" and inside(at)}
            uses = len(console) + len(days)
            week["console_uses"] += len(console)
            week["console_uses_no_mfa"] += sum(console)
            week["key_uses"] += len(days)
            week["calls"] += sum(kind.endswith("-call") and inside(at)
                                 for at, kind, _ in of_account[account])
            week["use_accounts"] += uses > 0
            if uses == 0:
                week["report_only"] += oracle.root_use(instant, account, facts, root) is not None
                continue
            by_account[account] += uses
            by_class[oracle.asset_class(facts)] += uses
            organization = facts.get("organization") or None
            week_organizations.add(organization)
            organizations["use"].add(organization)
            if console:
                organizations["console"].add(organization)
            if any(console):
                organizations["no_mfa"].add(organization)
        week["use_organizations"] = len(week_organizations - {None})
    return figures_of(weeks, by_account, by_class, organizations), weeks, len(placed)


def figures_of(weeks, by_account, by_class, organizations):
    total, number = sum(by_account.values()), len(weeks)

    def over_weeks(name):
        return sum(week[name] for week in weeks.values())

    repeat = [n for n in by_account.values() if n > 1]
    return {
        "weekly_use_accounts_mean": oracle.mean(over_weeks("use_accounts"), number),
        "weekly_use_organizations_mean": oracle.mean(over_weeks("use_organizations"), number),
        "use_accounts": str(len(by_account)),
        "use_organizations": str(len(organizations["use"] - {None})),
        "uses": str(total),
        "repeat_accounts": str(len(repeat)),
        "repeat_uses": str(sum(repeat)),
        "uses_per_account": oracle.mean(total, len(by_account)) if by_account else "",
        "half_uses_accounts": str(oracle.smallest_half(by_account)),
        "uses_small": str(by_class["small"]),
        "uses_medium": str(by_class["medium"]),
        "uses_large": str(by_class["large"]),
        "uses_api": str(over_weeks("key_uses")),
        "console_uses": str(over_weeks("console_uses")),
        "console_uses_no_mfa": str(over_weeks("console_uses_no_mfa")),
        "console_organizations": str(len(organizations["console"] - {None})),
        "console_organizations_no_mfa": str(len(organizations["no_mfa"] - {None})),
    }


def difference(ours, theirs):
    """As numbers with two decimals or none: "+12", "-0.50", "0"."""
    digits = 2 if "." in ours else 0
    hundredths = round(float(theirs) * 100) - round(float(ours) * 100)
    if hundredths == 0:
        return "0.00" if digits else "0"
    text = f"{abs(hundredths) / 100:.{digits}f}"
    return ("+" if hundredths > 0 else "-") + text


# ---- the comparison -----------------------------------------------------------------------------


def study(folder, *options):
    run = subprocess.run([KEYWARDEN, "study", folder, "--quiet", "--kind", "root", *options],
                         capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError("exit code %d of %s: %s" % (run.returncode, options, run.stderr))
    return run.stdout


def compare(folder, timeline, events):
    samples = oracle.read_samples(folder)
    wanted, weeks, placed = count(samples, events)
    plain = study(folder, "--format", "csv").splitlines()
    text = study(folder, "--format", "csv", "--timeline", timeline, "--jobs", "2")
    assert text == study(folder, "--format", "csv", "--timeline", timeline, "--jobs", "1")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [line.rsplit(",", 2)[0] for line in text.splitlines()] == plain, "the rest has changed"
    for row in rows:
        expected = wanted.get(row["figure"], "") if row["value"] else ""
        assert row["cloudtrail"] == expected, (row, expected)
        expected = difference(row["value"], expected) if expected else ""
        assert row["difference"] == expected, (row, expected)
    answer = json.loads(study(folder, "--format", "json", "--timeline", timeline))
    for row in answer["figures"]:
        expected = wanted.get(row["figure"], "") if row["value"] is not None else ""
        got = row.get("cloudtrail")
        assert (got is None and expected == "") or float(expected) == got, (row, expected)
    assert answer["cloudtrail"]["events"] == len(events), (answer["cloudtrail"], len(events))
    assert answer["cloudtrail"]["events_counted"] == placed, (answer["cloudtrail"], placed)
    names = ("use_accounts", "use_organizations", "console_uses", "console_uses_no_mfa", "key_uses",
             "calls", "report_only")
    got = [week["cloudtrail"] for week in answer["weeks"]]
    assert got == [{name: week[name] for name in names} for week in weeks.values()], (got, weeks)
    table = study(folder, "--timeline", timeline)
    if any(week["use_accounts"] for week in answer["weeks"]):
        assert "BY REPORTS AND BY CLOUDTRAIL" in table
    assert 'id="cloudtrail"' in study(folder, "--format", "html", "--timeline", timeline)
    return sum(week["use_accounts"] for week in answer["weeks"]), int(wanted["uses"])


def one(folder, seed, kind):
    rng = random.Random(seed)
    samples = oracle.read_samples(folder)
    if not samples:
        return 0, 0
    events = set()
    if kind != "empty":
        reported(samples, events, rng)
    if kind == "all":
        unreported(samples, events, rng)
    timeline = os.path.join(folder, "..", "timeline.csv")
    write_timeline(timeline, events, rng)
    return compare(folder, timeline, events)


def consistent(folder):
    """Of a timeline that has exactly what reports say, CloudTrail shows a use in every such week."""
    rng = random.Random(1)
    rng.random = lambda: 0.5
    samples = oracle.read_samples(folder)
    events = set()
    reported(samples, events, rng)
    timeline = os.path.join(folder, "..", "timeline.csv")
    write_timeline(timeline, events, random.Random(1))
    answer = json.loads(study(folder, "--format", "json", "--timeline", timeline))
    assert answer["cloudtrail"]["report_only"] == 0, answer["cloudtrail"]
    rows = {row["figure"]: row for row in answer["figures"]}
    for name in ("weekly_use_accounts_mean", "use_accounts", "use_organizations"):
        assert rows[name]["cloudtrail"] >= rows[name]["value"], rows[name]


def main():
    failures, reports, uses = 0, 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        for index in range(COUNT):
            folder = os.path.join(scratch, "fleet")
            fleets.write(folder, f"{SEED}-{index}", index)
            try:
                seen, shown = one(folder, f"{SEED}-{index}", ("all", "all", "reports", "empty")[index % 4])
                reports, uses = reports + seen, uses + shown
            except AssertionError as error:
                failures += 1
                print(f"FAILED fleet {SEED}-{index}: {error}")
            shutil.rmtree(folder)
            if failures >= FAILURES_MAX:
                break
        folder = os.path.join(scratch, "simulated")
        subprocess.run([KEYWARDEN, "simulate", "--profile", "root-2020", "--seed", "7", "--accounts",
                        "60", "--out", folder], check=True, capture_output=True)
        try:
            consistent(folder)
            one(folder, SEED, "all")
        except AssertionError as error:
            failures += 1
            print(f"FAILED the simulated fleet: {error}")
    print(f"# {reports} uses by reports, {uses} by CloudTrail")
    print(f"{COUNT + 2 - failures} passed, {failures} failed")
    return failures > 0 or uses <= reports


sys.exit(main())
