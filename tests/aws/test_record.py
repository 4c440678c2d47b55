#!/usr/bin/env python3
"""Recordings of calls: no secret in them, the same answers from them, damage named.

usage: tests/aws/test_record.py
"""

import json
import logging
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

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

logging.getLogger("werkzeug").setLevel(logging.ERROR)
SECRET = "planted/secret+key0123456789abcdefghijkl"
TOKEN = "planted//session+token=="
GONE = "http://127.0.0.1:9"  # nobody listens there
USERS = ("<ListUsersResponse><ListUsersResult><Users><member><UserName>%s</UserName></member></Users>"
         "</ListUsersResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListUsersResponse>")


def call(url, *words, key=None, now=None):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url,
                   "AWS_EC2_METADATA_DISABLED": "true"}
    if key:
        environment.update(key)
    done = subprocess.run([support.probe("call_probe"), *(["now=%d" % now] if now else []), *words],
                          capture_output=True, env=environment, check=False, timeout=60)
    return json.loads(done.stdout)


PLANTED = {"AWS_ACCESS_KEY_ID": "AKIAPLANTED", "AWS_SECRET_ACCESS_KEY": SECRET,
           "AWS_SESSION_TOKEN": TOKEN}


def read(folder):
    texts = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            texts[name] = file.read()
    return texts


def tell(answer):
    return tuple(answer.get(name) for name in ("ok", "body", "class", "code", "error", "fault", "failures"))


def both(folder, replies, *words, now=NOW):
    """What the same call says to a server, recorded, and again from the recording."""
    with Server(*replies) as server:
        first = call(server.url, "record=" + folder, "label=111122223333", *words, key=PLANTED, now=now)
    second = call(GONE, "replay=" + folder, "label=111122223333", *words)
    return first, second


def no_secret(what, folder, *secrets):
    text = b"".join(name.encode() + body for name, body in read(folder).items())
    support.check(what + ": something was recorded", len(text) > 100, True)
    for secret in (SECRET, TOKEN, *secrets):
        support.check("%s: %s... is not in it" % (what, secret[:10]), secret.encode() in text, False)
    for word in (b"Signature=", b"AWS4-HMAC", b"Authorization"):
        support.check("%s: no %s" % (what, word.decode()), word.lower() in text.lower(), False)


def check_same(scratch):
    """Answers, refusals and broken connections come again as they were."""
    error = ("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
             "<RequestId>q</RequestId></ErrorResponse>")
    cases = {
        "an answer": [(200, USERS % "ä&amp;b")],
        "an answer with Windows line ends": [(200, (USERS % "a").replace("><", ">\r\n\r\n<"))],
        "throttled, then an answer": [(400, error % ("Throttling", "Rate exceeded")), (200, USERS % "a")],
        "a denial": [(403, error % ("AccessDenied", "not authorized to perform: iam:ListUsers on x"))],
        "absent": [(404, error % ("NoSuchEntity", "no"))],
        "HTML for ever": [(502, "<html><body>Bad Gateway</body></html>")],
        "an empty answer": [(200, "")],
        "a killed connection, then an answer": [(200, None), (200, USERS % "b")],
        "less than was said": [(200, USERS % "b", {"cut": 50}), (200, USERS % "c")]}
    for number, (what, replies) in enumerate(cases.items()):
        folder = os.path.join(scratch, "same%d" % number)
        first, second = both(folder, replies, "iam", "ListUsers", "MaxItems=10")
        support.check(what + ": the same again", tell(second), tell(first))
        support.check(what + ": the same number of tries", second.get("attempts"), first.get("attempts"))
        no_secret(what, folder)
    support.check("the mode of the folder", stat.S_IMODE(os.stat(folder).st_mode), 0o700)
    folder = os.path.join(scratch, "clock")
    wrong = (403, error % ("SignatureDoesNotMatch", "The Canonical String for this request should have "
                           "been\n'POST\n/\n\nhost:x\nx-amz-security-token:%s\n\n'" % TOKEN))
    first, second = both(folder, [wrong, (200, USERS % "a")], "iam", "ListUsers", now=NOW - 3600)
    support.check("a wrong clock is corrected", first["ok"], "true")
    no_secret("a refused signature", folder)
    support.check("a token in a message", b"x-amz-security-token:REMOVED" in
                  read(folder)["111122223333.iam.ListUsers.0001.txt"], True)


