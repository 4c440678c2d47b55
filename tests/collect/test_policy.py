#!/usr/bin/env python3
"""What `collect --print-policy` prints: as little as can be, enough, and readable by those it is for.

A role with the printed policy collects from the emulator with its permission checks on, and what it calls
is what the policy lists; each permission taken away is one call denied, and no other. Templates go through
CloudFormation's linter and Terraform's grammar, policies through a linter of IAM. With CORPUS, every
permission is one that AWS publishes.

usage: tests/collect/test_policy.py
"""

import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "organization"))
import support as organization  # noqa: E402

TOP = organization.TOP
packages = organization.packages
packages.need(*packages.MOTO, "cfn-lint", "python-hcl2", "parliament")

import hcl2  # noqa: E402
import parliament  # noqa: E402
import yaml  # noqa: E402

import plan as plans  # noqa: E402

SEED = int(os.environ.get("SEED") or 1)
KEYWARDEN = organization.KEYWARDEN
SIZE_MAX = 6144  # of a managed policy, blanks not counted
TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
EXTRAS = ("--assets", "--live-keys", "--root-session", "--with=contacts", "--with=trails", "--with=all")
# Where IAM knows the permission of an operation by another name. The emulator knows only one of them so.
ALARMS = "monitoring:DescribeAlarms"
RENAMED = {"s3:GET /": "s3:ListAllMyBuckets", ALARMS: "cloudwatch:DescribeAlarms",
           "access-analyzer:GET /analyzer": "access-analyzer:ListAnalyzers",
           "account:POST /listRegions": "account:ListRegions",
           "account:POST /getContactInformation": "account:GetContactInformation",
           "account:POST /getAlternateContact": "account:GetAlternateContact"}
# The organization of the tests has no trail with a home and no alarm.
UNUSED = {"cloudtrail:GetTrailStatus", "sns:ListSubscriptionsByTopic"}

passed = failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return True
    failed += 1
    print("not ok %s\n# expected %r\n# got      %r" % (what, expected, got))
    return False


def keywarden(*words, **environment):
    return subprocess.run([KEYWARDEN, "collect", *words], capture_output=True, text=True, timeout=60,
                          check=False, env={"PATH": os.environ["PATH"], "KEYWARDEN_CONFIG": "/dev/null",
                                            "AWS_CONFIG_FILE": "/nonexistent", **environment})


def printed(form, *words, **environment):
    done = keywarden("--print-policy=" + form, *words, **environment)
    check("%s %r is printed: %s" % (form, words, done.stderr), done.returncode, 0)
    return done.stdout


def actions(policy):
    return [a for statement in (policy or {"Statement": []})["Statement"] for a in statement["Action"]]


class Template(yaml.SafeLoader):
    """With CloudFormation's tags as what they stand on."""


Template.add_multi_constructor("!", lambda loader, suffix, node: {suffix: (
    loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode)
    else loader.construct_sequence(node, deep=True))})


def check_template(words, role_actions, folder):
    text = printed("cloudformation", *words)
    path = os.path.join(folder, "role.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([os.path.join(packages.VENV, "bin", "cfn-lint"), "--regions", "us-east-1", "--", path],
                          capture_output=True, text=True, check=False)
    check("cfn-lint %r" % (words,), (done.returncode, done.stdout), (0, ""))
    role = yaml.load(text, Template)["Resources"]["Role"]["Properties"]
    check("the template's role %r" % (words,), (role["Path"], role["RoleName"]), ("/audit/", "keywarden"))
    check("the template's policy %r" % (words,),
          role["Policies"][0]["PolicyDocument"]["Statement"][0]["Action"], role_actions)
    trust = role["AssumeRolePolicyDocument"]["Statement"]
    check("whom the template trusts", [(t["Action"], t["Principal"]) for t in trust],
          [("sts:AssumeRole", {"AWS": {"Sub": "arn:${AWS::Partition}:iam::${AuditorAccount}:root"}})])
    check("on what condition", trust[0]["Condition"]["If"][:2],
          ["HasExternalId", {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}])


