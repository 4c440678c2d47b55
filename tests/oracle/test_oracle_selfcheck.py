#!/usr/bin/env python3
"""Checks the second evaluator and the report generator themselves, without the program.

The cases are computed by hand from the table of controls; the last part makes sure that the random
reports reach every status of every control, every boundary second, every special word in every
column, and every column missing.
"""

import os
import sys

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import reports

AS_OF = "2025-03-31T00:00:00Z"
NOW = controls.read_time(AS_OF)
GENERATED = 4000

passed = 0
failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s\n    expected %r\n    got      %r" % (what, expected, got))


ROOT = {
    "user": "<root_account>",
    "arn": "arn:aws:iam::111122223333:root",
    "user_creation_time": "2015-01-01T00:00:00Z",
    "password_enabled": "true",
    "password_last_used": "no_information",
    "password_last_changed": "2015-01-01T00:00:00Z",
    "password_next_rotation": "not_supported",
    "mfa_active": "true",
    "access_key_1_active": "false",
    "access_key_1_last_rotated": "N/A",
    "access_key_1_last_used_date": "N/A",
    "access_key_2_active": "false",
    "access_key_2_last_rotated": "N/A",
    "access_key_2_last_used_date": "N/A",
    "cert_1_active": "false",
    "cert_1_last_rotated": "N/A",
    "cert_2_active": "false",
    "cert_2_last_rotated": "N/A",
}
USER = dict(
    ROOT,
    user="alice",
    arn="arn:aws:iam::111122223333:user/alice",
    user_creation_time="2025-01-01T00:00:00Z",
    password_enabled="false",
    password_last_used="N/A",
    password_last_changed="N/A",
    password_next_rotation="N/A",
)


def report_of(*rows, without=()):
    names = [name for name in ROOT if name not in without]
    lines = [",".join(names)]
    lines += [",".join('"%s"' % row[name].replace('"', '""') for name in names) for row in rows]
    return "\n".join(lines).encode()


def status(control, base, without=(), params=None, **cells):
    """The status of one control for one row: base with some cells changed or columns missing."""
    data = report_of(dict(base, **cells), without=without)
    verdict = controls.evaluate_report(data, "x.csv", NOW, params)
    return [row[3] for row in verdict.rows if row[2] == control][0]


def ago(days, seconds=0):
    """The time that many days and seconds before the as-of time, worked out by the calendar."""
    known = {
        (1, 0): "2025-03-30T00:00:00Z",
        (1, 1): "2025-03-29T23:59:59Z",
        (45, 0): "2025-02-14T00:00:00Z",
        (45, -1): "2025-02-14T00:00:01Z",
        (90, 0): "2024-12-31T00:00:00Z",
        (90, 1): "2024-12-30T23:59:59Z",
        (90, -1): "2024-12-31T00:00:01Z",
        (7, 0): "2025-03-24T00:00:00Z",
        (7, 1): "2025-03-23T23:59:59Z",
    }
    return known[(days, seconds)]


def key(number, active, rotated="N/A", used="N/A"):
    prefix = "access_key_%d_" % number
    return {
        prefix + "active": active,
        prefix + "last_rotated": rotated,
        prefix + "last_used_date": used,
    }


def check_cells():
    check("epoch", controls.read_time("1970-01-01T00:00:00Z"), 0)
    check("a time", controls.read_time("2001-09-09T01:46:40+00:00"), 1000000000)
    check("before the epoch", controls.read_time("1969-12-31T23:59:59Z"), -1)
    check("fraction", controls.read_time("2001-09-09T01:46:40.999Z"), 1000000000)
    check("leap day", controls.read_time("2024-02-29T00:00:00Z"), 1709164800)
    for text in reports.IMPOSSIBLE_TIMES + reports.MALFORMED_TIMES + reports.GARBAGE + ("true",):
        check("no time: %r" % text, controls.read_time(text), controls.UNREADABLE)
    check("upper case", controls.read_boolean("TRUE"), True)
    check("mixed case", controls.read_boolean("fAlSe"), False)
    for text in reports.GARBAGE + ("2024-01-01T00:00:00Z",):
        check("no boolean: %r" % text, controls.read_boolean(text), controls.UNREADABLE)
    for word in controls.WORDS:
        check("word", (controls.read_time(word), controls.read_boolean(word)), (word, word))

    check("arn", controls.account_of_arn("arn:aws-cn:iam::123456789012:user/a:b"), "123456789012")
    check("arn of 13 digits", controls.account_of_arn("arn:aws:iam::1234567890123:root"), "")
    check("name", controls.account_of_file_name("/111111111111/a-123456789012.csv"), "123456789012")
    check("name of 13 digits", controls.account_of_file_name("1234567890123.csv"), "")


