"""The places that credentials come from, on 127.0.0.1: STS, IAM Identity Center, metadata services.

What they hand out is made from what they were asked, so that whoever asks the same gets the same.

    with FakeAws() as fake:
        ... fake.url ...
        fake.calls      # tuples, in order
"""

import hashlib
import json
import re
import urllib.parse

import loopback

EXPIRATION = "2099-01-01T00:00:00Z"


def keys(*told):
    digest = hashlib.sha256(repr(told).encode()).hexdigest()
    return "ASIA" + digest[:16].upper(), digest, "token-" + digest[::-1]


class Handler(loopback.Handler):
    def answer(self, status, text, kind="application/json"):
        super().answer(status, text, {"Content-Type": kind})

    def told(self, *what):
        self.server.calls.append(what)
        return keys(*what)

    def answer_json(self, what, names):
        self.answer(200, json.dumps(dict(zip(names, (*self.told(*what), EXPIRATION)))))

    def do_PUT(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ttl = self.headers.get("x-aws-ec2-metadata-token-ttl-seconds")
        if self.path == "/latest/api/token" and ttl == "21600":
            self.answer(200, "imds-token", "text/plain")
        else:
            self.answer(400, "")

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        roles = "/latest/meta-data/iam/security-credentials/"
        if url.path == "/federation/credentials":
            token = self.headers.get("x-amz-sso_bearer_token")
            if token == "refused":
                self.answer(401, '{"message": "Session token not found or invalid"}')
                return
            key = self.told("sso", token, query["account_id"], query["role_name"])
            names = ("accessKeyId", "secretAccessKey", "sessionToken", "expiration")
            self.answer(200, json.dumps({"roleCredentials": dict(zip(names, (*key, 4070908800000)))}))
        elif url.path == "/container":
            self.answer_json(("container", self.headers.get("Authorization")),
                             ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"))
        elif url.path.startswith(roles) and self.headers.get("x-aws-ec2-metadata-token") != "imds-token":
            self.answer(401, "")
        elif url.path == roles:
            self.answer(200, "the-role\n", "text/plain")
        elif url.path == roles + "the-role":
            key = dict(zip(("AccessKeyId", "SecretAccessKey", "Token", "Expiration"),
                           (*self.told("imds"), EXPIRATION)))
            self.answer(200, json.dumps({"Code": "Success", "Type": "AWS-HMAC", **key}))
        else:
            self.answer(404, "")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path == "/token":
            asked = json.loads(body)
            if asked["refreshToken"] == "refused":
                self.answer(400, '{"error": "invalid_grant"}')
                return
            self.server.calls.append(("oidc", *sorted(asked.items())))
            self.answer(200, json.dumps({"accessToken": "fresh-" + asked["refreshToken"],
                                         "expiresIn": 3600, "refreshToken": asked["refreshToken"]}))
            return
        form = dict(urllib.parse.parse_qsl(body))
        form.pop("Version")
        if re.fullmatch(r"(botocore-session|keywarden)-\d+", form.get("RoleSessionName", "")):
            form["RoleSessionName"] = "made up"
        signer = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        if form.get("RoleArn", "").endswith("/denied"):
            self.answer(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                        "<Message>no</Message></Error></ErrorResponse>", "text/xml")
            return
        key = self.told(signer and signer.group(1), *sorted(form.items()))
        operation = form["Action"]
        self.answer(200, "<{0}Response><{0}Result><Credentials><AccessKeyId>{1}</AccessKeyId>"
                    "<SecretAccessKey>{2}</SecretAccessKey><SessionToken>{3}</SessionToken>"
                    "<Expiration>{4}</Expiration></Credentials></{0}Result></{0}Response>".format(
                        operation, *key, EXPIRATION), "text/xml")


class FakeAws:
    def __enter__(self):
        self.calls = []
        self.server = loopback.Server(Handler, calls=self.calls)
        self.url = self.server.url
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def environment(self):
        return {"AWS_ENDPOINT_URL_STS": self.url, "AWS_ENDPOINT_URL_SSO": self.url,
                "AWS_ENDPOINT_URL_SSO_OIDC": self.url, "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url, "AWS_EC2_METADATA_DISABLED": "true"}

    def take(self):
        taken = list(self.calls)
        self.calls.clear()
        return taken
