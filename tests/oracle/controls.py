#!/usr/bin/env python3
"""A second, slow and obvious evaluator of the thirteen controls on a credential report.

It is written from the specification of the controls alone and shares nothing with the program:
where the two disagree, one of them is wrong. Only the standard library is used.

Truth is three-valued: True, False and None, where None means "not known".

By hand:  python3 controls.py --as-of 2025-03-01T12:00:00Z REPORT.csv
"""

import csv
import io
import os
import re
import sys
from datetime import datetime, timezone

DAY = 86400
ROOT_USER = "<root_account>"

# What a cell can be besides a boolean or a time. The first three are words of the format.
NOT_SUPPORTED = "not_supported"
NO_INFORMATION = "no_information"
NOT_AVAILABLE = "N/A"
WORDS = (NOT_SUPPORTED, NO_INFORMATION, NOT_AVAILABLE)
MISSING = "missing column"
UNREADABLE = "unreadable cell"

# States of a key or certificate slot.
ACTIVE = "active"
INACTIVE = "inactive"
ABSENT = "absent"
STATE_UNKNOWN = "state unknown"

# Statuses, as the program prints them.
FAIL = "fail"
PASS = "pass"
UNKNOWN = "unknown"
NOT_APPLICABLE = "not-applicable"

BOOLEAN_COLUMNS = (
    "password_enabled",
    "mfa_active",
    "access_key_1_active",
    "access_key_2_active",
    "cert_1_active",
    "cert_2_active",
)
# password_next_rotation is no part of this list: no control needs it, so nothing reads it and
# nothing can be said about what it holds.
TIME_COLUMNS = (
    "user_creation_time",
    "password_last_used",
    "password_last_changed",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "cert_1_last_rotated",
    "cert_2_last_rotated",
)

DEFAULT_PARAMS = {
    "root-not-used.days": 1,
    "user-no-access-key-at-setup.seconds": 10,
    "user-single-active-access-key.grace": 0,
    "access-key-rotated.days": 90,
    "user-credentials-used.days": 45,
    "user-used.days": 90,
}


# ------------------------------------------------------------------------------ three-valued logic


def logic_not(a):
    return None if a is None else not a


def logic_and(values):
    """False as soon as one is false, else unknown as soon as one is unknown, else true."""
    values = list(values)
    if False in values:
        return False
    return None if None in values else True


def logic_or(values):
    """True as soon as one is true, else unknown as soon as one is unknown, else false."""
    values = list(values)
    if True in values:
        return True
    return None if None in values else False


def status_of_failing(failing):
    """The status of a control that applies, from whether its row fails it."""
    if failing is None:
        return UNKNOWN
    return FAIL if failing else PASS


# ---------------------------------------------------------------------------------------- cells

# [0-9] and not \d: the digits of other scripts are no digits of this format.
TIME_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:Z|\+00:00)"
)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def read_time(text):
    """Whole seconds since 1970, one of the words, or UNREADABLE. Fractions are dropped."""
    if text in WORDS:
        return text
    match = TIME_FORM.fullmatch(text)
    if match is None:
        return UNREADABLE
    try:
        moment = datetime(*(int(part) for part in match.groups()), tzinfo=timezone.utc)
    except ValueError:
        return UNREADABLE  # the right form, but no such day or no such second
    since = moment - EPOCH
    return since.days * DAY + since.seconds


def read_boolean(text):
    """True, False, one of the words, or UNREADABLE. Letter case matters for the words only."""
    if text in WORDS:
        return text
    # Spelled out, because lower() also folds letters that are not ASCII.
    if re.fullmatch("[Tt][Rr][Uu][Ee]", text):
        return True
    if re.fullmatch("[Ff][Aa][Ll][Ss][Ee]", text):
        return False
    return UNREADABLE


def is_time(value):
    return isinstance(value, int)


def known_boolean(value):
    """A boolean cell as a truth value: whatever is neither true nor false is not known."""
    return value if value is True or value is False else None


# ----------------------------------------------------------------------------------------- rows


