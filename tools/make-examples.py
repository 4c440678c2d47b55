#!/usr/bin/env python3
"""Writes what `make demo` reads of an invented organization: its credential reports into
examples/organization, what CloudTrail delivered of two accounts into examples/trail.

Larkspur is a shop that bought a rival and kept its accounts. Dates stand around 2026-11-01, the day
the demo audits for. The files are byte for byte of the kinds AWS writes: LF between rows and none
at the end, 22 columns, times with Z (today) or +00:00 (years ago), the JSON of the AWS CLI, gzip.
The reports say when root was used last; the trail says what for.

usage: tools/make-examples.py            writes the files
       tools/make-examples.py --check    says whether they are what this program would write
"""

import base64
import csv
import gzip
import io
import json
import os
import sys
import uuid

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples")
KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
HEADER = (
    "user arn user_creation_time password_enabled password_last_used password_last_changed"
    " password_next_rotation mfa_active".split()
    + [f"access_key_{slot}_{column}" for slot in "12" for column in KEY_COLUMNS]
    + [f"cert_{slot}_{column}" for slot in "12" for column in ("active", "last_rotated")]
)
NO_KEY = ("false", "N/A", "N/A", "N/A", "N/A")
NO_PASSWORD = ("false", "N/A", "N/A", "N/A")


def key(rotated, used="N/A", region="N/A", service="N/A", active="true"):
    return (active, rotated, used, region, service)


def password(used, changed, next_rotation="N/A"):
    return ("true", used, changed, next_rotation)


def user(name, created, login=NO_PASSWORD, mfa=False, keys=(), certs=()):
    return (name, created, login, mfa, keys, certs)


def root(created, login, mfa, keys=(), certs=()):
    return user("<root_account>", created, login, mfa, keys, certs)


