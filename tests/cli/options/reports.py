"""Writes COUNT small reports into FOLDER, always the same: shapes that a fleet has, and a few damaged
ones. `big SIZE FILE` writes one report of that many MB, with quotes sprinkled in."""

import base64
import gzip
import json
import os
import random
import sys

COLUMNS = (
    "user arn user_creation_time password_enabled password_last_used password_last_changed "
    "password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated "
    "access_key_1_last_used_date access_key_1_last_used_region access_key_1_last_used_service "
    "access_key_2_active access_key_2_last_rotated access_key_2_last_used_date "
    "access_key_2_last_used_region access_key_2_last_used_service cert_1_active "
    "cert_1_last_rotated cert_2_active cert_2_last_rotated").split()
random.seed(20261101)


def some_time():
    return "%d-%02d-%02dT%02d:%02d:%02d%s" % (
        random.randint(2012, 2026), random.randint(1, 10), random.randint(1, 28),
        random.randrange(24), random.randrange(60), random.randrange(60),
        random.choice(["Z", "Z", "+00:00"]))


def cell(column):
    if column.endswith(("_active", "_enabled")):
        return random.choice(["true", "false", "false", "FALSE", "not_supported"])
    if column.endswith(("_region", "_service")):
        return random.choice(["us-east-1", "s3", "N/A"])
    return random.choice([some_time(), some_time(), "N/A", "no_information"])


def row(account, user, columns):
    cells = {name: cell(name) for name in columns}
    cells["user"] = '"%s,""jr"""' % user if random.random() < 0.05 else user
    cells["arn"] = "arn:aws:iam::%s:%s" % (account, "root" if user[0] == "<" else "user/" + user)
    return ",".join(cells[name] for name in columns)


def report(number, rows):
    account = "%012d" % (100000000000 + number * 7919)
    columns = COLUMNS if random.random() < 0.8 else COLUMNS[:11] + ["team"] + COLUMNS[13:]
    lines = [",".join(columns)]
    if random.random() < 0.9:
        lines.append(row(account, "<root_account>", columns))
    lines += [row(account, "user-%d" % i, columns) for i in range(rows)]
    if number % 41 == 3:
        lines.insert(2, "too,few,cells")
    if number % 43 == 5:
        lines.append(lines[-1])
    return ("\r\n" if number % 10 == 0 else "\n").join(lines).encode()


def main():
    if sys.argv[1] == "big":
        size, name = int(sys.argv[2]) << 20, sys.argv[3]
        # A block of rows with names of its own each time it comes: enough variety, made quickly.
        block = [row("111122223333", "USER-%d" % i, COLUMNS) for i in range(2000)]
        with open(name, "w", encoding="ascii", newline="") as out:
            out.write(",".join(COLUMNS) + "\n" + row("111122223333", "<root_account>", COLUMNS) + "\n")
            turn = 0
            while out.tell() < size:
                out.write("\n".join(block).replace("USER", "user-%d" % turn) + "\n")
                turn += 1
        return
    os.makedirs(sys.argv[2])
    for number in range(int(sys.argv[1])):
        text = report(number, random.randrange(40))
        path = os.path.join(sys.argv[2], "%03d" % number)
        if number % 17 == 1:
            path += ".csv.gz"
            text = gzip.compress(text)
            if number % 3 == 0:
                text = text[:-20]
        elif number % 13 == 2:
            path += ".json"
            text = json.dumps({"Content": base64.b64encode(text).decode(),
                               "GeneratedTime": some_time()}).encode()
        elif number % 29 == 7:
            path += ".csv"
            text = b"no,report,at,all\n"
        else:
            path += ".csv"
        with open(path, "wb") as out:
            out.write(text)


main()