class Slot:
    """An access key or a signing certificate, as three columns of the report tell it."""

    def __init__(self, active, rotated, used):
        self.active_cell = active
        self.rotated = rotated
        self.used = used

    def state(self):
        if self.active_cell is True:
            return ACTIVE
        if self.active_cell is False:
            if is_time(self.rotated):
                return INACTIVE
            return ABSENT if self.rotated in WORDS else STATE_UNKNOWN
        return ABSENT if self.active_cell == NOT_AVAILABLE else STATE_UNKNOWN

    def is_active(self):
        # A slot that says false is not active, even when it is not known whether it is an inactive
        # credential or no credential at all.
        if self.active_cell is True:
            return True
        if self.active_cell is False or self.active_cell == NOT_AVAILABLE:
            return False
        return None

    def is_inactive(self):
        state = self.state()
        return None if state == STATE_UNKNOWN else state == INACTIVE


class Row:
    """One row of the report with its cells read."""

    def __init__(self, line, cells):
        self.line = line
        self.cells = cells  # column name -> text; only columns the report has
        self.user = cells["user"]
        self.arn = cells["arn"]
        self.is_root = self.user == ROOT_USER
        self.errors = []
        value = {}
        for name in BOOLEAN_COLUMNS:
            value[name] = self.read(name, read_boolean)
        for name in TIME_COLUMNS:
            value[name] = self.read(name, read_time)
        self.created = value["user_creation_time"]
        self.password_enabled = value["password_enabled"]
        self.password_used = value["password_last_used"]
        self.password_changed = value["password_last_changed"]
        self.mfa = value["mfa_active"]
        self.keys = [
            Slot(
                value["access_key_%d_active" % n],
                value["access_key_%d_last_rotated" % n],
                value["access_key_%d_last_used_date" % n],
            )
            for n in (1, 2)
        ]
        self.certs = [
            Slot(value["cert_%d_active" % n], value["cert_%d_last_rotated" % n], None)
            for n in (1, 2)
        ]

    def read(self, name, reader):
        if name not in self.cells:
            return MISSING
        value = reader(self.cells[name])
        if value == UNREADABLE:
            self.errors.append((self.line, name, "unreadable: %r" % self.cells[name]))
        return value


def account_of_arn(arn):
    """The twelve digits of arn:PARTITION:iam::DIGITS:RESOURCE, else the empty string."""
    match = re.fullmatch(r"arn:[^:]*:iam::([0-9]{12}):.*", arn, re.DOTALL)
    return match.group(1) if match else ""


def account_of_file_name(name):
    """The first run of exactly twelve digits in a path's last part, else the empty string."""
    match = re.search(r"(?<![0-9])[0-9]{12}(?![0-9])", os.path.basename(name))
    return match.group(0) if match else ""


# ------------------------------------------------------------------------------- the root controls
# Each function gets a row of its kind, the as-of time and the parameters, and returns a status.


def root_no_active_access_key(row, as_of, params):
    # Root should have no access key that works.
    return status_of_failing(logic_or(key.is_active() for key in row.keys))


def root_no_inactive_access_key(row, as_of, params):
    # A root key that was switched off but never deleted can be switched on again.
    return status_of_failing(logic_or(key.is_inactive() for key in row.keys))


def root_password_without_mfa(row):
    """Known true only when MFA is off and the password is there. Reports of the older era say
    not_supported for the root password, which they all had."""
    return row.mfa is False and row.password_enabled in (True, NOT_SUPPORTED)


def root_mfa_enabled(row, as_of, params):
    # Root signs in with a second factor, or has no password to sign in with.
    if root_password_without_mfa(row):
        return FAIL
    if row.mfa is True or row.password_enabled is False:
        return PASS
    return UNKNOWN


def root_hardware_mfa(row, as_of, params):
    # The second factor of root is a device. A report says that there is one, never which kind.
    if root_password_without_mfa(row):
        return FAIL
    if row.mfa is False and row.password_enabled is False:
        return PASS
    return UNKNOWN


def root_not_used(row, as_of, params):
    # No credential of root was used in the last `days` days, whatever became of it since.
    limit = params["root-not-used.days"] * DAY
    dates = [row.password_used] + [key.used for key in row.keys]
    return status_of_failing(logic_or(root_used_recently(date, as_of, limit) for date in dates))


def root_used_recently(date, as_of, limit):
    if is_time(date):
        return as_of - date <= limit
    if date in (NO_INFORMATION, NOT_AVAILABLE):
        return False  # never used, or nothing there to use
    return None


def root_no_signing_certificate(row, as_of, params):
    # Root should have no signing certificate that works.
    return status_of_failing(logic_or(cert.is_active() for cert in row.certs))


# ------------------------------------------------------------------------------- the user controls


