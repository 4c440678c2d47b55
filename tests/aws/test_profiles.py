#!/usr/bin/env python3
"""Which credentials a configuration leads to, against botocore: random files of ~/.aws and random
environments, both programs asking one STS, one IAM Identity Center and one metadata service of ours.

Compared are the credentials, the provider that found them, and every request that was made, with
the key that signed it; or that both find nothing, or that both refuse.

usage: tests/aws/test_profiles.py        SEED=n COUNT=n (default 320, at most 600)
"""

import collections
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()
HOME = tempfile.TemporaryDirectory()
os.environ["HOME"] = HOME.name  # botocore asks once, when it is imported

import botocore.credentials  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.session  # noqa: E402
from botocore.loaders import create_loader  # noqa: E402
import fake_aws  # noqa: E402
import profiles  # noqa: E402

rng = random.Random(support.SEED)
COUNT = min(support.COUNT or 320, 600)  # a tenth of a second each
LOADER = create_loader()
MFA_CODE = "123456"
NAMES = ["default", "a", "b", "c", "d e", "f"]


def some(chance, *lines):
    return [rng.choice(lines)] if rng.random() < chance else []


def key_lines():
    name = rng.choice("ABCDEFG")
    lines = ["aws_access_key_id = AKIA" + name * 8] + ["aws_secret_access_key = " + name.lower() * 30]
    lines += some(0.3, "aws_session_token = session", "aws_security_token = security")
    if rng.random() < 0.12:
        lines.remove(rng.choice(lines[:2]))
    return lines


def role_lines():
    lines = ["role_arn = arn:aws:iam::111122223333:role/" + rng.choice(["r", "s", "denied"])]
    lines += some(0.85, *["source_profile = " + name for name in NAMES + ["nobody"]])
    if len(lines) == 1 or rng.random() < 0.05:
        lines += some(0.8, "credential_source = Environment", "credential_source = EcsContainer",
                      "credential_source = Ec2InstanceMetadata", "credential_source = environment")
    lines += some(0.2, "mfa_serial = arn:aws:iam::111122223333:mfa/x")
    lines += some(0.2, "duration_seconds = 900", "duration_seconds = many", "duration_seconds=7200")
    lines += some(0.2, "external_id = e x/t=1")
    lines += some(0.2, "role_session_name = me")
    lines += some(0.08, "web_identity_token_file = " + os.path.join(HOME.name, "jwt"))
    return lines


def sso_lines():
    new = rng.random() < 0.6
    lines = ["sso_account_id = 444455556666", "sso_role_name = Audit"]
    if new:
        lines += ["sso_session = " + rng.choice(["s", "t", "stale", "over", "refused", "nobody"])]
        lines += some(0.15, "sso_region = eu-west-1", "sso_region = us-east-1",
                      "sso_start_url = https://s.example")
    else:
        lines += ["sso_region = us-east-1",
                  "sso_start_url = https://" + rng.choice(["old", "over", "unknown", "refused"])]
    if rng.random() < 0.15:
        lines.remove(rng.choice(lines))
    return lines


def process_lines():
    return ["credential_process = " + rng.choice([
        "cat '%s/process.json'", "cat \"%s/forever.json\"", "cat %s/two.json", "cat %s/html",
        "cat %s/partial.json", "false", "/nonexistent/program", "cat '%s/open"]).replace(
            "%s", HOME.name)]


def identity_lines():
    return ["web_identity_token_file = " + os.path.join(HOME.name, rng.choice(["jwt", "jwt", "none"]))
            ] + some(0.8, "role_arn = arn:aws:iam::111122223333:role/web") + some(
                0.3, "role_session_name = web")


def other_lines():
    return some(0.3, "region = eu-west-1", "output = json", "cli_pager =", "s3 =\n  max = 10",
                "# aws_access_key_id = AKIACOMMENT", "; comment", "  # indented", "")


