"""Random accounts, full of what other tools read otherwise: old rows, credentials never used, words for
no value, upper-case booleans, times on a boundary or a second beside it."""

import csv
import io
import random
from datetime import datetime, timedelta, timezone

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
