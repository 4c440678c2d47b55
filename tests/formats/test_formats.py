#!/usr/bin/env python3
"""The formats for other systems, read back by readers that are not ours, and held to `--format csv`.

  sarif      parsed here; against the schema of the standard where tests/corpus/run finds it
  ocsf       the models that Prowler writes its findings with (py-ocsf-models)
  asff       the service's own model (botocore), and an import into a Security Hub (moto)
  junit      junitparser, and Python's expat
  markdown   markdown-it-py, with tables, and the rendered page's cells

The packages are put into build/venv once; without a network before that first time, the parts that
need them are skipped, and that is said.

KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import collections
import csv
import html.parser
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TREE, "tests", "support"))
import packages  # noqa: E402

HAS_PACKAGES = packages.want("py-ocsf-models", "junitparser", "markdown-it-py", "moto", "botocore")
if HAS_PACKAGES:
    import boto3
    import botocore.session
    import botocore.validate
    import junitparser
    import markdown_it
    import moto
    from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
    from py_ocsf_models.objects.cloud import Cloud

KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
sys.path.insert(0, os.path.join(TREE, "tests", "cli", "formats"))
import hostile  # noqa: E402 (the path comes first)

ALL = ("sarif", "ocsf", "asff", "junit", "markdown")
STATUSES = ("fail", "unknown", "excepted", "not-applicable", "pass")
TIMES = re.compile(rb'"(UpdatedAt|endTimeUtc)":"[^"]*"')
ROOT = "<root_account>"

passed = 0
failed = 0


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    print("not ok %s\n# expected %s\n# got      %s" % (what, repr(expected)[:2000], repr(got)[:2000]))


def check_none(what, wrong):
    check(what, list(wrong)[:5], [])


def audit(words, *more):
    done = subprocess.run([KEYWARDEN, "audit", "--quiet", "--fail-on", "never", *words, *more],
                          capture_output=True, timeout=120, check=False)
    if done.returncode not in (0, 3):
        sys.exit("audit %s: %s" % (words, done.stderr.decode("utf-8", "replace")))
    return done.stdout


class Verdict(collections.namedtuple("Verdict", "account user control status severity evidence")):
    """A row of the csv."""

    @property
    def name(self):
        return self.account, self.user, self.control

    @property
    def is_plain(self):
        """Whether formats for people write the name as it is: it hides nothing."""
        return self.user.isprintable() and self.user.isascii()


def verdicts(words, *more):
    text = audit(words, "--format", "csv", *more).decode("utf-8", "replace")
    return [Verdict(*row) for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]


def counts(rows):
    return collections.Counter((row.control, row.status) for row in rows)


# ---- sarif -----------------------------------------------------------------------------------------

SARIF_KINDS = {("fail", False): "fail", ("open", False): "unknown", ("fail", True): "excepted",
               ("notApplicable", False): "not-applicable", ("pass", False): "pass"}
SARIF_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def check_sarif(label, data, rows):
    run = json.loads(data.decode("utf-8"))["runs"][0]
    results = run["results"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    check(label + "verdicts", [(r["properties"]["account"], r["properties"]["user"], r["ruleId"],
                                SARIF_KINDS[r["kind"], "suppressions" in r]) for r in results],
          [row.name + (row.status,) for row in rows])
    check_none(label + "every result has its rule", [r for r in results if r["ruleId"] not in rules])
    check_none(label + "levels", [(r, row) for r, row in zip(results, rows) if r["level"] != (
        SARIF_LEVELS[row.severity] if row.status in ("fail", "excepted") else "none")])
    check(label + "evidence", ["; ".join("%s=%s" % (e["name"], e["value"])
                                         for e in r["properties"]["evidence"]) for r in results],
          [row.evidence for row in rows])
    places = [r["locations"][0]["physicalLocation"] for r in results]
    check_none(label + "places are URI references",
               [p for p in places if p["region"] != {"startLine": 1}
                or not re.fullmatch(r"(file:///)?[A-Za-z0-9._~%/-]+", p["artifactLocation"]["uri"])])
    check_none(label + "rules are complete", [
        rule for rule in rules.values() if not rule["help"]["text"] or len(rule["properties"]["tags"]) > 20
        or not 0 <= float(rule["properties"]["security-severity"]) <= 10])
    check_none(label + "braces and brackets of messages are escaped", [
        r for r in results if re.search(r"(?<!\\)[][]", re.sub(r"\\\\", "", r["message"]["text"]))
        or re.search(r"[{}]", re.sub(r"{{|}}", "", r["message"]["text"]))])
    return {row.name: r["partialFingerprints"]["primaryLocationLineHash"]
            for r, row in zip(results, rows)}


# ---- ocsf ------------------------------------------------------------------------------------------

OCSF_STATUSES = {"FAIL": ("fail", 3, 1), "UNKNOWN": ("unknown", 2, 1), "EXCEPTED": ("excepted", 3, 3),
                 "NOT_APPLICABLE": ("not-applicable", 99, 1), "PASS": ("pass", 1, 1)}
OCSF_SEVERITIES = {"info": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
# In the schema, but not yet in those models.
OCSF_BEYOND = {"", "compliance.status", "compliance.status_details", "cloud"}


def beyond(sent, kept, path=""):
    """Paths of what the models did not take."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        for key, value in sent.items():
            where = (path + "." + key).lstrip(".")
            if key not in kept:
                yield where
            elif path != "unmapped":
                yield from beyond(value, kept[key], where)
    elif isinstance(sent, list) and isinstance(kept, list):
        for one, other in zip(sent, kept):
            yield from beyond(one, other, path)


