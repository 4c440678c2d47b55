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
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import accounts as random_accounts  # noqa: E402  pylint: disable=wrong-import-position
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
    maker = random_accounts.Maker(SEED)
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
