#!/usr/bin/env python3
"""Every known defect of the four tools about root and IAM users is shown, with its explanation.

Each stands here with where it is shown: in the audit of a report (account and user in a golden test of
tests/cli/compare), or, where it takes data that no report has, in a case of tests/rules/compare.test. In
either, what they and we answer and a word of the explanation that must be given with it.

usage: tests/peers/test_defects.py
"""

import csv
import io
import re
import sys

import rule_files

GOLDEN = rule_files.ROOT / "tests" / "cli" / "compare" / "defects.stdout"
CASES = rule_files.ROOT / "tests" / "rules" / "compare.test"
ROOT_USER = "<root_account>"

# In audits: defect, check, account, user, theirs, ours, word.
AUDITS = """
a root key hides behind an older sign-in | iam_avoid_root_usage | 1 | root | pass | fail | hides behind
key 2 hides behind key 1 | iam_avoid_root_usage | 7 | root | pass | fail | key 2 behind
N/A as a date throws | iam_avoid_root_usage | 2 | root | silent | fail | takes that for a date
one day is two | iam_avoid_root_usage | 4 | root | fail | pass | whole days
silent on old reports, MFA | iam_root_mfa_enabled | 3 | root | silent | fail | not_supported
silent on old reports, hardware MFA | iam_root_hardware_mfa_enabled | 3 | root | silent | fail | old reports
hardware MFA in partition aws only | iam_root_hardware_mfa_enabled | 9 | root | silent | fail | partition aws
a key never used | iam_user_accesskey_unused | 6 | never | pass | fail | never used
a password never used | iam_user_console_access_unused | 6 | never | pass | fail | never used
inverted: recent use of a root key | iam_root_last_used | 1 | root | pass | fail | in the last 90 days
inverted: ancient use of a root key | iam_root_last_used | 5 | root | fail | pass | more than 90 days ago
bob inherits the keys of bobby | iam_user_one_active_key | 6 | bob | fail | pass | keys of bobby
key 2 behind an inactive key 1 | iam_user_access_key_unused_45 | 6 | second | pass | fail | never looks at key 2
an inactive root key is a key | iam_root_user_no_access_keys | 5 | root | fail | pass | inactive key
MFA of a root without a password | iam_root_user_mfa_enabled | 6 | root | fail | pass | no password
hardware MFA without a password | iam_root_user_hardware_mfa_enabled | 6 | root | fail | pass | neither password
not_supported is a password | iam_user_console_access_mfa_enabled | 3 | root | fail | not-applicable | takes not_supported
root alarms for not being used | iam_user_console_access_unused_45 | 5 | root | fail | not-applicable | is not used
not there in China | IAM.6 | 9 | root | silent | fail | China and GovCloud
hardware MFA passes without asking | IAM.6 | 2 | root | pass | unknown | without asking
an inactive root key is a key | IAM.4 | 5 | root | fail | pass | inactive key
every key active, of one | netskope-user-every-key-active | 6 | bob | fail | pass | exactly one key
a password never used | netskope-user-password-used-90 | 6 | never | pass | fail | never used
a key never used | netskope-user-key-used-90 | 6 | never | pass | fail | never used
CIS 1.2 ignores keys | netskope-root-not-used-password | 1 | root | pass | fail | does not look at keys
CIS 1.4 misses a key deactivated since | netskope-root-not-used | 8 | root | pass | fail | inactive or gone
MFA of a root without a password | netskope-root-mfa-enabled | 6 | root | fail | pass | no password
"""
# In cases: defect, check, how the case's comment goes, theirs, ours, word.
RULES = """
groot's virtual device is root's | iam_root_hardware_mfa_enabled | The virtual device is groot's | fail | pass | groot
silent on old reports, keys | iam_no_root_access_key | An old report without keys | not-applicable | pass | old report
never ok, a hardware key alarms | iam_user_hardware_mfa_enabled | A hardware key is not among | fail | pass | does not see
never ok, a virtual device is a note | iam_user_hardware_mfa_enabled | A virtual device is a note | not-applicable | pass | takes note
what the account summary says | iam_root_user_account_console_access_mfa_enabled | Its other query | unknown | fail | account summary
a password that an old report hides | netskope-root-not-used | And for an enabled password | unknown | fail | not_supported
"""


def table(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n")]


def told():
    """{(check, account, user): (theirs, ours, why)} of the audits."""
    rows = csv.reader(io.StringIO(GOLDEN.read_text()))
    return {(row[0], row[2], row[3]): (row[4], row[5], row[7]) for row in rows}


def cases():
    """(system, check, comment, theirs, ours) of each pair of cases."""
    pair = r"# (\S+) (\S+): (.*)\n.+\n.+\n(.+)\n\n.+\n.+\n(.+)\n"
    return re.findall(pair, CASES.read_text())


def reason(system, check, ours, theirs):
    for entry in rule_files.read(system):
        for why in entry.get("why", []) if entry["id"] == check else []:
            if (why.get("ours"), why.get("theirs")) == (ours, theirs):
                return why["text"]
    return ""


def main():
    wrong, passed = [], 0
    differences = told()
    for defect, check, account, user, theirs, ours, word in table(AUDITS):
        key = check, f"{int(account):012}", ROOT_USER if user == "root" else user
        found = differences.get(key, ("nothing", "nothing", ""))
        if found[:2] != (theirs, ours) or word not in found[2]:
            wrong.append(f"{GOLDEN.name}: {check}: {defect}: {found}")
        else:
            passed += 1
    for defect, check, comment, theirs, ours, word in table(RULES):
        found = [
            (*case, " ".join(reason(case[0], check, ours, theirs).split()))
            for case in cases()
            if case[1] == check and case[2].startswith(comment)
        ]
        if len(found) != 1 or found[0][3:5] != (theirs, ours) or word not in found[0][5]:
            wrong.append(f"{CASES.name}: {check}: {defect}: {found}")
        else:
            passed += 1
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