def check_ocsf(label, data, rows):
    events = json.loads(data.decode("utf-8"))
    check(label + "verdicts", [(e["cloud"]["account"]["uid"], e["resources"][0]["data"]["user"],
                                e["metadata"]["event_code"], OCSF_STATUSES[e["status_code"]][0])
                               for e in events], [row.name + (row.status,) for row in rows])
    check_none(label + "status ids", [e for e in events if OCSF_STATUSES[e["status_code"]][1:] != (
        e["compliance"]["status_id"], e["status_id"])])
    check(label + "severities", [e["severity_id"] for e in events],
          [OCSF_SEVERITIES[row.severity] for row in rows])
    check(label + "evidence", ["; ".join("%s=%s" % (x["name"], x["data"]["value"])
                                         for x in e.get("evidences", [])) for e in events],
          [row.evidence for row in rows])
    check_none(label + "class and type", [e for e in events if (
        e["class_uid"], e["category_uid"], e["type_uid"], e["activity_id"]) != (2003, 2, 200301, 1)])
    if HAS_PACKAGES:
        for event in events:
            model = ComplianceFinding.model_validate(event)
            Cloud.model_validate(event["cloud"])
            unknown = set(beyond(event, model.model_dump(mode="json"))) - OCSF_BEYOND
            if unknown:
                check(label + "fields of the schema", unknown, set())
                break
        else:
            check(label + "fields of the schema", True, True)
    return {row.name: e["finding_info"]["uid"] for e, row in zip(events, rows)}


# ---- asff ------------------------------------------------------------------------------------------

ASFF_STATUSES = {"fail": "FAILED", "unknown": "WARNING", "excepted": "WARNING",
                 "not-applicable": "NOT_AVAILABLE", "pass": "PASSED"}
# Bytes, of the service's reference: what stands before the last "/" is any key.
ASFF_LIMITS = {"Id": 512, "ProductArn": 2048, "GeneratorId": 512, "AwsAccountId": 12, "Title": 256,
               "Description": 1024, "Remediation/Recommendation/Text": 512, "Severity/Original": 64,
               "Compliance/RelatedRequirements": 64, "ProductFields": 2048, "Resources/Region": 16}


