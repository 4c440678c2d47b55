#!/usr/bin/env python3
"""Simulated fleets: the published counts, possible histories, equal bytes, shapes at any size.

Environment: COUNT     seeds of each profile (default 2; at most 3)
             SEED      of the seeds (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)

Every figure of both studies is counted by study_count.py in fleets of several seeds. Each two
consecutive reports of an account must be a possible history; the checker of that law is first shown
to find planted violations. Scaled fleets must have the same rates, and equal bytes for any --jobs.
"""

import csv
import filecmp
import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import study_count

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 2), 3)
SEED = os.environ.get("SEED") or "keywarden-1"
DAY = 86400

PUBLISHED = {
    "root-2020": """
accounts_mean,915.00,,
organizations_mean,153.00,,
users_mean,15660.00,,
weekly_use_accounts_mean,25.50,510,18300
weekly_use_organizations_mean,20.00,400,3060
use_accounts,143,143,915
use_organizations,65,65,153
uses,510,,
repeat_accounts,72,72,143
repeat_uses,439,439,510
uses_per_account,3.57,,
half_uses_accounts,17,17,143
uses_small,286,286,510
uses_medium,148,148,510
uses_large,76,76,510
uses_api,64,64,510
uses_api_old,58,58,64
key_accounts_mean,54.00,1080,18300
key_organizations,34,34,153
key_old_accounts_mean,52.00,1040,1080
console_uses,464,,
console_uses_no_mfa,283,283,464
console_organizations,63,,
console_organizations_no_mfa,35,35,63
""",
    "iam-2021": """
users,12478,,
accounts,1143,,
standalone_accounts,178,,
no_mfa,773,773,12478
initial_key,1331,1331,12478
two_keys,830,830,12478
not_rotated_90,7580,7580,12478
not_rotated_365,4931,4931,12478
not_rotated_1825,245,245,12478
unused_90,6211,6211,12478
unused_365,3549,3549,12478
users_gt_30,12100,,
users_gt_90,11395,,
users_gt_365,8001,,
two_keys_gt_30,799,799,12100
two_keys_gt_90,720,720,11395
two_keys_gt_365,445,445,8001
oldest_active_key,2011-08,,
oldest_unused_console,2014-03,,
oldest_unused_key,2015-04,,
""",
}

failures = []


def fail(text):
    failures.append(text)
    print(text)


def simulate(folder, *options):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([KEYWARDEN, "simulate", "-q", "--out", folder, *options], check=True)


# ---- one possible history --------------------------------------------------------------------

USER_KEYS = [
    tuple(f"access_key_{slot}_{name}" for name in ("active", "last_rotated", "last_used_date",
                                                   "last_used_region", "last_used_service"))
    for slot in (1, 2)
]


def time_of(text):
    value = study_count.read_time(text)
    return value if isinstance(value, int) else None


@functools.lru_cache
def columns_of_times(names):
    return [name for name in names if name.endswith(("_used", "_changed", "_rotated", "_date"))]


def complain_row(row, instant):
    """What is wrong with a row alone."""
    created = time_of(row["user_creation_time"])
    if created is None or created > instant:
        yield "created after the sample"
    for name in columns_of_times(tuple(row)):
        value = time_of(row[name])
        if value is not None and not created <= value <= instant:
            yield f"{name} is before the creation or after the sample"
    is_root = row["user"] == "<root_account>"
    if is_root:
        if row["password_enabled"] != "not_supported" or row["password_last_used"] == "N/A":
            yield "the root row does not look like one"
    elif row["password_enabled"] == "false":
        if {row["password_last_used"], row["password_last_changed"]} != {"N/A"}:
            yield "no password, but a use or a change of one"
    elif row["password_last_used"] == "N/A" or time_of(row["password_last_changed"]) is None:
        yield "a password without change or use"
    for active, rotated, used, region, service in USER_KEYS:
        made, last = time_of(row[rotated]), time_of(row[used])
        if made is None and (row[active] != "false" or last is not None):
            yield "no key, but an active or used one"
        elif last is not None and last < made:
            yield "a key used before its rotation"
        if (row[service] == "N/A") != (last is None) or (last is None and row[region] != "N/A"):
            yield "a service without use, or a use without service"


