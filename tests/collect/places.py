"""Places that credentials come from: IAM Identity Center, a container's agent, an instance's metadata.

Each hands out a session that the server of the organization opened, and notes what it handed out.

    with Places(aws) as places:
        places.environment("ecs")      # what a program is told to get credentials there
        places.secrets                 # all that must never be seen anywhere
"""

import hashlib
import json
import os
import urllib.request

import loopback  # organization/support.py says where it is

EXPIRATION = "2099-01-01T00:00:00Z"
SSO_TOKEN = "planted-sso-access-token"
REFRESH_TOKEN = "planted-sso-refresh-token"
CLIENT_SECRET = "planted-sso-client-secret"
WEB_TOKEN = "planted.web.identity-token"
CONTAINER_TOKEN = "planted-container-token"
IMDS_TOKEN = "planted-imds-token"
PLANTED = (SSO_TOKEN, REFRESH_TOKEN, CLIENT_SECRET, WEB_TOKEN, CONTAINER_TOKEN, IMDS_TOKEN)


class Handler(loopback.Handler):
    def do_PUT(self):
        self.answer(200, IMDS_TOKEN)

    def do_GET(self):
        roles = "/latest/meta-data/iam/security-credentials/"
        if self.path.startswith("/federation/credentials"):
            key = self.server.places.session()
            self.answer(200 if self.headers.get("x-amz-sso_bearer_token") == SSO_TOKEN else 401, json.dumps({
                "roleCredentials": {"accessKeyId": key["AccessKeyId"],
                                    "secretAccessKey": key["SecretAccessKey"],
                                    "sessionToken": key["SessionToken"], "expiration": 4070908800000}}))
        elif self.path == "/container":
            self.answer_session(self.headers.get("Authorization") == CONTAINER_TOKEN)
        elif self.path == roles:
            self.answer(200, "the-role")
        elif self.path == roles + "the-role":
            self.answer_session(self.headers.get("x-aws-ec2-metadata-token") == IMDS_TOKEN)
        else:
            self.answer(404, "")

    def answer_session(self, is_allowed):
        key = self.server.places.session()
        self.answer(200 if is_allowed else 401, json.dumps({
            "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": key["AccessKeyId"],
            "SecretAccessKey": key["SecretAccessKey"], "Token": key["SessionToken"],
            "Expiration": EXPIRATION}))


class Places:
    KINDS = ("environment", "profile", "process", "web", "sso", "ecs", "imds")

    def __init__(self, aws):
        self.aws = aws
        self.secrets = [*PLANTED, aws.plan["auditor"]["secret"]]

    def __enter__(self):
        self.server = loopback.Server(Handler, places=self)
        self.url = self.server.url
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def session(self):
        with urllib.request.urlopen(self.aws.moto_url + "/organization/session", timeout=30) as answer:
            key = json.load(answer)
        self.secrets += [key["SecretAccessKey"], key["SessionToken"]]
        return key

    def write(self, name, text):
        path = os.path.join(self.aws.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def environment(self, kind):
        told = {n: v for n, v in self.aws.environment().items() if not n.startswith("AWS_")}
        told["AWS_DEFAULT_REGION"] = "us-east-1"
        told["AWS_EC2_METADATA_DISABLED"] = "true"
        told["AWS_ENDPOINT_URL"] = self.aws.url
        return {**told, **getattr(self, "of_" + kind)()}

    def of_environment(self):
        key = self.session()
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
                "AWS_SESSION_TOKEN": key["SessionToken"]}

    def of_profile(self):
        key = self.aws.plan["auditor"]
        return {"AWS_SHARED_CREDENTIALS_FILE": self.write(
            "credentials", "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n" % (
                key["id"], key["secret"]))}

    def of_process(self):
        key = self.session()
        told = self.write("process.json", json.dumps({"Version": 1, **key, "Expiration": EXPIRATION}))
        return {"AWS_CONFIG_FILE": self.write(
            "process", "[default]\ncredential_process = /bin/cat %s\n" % told)}

    def of_web(self):
        return {"AWS_WEB_IDENTITY_TOKEN_FILE": self.write("web-token", WEB_TOKEN),
                "AWS_ROLE_ARN": "arn:aws:iam::%s:role/OrganizationAccountAccessRole" % (
                    self.aws.plan["organization"]["management"])}

    def of_sso(self):
        name = hashlib.sha1(b"corp").hexdigest()
        self.write(".aws/sso/cache/%s.json" % name, json.dumps({
            "accessToken": SSO_TOKEN, "expiresAt": EXPIRATION, "refreshToken": REFRESH_TOKEN,
            "clientId": "client", "clientSecret": CLIENT_SECRET, "region": "us-east-1",
            "registrationExpiresAt": EXPIRATION, "startUrl": "https://corp.example.com"}))
        return {"AWS_ENDPOINT_URL_SSO": self.url, "AWS_CONFIG_FILE": self.write(
            "sso", "[default]\nsso_session = corp\nsso_account_id = %s\nsso_role_name = audit\n"
            "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example.com\n"
            % self.aws.plan["organization"]["management"])}

    def of_ecs(self):
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.url + "/container",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN}

    def of_imds(self):
        return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url}
