#!/usr/bin/env python3
"""Runs the AWS CLI line of every control of rules/keywarden.yaml, as printed, against moto.

Each line must succeed and change what its finding is about, and nothing else of anybody. Then names
that no IAM user can have, as a report might claim them, against shells: no name is run as a command.
"""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import account
from account import ACCOUNT, AS_OF, ROOT, STAND_IN, TOP, Checks, Server, user

KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build/keywarden"))

OLD, YOUNG = "2026-01-01T00:00:00Z", "2026-10-15T00:00:00Z"
RECENT = "2026-10-31T12:00:00Z"
EDGE = "2026-09-17T00:00:00Z"  # 45 days before the as-of time, to the second
EDGE_LATER = "2026-09-17T00:00:01Z"
ROTATED = "2026-08-03T00:00:00Z"  # 90 days before
ROTATED_EARLIER = "2026-08-02T23:59:59Z"

USERS = {
    ROOT: user(password=(OLD, RECENT), keys=[("Active", OLD, RECENT), ("Inactive", OLD, None)],
               certificates=[("Active", OLD), ("Inactive", OLD)]),
    # The old key is in slot 2, whose place says nothing.
    "bob": user(mfa=True, keys=[("Active", YOUNG, RECENT), ("Active", OLD, RECENT)]),
    # Two keys of one second: the one in use, and the one switched off long ago, stay as they are.
    "twins": user(mfa=True, keys=[("Active", OLD, RECENT), ("Active", OLD, None)]),
    "twin-off": user(mfa=True, keys=[("Inactive", OLD, None), ("Active", OLD, None)]),
    "edges": user(mfa=True, keys=[("Active", EDGE, None), ("Active", EDGE_LATER, None)]),
    "edges-90": user(mfa=True, keys=[("Active", ROTATED, RECENT),
                                     ("Active", ROTATED_EARLIER, RECENT)]),
    "setup": user(password=(OLD, RECENT), mfa=True, created=YOUNG,
                  keys=[("Active", "2026-10-15T00:00:10Z", RECENT),
                        ("Active", "2026-10-15T00:00:11Z", RECENT)]),
    "no-mfa": user(password=(YOUNG, RECENT)),
    "--help": user(mfa=True, keys=[("Active", OLD, RECENT)]),
    "-x=y@z,+": user(mfa=True, keys=[("Active", OLD, RECENT)]),
}

# What each line that changes something must leave: the statuses of the keys, in order.
CHANGES = {
    (ROOT, "root-no-active-access-key"): ["Inactive", "Inactive"],
    (ROOT, "access-key-rotated"): ["Inactive", "Inactive"],
    ("bob", "access-key-rotated"): ["Active", "Inactive"],
    ("twins", "access-key-rotated"): ["Inactive", "Inactive"],
    ("twins", "user-credentials-used"): ["Active", "Inactive"],
    ("twin-off", "access-key-rotated"): ["Inactive", "Inactive"],
    ("twin-off", "user-credentials-used"): ["Inactive", "Inactive"],
    ("twin-off", "user-used"): ["Inactive", "Inactive"],
    ("edges", "user-credentials-used"): ["Inactive", "Active"],
    ("edges-90", "access-key-rotated"): ["Active", "Inactive"],
    ("setup", "user-no-access-key-at-setup"): ["Inactive", "Active"],
    ("--help", "access-key-rotated"): ["Inactive"],
    ("-x=y@z,+", "access-key-rotated"): ["Inactive"],
}
LOOKS = {
    (ROOT, "root-no-inactive-access-key"), (ROOT, "root-mfa-enabled"), (ROOT, "root-hardware-mfa"),
    (ROOT, "root-not-used"), ("bob", "user-single-active-access-key"),
    ("twins", "user-single-active-access-key"), ("edges", "user-single-active-access-key"),
    ("edges-90", "user-single-active-access-key"), ("setup", "user-single-active-access-key"),
    ("no-mfa", "user-console-mfa"), ("no-mfa", "user-mfa-enabled"),
}


def findings(users):
    """The failures of a report of these users, with their lines."""
    done = subprocess.run([KEYWARDEN, "audit", "-", "--as-of", AS_OF, "--format", "jsonl"],
                          input=account.report(users).encode(), capture_output=True, check=False)
    every = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [one for one in every if one["status"] == "fail"]


def expected(before, name, control):
    after = json.loads(json.dumps(before))
    if (name, control) in CHANGES:
        for key, status in zip(after[name]["keys"], CHANGES[name, control]):
            key[0] = status
    if control == "root-no-signing-certificate":
        after[ROOT]["certificates"] = ["Inactive", "Inactive"]
    return after


def check_cli(checks, server):
    """The CLI that is started once says what one says that is started for the call."""
    real = f'"{account.packages.PYTHON}" -B -m awscli'
    server.seed(USERS)
    for line in ("aws iam list-users --query 'Users[].[UserName,Arn]' --output text",
                 "aws iam list-access-keys --user-name bob --user \"\u00fc 'x\"",
                 "aws iam delete-user --user-name nobody"):
        done, wanted = server.sh(line), server.sh(line.replace("aws", real, 1))
        checks.that((done.returncode, done.stdout, done.stderr)
                    == (wanted.returncode, wanted.stdout, wanted.stderr), line, done, wanted)


