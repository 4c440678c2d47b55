"""Random small fleets of weekly samples, as folders: what the study must count right.

A fleet is a folder as `keywarden study` takes it. Accounts join, leave, are missed for some weeks and
change organization; users come, go and come back under the same name; keys are made, rotated,
switched off and change slots; times lie on and beside the limits of 7, 30, 90, 365 and 1,825 days;
reports are of the three generations, plain, compressed or JSON, some with odd cells, some with dates
after their sample; some account has two reports for one date.

    fleets.write(folder, seed, index)
"""

import base64
import csv
import gzip
import io
import json
import os
import random
from datetime import date, datetime, timedelta

DAY = 86400
FIRST = 1599955200  # 2020-09-13
LIMITS = (0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 97, 180, 364, 365, 366, 1824, 1825, 1826, 3000)
PASSWORD = ("user arn user_creation_time password_enabled password_last_used password_last_changed "
            "password_next_rotation mfa_active").split()
CERTIFICATES = "cert_1_active cert_1_last_rotated cert_2_active cert_2_last_rotated".split()


def key_columns(slot, parts):
    return ["access_key_%d_%s" % (slot, part) for part in parts]


SHORT = ("active", "last_rotated")
LONG = SHORT + ("last_used_date", "last_used_region", "last_used_service")
GENERATIONS = {
    16: PASSWORD + key_columns(1, SHORT) + key_columns(2, SHORT) + CERTIFICATES,
    22: PASSWORD + key_columns(1, LONG) + key_columns(2, LONG) + CERTIFICATES,
}
GENERATIONS[23] = GENERATIONS[22] + ["additional_credentials_info"]
# user_creation_time is left readable or plainly wrong: it says who a user is.
ODD = ("", "oops", "not_supported", "N/A", "no_information", "2020-13-01T00:00:00Z")


def text_of(seconds, rng):
    moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)
    return moment.isoformat() + rng.choice(("Z", "+00:00", "+00:00", ".123Z"))


class Credential:
    """A key; used is None for one that no one used."""

    def __init__(self, made, used):
        self.made, self.used, self.active = made, used, True


class User:
    def __init__(self, fleet, name, created):
        rng = fleet.rng
        self.name, self.created = name, created
        self.password = rng.random() < 0.6
        self.password_changed = fleet.time_after(created)
        self.password_used = fleet.time_after(created) if rng.random() < 0.6 else None
        self.mfa = rng.random() < 0.5
        self.keys = [None, None]
        for slot in range(2):
            if rng.random() < 0.5:
                made = created + rng.choice((0, 5, 10, 11)) if rng.random() < 0.3 \
                    else fleet.time_after(created)
                used = fleet.time_after(made) if rng.random() < 0.5 else None
                self.keys[slot] = Credential(made, used)

    def live(self, fleet, at):
        """One more week."""
        rng = fleet.rng
        if rng.random() < 0.15:
            self.password_used = at - rng.choice((0, 1, 3600, 3 * DAY, 7 * DAY, 7 * DAY + 1))
        if rng.random() < 0.05:
            self.password = not self.password
        if rng.random() < 0.1:
            self.mfa = not self.mfa
        for slot, key in enumerate(self.keys):
            if key is None:
                if rng.random() < 0.05:
                    self.keys[slot] = Credential(at - rng.randrange(7 * DAY), None)
                continue
            chance = rng.random()
            if chance < 0.06:
                self.keys[slot] = None
            elif chance < 0.12:
                self.keys[slot] = Credential(at - rng.randrange(7 * DAY), None)
            elif chance < 0.18:
                key.active = not key.active
            elif chance < 0.3:
                key.used = at - rng.choice((0, 1, 3 * DAY, 7 * DAY, 7 * DAY + 1))
        if rng.random() < 0.05:
            self.keys.reverse()

    def cells(self, fleet, account):
        rng = fleet.rng
        is_root = self.name == "<root_account>"
        cells = {
            "user": self.name,
            "arn": "arn:aws:iam::%s:%s" % (account, "root" if is_root else "user/" + self.name),
            "user_creation_time": text_of(self.created, rng),
            "password_enabled": rng.choice(("true", "TRUE") if self.password else ("false", "FALSE")),
            "password_last_used": "N/A",
            "password_last_changed": "N/A",
            "password_next_rotation": "N/A",
            "mfa_active": "true" if self.mfa else "false",
            "additional_credentials_info": "N/A",
        }
        if is_root:
            cells["password_enabled"] = "not_supported"
            cells["password_last_changed"] = "not_supported"
        if self.password or is_root:
            cells["password_last_used"] = "no_information"
            if self.password_used is not None:
                cells["password_last_used"] = text_of(self.password_used, rng)
        if self.password and not is_root:
            cells["password_last_changed"] = text_of(self.password_changed, rng)
        for slot, key in enumerate(self.keys):
            values = ("false", "N/A", "N/A", "N/A", "N/A")
            if key is not None:
                used = "N/A" if key.used is None else text_of(key.used, rng)
                values = ("true" if key.active else "false", text_of(key.made, rng), used, "N/A", "N/A")
            cells.update(zip(key_columns(slot + 1, LONG), values))
        for name in CERTIFICATES:
            cells[name] = "false" if name.endswith("active") else "N/A"
        return cells


