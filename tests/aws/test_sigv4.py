#!/usr/bin/env python3
"""Signatures of random requests against those of botocore, in headers and in queries.

usage: tests/aws/test_sigv4.py        SEED=n COUNT=n (default 2000)
"""

import calendar
import datetime
import hashlib
import random
import sys

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()

import botocore.auth  # noqa: E402
import botocore.awsrequest  # noqa: E402
import botocore.credentials  # noqa: E402
from botocore.compat import HTTPHeaders  # noqa: E402
from urllib.parse import quote  # noqa: E402

rng = random.Random(support.SEED)
LETTERS = "abcXYZ019-_.~ /+=&%?:,;!*'()@$\"<>[]{}|^`\\éሴ𝄞"


def text(most, letters=LETTERS):
    return "".join(rng.choice(letters) for _ in range(rng.randrange(most + 1)))


def path():
    parts = [rng.choice(["", ".", "..", "a", quote(text(6), safe="-_.~"), "b%20c", "x~y"])
             for _ in range(rng.randrange(5))]
    return "/" + "/".join(parts) + rng.choice(["", "/"])


def query(presign):
    pairs = [quote(text(4), safe="-_.~") + "=" + quote(text(6), safe="-_.~")
             for _ in range(rng.randrange(5))]
    if presign:  # botocore keeps one of each name there
        return "&".join({pair.partition("=")[0]: pair for pair in pairs}.values())
    if pairs and rng.random() < 0.3:
        pairs.append(rng.choice(pairs))
    rng.shuffle(pairs)
    return "&".join(pairs)


def headers():
    names = ["Content-Type", "X-Amz-Target", "x-amz-meta-A", "X-Amz-Meta-B", "My-Header", "accept"]
    rng.shuffle(names)
    blank = [" ", "  ", "\t", "a", "b,c", "\"q  r\"", "é"]
    return [(name, "".join(rng.choice(blank) for _ in range(rng.randrange(6))))
            for name in names[:rng.randrange(5)]]


def case(number):
    moment = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=rng.randrange(10 ** 8))
    presign = number % 3 == 0
    body = b"" if presign else text(20).encode()  # botocore would move it into the query
    return {
        "moment": moment, "at": calendar.timegm(moment.timetuple()), "body": body,
        "access": "AKIA" + text(12, "ABCD7"), "secret": text(60), "token": rng.choice(["", text(80)]),
        "region": rng.choice(["us-east-1", "cn-north-1", "x"]), "service": rng.choice(["iam", "s3"]),
        "method": rng.choice(["GET", "POST", "PUT"]), "path": path(), "query": query(presign),
        "headers": headers(), "presign": presign, "expires": rng.randrange(1, 604800),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


def botocore_signs(c):
    """The signature, the headers that were signed and the canonical request."""
    s3 = c["service"] == "s3"
    kind = {(False, False): botocore.auth.SigV4Auth, (True, False): botocore.auth.S3SigV4Auth,
            (False, True): botocore.auth.SigV4QueryAuth,
            (True, True): botocore.auth.S3SigV4QueryAuth}[s3, c["presign"]]
    credentials = botocore.credentials.Credentials(c["access"], c["secret"], c["token"] or None)
    arguments = {"expires": c["expires"]} if c["presign"] else {}
    signer = kind(credentials, c["service"], c["region"], **arguments)
    url = "https://host.example:8443" + c["path"] + ("?" + c["query"] if c["query"] else "")
    request = botocore.awsrequest.AWSRequest(c["method"], url, data=c["body"])
    request.headers = HTTPHeaders()
    for name, value in c["headers"]:
        request.headers[name] = value
    request.context["timestamp"] = c["moment"].strftime("%Y%m%dT%H%M%SZ")
    seen = {}
    original = signer.canonical_request

    def canonical_request(prepared):
        seen["text"] = original(prepared)
        return seen["text"]

    signer.canonical_request = canonical_request
    botocore.auth.get_current_datetime = lambda: c["moment"]
    signer.add_auth(request)
    if c["presign"]:
        return request.url.split("?", 1)[1], seen["text"]
    return request.headers["Authorization"], seen["text"]


def task(c, canonical):
    """The probe signs the headers that botocore chose to sign, with our rules for all the rest."""
    header_text = canonical.split("\n")[3:-3]
    signed = [line.split(":", 1) for line in header_text]
    own = {name.lower(): value for name, value in c["headers"]}
    ours = [[name, own.get(name, value)] for name, value in signed]
    rng.shuffle(ours)
    fields = ("access", "secret", "token", "region", "service", "at", "presign", "expires", "method",
              "path", "query")
    return {**{key: c[key] for key in fields}, "headers": ours, "s3": c["service"] == "s3",
            "body_sha256": canonical.rsplit("\n", 1)[1]}


def main():
    cases = [case(number) for number in range(support.COUNT or 2000)]
    expected = [botocore_signs(c) for c in cases]
    tasks = [task(c, canonical) for c, (_, canonical) in zip(cases, expected)]
    answers = support.lines("sigv4_probe", tasks)
    support.check("every request is answered", len(answers), len(cases))
    for number, (c, (result, canonical), answer) in enumerate(zip(cases, expected, answers)):
        label = "case %d: %s %s?%s" % (number, c["method"], c["path"], c["query"])
        if support.check(label + ": canonical request", answer["canonical"], canonical):
            if c["presign"]:
                support.check(label + ": query", sorted(answer["result"].split("&")),
                              sorted(result.split("&")))
            else:
                support.check(label + ": authorization", answer["result"], result)
    kinds = {(c["presign"], c["service"], bool(c["token"])) for c in cases}
    support.check("every kind of request was among them", len(kinds), 8)
    return support.finish()


sys.exit(main())