def check_root():
    for control, expected in (
        ("root-no-active-access-key", "pass"),
        ("root-no-inactive-access-key", "pass"),
        ("root-mfa-enabled", "pass"),
        ("root-hardware-mfa", "unknown"),
        ("root-not-used", "pass"),
        ("root-no-signing-certificate", "pass"),
        ("access-key-rotated", "not-applicable"),
        ("user-mfa-enabled", "not-applicable"),
    ):
        check("plain root: " + control, status(control, ROOT), expected)

    name = "root-no-active-access-key"
    check(name, status(name, ROOT, **key(2, "TRUE")), "fail")
    check(name, status(name, ROOT, **key(1, "false", ago(1))), "pass")
    check(name, status(name, ROOT, **key(1, "not_supported")), "unknown")
    check(name, status(name, ROOT, **key(1, "N/A")), "pass")
    check(name, status(name, ROOT, without=("access_key_2_active",)), "unknown")
    check(
        name,
        status(name, ROOT, without=("access_key_2_active",), access_key_1_active="true"),
        "fail",
    )
    check(name, status(name, ROOT, without=("access_key_1_last_rotated",)), "pass")

    name = "root-no-inactive-access-key"
    check(name, status(name, ROOT, **key(1, "false", ago(1))), "fail")
    check(name, status(name, ROOT, **key(1, "true", ago(1))), "pass")
    check(name, status(name, ROOT, **key(1, "false", "no_information")), "pass")
    check(name, status(name, ROOT, **key(1, "false", "2023-02-29T00:00:00Z")), "unknown")
    check(name, status(name, ROOT, without=("access_key_1_last_rotated",)), "unknown")

    # mfa, password -> root-mfa-enabled, root-hardware-mfa
    for mfa, password, any_kind, hardware in (
        ("false", "true", "fail", "fail"),
        ("false", "not_supported", "fail", "fail"),
        ("false", "false", "pass", "pass"),
        ("false", "", "unknown", "unknown"),
        ("false", "N/A", "unknown", "unknown"),
        ("true", "true", "pass", "unknown"),
        ("true", "false", "pass", "unknown"),
        ("true", "not_supported", "pass", "unknown"),
        ("not_supported", "false", "pass", "unknown"),
        ("not_supported", "true", "unknown", "unknown"),
        ("maybe", "not_supported", "unknown", "unknown"),
    ):
        cells = {"mfa_active": mfa, "password_enabled": password}
        what = "mfa %s, password %s: " % (mfa, password)
        check(what + "any", status("root-mfa-enabled", ROOT, **cells), any_kind)
        check(what + "hardware", status("root-hardware-mfa", ROOT, **cells), hardware)

    name = "root-not-used"
    check(name, status(name, ROOT, password_last_used=ago(1)), "fail")
    check(name, status(name, ROOT, password_last_used=ago(1, 1)), "pass")
    check(name, status(name, ROOT, password_last_used="2025-03-29T23:59:59.999Z"), "pass")
    two = {name + ".days": 2}
    check(name, status(name, ROOT, password_last_used=ago(1, 1), params=two), "fail")
    check(name, status(name, ROOT, password_last_used="2030-01-01T00:00:00Z"), "fail")
    check(name, status(name, ROOT, **key(2, "false", "N/A", ago(1))), "fail")
    check(name, status(name, ROOT, password_last_used="not_supported"), "unknown")
    check(name, status(name, ROOT, password_last_used="N/A"), "pass")
    gone = ("access_key_1_last_used_date",)
    check(name, status(name, ROOT, without=gone), "unknown")
    check(name, status(name, ROOT, without=gone, password_last_used=ago(1)), "fail")

    name = "root-no-signing-certificate"
    check(name, status(name, ROOT, cert_2_active="true"), "fail")
    check(name, status(name, ROOT, cert_2_last_rotated=ago(1)), "pass")
    check(name, status(name, ROOT, without=("cert_1_active",)), "unknown")

    check("root key", status("access-key-rotated", ROOT, **key(1, "true", ago(90, 1))), "fail")