def complain_pair(before, after, instant):
    """What cannot have happened to a user (or root) between two samples, the first at `instant`."""

    def moved_on(name, what):
        old, new = time_of(before[name]), time_of(after[name])
        if old is not None and new is None:
            yield f"{what} was forgotten"
        if new is not None and new != old and new <= instant:
            yield f"{what} is new but lies before the sample before"

    if before["user_creation_time"] != after["user_creation_time"]:
        yield "created twice"
        return
    if before["password_enabled"] == "true" and after["password_enabled"] == "true" or (
        before["user"] == "<root_account>"
    ):
        yield from moved_on("password_last_used", "the last console use")
        yield from moved_on("password_last_changed", "the last change of the password")
    elif after["password_enabled"] == "true" and time_of(after["password_last_changed"]) <= instant:
        yield "a password that was there before was not"
    for active, rotated, used, _, _ in USER_KEYS:
        yield from moved_on(rotated, "the rotation")
        if before[rotated] == after[rotated]:
            yield from moved_on(used, "the last use of a key")
            if before[active] == after[active] == "false" and before[used] != after[used]:
                yield "an inactive key was used"


def complain_history(account, reports):
    """Everything that is wrong with [(instant, rows)] of an account, in order of time."""
    lives = {}  # (name, creation) -> index of the last sample with it
    for index, (instant, rows) in enumerate(reports):
        names = [row["user"] for row in rows]
        if names[:1] != ["<root_account>"] or names.count("<root_account>") != 1:
            yield "the first row is not root's, or another is"
        if sorted(names[1:], key=str.lower) != names[1:] or len(set(names)) != len(names):
            yield "users are out of order, or there twice"
        previous = {row["user"]: row for row in reports[index - 1][1]} if index > 0 else {}
        for row in rows:
            if previous.get(row["user"]) == row:  # no time went by for it: as right as it was
                lives[row["user"], row["user_creation_time"]] = index
                continue
            if f"::{account}:" not in row["arn"]:
                yield "the ARN is of another account"
            if row["user_creation_time"] < rows[0]["user_creation_time"]:
                yield "a user is older than its account"
            yield from complain_row(row, instant)
            identity = row["user"], row["user_creation_time"]
            if index > 0:
                before = reports[index - 1][0]
                if row["user"] in previous:
                    yield from complain_pair(previous[row["user"]], row, before)
                elif identity in lives:
                    yield "a user came back"
                elif (time_of(row["user_creation_time"]) or 0) <= before:
                    yield "a user who was there before was not"
            lives[identity] = index


@functools.lru_cache(maxsize=1 << 20)  # most rows stand in twenty samples
def read_row(head, line):
    """Who changes one makes a copy."""
    return dict(zip(head.split(","), next(csv.reader([line])), strict=True))


def read_histories(folder):
    """{account: [(instant, rows)]} as text, and what accounts.csv says."""
    histories = {}
    days = sorted(name for name in os.listdir(folder) if name[0] == "2" and len(name) == 10)
    for day in days:
        for name in os.listdir(os.path.join(folder, day)):
            with open(os.path.join(folder, day, name), encoding="ascii", newline="") as file:
                text = file.read()
            if text.endswith("\n") or "\r" in text:
                fail(f"{day}/{name}: line ends are not those of AWS")
            head, *lines = text.split("\n")
            rows = [read_row(head, line) for line in lines]
            instant = study_count.read_time(f"{day}T00:00:00Z")
            histories.setdefault(name[:12], []).append((instant, rows))
    return histories, study_count.read_accounts(os.path.join(folder, "accounts.csv"))


def check_histories(what, folder):
    """Every account's history, and that it agrees with accounts.csv."""
    histories, accounts = read_histories(folder)
    for account, reports in histories.items():
        for text in complain_history(account, reports):
            fail(f"{what}: {account}: {text}")
            break
        facts = accounts.get(account, {})
        if facts.get("created") != reports[-1][1][0]["user_creation_time"][:10]:
            fail(f"{what}: {account}: accounts.csv has another creation")
        if facts.get("iam_users") != str(len(reports[-1][1]) - 1):
            fail(f"{what}: {account}: accounts.csv has another number of users")
        if not facts.get("organization"):
            fail(f"{what}: {account}: has no organization")
    return histories, accounts


# ---- the law finds what is planted -----------------------------------------------------------


def shifted(text, seconds):
    return study_count.day_of(time_of(text) + seconds) + text[10:]


