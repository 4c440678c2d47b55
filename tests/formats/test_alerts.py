#!/usr/bin/env python3
"""The formats of `trail scan` for other systems, read back by readers that are not ours, and held to
`--format csv`.

  json, jsonl, sarif   parsed here; sarif against the schema of the standard where SARIF_SCHEMA names it
  ocsf                 Prowler's models of detection findings (py-ocsf-models)
  asff                 the service's own model (botocore), and an import into a Security Hub (moto)
  table                what each rule and account counts

KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import collections
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TREE, "tests", "support"))
import packages  # noqa: E402

packages.need("py-ocsf-models", "junitparser", "markdown-it-py", "moto", "botocore")

import boto3  # noqa: E402
import botocore.session  # noqa: E402
import botocore.validate  # noqa: E402
import moto  # noqa: E402
from py_ocsf_models.events.findings.detection_finding import DetectionFinding  # noqa: E402

KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
LEVELS = {"informational": ("note", 1, "INFORMATIONAL"), "low": ("note", 2, "LOW"),
          "medium": ("warning", 3, "MEDIUM"), "high": ("error", 4, "HIGH"), "critical": ("error", 5, "CRITICAL")}
HOSTILE = 'x"<script>\u202e\x1b[31m\n=cmd|{[a]}, \u00e9'
# In the schema, but not yet in those models.
OCSF_BEYOND = {"type_name", "count"}
passed = failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    print("not ok %s\n# expected %s\n# got      %s" % (what, repr(expected)[:1500], repr(got)[:1500]))


def check_none(what, wrong):
    check(what, list(wrong)[:3], [])


def scan(where, name, *words):
    done = subprocess.run([KEYWARDEN, "trail", "scan", where, "--format", name, "--quiet", "--fail-on", "never",
                           *words], capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode()


def rows_of(where, *words):
    return list(csv.DictReader(io.StringIO(scan(where, "csv", *words), newline="")))


def event(number, **members):
    return dict({"eventVersion": "1.08", "eventID": "00000000-0000-4000-8000-%012d" % number,
                 "eventTime": "2026-02-01T%02d:%02d:00Z" % (number // 60, number % 60), "awsRegion": "us-east-1",
                 "recipientAccountId": "111122223333", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli",
                 "eventSource": "iam.amazonaws.com", "eventType": "AwsApiCall",
                 "userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root",
                                  "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE"}}, **members)


def events():
    login = {"eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn"}
    user = {"type": "IAMUser", "arn": "arn:aws-cn:iam::444455556666:user/ann", "userName": "ann"}
    yield event(1, **login, responseElements={"ConsoleLogin": "Success"}, additionalEventData={"MFAUsed": "No"})
    yield event(2, **login, responseElements={"ConsoleLogin": "Success"}, additionalEventData={"MFAUsed": "Yes"})
    for number in range(3, 20):
        yield event(number, **login, responseElements={"ConsoleLogin": "Failure"}, errorMessage="Failed authentication",
                    additionalEventData={"MFAUsed": "No"})
    yield event(20, eventName="CreateAccessKey", responseElements={"accessKey": {"accessKeyId": "AKIANEW"}})
    yield event(21, eventName="ListUsers", userIdentity={
        "type": "Root", "arn": "arn:aws:iam::111122223333:root", "accessKeyId": "AKIAROOT"})
    yield event(22, eventName="CreateAccessKey", recipientAccountId="444455556666", awsRegion="cn-north-1",
                userIdentity=user, requestParameters={"userName": "bob"}, sourceIPAddress="cloudformation.amazonaws.com")
    yield event(23, eventName="DeactivateMFADevice", recipientAccountId="444455556666", userIdentity=user,
                errorCode="AccessDenied", errorMessage="no")
    yield event(24, eventName="StopLogging", eventSource="cloudtrail.amazonaws.com", userIdentity={
        "type": "IAMUser", "userName": HOSTILE}, userAgent=HOSTILE, sourceIPAddress=HOSTILE)
    yield event(25, eventName="StopLogging", eventSource="cloudtrail.amazonaws.com", eventTime="then",
                recipientAccountId="none", userIdentity={}, awsRegion=None)
    yield {"eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com"}
    yield event(26, eventName="ListRoles", userIdentity=user)


def key_of(alert):
    return tuple(alert[name] for name in ("time", "account", "region", "rule", "level", "event_name", "principal",
                                          "source_ip", "event_id"))


def check_json(label, where, rows, words):
    document = json.loads(scan(where, "json", *words))
    check(label + "json: alerts", [key_of(one) for one in document["alerts"]], [tuple(row.values()) for row in rows])
    rules = {rule["id"]: rule for rule in document["rules"]}
    check(label + "json: schema", document["schema"], "keywarden.trail/1")
    check(label + "json: totals", (document["totals"]["alerts"], document["totals"]["files"]), (len(rows), 1))
    check_none(label + "json: rules", [one for one in document["alerts"] if rules[one["rule"]]["title"] != one["title"]])
    check_none(label + "json: correlations", [
        one for one in document["alerts"] if rules[one["rule"]]["is_correlation"] != ("correlation" in one)])
    lines = [json.loads(line) for line in scan(where, "jsonl", *words).split("\n")[:-1]]
    check(label + "jsonl", lines, [dict({"schema": "keywarden.alert/1"}, **one) for one in document["alerts"]])
    return document["alerts"]


def check_sarif(label, where, rows, words):
    run = json.loads(scan(where, "sarif", *words))["runs"][0]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    check(label + "sarif: alerts", [key_of(one["properties"]) for one in run["results"]],
          [tuple(row.values()) for row in rows])
    check_none(label + "sarif: rules and levels", [
        one for one, row in zip(run["results"], rows)
        if one["ruleId"] not in rules or one["level"] != LEVELS[row["level"]][0]])
    prints = [one["partialFingerprints"]["primaryLocationLineHash"] for one in run["results"]]
    check(label + "sarif: fingerprints differ", len(set(prints)), len(prints))
    check_none(label + "sarif: messages are escaped", [
        one for one in run["results"] if re.search(r"(?<!\\)[][]", re.sub(r"\\\\", "", one["message"]["text"]))])
    return prints


def beyond(sent, kept, path=""):
    """Paths of what the models did not take."""
    if isinstance(sent, dict) and isinstance(kept, dict) and not path.endswith(".data"):
        for name, value in sent.items():
            where = (path + "." + name).lstrip(".")
            if name not in kept:
                yield where
            else:
                yield from beyond(value, kept[name], where)
    elif isinstance(sent, list) and isinstance(kept, list):
        for one, other in zip(sent, kept):
            yield from beyond(one, other, path)


def check_ocsf(label, where, rows, words):
    found = json.loads(scan(where, "ocsf", *words))
    check(label + "ocsf: alerts", [key_of(one["evidences"][0]["data"]) for one in found],
          [tuple(row.values()) for row in rows])
    check(label + "ocsf: severities", [one["severity_id"] for one in found], [LEVELS[row["level"]][1] for row in rows])
    check_none(label + "ocsf: class and type", [one for one in found if (
        one["class_uid"], one["category_uid"], one["type_uid"], one["activity_id"]) != (2004, 2, 200401, 1)])
    unknown = set()
    for one in found:
        # The models ask for what the schema only recommends.
        one["evidences"][0]["api"]["service"]["version"] = ""
        model = DetectionFinding.model_validate(one)
        unknown |= set(beyond(one, model.model_dump(mode="json")))
    check(label + "ocsf: fields of the schema", unknown - OCSF_BEYOND, set())
    timed = [(one["time_dt"], row["time"]) for one, row in zip(found, rows) if re.match("2026-", row["time"])]
    check_none(label + "ocsf: times", [pair for pair in timed if pair[0] != pair[1]])
    return [one["finding_info"]["uid"] for one in found]


def check_asff(label, where, rows, words):
    found = json.loads(scan(where, "asff", *words))
    check(label + "asff: alerts", [(one["ProductFields"].get("keywarden/event-id", ""),
                                    one["GeneratorId"].removeprefix("keywarden/")) for one in found],
          [(row["event_id"], row["rule"]) for row in rows])
    check(label + "asff: severities", [one["Severity"]["Label"] for one in found], [LEVELS[row["level"]][2] for row in rows])
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    for at in range(0, len(found), 100):
        report = botocore.validate.ParamValidator().validate({"Findings": found[at:at + 100]}, shape)
        check(label + "asff: the service's model", report.generate_report(), "")
    check_none(label + "asff: lengths", [one for one in found if len(one["Title"]) > 256 or not one["Title"]
                                         or len(one["Description"]) > 1024 or len(one["Id"]) > 512])
    for text in strings(found):
        if not text.strip():
            check(label + "asff: no empty texts", text, "some ink")
    with moto.mock_aws():
        client = boto3.client("securityhub", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.enable_security_hub()
        for at in range(0, len(found), 100):
            answer = client.batch_import_findings(Findings=found[at:at + 100])
            check(label + "asff: import", (answer["FailedCount"], answer["SuccessCount"]), (0, len(found[at:at + 100])))
    return [one["Id"] for one in found]


def strings(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


def check_table(label, where, rows, alerts, words):
    text = scan(where, "table", *words)
    check(label + "table: nothing hidden", [c for c in text if not (c.isprintable() or c == "\n")], [])
    counted = collections.Counter(row["rule"] for row in rows)
    for rule, count in counted.items():
        check(label + "table: %s" % rule,
              "%s  \u00b7  %d alert%s\n" % (rule, count, "" if count == 1 else "s") in text, True)
    roots = {(one["account"], one["event_id"]) for one in alerts if one["principal_type"] == "Root"}
    for account, count in collections.Counter(account for account, _ in roots).items():
        line = next((line.split() for line in text.split("\n") if line.startswith("  %s " % account)), ["", ""])
        check(label + "table: events of root in %s" % account, line[1], str(count))


def check_all(label, where, *words):
    rows = rows_of(where, *words)
    alerts = check_json(label, where, rows, words)
    first = [check_sarif(label, where, rows, words), check_ocsf(label, where, rows, words),
             check_asff(label, where, rows, words)]
    check_table(label, where, rows, alerts, words)
    check(label + "ids are the same in another run", [check_sarif(label, where, rows, words),
                                                      check_ocsf(label, where, rows, words),
                                                      check_asff(label, where, rows, words)], first)
    return rows


def check_csv_safe(where):
    got = rows_of(where, "--csv-safe")
    check_none("csv-safe: no formula", [
        value for row in got for value in row.values() if value[:1] in tuple("=+-@\t\r")])


def main():
    with tempfile.TemporaryDirectory() as folder:
        where = os.path.join(folder, "events.json")
        with open(where, "w", encoding="utf-8") as file:
            json.dump({"Records": list(events())}, file)
        rows = check_all("alerts: ", where)
        check("all kinds of rules alert", (len(rows) > 25, len({row["level"] for row in rows}) > 2), (True, True))
        with open(where, "w", encoding="utf-8") as file:
            json.dump({"Records": [event(1, eventName="=1+1", eventSource="cloudtrail.amazonaws.com", userIdentity={
                "type": "IAMUser", "userName": "+cmd"}), event(2, eventName="StopLogging", userIdentity={
                    "type": "IAMUser", "userName": "@x"}, eventSource="cloudtrail.amazonaws.com")]}, file)
        check_csv_safe(where)
        with open(where, "w", encoding="utf-8") as file:
            file.write('{"Records":[]}')
        check("no alert", check_all("nothing: ", where), [])
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


sys.exit(main())
