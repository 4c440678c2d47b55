#!/usr/bin/env python3
"""Runs what `keywarden fix plan` writes against moto, in dash and bash, and its comments too.

The script must pass shellcheck, look and change nothing; behind "#> " stand the change, its undo and
what comes later, each of which must do what its heading says.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import account
from account import ACCOUNT, AS_OF, ROOT, STAND_IN, Checks, Server, user
from test_commands import HOSTILE, KEYWARDEN, OLD, RECENT, USERS, YOUNG, findings, run_fake

OTHER = "111111111111"
SOME = {name: USERS[name] for name in (ROOT, "bob", "setup", "no-mfa")}
PASSWORDS = {
    "idle": user(password=(OLD, OLD), mfa=True),
    "never": user(password=(OLD, None), mfa=True),
    # Signed in since the report was made; a password made since then.
    "came-back": user(password=(OLD, OLD), mfa=True),
    "made-anew": user(password=(OLD, None), mfa=True),
}


def plan(reports, *options):
    """(script, exit code, messages) for (account, users) pairs."""
    with tempfile.TemporaryDirectory() as scratch:
        for one, users in reports:
            path = os.path.join(scratch, f"{one}.csv")
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(account.report(users, one))
        done = subprocess.run([KEYWARDEN, "fix", "plan", scratch, "--as-of", AS_OF, *options],
                              capture_output=True, check=False)
    return done.stdout.decode(), done.returncode, done.stderr.decode()


def steps(script):
    """{(user, control): {heading: [commands behind it]}}"""
    found = {}
    for text in re.split(r"^# Step \d+ of \d+: .*\n", script, flags=re.M)[1:]:
        name = re.search(r"^#   principal     (.*)$", text, re.M)[1]
        control = re.search(r"^#   control       ([^:]*)", text, re.M)[1]
        commands = found.setdefault((name, control), {})
        heading = None
        for line in text.split("\n"):
            if line.startswith("#> "):
                commands.setdefault(heading, []).append(line[3:])
            elif line.startswith("#   ") and line[4] != " ":
                heading = line[4:].split(" ")[0].rstrip(",;")
    return found


def shellcheck(checks, script, name):
    done = subprocess.run(["shellcheck", "-s", "sh", "-"], input=script, capture_output=True,
                          text=True, check=False)
    checks.that(done.returncode == 0, f"shellcheck: {name}", done.stdout)


def check_script(checks, server):
    """The script as it is: every shell, every kind of credentials."""
    script, code, messages = plan([(ACCOUNT, SOME), (OTHER, {"bob": USERS["bob"]})])
    checks.that((code, messages) == (0, ""), "the plan is made", code, messages)
    shellcheck(checks, script, "a plan of two accounts")
    server.seed(SOME)
    server.seed({"bob": USERS["bob"]}, OTHER)
    server.seed({"bob": USERS["bob"]}, "222222222222")
    before = [server.state(one) for one in (ACCOUNT, OTHER, "222222222222")]
    old, young = [key for _, key in server.state()["bob"]["keys"]][::-1]
    for shell, signer, one, wanted in (
            ("dash", "administrator", ACCOUNT, 0), ("bash", STAND_IN, ACCOUNT, 0),
            ("dash", "administrator", OTHER, 0), ("dash", "administrator", "222222222222", 1)):
        done = server.sh(script, signer, one, shell)
        case = f"{shell} as {signer} of {one}"
        checks.that(done.returncode == wanted, f"{case}: exit code {done.returncode}", done.stdout,
                    done.stderr)
        checks.that([server.state(it) for it in (ACCOUNT, OTHER, "222222222222")] == before,
                    f"{case}: nothing changed")
        for it in (ACCOUNT, OTHER):
            checks.that((f"account {it}: left out" in done.stderr) == (it != one),
                        f"{case}: the section of {it}", done.stderr)
        if one == ACCOUNT:
            part = done.stdout.split("bob: access-key-rotated\n")[1].split("\n")[0]
            checks.that(old in part and young not in part, f"{case}: shows the old key", part)
            part = done.stdout.split("<root_account>: root-no-active-access-key\n")[1].split("\n")[0]
            checks.that(("2026-01-01" in part) == (signer == STAND_IN),
                        f"{case}: root's keys only as root", part)
    # A look-up that fails is told, the others go on.
    server.backend().delete_access_key(old, "bob")
    server.backend().delete_access_key(young, "bob")
    server.backend().delete_user("bob")
    done = server.sh(script)
    checks.that(done.returncode == 1 and "this look-up failed" in done.stderr
                and "setup: user-no-access-key-at-setup\n" in done.stdout,
                "a user who is gone", done.returncode, done.stderr)


def ids_of(done):
    """What the change showed: the commands that xargs ran."""
    return re.findall(r"--access-key-id (\S+)$", done.stderr, re.M)


def check_key(checks, server, commands):
    """Change, undo, and deletion of one key of two."""
    server.seed(SOME)
    before = server.state()
    done = server.sh(commands["change"][0])
    ids = ids_of(done)
    checks.that([key for _, key in before["bob"]["keys"]][1:] == ids, "the change shows the ids",
                done.stderr, ids)
    done = server.sh(commands["undo"][0].replace("KEY_ID", ids[0]))
    checks.that(done.returncode == 0 and server.state() == before, "the undo", done.stderr)
    server.sh(commands["change"][0])
    for line in commands["after"]:
        done = server.sh(line.replace("KEY_ID", ids[0]))
        checks.that(done.returncode == 0, "after the wait", line, done.stderr)
    after = json.loads(json.dumps(before))
    after["bob"]["keys"] = after["bob"]["keys"][:1]
    checks.that(json.loads(json.dumps(server.state())) == after, "one key was deleted, no other",
                server.state()["bob"])


def check_certificate(checks, server, commands):
    server.seed(SOME)
    before = server.state()
    done = server.sh(commands["change"][0], STAND_IN)
    ids = re.findall(r"--certificate-id (\S+)$", done.stderr, re.M)
    checks.that(len(ids) == 1 and server.state()[ROOT]["certificates"] == ["Inactive"] * 2,
                "the certificate", done.stderr)
    done = server.sh(commands["undo"][0].replace("CERTIFICATE_ID", ids[0]), STAND_IN)
    checks.that(server.state() == before, "the certificate's undo", done.stderr)
    done = server.sh(commands["after"][0].replace("CERTIFICATE_ID", ids[0]), STAND_IN)
    checks.that(server.state()[ROOT]["certificates"] == ["Inactive"], "its deletion", done.stderr)


def check_password(checks, server):
    script, _, _ = plan([(ACCOUNT, PASSWORDS)])
    for (name, control), commands in steps(script).items():
        server.seed(PASSWORDS)
        users = server.backend().users
        users["came-back"].password_last_used = account.when(RECENT)
        users["made-anew"].create_date = account.when(YOUNG)  # moto's date of a login profile
        before = server.state()
        done = server.sh(commands["after"][-1])
        after = json.loads(json.dumps(before))
        after[name]["password"] = name in ("came-back", "made-anew")
        checks.that(json.loads(json.dumps(server.state())) == after, f"{control}: password of {name}",
                    commands["after"][-1], done.stderr)
    checks.that(len(steps(script)) == 2 * len(PASSWORDS), "passwords were tried", list(steps(script)))


def check_mfa(checks, server, commands):
    server.seed(SOME)
    for line in commands["commands"]:
        done = server.sh(line.replace("CODE_1", "123456").replace("CODE_2", "654321"))
        checks.that(done.returncode == 0, "MFA", line, done.stderr)
    checks.that(len(server.state()["no-mfa"]["devices"]) == 1, "the device is there")


def check_commands(checks, server):
    found = steps(plan([(ACCOUNT, USERS)])[0])
    lines = {(one["user"], one["control"]): one["cli"] for one in findings(USERS)}
    for key, commands in found.items():
        if "change" in commands:
            checks.that(commands["change"] == [lines[key]], f"{key}: the change is the finding's",
                        commands["change"], lines[key])
        checks.that(("change" in commands) == ("undo" in commands), f"{key}: a change has its undo")
    checks.that(set(found) == set(lines), "a step for each finding",
                set(found).symmetric_difference(lines))
    check_key(checks, server, found["bob", "access-key-rotated"])
    check_certificate(checks, server, found[ROOT, "root-no-signing-certificate"])
    check_mfa(checks, server, found["no-mfa", "user-mfa-enabled"])
    check_password(checks, server)


def check_hostile(checks):
    """Names that are none: comments only. Every line that runs is a question."""
    names = [*HOSTILE, "x\r\ntouch pwned", "x\u2028touch pwned", "fi\ntouch pwned\n"]
    users = {name: user(password=(OLD, None), keys=[("Active", OLD, None)]) for name in names}
    users["bob"] = USERS["bob"]
    for one in (ACCOUNT, "1234\ntouch pwned #"):
        script, _, _ = plan([("report", users)] if one == ACCOUNT else [(one.replace("/", ""), users)])
        script = script if one != ACCOUNT else plan([(ACCOUNT, users)])[0]
        shellcheck(checks, script, "hostile names")
        for shell in ("dash", "bash"):
            _, calls, left = run_fake(shell, script)
            checks.that(left == [], f"{shell}: no name is a command", left)
            checks.that(all(re.match("get-|list-", call[1]) for call in calls),
                        f"{shell}: only questions", calls)
            who = {name for call in calls for name in
                   [call[call.index("--user-name") + 1] if "--user-name" in call else None] if name}
            checks.that(who == ({"bob"} if one == ACCOUNT else set()), f"{shell}: whom it asks about",
                        who)


def check_small(checks, server):
    """Plans of little, so that no function of the script is there for nothing."""
    good = {ROOT: user(mfa=True), "good": user(mfa=True)}
    script, code, _ = plan([(ACCOUNT, good)])
    shellcheck(checks, script, "nothing to mend")
    server.seed(good)
    done = server.sh(script)
    checks.that(code == 0 and done.returncode == 0 and "no finding to mend" in done.stdout,
                "nothing to mend", code, done.stdout, done.stderr)
    for control in ("root-mfa-enabled", "access-key-rotated", "root-no-active-access-key",
                    "user-mfa-enabled"):
        script, _, _ = plan([(ACCOUNT, USERS)], "--control", control)
        shellcheck(checks, script, control)


def main():
    checks = Checks()
    with Server() as server:
        check_script(checks, server)
        check_commands(checks, server)
        check_small(checks, server)
    check_hostile(checks)
    checks.finish()


if __name__ == "__main__":
    main()
