#!/usr/bin/env python3
"""--tiers over random reports, whose dates lie at the edges of tiers, against counts made here.

Environment: COUNT     folders of reports (default 40; at most 300)
             SEED      of reports and tiers (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)
"""

import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import controls
import reports

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
COUNT = min(int(os.environ.get("COUNT") or 40), 300)
SEED = os.environ.get("SEED") or "keywarden-1"
AS_OF = "2026-11-01T12:00:00Z"


class Bands:
    def __init__(self, days):
        self.days = days
        self.bands = [0] * (len(days) + 1)
        self.unknown = 0

    def add(self, is_beyond):
        """Into the band behind the last of the tiers that it is beyond."""
        self.bands[sum(map(is_beyond, self.days))] += 1

    def told(self):
        return {"bands": self.bands, "unknown": self.unknown,
                "total": sum(self.bands) + self.unknown}


class Who:
    def __init__(self, days):
        self.key_age, self.used, self.never = Bands(days), Bands(days), Bands(days)
        self.use_unknown = self.state_unknown = 0

    def add_enabled(self, as_of, used, made):
        if controls.is_time(used):
            self.used.add(lambda days: as_of - used >= days * 86400)
        elif used not in ("no_information", "N/A"):
            self.use_unknown += 1
        elif controls.is_time(made):
            self.never.add(lambda days: as_of - made >= days * 86400)
        else:
            self.never.unknown += 1

    def add_row(self, row, as_of):
        enabled = row.password_enabled
        if enabled == "not_supported":
            enabled = row.is_root
        if enabled is True:
            self.add_enabled(as_of, row.password_used, row.password_changed)
        elif enabled not in (False, "N/A"):
            self.state_unknown += 1
        for key in row.keys:
            if key.active_cell is True:
                self.add_enabled(as_of, key.used, key.rotated)
                if controls.is_time(key.rotated):
                    self.key_age.add(lambda days, at=key.rotated: as_of - at > days * 86400)
                else:
                    self.key_age.unknown += 1
            elif key.active_cell not in (False, "N/A"):
                self.state_unknown += 1

    def told(self):
        return {"key_age": self.key_age.told(), "idle_used": self.used.told(),
                "idle_never_used": self.never.told(), "idle_use_unknown": self.use_unknown,
                "state_unknown": self.state_unknown}


def run_one(number, folder, counted):
    choice = random.Random("tiers/%s/%d" % (SEED, number))
    as_of = controls.read_time(AS_OF)
    days = sorted(choice.sample((1, 2, 7, 30, 45, 90, 91, 365, 3650), choice.randrange(1, 8)))
    root, users = Who(days), Who(days)
    for i in range(25):
        report = reports.make_report("t" + SEED, number * 25 + i, as_of)
        with open(os.path.join(folder, report.name), "wb") as file:
            file.write(report.data)
        verdict = controls.evaluate_report(report.data, report.name, as_of)
        for row in verdict.judged:
            (root if row.is_root else users).add_row(row, as_of)
    outputs = []
    for jobs in "14":
        # A pack that reads no column of its own: --tiers must ask for what it needs.
        done = subprocess.run([KEYWARDEN, "audit", folder, "--as-of", AS_OF, "-q", "-f", "json",
                               "--rules", os.path.join(folder, "rules.yaml"), "--jobs", jobs,
                               "--tiers", ",".join(map(str, days))],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        outputs.append(json.loads(done.stdout)["tiers"])
    wanted = {"days": days, "root": root.told(), "users": users.told()}
    counted[0] += wanted["users"]["key_age"]["total"]
    for got in outputs:
        if got != wanted:
            return "expected %s\n    got %s" % (wanted, got)
    return None


def main():
    if not os.access(KEYWARDEN, os.X_OK):
        print("no program at %s: build it with make, or set KEYWARDEN" % KEYWARDEN)
        print("0 passed, 1 failed")
        return 1
    print("tiers: SEED=%s COUNT=%d" % (SEED, COUNT))
    failed, counted = 0, [0]
    for number in range(COUNT):
        with tempfile.TemporaryDirectory(prefix="keywarden-tiers-") as folder:
            with open(os.path.join(folder, "rules.yaml"), "w", encoding="ascii") as file:
                file.write("- {id: a, rule: IAMUser should have Name eq \"x\"}\n")
            problem = run_one(number, folder, counted)
        if problem is not None:
            failed += 1
            print("FAILED %d: %s" % (number, problem))
    print("%d active keys of users" % counted[0])
    print("%d passed, %d failed" % (COUNT - failed, failed))
    return 1 if failed or not COUNT else 0


if __name__ == "__main__":
    sys.exit(main())
