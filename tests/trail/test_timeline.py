#!/usr/bin/env python3
"""keywarden trail scan --timeline against a plain reading of the same records.

Random records of root and others, sign-ins, calls by keys and sessions, service events, failures,
copies in other files, shared events of two accounts, members that are missing or of another type: the
file must have exactly the events that are root's, once each, whatever the number of processors, with
the prefilter and without; and the alerts of the scan must be those of a scan without a timeline.

usage: tests/trail/test_timeline.py       SEED=n COUNT=n (rounds, default 12)
"""

import csv
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build/keywarden"))
ROUNDS = min(int(os.environ.get("COUNT") or 12), 300)
rng = random.Random(int(os.environ.get("SEED") or 1))
COLUMNS = ["account", "time", "event_id", "kind", "mfa", "event_name", "region", "source_ip"]
ACCOUNTS = ["111122223333", "444455556666", "000000000001"]
passed = failed = 0


def maybe(share, value, otherwise=None):
    return value if rng.random() < share else otherwise


def record(number):
    account = rng.choice(ACCOUNTS)
    identity = {"type": rng.choice(("Root", "Root", "Root", "IAMUser", "root", "AssumedRole")),
                "accountId": maybe(0.9, account), "accessKeyId": rng.choice(
                    (None, "", "AKIAEXAMPLE", "ASIAEXAMPLE", "xAKIA")),
                "invokedBy": maybe(0.15, rng.choice(("kms.amazonaws.com", "", None)))}
    event = {"userIdentity": {key: value for key, value in identity.items() if value is not None},
             "eventTime": "2026-%02d-%02dT%02d:00:00Z" % (rng.randrange(1, 13), rng.randrange(1, 29),
                                                        rng.randrange(24)),
             "eventID": maybe(0.95, f"id-{number}"), "eventSource": "iam.amazonaws.com",
             "sharedEventID": maybe(0.1, f"shared-{number // 2}"),
             "eventName": rng.choice(("ListUsers", "ConsoleLogin", "a,\"b\"", "Größe")),
             "eventType": rng.choice(("AwsApiCall", "AwsApiCall", "AwsServiceEvent",
                                      "AwsConsoleSignIn", "AwsConsoleAction", None)),
             "awsRegion": maybe(0.9, "eu-west-1"), "recipientAccountId": rng.choice(
                 (account, account, rng.choice(ACCOUNTS), None, "1")),
             "sourceIPAddress": maybe(0.9, "198.51.100.7", maybe(0.5, {"odd": 1})),
             "responseElements": rng.choice((None, {"ConsoleLogin": "Success"},
                                             {"ConsoleLogin": "Failure"}, "Success")),
             "additionalEventData": rng.choice((None, {"MFAUsed": "Yes"}, {"MFAUsed": "No"},
                                                {"MFAUsed": "NO"}, {"MFAUsed": 1}))}
    return {key: value for key, value in event.items() if value is not None}


def text(value):
    """What a plain member says: of an object or nothing, nothing."""
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict) \
        else json.dumps(value)


def inner(event, name, key):
    outer = event.get(name)
    return text(outer.get(key)) if isinstance(outer, dict) else ""


def row(event):
    """The row of a record, or None where it is none of root's."""
    identity = event["userIdentity"]
    if identity["type"] != "Root" or "invokedBy" in identity:
        return None
    if "eventType" not in event or event["eventType"] == "AwsServiceEvent":
        return None  # the pattern asks for a type, and one that is another
    account = identity.get("accountId") or text(event.get("recipientAccountId"))
    if len(account) != 12:
        return None
    key, mfa = identity.get("accessKeyId", ""), ""
    if event["eventName"] == "ConsoleLogin":
        done = inner(event, "responseElements", "ConsoleLogin") == "Success"
        kind = "sign-in" if done else "failed-sign-in"
        mfa = {"yes": "yes", "no": "no"}.get(
            inner(event, "additionalEventData", "MFAUsed").lower(), "")
    elif event["eventType"] != "AwsApiCall":
        kind = "other"
    else:
        kind = "key-call" if key.startswith("AKIA") else "console-call"
    return (account, event["eventTime"], event.get("sharedEventID") or event.get("eventID", ""),
            kind, mfa, event["eventName"], text(event.get("awsRegion")),
            text(event.get("sourceIPAddress")))


def check(what, right, *details):
    global passed, failed
    passed += bool(right)
    if not right:
        failed += 1
        print(f"not ok {what}", *details, sep="\n# ")


def scan(folder, *options):
    done = subprocess.run([KEYWARDEN, "trail", "scan", folder, "--format", "csv", "--fail-on", "never",
                           "--quiet", *options], capture_output=True, check=False)
    check(f"exit code of {options}", done.returncode == 0, done.stderr.decode())
    return done.stdout


def one(folder, index):
    events = [record(number) for number in range(rng.choice((0, 5, 60)))]
    copies = [rng.choice(events) for _ in range(len(events) // 3)]
    every = events + copies
    rng.shuffle(every)
    for part in range(4):
        path = os.path.join(folder, f"{part}.json")
        body = json.dumps({"Records": every[part::4]}, ensure_ascii=rng.random() < 0.5).encode()
        if rng.random() < 0.5:
            path, body = path + ".gz", gzip.compress(body)
        with open(path, "wb") as file:
            file.write(body)
    outputs = []
    for options in (("--jobs", "1"), ("--jobs", "2"), ("--no-prefilter",), ("--memory", "1")):
        path = os.path.join(folder, "..", "timeline.csv")
        alerts = scan(folder, "--timeline", path, *options)
        with open(path, "rb") as file:
            outputs.append((file.read(), alerts))
    check(f"round {index}: the same each time", len(set(outputs)) == 1)
    check(f"round {index}: the alerts are those of a scan without", outputs[0][1] == scan(folder))
    got = list(csv.reader(io.StringIO(outputs[0][0].decode(), newline="")))
    check(f"round {index}: header", got[0] == COLUMNS, got[0])
    rows = [one for one in map(row, events) if one is not None]
    # Of the records of one event, the first in the order of bytes.
    expected, seen = [], set()
    for line in sorted(set(rows), key=lambda r: tuple(cell.encode() for cell in r)):
        if line[2] == "" or line[:3] not in seen:
            expected.append(line)
        seen.add(line[:3])
    shown = [tuple(cells) for cells in got[1:]]
    check(f"round {index}: rows", sorted(shown) == sorted(expected), len(shown), len(expected),
          sorted(set(shown) ^ set(expected))[:4])
    check(f"round {index}: in order", [r[:2] for r in shown] == sorted(r[:2] for r in shown))


with tempfile.TemporaryDirectory() as scratch:
    for index in range(ROUNDS):
        folder = os.path.join(scratch, str(index))
        os.mkdir(folder)
        one(folder, index)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