def check_configuration(words, role_actions):
    read = hcl2.loads(printed("terraform", *words))

    def plain(value):
        return value.strip('"') if isinstance(value, str) else value
    documents = {plain(name): body for block in read["data"] for kind, named in block.items()
                 if plain(kind) == "aws_iam_policy_document" for name, body in named.items()}
    found = documents["collect"]["statement"][0]["actions"]
    check("Terraform's policy %r" % (words,), [plain(a) for a in found], role_actions)
    resources = {plain(kind) for block in read["resource"] for kind in block}
    check("Terraform's resources", resources, {"aws_iam_role", "aws_iam_role_policy"})
    check("Terraform's variables", sorted(plain(v) for block in read["variable"] for v in block),
          ["auditor_account", "external_id"])
    check("Terraform's condition", "dynamic" in documents["trust"]["statement"][0], True)


def check_lint(what, policy):
    """All but what reading takes: a policy for every user, group and role cannot name them."""
    found = parliament.analyze_policy_string(json.dumps(policy)).findings
    check("%s: findings of parliament" % what,
          sorted({f.issue for f in found} - {"RESOURCE_STAR", "CREDENTIALS_EXPOSURE"}), [])


def check_forms(folder):
    published = None
    if os.environ.get("CORPUS"):
        with open(os.path.join(os.environ["CORPUS"], "actions.txt"), encoding="utf-8") as file:
            published = {line.strip() for line in file}
    accounts = os.path.join(folder, "accounts")
    with open(accounts, "w", encoding="utf-8") as file:
        file.write("111122223333\n444455556666,other-role\n")
    roles = {"--org": ["arn:aws:iam::*:role/audit/keywarden"],
             "--accounts=" + accounts: ["arn:aws:iam::111122223333:role/audit/keywarden",
                                        "arn:aws:iam::444455556666:role/other-role"]}
    for place, count in itertools.product(roles, range(len(EXTRAS) + 1)):
        words = (place, "--role=audit/keywarden", *EXTRAS[:count])
        both = json.loads(printed("json", *words))
        what = " ".join(words)
        check(what + ": the same again", json.loads(printed("json", *words)), both)
        role, caller = both["role"], both["caller"]
        check(what + ": alone", (json.loads(printed("role", *words)), json.loads(printed("caller", *words))),
              (role, caller))
        for side, policy in (("role", role), ("caller", caller)):
            check_lint("%s, %s" % (what, side), policy)
            size = len(re.sub(r"\s", "", json.dumps(policy)))
            check("%s, %s: %d of %d characters" % (what, side, size, SIZE_MAX), size <= SIZE_MAX, True)
            for statement in policy["Statement"]:
                listed = statement["Action"]
                check("%s, %s: in order, each once" % (what, side), listed, sorted(set(listed)))
            if published:
                check("%s, %s: not published" % (what, side), sorted(set(actions(policy)) - published), [])
            check("%s, %s: nothing that changes" % (what, side),
                  [a for a in actions(policy) if not re.match(
                      r"[a-z0-9-]+:(Get|List|Describe)|iam:GenerateCredentialReport$|sts:AssumeRole$|sts:AssumeRoot$", a)],
                  [])
        by_sid = {statement["Sid"]: statement for statement in caller["Statement"]}
        check(what + ": roles", by_sid["EnterAccounts"]["Resource"], roles[place])
        check(what + ": root sessions", by_sid.get("LookAsRoot", {}).get("Condition"),
              {"StringEquals": {"sts:TaskPolicyArn": TASK}} if "--root-session" in words else None)
        check(what + ": own account", "LookAtOwnAccount" in by_sid, place == "--org")
        if place == "--org":
            check(what + ": own account as any", by_sid["LookAtOwnAccount"]["Action"], actions(role))
            check_configuration(words, actions(role))
            if count in (0, len(EXTRAS)):
                check_template(words, actions(role), folder)


