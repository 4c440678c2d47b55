#!/usr/bin/env python3
"""`keywarden trail scan --verify-digests` on chains of digests that are built and signed here.

A delivery of two accounts over a day, whole, and then damaged in every way there is: what is told must
be that damage and nothing else. On disk; tests/trail/test_bucket.py does the same in a bucket.

KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path.append(os.path.join(TOP, "tests", "support"))
import loopback  # noqa: E402
import packages  # noqa: E402

packages.need("moto", "cryptography")

from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: E402

KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build", "keywarden"))
BUCKET, TRAIL, HOME = "my-trail", "main", "us-east-1"
ACCOUNTS = ("111111111111", "222222222222")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

passed = failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    print("not ok %s\n# expected %s\n# got      %s" % (what, expected, got))


def der(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)


def fingerprint(key):
    return hashlib.md5(der(key)).hexdigest()


def key_list(*keys):
    return json.dumps({"PublicKeyList": [
        {"Value": base64.b64encode(der(key)).decode(), "Fingerprint": fingerprint(key),
         "ValidityStartTime": "2026-01-01T00:00:00Z", "ValidityEndTime": "2027-01-01T00:00:00Z"}
        for key in keys]})


def sign(key, digest, text):
    signed = "%s\n%s/%s\n%s\n%s" % (digest["digestEndTime"], digest["digestS3Bucket"], digest["digestS3Object"],
                                    hashlib.sha256(text).hexdigest(),
                                    digest["previousDigestSignature"] or "null")
    return key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()


def record(account, hour, number):
    return {"eventVersion": "1.08", "eventTime": "2026-03-01T%02d:10:00Z" % hour, "awsRegion": HOME,
            "eventName": "ListUsers", "eventSource": "iam.amazonaws.com", "eventID": "%s-%d-%d" % (account, hour, number),
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::%s:user/ann" % account},
            "recipientAccountId": account}


class Delivery:
    """Objects by key, and the signatures in the metadata of digests."""

    def __init__(self, key=KEY, hours=5, gap_at=None):
        self.objects, self.signatures, self.digests = {}, {}, {}
        for account in ACCOUNTS:
            previous = None
            for hour in range(hours):
                if hour == gap_at:
                    previous = None
                    continue
                files = [self.log(account, hour, number) for number in range(2)]
                previous = self.digest(key, account, hour, files, previous)

    def place(self, account, kind, name):
        return "trail/AWSLogs/%s/%s/%s/2026/03/01/%s_%s_%s" % (account, kind, HOME, account, kind, name)

    def log(self, account, hour, number):
        text = json.dumps({"Records": [record(account, hour, number)]}).encode()
        name = self.place(account, "CloudTrail", "%s_20260301T%02d15Z_%016d.json.gz" % (HOME, hour, number))
        self.objects[name] = text
        return {"s3Bucket": BUCKET, "s3Object": name, "hashAlgorithm": "SHA-256",
                "hashValue": hashlib.sha256(text).hexdigest()}

    def digest(self, key, account, hour, files, previous):
        name = self.place(account, "CloudTrail-Digest", "%s_%s_%s_20260301T%02d3000Z.json.gz" % (
            HOME, TRAIL, HOME, hour + 1))
        digest = {
            "awsAccountId": account, "digestStartTime": "2026-03-01T%02d:30:00Z" % hour,
            "digestEndTime": "2026-03-01T%02d:30:00Z" % (hour + 1), "digestS3Bucket": BUCKET,
            "digestS3Object": name, "digestPublicKeyFingerprint": fingerprint(key),
            "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": None, "oldestEventTime": None,
            "previousDigestS3Bucket": None, "previousDigestS3Object": None, "previousDigestHashValue": None,
            "previousDigestHashAlgorithm": None, "previousDigestSignature": None, "logFiles": files}
        if previous:
            digest.update(previousDigestS3Bucket=BUCKET, previousDigestS3Object=previous,
                          previousDigestHashValue=hashlib.sha256(self.objects[previous]).hexdigest(),
                          previousDigestHashAlgorithm="SHA-256",
                          previousDigestSignature=self.signatures[previous])
        text = json.dumps(digest).encode()
        self.objects[name] = text
        self.digests[name] = digest
        self.signatures[name] = sign(key, digest, text)
        return name

    def logs(self):
        return sorted(name for name in self.objects if name not in self.digests)

    def chain(self, account=ACCOUNTS[0]):
        return sorted(name for name in self.digests if account in name)

    def write(self, folder):
        for name, text in self.objects.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(gzip.compress(text))


def scan(path, *words, environment=None):
    """Exit code, problems as (base name, text), what --stats counted."""
    with tempfile.TemporaryDirectory() as folder:
        stats = os.path.join(folder, "stats")
        done = subprocess.run([KEYWARDEN, "trail", "scan", path, "--format", "csv", "--fail-on", "never",
                               "--verify-digests", "--stats=" + stats, *words], capture_output=True,
                              timeout=120, check=False, env=dict(os.environ, **(environment or {})))
        counted = {}
        if os.path.exists(stats):
            with open(stats, encoding="utf-8") as file:
                counted = json.load(file)
    found = []
    for line in done.stderr.decode().splitlines():
        if line.startswith("keywarden: error: "):
            place, _, text = line.removeprefix("keywarden: error: ").partition(": ")
            found.append((os.path.basename(place), text))
    return done.returncode, found, counted


def base(name):
    return os.path.basename(name)


def try_one(label, change, expected, delivery=None, keys=None, code=3, **wanted):
    delivery = delivery or Delivery()
    change(delivery)
    with tempfile.TemporaryDirectory() as folder:
        logs, path = os.path.join(folder, "logs"), os.path.join(folder, "keys.json")
        os.mkdir(logs)
        delivery.write(logs)
        with open(path, "w", encoding="utf-8") as file:
            file.write(keys or key_list(OTHER_KEY, KEY))
        for run in (("--jobs", "1"), ("--jobs", "3", "--memory", "1K")):
            got_code, found, stats = scan(logs, "--digest-keys", path, *run)
            check("%s %s: problems" % (label, " ".join(run)), sorted(found),
                  sorted((base(name), text) for name, text in expected(delivery)))
            check("%s %s: exit code" % (label, " ".join(run)), got_code, code)
            wanted["digest_problems"] = len(expected(delivery))
            check("%s %s: counts" % (label, " ".join(run)), {key: stats.get(key) for key in wanted}, wanted)


def change_log(delivery):
    delivery.objects[delivery.logs()[3]] = json.dumps({"Records": []}).encode()


def change_digest(delivery):
    """Of a digest, one file's hash: as who would hide a change does."""
    name = delivery.chain()[1]
    digest = delivery.digests[name]
    digest["logFiles"][0]["hashValue"] = "0" * 64
    delivery.objects[name] = json.dumps(digest).encode()


