#!/usr/bin/env python3
"""study_count.py against small folders whose figures were counted by hand.

Each case is a table of reports and the figures that it must have; every boundary of the definitions
stands there with the value on either side of it. Figures that a case does not name are not compared.
"""

import base64
import gzip
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import study_count

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date"
).split(",")
WITHOUT_USE = [name for name in HEADER if not name.endswith("_last_used_date")]  # 16 columns
OLD = "2019-01-01T00:00:00+00:00"
A, B, C, D = (f"{digit}" * 12 for digit in "1234")
COUNTS_49 = "4,10,10,20,5"
COUNTS_50 = "5,10,10,20,5"
COUNTS_250 = "50,50,50,50,50"
COUNTS_251 = "51,50,50,50,50"


def row(user, columns=None, **cells):
    """A row of a report: nothing but what is said."""
    values = dict.fromkeys(HEADER, "N/A")
    values.update(user=user, arn=f"arn:aws:iam::{A}:user/{user}", user_creation_time=OLD,
                  password_enabled="false", mfa_active="false", access_key_1_active="false",
                  access_key_2_active="false")
    short = {"created": "user_creation_time", "used": "password_last_used", "mfa": "mfa_active",
             "changed": "password_last_changed", "password": "password_enabled",
             "key1": "access_key_1_active", "key2": "access_key_2_active",
             "made1": "access_key_1_last_rotated", "made2": "access_key_2_last_rotated",
             "used1": "access_key_1_last_used_date", "used2": "access_key_2_last_used_date"}
    values.update({short[name]: value for name, value in cells.items()})
    return [values[name] for name in columns or HEADER]


def root(columns=None, **cells):
    cells = {"password": "not_supported", "used": "no_information", "changed": "not_supported",
             **cells}
    return row("<root_account>", columns, **cells)


def text_of(rows, columns=None):
    return "\n".join(",".join(cells) for cells in [columns or HEADER, *rows])


