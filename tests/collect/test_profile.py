#!/usr/bin/env python3
"""Collections with a role of a profile: signed for by another profile, with an external id and for a while;
of a role in turn, with a code that is typed at a terminal; named by an option or the environment.

usage: tests/collect/test_profile.py
"""

import os
import pty
import re
import select
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "organization"))

# pylint: disable=wrong-import-position
import checks as checking
import plan as plans
import support

CONFIG = """
[profile base]
aws_access_key_id = %(id)s
aws_secret_access_key = %(secret)s
[profile role]
role_arn = arn:aws:iam::%(first)s:role/%(role)s
source_profile = base
external_id = %(external)s
duration_seconds = 1800
role_session_name = from-a-profile
region = eu-west-1
endpoint_url = %(url)s
[profile mfa]
role_arn = arn:aws:iam::%(second)s:role/%(role)s
source_profile = role
external_id = %(external)s
mfa_serial = arn:aws:iam::%(second)s:mfa/auditor
endpoint_url = %(url)s
[profile loop]
role_arn = arn:aws:iam::%(first)s:role/%(role)s
source_profile = loop
endpoint_url = %(url)s
"""


class Profiles:
    def __init__(self, checks, aws):
        self.checks = checks
        self.aws = aws
        self.number = 0
        path = os.path.join(aws.folder.name, "profiles")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIG % {**aws.plan["auditor"], "first": aws.plan["accounts"][1]["id"],
                                 "second": aws.plan["accounts"][2]["id"],
                                 "role": plans.ROLE, "external": plans.EXTERNAL_ID, "url": aws.url})
        self.environment = {n: v for n, v in aws.environment().items() if not n.startswith("AWS_")}
        self.environment.update(AWS_CONFIG_FILE=path, AWS_EC2_METADATA_DISABLED="true",
                                AWS_SHARED_CREDENTIALS_FILE="/nonexistent")

    def words(self, *more):
        self.number += 1
        self.folder = os.path.join(self.aws.folder.name, "recorded%d" % self.number)
        return [support.KEYWARDEN, "collect", "--now", plans.NOW, "-q", "--record", self.folder, "--store",
                os.path.join(self.aws.folder.name, "%d.db" % self.number), *more]

    def recorded(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def run(self, *more, **environment):
        return subprocess.run(self.words(*more), env={**self.environment, **environment}, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False, start_new_session=True)

    def typed(self, code, *more):
        """The exit code and all that the terminal showed; the code is typed when it is asked for."""
        pid, terminal = pty.fork()
        if pid == 0:
            words = self.words(*more)
            os.execve(words[0], words, {**self.environment, "TERM": "xterm"})
        shown, was_typed, end = b"", False, time.monotonic() + 60
        while time.monotonic() < end and select.select([terminal], [], [], 60)[0]:
            try:
                data = os.read(terminal, 4096)
            except OSError:
                break
            if not data:
                break
            shown += data
            if b"code of MFA device" in shown and not was_typed:
                os.write(terminal, code)
                was_typed = True
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        self.number += 1  # the child's own count is gone
        return os.waitstatus_to_exitcode(status), shown.decode()


def main():
    checks = checking.Checks()
    plan = plans.make_plan(accounts=3, users=3, teams=0)
    account = plan["accounts"][2]["id"]
    with support.Organization(plan) as aws:
        profiles = Profiles(checks, aws)
        for how, more, environment in (("--profile", ("--profile", "role"), {}),
                                       ("AWS_PROFILE", (), {"AWS_PROFILE": "role"})):
            done = profiles.run(*more, **environment)
            checks.check("%s: collects: %s" % (how, done.stderr), done.returncode, 0)
            identity = profiles.recorded("caller.sts.GetCallerIdentity.0001.txt")
            checks.check(how + ": as the role", re.findall("assumed-role/[^<]*", identity),
                         ["assumed-role/%s/from-a-profile" % plans.ROLE])
            checks.check(how + ": in the profile's region", "region: eu-west-1\n" in identity, True)
        code, shown = profiles.typed(b"123456\n", "--profile", "mfa")
        checks.check("a code that is typed: " + shown, code, 0)
        checks.check("asked once, by the device's name", shown.count(
            "code of MFA device arn:aws:iam::%s:mfa/auditor: " % account), 1)
        checks.check("no code is recorded", any(
            "123456" in open(os.path.join(root, name), encoding="utf-8").read()
            for root, _, names in os.walk(aws.folder.name) for name in names
            if "recorded" in root), False)
        done = profiles.run("--profile", "mfa")
        checks.check("nobody to ask: " + done.stderr, (done.returncode, "terminal" in done.stderr), (3, True))
        done = profiles.run("--profile", "loop")
        checks.check("a profile that needs itself: " + done.stderr, done.returncode, 3)
        done = profiles.run("--profile", "absent")
        checks.check("a profile that is not there", (done.returncode, "no profile 'absent'" in done.stderr),
                     (3, True))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