def check_disk():
    def nothing(_):
        pass

    try_one("whole", nothing, lambda one: [], code=0, digests=10, digest_chains=2, digest_signatures=8,
            verified_files=20, files=30, records=20)
    try_one("a log file changed", change_log,
            lambda one: [(one.logs()[3], "was changed: another hash of it is in %s" % name_of(one, 1))],
            verified_files=19)
    try_one("a log file gone", lambda one: one.objects.pop(one.logs()[4]),
            lambda one: [(one.gone, "is missing or cannot be read: it is named by %s" % name_of(one, 2))],
            delivery=Remembering(4), verified_files=19)
    try_one("a log file more", lambda one: one.log(ACCOUNTS[0], 3, 7),
            lambda one: [(one.logs()[8], "no digest names it")])
    try_one("a digest changed", change_digest, lambda one: [
        (one.chain()[1], "the digest was changed: the next one has another hash of it"),
        (one.chain()[1], "the digest's signature is not right"),
        (one.logs()[2], "was changed: another hash of it is in %s" % name_of(one, 1))])
    try_one("a digest gone", lambda one: drop(one, 2), lambda one: [
        (one.chain()[2], "the digest before it is missing: %s" % base(one.dropped).removesuffix(".gz")),
        (one.logs()[4], "no digest names it"), (one.logs()[5], "no digest names it")],
            digest_signatures=6)
    try_one("signed by another", nothing, lambda one: [
        (name, "no public key is known with the digest's fingerprint %s" % fingerprint(OTHER_KEY))
        for account in ACCOUNTS for name in one.chain(account)[:-1]],
            delivery=Delivery(OTHER_KEY), keys=key_list(KEY), digest_signatures=0)
    try_one("logging was stopped", nothing, lambda one: [
        (one.chain(account)[2], "a new chain begins here: nothing proves what was delivered since "
         "2026-03-01T02:30:00Z") for account in ACCOUNTS], delivery=Delivery(gap_at=2))
    try_one("a digest that is none", lambda one: one.objects.update({one.chain()[4]: b'{"digestStartTime":"x","digestS3Object":"y"}'}),
            lambda one: [(one.chain()[4], "a digest that cannot be read: a digest without its place or times"),
                         (one.logs()[8], "no digest names it"), (one.logs()[9], "no digest names it")])
    try_one("forged with another key", forge, lambda one: [
        (one.chain()[2], "the digest's signature is not right")])