class Account:
    def __init__(self, fleet, number):
        rng = fleet.rng
        self.number = number
        self.organization = rng.choice(fleet.organizations)
        self.first = rng.choice((0, 0, 0, rng.randrange(len(fleet.dates))))
        self.last = rng.choice((len(fleet.dates), len(fleet.dates), rng.randrange(len(fleet.dates)) + 1))
        created = fleet.time_after(FIRST - 3000 * DAY)
        self.root = User(fleet, "<root_account>", created)
        self.has_root = rng.random() < 0.95
        self.users = [User(fleet, "user%d" % i, fleet.time_after(created))
                      for i in range(rng.choice((0, 1, 2, 3, 5, 8)))]
        if rng.random() < 0.1:
            self.users.append(User(fleet, 'a, "b"', fleet.time_after(created)))

    def live(self, fleet, at):
        rng = fleet.rng
        for user in [self.root] + self.users:
            user.live(fleet, at)
        if self.users and rng.random() < 0.1:
            gone = self.users.pop(rng.randrange(len(self.users)))
            if rng.random() < 0.5:
                self.users.append(User(fleet, gone.name, at - rng.randrange(DAY)))
        if rng.random() < 0.1:
            self.users.append(User(fleet, "new%d" % at, at - rng.randrange(7 * DAY)))
        if rng.random() < 0.05:
            self.organization = rng.choice(fleet.organizations)


class Fleet:
    def __init__(self, folder, seed, index):
        self.rng = rng = random.Random("fleet/%s/%d" % (seed, index))
        self.folder = folder
        count = rng.choice((1, 1, 2, 3, 5, 8))
        weeks = sorted(rng.sample(range(count + 3), count))
        self.dates = [FIRST + 7 * DAY * week for week in weeks]
        self.oddity = rng.choice((0, 0, 0.01, 0.1))
        self.skew = rng.choice((0, 0, 0.05))
        self.organizations = ["Org %d" % i for i in range(rng.choice((1, 2, 5)))] + ['C, "D" & Co']
        numbers = rng.sample(range(10**11, 10**12), rng.choice((1, 2, 4, 9)))
        self.accounts = [Account(self, str(number)) for number in numbers]

    def time_after(self, earliest):
        """On or beside a limit as seen from a sample, else at any time."""
        rng = self.rng
        if rng.random() < 0.6:
            at = rng.choice(self.dates) - rng.choice(LIMITS) * DAY + rng.choice((-1, 0, 0, 1))
        else:
            at = rng.randrange(FIRST - 3000 * DAY, self.dates[-1])
        return max(at, earliest)

    def record(self, account):
        rng = self.rng
        counts = [rng.choice((0, 1, 9, 10, 50, 51, 200)) for _ in range(5)]
        if rng.random() < 0.1:
            counts[rng.randrange(5)] = ""
        return [account.number, account.organization if rng.random() < 0.97 else "",
                rng.choice(("true", "false", "false", "")), "2015-01-01T00:00:00Z"] + counts

    def write_accounts(self, path, share):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow("account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail"
                            .split(","))
            for account in self.accounts:
                if self.rng.random() < share:
                    writer.writerow(self.record(account))

    def report(self, account, at, needs_row):
        """The text of the account's report."""
        rng = self.rng
        columns = list(GENERATIONS[rng.choice((16, 22, 22, 23, 23))])
        rows = ([account.root] if account.has_root and (needs_row or rng.random() < 0.98) else []) + account.users
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=rng.choice(("\n", "\r\n")))
        if rng.random() < 0.1:
            rng.shuffle(columns)
        if rng.random() < 0.1:
            rng.shuffle(rows)
        writer.writerow(columns)
        for user in rows:
            cells = user.cells(self, account.number)
            for name in columns[:]:
                if name.endswith(("_last_used", "_used_date", "_rotated", "_changed")) and \
                        rng.random() < self.skew:
                    cells[name] = text_of(at + rng.choice((1, DAY, 20 * DAY)), rng)
                elif name not in ("user", "arn", "user_creation_time") and rng.random() < self.oddity:
                    cells[name] = rng.choice(ODD)
            if rng.random() < self.oddity / 4:
                cells["user_creation_time"] = "oops"
            writer.writerow([cells[name] for name in columns])
        return out.getvalue().encode()

    def write_report(self, folder, stem, account, at):
        rng = self.rng
        data = self.report(account, at, stem.startswith("of-"))
        kind = rng.choice(("csv", "csv", "csv", "csv.gz", "json"))
        if kind == "csv.gz":
            data = gzip.compress(data)
        elif kind == "json":
            data = json.dumps({"Content": base64.b64encode(data).decode(), "ReportFormat": "text/csv",
                               "GeneratedTime": text_of(at, rng)}).encode()
        with open(os.path.join(folder, "%s.%s" % (stem, kind)), "wb") as file:
            file.write(data)

    def write(self):
        rng = self.rng
        os.makedirs(self.folder)
        if rng.random() < 0.95:
            self.write_accounts(os.path.join(self.folder, "accounts.csv"), 0.95)
        for week, at in enumerate(self.dates):
            day = date.fromtimestamp(0) + timedelta(days=at // DAY)
            folder = os.path.join(self.folder, day.isoformat())
            os.mkdir(folder)
            if rng.random() < 0.4:
                self.write_accounts(os.path.join(folder, "accounts.csv"), 0.5)
            for account in self.accounts:
                if week > account.first:
                    account.live(self, at)
                if not account.first <= week < account.last or rng.random() < 0.1:
                    continue
                stem = account.number
                if rng.random() < 0.1:
                    stem = rng.choice(("prod-%s", "%s-prod", "2020-%s.old")) % stem
                elif rng.random() < 0.05 and account.has_root:
                    stem = "of-%d" % rng.randrange(10**6)
                self.write_report(folder, stem, account, at)
                if rng.random() < 0.05:
                    self.write_report(folder, rng.choice(("a-%s", "z-%s", "%s")) % account.number,
                                      account, at)
        if rng.random() < 0.2:
            os.mkdir(os.path.join(self.folder, "2020-12-24"))  # a date without a report


def write(folder, seed, index):
    """Makes fleet number `index` of the seed in a new folder."""
    Fleet(folder, seed, index).write()
