"""Answers as AWS sends them, made by the shapes of botocore's service models, and read back by its parsers.

    answers = [bodies.given("iam:ListMFADevices", {"MFADevices": [...]}, subject="kim")]
    bodies.told(answers, "iam:ListMFADevices", "kim")   # the same, as botocore's parsers have it
    bodies.inventory("account", "111122223333", answers)
"""

import base64
import datetime
import json
import os
import subprocess
import sys
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(1, os.path.join(TOP, "tests", "aws"))
import support  # noqa: E402

support.reexec()

import botocore.loaders  # noqa: E402
import botocore.model  # noqa: E402
import botocore.parsers  # noqa: E402

# The prefix of an action: the service's folder in botocore, and what it speaks.
SERVICES = {
    "iam": ("iam", "query"), "rds": ("rds", "query"), "ec2": ("ec2", "ec2"), "s3": ("s3", "rest-xml"),
    "organizations": ("organizations", "json"), "cloudtrail": ("cloudtrail", "json"),
    "cloudwatch": ("cloudwatch", "query"), "sns": ("sns", "query"), "logs": ("logs", "json"),
    "sso": ("sso-admin", "json"), "account": ("account", "rest-json"),
    "access-analyzer": ("accessanalyzer", "rest-json"),
}
# Where the permission is not called as the operation is.
OPERATIONS = {"s3:ListAllMyBuckets": "ListBuckets"}
ROOTS = {"s3:ListAllMyBuckets": "ListAllMyBucketsResult"}
TOKENS = ("Marker", "NextToken", "nextToken", "ContinuationToken")

_models = {}
_loader = botocore.loaders.Loader()


def operation(action):
    prefix, name = action.split(":")
    folder, protocol = SERVICES[prefix]
    if folder not in _models:
        _models[folder] = botocore.model.ServiceModel(_loader.load_service_model(folder, "service-2"))
    return _models[folder].operation_model(OPERATIONS.get(action, name)), protocol


# ---- writing ----

def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def xml_value(shape, value, name):
    tag = name
    if shape.type_name == "structure":
        inner = "".join(xml_value(member, value[key], member.serialization.get("name", key))
                        for key, member in shape.members.items() if value.get(key) is not None)
    elif shape.type_name == "list":
        item = shape.member.serialization.get("name", "member")
        inner = "".join(xml_value(shape.member, one, item) for one in value)
    elif shape.type_name == "map":
        inner = "".join("<entry>%s%s</entry>" % (xml_value(shape.key, key, "key"),
                                                 xml_value(shape.value, one, "value"))
                        for key, one in value.items())
    elif shape.type_name == "timestamp":
        inner = iso(value)
    elif shape.type_name == "boolean":
        inner = "true" if value else "false"
    elif shape.type_name == "blob":
        inner = base64.b64encode(value).decode()
    else:
        inner = escape(str(value))
    return "<%s>%s</%s>" % (tag, inner, tag) if inner else "<%s/>" % tag


def xml_body(action, result):
    model, protocol = operation(action)
    shape = model.output_shape
    inner = "".join(xml_value(member, result[key], member.serialization.get("name", key))
                    for key, member in shape.members.items() if result.get(key) is not None)
    if protocol == "query":
        wrapper = shape.serialization["resultWrapper"]
        inner = "<%s>%s</%s><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>" % (
            wrapper, inner, wrapper)
    root = ROOTS.get(action, model.name + "Response")
    return '<?xml version="1.0" encoding="UTF-8"?>\n<%s xmlns="https://aws.example/">%s</%s>' % (root, inner, root)


def json_value(shape, value):
    if shape.type_name == "structure":
        return {member.serialization.get("name", key): json_value(member, value[key])
                for key, member in shape.members.items() if value.get(key) is not None}
    if shape.type_name == "list":
        return [json_value(shape.member, one) for one in value]
    if shape.type_name == "timestamp":
        if shape.serialization.get("timestampFormat") == "iso8601":
            return iso(value)
        return value.timestamp()
    return value


def body(action, result):
    model, protocol = operation(action)
    if protocol in ("json", "rest-json"):
        return json.dumps(json_value(model.output_shape, result))
    return xml_body(action, result)


def given(action, result, subject="", region="", page=0):
    return {"action": action, "subject": subject, "region": region, "page": page,
            "body": body(action, result)}


def paged(action, pages, subject="", region=""):
    """Each page but the last says where the next one starts."""
    out = []
    members = operation(action)[0].output_shape.members
    token = next((name for name in TOKENS if name in members), None)
    for number, page in enumerate(pages):
        page = dict(page)
        is_last = number + 1 == len(pages)
        if "IsTruncated" in members:
            page["IsTruncated"] = not is_last
        if not is_last:
            page[token] = "more"
        out.append(given(action, page, subject, region, number))
    return out


def refused(action, outcome, code, subject="", region="", page=0):
    return {"action": action, "subject": subject, "region": region, "page": page, "outcome": outcome, "code": code}


# ---- reading ----

def parse(action, text):
    model, protocol = operation(action)
    parser = botocore.parsers.create_parser(protocol)
    parsed = parser.parse({"status_code": 200, "headers": {}, "body": text.encode()}, model.output_shape)
    parsed.pop("ResponseMetadata", None)
    return parsed


def told(answers, action, subject="", region=""):
    """Its pages; "absent"; or None: denied, failed, broken off, never made."""
    mine = sorted((one for one in answers if (one["action"], one["subject"], one["region"]) ==
                   (action, subject, region)), key=lambda one: one["page"])
    outcomes = {one.get("outcome", "given") for one in mine}
    if not mine or outcomes & {"denied", "failed"}:
        return None
    if outcomes == {"absent"}:
        return "absent"
    pages = [parse(action, one["body"]) for one in mine]
    for number, (one, page) in enumerate(zip(mine, pages)):
        more = page.get("IsTruncated", any(page.get(name) for name in TOKENS))
        if one["page"] != number or more != (number + 1 < len(mine)):
            return None
    return pages


def items(answers, action, path, subject="", region=""):
    """What a list holds on all pages; None where it was not told."""
    pages = told(answers, action, subject, region)
    if pages in (None, "absent"):
        return None
    return [one for page in pages for one in page.get(path, [])]


# ---- asking ----

def inventory(what, account, answers):
    """(exit code, what it printed)"""
    done = subprocess.run([os.path.join(support.BUILD, "tests", "inventory_inventory_probe"), what, account],
                          input=json.dumps(answers).encode(), capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        print("# exit code %d: %s" % (done.returncode, done.stderr.decode()[:2000]))
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def rows(printed):
    return {(row["kind"], row["name"]): row["entity"] for row in printed["rows"]}


def sorted_lists(value):
    """Lists that AWS gives in no order, in one."""
    if isinstance(value, dict):
        return {key: sorted_lists(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((sorted_lists(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def moment(random):
    start = datetime.datetime(2014, 1, 1, tzinfo=datetime.timezone.utc)
    return start + datetime.timedelta(seconds=random.randrange(13 * 365 * 86400))
