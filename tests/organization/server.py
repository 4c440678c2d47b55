#!/usr/bin/env python3
"""AWS for the tests: moto filled with a planned organization, its differences from AWS mended, served on
127.0.0.1 with signatures and permissions checked. It says {"port": N} when it is there, and ends with its
standard input, so that nobody leaves it behind.

usage: tests/organization/server.py PLAN.json [--policy FILE] [--page N]   (with a Python that has moto)

A plan comes from plan.py; FILE is what the role in the accounts may do, everything without it; pages have at most
N items, or, without it, as many as the account wants.
POST /organization/reset makes every credential report as it was in the beginning; /organization/session
opens a session of the management account's role, for whoever plays a place that credentials come from.
"""

import argparse
import json
import logging
import os
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(MOTO_EC2_LOAD_DEFAULT_AMIS="false", AWS_DEFAULT_REGION="us-east-1",
                  AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none")

# pylint: disable=wrong-import-position
from moto import settings
from werkzeug.exceptions import HTTPException
from moto.iam.access_control import IAMRequest
from moto.iam.models import get_account_id_from
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import (DomainDispatcherApplication, MotoRequestHandler,
                                           create_backend_app)
from moto.sts.models import sts_backends
from werkzeug.serving import make_server

import fill
import patches
import plan as plans

UNKNOWN_SERVICES = ("account", "access-analyzer", "sso")
CODES = {"InvalidClientTokenId": "UnrecognizedClientException",
         "SignatureDoesNotMatch": "InvalidSignatureException", "AccessDenied": "AccessDeniedException"}


class Headers(dict):
    """Of a WSGI environment, under the names that clients give them."""

    def __init__(self, environ):
        super().__init__({n[5:].replace("_", "-").title(): v for n, v in environ.items()
                          if n.startswith("HTTP_")})
        self["Content-Type"] = environ.get("CONTENT_TYPE", "")


class Services:
    """What moto does not have at all: REST services, answered from the plan."""

    def __init__(self, state, inner):
        self.state = state
        self.inner = inner

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/organization/reset":
            self.state.reset()
            start_response("200 OK", [("Content-Length", "0")])
            return [b""]
        if environ["PATH_INFO"] == "/organization/session":
            text = json.dumps(self.session()).encode()
            start_response("200 OK", [("Content-Length", str(len(text)))])
            return [text]
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
        if len(scope) != 5 or scope[3] not in UNKNOWN_SERVICES:
            return self.inner(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        account = get_account_id_from(scope[0])
        status, answer = self.answer(environ, scope, account, body)
        text = json.dumps(answer).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
        if status != "200 OK":
            headers.append(("x-amzn-ErrorType", answer["__type"]))
        start_response(status, headers)
        return [text]

    def session(self):
        account = self.state.plan["organization"]["management"]
        made = sts_backends[account]["aws"].assume_role(
            region_name="us-east-1", role_session_name="place", policy=None, external_id=None,
            role_arn="arn:aws:iam::%s:role/%s" % (account, plans.ROLE), duration=3600)
        return {"AccessKeyId": made.access_key_id, "SecretAccessKey": made.secret_access_key,
                "SessionToken": made.session_token}

    def answer(self, environ, scope, account, body):
        path, region, service = environ["PATH_INFO"], scope[2], scope[3]
        told = self.state.accounts[account]
        found = {
            ("account", "/getContactInformation"): ("GetContactInformation", self.contact),
            ("account", "/getAlternateContact"): ("GetAlternateContact", self.alternate_contact),
            ("account", "/listRegions"): ("ListRegions", self.regions),
            ("access-analyzer", "/analyzer"): ("ListAnalyzers", self.analyzers),
            ("sso", "/"): ("ListInstances", self.instances),
        }.get((service, path))
        if found is None:
            return "404 Not Found", {"__type": "UnknownOperationException", "message": path}
        query = "?" + environ["QUERY_STRING"] if environ.get("QUERY_STRING") else ""
        try:
            request = IAMRequest(account, environ["REQUEST_METHOD"], path + query, {}, body,
                                 Headers(environ), found[0])
            request.check_signature()
            request.check_action_permitted("*")
        except HTTPException as error:
            return "403 Forbidden", {"__type": CODES[error.error_type], "message": error.message}
        return found[1](told, region, json.loads(body or b"{}"), query)

    @staticmethod
    def contact(told, _region, _asked, _query):
        if told["contact"] is None:
            return "404 Not Found", {"__type": "ResourceNotFoundException", "message": "none"}
        return "200 OK", {"ContactInformation": told["contact"]}

    @staticmethod
    def alternate_contact(told, _region, asked, _query):
        if asked.get("AlternateContactType") != "SECURITY" or told["security_contact"] is None:
            return "404 Not Found", {"__type": "ResourceNotFoundException",
                                     "message": "No contact of the inputted alternate contact type found."}
        return "200 OK", {"AlternateContact": told["security_contact"]}

    @staticmethod
    def regions(told, _region, asked, _query):
        wanted = asked.get("RegionOptStatusContains")
        rows = [{"RegionName": r["name"], "RegionOptStatus": r["state"]} for r in told["regions"]
                if not wanted or r["state"] in wanted]
        page, token = patches.page_of(rows, asked.get("MaxResults"), asked.get("NextToken"), 3)
        return "200 OK", {"Regions": page, **({"NextToken": token} if token else {})}

    @staticmethod
    def analyzers(told, region, _asked, query):
        rows = next((r["analyzers"] for r in told["regions"] if r["name"] == region), None)
        if rows is None or (not rows and "type=NONE" in query):
            return "403 Forbidden", {"__type": "AccessDeniedException", "message": "not enabled"}
        return "200 OK", {"analyzers": [
            {"arn": "arn:aws:access-analyzer:%s:%s:analyzer/%s" % (region, told["id"], r["name"]),
             "name": r["name"], "type": r["type"], "status": r["status"], "tags": {},
             "createdAt": "2024-01-01T00:00:00Z"} for r in rows]}

    @staticmethod
    def instances(told, _region, _asked, _query):
        return "200 OK", {"Instances": [
            {"InstanceArn": arn, "IdentityStoreId": "d-1", "OwnerAccountId": told["id"],
             "Status": "ACTIVE"} for arn in told["identity_center"]]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plan")
    parser.add_argument("--policy")
    parser.add_argument("--page", type=int)
    asked = parser.parse_args()
    with open(asked.plan, encoding="utf-8") as file:
        plan = json.load(file)
    policy = None
    if asked.policy:
        with open(asked.policy, encoding="utf-8") as file:
            policy = json.load(file)
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    mock_random.seed(7)
    fill.fill_moto(plan, policy)
    state = patches.patch_moto(plan, (asked.page,) if asked.page else patches.EARLY)
    application = Services(state, DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fill.ask_for_assets(plan, "http://127.0.0.1:%d" % server.server_port)
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    print(json.dumps({"port": server.server_port}), flush=True)
    sys.stdin.read()
    os._exit(0)


main()
