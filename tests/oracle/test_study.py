#!/usr/bin/env python3
"""Compares `keywarden study` with slow and obvious counts of random fleets.

Environment: COUNT     fleets to make (default 200; at most 600)
             SEED      of the fleets (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

The figures are those of study_count.py. Survival, intervals, concentration, weeks and groups are
counted here, from the rows as study_count reads them. Every fleet is studied by one worker and by
two, which must give equal bytes; of every tenth, each figure is listed by --show, and the list must
be as long as the figure says.
"""

import csv
import io
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fleets
import study_count as oracle

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 200), 600)
SEED = os.environ.get("SEED") or "keywarden-1"
SHOW_EVERY = 10
FAILURES_MAX = 5
DAY = 86400
Z = 1.959963984540054
MEANS_OF = {"uses_per_account": "uses"}  # a mean that has no weeks in it


def study(folder, *options):
    run = subprocess.run([KEYWARDEN, "study", folder, "--quiet", *options],
                         capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError("exit code %d of %s: %s" % (run.returncode, options, run.stderr))
    return run.stdout


# -------------------------------------------------------------------------------------- survival


def lives_of(samples):
    """{kind: [(age at entry, age at exit, ended)]}, account by account and life by life."""
    found = defaultdict(list)
    histories = defaultdict(list)
    for instant, reports in samples:
        for account, (_, rows) in reports.items():
            histories[account].append((instant, rows))
    for history in histories.values():
        if len(history) > 1:
            follow(history, found)
    return found


def identity(row):
    return "root" if row.user == "<root_account>" else (row.user, row.created)


def state_of(instant, row):
    """Keys by when they were made, whether they are all known, and use as practice 5 sees it."""
    keys = [key.rotated for key in row.keys if key.active is True and oracle.is_time(key.rotated)]
    untold = any(key.active is None or (key.active is True and not oracle.is_time(key.rotated))
                 for key in row.keys)
    credentials = [c for c in oracle.credentials_of(row) if c[1] is not False]
    unused = oracle.is_unused(instant, row, 90)
    use_untold = bool(credentials) and not (
        any(c[1] is True for c in credentials) and all(c[2] is not None for c in credentials))
    since = max((c[2] for c in credentials if c[2] is not None), default=None)
    return Counter(keys), untold, unused, use_untold, since


def follow(history, found):
    open_lives = {}  # (kind, identity, since, which of equal ones) -> [entry, last age]
    for instant, rows in history:
        present = {}
        for row in rows:
            present.setdefault(identity(row), state_of(instant, row))
        now = {}
        for who, (keys, _, unused, _, since) in present.items():
            kind = "root_keys" if who == "root" else "user_keys"
            for made, count in keys.items():
                for which in range(count):
                    now[kind, who, made, which] = made
            if unused:  # root's is counted, too, under its own name, and dropped below
                now["unused_users", who, None, 0] = since + 90 * DAY
        for life in list(open_lives):
            kind, who = life[:2]
            entry, last, since = open_lives[life]
            age = max((instant - since) // DAY, 0)
            if life in now:
                open_lives[life][1] = age
                continue
            del open_lives[life]
            untold = who == "root"
            if who in present:
                untold = present[who][3 if kind == "unused_users" else 1]
            found[kind].append((entry, last, False) if untold else (entry, age, True))
        for life, since in now.items():
            if life not in open_lives and not (life[0] == "unused_users" and life[1] == "root"):
                age = max((instant - since) // DAY, 0)
                open_lives[life] = [age, age, since]
    for (kind, *_), (entry, last, _) in open_lives.items():
        found[kind].append((entry, last, False))


def kaplan_meier(lives):
    lives = [life for life in lives if life[1] > life[0]]
    steps, survival, variance, high = [], 1.0, 0.0, 1.0
    for age in sorted({to for _, to, ended in lives if ended}):
        at_risk = sum(start < age <= to for start, to, _ in lives)
        ended = sum(over and to == age for _, to, over in lives)
        survival *= 1 - ended / at_risk
        low = 0.0
        if ended < at_risk and survival > 0:
            variance += ended / (at_risk * (at_risk - ended))
        if survival > 0:
            spread = math.exp(Z * math.sqrt(variance) / -math.log(survival))
            low, high = survival ** spread, survival ** (1 / spread)
        steps.append((age, at_risk, ended, survival, low, high))
    return len(lives), sum(ended for _, _, ended in lives), steps


# ------------------------------------------------------------------------------------ everything


def wilson(part, whole):
    p, scale = part / whole, 1 + Z * Z / whole
    half = Z / scale * math.sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole))
    centre = (p + Z * Z / (2 * whole)) / scale
    return max(centre - half, 0.0), min(centre + half, 1.0)


def gini(values):
    """By its definition: the mean difference of all pairs."""
    if not sum(values):
        return None
    return sum(abs(a - b) for a in values for b in values) / (2 * len(values) * sum(values))


def near(a, b):
    return abs(a - b) <= 2e-6


def check(what, got, want):
    if got != want:
        raise AssertionError("%s: %r, expected %r" % (what, got, want))


def check_figures(folder, text, kinds, sample):
    got = {row["figure"]: row for row in csv.DictReader(io.StringIO(text))}
    names = []
    for kind in kinds:
        for name, cells in oracle.count(folder, kind, sample).items():
            names.append(name)
            row = got.get(name, {})
            check(name, (row.get("value"), row.get("numerator"), row.get("denominator")), cells)
            if cells[0] == "" and not row["note"]:
                raise AssertionError("%s is empty and does not say why" % name)
    check("figures", list(got), names)
    return got


def uses_of(samples):
    """[(instant, account, organization)] of each use."""
    uses = []
    for instant, reports in samples:
        for account, (facts, rows) in reports.items():
            if oracle.root_use(instant, account, facts, oracle.root_of(rows)):
                uses.append((instant, account, facts.get("organization") or ""))
    return uses


def check_survival(report, samples):
    lives = lives_of(samples)
    for curve in report["survival"]:
        count, ends, steps = kaplan_meier(lives[curve["curve"]])
        check(curve["curve"] + " lives and ends", (curve["lives"], curve["ends"]), (count, ends))
        got = [tuple(step.values()) for step in curve["steps"]]
        check(curve["curve"] + " steps", [step[:3] for step in got], [step[:3] for step in steps])
        for one, other in zip(got, steps):
            if not all(near(a, b) for a, b in zip(one[3:], other[3:])):
                raise AssertionError("%s: %s, expected %s" % (curve["curve"], one, other))
        median = next((step[0] for step in steps if step[3] <= 0.5 + 1e-12), None)
        check(curve["curve"] + " median", curve["median_days"], median)


def check_weeks(report, samples, uses):
    seen, present = set(), defaultdict(list)
    for week, (_, reports) in enumerate(samples):
        for account in reports:
            present[account].append(week)
    for week, (got, (instant, reports)) in enumerate(zip(report["weeks"], samples)):
        users = {use[1] for use in uses if use[0] == instant}
        check("week", got["date"], oracle.day_of(instant))
        check("week accounts", got["accounts"], len(reports))
        check("week use", got["use_accounts"], len(users))
        check("week first", got["first_offenders"], len(users - seen))
        check("week again", got["repeat_offenders"], len(users & seen))
        check("week gaps", got["gaps"],
              sum(w[0] < week < w[-1] and week not in w for w in present.values()))
        check("week joined", got["joined"], sum(w[0] == week for w in present.values()) * (week > 0))
        check("week left", got["left"],
              sum(w[-1] == week for w in present.values()) * (week + 1 < len(samples)))
        low, high = wilson(len(users), len(reports))
        if not (near(got["low"], low) and near(got["high"], high)):
            raise AssertionError("interval of %s: %s, expected %s" % (got["date"], got, (low, high)))
        seen |= users
    check("weeks", len(report["weeks"]), len(samples))
    return present


def check_concentration(report, present, uses):
    by_account = Counter(use[1] for use in uses)
    concentration = report["concentration"]
    for name, values in (("gini_offenders", list(by_account.values())),
                         ("gini_accounts", [by_account[account] for account in present])):
        want = gini(values)
        if (want is None) != (name not in concentration) or \
                (want is not None and not near(concentration[name], want)):
            raise AssertionError("%s: %r, expected %r" % (name, concentration.get(name), want))
    check("offenders", [(o["account"], o["uses"]) for o in report["offenders"]],
          sorted(by_account.items(), key=lambda item: (-item[1], item[0])))


def check_groups(report, samples, uses):
    accounts, count = defaultdict(set), Counter()
    for _, reports in samples:
        for account, (facts, _) in reports.items():
            accounts[facts.get("organization") or ""].add(account)
            count[facts.get("organization") or ""] += 1
    want = {name: (len(accounts[name]), count[name], sum(use[2] == name for use in uses))
            for name in accounts}
    check("groups", {g["name"]: (g["accounts"], g["samples"], g["uses"]) for g in report["groups"]},
          want)
    for got, (_, reports) in zip(zip(*(g["weekly_accounts"] for g in report["groups"])), samples):
        check("accounts of groups by week", sum(got), len(reports))
    for name in ("users", "initial_key", "two_keys", "not_rotated_90", "unused_90", "no_mfa"):
        figure = next(f for f in report["figures"] if f["figure"] == name)
        check(name + " of groups", sum(g[name] for g in report["groups"]), figure["value"] or 0)


def check_shown(folder, figures, samples):
    for name, row in figures.items():
        rows = list(csv.DictReader(io.StringIO(study(folder, "--show", name, "--jobs", "2"))))
        if name.startswith("oldest_"):
            check("--show " + name, bool(rows), bool(row["value"]))
            continue
        want = row["value"] or "0"
        if name in MEANS_OF:
            want = figures[MEANS_OF[name]]["value"]
        elif name.endswith("_mean"):
            # What nobody knows is empty, and nothing is behind it.
            want = oracle.mean(len(rows), len(samples)) if row["value"] or rows else ""
            check("--show " + name, row["value"], want)
            continue
        check("--show " + name, str(len(rows)), want)
        if study(folder, "--show", name, "--jobs", "1") != study(folder, "--show", name, "--jobs", "2"):
            raise AssertionError("--show %s depends on --jobs" % name)


def check_fleet(folder, index):
    rng = random.Random("study/%s/%d" % (SEED, index))
    text = study(folder, "--format", "csv", "--jobs", "1")
    figures = check_figures(folder, text, ("root", "iam"), None)
    samples = oracle.read_samples(folder)
    days = [oracle.day_of(instant) for instant, _ in samples]
    day = rng.choice(days)
    check_figures(folder, study(folder, "--format", "csv", "--kind", "iam", "--sample", day),
                  ("iam",), day)
    whole = study(folder, "--format", "json", "--jobs", "1")
    check("two workers, csv", study(folder, "--format", "csv", "--jobs", "2"), text)
    check("two workers, json", study(folder, "--format", "json", "--jobs", "2"), whole)
    check("two workers, table", study(folder, "--jobs", "2"), study(folder, "--jobs", "1"))
    report, uses = json.loads(whole), uses_of(samples)
    check_survival(report, samples)
    present = check_weeks(report, samples, uses)
    check_concentration(report, present, uses)
    check_groups(report, samples, uses)
    if index % SHOW_EVERY == 0:
        check_shown(folder, figures, samples)
    return len(uses), sum(curve["ends"] for curve in report["survival"])


def main():
    failures, skipped, uses, ends = 0, 0, 0, 0
    top = tempfile.mkdtemp(prefix="keywarden-study.")
    try:
        for index in range(COUNT):
            folder = os.path.join(top, str(index))
            fleets.write(folder, SEED, index)
            if not oracle.read_samples(folder):
                skipped += 1
                continue
            try:
                found = check_fleet(folder, index)
                uses, ends = uses + found[0], ends + found[1]
                shutil.rmtree(folder)
            except AssertionError as error:
                failures += 1
                print("# fleet %d of SEED=%s: %s" % (index, SEED, error))
                if failures == FAILURES_MAX:
                    break
    finally:
        shutil.rmtree(top)
    told = uses > 0 and ends > 0
    print("%sok - the study of %d random fleets: %d uses, %d lives that ended, %d empty"
          % ("not " if failures or not told else "", COUNT, uses, ends, skipped))
    return 1 if failures or not told else 0


if __name__ == "__main__":
    sys.exit(main())
