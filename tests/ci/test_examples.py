#!/usr/bin/env python3
"""The pipelines of examples/ci: right as YAML and by the schemas of those who run them, and their shell
is run, step by step, with an AWS CLI that hands out reports made here.

Where PyYAML and check-jsonschema cannot be had (build/venv, once), the steps are still cut out of the
files, by their indentation, and run.

KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TREE, "tests", "support"))
import packages  # noqa: E402

HAS_PACKAGES = packages.want("PyYAML", "check-jsonschema")
if HAS_PACKAGES:
    import yaml

KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
FOLDER = os.path.join(TREE, "examples", "ci")
SCHEMAS = {"github-actions.yml": "github-workflows", "gitlab-ci.yml": "gitlab-ci"}
SHELLS = {"github-actions.yml": (["sh", "-e"],),
          "gitlab-ci.yml": (["sh", "-e"], ["bash", "-e", "-o", "pipefail"])}
RESULTS = {"github-actions.yml": "keywarden.sarif", "gitlab-ci.yml": "keywarden.xml"}

passed = failed = 0


def check(holds, *what):
    global passed, failed
    if holds:
        passed += 1
        return
    failed += 1
    print("FAILED:", *what)


# ---- the files


def text_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def scripts_of(name):
    """The literal blocks of the file, without their indentation, in order."""
    scripts, lines = [], text_of(name).split("\n")
    for number, line in enumerate(lines):
        if not re.search(r"(^ *run: \||^ *- \|)$", line):
            continue
        body = []
        indent = len(lines[number + 1]) - len(lines[number + 1].lstrip())
        for inner in lines[number + 1 :]:
            if inner.strip() and not inner.startswith(" " * indent):
                break
            body.append(inner[indent:])
        scripts.append("\n".join(body).rstrip("\n") + "\n")
    return scripts


def parsed_scripts(name):
    document = yaml.safe_load(text_of(name))
    if name == "gitlab-ci.yml":
        job = document["iam audit"]
        return job["before_script"] + job["script"]
    return [step["run"] for step in document["jobs"]["audit"]["steps"] if "run" in step]


def test_files(name):
    text = text_of(name)
    check(not re.search(r"(?i)aws-(secret-)?access-key|AWS_(SECRET_)?ACCESS_KEY", text), name, "has keys")
    check("\t" not in text and all(len(line) <= 105 for line in text.split("\n")), name, "lines")
    for script in scripts_of(name):
        done = subprocess.run(["shellcheck", "-s", "sh", "-e", "SC2153,SC2154", "-"], input="set -e\n" + script, text=True,
                              capture_output=True, check=False)
        check(done.returncode == 0, name, done.stdout)
    if not HAS_PACKAGES:
        print(f"{name}: not parsed and not held to its schema: no PyYAML, no check-jsonschema here")
        return
    check(parsed_scripts(name) == scripts_of(name), name, "other steps than those run here")
    done = subprocess.run([os.path.join(packages.VENV, "bin", "check-jsonschema"), "--builtin-schema",
                           f"vendor.{SCHEMAS[name]}", os.path.join(FOLDER, name)],
                          text=True, capture_output=True, check=False)
    check(done.returncode == 0, name, done.stdout)


# ---- the world that the steps run in

COLUMNS = ("user arn user_creation_time password_enabled password_last_used password_last_changed"
           " password_next_rotation mfa_active access_key_1_active access_key_1_last_rotated"
           " access_key_1_last_used_date access_key_1_last_used_region access_key_1_last_used_service"
           " access_key_2_active access_key_2_last_rotated access_key_2_last_used_date"
           " access_key_2_last_used_region access_key_2_last_used_service cert_1_active cert_1_last_rotated"
           " cert_2_active cert_2_last_rotated").split()


def row(user, **cells):
    kind = "root" if user == "<root_account>" else f"user/{user}"
    found = {column: "false" if column.endswith("_active") else "N/A" for column in COLUMNS}
    found.update({"user": user, "arn": f"arn:aws:iam::111122223333:{kind}", "password_enabled": "false",
                  "user_creation_time": "2020-01-01T00:00:00Z", **cells})
    return [found[column] for column in COLUMNS]


def report(*rows):
    """What `aws iam get-credential-report` prints."""
    text = "\n".join(",".join(cells) for cells in (COLUMNS, *rows))
    return json.dumps({"Content": base64.b64encode(text.encode()).decode(), "ReportFormat": "text/csv",
                       "GeneratedTime": "2026-11-01T00:00:00+00:00"})


SAFE_ROOT = row("<root_account>", mfa_active="true")
KEY_OF_ROOT = row("<root_account>", mfa_active="true", access_key_1_active="true",
                  access_key_1_last_rotated="2026-10-30T00:00:00Z")
NO_MFA = row("alice", password_enabled="true", password_last_used="2026-10-30T00:00:00Z",
             password_last_changed="2026-10-01T00:00:00Z")

AWS = """#!/bin/sh
echo "aws $*" >>"$CALLS"
case "$*" in
"iam generate-credential-report --query State --output text")
    [ -n "$NEVER_COMPLETE" ] && echo STARTED && exit 0
    [ -e generated ] && echo COMPLETE || echo STARTED
    touch generated ;;
