#!/usr/bin/env python3
"""Random credential reports, rich in edge cases: most cells are near a boundary or special.

A report is a function of its seed, its index and the as-of time alone, so that any one can be made
again:  python3 reports.py SEED INDEX AS_OF > report.csv

Not made here, because the format says nothing about them: blank lines, stray quotes, a byte order
mark, a column name twice, NUL bytes.
"""

import random
import sys
from datetime import datetime, timedelta, timezone

import controls

COLUMNS_22 = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
COLUMNS_16 = tuple(name for name in COLUMNS_22 if "_last_used_" not in name)
COLUMNS_23 = COLUMNS_22 + ("additional_credentials_info",)
EXTRA_COLUMNS = (
    "team",
    "cost, center",
    'the "owner"',
    "access_key_3_active",
    "mfa_active_2",
    "größe",
)

DAY = controls.DAY
# Every threshold of the controls, default or used by the tests with --param, and a few others.
THRESHOLD_DAYS = (0, 1, 2, 7, 30, 45, 90, 91, 365, 3650)
SETUP_SECONDS = (-11, -10, -9, -1, 0, 1, 9, 10, 11)

EXTREME_TIMES = (
    "1900-03-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:00",
    "2000-02-29T12:00:00Z",
    "2024-02-29T23:59:59+00:00",
    "2038-01-19T03:14:08Z",
    "9999-12-31T23:59:59Z",
)
IMPOSSIBLE_TIMES = (
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00+00:00",
    "2024-02-30T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-10T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-32T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T23:60:00Z",
    "2016-12-31T23:59:60Z",
)
MALFORMED_TIMES = (
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024-01-01t00:00:00z",
    "2024-01-01T00:00:00z",
    "2024-01-01T00:00Z",
    "2024-1-01T00:00:00Z",
    "02024-01-01T00:00:00Z",
    "24-01-01T00:00:00Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00,5Z",
    "2024-01-01T00:00:00.5",
    "2024-01-01T00:00:00.5.5Z",
    "2024-01-01T00:00:00+01:00",
    "2024-01-01T00:00:00-00:00",
    "2024-01-01T00:00:00+0000",
    "2024-01-01T00:00:00+00:00Z",
    "2024-01-01T00:00:00ZZ",
    "2024-01-01T00:00:0OZ",
    "+024-01-01T00:00:00Z",
    "2024-01-01T00:00:-1Z",
    "2024-01-01T00:00:00Z ",
    " 2024-01-01T00:00:00Z",
    "２０２４-01-01T00:00:00Z",
    "1704067200",
)
GARBAGE = (
    "",
    " ",
    "-",
    "yes",
    "no",
    "1",
    "0",
    "null",
    "None",
    "truee",
    "tru",
    "true ",
    " false",
    "falſe",
    "n/a",
    "NOT_SUPPORTED",
    "No_Information",
    "not supported",
    "N/A ",
    "garbage, with a comma",
    'gar"bage',
    "two\nlines",
    "\x1b[31mred",
    "Ünïcode",
    "x" * 300,
)
USER_NAMES = (
    "alice",
    "Alice",
    "bob",
    "bobby",
    "groot",
    "root",
    "<ROOT_ACCOUNT>",
    "<root_account> ",
    "carol,admin",
    "+=,.@_-",
    'dave "the key" d',
    '"quoted"',
    '"',
    '""',
    ",",
    " leading and trailing ",
    "Zoë",
    "ユーザー",
    "\U0001f511",
    "\x1b[2J\x1b[31mred",
    "bell\x07tab\tdel\x7f",
    "line\nfeed",
    "carriage\rreturn",
    "crlf\r\nname",
    "right\u202eto-left",
    "zero\u200bwidth",
    "latin1-\udcff",
    "=cmd|'/c calc'!A1",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "N/A",
    "true",
    "u" * 64,
    "long-" + "x" * 700,
)
BROKEN_ARNS = (
    "",
    "N/A",
    "not_supported",
    "arn:aws:iam::12345:user/short",
    "arn:aws:iam::1234567890123:user/long",
    "arn:aws:iam::12345678901x:user/letter",
    "arn:aws:iam::123456789012",
    "123456789012",
    "no arn at all",
)


class Report:
    def __init__(self, name, data):
        self.name = name  # of the file, without a folder
        self.data = data


