"""The server and the proxy of the organization, started and stopped.

    with Organization(make_plan(accounts=3)) as aws:
        aws.run(["collect", "--org", ...])       # keywarden, with the auditor's key
        aws.faults([{"kind": "throttle", "operation": "GetAccountSummary", "times": 2}])
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request

import plan as plans

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.append(os.path.join(TOP, "tests", "support"))
import packages  # noqa: E402

KEYWARDEN = os.environ.get("KEYWARDEN") or os.path.join(TOP, "build", "keywarden")


def install():
    """moto, into build/venv, where it is missing."""
    if not packages.install(*packages.MOTO):
        raise RuntimeError("moto cannot be installed")


class Server:
    """A program that says its ports in a line of JSON, and ends with its standard input."""

    def __init__(self, *words):
        self.process = subprocess.Popen([packages.PYTHON, "-B", *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("%s did not start: exit code %s" % (words[0], self.process.wait()))
        self.ports = json.loads(line)

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Organization:
    def __init__(self, plan, policies=None, page=None):
        """`policies`, as --print-policy prints them, are what the auditor and the role in the accounts may
        do; without them, everything. No page holds more than `page`."""
        self.plan = plan
        self.policies = policies
        self.page = page
        if policies:  # moto knows neither the resource of AssumeRoot nor conditions on its task
            auditor = next(u for u in plan["accounts"][0]["users"] if u["name"] == "auditor")
            auditor["inline"]["collect"] = plans.document(
                [(s["Effect"], s["Action"], "*") for s in policies["caller"]["Statement"]])

    def __enter__(self):
        install()
        self.folder = tempfile.TemporaryDirectory(prefix="keywarden-organization-")
        path = os.path.join(self.folder.name, "plan.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.plan, file)
        words = [path]
        if self.policies:
            words += ["--policy", os.path.join(self.folder.name, "policy.json")]
            with open(words[-1], "w", encoding="utf-8") as file:
                json.dump(self.policies["role"], file)
        words += ["--page", str(self.page)] if self.page else []
        self.server = Server(os.path.join(HERE, "server.py"), *words)
        self.moto_url = "http://127.0.0.1:%d" % self.server.ports["port"]
        try:
            self.proxy = Server(os.path.join(HERE, "fault_proxy.py"), str(self.server.ports["port"]),
                                self.plan["organization"]["management"])
        except Exception:
            self.server.stop()
            raise
        self.url = "http://127.0.0.1:%d" % self.proxy.ports["port"]
        self.control = socket.create_connection(("127.0.0.1", self.proxy.ports["control"]))
        self.answers = self.control.makefile("r", encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.answers.close()
        self.control.close()
        self.proxy.stop()
        self.server.stop()
        self.folder.cleanup()

    def ask(self, request):
        self.control.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(self.answers.readline())

    def faults(self, rules):
        """From now on these; what was counted until now is returned."""
        return self.ask({"rules": rules})

    def counts(self):
        """{(account, service, operation): (calls, faults)} since the rules were given."""
        return {tuple(row[:3]): tuple(row[3:]) for row in self.ask({})["counts"]}

    def reset(self):
        """Every credential report is as nobody had asked for it."""
        urllib.request.urlopen(urllib.request.Request(
            self.moto_url + "/organization/reset", method="POST"), timeout=30).close()

    def environment(self):
        key = self.plan["auditor"]
        return {"PATH": os.environ["PATH"], "HOME": self.folder.name, "AWS_ACCESS_KEY_ID": key["id"],
                "AWS_SECRET_ACCESS_KEY": key["secret"], "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent",
                "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "KEYWARDEN_CONFIG": "/dev/null",
                **{n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS")}}

    def run(self, words, timeout=300, **more):
        """keywarden with the auditor's key; its output as text."""
        return subprocess.run([KEYWARDEN, *words], env={**self.environment(), **more}, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

    def start(self, words, **more):
        return subprocess.Popen([KEYWARDEN, *words], env={**self.environment(), **more},
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
