#!/usr/bin/env python3
"""What rules/compare/prowler.yaml says Prowler answers is what Prowler answers.

Random accounts full of edge cases are judged twice: by the checks of the Prowler that pip installs,
untouched, which sees the accounts through moto; and by our rules, from the same credential reports.
Every verdict of every row must agree. A row that Prowler prints nothing about is not-applicable, and
so is all of a check that threw.

The virtual MFA devices of an account are not in its report, so iam_root_hardware_mfa_enabled is unknown
there wherever they decide; it is compared a second time on entities that hold the devices.

usage: tests/peers/prowler/test_prowler.py     SEED=n replays, ACCOUNTS=n (default 60); exit code 77 when
                                       Prowler cannot be installed
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import rule_files  # noqa: E402  pylint: disable=wrong-import-position

ROOT = rule_files.ROOT
KEYWARDEN = os.environ.get("KEYWARDEN", str(ROOT / "build" / "keywarden"))
SEED = int(os.environ.get("SEED", "1"))
ACCOUNTS = int(os.environ.get("ACCOUNTS", "60"))
HARDWARE = "iam_root_hardware_mfa_enabled"
# Checks that print a finding for every row they know never lack one.
NEVER_SILENT = {
    "iam_user_accesskey_unused",
    "iam_rotate_access_key_90_days",
    "iam_user_two_active_access_key",
    "iam_user_no_setup_initial_access_key",
}
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
).split(",")
NAMES = (
    "alice bob bobby groot rooter root Root deploy+ci mail@example.org under_score dot.ted dash-ed "
    "comma,d equal=s UPPER x 0 administrator"
).split(" ")


class Maker:
    """Makes random accounts as of one moment."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.now = datetime(2026, 3, 14, 12, 0, 0, tzinfo=timezone.utc) + timedelta(
            seconds=self.random.randrange(10**7)
        )
        self.is_upper = self.is_zulu = False

    def text(self, moment):
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + ("Z" if self.is_zulu else "+00:00")

    def bool(self, value):
        return str(value).upper() if self.is_upper else str(value).lower()

    def moment(self, boundaries=(0, 1, 2, 3, 45, 46, 47, 90, 91, 92)):
        """A time that decides something: on a boundary or a second beside it, or anywhere."""
        kind = self.random.random()
        if kind < 0.6:
            days = self.random.choice(boundaries)
            return self.now - timedelta(days=days, seconds=self.random.choice((-1, 0, 1, 7)))
        if kind < 0.65:
            return self.now + timedelta(minutes=self.random.randrange(600))
        return self.now - timedelta(seconds=self.random.randrange(4 * 365 * 86400))

    def key(self, created, is_root):
        """Five cells: a key that is absent, inactive or active, ever used or not."""
        state = self.random.choice(("absent", "inactive", "active", "active"))
        rotated = used = "N/A"
        if state != "absent":
            at_setup = self.random.random() < 0.2
            setup = created + timedelta(seconds=self.random.randrange(20))
            rotated = self.text(setup if at_setup else self.moment())
            if state == "active" and self.random.random() < 0.05:
                rotated = "N/A"
        if self.random.random() < (0.6 if state != "absent" else 0.1):
            used = self.text(self.moment((1, 2, 2, 2, 3) if is_root else (45, 46, 46, 46, 47)))
        place = ("N/A", "N/A") if used == "N/A" else ("us-east-1", "s3")
        return [self.bool(state == "active"), rotated, used, *place]

    def row(self, name, arn, password, last_used, mfa):
        created = self.moment()
        return [
            name,
            arn,
            self.text(created),
            password,
            last_used,
            "N/A" if password != "true" else self.text(self.moment()),
            "N/A",
            self.bool(mfa),
            *self.key(created, name == "<root_account>"),
            *self.key(created, name == "<root_account>"),
            self.bool(False),
            "N/A",
            self.bool(False),
            "N/A",
        ]

    def account(self, number):
        pick = self.random.choice
        partition, region = pick((("aws", "us-east-1"),) * 7 + (("aws-cn", "cn-north-1"),))
        self.is_upper = self.random.random() < 0.1
        self.is_zulu = self.random.random() < 0.5
        # One in six has a root user as it should be, so that no check is without a pass.
        is_kept = number % 6 == 0
        if is_kept:
            partition, region, self.is_upper = "aws", "us-east-1", False
        account = f"{100000000000 + number * 7919:012}"
        arn = f"arn:{partition}:iam::{account}:"
        root_mfa = is_kept or pick((True, False))
        lately = self.text(self.moment((1, 2, 2, 2, 3)))
        used = pick((lately, lately, "no_information", "no_information", "N/A"))
        password = pick((self.bool(True), self.bool(True), self.bool(False), "not_supported"))
        if is_kept:
            used, password = lately, "true"
        rows = [self.row("<root_account>", arn + "root", password, used, root_mfa)]
        if is_kept or self.random.random() < 0.4:  # no keys, as most root users
            rows[0][8:18] = [self.bool(False), "N/A", "N/A", "N/A", "N/A"] * 2
        devices, users = [], []
        if root_mfa and not is_kept and pick((True, False)):
            devices.append({"name": "root-account-mfa-device", "user": "<root_account>"})
        names = self.random.sample(NAMES, self.random.randrange(9))
        has_groot = root_mfa and not is_kept and not devices and pick((True, False))
        if has_groot and "groot" not in names:
            names.append("groot")
        for name in names:
            path = pick(("/", "/", "/division/"))
            has_password, mfa = pick((True, False)), pick((True, False))
            is_virtual = mfa and pick((True, False))
            if has_groot and name == "groot":
                mfa = is_virtual = True
            is_virtual = is_virtual and not (is_kept and "root" in name)
            used = pick((self.text(self.moment()), "no_information" if has_password else "N/A"))
            user_arn = f"{arn}user{path}{name}"
            rows.append(self.row(name, user_arn, self.bool(has_password), used, mfa))
            is_date = used not in ("no_information", "N/A")
            users.append(
                {"name": name, "path": path, "password": has_password, "used": is_date and used}
            )
            if is_virtual:
                devices.append({"name": name, "user": name})
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
        return {
            "account": account,
            "partition": partition,
            "region": region,
            "report": text.getvalue().rstrip("\n"),
            "users": users,
            "root_mfa": root_mfa,
            "devices": devices,
            "rows": [dict(zip(COLUMNS, row)) for row in rows],
        }