def check_polls(scratch):
    """What is asked again and again is answered in the order of the recording."""
    states = ["STARTED", "INPROGRESS", "INPROGRESS", "COMPLETE"]
    replies = [(200, "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>%s</State>"
                "</GenerateCredentialReportResult></GenerateCredentialReportResponse>" % state)
               for state in states]
    folder = os.path.join(scratch, "polls")
    first, second = both(folder, replies, "repeat=4", "iam", "GenerateCredentialReport")
    support.check("the last of four", ("COMPLETE" in first["body"], second["body"]), (True, first["body"]))
    for count, state in enumerate(states):
        answer = call(GONE, "replay=" + folder, "label=111122223333", "repeat=%d" % (count + 1), "iam",
                      "GenerateCredentialReport")
        support.check("after %d: %s" % (count + 1, state), state in answer["body"], True)
    answer = call(GONE, "replay=" + folder, "label=111122223333", "repeat=5", "iam",
                  "GenerateCredentialReport")
    support.check("a fifth fails by name", (answer["ok"], answer["error"]),
                  ("false", "iam GenerateCredentialReport: recorded fewer times than it is asked now for "
                            "111122223333: "))
    for words, expected in ((("iam", "ListUsers", "MaxItems=7"),
                             "iam ListUsers: not recorded for 111122223333: MaxItems=7"),
                            (("sts", "GetCallerIdentity"),
                             "sts GetCallerIdentity: not recorded for 111122223333: ")):
        answer = call(GONE, "replay=" + folder, "label=111122223333", *words)
        support.check("what was not recorded: %r" % (words,), (answer["ok"], answer["error"],
                                                               answer["attempts"]), ("false", expected, 1))
    answer = call(GONE, "replay=" + folder, "label=444455556666", "iam", "GenerateCredentialReport")
    support.check("another account", "not recorded for 444455556666" in answer["error"], True)
    answer = call(GONE, "replay=" + folder, "iam", "GenerateCredentialReport")
    support.check("nobody", "not recorded for nobody in particular" in answer["error"], True)
    support.check("a pause is not waited for", call(
        GONE, "replay=" + folder, "label=111122223333", "iam", "GenerateCredentialReport")["waits"], [])


def check_threads(scratch):
    folder = os.path.join(scratch, "threads")
    with Server(*[(200, USERS % ("user%d" % i)) for i in range(41)]) as server:
        first = call(server.url, "record=" + folder, "label=111122223333", "threads=8", "repeat=5", "iam",
                     "ListUsers", key=PLANTED)
    names = read(folder)
    support.check("forty exchanges of eight threads", (first["failures"], first["recorded"], len(names)),
                  (0, True, 41))
    support.check("by name", sorted(names)[:2], ["111122223333.iam.ListUsers.%04d.txt" % i for i in (1, 2)])
    for _ in range(3):
        answer = call(GONE, "replay=" + folder, "label=111122223333", "threads=8", "repeat=5", "iam",
                      "ListUsers")
        support.check("all of them again", answer["failures"], 0)


def check_named_secrets(scratch):
    """Whatever a service hands out under these names, in XML and JSON, well-formed or not."""
    names = ("SecretAccessKey", "SessionToken", "Password", "ServicePassword", "ServiceCredentialSecret",
             "Base32StringSeed", "QRCodePNG", "accessToken", "clientSecret", "PrivateKey", "Token")
    secret = "hunter2hunter2"
    xml = "".join("<%s>%s</%s><%s a='b'>%s</%s><x:%s>%s</x:%s>" % ((name, secret, name) * 3)
                  for name in names)
    json_text = json.dumps({"Users": [{name: secret for name in names}]})
    for what, body in (("XML", "<ListUsersResponse>%s</ListUsersResponse>" % xml),
                       ("XML of lower case", "<ListUsersResponse>%s</ListUsersResponse>" % xml.lower()),
                       ("XML that is cut", "<ListUsersResponse><Password>%s" % secret),
                       ("a tag that is cut", "<ListUsersResponse><Password %s" % secret),
                       ("JSON", json_text), ("JSON with spaces", json.dumps(json.loads(json_text), indent=2)),
                       ("JSON in JSON", json.dumps({"Users": json_text})),
                       ("JSON that is cut", '{"Password": "' + secret)):
        folder = os.path.join(scratch, "named " + what)
        with Server((200, body)) as server:
            call(server.url, "record=" + folder, "label=1", "attempts=1", "iam", "ListUsers", key=PLANTED)
        no_secret(what, folder, secret)
        text = read(folder)["1.iam.ListUsers.0001.txt"]
        whole = {"XML": 3, "XML of lower case": 3, "JSON": 1, "JSON with spaces": 1, "JSON in JSON": 1}
        support.check(what + ": that, and nothing else, is gone", text.count(b"REMOVED"),
                      whole.get(what, 1 / len(names)) * len(names))
    folder = os.path.join(scratch, "echo")
    echo = json.dumps({"headers": {"authorization": "AWS4", "x": TOKEN}, "key": SECRET})
    with Server((200, echo, {"x-amzn-RequestId": TOKEN})) as server:
        call(server.url, "record=" + folder, "label=1", "attempts=1", "organizations", "ListRoots",
             key=PLANTED)
    support.check("a server that repeats what it was sent",
                  [secret for secret in (SECRET, TOKEN) if secret.encode() in b"".join(read(folder).values())],
                  [])


