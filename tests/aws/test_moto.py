#!/usr/bin/env python3
"""Calls to moto with its signature and permission checks on: every protocol, keys that are wrong, roles.

usage: tests/aws/test_moto.py
"""

import json
import logging
import os
import subprocess
import sys
import urllib.request

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
                   "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"})

import botocore.session  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
ALLOW = json.dumps({"Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
ALLOW_ONE = ALLOW.replace('"Action": "*"', '"Action": "sts:*"')
CALLS = (
    ("sts", "GetCallerIdentity", (), "<Arn>arn:aws:iam::123456789012:user/admin</Arn>"),
    ("sts", "GetSessionToken", (), "<SessionToken>"),
    ("iam", "ListUsers", ("MaxItems=1000",), "<UserName>limited</UserName>"),
    ("iam", "ListUsers", ("PathPrefix=/ä+c/",), "<ListUsersResult>"),
    ("iam", "GenerateCredentialReport", (), "<State>"),
    ("iam", "GetCredentialReport", (), "<Content>"),
    ("iam", "GetAccountSummary", (), "<key>Users</key>"),
    ("iam", "GetAccountAuthorizationDetails", ("Filter.member.1=User", "Filter.member.2=Role"),
     "<UserName>admin</UserName>"),
    ("iam", "ListVirtualMFADevices", ("AssignmentStatus=Assigned",), "<VirtualMFADevices"),
    ("organizations", "DescribeOrganization", (), '"MasterAccountId"'),
    ("organizations", "ListAccounts", (), '"member"'),
    ("organizations", "ListRoots", (), '"Roots"'),
    ("ec2", "DescribeRegions", ("AllRegions=false",), "<regionName>"),
    ("ec2", "DescribeInstances", ("MaxResults=1000", "Filter.1.Name=instance-state-name",
                                  "Filter.1.Value.1=running"), "<reservationSet"),
    ("rds", "DescribeDBInstances", ("MaxRecords=100",), "<DBInstances"),
    ("cloudtrail", "DescribeTrails", (), '"trailList"'),
    ("logs", "DescribeLogGroups", (), '"logGroups"'),
    ("cloudwatch", "DescribeAlarms", ("MaxRecords=100",), "<MetricAlarms"),
    ("sns", "ListTopics", (), "<Topics"),
    ("s3", "ListBuckets", (), "<Name>a-bucket</Name>"),
    ("s3", "ListObjectsV2", ("path=/a-bucket", "list-type=2", "prefix=abc"), "<Name>a-bucket</Name>"),
)


def call(url, key, *words, profile=None):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url,
                   "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_EC2_METADATA_DISABLED": "true",
                   "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    done = subprocess.run([support.probe("call_probe"), "attempts=2", *words], capture_output=True,
                          env=environment, check=False, timeout=60)
    return json.loads(done.stdout)


def users(client):
    """Two users with a key each: one may do all, one may do nothing but sts."""
    keys = {}
    for user, policy in (("admin", ALLOW), ("limited", ALLOW_ONE)):
        client("iam").create_user(UserName=user)
        client("iam").put_user_policy(UserName=user, PolicyName="p", PolicyDocument=policy)
        keys[user] = client("iam").create_access_key(UserName=user)["AccessKey"]
    return keys


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://%s:%d" % server.get_host_and_port()
    session = botocore.session.Session()

    def client(service):
        return session.create_client(service, endpoint_url=url)

    keys = users(client)
    client("organizations").create_organization(FeatureSet="ALL")
    client("organizations").create_account(Email="m@example.com", AccountName="member")
    client("s3").create_bucket(Bucket="a-bucket")
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=ALLOW)["Role"]["Arn"]
    client("iam").put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=ALLOW)
    urllib.request.urlopen(urllib.request.Request(
        url + "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})).read()

    admin, limited = keys["admin"], keys["limited"]
    for service, operation, parameters, expected in CALLS:
        settings = [word for word in parameters if word.startswith("path=")]
        rest = [word for word in parameters if word not in settings]
        answer = call(url, admin, *settings, service, operation, *rest)
        support.check("%s %s %r: %r" % (service, operation, parameters, answer.get("error")),
                      (answer["ok"], expected in answer.get("body", "")), ("true", True))
        wrong = dict(admin, SecretAccessKey=admin["SecretAccessKey"][::-1])
        answer = call(url, wrong, *settings, service, operation, *rest)
        support.check("%s %s with a wrong secret" % (service, operation),
                      (answer["ok"], answer.get("class"), answer.get("code")),
                      ("false", "fail-login",
                       "AuthFailure" if service == "ec2" else "SignatureDoesNotMatch"))
    answer = call(url, dict(admin, AccessKeyId="AKIAUNKNOWN000000000"), "iam", "ListUsers")
    support.check("an unknown key", (answer["class"], answer["code"]),
                  ("fail-login", "InvalidClientTokenId"))
    answer = call(url, limited, "iam", "GetAccountSummary")
    support.check("a denial names the action", (answer["class"], answer["action"]),
                  ("denied", "iam:GetAccountSummary"))
    answer = call(url, limited, "organizations", "ListAccounts")
    support.check("a denial in JSON", (answer["class"], answer["action"]),
                  ("denied", "organizations:ListAccounts"))
    answer = call(url, admin, "role=" + role, "iam", "ListUsers")
    support.check("as a role, with a session token", answer["ok"], "true")
    answer = call(url, admin, "role=" + role, "sts", "GetCallerIdentity")
    support.check("the role's identity", "assumed-role/r/probe" in answer["body"], True)
    answer = call(url, limited, "role=" + role, "iam", "GetAccountSummary")
    support.check("a role of a user that may assume it", answer["ok"], "true")
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # it would print where it failed
    answer = call(url, admin, "iam", "ListServiceSpecificCredentials")
    support.check("what moto does not know", (answer["ok"], answer["class"], answer["code"]),
                  ("false", "retry", ""))
    server.stop()
    return support.finish()


sys.exit(main())