"iam get-credential-report --output json")
    [ -z "$NEVER_COMPLETE" ] || exit 254
    cat "$REPORT" ;;
*) echo "aws: not a call that was expected: $*" >&2; exit 252 ;;
esac
"""
# What a checkout of keywarden holds, as far as the steps touch it.
BUILD = """#!/bin/sh -e
echo "build $PWD $*" >>"$CALLS"
test "$*" = release
mkdir build
ln -s "$PROGRAM" build/keywarden
"""
GIT = """#!/bin/sh -e
test "$*" = "clone -q --depth 1 --branch $KEYWARDEN_TAG $KEYWARDEN_SOURCE keywarden"
cp -r "$CHECKOUT" keywarden
"""
NOTHING = '#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\n'


def put(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


class World:
    """A folder in which a pipeline runs, once."""

    def __init__(self, scratch, name):
        self.name = name
        self.folder = os.path.join(scratch, "work")
        tools, checkout = os.path.join(scratch, "tools"), os.path.join(scratch, "checkout")
        os.mkdir(self.folder)
        for tool, text in {"aws": AWS, "git": GIT, "apt-get": NOTHING, "sleep": NOTHING}.items():
            put(os.path.join(tools, tool), text, 0o755)
        put(os.path.join(checkout, "scripts", "deps"), NOTHING, 0o755)
        put(os.path.join(checkout, "scripts", "build"), BUILD, 0o755)
        if name == "github-actions.yml":  # a step of its own that is no shell
            shutil.copytree(checkout, os.path.join(self.folder, "keywarden"))
        self.environment = {
            "PATH": tools + ":/usr/bin:/bin", "HOME": scratch, "LC_ALL": "C.UTF-8", "PROGRAM": KEYWARDEN,
            "CHECKOUT": checkout, "CALLS": os.path.join(scratch, "calls"), "AWS_TOKEN": "a token",
            "REPORT": os.path.join(scratch, "report"), "KEYWARDEN_TAG": "v0", "KEYWARDEN_SOURCE": "source",
            "GITHUB_STEP_SUMMARY": os.path.join(scratch, "summary.md"), "AWS_ROLE_ARN": "arn"}

    def baseline(self, *rows):
        put(os.path.join(self.folder, "old.json"), report(*rows))
        subprocess.run([KEYWARDEN, "audit", "old.json", "--no-config", "--fail-on", "never", "--format", "json",
                        "-o", "keywarden-baseline.json"], cwd=self.folder, check=True)

    def run(self, shell, *rows, **environment):
        """The exit code of the first step that failed, or 0."""
        put(self.environment["REPORT"], report(*rows))
        scripts = scripts_of(self.name)
        for script in ["".join(scripts)] if self.name == "gitlab-ci.yml" else scripts:
            put(os.path.join(self.folder, "..", "step"), script)
            done = subprocess.run([*shell, "../step"], cwd=self.folder, text=True, check=False,
                                  env={**self.environment, **environment}, capture_output=True)
            self.output = done.stdout + done.stderr
            if done.returncode != 0:
                return done.returncode
        return 0

    def read(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()

    def controls(self):
        """The controls that the uploaded result says fail; None where there is no result."""
        text = self.read(RESULTS[self.name])
        if text is None:
            return None
        if self.name == "gitlab-ci.yml":
            cases = xml.etree.ElementTree.fromstring(text).iter("testcase")
            return {re.search(r"[a-z]+(-[a-z]+)+", " ".join(case.attrib.values()))[0] for case in cases
                    if case.find("failure") is not None}
        return {result["ruleId"] for result in json.loads(text)["runs"][0]["results"]
                if result["level"] != "note" and result.get("kind", "fail") == "fail"}


def test_runs(name, shell):
    def run(expected, controls, baseline, now, configuration=None, **environment):
        with tempfile.TemporaryDirectory() as scratch:
            world = World(scratch, name)
            if baseline is not None:
                world.baseline(*baseline)
            if configuration is not None:
                put(os.path.join(world.folder, "keywarden.conf"), configuration, 0o644)
            code = world.run(shell, *now, **environment)
            check(code == expected, name, shell, "exit code", code, "not", expected, world.output)
            check(world.controls() == controls, name, shell, "found", world.controls(), "not", controls)
            with open(world.environment["CALLS"], encoding="utf-8") as file:
                calls = file.read()
            check("iam generate-credential-report" in calls and "build" in calls, name, calls)
            if name == "gitlab-ci.yml":
                check(os.stat(os.path.join(world.folder, "token")).st_mode & 0o777 == 0o600, "the token's mode")
                check(controls is None or "<html" in world.read("keywarden.html"), "the page")
            elif controls is not None:
                check("# " in world.read("../summary.md"), "the summary")

    # What was there before does not fail, be it critical.
    run(0, set(), [KEY_OF_ROOT, NO_MFA], [KEY_OF_ROOT, NO_MFA])
    # What is new and not critical is shown, and does not fail either.
    run(0, {"user-console-mfa", "user-mfa-enabled"}, [KEY_OF_ROOT], [KEY_OF_ROOT, NO_MFA])
    # What is new and critical fails, and is there to be uploaded.
    run(1, {"root-no-active-access-key"}, [SAFE_ROOT, NO_MFA], [KEY_OF_ROOT, NO_MFA])
    # What has been mended is no news.
    run(0, set(), [KEY_OF_ROOT, NO_MFA], [SAFE_ROOT, NO_MFA])
    # Without a baseline, without a report, or with a configuration that is broken there is no pass.
    run(3, None, None, [SAFE_ROOT])
    run(254, None, [SAFE_ROOT], [SAFE_ROOT], NEVER_COMPLETE="1")
    run(3, None, [SAFE_ROOT], [SAFE_ROOT], configuration="[audit]\nfail_on = never\n")
    # The doctor looks at what the audit alone would not.
    run(3, None, [SAFE_ROOT], [SAFE_ROOT], configuration="[rule test]\nrules = none.yaml\n")
    # A configuration does not make the last line milder.
    run(1, {"root-no-active-access-key"}, [SAFE_ROOT], [KEY_OF_ROOT],
        configuration="[audit]\nfail-on = never\nformat = csv\n")


def main():
    for name in SCHEMAS:
        test_files(name)
        check(len(scripts_of(name)) >= 3, name, "steps")
        for shell in SHELLS[name]:
            test_runs(name, shell)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