def check_damage(scratch):
    whole = os.path.join(scratch, "whole")
    both(whole, [(200, USERS % "a")], "iam", "ListUsers")
    name = "111122223333.iam.ListUsers.0001.txt"

    def damaged(what, change, expected, file=name, copy=None):
        folder = os.path.join(scratch, "damage " + what)
        shutil.copytree(whole, folder)
        path = os.path.join(folder, file)
        with open(path, "rb") as opened:
            text = opened.read()
        changed = change(text)
        if changed is None:
            os.remove(path)
        else:
            with open(os.path.join(folder, copy or file), "wb") as opened:
                opened.write(changed)
        answer = call(GONE, "replay=" + folder, "label=111122223333", "iam", "ListUsers")
        support.check(what, (answer["ok"], answer.get("error", "").replace(folder, "DIR")),
                      ("true" if expected is None else "false", expected or ""))
        return answer

    damaged("nothing", lambda text: text, None)
    damaged("a flipped byte", lambda text: text.replace(b"<UserName>a", b"<UserName>b"),
            "DIR/%s: the body is not the one that was recorded" % name)
    damaged("cut in the body", lambda text: text[:-10],
            "DIR/%s: a body of 179 bytes was recorded with 189 bytes" % name)
    damaged("cut in the lines", lambda text: text[:60], "DIR/%s:4: the recorded exchange is cut short" % name)
    damaged("empty", lambda text: b"", "DIR/%s:1: this is no recorded exchange" % name)
    damaged("another version", lambda text: text.replace(b"exchange 1", b"exchange 9"),
            "DIR/%s:1: this is no recorded exchange" % name)
    damaged("an unknown line", lambda text: text.replace(b"status: ", b"stature: "),
            "DIR/%s:8: a recorded exchange has no line 'stature'" % name)
    damaged("no status", lambda text: re.sub(b"status: .*\n", b"", text),
            "DIR/%s: a recorded exchange has service, operation, number, and status or fault" % name)
    damaged("no title", lambda text: None, "DIR: no recording: it has no file 'recording.txt'",
            "recording.txt")
    damaged("a title of another version", lambda text: text.replace(b"recording 1", b"recording 2"),
            "DIR/recording.txt: this is no recording that this version reads", "recording.txt")
    damaged("no time", lambda text: b"keywarden recording 1\n",
            "DIR/recording.txt: the recording does not say when it was started", "recording.txt")
    damaged("a copy", lambda text: text,
            "DIR/copy.txt: the same exchange is in 'DIR/%s' as well" % name, copy="copy.txt")
    answer = damaged("edited on purpose", lambda text: re.sub(b"body: .*\n", b"", text).replace(
        b"<UserName>a", b"<UserName>somebody"), None)
    support.check("what was edited is what is answered", "<UserName>somebody<" in answer["body"], True)
    answer = call(GONE, "replay=" + os.path.join(scratch, "absent"), "iam", "ListUsers")
    support.check("no folder", answer["error"].endswith("absent: cannot open: No such file or directory"), True)
    answer = call(GONE, "record=" + whole, "iam", "ListUsers")
    support.check("a folder that is not empty", "is not empty" in answer["error"], True)


def check_moto(scratch):
    """A role in a real emulator: entered, looked at, and all of it again without it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://%s:%d" % server.get_host_and_port()
    iam = botocore.session.Session().create_client("iam", endpoint_url=url)
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    seed = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    iam.create_login_profile(UserName="alice", Password="hunter2hunter2")
    words = ("role=arn:aws:iam::444455556666:role/Audit", "external=planted-external-id",
             "label=444455556666")
    caller = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    for number, asked in enumerate((("sts", "GetCallerIdentity"), ("iam", "GetAccountSummary"),
                                    ("iam", "ListVirtualMFADevices"), ("iam", "ListUsers"),
                                    ("organizations", "DescribeOrganization"), ("s3", "ListBuckets"))):
        for role in ((), words):
            folder = os.path.join(scratch, "moto%d%d" % (number, len(role)))
            first = call(url, "record=" + folder, *(role or ["label=caller"]), *asked, key=caller)
            second = call(GONE, "replay=" + folder, *(role or ["label=caller"]), *asked)
            for answer in (first, second):  # those that moto leaks, and that are blanked
                answer["body"] = re.sub("<(Base32StringSeed|QRCodePNG)>[^<]*<", r"<\1><",
                                        answer.get("body", ""))
            support.check("%r %d" % (asked, len(role)), tell(second), tell(first))
            no_secret("%r" % (asked,), folder, key["SecretAccessKey"], "hunter2hunter2",
                      seed["Base32StringSeed"].decode(), "planted-external-id")
            if role:
                entry = read(folder).get("444455556666.sts.AssumeRole.0001.txt", b"").decode()
                support.check("the entry is there without what it gave",
                              (re.findall("<SecretAccessKey>(.*?)</", entry),
                               re.findall("<AccessKeyId>(.*?)</", entry),
                               re.findall("<SessionToken>(.*?)</", entry),
                               re.findall("asked: (.*)", entry)),
                              (["REMOVED"], ["REMOVED"], ["REMOVED"],
                               ["RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FAudit"]))
    server.stop()


with tempfile.TemporaryDirectory() as scratch_folder:
    check_same(scratch_folder)
    check_polls(scratch_folder)
    check_threads(scratch_folder)
    check_named_secrets(scratch_folder)
    check_damage(scratch_folder)
    check_moto(scratch_folder)
sys.exit(support.finish())
