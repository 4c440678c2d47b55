#!/usr/bin/env python3
"""Every figure of the fleet study, counted the slow and obvious way from a folder of samples.

The folder holds one folder per sample date (2020-09-13/) with <account>.csv, .csv.gz or .json (as
the AWS CLI prints) reports, and accounts.csv at the top. A DATE/accounts.csv decides for its sample:
a row there replaces the row of the same account at the top.

usage: study_count.py PATH [--kind root|iam] [--sample DATE]

As a module: count(path, kind, sample=None) gives {name: (value, numerator, denominator)}, all text,
empty where there is none.

What is not known never counts against anybody and never counts as use:

  * A cell that is missing, empty, unreadable or not_supported is unknown (None). N/A and
    no_information in a column of times are "never". An unknown boolean is neither true nor false.
  * Root: without a known creation time an account is not known to be 30 days old, so has no use.
    An unknown last-used time is no use: 16-column reports, which lack the keys' columns, can only
    show console use. Unknown MFA is not "MFA off". A key of unknown age is not old. An account
    without a root row is counted among the accounts only.
  * IAM: practice 5 is violated only when each credential that may be enabled is known to be idle.
    An active key whose last use is unknown (16 columns) is therefore not known to be unused, unless
    nothing depends on it. Practices 1 to 4 need each value they name.
  * An account that no accounts file names has no organization, is not among those that stand alone,
    and has an unknown asset class: its uses are in no class. So is the class of an account that
    lacks a count, unless those it has already add up to over 250. Where not one organization,
    class of a use, or standing (true or false) is known, figures about these are empty, not 0.
"""

import base64
import collections
import csv
import functools
import gzip
import io
import json
import os
import re
import sys
from datetime import date, datetime, timedelta, timezone

DAY = 86400
COUNTS = ("iam_users", "rds", "s3", "ec2", "cloudtrail")
NEVER = "never"

ROOT_FIGURES = """accounts_mean organizations_mean users_mean weekly_use_accounts_mean
    weekly_use_organizations_mean use_accounts use_organizations uses repeat_accounts repeat_uses
    uses_per_account half_uses_accounts uses_small uses_medium uses_large uses_api uses_api_old
    key_accounts_mean key_organizations key_old_accounts_mean console_uses console_uses_no_mfa
    console_organizations console_organizations_no_mfa""".split()
CLASSES = ("small", "medium", "large")
IAM_FIGURES = """users accounts standalone_accounts no_mfa initial_key two_keys not_rotated_90
    not_rotated_365 not_rotated_1825 unused_90 unused_365 users_gt_30 users_gt_90 users_gt_365
    two_keys_gt_30 two_keys_gt_90 two_keys_gt_365 oldest_active_key oldest_unused_console
    oldest_unused_key""".split()


# ---- reading ---------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1 << 20)  # most times stand in twenty samples
def read_time(text):
    """Seconds since 1970, NEVER, or None for whatever is not known."""
    if text in ("N/A", "no_information"):
        return NEVER
    if text is None or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", text):
        return None
    try:
        moment = datetime.fromisoformat(text[:19])
    except ValueError:
        return None
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def read_boolean(text):
    """True, False, or None for whatever is neither. AWS documents TRUE and writes true."""
    return {"true": True, "false": False}.get(text.lower() if text else None)


Key = collections.namedtuple("Key", "active rotated used")
Row = collections.namedtuple(
    "Row", "user arn created password_enabled password_used password_changed mfa keys"
)


@functools.lru_cache(maxsize=1 << 18)  # most rows stand in twenty samples
def read_row(names, cells):
    """A row of a report; a column that is missing reads as None."""
    cells = dict(zip(names, cells))
    return Row(
        user=cells.get("user"),
        arn=cells.get("arn"),
        created=read_time(cells.get("user_creation_time")),
        password_enabled=read_boolean(cells.get("password_enabled")),
        password_used=read_time(cells.get("password_last_used")),
        password_changed=read_time(cells.get("password_last_changed")),
        mfa=read_boolean(cells.get("mfa_active")),
        keys=[
            Key(
                active=read_boolean(cells.get(f"access_key_{slot}_active")),
                rotated=read_time(cells.get(f"access_key_{slot}_last_rotated")),
                used=read_time(cells.get(f"access_key_{slot}_last_used_date")),
            )
            for slot in (1, 2)
        ],
    )