def report(account, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for name, created, login, mfa, keys, certs in rows:
        kind = "root" if name == "<root_account>" else f"user/{name}"
        keys = [*keys, NO_KEY, NO_KEY][:2]
        certs = [*certs, ("false", "N/A"), ("false", "N/A")][:2]
        writer.writerow(
            [name, f"arn:aws:iam::{account}:{kind}", created, *login, "true" if mfa else "false"]
            + [cell for part in (*keys, *certs) for cell in part]
        )
    return out.getvalue().rstrip("\n")


# The organization's own account: root has worked with an access key since 2017, last week too.
MANAGEMENT = report("402718365514", [
    root("2016-02-09T10:21:44Z",
         password("2026-03-18T07:52:10Z", "2021-06-01T08:00:31Z", "not_supported"), True,
         [key("2017-03-02T16:40:12Z", "2026-10-26T09:15:00Z", "us-east-1", "s3")]),
    user("billing-export", "2019-05-20T12:00:41Z", mfa=False,
         keys=[key("2026-09-14T06:30:02Z", "2026-10-31T05:00:00Z", "us-east-1", "s3")]),
    user("lucie.moreau", "2018-01-15T08:12:09Z",
         password("2026-10-30T13:44:52Z", "2026-08-03T09:01:17Z"), True),
    user("tom.okafor", "2020-11-03T14:30:55Z",
         password("2026-04-02T10:19:36Z", "2025-12-29T16:00:12Z"), False),
])

# Made by the organization: root never had a credential, two people, nothing to mend.
SECURITY = report("518203947760", [
    root("2024-12-04T09:00:12Z", ("false", "N/A", "N/A", "not_supported"), False),
    user("break-glass", "2024-12-04T09:31:50Z",
         password("2026-10-19T11:02:33Z", "2026-10-19T11:00:08Z"), True),
    user("noor.haddad", "2025-01-20T10:05:27Z",
         password("2026-10-31T08:47:19Z", "2026-09-07T08:15:40Z"), True,
         [key("2026-09-07T08:20:11Z", "2026-10-31T09:30:00Z", "eu-west-1", "sts")]),
])

# The shop: two keys at once, a key made with the user, forgotten people, a comma in a name.
SHOP = report("739150284631", [
    root("2017-08-22T06:14:03Z",
         password("no_information", "2017-08-22T06:14:03Z", "not_supported"), True),
    user("anna.lind", "2021-03-11T09:26:18Z",
         password("2026-10-29T07:31:04Z", "2026-09-30T07:29:55Z"), True,
         [key("2021-03-11T09:26:20Z", "2026-10-28T16:45:00Z", "eu-north-1", "ec2")]),
    user("checkout-deploy", "2019-10-02T15:07:30Z", mfa=False,
         keys=[key("2023-01-17T11:12:13Z", "2026-10-31T21:00:00Z", "eu-north-1", "ecs"),
               key("2026-10-05T08:00:44Z", "2026-10-31T21:15:00Z", "eu-north-1", "ecs")]),
    user("Erik.Sand", "2018-06-04T12:44:08Z",
         password("2024-02-16T13:20:01Z", "2023-11-20T10:10:10Z"), False,
         [key("2019-02-01T09:00:00Z", "2023-12-24T18:30:00Z", "eu-north-1", "s3", "false")]),
    user("kim,contractor", "2025-07-01T08:00:06Z",
         password("no_information", "2025-07-01T08:00:06Z"), False),
    user("newsletter", "2020-02-27T10:55:12Z", mfa=False, keys=[key("2020-02-27T10:55:13Z")]),
    user("stock-sync", "2022-09-19T14:21:39Z", mfa=False,
         keys=[key("2026-08-21T05:00:27Z", "2026-10-31T22:45:00Z", "eu-north-1", "dynamodb")]),
    user("zoe.brandt", "2023-04-03T07:48:51Z",
         password("2026-10-31T15:09:22Z", "2026-08-11T06:40:00Z"), True),
])

# As the AWS CLI prints it.
DATA = report("264498017352", [
    root("2021-05-17T13:03:26Z",
         password("2025-02-11T09:30:40Z", "2021-05-17T13:10:00Z", "not_supported"), True),
    user("airflow", "2021-05-18T07:00:09Z", mfa=False,
         keys=[key("2025-11-28T10:22:31Z", "2026-10-31T22:00:00Z", "eu-west-1", "s3"),
               key("2021-05-18T07:04:55Z", "2025-11-28T10:15:00Z", "eu-west-1", "s3", "false")]),
    user("mei.tanaka", "2022-01-10T09:14:47Z",
         password("2026-10-30T09:05:11Z", "2026-08-25T11:17:20Z", "2026-11-23T11:17:20Z"), True),
    user("raul.vega", "2022-01-10T09:16:02Z",
         password("2026-09-01T12:00:35Z", "2026-08-31T09:41:58Z", "2026-11-29T09:41:58Z"), False),
])

# Archived in 2019, when reports said nothing about root's password: a signing certificate on root.
ARCHIVE = report("173826450918", [
    root("2011-09-30T18:22:07+00:00",
         ("not_supported", "2019-05-06T10:41:16+00:00", "not_supported", "not_supported"), False,
         certs=[("true", "2011-10-03T08:15:59+00:00")]),
    user("backup", "2013-07-24T06:38:20+00:00", mfa=False,
         keys=[key("2013-07-24T06:38:20+00:00", "2019-06-10T02:00:00+00:00", "N/A", "s3")]),
    user("webmaster", "2012-02-14T11:09:33+00:00",
         password("2019-04-30T14:55:02+00:00", "2014-08-05T09:09:09+00:00"), False),
])

# Bought in the spring: root still signs in, yesterday too, without MFA; its key is off, not gone.
ACQUIRED = report("685731920447", [
    root("2015-12-01T20:45:18Z",
         password("2026-10-31T16:28:37Z", "2015-12-01T20:45:18Z", "not_supported"), False,
         [key("2016-01-07T10:30:05Z", "2020-08-13T12:00:00Z", "us-west-2", "ec2", "false")]),
    user("admin", "2015-12-02T08:00:52Z",
         password("2026-10-31T08:03:12Z", "2018-03-19T17:25:44Z"), False,
         [key("2015-12-02T08:00:55Z", "2026-10-15T19:30:00Z", "us-west-2", "rds"),
          key("2018-03-19T17:31:10Z", "2022-07-04T03:15:00Z", "us-west-2", "s3")]),
    user("jenkins", "2016-05-23T13:13:40Z", mfa=False,
         keys=[key("2016-05-23T13:13:41Z", "2026-10-31T23:15:00Z", "us-west-2", "ecr")]),
])

# Where everybody tries things out and nobody comes back.
SANDBOX = report("950364172285", [
    root("2023-10-12T07:57:00Z", ("false", "N/A", "N/A", "not_supported"), False),
    user("hackday-1", "2024-03-15T09:00:11Z",
         password("2024-03-15T17:40:26Z", "2024-03-15T09:00:11Z"), False),
    user("hackday-2", "2024-03-15T09:00:13Z",
         password("2024-03-16T01:12:09Z", "2024-03-15T09:00:13Z"), False),
    user("hackday-3", "2024-03-15T09:00:15Z",
         password("no_information", "2024-03-15T09:00:15Z"), False,
         [key("2024-03-15T09:00:16Z")]),
    user("tom.okafor", "2025-05-06T10:36:48Z",
         password("2026-10-27T14:22:50Z", "2026-10-01T08:31:05Z"), True),
])


def cli_json(text, generated):
    content = base64.b64encode(text.encode()).decode()
    document = {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": generated}
    return json.dumps(document, indent=4) + "\n"


def event(number, account, time, name, source="iam", **more):
    """A record of CloudTrail, root's unless it says otherwise."""
    return {
        "eventVersion": "1.08",
        "userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{account}:root"},
        "eventTime": time,
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "Mozilla/5.0",
        "eventID": str(uuid.UUID(int=number)),
        "eventType": "AwsApiCall",
        "recipientAccountId": account,
        **more,
    }


def login(number, account, time, works=True, **more):
    return event(number, account, time, "ConsoleLogin", "signin", eventType="AwsConsoleSignIn",
                 responseElements={"ConsoleLogin": "Success" if works else "Failure"},
                 additionalEventData={"MFAUsed": "No"}, **more)


def delivery(account, region, minute, *records):
    """Where CloudTrail puts a file, and what is in it."""
    path = (f"trail/AWSLogs/{account}/CloudTrail/{region}/2026/{minute[4:6]}/{minute[6:8]}/"
            f"{account}_CloudTrail_{region}_{minute}Z_9fQ2mT7xKd3LwB8e.json.gz")
    return path, gzip.compress(json.dumps({"Records": records}).encode(), mtime=0)


# The bought account: somebody tried root's password, got in, and stopped the trail. The event that
# stopped it was delivered twice, as happens.
def night_at_the_rival():
    tried = [login(number, "685731920447", f"2026-10-31T16:2{number}:09Z", False,
                   errorMessage="Failed authentication") for number in range(1, 7)]
    opened = login(10, "685731920447", "2026-10-31T16:28:37Z")
    looked = event(11, "685731920447", "2026-10-31T16:31:20Z", "ListUsers")
    stopped = event(12, "685731920447", "2026-10-31T16:33:02Z", "StopLogging", "cloudtrail",
                    awsRegion="us-west-2", requestParameters={"name": "main"})
    return (delivery("685731920447", "us-east-1", "20261031T1635", *tried, opened, looked),
            delivery("685731920447", "us-west-2", "20261031T1635", stopped),
            delivery("685731920447", "us-west-2", "20261031T1640", stopped))


# The organization's own account: root's key of 2017 at its weekly work, and people at theirs.
def week_at_home():
    key = {"type": "Root", "arn": "arn:aws:iam::402718365514:root",
           "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}
    lucie = {"type": "IAMUser", "arn": "arn:aws:iam::402718365514:user/lucie.moreau",
             "userName": "lucie.moreau"}
    return (delivery("402718365514", "us-east-1", "20261026T0920",
                     event(20, "402718365514", "2026-10-26T09:15:00Z", "ListBuckets", "s3",
                           userIdentity=key, userAgent="aws-cli/1.11",
                           sourceIPAddress="198.51.100.23")),
            delivery("402718365514", "us-east-1", "20261030T1350",
                     login(21, "402718365514", "2026-10-30T13:44:52Z", userIdentity=lucie),
                     event(22, "402718365514", "2026-10-30T13:46:10Z", "ListUsers",
                           userIdentity=lucie)))


def files():
    return {
        "organization/acquired.csv": ACQUIRED.encode(),
        "organization/archive-2019.csv": ARCHIVE.encode(),
        "organization/data-platform.json": cli_json(DATA, "2026-10-31T22:15:04+00:00").encode(),
        "organization/management.csv": MANAGEMENT.encode(),
        "organization/sandbox.csv": SANDBOX.encode(),
        "organization/security.csv": SECURITY.encode(),
        "organization/shop.csv.gz": gzip.compress(SHOP.encode(), mtime=0),
        **dict(night_at_the_rival()),
        **dict(week_at_home()),
    }


def same(name, there, made):
    """Two versions of zlib need not write the same bytes: what they hold counts."""
    if name.endswith(".gz"):
        return gzip.decompress(there) == gzip.decompress(made)
    return there == made


def found():
    """The files that are there."""
    for top in ("organization", "trail"):
        for folder, _, names in os.walk(os.path.join(FOLDER, top)):
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), FOLDER)


def check():
    expected = files()
    bad = sorted(set(found()) ^ set(expected))
    for name in sorted(set(expected) - set(bad)):
        with open(os.path.join(FOLDER, name), "rb") as file:
            if not same(name, file.read(), expected[name]):
                bad.append(name)
    for name in bad:
        print(f"examples/{name}: not what tools/make-examples.py writes")
    return 1 if bad else 0


def write():
    for name, content in files().items():
        path = os.path.join(FOLDER, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else write())