def write(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


def accounts(*lines):
    return "account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail\n" + "".join(
        line + "\n" for line in lines)


def zulu(text):
    return f"2020-{text}Z"


CASES = []


def case(name, files, kind, sample=None, **figures):
    CASES.append((name, files, kind, sample, figures))


# Samples of 2020-09-13 and 2020-09-20. A: a use exactly seven days before the first, which is one; by
# the second it is fourteen. B: a second more than seven days, and a key used at the very instant of
# the second. C: there in the second only, 30 days old to the second; D: a second younger.
case(
    "uses and their boundaries",
    {
        "accounts.csv": accounts(
            f"{A},one,false,,{COUNTS_49}", f"{B},one,false,,{COUNTS_50}",
            f"{C},two,true,,{COUNTS_250}", f"{D},three,true,,{COUNTS_251}"),
        f"2020-09-13/{A}.csv": text_of([root(used=zulu("09-06T00:00:00"), mfa="TRUE"), row("u")]),
        f"2020-09-13/{B}.csv": text_of([root(used=zulu("09-05T23:59:59"))]),
        f"2020-09-20/{A}.csv": text_of([root(used=zulu("09-06T00:00:00")), row("u"), row("v")]),
        f"2020-09-20/{B}.csv": text_of([root(used=zulu("09-05T23:59:59"), key1="true",
                                             made1=zulu("06-22T00:00:00"),
                                             used1=zulu("09-20T00:00:00"))]),
        f"2020-09-20/{C}.csv": text_of([root(created=zulu("08-21T00:00:00"), mfa="False",
                                             used=zulu("09-14T10:00:00"))]),
        f"2020-09-20/{D}.csv": text_of([root(created=zulu("08-21T00:00:01"),
                                             used=zulu("09-14T10:00:00"))]),
    },
    "root",
    accounts_mean=("3.00", "", ""),
    organizations_mean=("2.00", "", ""),  # one; one, two and three
    users_mean=("1.50", "", ""),
    weekly_use_accounts_mean=("1.50", "3", "6"),
    weekly_use_organizations_mean=("1.50", "3", "4"),
    use_accounts=("3", "3", "3"),
    use_organizations=("2", "2", "2"),
    uses=("3", "", ""),
    repeat_accounts=("0", "0", "3"),
    repeat_uses=("0", "0", "3"),
    uses_per_account=("1.00", "", ""),
    half_uses_accounts=("2", "2", "3"),
    uses_small=("1", "1", "3"),
    uses_medium=("2", "2", "3"),
    uses_large=("0", "0", "3"),
    uses_api=("1", "1", "3"),
    uses_api_old=("0", "0", "1"),  # made 90 days ago to the second
    key_accounts_mean=("0.50", "1", "6"),
    key_organizations=("1", "1", "2"),
    key_old_accounts_mean=("0.00", "0", "1"),
    console_uses=("2", "", ""),
    console_uses_no_mfa=("1", "1", "2"),
    console_organizations=("2", "", ""),
    console_organizations_no_mfa=("1", "1", "2"),
)

# The other side of each: a key of 90 days and a second, in the second slot, also used without being
# active any more; console and key in one week is one use; a use in the future is none; the root key
# of an account of one day counts.
case(
    "the other side",
    {
        "accounts.csv": accounts(
            f"{A},one,false,,{COUNTS_251}", f"{B},one,false,,1,2,3,4,", f"{C},one,false,,251,,,,"),
        f"2020-09-13/{A}.csv": text_of([root(used=zulu("09-12T00:00:00"),
                                             used2=zulu("09-12T01:00:00"),
                                             made2=zulu("06-14T23:59:59"))]),
        f"2020-09-13/{B}.csv": text_of([root(used=zulu("09-12T00:00:00"), mfa="not_supported",
                                             created=OLD)]),
        f"2020-09-13/{C}.csv": text_of([root(used=zulu("09-13T00:00:01"))]),
        f"2020-09-13/{D}.csv": text_of([root(created=zulu("09-12T00:00:00"), key1="true",
                                             made1=zulu("09-12T00:00:00")), row("u")]),
        f"2020-09-20/{A}.csv": text_of([root(used=zulu("09-19T00:00:00"),
                                             used2=zulu("09-19T01:00:00"),
                                             made2=zulu("06-14T23:59:59"))]),
    },
    "root",
    accounts_mean=("2.50", "", ""),
    use_accounts=("2", "2", "2.50"),
    use_organizations=("1", "1", "1"),
    weekly_use_accounts_mean=("1.50", "3", "5"),
    weekly_use_organizations_mean=("1.00", "2", "2"),
    uses=("3", "", ""),
    repeat_accounts=("1", "1", "2"),
    repeat_uses=("2", "2", "3"),
    uses_per_account=("1.50", "", ""),
    half_uses_accounts=("1", "1", "2"),
    uses_small=("0", "0", "3"),
    uses_large=("2", "2", "3"),  # B lacks a count: no class
    uses_api=("2", "2", "3"),
    uses_api_old=("2", "2", "2"),
    key_accounts_mean=("0.50", "1", "5"),
    key_organizations=("0", "0", "1"),  # D is in no organization that is known
    key_old_accounts_mean=("0.00", "0", "1"),
    console_uses=("3", "", ""),
    console_uses_no_mfa=("2", "2", "3"),  # B's MFA is not known
    console_organizations_no_mfa=("1", "1", "1"),
)

# 16 columns; a compressed report, one as the AWS CLI prints it, whose name says no account; a folder
# without reports; the second report of an account; an account that changes organization; no root row.
case(
    "forms of reports",
    {
        "accounts.csv": accounts(f"{A},one,false,,{COUNTS_49}", f"{B},two,false,,{COUNTS_49}"),
        "2020-09-20/accounts.csv": accounts(f"{A},three,false,,{COUNTS_251}"),
        f"2020-09-13/{A}.csv": text_of(
            [root(WITHOUT_USE, used=zulu("09-12T00:00:00"), key1="true", made1=OLD)], WITHOUT_USE),
        f"2020-09-13/x-{A}.csv": text_of([root(), row("u"), row("v")]),
        f"2020-09-13/{B}.csv.gz": gzip.compress(text_of([row("u")]).encode()),
        "2020-09-20/report.json": json.dumps({
            "Content": base64.b64encode(text_of(
                [root(used=zulu("09-19T00:00:00")), row("u")]).encode()).decode(),
            "ReportFormat": "text/csv"}),
        "2020-09-27/notes.txt": "nothing",
        "2020-13-01/x.csv": "no date",
    },
    "root",
    accounts_mean=("1.50", "", ""),
    organizations_mean=("1.50", "", ""),
    users_mean=("1.00", "", ""),
    uses=("2", "", ""),
    use_accounts=("1", "1", "1.50"),
    use_organizations=("2", "2", "1.50"),
    uses_small=("1", "1", "2"),
    uses_large=("1", "1", "2"),
    key_accounts_mean=("0.50", "1", "3"),
    key_old_accounts_mean=("0.50", "1", "1"),
)

case("nothing at all", {"accounts.csv": accounts()}, "root", accounts_mean=("", "", ""),
     uses=("", "", ""), uses_per_account=("", "", ""))
case("nothing at all, users", {"accounts.csv": accounts()}, "iam", users=("", "", ""),
     oldest_active_key=("", "", ""))
case("no use", {f"2020-09-13/{A}.csv": text_of([root()])}, "root", uses=("0", "", ""),
     uses_per_account=("", "", ""), half_uses_accounts=("0", "0", "0"),
     organizations_mean=("", "", ""))

T = "2021-01-24"  # 30 days before: 2020-12-25; 90: 2020-10-26; 365: 2020-01-25; 1,825: 2016-01-26
case(
    "users, on the boundary",
    {
        "accounts.csv": accounts(f"{A},one,true,,,,,,"),
        f"2021-01-17/{A}.csv": text_of([root()]),
        f"{T}/{A}.csv": text_of([
            root(key1="true", made1="2010-01-01T00:00:00Z", password="true"),
            # Created 30 days ago: not older. Its key was made 10 s later: made with the user.
            row("a", created="2020-12-25T00:00:00Z", key1="true", made1="2020-12-25T00:00:10Z"),
            # Key made 90 days ago: not older than that; used 90 days ago: idle.
            row("b", key1="true", made1="2020-10-26T00:00:00Z", used1="2020-10-26T00:00:00Z"),
            # Two keys, each 365 days old: rotated within a year, idle for one.
            row("c", key1="true", made1="2020-01-25T00:00:00Z", key2="true",
                made2="2020-01-25T00:00:00Z"),
            # Key of 1,825 days, inactive key from before everything; not idle by a second.
            row("d", key2="true", made2="2016-01-26T00:00:00Z", used2="2020-10-26T00:00:01Z",
                key1="false", made1="2011-01-01T00:00:00Z", created="2010-01-01T00:00:00Z"),
            # Password without MFA; never used, changed 90 days ago.
            row("e", password="true", used="no_information", changed="2020-10-26T00:00:00Z"),
            # Nothing enabled: not unused.
            row("f", made1="2012-01-01T00:00:00Z"),
        ]),
        f"{T}/{B}.csv": text_of([root(), row("e", password="true", changed="2020-10-27T00:00:00Z")]),
    },
    "iam",
    users=("7", "", ""),
    accounts=("2", "", ""),
    standalone_accounts=("1", "", ""),
    no_mfa=("1", "1", "7"),  # B is not known to stand alone
    initial_key=("1", "1", "7"),
    two_keys=("1", "1", "7"),
    not_rotated_90=("2", "2", "7"),  # c, d
    not_rotated_365=("1", "1", "7"),
    not_rotated_1825=("0", "0", "7"),
    unused_90=("3", "3", "7"),  # b, c, e
    unused_365=("1", "1", "7"),
    users_gt_30=("6", "", ""),
    users_gt_90=("6", "", ""),
    users_gt_365=("6", "", ""),
    two_keys_gt_30=("1", "1", "6"),
    two_keys_gt_90=("1", "1", "6"),
    two_keys_gt_365=("0", "0", "6"),
    oldest_active_key=("2016-01-26", "", ""),
    oldest_unused_console=("2020-10-26", "", ""),
    oldest_unused_key=("2020-01-25", "", ""),
)

case(
    "users, past the boundary",
    {
        "accounts.csv": accounts(f"{A},one,true,,,,,,"),
        f"{T}/{A}.csv": text_of([
            row("a", created="2020-12-24T23:59:59Z", key1="true", made1="2020-12-25T00:00:10Z"),
            row("b", key1="true", made1="2020-10-25T23:59:59Z", used1="2021-01-25T00:00:00Z"),
            # The younger of two keys decides.
            row("c", key1="true", made1="2015-01-01T00:00:00Z", key2="true",
                made2="2020-12-24T23:59:59Z", created="2014-01-01T00:00:00Z"),
            row("d", key1="true", made1="2016-01-25T23:59:59Z", created="2016-01-25T23:59:49Z"),
            # One credential in use is enough; a password that is off does not count.
            row("e", password="true", used="2020-10-27T00:00:00Z", changed=OLD, key1="true",
                made1=OLD, mfa="TRUE"),
            row("f", password="FALSE", used="2021-01-20T00:00:00Z", key1="true", made1=OLD,
                used1="2019-06-01T00:00:00Z"),
        ]),
        "2021-01-31/notes.txt": "no sample",
    },
    "iam",
    no_mfa=("0", "0", "6"),
    initial_key=("3", "3", "6"),  # d, e, f; that of a is 11 s late
    two_keys=("1", "1", "6"),
    not_rotated_90=("5", "5", "6"),
    not_rotated_365=("4", "4", "6"),
    not_rotated_1825=("2", "2", "6"),
    unused_90=("2", "2", "6"),  # d, f; c has a young key
    unused_365=("2", "2", "6"),
    users_gt_30=("6", "", ""),
    users_gt_90=("5", "", ""),
    two_keys_gt_30=("1", "1", "6"),
    two_keys_gt_90=("0", "0", "5"),
    oldest_active_key=("2015-01-01", "", ""),
    oldest_unused_console=("", "", ""),
    oldest_unused_key=("2016-01-25", "", ""),
)

# Sixteen columns: whether a key was used is not known. Cells that cannot be read are no violation.
case(
    "users of whom little is known",
    {
        "accounts.csv": accounts(f"{A},one,true,,,,,,", f"{B},one,true,,,,,,"),
        f"{T}/{A}.csv": text_of(
            [row("a", WITHOUT_USE, key1="true", made1=OLD),
             row("b", WITHOUT_USE, password="true", used=OLD, changed=OLD)], WITHOUT_USE),
        f"{T}/{B}.csv": text_of([
            row("a", password="yes", mfa="false", key1="true", made1="2019-02-30T00:00:00Z"),
            row("b", password="true", mfa="", used="not_supported", changed=OLD),
            row("c", password="no_information", used=OLD, changed=OLD, key1="true", made1=OLD,
                used1=OLD, created="2019-01-01"),
            # Perhaps there is a password; if so, it is in use.
            row("d", password="", used="2021-01-20T00:00:00Z", key1="true", used1=OLD,
                made1="2020-01-01T00:00:00Z", created="2020-01-01T00:00:11Z"),
        ]),
    },
    "iam",
    users=("6", "", ""),
    standalone_accounts=("2", "", ""),
    no_mfa=("1", "1", "6"),
    initial_key=("1", "1", "6"),
    not_rotated_90=("3", "3", "6"),
    unused_90=("2", "2", "6"),  # A's b, and B's c, which is idle whether it has a password or not
    users_gt_30=("5", "", ""),
)

# Half of the uses is enough, and thirds are rounded up.
case(
    "shares",
    {
        f"2020-09-13/{A}.csv": text_of([root(used=zulu("09-12T00:00:00")), row("u")]),
        f"2020-09-13/{B}.csv": text_of([root(used=zulu("09-12T00:00:00")), row("u")]),
        f"2020-09-20/{A}.csv": text_of([root(), row("u"), row("v")]),
        f"2020-09-27/{A}.csv": text_of([root(), row("u")]),
    },
    "root",
    accounts_mean=("1.33", "", ""),
    users_mean=("1.67", "", ""),
    weekly_use_accounts_mean=("0.67", "2", "4"),
    use_accounts=("2", "2", "1.33"),
    half_uses_accounts=("1", "1", "2"),
)

case(
    "an earlier sample",
    {f"2021-01-17/{A}.csv": text_of([root(), row("u")]), f"{T}/{A}.csv": text_of([root()])},
    "iam", "2021-01-17", users=("1", "", ""), accounts=("1", "", ""))


def main():
    failed = 0
    for name, files, kind, sample, figures in CASES:
        with tempfile.TemporaryDirectory(prefix="keywarden-count-") as folder:
            write(folder, files)
            got = study_count.count(folder, kind, sample)
        if list(got) != (study_count.ROOT_FIGURES if kind == "root" else study_count.IAM_FIGURES):
            print(f"{name}: the figures are not those of the page, in its order")
            failed += 1
        for figure, cells in figures.items():
            if got[figure] != cells:
                print(f"{name}: {figure} is {got[figure]}, by hand {cells}")
                failed += 1
    print(f"{len(CASES)} folders, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