def ask_prowler(accounts, checks, now):
    """{(account, user, check): verdict} of what Prowler prints; a check that threw has no entry."""
    job = json.dumps({"now": now, "checks": checks, "accounts": accounts})
    # Two at once: each account is a process of its own.
    halves = [json.dumps({**json.loads(job), "accounts": accounts[i::2]}) for i in range(2)]
    scan = [str(ROOT / "build/venv-prowler/bin/python3"), str(ROOT / "tests/peers/prowler/scan.py")]
    answers, threw = {}, Counter()
    with tempfile.TemporaryFile("w+") as log:
        running = [
            subprocess.Popen(scan, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
            for _ in halves
        ]
        for process, half in zip(running, halves):
            process.stdin.write(half)
            process.stdin.close()
        lines = [line for process in running for line in process.stdout]
        if any([process.wait() != 0 for process in running]):
            log.seek(0)
            sys.exit("test_prowler: scan.py failed:\n" + log.read()[-4000:])
    for line in lines:
        answer = json.loads(line)
        for check, users in answer["findings"].items():
            if users is None:
                threw[check] += 1
            for user, statuses in (users or {}).items():
                verdict = "fail" if "FAIL" in statuses else "pass"
                answers[answer["account"], user, check] = verdict
    return answers, threw


def ask_rules(accounts, pack, folder, now):
    """The same of our rules, from the reports."""
    reports = Path(folder) / "reports"
    reports.mkdir()
    for account in accounts:
        (reports / f"{account['account']}.csv").write_text(account["report"])
    command = [KEYWARDEN, "audit", str(reports), "--rules", pack, "--as-of", now, "--all"]
    run = subprocess.run(
        [*command, "--format", "csv", "--fail-on", "critical"],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode not in (0, 1):
        sys.exit(f"test_prowler: exit code {run.returncode}: {run.stderr}")
    return {
        (line["account"], line["user"], line["control"]): line["status"]
        for line in csv.DictReader(io.StringIO(run.stdout))
    }


def ask_hardware(accounts, prowler, rule, folder, now):
    """How many root users with their devices at hand our rule judges otherwise than Prowler."""
    cases = [f"as-of: {now}\n"]
    for account in accounts:
        owners = {device["user"] for device in account["devices"]}
        users = [
            {
                "id": row["arn"],
                "MFADevices": {
                    "Virtual": [{"SerialNumber": row["user"]}] if row["user"] in owners else []
                },
            }
            for row in account["rows"]
        ]
        root = {
            "Name": "<root_account>",
            "RootUser": True,
            "Partition": account["partition"],
            "MFAActive": account["root_mfa"],
            "Columns": account["rows"][0],
            "AWS": {"IAMUsers": users},
        }
        verdict = prowler.get((account["account"], "<root_account>", HARDWARE), "not-applicable")
        cases.append(f"{json.dumps(root)}\n{' '.join(rule.split())}\n{verdict}\n")
    path = Path(folder) / "hardware.test"
    path.write_text("\n".join(cases))
    run = subprocess.run(
        [KEYWARDEN, "rule", "test", str(path)], capture_output=True, text=True, check=False
    )
    print(run.stdout.rstrip("\n").rpartition("\n")[0] + run.stderr, end="")
    passed, _, failed = run.stdout.strip().rpartition("\n")[2].partition(" passed, ")
    if int(passed) + int(failed.split()[0]) != len(accounts):
        sys.exit(f"test_prowler: {passed} and {failed} of {len(accounts)} accounts")
    return int(failed.split()[0])


def main():
    install = subprocess.run([str(ROOT / "tests/peers/prowler/install")], check=False)
    if install.returncode != 0:
        print("test_prowler: SKIPPED, nothing was compared")
        sys.exit(install.returncode)
    entries = rule_files.read("prowler")
    checks = [entry["id"] for entry in entries]
    maker = Maker(SEED)
    accounts = [maker.account(number) for number in range(ACCOUNTS)]
    now = maker.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    prowler, threw = ask_prowler(accounts, checks, now)
    differences = rows = beside = 0
    seen = {check: Counter() for check in checks}
    with tempfile.TemporaryDirectory() as folder:
        pack = os.path.join(folder, "prowler.yaml")
        rule_files.write_pack(entries, pack)
        ours = ask_rules(accounts, pack, folder, now)
        for account in accounts:
            for row in account["rows"]:
                rows += 1
                for check in checks:
                    key = (account["account"], row["user"], check)
                    theirs = prowler.pop(key, "not-applicable") if check != HARDWARE else (
                        prowler.get(key, "not-applicable"))
                    seen[check][theirs] += 1
                    if ours[key] == "unknown" and check == HARDWARE and account["root_mfa"]:
                        beside += 1
                    elif ours[key] != theirs:
                        differences += 1
                        print(f"Prowler {theirs}, rule {ours[key]}: {check}: {row}")
        hardware = next(entry["rule"] for entry in entries if entry["id"] == HARDWARE)
        differences += ask_hardware(accounts, prowler, hardware, folder, now)
    left = [key for key in prowler if key[2] != HARDWARE]
    for key in left:
        print(f"Prowler judged what no row of a report is: {key}")
    # A check that always answers the same would be confirmed by nothing.
    lacking = [
        f"{check} never answered {verdict}"
        for check in checks
        for verdict in ("pass", "fail", "not-applicable")
        if not seen[check][verdict] and not (verdict == "not-applicable" and check in NEVER_SILENT)
    ]
    print(*lacking, sep="\n", end="\n" if lacking else "")
    compared = rows * len(checks) - beside + len(accounts)
    for check in checks:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(seen[check].items()))
        print(f"{check}: {counts}; threw in {threw[check]} accounts")
    print(f"seed {SEED}: {len(accounts)} accounts, {rows} rows, {compared} verdicts, "
          f"{differences} differences")
    wrong = differences + len(left) + len(lacking)
    print(f"{max(compared - differences, 0)} passed, {wrong} failed")
    sys.exit(wrong > 0)


main()