def user_console_mfa(row, as_of, params):
    # A user who can sign in with a password needs a second factor.
    has_password = known_boolean(row.password_enabled)
    if has_password is None:
        return UNKNOWN
    if has_password is False:
        return NOT_APPLICABLE
    return status_of_failing(logic_not(known_boolean(row.mfa)))


def user_mfa_enabled(row, as_of, params):
    # Every user has a second factor.
    return status_of_failing(logic_not(known_boolean(row.mfa)))


def user_no_access_key_at_setup(row, as_of, params):
    # A user with a password got no access key in the same act that made the user.
    limit = params["user-no-access-key-at-setup.seconds"]
    if row.password_enabled is False:
        return NOT_APPLICABLE
    failing = logic_or(
        logic_and([key.is_active(), made_with_user(key, row.created, limit)]) for key in row.keys
    )
    if row.password_enabled is True:
        return status_of_failing(failing)
    # Whether there is a password is not known; that matters only if a key could fail.
    return PASS if failing is False else UNKNOWN


def made_with_user(key, created, limit):
    if not is_time(key.rotated) or not is_time(created):
        return None
    return abs(key.rotated - created) <= limit


def user_single_active_access_key(row, as_of, params):
    # At most one key is active; with a grace, two are allowed while either is that young.
    grace = params["user-single-active-access-key.grace"]
    parts = [key.is_active() for key in row.keys]
    if grace > 0:
        parts += [rotated_before(key, as_of, grace * DAY) for key in row.keys]
    return status_of_failing(logic_and(parts))


def rotated_before(key, as_of, limit):
    if not is_time(key.rotated):
        return None
    return as_of - key.rotated > limit


def user_credentials_used(row, as_of, params):
    # No enabled credential of a user is left unused for `days` days; one that was never used
    # counts from the day it was made.
    days = params["user-credentials-used.days"]
    applies = has_credential(row)
    if applies is None:
        return UNKNOWN
    if applies is False:
        return NOT_APPLICABLE
    return status_of_failing(
        logic_or(logic_and([enabled, idle]) for enabled, idle in credentials(row, as_of, days))
    )


def user_used(row, as_of, params):
    # A user with credentials used at least one of them in the last `days` days.
    days = params["user-used.days"]
    applies = has_credential(row)
    if applies is None:
        return UNKNOWN
    if applies is False:
        return NOT_APPLICABLE
    return status_of_failing(
        logic_and(
            logic_or([logic_not(enabled), idle]) for enabled, idle in credentials(row, as_of, days)
        )
    )


def password_counts(row):
    """A user's password counts only when the report says it is there."""
    return row.password_enabled is True


def has_credential(row):
    return logic_or([password_counts(row)] + [key.is_active() for key in row.keys])


def credentials(row, as_of, days):
    """(enabled, idle) of the password and both keys."""
    password_idle = is_idle(row.password_used, row.password_changed, as_of, days)
    result = [(password_counts(row), password_idle)]
    for key in row.keys:
        result.append((key.is_active(), is_idle(key.used, key.rotated, as_of, days)))
    return result


def is_idle(used, stand_in, as_of, days):
    """Whether a credential lay idle for `days` days or more, by its last use or, when it was never
    used, by its stand-in. A last use that is not known is not "never"."""
    if used in (NO_INFORMATION, NOT_AVAILABLE):
        used = stand_in
    if not is_time(used):
        return None
    return as_of - used >= days * DAY


# ---------------------------------------------------------------------- the control of both kinds


def access_key_rotated(row, as_of, params):
    # No active key of anyone is older than `days` days.
    limit = params["access-key-rotated.days"] * DAY
    applies = logic_or(key.is_active() for key in row.keys)
    if applies is None:
        return UNKNOWN
    if applies is False:
        return NOT_APPLICABLE
    return status_of_failing(
        logic_or(
            logic_and([key.is_active(), rotated_before(key, as_of, limit)]) for key in row.keys
        )
    )


# -------------------------------------------------------------------------------------- the pack

ROOT = "root"
USER = "user"
BOTH = "both"
ACCOUNT = "account"  # judged once, on what no report tells; no control of this pack is