def plant(rows, choose, change):
    """The rows with one of those that `choose` names changed; None where there is none."""
    copy = [dict(row) for row in rows]
    for row in copy:
        if choose(row):
            change(row)
            return copy
    return None


def is_user(row):
    return row["user"] != "<root_account>"


def has(*names):
    return lambda row: is_user(row) and all(time_of(row[name]) is not None for name in names)


def put(name, value):
    return lambda row: row.update({name: value})


def sooner(name):
    return lambda row: row.update({name: shifted(row[name], -DAY)})


PLANTS = {
    "created twice": (is_user, sooner("user_creation_time")),
    "created after the sample": (is_user, put("user_creation_time", "2030-01-01T00:00:00+00:00")),
    "the last console use": (has("password_last_used"), sooner("password_last_used")),
    "was forgotten": (has("password_last_used"), put("password_last_used", "no_information")),
    "the last use of a key": (has("access_key_1_last_used_date"),
                              sooner("access_key_1_last_used_date")),
    "a key used before its rotation": (
        has("access_key_1_last_used_date"),
        lambda row: row.update({"access_key_1_last_used_date":
                                shifted(row["access_key_1_last_rotated"], -DAY)})),
    "the rotation": (has("access_key_1_last_rotated"), sooner("access_key_1_last_rotated")),
    "no key, but": (has("access_key_1_last_rotated"), put("access_key_1_last_rotated", "N/A")),
    "no password, but": (has("password_last_changed"), put("password_enabled", "false")),
    "a service without use": (has("access_key_1_last_used_date"),
                              put("access_key_1_last_used_service", "N/A")),
    "out of order": (is_user, put("user", "zzz")),
    "root row does not": (lambda row: not is_user(row), put("password_last_used", "N/A")),
    "of another account": (is_user, put("arn", "arn:aws:iam::999999999999:user/x")),
    "an inactive key was used": (
        lambda row: has("access_key_1_last_used_date")(row)
        and row["access_key_1_active"] == "false",
        put("access_key_1_last_used_date", "2021-01-23T12:00:00+00:00")),
}


def check_plants(histories):
    """Each planted violation in the last report of some account must be told, in its words."""
    for words, (choose, change) in PLANTS.items():
        planted = 0
        for account, reports in histories.items():
            rows = plant(reports[-1][1], choose, change) if len(reports) == 20 else None
            if rows is None:
                continue
            planted += 1
            found = list(complain_history(account, reports[:-1] + [(reports[-1][0], rows)]))
            if any(words in text for text in found):
                break
        else:
            fail(f"the law does not find '{words}' in {planted} reports")
    account, reports = next(item for item in histories.items() if len(item[1]) == 20)
    gone = [reports[0], (reports[1][0], reports[1][1][:1]), *reports[2:]]
    if not any("came back" in text for text in complain_history(account, gone)):
        fail("the law does not find a user who comes back")
    late = [(reports[0][0], reports[0][1][:1]), *reports[1:]]
    if not any("was there before" in text for text in complain_history(account, late)):
        fail("the law does not find a user who comes late")


# ---- the fleets ------------------------------------------------------------------------------


def expected(profile):
    lines = [line.split(",") for line in PUBLISHED[profile].strip().split("\n")]
    return {name: tuple(cells) for name, *cells in lines}


def check_published(what, profile, figures):
    for name, cells in expected(profile).items():
        got = figures[name]
        if name.startswith("oldest_"):
            got = (got[0][:7], *got[1:])
        if got != cells:
            fail(f"{what}: {name} is {got}, published {cells}")
    if set(figures) != set(expected(profile)):
        fail(f"{what}: other figures than expected")


def check_seeds(scratch, seeds):
    names = {}
    for profile in PUBLISHED:
        for seed in seeds:
            folder = os.path.join(scratch, "fleet")
            what = f"{profile} of seed {seed}"
            simulate(folder, "--profile", profile, "--seed", str(seed))
            kind = profile.split("-", maxsplit=1)[0]
            check_published(what, profile, study_count.count(folder, kind))
            histories, accounts = check_histories(what, folder)
            with open(os.path.join(folder, "profile.json"), encoding="ascii") as file:
                if json.load(file) != {"profile": profile, "seed": str(seed)}:
                    fail(f"{what}: profile.json is wrong")
            if profile == "root-2020":
                check_alive(what, histories)
                if seed == seeds[0]:
                    check_plants(histories)
            # Another seed is another fleet: other accounts, and sizes in another order.
            sizes = sorted(int(facts["iam_users"]) for facts in accounts.values())
            if names.setdefault((profile, str(sizes)), seed) != seed:
                fail(f"{what}: is seed {names[profile, str(sizes)]} in other words")
            print(f"{what}: every figure as published, {len(histories)} histories")