def run_lines(checks, server):
    seen = set()
    for one in findings(USERS):
        name, control = one["user"], one["control"]
        signer = STAND_IN if name == ROOT else "administrator"
        server.seed(USERS)
        before = server.state()
        done = server.sh(one["cli"], signer)
        got = json.loads(json.dumps(server.state()))
        checks.that(done.returncode == 0, f"{name} {control}: exit code {done.returncode}",
                    one["cli"], done.stderr)
        checks.that(got == expected(before, name, control), f"{name} {control}: what it changed",
                    one["cli"], before, got)
        seen.add((name, control))
    checks.that(seen == set(CHANGES) | LOOKS | {(ROOT, "root-no-signing-certificate")},
                "the findings that this test expects",
                seen.symmetric_difference(set(CHANGES) | LOOKS))
    with open(os.path.join(TOP, "rules/keywarden.yaml"), encoding="utf-8") as file:
        ids = {line[len("- id: "):].strip() for line in file if line.startswith("- id: ")}
    checks.that({control for _, control in seen} == ids, "every control has a line that was run",
                ids - {control for _, control in seen})
    checks.that([str(start)[:19] for start in account.looked_up] == ["2026-10-31T00:00:00"]
                or [str(start)[:10] for start in account.looked_up] == ["1793404800"],
                "CloudTrail was asked from a day before on", account.looked_up)


def run_elsewhere(checks, server):
    """The same line with credentials of another account, and of somebody who is not root."""
    other = "111111111111"
    users = {"bob": USERS["bob"], ROOT: USERS[ROOT]}
    lines = {(one["user"], one["control"]): one["cli"] for one in findings(users)}
    for case, line, options in (
            ("another account", lines["bob", "access-key-rotated"], {"account": other}),
            ("another account's root", lines[ROOT, "access-key-rotated"],
             {"account": other, "signer": STAND_IN}),
            ("not root", lines[ROOT, "root-no-active-access-key"], {}),
            ("not root, to look", lines[ROOT, "root-no-inactive-access-key"], {})):
        server.seed(users)
        server.seed(users, other)
        before = server.state(), server.state(other)
        done = server.sh(line, **options)
        checks.that(done.returncode != 0 and "not signed in to" in done.stderr,
                    f"{case}: it is refused", line, done.returncode, done.stderr)
        checks.that((server.state(), server.state(other)) == before, f"{case}: nothing changed")


# ---- names that are no names -----------------------------------------------------------------

HOSTILE = ["x; touch pwned", "$(touch pwned)", "`touch pwned`", "o'brien", "'; touch pwned; '",
           'a"; touch pwned; "', "a\ntouch pwned", "\\", "'\\''", "a b", "*", "~", "--debug", "-",
           "!x", "#x", "<x", "${HOME}", "file:///etc/passwd", "https://127.0.0.1/x", "ü\u202e"]

# A shell's, because a thousand of them are started.
FAKE_AWS = f"""#!/bin/sh
printf '%s\\0' "$#" "$@" >>calls
for word do
    case $word in
    get-caller-identity) echo {ACCOUNT} ;;
    list-access-keys) printf 'AKIA1\\tAKIA2\\n' ;;
    get-access-key-last-used) echo True ;;
    esac
done
"""


def run_fake(shell, script):
    """Runs a script in a folder of its own with an AWS CLI that only notes its words. What came of it, the
    words of each call, and the files that are left beside these."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in (("aws", FAKE_AWS), ("script", script)):
            with open(os.path.join(scratch, name), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        os.chmod(os.path.join(scratch, "aws"), 0o755)
        done = subprocess.run([shell, "script"], cwd=scratch, capture_output=True, text=True,
                              env={"PATH": scratch + ":" + os.environ["PATH"]}, check=False)
        with open(os.path.join(scratch, "calls"), encoding="utf-8", newline="") as file:
            words = file.read().split("\0")[:-1]
        left = sorted(set(os.listdir(scratch)) - {"aws", "calls", "script"})
    calls = []
    while words:
        count = int(words[0])
        calls.append(words[1:1 + count])
        del words[:1 + count]
    return done, calls, left


def names_in(calls):
    """The values of --user-name."""
    for call in calls:
        for index, word in enumerate(call):
            if word == "--user-name":
                yield call[index + 1]
            elif word.startswith("--user-name="):
                yield word[len("--user-name="):]


def run_hostile(checks, shell):
    users = {name: user(password=(OLD, None), keys=[("Active", OLD, None)]) for name in HOSTILE}
    count = 0
    for one in findings(users):
        line, name = one.get("cli", ""), one["user"]
        if "://" in name:
            checks.that(line == "", f"{name}: no line for an address", line)
            continue
        done, calls, left = run_fake(shell, line)
        names = list(names_in(calls))
        checks.that(done.returncode == 0 and left == [] and names and set(names) == {name},
                    f"{shell}: {one['control']} of {name!r}", line, done.stderr, left, names)
        count += 1
    checks.that(count >= 4 * (len(HOSTILE) - 2), "hostile names were tried", count)


def main():
    checks = Checks()
    with Server() as server:
        check_cli(checks, server)
        run_lines(checks, server)
        run_elsewhere(checks, server)
    for shell in ("dash", "bash"):
        run_hostile(checks, shell)
    checks.finish()


if __name__ == "__main__":
    main()