def check_user_passwords():
    name = "user-console-mfa"
    check(name, status(name, USER), "not-applicable")
    check(name, status(name, USER, password_enabled="true"), "pass")
    check(name, status(name, USER, password_enabled="true", mfa_active="false"), "fail")
    check(name, status(name, USER, password_enabled="true", mfa_active="N/A"), "unknown")
    check(name, status(name, USER, password_enabled="not_supported"), "unknown")
    check(name, status(name, USER, without=("password_enabled",)), "unknown")

    name = "user-mfa-enabled"
    check(name, status(name, USER), "pass")
    check(name, status(name, USER, mfa_active="false"), "fail")
    check(name, status(name, USER, without=("mfa_active",)), "unknown")

    name = "user-no-access-key-at-setup"
    at_setup = key(1, "true", "2025-01-01T00:00:10Z")
    before = key(1, "true", "2024-12-31T23:59:50Z")
    later = key(1, "true", "2025-01-01T00:00:11Z")
    undated = key(1, "true")
    check(name, status(name, USER, **at_setup), "not-applicable")
    for password, expected in (
        ("true", ("fail", "fail", "pass", "unknown", "pass")),
        ("not_supported", ("unknown", "unknown", "pass", "unknown", "pass")),
        ("what", ("unknown", "unknown", "pass", "unknown", "pass")),
    ):
        got = tuple(
            status(name, USER, password_enabled=password, **cells)
            for cells in (at_setup, before, later, undated, {})
        )
        check("%s, password %s" % (name, password), got, expected)
    long_before = key(1, "true", "2024-12-31T23:59:49Z")
    check(name, status(name, USER, password_enabled="true", **long_before), "pass")
    check(
        name,
        status(name, USER, password_enabled="true", params={name + ".seconds": 9}, **at_setup),
        "pass",
    )
    check(
        name,
        status(name, USER, password_enabled="true", user_creation_time="N/A", **later),
        "unknown",
    )


def check_user_keys():
    name = "user-single-active-access-key"
    both = dict(key(1, "true", ago(90)), **key(2, "true", ago(7)))
    old = dict(both, access_key_2_last_rotated=ago(7, 1))
    grace = {name + ".grace": 7}
    check(name, status(name, USER, **key(1, "true", ago(90))), "pass")
    check(name, status(name, USER, **both), "fail")
    check(name, status(name, USER, params=grace, **both), "pass")
    check(name, status(name, USER, params=grace, **old), "fail")
    undated = dict(old, access_key_1_last_rotated="N/A")
    one_off = dict(key(1, "false", ago(90)), access_key_2_active="?")
    check(name, status(name, USER, params=grace, **undated), "unknown")
    check(name, status(name, USER, **dict(both, access_key_1_active="?")), "unknown")
    check(name, status(name, USER, **one_off), "pass")

    name = "access-key-rotated"
    check(name, status(name, USER), "not-applicable")
    check(name, status(name, USER, **key(1, "true", ago(90))), "pass")
    check(name, status(name, USER, **key(1, "true", ago(90, 1))), "fail")
    check(name, status(name, USER, **key(1, "false", ago(90, 1))), "not-applicable")
    check(name, status(name, USER, **key(1, "true", "no_information")), "unknown")
    check(name, status(name, USER, **one_off), "unknown")
    check(name, status(name, USER, params={name + ".days": 89}, **key(1, "true", ago(90))), "fail")
    check(
        name,
        status(name, USER, **dict(key(1, "true", "N/A"), **key(2, "true", ago(90, 1)))),
        "fail",
    )


