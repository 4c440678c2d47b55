#!/usr/bin/env python3
"""`keywarden trail scan s3://...`: the same alerts as from the same files on disk, whatever form the prefix
has; no more lists than the layout of a trail asks for; digests with the signatures of their objects;
buckets that are elsewhere; and what S3 refuses. Against moto, and a server that redirects.

KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import gzip
import json
import logging
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path[:0] = [FOLDER, os.path.join(TOP, "tests", "aws")]
import support  # noqa: E402

support.reexec()
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
                   "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"})

import botocore.session  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

import loopback  # noqa: E402
import test_digests  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build", "keywarden"))
BUCKET = "a.trail"
ACCOUNTS = ["111111111111", "222222222222", "333333333333"]
REGIONS = ["us-east-1", "eu-west-1"]
DAYS = 8
MANY = 1100


def scan(url, where, *words):
    """Exit code, csv, --stats, messages."""
    with tempfile.TemporaryDirectory() as folder:
        stats = os.path.join(folder, "stats")
        more = ["--endpoint-url", url] if url else []
        done = subprocess.run([KEYWARDEN, "trail", "scan", where, "--format", "csv", "--fail-on", "never",
                               "--quiet", "--stats=" + stats, *more, *words], capture_output=True,
                              timeout=300, check=False)
        counted = {}
        if os.path.exists(stats):
            with open(stats, encoding="utf-8") as file:
                counted = json.load(file)
    return done.returncode, done.stdout.decode(), counted, done.stderr.decode()


def event(account, region, day, number):
    return {"eventVersion": "1.08", "eventTime": "2026-01-%02dT23:00:00Z" % day, "eventName": "CreateAccessKey",
            "eventSource": "iam.amazonaws.com", "awsRegion": region, "recipientAccountId": account,
            "eventID": "%s-%s-%d-%d" % (account, region, day, number), "sourceIPAddress": "192.0.2.1",
            "userIdentity": {"type": "Root", "arn": "arn:aws:iam::%s:root" % account}}


def objects():
    """Keys and texts: a trail under a prefix with odd letters, delivered on the day or the day after, other
    logs beside it, and a folder of many small files."""
    out = {}
    for account in ACCOUNTS:
        for region in REGIONS:
            for day in range(1, DAYS + 1):
                late = day + (day % 3 == 0)
                key = "l\u00f6gs + x/AWSLogs/o-abc/%s/CloudTrail/%s/2026/01/%02d/%s_CloudTrail_%s_x+y %d.json.gz" % (
                    account, region, late, account, region, day)
                out[key] = gzip.compress(json.dumps({"Records": [event(account, region, day, 0)]}).encode())
        for service in ("Config", "CloudTrail-Insight", "elasticloadbalancing"):
            out["l\u00f6gs + x/AWSLogs/o-abc/%s/%s/us-east-1/2026/01/01/x.json.gz" % (account, service)] = b"no gzip"
    for number in range(12):
        out["many/%04d.json" % number] = json.dumps(event(ACCOUNTS[0], "us-west-2", 1, number)).encode()
    out["many/readme.txt"] = b"no events"
    return out


def on_disk(folder, stored, prefix):
    for key, data in stored.items():
        if key.startswith(prefix) and ("/CloudTrail/" in key or "/AWSLogs/" not in key):
            path = os.path.join(folder, key)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)


TREE = "l\u00f6gs + x/AWSLogs/o-abc/"
PREFIXES = ("", "l", "l\u00f6gs + x", "l\u00f6gs + x/", "l\u00f6gs + x/AWSLogs/", TREE, TREE + "1", TREE + ACCOUNTS[1] + "/",
            TREE + ACCOUNTS[0] + "/CloudTrail/", TREE + ACCOUNTS[0] + "/CloudTrail/us-east-1/",
            TREE + ACCOUNTS[0] + "/CloudTrail/us-east-1/2026/0", TREE + ACCOUNTS[0] + "/CloudTrail/us-east-1/2026/01/0",
            "many/", "many/00", "many/0007.json")
FILTERS = ((), ("--account", ACCOUNTS[1]), ("--region", "eu-west-1"), ("--since", "2026-01-05"),
           ("--since", "2026-01-05", "--until", "2026-01-06"), ("--until", "2026-01-03T12:00:00Z"),
           ("--account", ACCOUNTS[0], "--account", ACCOUNTS[2], "--region", "us-east-1", "--since", "2026-01-03",
            "--until", "2026-01-03"))


def check_equal(url, stored):
    for prefix in PREFIXES:
        for words in FILTERS if prefix in ("", TREE, TREE + ACCOUNTS[0] + "/CloudTrail/us-east-1/2026/0") else ((),):
            with tempfile.TemporaryDirectory() as folder:
                on_disk(folder, stored, prefix)
                _, expected, counted, _ = scan("", folder, *words)
                code, got, stats, messages = scan(url, "s3://%s/%s" % (BUCKET, prefix), *words)
            label = "%r %s" % (prefix, " ".join(words))
            support.check(label + ": alerts", got, expected)
            if stats.get("files"):
                support.check(label + ": exit code", (code, messages), (0, ""))
            else:
                support.check(label + ": nothing that is asked for", (code, counted.get("alerts", 0)), (3, 0))
            support.check(label + ": nothing that is not wanted is fetched",
                          stats.get("files", 0) <= counted["files"], True)
    code, got, _, _ = scan(url, "s3://" + BUCKET, "--jobs", "1", "--memory", "1K")
    support.check("another number of workers", (code, got), (0, scan(url, "s3://%s/" % BUCKET)[1]))


def check_pruned(url):
    """Of the eight days only the wanted one and the next are listed, in the wanted region alone."""
    _, _, stats, _ = scan(url, "s3://%s/%s" % (BUCKET, TREE), "--account", ACCOUNTS[0], "--region", "eu-west-1",
                          "--since", "2026-01-04", "--until", "2026-01-04")
    # The accounts, the services of one, two days.
    support.check("lists for one day of one account", (stats["list_calls"], stats["files"]), (4, 3))
    _, _, stats, _ = scan(url, "s3://%s/%s" % (BUCKET, TREE), "--since", "2026-01-04", "--until", "2026-01-04")
    # The accounts; of each the services, the regions, and in both two days.
    support.check("lists for one day of all accounts", (stats["list_calls"], stats["files"]), (1 + 3 * (2 + 4), 18))


def check_pages(url, client):
    client.create_bucket(Bucket="pages")
    for number in range(MANY):
        client.put_object(Bucket="pages", Key="%04d.json" % number,
                          Body=json.dumps(event(ACCOUNTS[0], "us-west-2", 1, number)).encode())
    code, got, stats, _ = scan(url, "s3://pages/")
    support.check("pages", (code, stats["list_calls"], stats["files"], stats["distinct_records"]), (0, 2, MANY, MANY))


def check_digests(url, client):
    client.create_bucket(Bucket=test_digests.BUCKET)
    one = test_digests.Delivery()
    for key, text in one.objects.items():
        metadata = {"signature": one.signatures[key], "signature-algorithm": "SHA256withRSA"} \
            if key in one.signatures else {}
        client.put_object(Bucket=test_digests.BUCKET, Key=key, Body=gzip.compress(text), Metadata=metadata)
    with tempfile.TemporaryDirectory() as folder:
        keys = os.path.join(folder, "keys")
        with open(keys, "w", encoding="utf-8") as file:
            file.write(test_digests.key_list(test_digests.KEY))
        words = ("s3://%s/trail/" % test_digests.BUCKET, "--verify-digests", "--digest-keys", keys)
        code, _, stats, messages = scan(url, *words)
        support.check("digests of a bucket", (code, messages), (0, ""))
        support.check("all signatures, the newest too", (stats["digest_signatures"], stats["verified_files"]), (10, 20))
        code, _, stats, messages = scan(url, *words, "--account", test_digests.ACCOUNTS[1], "--until", "2026-03-01")
        support.check("digests of one account", (code, stats["digest_signatures"], stats["verified_files"]), (0, 5, 10))
        last = one.chain()[-1]
        client.put_object(Bucket=test_digests.BUCKET, Key=last, Body=gzip.compress(one.objects[last]),
                          Metadata={"signature": one.signatures[one.chain()[0]]})
        code, _, _, messages = scan(url, *words)
        support.check("the newest with another's signature",
                      (code, messages.count("\n"), os.path.basename(last) + ": the digest's signature is not right" in messages),
                      (3, 1, True))
        client.delete_object(Bucket=test_digests.BUCKET, Key=one.logs()[0])
        code, _, _, messages = scan(url, *words, "--account", test_digests.ACCOUNTS[1])
        support.check("what is missing of an account that is not asked for is not told", (code, messages), (0, ""))


def check_refused(url):
    code, got, _, messages = scan(url, "s3://no-such-bucket/")
    support.check("no such bucket", (code, "NoSuchBucket" in messages, "s3://no-such-bucket" in messages),
                  (4, True, True))
    code, _, _, messages = scan(url, "s3://%s/nothing/" % BUCKET)
    support.check("nothing there", (code, "no CloudTrail file was found" in messages), (3, True))
    code, _, _, messages = scan("http://127.0.0.1:1", "s3://%s/" % BUCKET)
    support.check("nobody answers", (code, "s3://" + BUCKET in messages), (4, True))
    for words in (("s3://",), ("s3://a/", "s3://b/"), ("s3://a/", "logs")):
        support.check("usage: %s" % (words,), scan(url, *words)[0], 2)


class Elsewhere(loopback.Handler):
    """A bucket in eu-central-1: whoever signs for another region is sent there, by header or by text."""

    def do_GET(self):
        region = re.search("Credential=[^/]*/[0-9]*/([^/]*)/s3/", self.headers["authorization"]).group(1)
        self.server.asked.append((region, self.path.partition("?")[0]))
        if region != "eu-central-1" and self.server.by_text:
            self.answer(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>")
        elif region != "eu-central-1":
            self.answer(301, "<Error><Code>PermanentRedirect</Code><Message>there</Message></Error>",
                        {"x-amz-bucket-region": "eu-central-1"})
        elif "list-type" in self.path:
            self.answer(200, "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>x.json</Key>"
                             "<Size>9</Size></Contents></ListBucketResult>")
        else:
            self.answer(200, json.dumps(event(ACCOUNTS[0], "eu-central-1", 1, 1)))


def check_elsewhere():
    for by_text in (False, True):
        with loopback.Server(Elsewhere, asked=[], by_text=by_text) as server:
            code, got, _, messages = scan(server.url, "s3://my-bucket/")
        support.check("a bucket elsewhere", (code, got.count("\n") > 1, messages), (0, True, ""))
        support.check("asked once where it is not", server.asked, [
            ("us-east-1", "/my-bucket/"), ("eu-central-1", "/my-bucket/"), ("eu-central-1", "/my-bucket/x.json")])


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://%s:%d" % server.get_host_and_port()
    client = botocore.session.Session().create_client("s3", endpoint_url=url)
    client.create_bucket(Bucket=BUCKET)
    stored = objects()
    for key, data in stored.items():
        client.put_object(Bucket=BUCKET, Key=key, Body=data)
    check_equal(url, stored)
    check_pruned(url)
    check_pages(url, client)
    check_digests(url, client)
    check_refused(url)
    server.stop()
    check_elsewhere()
    return support.finish()


sys.exit(main())
