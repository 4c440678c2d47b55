"""Small fleets of samples for the tests of the store, and what the store must hold of them.

The rows are worked out here from the CSV alone, by the rules in src/store/schema/001_snapshots.sql.
"""

import csv
import datetime
import io
import os
import random
import sys

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TREE, "tests", "oracle"))

import controls
import reports

KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))

STATE_COLUMNS = reports.COLUMNS_23[3:]
NEVER, NOT_SUPPORTED, MISSING, UNREADABLE, FLAG_NEVER, CREATED_NONE = 0, -1, -2, -3, -4, -5


def time_code(text):
    value = controls.read_time(text)
    if value == controls.UNREADABLE:
        return UNREADABLE
    if isinstance(value, int):
        return value if value > 0 else UNREADABLE
    return {"N/A": None, "no_information": NEVER, "not_supported": NOT_SUPPORTED}[value]


def flag_code(text):
    value = controls.read_boolean(text)
    if value is True or value is False:
        return int(value)
    return {"N/A": None, "no_information": FLAG_NEVER, "not_supported": NOT_SUPPORTED}.get(
        value, UNREADABLE)


def text_code(text):
    return {"N/A": None, "no_information": NEVER, "not_supported": NOT_SUPPORTED}.get(text, text)


def cell_code(name, cells):
    if name not in cells:
        return MISSING
    if name in controls.BOOLEAN_COLUMNS:
        return flag_code(cells[name])
    if name in controls.TIME_COLUMNS or name == "password_next_rotation":
        return time_code(cells[name])
    return text_code(cells[name])


class Expected:
    """What the store must hold of one report; `problem` says why it holds nothing."""

    def __init__(self, data, file_name):
        text = data.decode("utf-8", "replace")
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
        self.rows, self.bad_rows, self.bad_cells, self.problem = [], 0, 0, None
        header = rows[0] if rows else []
        if "user" not in header or "arn" not in header:
            self.problem = "no report"
            return
        accounts = []
        good = [row for row in rows[1:] if len(row) == len(header)]
        self.bad_rows = len(rows) - 1 - len(good)
        for row in good:
            accounts.append(controls.account_of_arn(dict(zip(header, row))["arn"]))
        known = [account for account in accounts if account]
        self.account = known[0] if known else controls.account_of_file_name(file_name)
        if not self.account:
            self.problem = "no account"
            return
        if any(account != self.account for account in known):
            self.problem = "several accounts"
            return
        for row in good:
            cells = dict(zip(header, row))
            created = cell_code("user_creation_time", cells)
            values = [cell_code(name, cells) for name in STATE_COLUMNS]
            self.rows.append((cells["user"], cells["arn"],
                              CREATED_NONE if created is None else created, tuple(values)))
            self.bad_cells += ([created] + values).count(UNREADABLE)


# ---- plain fleets ----------------------------------------------------------------------------------


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%S+00:00")


def plain_report(account, names, moment):
    """A report of well-kept users, as AWS writes it."""
    lines = [",".join(reports.COLUMNS_22)]
    for i, name in enumerate(["<root_account>"] + list(names)):
        cells = dict.fromkeys(reports.COLUMNS_22, "N/A")
        cells.update({"user": name, "mfa_active": "true", "password_enabled": "true",
                      "arn": "arn:aws:iam::%s:%s" % (account, "user/" + name if i else "root"),
                      "user_creation_time": iso(1500000000 + 1000 * i + sum(map(ord, name))),
                      "password_last_used": iso(moment - 86400 * (i + 1)),
                      "password_last_changed": iso(1510000000)})
        if not i:
            cells.update(dict.fromkeys(("password_enabled", "password_last_changed",
                                        "password_next_rotation"), "not_supported"))
        for slot in ("access_key_1", "access_key_2", "cert_1", "cert_2"):
            cells[slot + "_active"] = "false"
        if i % 2:
            cells.update({"access_key_1_active": "true",
                          "access_key_1_last_rotated": iso(1520000000 + i),
                          "access_key_1_last_used_date": iso(moment - 3600 * i),
                          "access_key_1_last_used_region": "us-east-1",
                          "access_key_1_last_used_service": "iam"})
        lines.append(",".join(cells[name] for name in reports.COLUMNS_22))
    return "\n".join(lines) + "\n"


LIST_HEADER = "account,organization,unit,standalone,created,iam_users,rds,s3,ec2,cloudtrail\n"


def write_fleet(folder, seed, accounts=4, weeks=3, users=3):
    """A folder of samples; returns {(account, day): bytes}."""
    choice = random.Random("fleet/%s" % seed)
    written = {}
    os.makedirs(folder, exist_ok=True)
    numbers = ["%012d" % (number * 10**4 + 17) for number in choice.sample(range(10**6), accounts)]
    with open(os.path.join(folder, "accounts.csv"), "w", encoding="utf-8") as file:
        file.write(LIST_HEADER)
        for i, number in enumerate(numbers):
            file.write("%s,Owner %d & Sons,/Division-%d/Team-%d,%s,2019-01-01,%d,1,,4,1\n"
                       % (number, i // 2, i % 2, i, ("true", "false", "")[i % 3], users))
    first = datetime.date(2020, 9, 13)
    for week in range(weeks):
        day = first + datetime.timedelta(days=7 * week)
        moment = int(datetime.datetime(day.year, day.month, day.day,
                                       tzinfo=datetime.timezone.utc).timestamp())
        os.makedirs(os.path.join(folder, str(day)), exist_ok=True)
        for number in numbers:
            if choice.random() < 0.1:
                continue  # a gap
            names = ["person-%s-%d" % (number[-6:], n) for n in range(users)]
            if choice.random() < 0.3:
                names.append("visitor-%s" % number[-6:])
            data = plain_report(number, names, moment).encode()
            with open(os.path.join(folder, str(day), number + ".csv"), "wb") as file:
                file.write(data)
            written[number, str(day)] = data
    return written
