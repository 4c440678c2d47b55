#!/usr/bin/env python3
"""`keywarden doctor --online`: whose credentials were found and by whom, what is wrong with them or with the
clock, and never what they are.

usage: tests/aws/test_doctor.py
"""

import logging
import os
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()
for variable in [variable for variable in os.environ if variable.startswith("AWS_")]:
    del os.environ[variable]
os.environ.update({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/nonexistent"})

import botocore.session  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

from replies import NOW, Server  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
KEYWARDEN = os.environ.get("KEYWARDEN") or os.path.join(support.TOP, "build", "keywarden")
SECRET = "planted/secret+key0123456789abcdefghijkl"
IDENTITY = ("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a</Arn>"
            "<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
WRONG = ("<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error>"
         "</ErrorResponse>")


def doctor(*words, **environment):
    """The exit code, and what is said in the group about collection, by name."""
    done = subprocess.run([KEYWARDEN, "doctor", *words], capture_output=True, text=True, timeout=60, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent",
                               "AWS_EC2_METADATA_DISABLED": "true", **environment})
    support.check("no secret is shown", SECRET in done.stdout + done.stderr, False)
    group = done.stdout.partition("\nCOLLECT\n")[2].partition("\n\n")[0]
    found = {}
    for line in group.splitlines():
        if line[2:3] != " ":
            state, name, text = line.split(None, 2)
            found[name] = (state, text)
    return done.returncode, found


def main():
    key = {"AWS_ACCESS_KEY_ID": "AKIAPLANTED", "AWS_SECRET_ACCESS_KEY": SECRET}
    code, found = doctor()
    support.check("offline, nothing", (code, found), (0, {
        "endpoints": ("ok", "AWS's own"), "region": ("ok", "none is named: us-east-1")}))
    with Server((200, IDENTITY)) as server:
        code, found = doctor(AWS_ENDPOINT_URL=server.url, **key)
        support.check("offline nobody is called", (code, server.requests, sorted(found)),
                      (0, [], ["endpoints", "region"]))
        support.check("another endpoint", found["endpoints"],
                      ("warning", "all services at %s, not at AWS" % server.url))
        code, found = doctor("--online", AWS_ENDPOINT_URL=server.url, **key)
        support.check("online", (code, found.get("credentials"), found.get("identity"), found.get("clock")),
                      (0, ("ok", "found by 'env'"), ("ok", "arn:aws:iam::111122223333:user/a"),
                       ("ok", "no more than some minutes from AWS's")))
    with Server((403, WRONG), (200, IDENTITY)) as server:
        ahead = int(time.time()) - NOW
        code, found = doctor("--online", AWS_ENDPOINT_URL=server.url, **key)
        state, text = found.get("clock", ("", "0"))
        support.check("a wrong clock", (code, state, text.endswith("seconds ahead of AWS's"),
                                        abs(int(text.split()[0]) - ahead) < 60), (0, "warning", True, True))
    code, found = doctor("--online")
    support.check("no credentials", (code, found.get("credentials")), (0, ("missing", "no AWS credentials found")))
    code, found = doctor(AWS_REGION="eu/../x")
    support.check("no region", (code, found["region"][0]), (3, "broken"))
    code, found = doctor(AWS_PROFILE="absent")
    support.check("no profile", (code, found["settings"]),
                  (3, ("broken", "no profile 'absent' in AWS's configuration")))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://%s:%d" % server.get_host_and_port()
    iam = botocore.session.Session().create_client("iam", endpoint_url=url)
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    urllib.request.urlopen(urllib.request.Request(
        url + "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})).read()
    for secret, state, says in ((made["SecretAccessKey"], "ok", "user/alice"),
                                (SECRET, "broken", "SignatureDoesNotMatch")):
        code, found = doctor("--online", AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID=made["AccessKeyId"],
                             AWS_SECRET_ACCESS_KEY=secret)
        told = found.get("identity", ("", ""))
        support.check("moto, %s" % state, (code, told[0], says in told[1]), (3 * (state == "broken"), state, True))
    server.stop()
    return support.finish()


sys.exit(main())