def check_user_use():
    one = "user-credentials-used"
    check(one, status(one, USER), "not-applicable")
    check(one, status(one, USER, password_enabled="not_supported"), "not-applicable")
    check(one, status(one, USER, access_key_2_active="not_supported"), "unknown")
    check(one, status(one, USER, **key(1, "true", ago(90), ago(45))), "fail")
    check(one, status(one, USER, **key(1, "true", ago(90), ago(45, -1))), "pass")
    check(one, status(one, USER, **key(1, "true", ago(45))), "fail")
    check(one, status(one, USER, **key(1, "true", ago(45, -1))), "pass")
    check(one, status(one, USER, **key(1, "true", ago(90), "not_supported")), "unknown")
    gone = ("access_key_1_last_used_date",)
    check(one, status(one, USER, without=gone, **key(1, "true", ago(90))), "unknown")
    fresh = {"password_enabled": "true", "password_last_used": ago(1)}
    stale = dict(fresh, password_last_used=ago(90))
    newly = {
        "password_enabled": "true",
        "password_last_used": "no_information",
        "password_last_changed": ago(1),
    }
    check(one, status(one, USER, **newly), "pass")
    check(one, status(one, USER, **dict(newly, password_last_changed=ago(45))), "fail")
    check(one, status(one, USER, **dict(newly, password_last_changed="N/A")), "unknown")
    check(one, status(one, USER, **dict(fresh, **key(1, "true", ago(90)))), "fail")

    every = "user-used"
    check(every, status(every, USER), "not-applicable")
    check(every, status(every, USER, access_key_2_active="?"), "unknown")
    check(every, status(every, USER, **stale), "fail")
    check(every, status(every, USER, **dict(stale, password_last_used=ago(90, -1))), "pass")
    check(every, status(every, USER, **dict(fresh, **key(1, "true", ago(90)))), "pass")
    check(every, status(every, USER, **dict(fresh, **key(1, "true"))), "pass")
    check(every, status(every, USER, **dict(stale, **key(1, "true"))), "unknown")
    check(every, status(every, USER, **dict(stale, **key(1, "true", ago(90)))), "fail")
    check(every, status(every, USER, **dict(stale, access_key_2_active="?")), "unknown")


def check_reports():
    def evaluate(data, name="x.csv"):
        return controls.evaluate_report(data, name, NOW)

    six = [control for control, _, kind, _ in controls.CONTROLS if kind == "root"]
    verdict = evaluate(report_of())
    check("empty account", verdict.rows, [("", "<root_account>", c, "unknown") for c in six])
    verdict = evaluate(report_of(), "r-444455556666.csv")
    check("account of the name", {row[0] for row in verdict.rows}, {"444455556666"})
    verdict = evaluate(report_of(dict(USER, arn=""), USER), "r-444455556666.csv")
    check("account of another row", {row[0] for row in verdict.rows}, {"111122223333"})
    check("root controls come last", [row[2] for row in verdict.rows[26:]], six)
    check("duplicate", [(line, name) for line, name, _ in verdict.errors], [(3, "user")])
    check("both judged", len(verdict.rows), 13 + 13 + 6)

    verdict = evaluate(report_of(ROOT, dict(USER, user="")))
    check("no user", [error[:2] for error in verdict.errors], [(3, "user")])
    verdict = evaluate(report_of(ROOT) + b"\nbob,arn\n" + b",".join([b"true"] * 19))
    check("wrong cell counts", (len(verdict.rows), [e[0] for e in verdict.errors]), (13, [3, 4]))
    check("no report", evaluate(b"user,team\nalice,a\n").exit_code(), 3)
    verdict = evaluate(report_of(ROOT, dict(USER, user='a,"b"\n')).replace(b"\n", b"\r\n"))
    check("hostile name", verdict.rows[13][1], 'a,"b"\r\n')

    check("exit 0", evaluate(report_of(ROOT, USER)).exit_code(), 0)
    medium = report_of(ROOT, dict(USER, mfa_active="false"))
    check("exit 0, a medium", evaluate(medium).exit_code(), 0)
    check("exit 1, high", evaluate(report_of(dict(ROOT, cert_1_active="true"))).exit_code(), 1)
    used = report_of(dict(ROOT, **key(1, "false", "N/A", AS_OF)))
    check("exit 1, root used", evaluate(used).exit_code(), 1)
    verdict = evaluate(report_of(dict(USER, user="<ROOT_ACCOUNT>")))
    check("root is spelled in one way", len(verdict.rows), 13 + 6)
    bad = dict(ROOT, cert_1_active="true", cert_2_active="?")
    check("exit 3 wins", evaluate(report_of(bad)).exit_code(), 3)


