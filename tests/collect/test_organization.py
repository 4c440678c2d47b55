#!/usr/bin/env python3
"""An organization collected from moto, and every row of the store held to the plan it was made from:
reports, tree, policies, entities, root users, what was denied, and what the audit and the study say of it.

usage: tests/collect/test_organization.py     SEED=n of the organization; ACCOUNTS=n (default 100), USERS=n
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "organization"))

# pylint: disable=wrong-import-position
import checks as checking
import plan as plans
import support

SEED = os.environ.get("SEED") or "1"
ACCOUNTS = int(os.environ.get("ACCOUNTS") or 100)
USERS = int(os.environ.get("USERS") or 20)
WITH = ("contacts", "analyzers", "federation", "certificates")


def collect_words(aws, store, *more):
    return ["collect", "--org", "--store", store, "--endpoint-url", aws.url, "--now", aws.plan["now"],
            *more]


def whole(checks, aws, folder):
    """Nothing goes wrong: everything is there."""
    store = os.path.join(folder, "whole.db")
    done = aws.run(collect_words(aws, store, "--root-session", "--with", ",".join(WITH)))
    checks.check("exit code: " + done.stderr[-2000:], done.returncode, 0)
    asked = (*WITH, "root-session")
    accounts = aws.plan["accounts"]
    checks.reports(store, aws.plan, accounts)
    checks.organization(store, aws.plan)
    checks.entities(store, aws.plan, accounts, asked)
    checks.gaps(store, accounts)
    checks.findings(store, aws.plan, accounts, asked)
    done = aws.run(["store", "verify", "--store", store])
    checks.check("verify: " + done.stdout + done.stderr, done.returncode, 0)
    done = aws.run(["study", "--store", store])
    checks.check("study: " + done.stderr, (done.returncode, "%d" % len(accounts) in done.stdout), (0, True))
    return store


def main():
    print("SEED=%s ACCOUNTS=%d USERS=%d" % (SEED, ACCOUNTS, USERS))
    checks = checking.Checks()
    with support.Organization(plans.make_plan(SEED, ACCOUNTS, USERS)) as aws:
        whole(checks, aws, aws.folder.name)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