def check_refusals(folder):
    for words, code, says in (
            (("--print-policy=cloudformation", "--org"), 2, "AWS Organizations makes the role"),
            (("--print-policy=terraform", "--org", "--role=OrganizationAccountAccessRole"), 2, "makes the role"),
            (("--print-policy=terraform", "--org", "--role=a b"), 2, "'a b' is no name of a role"),
            (("--print-policy=terraform", "--org", "--role=a/"), 2, "'a/' is no name of a role"),
            (("--print-policy=terraform", "--org", '--role=a${b}"'), 2, "is no name of a role"),
            (("--print-policy=role",), 2, "no account is entered with a role"),
            (("--print-policy=yaml",), 2, "--print-policy takes no 'yaml'"),
            (("--print-policy", "--plan"), 2, "exclude each other"),
            (("--plan", "--org"), 2, "how many accounts"),
            (("--plan", "--org", "--plan-accounts=none"), 2, "not 'none'"),
            (("--plan=yaml",), 2, "--plan takes no 'yaml'")):
        done = keywarden(*words)
        check("%r" % (words,), (done.returncode, done.stdout, says in done.stderr), (code, "", True))
    many = os.path.join(folder, "many")
    with open(many, "w", encoding="utf-8") as file:
        file.write("".join("%012d,role-%d\n" % (n, n % 50) for n in range(1, 101)))
    done = keywarden("--print-policy", "--accounts", many)
    check("fifty roles", (done.returncode, "too many for a policy" in done.stderr), (2, True))
    with open(many, "w", encoding="utf-8") as file:
        file.write("".join("%012d\n" % n for n in range(1, 101)))
    check("a hundred accounts", json.loads(printed("caller", "--accounts", many))["Statement"][0]["Resource"],
          ["arn:aws:iam::*:role/OrganizationAccountAccessRole"])
    for region, partition in (("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")):
        text = printed("caller", "--org", "--root-session", AWS_REGION=region)
        check(region, sorted(set(re.findall("arn:([a-z-]+):iam", text))), [partition])


# ---- The emulator ------------------------------------------------------------------------------

WORDS = ("--org", "--external-id", plans.EXTERNAL_ID, "--assets", "--live-keys", "--root-session",
         "--with=all")
FEW_WORDS = (*WORDS[:3], "--root-session")


def called(aws, own):
    """Permissions that were used: in accounts with the role, and by the caller."""
    in_accounts, by_caller = set(), set()
    for account, service, operation in aws.counts():
        action = "%s:%s" % (service, operation)
        action = RENAMED.get(action, action)
        if action == "sts:GetCallerIdentity":
            continue
        if service in ("organizations", "sts") or operation == "ListOrganizationsFeatures":
            by_caller.add(action)
        elif account != own:
            in_accounts.add(action)
    return in_accounts, by_caller


def collect(aws, folder, name, words=WORDS):
    store = os.path.join(folder, name + ".db")
    done = aws.run(["collect", *words, "--store", store, "--endpoint-url", aws.url, "--now", plans.NOW,
                    "--quiet"])
    return done, store


def rows(store, query):
    with sqlite3.connect(store) as db:
        return db.execute(query).fetchall()


def check_emulator(folder):
    both = json.loads(printed("json", *WORDS))
    role = sorted(set(actions(both["role"])) - UNUSED)
    # An account for each permission that is taken away, in which it would be used, and a few that keep all.
    plan = plans.make_plan(seed=7, accounts=len(role) + 10, users=len(plans.STATES))
    others = [a for a in plan["accounts"][1:] if any(
        d["kind"] != "virtual" for u in a["users"] for d in u["devices"])]
    keep, missing = [plan["accounts"][0], *others[len(role):]], others[:len(role)]
    check("there are enough accounts", (len(keep) > 2, len(missing)), (True, len(role)))
    for account, action in zip(missing, role):
        account["denied"] = [action, *(had for had, has in RENAMED.items() if has == action)]
    statements = [dict(s) for s in both["caller"]["Statement"]]
    for statement in statements:
        if statement["Sid"] == "LookAtOwnAccount":
            statement["Action"] = [*statement["Action"], ALARMS]
    own = plan["organization"]["management"]
    allowed = {"Version": "2012-10-17", "Statement": [
        *both["role"]["Statement"], {"Effect": "Allow", "Action": ALARMS, "Resource": "*"}]}
    with organization.Organization(plan, {"caller": {"Statement": statements}, "role": allowed}) as aws:
        aws.faults([])
        done, store = collect(aws, folder, "all")
        in_accounts, by_caller = called(aws, own)
    check("a report that may not be asked for fails its account: %s" % done.stderr, done.returncode, 4)
    check("everything the role may do is done, and nothing else", sorted(in_accounts), sorted(
        set(role) | {"iam:GetLoginProfile", "iam:ListSigningCertificates", "iam:GetUser"}))
    check("and by the caller", sorted(by_caller), sorted(
        set(actions(both["caller"])) - set(actions(both["role"]))))
    gaps = {}
    for account, action in rows(store, "select distinct account, action from gap_list"):
        gaps.setdefault(account, set()).add(action)
    failures = dict(rows(store, "select account, error from collection_failures"))
    for account in keep:
        check("nothing is denied in %s" % account["id"], (gaps.get(account["id"]), failures.get(account["id"])),
              (None, None))
    for account, action in zip(missing, role):
        if account["id"] in failures and action.endswith("CredentialReport"):
            check("without " + action, action[4:] + ": AccessDenied" in failures[account["id"]], True)
        elif action == "iam:GenerateCredentialReport":
            check("without %s, where there is a report" % action, gaps.get(account["id"]), None)
        else:
            check("without " + action, (gaps.get(account["id"]), failures.get(account["id"])),
                  ({action}, None))
    check_costs(store, {account["id"]: action for account, action in zip(missing, role)})
    check_caller(folder, plan, statements, allowed)