def profile_lines():
    makers = rng.choices([key_lines, role_lines, sso_lines, process_lines, identity_lines,
                          lambda: []], [5, 7, 3, 2, 1, 1], k=rng.choice([1, 1, 1, 2]))
    lines = {}
    for maker in makers + [other_lines]:
        for line in maker():  # a key once: the parser has a test of its own
            lines.setdefault(line.split("=")[0].strip().lower(), line)
    order = list(lines.values())
    rng.shuffle(order)
    return order


def config_file():
    names = rng.sample(NAMES, rng.randrange(len(NAMES) + 1))
    text = ""
    for name in names:
        header = "default" if name == "default" else "profile %s" % rng.choice(
            ['"%s"' % name, "'%s'" % name] + ([name] if " " not in name else []))
        text += "[%s]\n%s\n" % (header, "\n".join(profile_lines()))
    for name in ("s", "t", "stale", "over", "refused"):
        if rng.random() < 0.9:
            lines = ["sso_region = us-east-1", "sso_start_url = https://%s.example" % name]
            if rng.random() < 0.1:
                lines.pop()
            text += "[sso-session %s]\n%s\n" % (name, "\n".join(lines))
    if rng.random() < 0.03:
        text += profiles.file(rng)
    return text


def credentials_file():
    return "".join("[%s]\n%s\n" % (name, "\n".join(rng.choices([key_lines, role_lines, other_lines],
                                                               [6, 1, 1])[0]()))
                   for name in rng.sample(NAMES, rng.randrange(4)))