class Maker:
    """Makes one report."""

    def __init__(self, seed, index, as_of):
        self.random = random.Random("%s/%d" % (seed, index))
        self.index = index
        self.as_of = as_of
        # Half of all reports have no unreadable cell, so that exit codes 0 and 1 occur too.
        self.garbage_rate = self.random.choice((0, 0, 0, 0, 0.02, 0.05, 0.05, 0.2))
        self.word_rate = self.random.choice((0, 0.02, 0.1, 0.3))
        self.time_style = self.random.randrange(6)
        self.upper = self.random.random() < 0.25
        self.tame = self.random.random() < 0.3  # mostly well-kept accounts, else hardly one passes

    def chance(self, probability):
        return self.random.random() < probability

    # ---- cells

    def time_text(self, seconds):
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        style = self.time_style if self.chance(0.8) else self.random.randrange(6)
        return text + (
            "Z",
            "Z",
            "+00:00",
            "+00:00",
            self.random.choice((".0", ".000", ".999999", ".123456789012")) + "Z",
            self.random.choice((".5", ".999")) + "+00:00",
        )[style]

    def boundary(self, days=None):
        """A moment within a second or so of a threshold."""
        if days is None:
            days = self.random.choice(THRESHOLD_DAYS)
        moment = self.as_of - days * DAY
        if self.chance(0.8):
            return moment + self.random.choice((-1, 0, 1))
        return moment + self.random.choice((-DAY, -3600, -60, -10, 10, 60, 3600, DAY - 1, DAY))

    def moment(self):
        if self.tame:
            return self.boundary(self.random.choice((2, 7, 30, 30)))
        return self.boundary()

    def time(self):
        if self.chance(0.03):
            return self.random.choice(EXTREME_TIMES)
        if self.chance(0.03):
            return self.time_text(self.as_of + self.random.choice((1, 2, 3600, DAY, 400 * DAY)))
        return self.time_text(self.moment())

    def boolean(self, truth):
        text = "true" if truth else "false"
        if self.upper:
            return text.upper()
        if self.chance(0.05):
            return self.random.choice((text.upper(), text.capitalize(), text[:-1] + "E"))
        return text

    def last_used(self, never):
        return never if self.chance(0.35) else self.time()

    def spoil(self, name, text):
        """Sometimes replaces a cell by a special word or by what is no value of its column."""
        if name in ("user", "arn"):
            return text
        if self.chance(self.word_rate):
            return self.random.choice(controls.WORDS)
        if self.chance(self.garbage_rate):
            return self.random.choice(
                (
                    self.random.choice(IMPOSSIBLE_TIMES),
                    self.random.choice(MALFORMED_TIMES),
                    self.random.choice(GARBAGE),
                    self.boolean(self.chance(0.5)),
                    self.time(),
                )
            )
        return text

    # ---- rows

    def fill_password(self, cells, enabled):
        cells["password_enabled"] = self.boolean(enabled)
        if enabled:
            cells["password_last_used"] = self.last_used("no_information")
            if self.chance(0.1):
                cells["password_last_used"] = "N/A"
            cells["password_last_changed"] = self.time()
            cells["password_next_rotation"] = self.random.choice(("N/A", self.time()))
        else:
            cells["password_last_used"] = "N/A" if self.chance(0.8) else self.time()
            cells["password_last_changed"] = "N/A" if self.chance(0.9) else self.time()
            cells["password_next_rotation"] = "N/A"

    def fill_key(self, cells, prefix, created, states):
        state = self.random.choice(states)
        rotated = used = region = service = "N/A"
        if state != "absent":
            rotated = self.time()
            if self.chance(0.3):
                rotated = self.time_text(created + self.random.choice(SETUP_SECONDS))
            used = self.last_used("N/A")
            region = self.random.choice(("us-east-1", "N/A"))
            service = self.random.choice(("s3", "iam", "N/A"))
        elif self.chance(0.05):
            used = self.time()  # of a key since deleted
        if self.chance(0.02):
            rotated = "N/A"  # an active key without a date
        cells[prefix + "_active"] = self.boolean(state == "active")
        cells[prefix + "_last_rotated"] = rotated
        cells[prefix + "_last_used_date"] = used
        cells[prefix + "_last_used_region"] = region
        cells[prefix + "_last_used_service"] = service

    def fill_cert(self, cells, prefix, states):
        state = self.random.choice(states)
        cells[prefix + "_active"] = self.boolean(state == "active")
        cells[prefix + "_last_rotated"] = "N/A" if state == "absent" else self.time()

    def root_row(self, account):
        cells = {"user": controls.ROOT_USER}
        cells["arn"] = "arn:%s:iam::%s:root" % (self.partition, account)
        created = self.boundary(3650)
        cells["user_creation_time"] = self.time_text(created)
        if self.chance(0.4):  # the older era
            cells["password_enabled"] = "not_supported"
            cells["password_last_used"] = self.last_used("no_information")
            cells["password_last_changed"] = "not_supported"
        else:
            self.fill_password(cells, self.chance(0.6))
        cells["password_next_rotation"] = "not_supported"
        cells["mfa_active"] = self.boolean(self.chance(0.6))
        states = ("absent",) if self.tame else ("absent", "absent", "active", "inactive")
        self.fill_key(cells, "access_key_1", created, states)
        self.fill_key(cells, "access_key_2", created, states)
        self.fill_cert(cells, "cert_1", states)
        self.fill_cert(cells, "cert_2", states)
        return cells

    def user_row(self, account):
        name = self.random.choice(USER_NAMES)
        if self.chance(0.4):
            name = "user-%d" % self.random.randrange(100)
        path = self.random.choice(("", "", "ops/", "a/b/c/", "with:colon/"))
        cells = {"user": name}
        cells["arn"] = "arn:%s:iam::%s:user/%s%s" % (self.partition, account, path, name)
        created = self.boundary()
        cells["user_creation_time"] = self.time_text(created)
        self.fill_password(cells, self.chance(0.5))
        cells["mfa_active"] = self.boolean(self.chance(0.8 if self.tame else 0.5))
        self.fill_key(cells, "access_key_1", created, ("active", "active", "inactive", "absent"))
        self.fill_key(cells, "access_key_2", created, ("active", "inactive", "absent", "absent"))
        self.fill_cert(cells, "cert_1", ("absent", "absent", "active", "inactive"))
        self.fill_cert(cells, "cert_2", ("absent", "absent", "active", "inactive"))
        return cells

    def rows(self):
        account = "%012d" % self.random.randrange(10**12)
        self.partition = self.random.choice(("aws", "aws", "aws", "aws-cn", "aws-us-gov"))
        count = self.random.choice((0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8))
        if count == 0 and self.chance(0.6):
            count = 1
        rows = [self.user_row(account) for _ in range(count)]
        if rows and self.chance(0.85):
            place = 0 if self.chance(0.7) else self.random.randrange(count)
            rows[place] = self.root_row(account)
        # Names of the list above often meet by chance; most reports should have each name once.
        if self.chance(0.9):
            seen = set()
            for row in rows:
                if row["user"] in seen:
                    row["user"] += "-%d" % len(seen)
                seen.add(row["user"])
        elif rows:
            twin = dict(self.random.choice(rows))
            if self.chance(0.5):
                twin["mfa_active"] = self.boolean(self.chance(0.5))
            rows.insert(self.random.randrange(len(rows) + 1), twin)
        if rows and self.chance(0.02):
            self.random.choice(rows)["user"] = ""
        if self.chance(0.15):
            for row in rows:
                if self.chance(0.6):
                    row["arn"] = self.random.choice(BROKEN_ARNS)
        if rows and self.chance(0.05):
            self.random.choice(rows)["arn"] = "arn:aws:iam::%012d:user/elsewhere" % self.index
        for row in rows:
            row["additional_credentials_info"] = self.random.choice(("N/A", "1 more key"))
            for name in row:
                row[name] = self.spoil(name, row[name])
        return rows

    # ---- the file

    def columns(self):
        columns = list(self.random.choice((COLUMNS_16, COLUMNS_22, COLUMNS_22, COLUMNS_23)))
        choice = self.random.random()
        if choice < 0.01:  # no report at all
            columns.remove(self.random.choice(("user", "arn")))
        elif choice < 0.35:
            columns.remove(self.random.choice(columns[2:]))
        elif choice < 0.45:
            for _ in range(self.random.randrange(2, 8)):
                columns.remove(self.random.choice(columns[2:]))
        elif choice < 0.46:
            columns = columns[:2]
        if self.chance(0.15):
            for name in self.random.sample(EXTRA_COLUMNS, self.random.randrange(1, 4)):
                columns.insert(self.random.randrange(len(columns) + 1), name)
        if self.chance(0.3):
            self.random.shuffle(columns)
        return columns

    def quoted(self, text):
        needed = any(c in text for c in ',"\r\n')
        if needed or self.quote_rate and self.chance(self.quote_rate):
            return '"' + text.replace('"', '""') + '"'
        return text

    def line(self, cells):
        return ",".join(self.quoted(cell) for cell in cells)

    def report(self):
        columns = self.columns()
        self.quote_rate = self.random.choice((0, 0, 0, 0, 0.2, 1))
        lines = [self.line(columns)]
        bad_row_rate = 0.3 if self.chance(0.05) else 0
        for row in self.rows():
            cells = [
                row[name] if name in row else self.random.choice(GARBAGE + controls.WORDS)
                for name in columns
            ]
            if self.chance(bad_row_rate):
                if self.chance(0.5) and len(cells) > 3:
                    cells = cells[: self.random.randrange(2, len(cells))]
                else:
                    cells += ["true"] * self.random.choice((1, 1, 2, 30))
            lines.append(self.line(cells))
        ends = self.random.choice((("\n",), ("\n",), ("\n",), ("\r\n",), ("\n", "\r\n")))
        text = "".join(line + self.random.choice(ends) for line in lines)
        if self.chance(0.4):
            text = text.removesuffix("\n").removesuffix("\r")
        return Report(self.file_name(), text.encode("utf-8", "surrogateescape"))

    def file_name(self):
        # The start is random, so that the order by path is not the order they were made in.
        start = "".join(self.random.choices("abXY-_.", k=3)).lstrip(".") + "r%05d" % self.index
        if self.chance(0.25):
            # Exactly twelve digits name an account; thirteen or eleven do not.
            digits = self.random.choice((12, 12, 12, 13, 11))
            return start + "-%0*d.csv" % (digits, self.random.randrange(10**11))
        return start + ".csv"


def make_report(seed, index, as_of):
    return Maker(seed, index, as_of).report()


def main(arguments):
    as_of = controls.read_time(arguments[2]) if len(arguments) == 3 else None
    if not controls.is_time(as_of):
        print("usage: reports.py SEED INDEX AS_OF", file=sys.stderr)
        return 2
    sys.stdout.buffer.write(make_report(arguments[0], int(arguments[1]), as_of).data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