def leaves(value, path=""):
    """(path without positions, text) of every string."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (path + "/" + key).lstrip("/"))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value


def enums(shape, value, path=""):
    """Values of an enum that the service does not know."""
    if shape.type_name == "structure":
        for key, item in value.items():
            yield from enums(shape.members[key], item, path + "/" + key)
    elif shape.type_name == "list":
        for item in value:
            yield from enums(shape.member, item, path)
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield path, value


def batches(findings):
    """What one call takes: findings of one account, at most 100."""
    accounts = collections.defaultdict(list)
    for finding in findings:
        accounts[finding["AwsAccountId"]].append(finding)
    for account, items in accounts.items():
        for at in range(0, len(items), 100):
            yield account, items[at:at + 100]


def check_asff_model(label, findings):
    model = botocore.session.Session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    wrong = []
    for _, batch in batches(findings):
        report = botocore.validate.ParamValidator().validate({"Findings": batch}, shape)
        wrong += [report.generate_report()] if report.has_errors() else []
        wrong += list(enums(shape, {"Findings": batch}))
    check_none(label + "the service's model takes it", wrong)


def check_asff_import(label, findings):
    with moto.mock_aws():
        client = boto3.client("securityhub", region_name="us-east-1", aws_access_key_id="testing",
                              aws_secret_access_key="testing")
        for _ in range(2):  # the second time updates what is there
            for _, batch in batches(findings):
                answer = client.batch_import_findings(Findings=batch)
                if (answer["FailedCount"], answer["SuccessCount"]) != (0, len(batch)):
                    check(label + "import", answer, "all")
        back = [f for page in client.get_paginator("get_findings").paginate() for f in page["Findings"]]
    check(label + "imported and read back", sorted(back, key=lambda f: f["Id"]),
          sorted({f["Id"]: f for f in findings}.values(), key=lambda f: f["Id"]))


def check_asff_resources(label, findings, rows):
    for finding, row in zip(findings, rows):
        kinds = [r["Type"] for r in finding["Resources"]]
        is_account = row.user in ("", ROOT)
        slots = {name for name in re.findall(r"(?:^|; )(access_key_[12])_", row.evidence)}
        keys = [r for r in finding["Resources"] if r["Type"] == "AwsIamAccessKey"]
        right = kinds[0] == ("AwsAccount" if is_account else "AwsIamUser")
        right &= all(r["Details"]["Other"]["Slot"] in slots for r in keys)
        right &= all(r["Details"]["AwsIamAccessKey"].get("PrincipalName", row.user) == row.user
                     for r in keys) or not row.is_plain
        # Evidence that a key is active or was rotated names a key that exists.
        exists = set(re.findall(r"(access_key_[12])_active=(?i:true)", row.evidence))
        exists |= set(re.findall(r"(access_key_[12])_last_rotated=[12]", row.evidence))
        right &= exists <= {r["Details"]["Other"]["Slot"] for r in keys}
        if not right:
            check(label + "resources", finding["Resources"], row)
            return
    check(label + "resources", True, True)


def check_asff(label, data, rows):
    findings = json.loads(data.decode("utf-8"))
    check(label + "verdicts", [
        (f["AwsAccountId"], f["GeneratorId"], f["Compliance"]["Status"],
         f["ProductFields"]["keywarden/status"], f["Workflow"]["Status"]) for f in findings],
        [(row.account or "0" * 12, "keywarden/" + row.control, ASFF_STATUSES[row.status], row.status,
          "SUPPRESSED" if row.status == "excepted" else "NEW") for row in rows])
    check(label + "severities", [(f["Severity"]["Label"].lower(), f["Severity"]["Original"])
                                 for f in findings],
          [({"pass": "informational", "not-applicable": "informational"}.get(
              row.status, row.severity.replace("info", "informational")), row.severity)
           for row in rows])
    check_none(label + "no text is empty or blank", [
        leaf for f in findings for leaf in leaves(f) if not re.fullmatch(r".*\S.*", leaf[1])])
    check_none(label + "lengths", [
        (path, len(text)) for f in findings for path, text in leaves(f)
        if len(text.encode()) > ASFF_LIMITS.get(path, ASFF_LIMITS.get(path.split("/")[0], 2048))])
    check_none(label + "items and size", [
        f["Id"] for f in findings if len(f["ProductFields"]) > 50 or len(f["Resources"]) > 32
        or len(f["Compliance"]["RelatedRequirements"]) > 32 or len(json.dumps(f)) > 240000])
    check_none(label + "reasons", [f["Id"] for f, row in zip(findings, rows) if (
        "StatusReasons" in f["Compliance"]) != (row.status not in ("fail", "pass"))])
    check_none(label + "times", [f["Id"] for f in findings if f["UpdatedAt"] < f["CreatedAt"]])
    check_asff_resources(label, findings, rows)
    if HAS_PACKAGES:
        check_asff_model(label, findings)
        check_asff_import(label, findings)
    return {row.name: f["Id"] for f, row in zip(findings, rows)}


# ---- junit -----------------------------------------------------------------------------------------

JUNIT_TYPES = {"failure": ("fail",), "error": ("unknown",), "skipped": ("excepted", "not-applicable")}


def check_junit(label, data, rows):
    suites = list(xml.etree.ElementTree.fromstring(data))
    cases = [case for suite in suites for case in suite]
    check(label + "cases", [case.get("classname") for case in cases], [row.control for row in rows])
    check_none(label + "names", [(case.get("name"), row) for case, row in zip(cases, rows)
                                 if row.is_plain and case.get("name") != "/".join(
                                     part for part in (row.account or "unknown account", row.user)
                                     if part)])
    check_none(label + "outcomes", [
        row for case, row in zip(cases, rows)
        if row.status not in (JUNIT_TYPES[case[0].tag] if len(case) else ("pass",))])
    check_none(label + "types", [row for case, row in zip(cases, rows) if len(case) and case[0].get(
        "type") != (row.severity if row.status == "fail" else row.status)])
    check_none(label + "hidden characters", [
        c for c in data.decode("utf-8") if c != "\n" and not c.isprintable()])
    if HAS_PACKAGES:
        parsed = junitparser.JUnitXml.fromstring(data)
        parsed.update_statistics()
        told = collections.Counter()
        for suite in suites:
            for key in ("tests", "failures", "errors", "skipped"):
                told[key] += int(suite.get(key))
        status = collections.Counter(row.status for row in rows)
        expected = {"tests": len(rows), "failures": status["fail"], "errors": status["unknown"],
                    "skipped": status["excepted"] + status["not-applicable"]}
        check(label + "totals of its suites", dict(told), expected)
        check(label + "totals of a reader", {key: getattr(parsed, key) for key in expected}, expected)
    return None


# ---- markdown --------------------------------------------------------------------------------------

class Cells(html.parser.HTMLParser):
    """The rows of a rendered page's tables, and its headings' and paragraphs' text."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.texts, self.tags = [], [], collections.Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag in ("h1", "h2", "h3", "p", "li", "pre"):
            self.texts.append([tag, ""])
        self.inside = tag if tag in ("td", "th", "h1", "h2", "h3", "p", "li", "pre") else self.inside

    inside = ""

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data):
        if self.inside in ("td", "th"):
            self.tables[-1][-1][-1] += data
        elif self.inside:
            self.texts[-1][1] += data


