#!/usr/bin/env python3
"""No secret in anything that the program writes or shows: whatever place credentials come from, whether the
collection succeeds or is spoiled, in what it prints, in the store, in --record, in its arguments, in what
its children are given, and in core files, of which there are none.

usage: tests/collect/test_secrets.py     PLACES=all: every place that credentials come from, every fault
"""

import base64
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "organization"))

# pylint: disable=wrong-import-position
import checks as checking
import plan as plans
import support
from places import Places

ALL = os.environ.get("PLACES") == "all"
KINDS = Places.KINDS if ALL else ("process", "web", "sso", "imds")
SPOILED = ("denied", "malformed", "expired", "html-200", "redirect", "500")[:None if ALL else 2]


def forms(secret):
    """A secret as it is, and as it would stand in base64, in a form, in a path or in XML."""
    return {secret.encode(), base64.b64encode(secret.encode()), urllib.parse.quote(secret, safe="").encode(),
            urllib.parse.quote_plus(secret).encode(), secret.replace("&", "&amp;").encode()}


def found_in(data, secrets):
    return sorted({secret[:12] + "..." for secret in secrets for form in forms(secret) if form in data})


def unpacked(path):
    """What a store keeps compressed, as text; the Zstandard program knows it."""
    texts = []
    for table in ("raw_answers", "raw_reports"):
        for (frame,) in checking.query(path, "SELECT zstd FROM %s" % table):
            done = subprocess.run(["zstd", "-dcq"], input=frame, stdout=subprocess.PIPE, check=True)
            texts.append(done.stdout)
    return b"\n".join(texts)


class Watcher:
    """Reads the arguments and the environment of a process and of its children while they run."""

    def __init__(self, process):
        self.process = process
        self.seen = {}
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while self.process.poll() is None:
            for number in [str(self.process.pid), *self.children()]:
                for name in ("cmdline", "environ"):
                    try:
                        with open("/proc/%s/%s" % (number, name), "rb") as file:
                            self.seen.setdefault((number == str(self.process.pid), name), set()).add(
                                file.read())
                    except OSError:
                        pass
            time.sleep(0.002)

    def children(self):
        try:
            with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid),
                      encoding="ascii") as file:
                return file.read().split()
        except OSError:
            return []

    def end(self):
        self.thread.join()
        return self.seen


class Secrets:
    def __init__(self, checks, aws, places):
        self.checks = checks
        self.aws = aws
        self.places = places
        self.seeds = [d["seed"] for a in aws.plan["accounts"] for owner in [a["root"], *a["users"]]
                      for d in owner["devices"] if d["seed"]]

    def all(self):
        return [s for s in {*self.seeds, *self.places.secrets, *self.aws.ask({})["secrets"]} if len(s) > 8]

    def collect(self, what, environment, *more):
        """Collects, and looks through everything that came of it."""
        folder = os.path.join(self.aws.folder.name, "run-" + what.replace(" ", "-"))
        os.mkdir(folder)
        store, record = os.path.join(folder, "k.db"), os.path.join(folder, "record")
        process = subprocess.Popen(
            [support.KEYWARDEN, "collect", "--org", "--store", store,
             "--now", self.aws.plan["now"], "--root-session", "--record", record,
             "--external-id", self.aws.plan["external_id"], *more],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
        watcher = Watcher(process)
        out, err = process.communicate(timeout=120)
        seen = watcher.end()
        secrets = self.all()
        self.checks.check(what + ": standard output", found_in(out, secrets), [])
        self.checks.check(what + ": standard error", found_in(err, secrets), [])
        for (is_own, name), texts in seen.items():
            given = {environment.get(n, "") for n in environment}
            looked = [s for s in secrets if name == "cmdline" or not is_own and s not in given
                      or s not in given]
            self.checks.check("%s: %s of %s" % (what, name, "itself" if is_own else "a child"),
                              found_in(b"\n".join(texts), looked), [])
        files = 0
        for root, _, names in os.walk(folder):
            for name in names:
                files += 1
                path = os.path.join(root, name)
                with open(path, "rb") as file:
                    self.checks.check("%s: %s" % (what, os.path.relpath(path, folder)),
                                      found_in(file.read(), secrets), [])
        if os.path.exists(store):
            self.checks.check(what + ": what the store keeps compressed",
                              found_in(unpacked(store), secrets), [])
        self.checks.check(what + ": files", files > 1, True)
        return process.returncode, err.decode()

    def places_of_credentials(self):
        for kind in KINDS:
            before = len(self.all())
            code, err = self.collect(kind, self.places.environment(kind))
            self.checks.check("%s: collects: %s" % (kind, err[-400:]), code, 0)
            self.checks.check(kind + ": secrets were handed out", len(self.all()) > before, True)

    def spoiled(self):
        for kind in SPOILED:
            self.aws.faults([{"kind": kind, "skip": 3}])
            self.collect("spoiled " + kind, self.places.environment("environment"))
        self.aws.faults([])

    def core(self):
        """Dumps are off even where the shell allows them; a program without that care leaves one."""
        def unlimited():
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

        self.aws.faults([{"kind": "drip"}])
        store = os.path.join(self.aws.folder.name, "core.db")
        words = [support.KEYWARDEN, "collect", "--org", "--store", store, "--endpoint-url", self.aws.url,
                 "--now", self.aws.plan["now"]]
        for command, is_ours in ((words, True), (["/bin/sleep", "60"], False)):
            process = subprocess.Popen(command, env=self.aws.environment(), preexec_fn=unlimited,
                                       cwd=self.aws.folder.name, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(1)
            with open("/proc/%d/limits" % process.pid, encoding="ascii") as file:
                limit = next(line.split()[4] for line in file if line.startswith("Max core file size"))
            os.kill(process.pid, signal.SIGABRT)
            _, status = os.waitpid(process.pid, 0)
            process.returncode = status
            if is_ours:
                self.checks.check("ends by the signal", os.WIFSIGNALED(status), True)
                self.checks.check("no core file of keywarden", (os.WCOREDUMP(status), limit), (False, "0"))
            else:
                self.checks.check("where dumps may be made, sleep is not held back", limit != "0",
                                  resource.getrlimit(resource.RLIMIT_CORE)[1] != 0)
        self.aws.faults([])


def main():
    checks = checking.Checks()
    with support.Organization(plans.make_plan(accounts=2, users=3, teams=0)) as aws, Places(aws) as places:
        secrets = Secrets(checks, aws, places)
        secrets.places_of_credentials()
        secrets.spoiled()
        secrets.core()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