def check_alive(what, histories):
    """Accounts join, leave and have gaps; MFA and keys change."""
    first, last = min(r[0][0] for r in histories.values()), max(
        r[-1][0] for r in histories.values())
    joined = sum(reports[0][0] > first for reports in histories.values())
    left = sum(reports[-1][0] < last for reports in histories.values())
    gaps = sum(b[0] - a[0] > 7 * DAY for reports in histories.values()
               for a, b in zip(reports, reports[1:]))
    changes = {name: 0 for name in ("mfa_active", "access_key_1_active", "password_last_used")}
    for reports in histories.values():
        for (_, a), (_, b) in zip(reports, reports[1:]):
            for name in changes:
                changes[name] += a[0][name] != b[0][name]
    if min(joined, left, gaps, *changes.values()) == 0:
        fail(f"{what}: no life: {joined} joined, {left} left, {gaps} gaps, {changes}")


def same_tree(a, b):
    compared = filecmp.dircmp(a, b)
    if compared.left_only or compared.right_only:
        return False
    _, differing, errors = filecmp.cmpfiles(a, b, compared.common_files, shallow=False)
    return not differing and not errors and all(
        same_tree(os.path.join(a, name), os.path.join(b, name)) for name in compared.common_dirs)


def check_bytes(scratch, seed):
    one, two = os.path.join(scratch, "one"), os.path.join(scratch, "two")
    for options in (("--profile", "root-2020"),
                    ("--profile", "iam-2021", "--accounts", "3000", "--samples", "3")):
        simulate(one, *options, "--seed", str(seed), "--jobs", "1")
        simulate(two, *options, "--seed", str(seed), "--jobs", "4")
        if not same_tree(one, two):
            fail(f"{options}: other bytes with other --jobs")
        simulate(two, *options, "--seed", str(seed + 1))
        if same_tree(one, two):
            fail(f"{options}: the same bytes with another seed")


def check_rates(scratch, profile, seed, accounts, users, tolerance):
    """A scaled fleet: as many accounts and users as asked for, and the rates of the study."""
    folder, what = os.path.join(scratch, "scaled"), f"scaled {profile}"
    simulate(folder, "--profile", profile, "--seed", str(seed), "--accounts", str(accounts),
             "--users-per-account", str(users))
    kind = profile.split("-", maxsplit=1)[0]
    figures, wanted = study_count.count(folder, kind), expected(profile)
    if len(study_count.read_accounts(os.path.join(folder, "accounts.csv"))) != accounts:
        fail(f"{what}: other than {accounts} accounts")
    if profile == "iam-2021":
        if figures["users"][0] != str(accounts * users):
            fail(f"{what}: {figures['users'][0]} users")
        check_histories(what, folder)
    for name, (_, part, whole) in wanted.items():
        _, got, of = figures[name]
        if whole and float(whole) > 400:
            share, wish = float(got) / float(of), float(part) / float(whole)
            if abs(share - wish) > tolerance * max(wish, 0.05):
                fail(f"{what}: {name} is {share:.3f}, published {wish:.3f}")
    print(f"{what}: {accounts} accounts of {users} users have its rates")


def check_weeks(scratch, seed):
    """A fleet of IAM users has a past too."""
    folder = os.path.join(scratch, "weeks")
    simulate(folder, "--profile", "iam-2021", "--seed", str(seed), "--accounts", "150",
             "--samples", "20")
    check_histories("iam-2021 over 20 weeks", folder)


def main():
    choice = random.Random(f"{SEED} simulate")
    seeds = [choice.randrange(1 << 32) for _ in range(COUNT)]
    with tempfile.TemporaryDirectory(prefix="keywarden-simulate-") as scratch:
        check_seeds(scratch, seeds)
        check_bytes(scratch, seeds[0])
        check_weeks(scratch, seeds[0])
        check_rates(scratch, "iam-2021", seeds[0], 4000, 10, 0.15)
        check_rates(scratch, "root-2020", seeds[0], 3000, 1, 0.15)
    print(f"{len(failures)} failures (SEED={SEED} COUNT={COUNT})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
