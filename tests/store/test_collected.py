#!/usr/bin/env python3
"""Collections in a store: what an audit makes of them, against verdicts worked out in Python; what
verify, prune and export make of them, read by Python's own SQLite.

Environment: COUNT     random accounts (default 300)
             SEED      of the accounts (default fixed)
             KEYWARDEN the program (default build/keywarden of this tree)
             BUILD     the build folder with the probe that writes collections (default build/release)
"""

import csv
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import collected_accounts as made
from collected_accounts import NOW, Account

KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
BUILD = os.path.abspath(os.environ.get("BUILD") or os.path.join(TREE, "build", "release"))
PROBE = os.path.join(BUILD, "tests", "store_collected_probe")
COUNT = int(os.environ.get("COUNT") or 300)
SEED = os.environ.get("SEED") or "keywarden-1"
RULES = ["--rules", os.path.join(TREE, "rules", "keywarden.yaml"),
         "--rules", os.path.join(TREE, "rules", "account.yaml")]


def collect(store, document):
    done = subprocess.run([PROBE, store], input=json.dumps(document), text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def run(*words, code=0):
    done = subprocess.run([KEYWARDEN, *words], capture_output=True, text=True, check=False)
    assert done.returncode in (code if isinstance(code, tuple) else (code,)), (
        words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout, done.stderr


def audit(store, *words, code=(0, 1)):
    out, _ = run("audit", "--store", store, *RULES, "--format", "csv", "--all", *words, code=code)
    return {(row["account"], row["user"], row["control"]): row
            for row in csv.DictReader(io.StringIO(out))}


def make(seed, count):
    choice = random.Random("%s %s" % (SEED, seed))
    return [Account(choice, 100000000000 + i) for i in range(count)]


# ---- verdicts -------------------------------------------------------------------------------------


def test_verdicts(folder):
    """Every verdict of the controls that collected data decides, on accounts of all kinds."""
    accounts = make("verdicts", COUNT)
    store = os.path.join(folder, "s.db")
    collect(store, made.document_of(accounts))
    found, seen = audit(store), set()
    for account in accounts:
        for (user, control), expected in account.expected().items():
            row = found[account.number, user, control]
            assert row["status"] == expected, (account.number, user, control, expected, row,
                                               account.outcomes)
            seen.add((control, expected))
            check_reasons(account, row)
    for control in ("password-policy-length", "policy-no-full-admin", "support-role",
                    "server-certificate-not-expired", "access-analyzer-enabled", "instance-roles",
                    "root-hardware-mfa", "access-key-rotated", "user-permissions-through-groups",
                    "user-no-third-access-key", "user-no-administrator-rights",
                    "user-no-bedrock-key", "user-hardware-mfa"):
        assert {status for name, status in seen if name == control} >= {"pass", "fail", "unknown"}, (
            control, seen)
    run("store", "verify", "--store", store)


SOURCES = {"password-policy-length": made.POLICY, "support-role": made.DETAILS,
           "user-permissions-through-groups": made.DETAILS, "security-contact-set": made.CONTACT,
           "server-certificate-not-expired": made.CERTIFICATES, "root-hardware-mfa": made.DEVICES,
           "access-key-rotated": made.KEYS}


def check_reasons(account, row):
    """An unknown says whether the call was denied, failed, or never made."""
    action = SOURCES.get(row["control"])
    if row["status"] != "unknown" or action is None:
        return
    reason = {"denied": "denied: " + action, "failed": "failed: %s (Code)" % action,
              None: "not collected: "}[account.outcomes[action]]
    assert reason in row["evidence"], (row, reason)


def test_less_is_unknown(folder):
    """Whoever is told less answers the same, or that it is not known: of keys too."""
    choice = random.Random(SEED + " less")
    accounts = make("less", COUNT // 3)
    for account in accounts:
        account.outcomes = {action: "given" for action in made.ACTIONS}
    full, less = os.path.join(folder, "full.db"), os.path.join(folder, "less.db")
    collect(full, made.document_of(accounts))
    for account in accounts:
        for action in choice.sample(made.ACTIONS, 3):
            account.outcomes[action] = choice.choice(("denied", "failed", None))
    collect(less, made.document_of(accounts))
    before, after = audit(full), audit(less)
    assert before.keys() == after.keys()
    changed = 0
    for key, row in before.items():
        assert after[key]["status"] in (row["status"], "unknown"), (row, after[key])
        changed += after[key]["status"] != row["status"]
    assert changed > 0


def test_root_session(folder):
    """What a session of root told stands before the report."""
    account = make("root", 1)[0]
    account.root = {"password": True, "mfa": True, "virtual": False}
    base = account.answers()
    gone = [
        {"action": "iam:GetLoginProfile", "subject": "<root_account>", "outcome": "absent",
         "code": "NoSuchEntity"},
        {"action": "iam:ListMFADevices", "subject": "<root_account>",
         "body": made.xml("iam:ListMFADevices", "<IsTruncated>false</IsTruncated><MFADevices/>")},
        {"action": "iam:ListAccessKeys", "subject": "<root_account>",
         "body": made.xml("iam:ListAccessKeys", "<IsTruncated>false</IsTruncated>"
                          "<AccessKeyMetadata><member><UserName/><AccessKeyId>AKIAROOT</AccessKeyId>"
                          "<Status>Active</Status><CreateDate>%s</CreateDate></member>"
                          "</AccessKeyMetadata>" % made.iso(NOW - 400 * made.DAY))}]
    results = []
    for extra in ([], gone):
        store = os.path.join(folder, "%d.db" % len(extra))
        document = made.document_of([account])
        document["accounts"][0]["answers"] = base + extra
        collect(store, document)
        found = audit(store)
        results.append({control: found[account.number, "<root_account>", control]
                        for control in ("root-mfa-enabled", "root-no-active-access-key")})
    assert results[0]["root-mfa-enabled"]["status"] == "pass"
    assert results[0]["root-no-active-access-key"]["status"] == "pass"
    # No MFA device any more, but no password either; and a key that the report does not show.
    assert results[1]["root-mfa-enabled"]["status"] == "pass"
    assert "Password.Enabled=false" in results[1]["root-mfa-enabled"]["evidence"]
    assert results[1]["root-no-active-access-key"]["status"] == "fail"
    assert "AKIAROOT" in results[1]["root-no-active-access-key"]["evidence"]


def organization_store(folder, features, name="org.db"):
    accounts = make("organization", 3)
    for account in accounts:
        account.outcomes = {action: "given" for action in made.ACTIONS}
    accounts[2].outcomes[made.SAML] = "denied"
    store = os.path.join(folder, name)
    collect(store, made.document_of(accounts, organization=made.organization_answers(accounts, features)))
    return store, accounts


def test_organization(folder):
    for features, status in ((["RootCredentialsManagement", "RootSessions"], "pass"),
                             (["RootSessions"], "fail")):
        store, accounts = organization_store(folder, features, status + ".db")
        found = audit(store)
        for i, account in enumerate(accounts):
            row = found[account.number, "", "root-access-centralized"]
            assert row["status"] == status, row
            row = found[account.number, "", "organization-guardrails"]
            assert row["status"] == ("not-applicable" if i == 0 else "pass"), row
            # In members only, and only where root access is managed centrally.
            row = found[account.number, "<root_account>", "root-no-member-credentials"]
            assert row["status"] == (
                "not-applicable" if i == 0 or status == "fail" else
                "fail" if account.root["password"] else "pass"), row
    connection = sqlite3.connect(store)
    tree = connection.execute("SELECT node, path FROM organization_tree ORDER BY node").fetchall()
    assert ("ou-abcd-11111111", "/Prod") in tree and len(tree) == 5, tree
    targets = connection.execute("SELECT policy, node_name FROM policy_list ORDER BY 1").fetchall()
    assert targets == [("p-FullAWSAccess", "Root"), ("p-narrow01", "Prod")], targets
    connection.close()
    run("store", "verify", "--store", store)


# ---- which snapshot -------------------------------------------------------------------------------


def test_not_collected(folder):
    """Accounts that could not be collected are named; an older snapshot of one is judged."""
    accounts = make("failed", 3)
    for account in accounts:
        account.outcomes = {action: "given" for action in made.ACTIONS}
    store = os.path.join(folder, "s.db")
    collect(store, made.document_of(accounts[:2]))
    later = made.document_of(accounts[:1], started_at=NOW + 86400,
                        failed=[{"account": accounts[1].number, "error": "no role to enter"},
                                {"account": accounts[2].number, "error": "suspended"}],
                        pending=["999999999999"])
    later["accounts"][0]["taken_at"] = NOW + 86400
    collect(store, later)
    _, err = run("audit", "--store", store, "--format", "summary", code=3)
    assert "%s: this account was never collected: suspended" % accounts[2].number in err, err
    assert "999999999999: this account was never collected: the run broke off" in err, err
    assert "an older snapshot is judged: the newest collection of this account failed: " \
        "no role to enter" in err, err
    found = audit(store, code=3)
    assert {key[0] for key in found} == {account.number for account in accounts[:2]}
    # As of a time, whoever has no snapshot by then is named, and nothing that came later matters.
    _, err = run("audit", "--store", store, "--format", "summary", "--as-of",
                 made.iso(NOW + 60), code=3)
    assert "older snapshot" not in err, err
    assert "%s: the store holds no snapshot of this account" % accounts[2].number in err, err
    # An import that came later is newer than the attempt.
    path = os.path.join(folder, "r.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(accounts[1].report())
    run("store", "import", "--store", store, path, "--at", made.iso(NOW + 2 * 86400))
    _, err = run("audit", "--store", store, "--format", "summary", code=3)
    assert "older snapshot" not in err, err
    text, _ = run("store", "info", "--store", store)
    assert "collections 2; accounts that the newest one did not collect: failed 2, pending 1" in text


def test_as_of(folder):
    """A snapshot is judged by what was collected with it."""
    account = make("as-of", 1)[0]
    account.outcomes = {action: "given" for action in made.ACTIONS}
    store = os.path.join(folder, "s.db")
    account.contact = False
    collect(store, made.document_of([account]))
    account.contact = True
    later = made.document_of([account], started_at=NOW + 86400)
    later["accounts"][0]["taken_at"] = NOW + 86400
    collect(store, later)
    key = account.number, "", "security-contact-set"
    assert audit(store)[key]["status"] == "pass"
    assert audit(store, "--as-of", made.iso(NOW + 60))[key]["status"] == "fail"


# ---- all that an audit can do ---------------------------------------------------------------------


def test_formats(folder):
    store, accounts = organization_store(folder, ["RootSessions"])
    for name in ("table", "json", "jsonl", "csv", "summary", "sarif", "ocsf", "asff", "junit",
                 "html", "markdown"):
        out, _ = run("audit", "--store", store, *RULES, "--format", name, code=(0, 1))
        assert "root-access-centralized" in out, name
    once = run("audit", "--store", store, *RULES, "--format", "csv", "--all", code=(0, 1))[0]
    for jobs in ("1", "4"):
        assert run("audit", "--store", store, *RULES, "--format", "csv", "--all", "--jobs", jobs,
                   code=(0, 1))[0] == once
    counts = {}
    for row in csv.DictReader(io.StringIO(once)):
        counts[row["control"], row["status"]] = counts.get((row["control"], row["status"]), 0) + 1
    out, _ = run("audit", "--store", store, *RULES, "--format", "summary", code=(0, 1))
    for row in csv.DictReader(io.StringIO(out)):
        if row["status"] != "not-applicable":
            assert counts[row["control"], row["status"]] == int(row["count"]), row
    run("audit", "--store", store, "--compare", "prowler,security-hub,netskope,steampipe",
        code=(0, 1))
    run("audit", "--store", store, "--tiers", "90,365", code=(0, 1))


def test_lives_and_exceptions(folder):
    """Findings of rules about the account have lives, exceptions and baselines as others do."""
    account = make("lives", 1)[0]
    account.outcomes = {action: "given" for action in made.ACTIONS}
    account.contact = False
    store = os.path.join(folder, "s.db")
    collect(store, made.document_of([account]))
    audit(store)
    baseline = os.path.join(folder, "b.csv")
    run("audit", "--store", store, *RULES, "--format", "csv", "-o", baseline, code=(0, 1))
    out, _ = run("audit", "--store", store, *RULES, "--format", "csv", "--baseline", baseline,
                 code=(0, 1))
    assert len(out.splitlines()) == 1, out
    exceptions = os.path.join(folder, "e.yaml")
    with open(exceptions, "w", encoding="utf-8") as file:
        file.write("- control: security-contact-set\n  account: \"%s\"\n  owner: Ada\n"
                   "  reason: mailbox is on its way\n  expires: 2030-01-01\n" % account.number)
    row = audit(store, "--exceptions", exceptions)[account.number, "", "security-contact-set"]
    assert row["status"] == "excepted" and "Ada" in row["evidence"], row
    account.contact = True
    later = made.document_of([account], started_at=NOW + 86400)
    later["accounts"][0]["taken_at"] = NOW + 86400
    collect(store, later)
    audit(store)
    connection = sqlite3.connect(store)
    life, = connection.execute("SELECT status, first_seen, closed_at FROM findings"
                               " WHERE control = 'security-contact-set'").fetchall()
    connection.close()
    assert life == ("closed", NOW, NOW + 86400), life


# ---- the store ------------------------------------------------------------------------------------


def test_verify(folder):
    store, accounts = organization_store(folder, ["RootSessions"])
    clean = open(store, "rb").read()
    for sql, words in (
        ("DELETE FROM entities WHERE kind = 'IAMPasswordPolicy'", "table entities"),
        ("DELETE FROM entities WHERE rowid = (SELECT max(rowid) FROM entities)", "table entities"),
        ("UPDATE entities SET json = '{}' WHERE kind = 'AWS'", "table entities"),
        ("DELETE FROM aws_attachments WHERE policy = 'p-narrow01'", "table aws_attachments"),
        ("DELETE FROM aws_nodes WHERE kind = 'unit'", "table aws_nodes"),
        ("UPDATE aws_policies SET document = '' WHERE policy = 'p-narrow01'", "table aws_policies"),
        ("UPDATE raw_answers SET zstd = x'00' WHERE id = 1", "raw_answers"),
        ("DELETE FROM raw_answers WHERE action = 'organizations:ListRoots'", "is not what the"),
        ("UPDATE collection_accounts SET state = 'failed'", "collection_accounts"),
        ("UPDATE collections SET arguments = 'x'", "collections"),
    ):
        with open(store, "wb") as file:
            file.write(clean)
        connection = sqlite3.connect(store)
        connection.execute(sql)
        connection.commit()
        connection.close()
        _, err = run("store", "verify", "--store", store, code=(0, 5))
        assert words in err, (sql, err)
    with open(store, "wb") as file:
        file.write(clean)
    run("store", "verify", "--store", store)
    # A row of another store has a seal that is right: only the answers tell.
    for account in accounts:
        account.password_policy = {"MinimumPasswordLength": 99, "PasswordReusePrevention": 7}
    other = os.path.join(folder, "other.db")
    collect(other, made.document_of(accounts))
    connection = sqlite3.connect(store)
    connection.execute("ATTACH ? AS other", (other,))
    connection.execute("INSERT OR REPLACE INTO entities SELECT * FROM other.entities"
                       " WHERE kind = 'IAMPasswordPolicy' AND snapshot = 1")
    connection.commit()
    connection.close()
    _, err = run("store", "verify", "--store", store, code=5)
    assert "table entities: snapshot 1" in err and "seal" not in err, err
    connection = sqlite3.connect(store)
    connection.execute("UPDATE entities SET json = '{' WHERE kind = 'AWS'"
                       " AND snapshot = (SELECT min(id) FROM snapshots)")
    connection.commit()
    connection.close()
    _, err = run("audit", "--store", store, "--format", "summary", code=5)
    assert "the entity AWS '' cannot be read" in err, err


def test_prune(folder):
    store, accounts = organization_store(folder, ["RootSessions"])
    later = made.document_of(accounts, started_at=NOW + 86400)
    for account in later["accounts"]:
        account["taken_at"] = NOW + 86400
    collect(store, later)
    connection = sqlite3.connect(store)
    count = lambda table: connection.execute("SELECT count(*) FROM " + table).fetchone()[0]
    assert count("collections") == 2 and count("aws_nodes") == 5
    run("store", "prune", "--store", store, "--keep", "1")
    assert count("collections") == 1 and count("aws_nodes") == 0
    left, = connection.execute("SELECT count(*) FROM raw_answers WHERE snapshot IS NULL").fetchone()
    assert left == 0 and count("entities") > 0
    connection.close()
    run("store", "verify", "--store", store)


def test_anonymize(folder):
    store, accounts = organization_store(folder, ["RootSessions"])
    collect(store, made.document_of([], started_at=NOW + 9, failed=[
        {"account": accounts[1].number, "error": "denied to arn:aws:iam::%s:role/R"
         % accounts[1].number}]))
    out = os.path.join(folder, "out")
    run("store", "export", out, "--store", store, "--anonymize", os.path.join(folder, "k"))
    names = set(os.listdir(out))
    assert not names & {"raw_answers.csv", "entities.csv", "aws_policies.csv", "raw_reports.csv"}
    assert {"aws_nodes.csv", "gaps.csv", "collection_accounts.csv"} <= names
    text = "".join(open(os.path.join(out, name), encoding="utf-8").read() for name in sorted(names))
    for word in ["secret.example", "o-abcdefghij", "ou-abcd", "p-narrow01", "Prod", "role/R",
                 "Account 1"] + [account.number for account in accounts]:
        assert word not in text, word
    run("store", "export", os.path.join(folder, "plain"), "--store", store)
    with open(os.path.join(folder, "plain", "raw_answers.csv"), encoding="utf-8") as file:
        assert "DescribeOrganization" in file.read()


def main():
    passed = failed = 0
    wanted = sys.argv[1:]
    for name, test in sorted(globals().items()):
        if not name.startswith("test_") or (wanted and name not in wanted):
            continue
        with tempfile.TemporaryDirectory(prefix="keywarden-collected-") as folder:
            try:
                test(folder)
                print("ok   " + name)
                passed += 1
            except AssertionError as error:
                print("FAIL %s: %s" % (name, error))
                failed += 1
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