class Remembering(Delivery):
    def __init__(self, number):
        super().__init__()
        self.gone = self.logs()[number]


def name_of(one, number):
    """A digest as messages call it."""
    return base(one.chain()[number]).removesuffix(".gz")


def drop(one, number):
    name = one.chain()[number]
    one.dropped = name
    del one.objects[name]
    del one.digests[name]


def forge(one):
    """The chain from the third digest on is made anew by somebody with a key of his own, who names
    AWS's."""
    names = one.chain()
    for at, name in enumerate(names[2:], 2):
        digest = one.digests[name]
        digest["previousDigestHashValue"] = hashlib.sha256(one.objects[names[at - 1]]).hexdigest()
        digest["previousDigestSignature"] = one.signatures[names[at - 1]]
        text = json.dumps(digest).encode()
        one.objects[name] = text
        one.signatures[name] = sign(OTHER_KEY if at == 2 else KEY, digest, text)


class Lister(loopback.Handler):
    """CloudTrail's ListPublicKeys, in two pages."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        is_ours = self.headers["x-amz-target"].endswith("CloudTrail_20131101.ListPublicKeys")
        first = is_ours and "NextToken" not in body
        answer = json.loads(key_list(OTHER_KEY if first else KEY))
        if first:
            answer["NextToken"] = "more"
        self.server.asked.append((body["StartTime"], body["EndTime"]))
        self.answer(200, json.dumps(answer))


def check_listed():
    with tempfile.TemporaryDirectory() as folder, loopback.Server(Lister, asked=[]) as server:
        Delivery().write(folder)
        environment = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                       "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}
        code, found, stats = scan(folder, "--endpoint-url", server.url, environment=environment)
    check("keys listed by CloudTrail", (code, found, stats.get("digest_signatures")), (0, [], 8))
    check("for the time of the digests", server.asked, [(1772325000, 1772343000)] * 2)


def check_refused():
    with tempfile.TemporaryDirectory() as folder:
        one = Delivery()
        for name in list(one.digests):
            del one.objects[name]
        one.write(folder)
        keys = os.path.join(folder, "keys")
        with open(keys, "w", encoding="utf-8") as file:
            file.write(key_list(KEY))
        code, found, _ = scan(folder, "--digest-keys", keys)
        check("without digests", (code, found), (3, [("there is no digest to check the files with", "")]))
        for text in ("", "{}", '{"PublicKeyList":[{"Value":"AAAA"}]}', '{"PublicKeyList":[{"Value":"!"}]}'):
            with open(keys, "w", encoding="utf-8") as file:
                file.write(text)
            code, found, _ = scan(folder, "--digest-keys", keys)
            check("keys that are none: %r" % text, (code, [name.partition(":")[0] for name, _ in found]), (3, ["keys"]))


if __name__ == "__main__":
    check_disk()
    check_listed()
    check_refused()
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0)