MARKDOWN_TAGS = {"h1", "h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code",
                 "ul", "li", "pre"}


def check_markdown(label, data, rows):
    text = data.decode("utf-8")
    check(label + "fits a comment", len(text) <= 65536, True)
    check_none(label + "hidden characters", [c for c in text if c != "\n" and not c.isprintable()])
    if not HAS_PACKAGES:
        return None
    reader = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table")
    page = Cells(reader.render(text))
    check_none(label + "nothing but our own markup", set(page.tags) - MARKDOWN_TAGS)
    check_none(label + "cells of rows", [row for table in page.tables for row in table
                                         if len(row) != len(table[0])])
    check(label + "rows of the page", page.tags["tr"], sum(1 for line in text.split("\n")
                                                           if line.startswith("| ") and
                                                           not line.startswith("| :")))
    own = [row for row in rows if row.status != "not-applicable"]
    said = collections.Counter()
    for tag, line in page.texts:
        match = re.fullmatch(r"(.+): ([\d,]+) failing\.", line)
        if match:
            said[match[1], "fail"] = int(match[2].replace(",", ""))
    for table in page.tables:
        if table[0][0] == "Control":
            for control, number, _ in table[1:]:
                said[control, "unknown"] = int(number.replace(",", ""))
    is_cut = "did not fit on this page" in text
    true = {key: n for key, n in counts(own).items() if key[1] in ("fail", "unknown")}
    check(label + "counts", dict(said), {k: v for k, v in true.items() if k in said or not is_cut})
    severities = {row[0]: row[1:3] for row in page.tables[0][1:]}
    for severity, cells in severities.items():
        check(label + severity, [int(cell.replace(",", "")) for cell in cells],
              [sum(row.severity == severity and row.status == status for row in own)
               for status in ("fail", "unknown")])
    users = [cells[1] for table in page.tables if table[0][0] == "Account" for cells in table[1:]]
    failing = {row.user for row in rows if row.status == "fail"}
    check_none(label + "names read back", [user for user in users if user not in failing and (
        user.isprintable() and "\\x" not in user and "\\u{" not in user and not user.endswith("..."))])
    return None


# ---- inputs ----------------------------------------------------------------------------------------

HEADER = ("user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
          "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
          "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
          "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
          "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
          "cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n")
OLD, NEW = "2020-01-01T00:00:00Z", "2026-10-30T00:00:00+00:00"


def row_of(user, arn, one, two):
    key = "%s,%s,N/A,N/A,N/A"
    return ",".join([user, arn, OLD, "not_supported" if user == ROOT else "false", "N/A", "N/A", "N/A",
                     "false", key % one, key % two, "false", "N/A", "false", "N/A"]) + "\n"