def check_generator():
    """What must occur in random reports, or comparing them with the program proves little."""
    statuses = set()
    words = set()
    missing = set()
    boundaries = set()
    codes = {}
    extra = {"unreadable": 0, "impossible": 0, "crlf": 0, "no last newline": 0, "later": 0}
    for index in range(GENERATED):
        report = reports.make_report("selfcheck", index, NOW)
        verdict = controls.evaluate_report(report.data, report.name, NOW)
        for row in verdict.judged:
            for control, got in controls.judge_row(row, NOW, controls.DEFAULT_PARAMS):
                statuses.add((control, "root" if row.is_root else "user", got))
        codes[verdict.exit_code()] = codes.get(verdict.exit_code(), 0) + 1
        extra["crlf"] += b"\r\n" in report.data
        extra["no last newline"] += not report.data.endswith(b"\n")
        for _, column, text in verdict.errors:
            extra["unreadable"] += column in controls.BOOLEAN_COLUMNS
            extra["impossible"] += "2023-02-29" in text
        for row in verdict.judged:
            for name in reports.COLUMNS_22[2:]:
                text = row.cells.get(name)
                if text is None:
                    missing.add(name)
                elif text in controls.WORDS:
                    words.add((name, text))
                elif name in controls.TIME_COLUMNS and controls.is_time(controls.read_time(text)):
                    boundaries.add((name, NOW - controls.read_time(text)))
                    extra["later"] += controls.read_time(text) > NOW
    for control, _, kind, _ in controls.CONTROLS:
        for row_kind in ("root", "user") if kind == "both" else (kind,):
            for wanted in ("pass", "fail", "unknown"):
                place = (control, row_kind, wanted)
                check("reached %s %s %s" % place, place in statuses, True)
    for control in ("user-console-mfa", "user-no-access-key-at-setup", "access-key-rotated") + (
        "user-credentials-used",
        "user-used",
    ):
        place = (control, "user", "not-applicable")
        check("reached %s %s %s" % place, place in statuses, True)
    for name in reports.COLUMNS_22[2:]:
        check("missing: " + name, name in missing, True)
        for word in controls.WORDS:
            check("%s in %s" % (word, name), (name, word) in words, True)
    for name in controls.TIME_COLUMNS[1:7]:
        for days in (1, 2, 7, 30, 45, 90):
            for second in (-1, 0, 1):
                place = days * controls.DAY + second
                check("%s %d days %+d s" % (name, days, second), (name, place) in boundaries, True)
    for code in (0, 1, 3):
        check("exit code %d often" % code, codes.get(code, 0) >= GENERATED // 20, True)
    for what, count in extra.items():
        check("%s often" % what, count >= 20, True)
    again = reports.make_report("selfcheck", 17, NOW)
    check("same seed", reports.make_report("selfcheck", 17, NOW).data, again.data)
    check("other seed", reports.make_report("other", 17, NOW).data != again.data, True)


def main():
    check_cells()
    check_root()
    check_user_passwords()
    check_user_keys()
    check_user_use()
    check_reports()
    check_generator()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