# (id, severity, kind of row it judges, function), in the order of the pack.
CONTROLS = (
    ("root-no-active-access-key", "critical", ROOT, root_no_active_access_key),
    ("root-no-inactive-access-key", "medium", ROOT, root_no_inactive_access_key),
    ("root-mfa-enabled", "critical", ROOT, root_mfa_enabled),
    ("root-hardware-mfa", "high", ROOT, root_hardware_mfa),
    ("root-not-used", "high", ROOT, root_not_used),
    ("root-no-signing-certificate", "high", ROOT, root_no_signing_certificate),
    ("user-console-mfa", "high", USER, user_console_mfa),
    ("user-mfa-enabled", "medium", USER, user_mfa_enabled),
    ("user-no-access-key-at-setup", "low", USER, user_no_access_key_at_setup),
    ("user-single-active-access-key", "medium", USER, user_single_active_access_key),
    ("access-key-rotated", "medium", BOTH, access_key_rotated),
    ("user-credentials-used", "medium", USER, user_credentials_used),
    ("user-used", "medium", USER, user_used),
)
SEVERITY = {control[0]: control[1] for control in CONTROLS}


def judge_row(row, as_of, params, table=CONTROLS):
    """[(control, status)] of one row, every control about rows once."""
    row_kind = ROOT if row.is_root else USER
    result = []
    for control, _, kind, function in table:
        if kind == ACCOUNT:
            continue
        if kind in (row_kind, BOTH):
            result.append((control, function(row, as_of, params)))
        else:
            result.append((control, NOT_APPLICABLE))
    return result


class Verdict:
    """What an audit of one report should say."""

    def __init__(self):
        self.is_report = True
        self.rows = []  # (account, user, control, status), in order of output
        self.errors = []  # (line, column, text)
        self.judged = []  # the Row objects; each made len(CONTROLS) of the rows above

    def exit_code(self):
        """Of an audit that was given this one file by name."""
        if self.errors or not self.is_report:
            return 3
        for _, _, control, status in self.rows:
            if status == FAIL and SEVERITY[control] in ("critical", "high"):
                return 1
        return 0


def read_report(data, verdict):
    """The good rows of a report's bytes; what is wrong goes to verdict.errors."""
    text = data.decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(text, newline="\n"))
    header = next(reader, [])
    if "user" not in header or "arn" not in header:
        verdict.is_report = False
        return []
    rows = []
    seen = set()
    for cells in reader:
        line = reader.line_num
        if len(cells) != len(header):
            verdict.errors.append(
                (line, "", "%d cells where the header has %d" % (len(cells), len(header)))
            )
            continue
        row = Row(line, dict(zip(header, cells)))
        verdict.errors.extend(row.errors)
        if row.user == "":
            verdict.errors.append((line, "user", "empty"))
        elif row.user in seen:
            verdict.errors.append((line, "user", "a second row of %r" % row.user))
        seen.add(row.user)
        rows.append(row)
    return rows


def evaluate_report(data, file_name, as_of, params=None, table=CONTROLS):
    """Judges the bytes of one report as of a time in seconds by the controls of a table. params
    overrides DEFAULT_PARAMS."""
    all_params = dict(DEFAULT_PARAMS)
    all_params.update(params or {})
    verdict = Verdict()
    verdict.judged = read_report(data, verdict)
    if not verdict.is_report:
        return verdict

    # The account for rows whose own arn names none.
    other_account = ""
    for row in verdict.judged:
        other_account = other_account or account_of_arn(row.arn)
    other_account = other_account or account_of_file_name(file_name)

    for row in verdict.judged:
        account = account_of_arn(row.arn) or other_account
        for control, status in judge_row(row, as_of, all_params, table):
            verdict.rows.append((account, row.user, control, status))
    has_root = any(row.is_root for row in verdict.judged)
    for control, _, kind, _ in table:
        if kind == ACCOUNT:
            verdict.rows.append((other_account, "", control, UNKNOWN))
        elif kind == ROOT and not has_root:
            # A report that does not show root says nothing about it, least of all that it is well.
            verdict.rows.append((other_account, ROOT_USER, control, UNKNOWN))
    return verdict


def main(arguments):
    if len(arguments) < 3 or arguments[0] != "--as-of" or not is_time(read_time(arguments[1])):
        print("usage: controls.py --as-of TIME FILE...", file=sys.stderr)
        return 2
    code = 0
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("account", "user", "control", "status"))
    for path in arguments[2:]:
        with open(path, "rb") as file:
            verdict = evaluate_report(file.read(), path, read_time(arguments[1]))
        writer.writerows(verdict.rows)
        for line, column, text in verdict.errors:
            print("%s:%d: %s: %s" % (path, line, column or "row", text), file=sys.stderr)
        code = max(code, verdict.exit_code())
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="surrogateescape")
    sys.exit(main(sys.argv[1:]))