def write_keys(path):
    """Every state of the slots, for root and users, in two partitions; no root row in the second."""
    none, active, inactive = ("false", "N/A"), ("true", OLD), ("FALSE", OLD)
    states = [none, active, inactive, ("TRUE", NEW), ("true", "N/A")]
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEADER)
        out.write(row_of(ROOT, "arn:aws-us-gov:iam::111122223333:root", active, inactive))
        for i, one in enumerate(states):
            for k, two in enumerate(states):
                out.write(row_of("u%d%d" % (i, k), "arn:aws-us-gov:iam::111122223333:user/a/u%d%d" %
                                 (i, k), one, two))
    with open(path.replace(".csv", "-cn.csv"), "w", encoding="utf-8") as out:
        out.write(HEADER + row_of("only", "arn:aws-cn:iam::222233334444:user/only", active, none))


def write_odd(path):
    """Missing columns, no account, cells that cannot be read, and names that are blank or long."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated\n"
                  "ann,not-an-arn,maybe,true,yesterday\n"
                  "   ,,true,true,2020-01-01T00:00:00Z\n"
                  "%s,arn:x,false,false,N/A\n<root_account>,,false,true,N/A\n"
                  "a|b,arn:x,false,false,N/A\na\\|b,arn:x,false,false,N/A\n`t`|,arn:x,false,false,N/A\n"
                  "%s,arn:x,false,false,N/A\n" % ("long" * 2000, "half" * 255))


# Titles, ids and texts that are as bad as names; a rule about what no report has.
RULES = r"""
- id: "odd [id] {0} | `x` <b>"
  title: "A title of [a link](https://x.example), {braces}, `ticks`, | pipes, <b>tags</b>,\n two lines"
  severity: critical
  rule: IAMUser should have MFAActive
  description: "- a list? 1. {0} *b* \u202e"
  cli: aws iam delete-login-profile --user-name {user}
  remediation: ["1. Delete {user}.", "Then `rm`."]
  references: ["https://x.example/a", "not a url <b>"]
  maps: {"cis-7.0": "2.9", "prowler": "iam_user_mfa_enabled_console_access", "x|y": "a`b"}
- id: key
  severity: info
  rule: IAMUser should not have AccessKey with [ Active ]
- id: long
  title: "%s"
  rule: IAMUser should have MFAActive
  remediation: ["%s"]
- id: policy
  rule: IAMPasswordPolicy should have RequireSymbols