def read_report(path):
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith(".gz"):
        data = gzip.decompress(data)
    if path.endswith(".json"):
        data = base64.b64decode(json.loads(data)["Content"])
    text = data.decode("utf-8", errors="replace")
    names, *rows = [tuple(cells) for cells in csv.reader(io.StringIO(text, newline="")) if cells] or [()]
    return [read_row(names, cells) for cells in rows]


def account_of(name, rows):
    """From twelve digits in the file's name, else from the first ARN that has them."""
    found = re.search(r"(?<!\d)\d{12}(?!\d)", name)
    if found:
        return found.group()
    for row in rows:
        found = re.match(r"arn:[^:]*:iam::(\d{12}):", row.arn or "")
        if found:
            return found.group(1)
    return None


def read_accounts(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8", newline="") as file:
        return {cells["account"]: cells for cells in csv.DictReader(file)}


def read_samples(path):
    """[(audit instant, {account: (facts, rows)})] in order of time; a date without any report is
    no sample."""
    top = read_accounts(os.path.join(path, "accounts.csv"))
    samples = []
    for folder in sorted(os.listdir(path)):
        try:
            day = date.fromisoformat(folder) if len(folder) == 10 else None
        except ValueError:
            day = None
        if day is None:
            continue
        instant = int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp())
        facts = {**top, **read_accounts(os.path.join(path, folder, "accounts.csv"))}
        reports = {}
        for name in sorted(os.listdir(os.path.join(path, folder))):
            if name == "accounts.csv" or not name.endswith((".csv", ".csv.gz", ".json")):
                continue
            rows = read_report(os.path.join(path, folder, name))
            account = account_of(name, rows)
            # Of several reports of one account for one date, the first in order of names counts.
            if account is not None and account not in reports:
                reports[account] = (facts.get(account, {}), rows)
        if reports:
            samples.append((instant, reports))
    return samples


def root_of(rows):
    return next((row for row in rows if row.user == "<root_account>"), None)


def users_of(rows):
    return [row for row in rows if row.user != "<root_account>"]


# ---- telling ---------------------------------------------------------------------------------