def check_costs(store, missing):
    """What docs/collect.md says that each permission costs."""
    done = subprocess.run([KEYWARDEN, "audit", "--store", store, "--pack", "keywarden", "--pack", "account", "-f",
                           "jsonl"], capture_output=True, text=True, check=False, timeout=60,
                          env={"PATH": os.environ["PATH"], "KEYWARDEN_CONFIG": "/dev/null"})
    costs = {}
    for line in done.stdout.splitlines():
        finding = json.loads(line)
        action = missing.get(finding["account"])
        if finding["status"] == "unknown" and action and "denied: " + action in line:
            costs.setdefault(action, set()).add(finding["control"])
    told = {}
    with open(os.path.join(TOP, "docs", "collect.md"), encoding="utf-8") as file:
        for action, controls in re.findall(r"^\| `([a-z0-9-]+:\w+)` \| (.*) \|$", file.read(), re.M):
            told[action] = controls
    for action in sorted(set(costs) | {a for a in told if a in missing.values() and "all" not in told[a][:3]}):
        check("the cost of " + action, re.sub(":.*", "", told.get(action, "")).split(", "),
              sorted(costs.get(action, [])))
    check("costs were found", len(costs) > 8, True)


def check_caller(folder, plan, statements, role):
    """Permissions of the caller's taken away, one at a time: some of them, or with COUNT (as in make
    test-long) each."""
    small = {**plan, "accounts": plan["accounts"][:2], "delegated": [], "policies": plan["policies"][:2]}
    ids = {account["id"] for account in small["accounts"]}
    small["policies"] = [{**p, "targets": [t for t in p["targets"] if not t.isdigit() or t in ids]}
                         for p in small["policies"]]
    small["delegated"] = [{"account": small["accounts"][1]["id"], "services": ["iam.amazonaws.com"]}]
    own = next(s for s in statements if s["Sid"] == "LookAtOwnAccount")["Action"]
    fatal = {"organizations:ListAccounts", "organizations:DescribeOrganization"}
    step = 1 if os.environ.get("COUNT") else 4
    for action in sorted({a for s in statements for a in s["Action"]} - set(own))[SEED % step::step]:
        left = [s for s in ({**s, "Action": [a for a in s["Action"] if a != action]} for s in statements)
                if s["Action"]]
        with organization.Organization(small, {"caller": {"Statement": left}, "role": role}) as aws:
            done, store = collect(aws, folder, action.replace(":", "-"), FEW_WORDS)
        said = done.stdout + done.stderr
        check("the caller without %s: named: %s" % (action, said), action in said, True)
        if action == "sts:AssumeRole":
            check("without %s no account is entered" % action, done.returncode, 4)
        elif action not in fatal:
            check("without %s the accounts are collected: %s" % (action, said), done.returncode, 0)
            check("without %s: two" % action, rows(store, "select count(*) from snapshots"), [(2,)])


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_forms(folder)
        check_refusals(folder)
        check_emulator(folder)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 else 1


sys.exit(main())
