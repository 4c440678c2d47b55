#!/usr/bin/env python3
"""The metric filters of the CIS benchmark over events made of their own words: the program must answer
as pattern_oracle.py does, and each filter must match some of them and not others."""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path[:0] = [FOLDER, os.path.join(TOP, "tests", "support")]
import packages  # noqa: E402

packages.need("PyYAML")

import pattern_oracle  # noqa: E402
import sigma_oracle  # noqa: E402

PROBE = os.path.join(os.environ.get("BUILD") or os.path.join(TOP, "build", "release"), "tests",
                     "trail_rule_probe")
PATTERN_COUNT = 15

# By hand: events and the numbers of the filters that match each.
BY_HAND = [
    ({"errorCode": "Client.UnauthorizedOperation"}, {1}),
    ({"errorCode": "AccessDeniedException", "eventName": "CreateTrail"}, {1, 5}),
    ({"errorCode": "accessdenied"}, set()),
    ({"eventName": "ConsoleLogin", "additionalEventData": {"MFAUsed": "No"}}, {2}),
    ({"eventName": "ConsoleLogin", "additionalEventData": {"MFAUsed": "Yes"}}, set()),
    # Nothing stands there to differ: our reading of "the selector must point to a value".
    ({"eventName": "ConsoleLogin"}, set()),
    ({"userIdentity": {"type": "Root"}, "eventType": "AwsApiCall"}, {3}),
    ({"userIdentity": {"type": "Root", "invokedBy": "x"}, "eventType": "AwsApiCall"}, set()),
    ({"userIdentity": {"type": "Root", "invokedBy": None}, "eventType": "AwsApiCall"}, set()),
    ({"userIdentity": {"type": "Root"}, "eventType": "AwsServiceEvent"}, set()),
    ({"userIdentity": {"type": "root"}, "eventType": "AwsApiCall"}, set()),
    ({"eventName": "CreatePolicy"}, {4}),
    ({"eventName": "CreatePolicy", "eventSource": "organizations.amazonaws.com"}, {4, 15}),
    ({"eventName": "ConsoleLogin", "errorMessage": "Failed authentication"}, {6}),
    ({"eventName": "DisableKey", "eventSource": "kms.amazonaws.com"}, {7}),
    ({"eventName": "DisableKey", "eventSource": "iam.amazonaws.com"}, set()),
    ({"eventName": "PutBucketAcl", "eventSource": "s3.amazonaws.com"}, {8}),
    ({"eventName": "StopConfigurationRecorder", "eventSource": "config.amazonaws.com"}, {9}),
    ({"eventName": "CreateSecurityGroup"}, {10}),
    ({"eventName": "DeleteNetworkAclEntry"}, {11}),
    ({"eventName": "AttachInternetGateway"}, {12}),
    ({"eventName": "CreateRoute", "eventSource": "ec2.amazonaws.com"}, {13}),
    ({"eventName": "CreateRoute"}, set()),
    ({"eventName": "ModifyVpcAttribute"}, {14}),
    ({"eventName": "LeaveOrganization", "eventSource": "organizations.amazonaws.com"}, {15}),
]


def events_of(patterns):
    """Every name with every service, plain and in another case."""
    names = set(re.findall(r"eventName *= *\"?(\w+)", "\n".join(patterns)))
    sources = set(re.findall(r"eventSource *= *([\w.]+)", "\n".join(patterns)))
    for name, source in itertools.product(sorted(names), sorted(sources) + [None]):
        event = {"eventName": name, "eventSource": source}
        yield event
        yield {"eventName": name.lower(), "eventSource": source}


def main():
    passed = failed = 0
    with open(os.path.join(TOP, "rules", "cis-alarms.txt"), encoding="utf-8") as file:
        patterns = [line.rstrip("\n") for line in file if line.startswith("{")]
    events = [event for event, _ in BY_HAND] + list(events_of(patterns))
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("rules", "events")]
        for path, lines in zip(paths, (patterns, [json.dumps(event) for event in events])):
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        output = subprocess.run([PROBE, *paths], capture_output=True, check=True).stdout.decode()
    got = [{int(word) + 1 for word in line.split()} for line in output.split("\n")[:-1]]
    tests = [pattern_oracle.Pattern(pattern).test for pattern in patterns]
    expected = [{number for number, test in enumerate(tests, 1)
                 if test(sigma_oracle.parse_event(json, json.dumps(event)))} for event in events]
    for what, holds in (
            ("all patterns are there", len(patterns) == PATTERN_COUNT),
            ("the evaluator agrees", got == expected),
            ("each matches something", set().union(*got) == set(range(1, PATTERN_COUNT + 1)))):
        passed, failed = passed + holds, failed + (not holds)
        print("%s %s" % ("ok" if holds else "not ok", what))
    for (event, wanted), found in zip(BY_HAND, got):
        passed, failed = passed + (wanted == found), failed + (wanted != found)
        if wanted != found:
            print("not ok %s: %s, not %s" % (event, found, wanted))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


sys.exit(main())