def mean(total, count):
    """Two decimals, halves up."""
    hundredths = (200 * total + count) // (2 * count)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def mean_or_whole(total, count):
    """The same, but a whole number as one: the denominator of what is distinct over the period."""
    return str(total // count) if total % count == 0 else mean(total, count)


def figure(value, numerator="", denominator=""):
    return (str(value), str(numerator), str(denominator))


def day_of(instant):
    if instant is None:
        return ""
    return (datetime(1970, 1, 1) + timedelta(seconds=instant)).date().isoformat()


# ---- root ------------------------------------------------------------------------------------

Use = collections.namedtuple("Use", "account organization asset_class console api api_old mfa_off")


def is_time(value):
    return value is not None and value != NEVER


def within_week(instant, value):
    return is_time(value) and 0 <= instant - value <= 7 * DAY


def older_than(instant, value, days):
    return is_time(value) and instant - value > days * DAY


def asset_class(facts):
    known = [int(facts[name]) for name in COUNTS if (facts.get(name) or "").strip() != ""]
    if sum(known) > 250:
        return "large"
    if len(known) < len(COUNTS):
        return None
    return "small" if sum(known) < 50 else "medium"


def root_use(instant, account, facts, root):
    """The account's use in the week that ends at the instant, or None."""
    if root is None or not is_time(root.created) or instant - root.created < 30 * DAY:
        return None
    times = [root.password_used] + [key.used for key in root.keys]
    known = [value for value in times if is_time(value)]
    if not known or not within_week(instant, max(known)):
        return None
    used_keys = [key for key in root.keys if within_week(instant, key.used)]
    return Use(
        account=account,
        organization=facts.get("organization") or None,
        asset_class=asset_class(facts),
        console=within_week(instant, root.password_used),
        api=bool(used_keys),
        api_old=any(older_than(instant, key.rotated, 90) for key in used_keys),
        mfa_off=root.mfa is False,
    )


def smallest_half(uses_by_account):
    total, reached, accounts = sum(uses_by_account.values()), 0, 0
    for uses in sorted(uses_by_account.values(), reverse=True):
        if 2 * reached >= total:
            break
        reached += uses
        accounts += 1
    return accounts


def distinct(items):
    return len({item for item in items if item is not None})


def count_root(samples):
    figures = dict.fromkeys(ROOT_FIGURES, figure(""))
    weeks = len(samples)
    if weeks == 0:
        return figures
    accounts = organizations = users = use_organizations = 0
    key_accounts = key_old_accounts = 0
    key_organizations, uses = set(), []
    for instant, reports in samples:
        accounts += len(reports)
        organizations += distinct(facts.get("organization") or None for facts, _ in reports.values())
        week = []
        for account, (facts, rows) in reports.items():
            users += len(users_of(rows))
            root = root_of(rows)
            use = root_use(instant, account, facts, root)
            if use is not None:
                week.append(use)
            active = [key for key in root.keys if key.active is True] if root else []
            if active:
                key_accounts += 1
                key_organizations.add(facts.get("organization") or None)
            if any(older_than(instant, key.rotated, 90) for key in active):
                key_old_accounts += 1
        use_organizations += distinct(use.organization for use in week)
        uses += week

    by_account = collections.Counter(use.account for use in uses)
    repeat = {account: n for account, n in by_account.items() if n >= 2}
    api = [use for use in uses if use.api]
    console = [use for use in uses if use.console]
    no_mfa = [use for use in console if use.mfa_off]
    console_organizations = distinct(use.organization for use in console)
    total = len(uses)
    accounts_per_sample = mean_or_whole(accounts, weeks)
    organizations_per_sample = mean_or_whole(organizations, weeks)

    figures["accounts_mean"] = figure(mean(accounts, weeks))
    figures["organizations_mean"] = figure(mean(organizations, weeks))
    figures["users_mean"] = figure(mean(users, weeks))
    figures["weekly_use_accounts_mean"] = figure(mean(total, weeks), total, accounts)
    figures["weekly_use_organizations_mean"] = figure(
        mean(use_organizations, weeks), use_organizations, organizations
    )
    figures["use_accounts"] = figure(len(by_account), len(by_account), accounts_per_sample)
    n = distinct(use.organization for use in uses)
    figures["use_organizations"] = figure(n, n, organizations_per_sample)
    figures["uses"] = figure(total)
    figures["repeat_accounts"] = figure(len(repeat), len(repeat), len(by_account))
    n = sum(repeat.values())
    figures["repeat_uses"] = figure(n, n, total)
    if by_account:
        figures["uses_per_account"] = figure(mean(total, len(by_account)))
    n = smallest_half(by_account)
    figures["half_uses_accounts"] = figure(n, n, len(by_account))
    for name in CLASSES:
        n = sum(use.asset_class == name for use in uses)
        figures[f"uses_{name}"] = figure(n, n, total)
    figures["uses_api"] = figure(len(api), len(api), total)
    n = sum(use.api_old for use in api)
    figures["uses_api_old"] = figure(n, n, len(api))
    figures["key_accounts_mean"] = figure(mean(key_accounts, weeks), key_accounts, accounts)
    n = distinct(key_organizations)
    figures["key_organizations"] = figure(n, n, organizations_per_sample)
    figures["key_old_accounts_mean"] = figure(
        mean(key_old_accounts, weeks), key_old_accounts, key_accounts
    )
    figures["console_uses"] = figure(len(console))
    figures["console_uses_no_mfa"] = figure(len(no_mfa), len(no_mfa), len(console))
    figures["console_organizations"] = figure(console_organizations)
    n = distinct(use.organization for use in no_mfa)
    figures["console_organizations_no_mfa"] = figure(n, n, console_organizations)
    if organizations == 0:
        figures.update({name: figure("") for name in ROOT_FIGURES if "organizations" in name})
    if uses and all(use.asset_class not in CLASSES for use in uses):
        figures.update({f"uses_{name}": figure("") for name in CLASSES})
    return figures


# ---- IAM users -------------------------------------------------------------------------------


def idle_since(used, stand_in):
    """When it was last used, else what stands in; None where that is not known."""
    since = stand_in if used == NEVER else used
    return since if is_time(since) else None


def credentials_of(row):
    """[(kind, enabled, idle since)] of all three."""
    found = [("console", row.password_enabled, idle_since(row.password_used, row.password_changed))]
    for key in row.keys:
        found.append(("key", key.active, idle_since(key.used, key.rotated)))
    return found


def is_unused(instant, row, days):
    credentials = credentials_of(row)
    return any(enabled is True for _, enabled, _ in credentials) and all(
        enabled is False or (since is not None and instant - since >= days * DAY)
        for _, enabled, since in credentials
    )


def active_keys(row):
    return [key for key in row.keys if key.active is True]


def has_old_key(instant, row, days):
    return any(older_than(instant, key.rotated, days) for key in active_keys(row))


def has_two_keys(instant, row, days=None):
    """Both active, and both last rotated longer ago than `days`, where that is asked."""
    keys = active_keys(row)
    return len(keys) == 2 and (
        days is None or all(older_than(instant, key.rotated, days) for key in keys)
    )


def has_initial_key(row):
    return is_time(row.created) and any(
        is_time(key.rotated) and abs(key.rotated - row.created) <= 10 for key in active_keys(row)
    )


def count_iam(samples, sample):
    figures = dict.fromkeys(IAM_FIGURES, figure(""))
    if sample is not None:
        samples = [entry for entry in samples if day_of(entry[0]) == sample]
    if not samples:
        return figures
    instant, reports = samples[-1]
    users, no_mfa, standalone = [], 0, 0
    for facts, rows in reports.values():
        users += users_of(rows)
        if (facts.get("standalone") or "").strip() == "true":
            standalone += 1
            no_mfa += sum(
                row.password_enabled is True and row.mfa is False for row in users_of(rows)
            )

    def share(name, n, of=None):
        figures[name] = figure(n, n, len(users) if of is None else of)

    figures["users"] = figure(len(users))
    figures["accounts"] = figure(len(reports))
    figures["standalone_accounts"] = figure(standalone)
    share("no_mfa", no_mfa)
    standings = {(facts.get("standalone") or "").strip() for facts, _ in reports.values()}
    if not standings & {"true", "false"}:
        figures["standalone_accounts"] = figures["no_mfa"] = figure("")
    share("initial_key", sum(map(has_initial_key, users)))
    share("two_keys", sum(has_two_keys(instant, row) for row in users))
    for days in (90, 365, 1825):
        share(f"not_rotated_{days}", sum(has_old_key(instant, row, days) for row in users))
    for days in (90, 365):
        share(f"unused_{days}", sum(is_unused(instant, row, days) for row in users))
    for days in (30, 90, 365):
        older = sum(older_than(instant, row.created, days) for row in users)
        figures[f"users_gt_{days}"] = figure(older)
        share(f"two_keys_gt_{days}", sum(has_two_keys(instant, row, days) for row in users), older)

    rotated = [key.rotated for row in users for key in active_keys(row) if is_time(key.rotated)]
    figures["oldest_active_key"] = figure(day_of(min(rotated, default=None)))
    unused = [row for row in users if is_unused(instant, row, 90)]
    for kind in ("console", "key"):
        since = [
            idle
            for row in unused
            for name, enabled, idle in credentials_of(row)
            if name == kind and enabled is True and idle is not None
        ]
        figures[f"oldest_unused_{kind}"] = figure(day_of(min(since, default=None)))
    return figures


# ---- both ------------------------------------------------------------------------------------


def count(path, kind, sample=None):
    """{name: (value, numerator, denominator)}, in the order of the page."""
    samples = read_samples(path)
    return count_root(samples) if kind == "root" else count_iam(samples, sample)


def write_csv(figures, out):
    for name, cells in figures.items():
        out.write(",".join((name,) + cells + ("", "")) + "\n")


def main(arguments):
    options = dict(zip(arguments[1::2], arguments[2::2]))
    if len(arguments) % 2 == 0 or not set(options) <= {"--kind", "--sample"}:
        sys.exit("usage: study_count.py PATH [--kind root|iam] [--sample DATE]")
    print("figure,value,numerator,denominator,published,note")
    for kind in ("root", "iam"):
        if options.get("--kind", kind) == kind:
            write_csv(count(arguments[0], kind, options.get("--sample")), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