def environment():
    chosen = {}
    if rng.random() < 0.15:
        chosen.update({"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "env"})
        if rng.random() < 0.4:
            chosen[rng.choice(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])] = "env-token"
        if rng.random() < 0.2:
            del chosen["AWS_SECRET_ACCESS_KEY"]
    if rng.random() < 0.08:
        chosen["AWS_WEB_IDENTITY_TOKEN_FILE"] = os.path.join(HOME.name, "jwt")
        if rng.random() < 0.8:
            chosen["AWS_ROLE_ARN"] = "arn:aws:iam::111122223333:role/pod"
        if rng.random() < 0.3:
            chosen["AWS_ROLE_SESSION_NAME"] = "pod"
    if rng.random() < 0.3:
        chosen[rng.choice(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])] = rng.choice(NAMES)
    if rng.random() < 0.15:
        chosen["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "URL/container"
        chosen.update(rng.choice([{}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "x y"},
                                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": HOME.name + "/jwt"}]))
    if rng.random() < 0.2:
        chosen["AWS_EC2_METADATA_DISABLED"] = "false"
    return chosen


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))


def cached_token(name, **fields):
    path = os.path.join(HOME.name, ".aws", "sso", "cache",
                        hashlib.sha1(name.encode()).hexdigest() + ".json")
    write(path, {"startUrl": "https://%s.example" % name, "region": "us-east-1",
                 "accessToken": "cached-" + name, "expiresAt": "2099-01-01T00:00:00Z", **fields})


def write_home():
    """What the configurations refer to; anew for each program, since tokens are refreshed."""
    write(os.path.join(HOME.name, "jwt"), "json.web.token")
    process = {"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "process"}
    write(os.path.join(HOME.name, "forever.json"), process)
    write(os.path.join(HOME.name, "process.json"),
          {**process, "SessionToken": "t", "Expiration": "2099-01-01T02:00:00+02:00"})
    write(os.path.join(HOME.name, "two.json"), {**process, "Version": 2})
    write(os.path.join(HOME.name, "partial.json"), {"Version": 1, "AccessKeyId": "AKIAPROCESS"})
    write(os.path.join(HOME.name, "html"), "<html>")
    client = {"clientId": "c", "clientSecret": "s", "registrationExpiresAt": "2099-01-01T00:00:00Z"}
    over = {"expiresAt": "2020-01-01T00:00:00Z"}
    cached_token("s")
    cached_token("t", expiresAt="2098-12-31T23:59:59UTC")
    cached_token("stale", refreshToken="again", **client, **over)
    cached_token("over", **over)
    cached_token("refused", refreshToken="refused", **client, **over)
    cached_token("https://old")
    cached_token("https://over", **over)
    cached_token("https://refused", accessToken="refused")


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def botocore_finds(profile):
    session = botocore.session.Session()
    session.register_component("data_loader", LOADER)
    if profile:
        session.set_config_variable("profile", profile)
    try:
        resolver = session.get_component("credential_provider")
        resolver.get_provider("assume-role")._prompter = lambda _: MFA_CODE
        found = session.get_credentials()
        if found is None:
            return ("none",)
        frozen = found.get_frozen_credentials()
        if not frozen.access_key or not frozen.secret_key:
            return ("error",)  # an empty key signs nothing
        return ("found", frozen.access_key, digest(frozen.secret_key), digest(frozen.token),
                found.method)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, ValueError,
            OSError) as error:
        # A client of botocore, were it one for STS, wants a whole sso_session in its profile, used
        # or not: that says nothing about where credentials come from.
        return ("either",) if "SSO token provider" in str(error) else ("error",)


def we_find(profile):
    words = ["profile=" + profile] if profile else []
    done = subprocess.run([support.probe("call_probe"), *words, "mfa=" + MFA_CODE, "attempts=1", "-"],
                          capture_output=True, timeout=60, check=False)
    answer = json.loads(done.stdout)
    if answer["ok"] == "true":
        return ("found", answer["id"], answer["secret"], answer["token"], answer["method"]), answer
    return (("none",) if answer["error"] == "no AWS credentials found" else ("error",)), answer


def choose(config, credentials):
    """A profile to name, mostly one that is there, or none."""
    there = [name for name in NAMES if re.search(r"\[(profile ['\"]?)?%s['\"]?\]" % name,
                                                 config + credentials)]
    if rng.random() < 0.3 or not there:
        return None
    return rng.choice(there) if rng.random() < 0.95 else rng.choice(NAMES)


def main():
    seen = collections.Counter()
    with fake_aws.FakeAws() as fake:
        fixed = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        for number in range(COUNT):
            config, credentials, chosen = config_file(), credentials_file(), environment()
            profile = choose(config, credentials)
            if rng.random() < 0.9:  # a profile that is not there ends the search at once
                for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
                    if name in chosen and ("%s]" % chosen[name]) not in config + credentials:
                        del chosen[name]
            os.environ.clear()
            os.environ.update({**fixed, **fake.environment(), "AWS_MAX_ATTEMPTS": "1",
                               **{name: value.replace("URL", fake.url)
                                  for name, value in chosen.items()}})
            write(os.path.join(HOME.name, ".aws", "config"), config)
            write(os.path.join(HOME.name, ".aws", "credentials"), credentials)
            write_home()
            expected = botocore_finds(profile)
            expected_calls = fake.take()
            write_home()
            got, answer = we_find(profile)
            got_calls = fake.take()
            label = "configuration %d, profile %r, %r:\n%s\n---\n%s\n" % (
                number, profile, chosen, config, credentials)
            if expected != ("either",):
                support.check(label + str(answer), got, expected)
            if expected[0] == "found":
                support.check(label + "calls", got_calls, expected_calls)
            seen[expected[-1] if expected[0] == "found" else expected[0]] += 1
            for secret in ("AKIAPROCESS", "env-token", "json.web.token", "cached-"):
                if secret in answer.get("error", "") + answer.get("hint", ""):
                    support.check(label + "no secret is told", secret, "")
    print("# " + ", ".join("%s %d" % pair for pair in seen.most_common()))
    for method in ("none", "error", "env", "assume-role", "assume-role-with-web-identity", "sso",
                   "shared-credentials-file", "custom-process", "config-file", "container-role",
                   "iam-role"):
        if COUNT >= 300:
            support.check("%s was among them" % method, seen[method] > 0, True)
    return support.finish()


sys.exit(main())