"""


def make_inputs(folder):
    keys, odd = os.path.join(folder, "keys.csv"), os.path.join(folder, "odd.csv")
    rules = os.path.join(folder, "odd.yaml")
    write_keys(keys)
    write_odd(odd)
    with open(rules, "w", encoding="utf-8") as out:
        out.write(RULES % ("title" * 55, "mend it." * 70))
    subprocess.run([sys.executable, os.path.join(TREE, "tests", "cli", "formats", "hostile.py")],
                   cwd=folder, check=True)
    as_of = ["--as-of", "2026-11-01"]
    report = os.path.join(folder, "report.csv")
    names = [name.decode("utf-8", "replace") for name in hostile.names]
    got = [row.user for row in verdicts([report, *as_of, "--rules", rules]) if row.control.startswith("odd")]
    check("hostile names are in the input", got[-len(names):], names)
    organization = os.path.join(TREE, "examples", "organization")
    return {"organization": [organization, *as_of], "keys": [keys, keys.replace(".csv", "-cn.csv"), *as_of],
            "hostile": [report, *as_of, "--rules", rules], "hostile pack": [report, *as_of],
            "odd": [odd, *as_of], "odd rules": [odd, keys, *as_of, "--rules", rules],
            "many": [organization] * 40 + as_of}


CHECKS = {"sarif": check_sarif, "ocsf": check_ocsf, "asff": check_asff, "junit": check_junit,
          "markdown": check_markdown}


def check_input(name, words):
    for more in ([], ["--all"]):
        rows = verdicts(words, *more)
        check("%s: there is something to tell" % name, len(rows) > 0, True)
        for format_name in ALL:
            label = "%s %s%s: " % (format_name, name, " --all" if more else "")
            one, many = (TIMES.sub(b"", audit(words, "--format", format_name, "--jobs", jobs, *more))
                         for jobs in ("1", "4"))
            check(label + "one worker and four say the same", one == many, True)
            if name == "many":
                continue
            data = audit(words, "--format", format_name, *more)
            ids = CHECKS[format_name](label, data, rows)
            if ids is not None:
                check(label + "ids are unique", len(set(ids.values())), len(ids))
    if name == "many":
        check_markdown("markdown many: ", audit(words, "--format", "markdown"), verdicts(words, "--all"))


def ids_of(format_name, words):
    rows = verdicts(words, "--all")
    return CHECKS[format_name]("%s ids: " % format_name, audit(words, "--all", "--format", format_name),
                               rows)


def check_ids(folder):
    """The same name whatever the time, the values, the file and the order are."""
    keys = os.path.join(folder, "keys.csv")
    with open(keys, encoding="utf-8") as file:
        lines = file.read().replace(OLD, "2021-02-03T00:00:00Z").splitlines(True)
    other = os.path.join(folder, "moved.csv")
    with open(other, "w", encoding="utf-8") as file:
        file.write(lines[0] + "".join(reversed(lines[1:])))
    for format_name in ("sarif", "ocsf", "asff"):
        first = ids_of(format_name, [keys, "--as-of", "2026-11-01"])
        check(format_name + ": ids last", ids_of(format_name, [other, "--as-of", "2020-06-01"]), first)
    one = ids_of("asff", [keys.replace(".csv", "-cn.csv"), "--as-of", "2026-11-01"])
    with open(keys.replace(".csv", "-cn.csv"), "a", encoding="utf-8") as file:
        file.write(row_of(ROOT, "arn:aws-cn:iam::222233334444:root", ("false", "N/A"), ("false", "N/A")))
    other_ids = ids_of("asff", [keys.replace(".csv", "-cn.csv"), "--as-of", "2026-11-01"])
    check("asff: a root row that was missing keeps its ids",
          {name: one[name] for name in one if name[1] == ROOT},
          {name: other_ids[name] for name in one if name[1] == ROOT})


def check_places(words):
    """Partition and region of ASFF, also where the root row is missing."""
    findings = json.loads(audit(words, "--format", "asff", "--all"))
    places = collections.defaultdict(set)
    for finding in findings:
        for resource in finding["Resources"]:
            places[finding["AwsAccountId"]].add((resource.get("Partition"), resource["Region"]))
        places[finding["AwsAccountId"]].add(":".join(finding["ProductArn"].split(":")[:4]))
    check("asff: places", dict(places), {
        "111122223333": {("aws-us-gov", "us-gov-west-1"), "arn:aws-us-gov:securityhub:us-gov-west-1"},
        "222233334444": {("aws-cn", "cn-north-1"), "arn:aws-cn:securityhub:cn-north-1"}})
    ids = [r["Id"] for f in findings for r in f["Resources"] if r["Type"] == "AwsIamAccessKey"
           and r["Details"]["AwsIamAccessKey"]["PrincipalName"] == "only"]
    check("asff: a key's name", set(ids),
          {"arn:aws-cn:iam::222233334444:user/only/access_key_1/" + OLD})


def check_memory(folder):
    """Rows of a few bytes come to kilobytes for each control: they are written, not kept."""
    path = os.path.join(folder, "tiny.csv")
    with open(path, "w", encoding="utf-8") as out:
        out.write("user,arn\n" + "".join("a%d,\n" % i for i in range(5000)))
    # A process starts with the peak of the one it was made from: so from a small one.
    measure = ("import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
               "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    for jobs in ("1", "2"):
        done = subprocess.run([sys.executable, "-S", "-c", measure, KEYWARDEN, "audit", path, "--all",
                               "--format", "ocsf", "--quiet", "--as-of", "2026-11-01", "--jobs", jobs,
                               "-o", "/dev/null"], capture_output=True, timeout=120, check=True)
        code, peak = map(int, done.stdout.split())
        check("tiny rows with %s workers are judged" % jobs, code, 0)
        check("tiny rows with %s workers: peak of %d kB is below 64 MB" % (jobs, peak),
              peak < 64 << 10, True)


def main():
    if not HAS_PACKAGES:
        print("# skip: without the packages only what Python reads itself is checked")
    with tempfile.TemporaryDirectory() as folder:
        inputs = make_inputs(folder)
        for name, words in inputs.items():
            check_input(name, words)
        check_places(inputs["keys"])
        check_memory(folder)
        check_ids(folder)
        empty = os.path.join(folder, "empty.csv")
        with open(empty, "w", encoding="utf-8") as out:
            out.write(HEADER)
        for format_name in ("sarif", "ocsf", "asff", "junit"):
            rows = verdicts([empty, "--as-of", "2026-11-01"])
            CHECKS[format_name](format_name + " of no rows: ",
                                audit([empty, "--as-of", "2026-11-01"], "--format", format_name), rows)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
