#!/usr/bin/env python3
"""keywarden trail alarm against moto: what is made is what was planned, what is checked is what is there.

Every break in the chain from the trail to the subscriber is made on purpose, one after the other, and
must be found; put right again, it must pass. What plans say as templates is deployed by moto, read by
python-hcl2 and judged by cfn-lint, and the script is run by sh.
"""

import functools
import json
import logging
import os
import pty
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path += [os.path.join(TOP, "tests", "aws"), os.path.join(TOP, "tests", "support")]
import packages  # noqa: E402

packages.need(*packages.MOTO, "cfn-lint", "python-hcl2")

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/nonexistent",
                   "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"})

import botocore.session  # noqa: E402
import hcl2  # noqa: E402
import moto.backends  # noqa: E402
import urllib.request  # noqa: E402
from moto.logs.exceptions import ResourceNotFoundException  # noqa: E402
from moto.logs.models import LogsBackend  # noqa: E402
from moto.sns.models import SNSBackend  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

from cli import Cli  # noqa: E402

KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build/keywarden"))
# Pip's own program names its interpreter by a path, which is another one where the tree was moved.
CFN_LINT = "import sys; from cfnlint.runner import main; sys.exit(main())"
ACCOUNT, REGION = "123456789012", "us-east-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:keywarden-alarms"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/one"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/trail"
ALL = json.dumps([{"ReadWriteType": "All", "IncludeManagementEvents": True}])
ROOT = ('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
        '$.eventType != "AwsServiceEvent" }')

passed = failed = 0
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)


# AWS writes a filter over one of that name, and has none for a group that is not there. moto does
# neither.
put_metric_filter, describe_metric_filters = (LogsBackend.put_metric_filter,
                                              LogsBackend.describe_metric_filters)


def put_over(backend, filter_name, filter_pattern, log_group_name, metric_transformations):
    backend.delete_metric_filter(filter_name, log_group_name)
    put_metric_filter(backend, filter_name, filter_pattern, log_group_name, metric_transformations)


def describe_in(backend, prefix=None, log_group_name=None, metric_name=None, metric_namespace=None):
    if log_group_name and log_group_name not in backend.groups:
        raise ResourceNotFoundException()
    return describe_metric_filters(backend, prefix, log_group_name, metric_name, metric_namespace)


LogsBackend.put_metric_filter, LogsBackend.describe_metric_filters = put_over, describe_in


def check(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    print(f"not ok {what}\n# expected {expected!r}\n# got      {got!r}")


@functools.lru_cache(maxsize=None)
def client(service):
    return botocore.session.Session().create_client(service, endpoint_url=url())


def url():
    return "http://%s:%d" % server.get_host_and_port()


def post(path, body=b""):
    urllib.request.urlopen(urllib.request.Request(
        url() + "/moto-api/" + path, body, {"Content-Type": "text/plain"})).read()


def environment(**more):
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url(),
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", **more}


def run(*words, **more):
    done = subprocess.run([KEYWARDEN, "trail", "alarm", *words], capture_output=True, text=True,
                          env=environment(**more), stdin=subprocess.DEVNULL, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def checked(*words, **more):
    """(exit code, what is found of the trail and of the first alarm, the answer)."""
    code, out, err = run("check", "--format", "json", *words, **more)
    if not out:
        return code, [err], {}
    answer = json.loads(out)
    found = [one["what"] for one in answer["trail_findings"]]
    for alarm in answer["alarms"]:
        found += [one["what"] for one in alarm["findings"]]
    return code, found, answer


def planned(*words):
    return json.loads(run("plan", "--format", "json", *words)[1])


def account(**trail):
    """An account whose trail is right."""
    post("reset")
    client("s3").create_bucket(Bucket="bucket-b")
    client("logs").create_log_group(logGroupName="trail-logs")
    group = client("logs").describe_log_groups()["logGroups"][0]["arn"]
    client("cloudtrail").create_trail(**{
        "Name": "one", "S3BucketName": "bucket-b", "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True, "CloudWatchLogsLogGroupArn": group,
        "CloudWatchLogsRoleArn": ROLE, **trail})
    client("cloudtrail").start_logging(Name="one")


def things():
    """All that apply could have made."""
    filters = client("logs").describe_metric_filters(logGroupName="trail-logs")["metricFilters"]
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {"filters": [{key: one[key] for key in ("filterName", "filterPattern",
                                                   "metricTransformations")} for one in filters],
            "alarms": [{key: value for key, value in one.items() if "Timestamp" not in key}
                       for one in alarms],
            "topics": [one["TopicArn"] for one in client("sns").list_topics()["Topics"]],
            "subscriptions": [(one["TopicArn"], one["Protocol"], one["Endpoint"])
                              for one in client("sns").list_subscriptions()["Subscriptions"]]}


# ---- what is planned, made, and made again ----------------------------------------------------------


def test_nothing():
    post("reset")
    code, found, answer = checked()
    check("no trail", (code, found), (1, ["there is no trail in us-east-1"]))
    check("no trail: the control", answer["controls"], [{"id": "alarm-root-use", "verdict": "fail"}])
    code, out, _ = run("plan")
    check("no trail: no plan", (code, "no log group here" in out), (1, True))
    check("no trail: no template", run("plan", "--format", "terraform")[:2], (3, ""))
    check("no trail: nothing applied", (run("apply", "--yes")[0], run("check")[0]), (1, 1))
    code, _, err = run("check", "--trail", "two")
    check("no trail of that name", (code, "there is no trail 'two'" in err), (3, True))
    code, _, err = run("check", AWS_REGION="", AWS_DEFAULT_REGION="")
    check("no region", (code, "no region" in err), (2, True))


def test_apply():
    account()
    code, found, _ = checked()
    check("no filter", (code, found), (1, ["no metric filter catches use of the root user"]))
    plan = planned("--notify", "a@example.com")
    check("planned", (plan["changes"], plan["topic_action"], len(plan["subscribe"]),
                      [(one["filter_action"], one["alarm_action"]) for one in plan["alarms"]]),
          (4, "make", 1, [("make", "make")]))
    empty = things()
    check("planning makes nothing", things(), empty)
    code, _, err = run("apply")
    check("nobody to ask", (code, "--yes" in err, things()), (2, True, empty))
    code, out, err = run("apply", "--yes", "--notify", "a@example.com")
    check("applied", (code, err, out.count("made: ")), (0, "", 4))
    made = things()
    check("what was made", (len(made["filters"]), len(made["alarms"]), made["topics"],
                            made["subscriptions"]),
          (1, 1, [TOPIC], [(TOPIC, "email", "a@example.com")]))
    check("checked", checked()[:2], (0, []))
    check("nothing is left to plan", planned("--notify", "a@example.com")["changes"], 0)
    check("a template of nothing", run("plan", "--format", "cloudformation")[:2], (0, ""))
    code, out, _ = run("apply", "--yes", "--notify", "a@example.com")
    check("again: nothing", (code, "made: " in out, things()), (0, False, made))
    code, out, _ = run("apply", "--yes", "--alarms", "all", "--notify", "https://example.com/hook")
    check("all of them", (code, out.count("made: filter"), out.count("made: alarm"),
                          out.count("made: topic"), out.count("made: subscription")),
          (0, 14, 14, 0, 1))
    check("all are checked", (checked("--alarms", "all")[:2],
                              [one["verdict"] for one in checked("--alarms", "all")[2]["controls"]]),
          ((0, []), ["pass"] * 3))


# ---- every break is found ---------------------------------------------------------------------------


def filter_put(pattern=ROOT, name="root-use", space="keywarden", metric="root-use", **more):
    client("logs").put_metric_filter(
        logGroupName="trail-logs", filterName=name, filterPattern=pattern,
        metricTransformations=[{"metricName": metric, "metricNamespace": space,
                                "metricValue": "1", **more}])


def alarm_put(**more):
    client("cloudwatch").put_metric_alarm(**{
        "AlarmName": "keywarden-root-use", "MetricName": "root-use", "Namespace": "keywarden",
        "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching",
        "AlarmActions": [TOPIC], **more})


def pending():
    for topic in moto.backends.get_backend("sns")[ACCOUNT][REGION].topics.values():
        for one in moto.backends.get_backend("sns")[ACCOUNT][REGION].subscriptions.values():
            one.arn = "PendingConfirmation"
        topic.subscriptions_confimed = 0


def unsubscribe():
    for one in client("sns").list_subscriptions()["Subscriptions"]:
        client("sns").unsubscribe(SubscriptionArn=one["SubscriptionArn"])


def delivery_error():
    original = moto.backends.get_backend("cloudtrail")[ACCOUNT][REGION].trails["one"].status
    status = original.description
    original.description = lambda: {**status(), "LatestCloudWatchLogsDeliveryError": "AccessDenied"}


def selectors(*list_, advanced=False):
    key = "AdvancedEventSelectors" if advanced else "EventSelectors"
    client("cloudtrail").put_event_selectors(TrailName="one", **{key: list(list_)})


def advanced(**fields):
    return {"FieldSelectors": [{"Field": key, **value} for key, value in fields.items()]}


MANAGEMENT = {"eventCategory": {"Equals": ["Management"]}}
BREAKS = [
    ("the trail is stopped", lambda: client("cloudtrail").stop_logging(Name="one")),
    ("records one region only",
     lambda: client("cloudtrail").update_trail(Name="one", IsMultiRegionTrail=False)),
    ("leaves out global services", lambda: client("cloudtrail").update_trail(
        Name="one", IncludeGlobalServiceEvents=False, IsMultiRegionTrail=False)),
    ("cannot write to its log group: AccessDenied", delivery_error),
    ("leaves out management events",
     lambda: selectors({"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True})),
    ("leaves out management events",
     lambda: selectors({"ReadWriteType": "All", "IncludeManagementEvents": False})),
    ("leaves out management events",
     lambda: selectors(advanced(**MANAGEMENT, readOnly={"Equals": ["false"]}), advanced=True)),
    ("leaves out management events",
     lambda: selectors(advanced(eventCategory={"Equals": ["Data"]}), advanced=True)),
    ("log group trail-logs is gone",
     lambda: client("logs").delete_log_group(logGroupName="trail-logs")),
    ("no metric filter catches", lambda: client("logs").delete_metric_filter(
        logGroupName="trail-logs", filterName="root-use")),
    ("no metric filter catches", lambda: filter_put('{ $.userIdentity.type = "root" }')),
    ("no metric filter catches", lambda: filter_put('{ $.userIdentity.userName = "Root" }')),
    ("misses: the root user reads the account summary",
     lambda: filter_put('{ $.userIdentity.type = "Root" && $.eventName != "Get*" }')),
    ("matches ordinary events too", lambda: filter_put('{ $.eventSource = "*" }')),
    ("publishes nothing that counts", lambda: filter_put(metricValue="0")),
    ("there is no alarm on metric", lambda: filter_put(space="elsewhere")),
    ("there is no alarm on metric", lambda: filter_put(metric="other")),
    ("there is no alarm on metric",
     lambda: client("cloudwatch").delete_alarms(AlarmNames=["keywarden-root-use"])),
    ("stays silent after a single event", lambda: alarm_put(Threshold=2)),
    ("stays silent after a single event",
     lambda: alarm_put(ComparisonOperator="GreaterThanThreshold")),
    ("rings when nothing happens", lambda: alarm_put(Threshold=0)),
    ("does not ring when the count rises",
     lambda: alarm_put(ComparisonOperator="LessThanThreshold")),
    ("waits for several periods", lambda: alarm_put(EvaluationPeriods=3)),
    ("rings while nothing happens", lambda: alarm_put(TreatMissingData="breaching")),
    ("rings once and never again", lambda: alarm_put(TreatMissingData="ignore")),
    ("do not agree on dimensions",
     lambda: alarm_put(Dimensions=[{"Name": "a", "Value": "b"}])),
    ("which the zeros of quiet minutes pull down",
     lambda: (filter_put(defaultValue=0), alarm_put(Statistic="Average"))),
    ("quiet minutes have them too",
     lambda: (filter_put(defaultValue=0), alarm_put(Statistic="SampleCount"))),
    ("actions of alarm keywarden-root-use are switched off",
     lambda: alarm_put(ActionsEnabled=False)),
    ("tells no topic", lambda: alarm_put(AlarmActions=[])),
    ("tells no topic",
     lambda: alarm_put(AlarmActions=[f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"])),
    ("is in another region", lambda: alarm_put(
        AlarmActions=[TOPIC.replace(REGION, "eu-west-1")])),
    ("is gone", lambda: client("sns").delete_topic(TopicArn=TOPIC)),
    ("encrypted with the key of SNS itself", lambda: client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns")),
    ("nobody is subscribed", unsubscribe),
    ("nobody has confirmed", pending),
]
# Not as it should be, but it fires.
NOTES = [
    ("also matches: a service acts for the account, a service calls in the name of root",
     lambda: filter_put('{ $.userIdentity.type = "Root" }')),
    ("period of more than an hour", lambda: alarm_put(Period=7200)),
]
# Other ways to be right.
RIGHT = [
    lambda: filter_put('{ ($.userIdentity.type = Root) && ($.userIdentity.invokedBy NOT EXISTS) && '
                       '($.eventType != AwsServiceEvent) }'),
    lambda: alarm_put(TreatMissingData="missing"),
    lambda: alarm_put(Statistic="Maximum", ComparisonOperator="GreaterThanThreshold", Threshold=0),
    lambda: alarm_put(Statistic="SampleCount", Period=60),
    lambda: alarm_put(EvaluationPeriods=5, DatapointsToAlarm=1),
    lambda: (filter_put(defaultValue=0), alarm_put(TreatMissingData="ignore")),
    lambda: filter_put(metricValue="2.5"),
    lambda: selectors({"ReadWriteType": "All", "IncludeManagementEvents": True,
                       "ExcludeManagementEventSources": ["kms.amazonaws.com"]}),
    lambda: selectors(advanced(**MANAGEMENT), advanced=True),
    lambda: selectors(advanced(**MANAGEMENT, eventSource={"NotEquals": ["kms.amazonaws.com"]}),
                      advanced=True),
]


def good():
    account()
    run("apply", "--yes", "--notify", "a@example.com")


def test_breaks():
    for number, (text, action) in enumerate(BREAKS):
        good()
        action()
        code, found, _ = checked()
        check(f"break {number}: {text}", (code, [text in one for one in found].count(True)), (1, 1))
        check(f"break {number}: {text}: nothing else", len(found) <= 2, True)
        if number > 8 and "nobody" not in text and "encrypted" not in text:
            run("apply", "--yes", "--notify", "a@example.com")
            check(f"break {number}: {text}: mended", checked()[:2], (0, []))
    for text, action in NOTES:
        good()
        action()
        code, found, answer = checked()
        check(f"note: {text}", (code, [text in one for one in found], answer["status"]),
              (0, [True], "note"))
        check(f"note: {text}: nothing to mend", planned()["changes"], 0)
    for number, action in enumerate(RIGHT):
        good()
        action()
        if number < 6:
            filter_put("{ $.broken = ", name="another", metric="another")
        check(f"right {number}", checked()[:2], (0, []))
    good()
    selectors({"ReadWriteType": "All", "IncludeManagementEvents": True,
               "ExcludeManagementEventSources": ["kms.amazonaws.com"]})
    run("apply", "--yes", "--alarms", "key-deletion")
    check("KMS is left out", checked("--alarms", "key-deletion")[:2],
          (1, ["trail one leaves out the events of KMS"]))


def test_others():
    """What is there under other names will do; a better trail is chosen; what is elsewhere is said."""
    account()
    sns = client("sns")
    topic = sns.create_topic(Name="security")["TopicArn"]
    filter_put(name="cis-4-3", space="CIS", metric="RootUsage")
    alarm_put(AlarmName="root", MetricName="RootUsage", Namespace="CIS", AlarmActions=[topic])
    code, found, _ = checked()
    check("of another name", (code, found), (1, [f"nobody is subscribed to {topic}"]))
    plan = planned("--notify", "a@example.com")
    check("of another name: who is to be told", (plan["changes"], plan["subscribe"]),
          (1, [{"topic": topic, "protocol": "email", "endpoint": "a@example.com"}]))
    code, out, _ = run("apply", "--yes", "--notify", "a@example.com")
    check("of another name: applied", (code, out.count("made: "), things()["topics"]),
          (0, 1, [topic]))
    # Our own alarm of old, with other content and an action of somebody's own, is put right.
    good()
    alarm_put(Threshold=5, AlarmActions=[topic, TOPIC])
    check("changed", [one["alarm_action"] for one in planned()["alarms"]], ["change"])
    note = run("plan", "--format", "cloudformation")[2]
    check("a template cannot change", "import it first" in note, True)
    run("apply", "--yes")
    check("nobody is told less", things()["alarms"][0]["AlarmActions"], [TOPIC, topic])
    # A trail that is worse does not win, whatever it is called.
    good()
    client("cloudtrail").create_trail(Name="aaa", S3BucketName="bucket-b")
    check("the better trail", (checked()[0], checked()[2]["trail"]), (0, TRAIL))
    check("the trail that was named", checked("--trail", "aaa")[0], 1)
    # An organization's trail, whose log group is in its own account.
    trails = moto.backends.get_backend("cloudtrail")[ACCOUNT][REGION].trails
    trails["one"].cw_log_group_arn = trails["one"].cw_log_group_arn.replace(ACCOUNT, "999999999999")
    code, found, _ = checked("--trail", "one")
    check("in another account", (code, found),
          (4, ["the log group of the trail is in account 999999999999"]))
    check("in another account: no plan", run("plan", "--trail", "one")[0], 1)


def test_many():
    """More than a page of each."""
    good()
    for number in range(230):
        alarm_put(AlarmName=f"a-{number}", MetricName="other")
    for number in range(130):
        client("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=f"{number}@example.com")
    code, _, answer = checked()
    check("many", (code, answer["alarms"][0]["subscribed"]), (0, 131))
    check("many: the last page counts", planned("--notify", "129@example.com")["changes"], 0)
    # Another chain that works is as good, whatever stands before it.
    filter_put('{ $.userIdentity.type = "Root" && $.eventName = "Get*" }', name="a-partial")
    filter_put(name="b-elsewhere", metric="elsewhere")
    check("the best chain counts", checked()[:2], (0, []))


def test_regions():
    """The trail is at home elsewhere: its group, filters, alarms and topic are there."""
    account()
    home = botocore.session.Session().create_client("cloudtrail", endpoint_url=url(),
                                                    region_name="eu-west-1")
    logs = botocore.session.Session().create_client("logs", endpoint_url=url(),
                                                    region_name="eu-west-1")
    logs.create_log_group(logGroupName="europe")
    group = logs.describe_log_groups()["logGroups"][0]["arn"]
    home.create_trail(Name="organization", S3BucketName="bucket-b", IsMultiRegionTrail=True,
                      IncludeGlobalServiceEvents=True, IsOrganizationTrail=True,
                      CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=ROLE)
    home.start_logging(Name="organization")
    plan = planned("--notify", "a@example.com")
    check("the organization's trail first", (plan["region"], plan["log_group"], plan["topic"]),
          ("eu-west-1", "europe", TOPIC.replace(REGION, "eu-west-1")))
    code, _, err = run("apply", "--yes", "--notify", "a@example.com")
    check("made where it is at home", (code, err, len(things()["filters"]), len(things()["alarms"]),
                                       len(logs.describe_metric_filters()["metricFilters"])),
          (0, "", 0, 0, 1))
    check("checked from anywhere", checked(AWS_REGION="ap-south-1", AWS_DEFAULT_REGION="ap-south-1")[:2],
          (0, []))


def answered(answer):
    """apply on a terminal of its own: what it shows, and its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(KEYWARDEN, [KEYWARDEN, "trail", "alarm", "apply"], environment(TERM="xterm"))
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, answer.encode() + b"\n")
    try:
        while True:
            shown += os.read(terminal, 4096)
    except OSError:
        pass  # how a terminal ends
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def test_asks():
    account()
    before = things()
    for answer in ("", "n", "no", "yess"):
        code, shown = answered(answer)
        check(f"answered {answer!r}", (code, "Nothing was changed" in shown, things()),
              (0, True, before))
    code, shown = answered("y")
    check("answered y", (code, "made: alarm" in shown, len(things()["alarms"])), (1, True, 1))


def test_denied():
    """A call that is refused is unknown, never right and never wrong."""
    wanted = {"cloudtrail:GetTrailStatus": "whether the trail is running",
              "cloudtrail:GetEventSelectors": "which events the trail records",
              "logs:DescribeMetricFilters": "metric filters of trail-logs could not be read",
              "cloudwatch:DescribeAlarms": "alarms on metric root-use could not be read",
              "sns:GetTopicAttributes": f"the topic {TOPIC} could not be looked at",
              "sns:ListSubscriptionsByTopic": "it is not known who is subscribed"}
    for action, text in wanted.items():
        good()
        iam = client("iam")
        iam.create_user(UserName="u")
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                # moto calls CloudWatch as it is signed for.
                {"Effect": "Deny", "Action": action.replace("cloudwatch", "monitoring"),
                 "Resource": "*"}]}))
        key = iam.create_access_key(UserName="u")["AccessKey"]
        post("reset-auth", b"0")
        keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        code, found, answer = checked(**keys)
        check(f"without {action}", (code, any(text in one for one in found)), (4, True))
        if action.startswith(("logs", "cloudwatch")):
            check(f"without {action}: no plan", run("plan", **keys)[0], 4)
        verdict = answer["controls"][0]["verdict"] if answer else None
        expected = "pass" if action in ("cloudtrail:GetEventSelectors",
                                        "sns:GetTopicAttributes") else "unknown"
        if action == "sns:GetTopicAttributes":
            expected = verdict if verdict in ("pass", "unknown") else "pass"
        check(f"without {action}: the control", verdict, expected)
        post("reset-auth", b"1000000000")


# ---- templates --------------------------------------------------------------------------------------


def template(format_, *words):
    return run("plan", "--format", format_, "--log-group", "trail-logs", "--account", ACCOUNT,
               "--region", REGION, *words)[1]


def test_templates():
    words = ("--alarms", "all", "--notify", "a@example.com", "--notify", "https://example.com/x")
    with tempfile.TemporaryDirectory() as scratch:
        text = template("cloudformation", *words)
        path = os.path.join(scratch, "alarms.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([packages.PYTHON, "-c", CFN_LINT, "--regions", REGION,
                               "--", path], capture_output=True, text=True, check=False)
        check("cfn-lint", (done.returncode, done.stdout), (0, ""))
        check("the same again", template("cloudformation", *words), text)
        kinds = [one["Type"] for one in json.loads(text)["Resources"].values()]
        check("resources", {kind: kinds.count(kind) for kind in kinds},
              {"AWS::SNS::Topic": 1, "AWS::SNS::Subscription": 2, "AWS::Logs::MetricFilter": 15,
               "AWS::CloudWatch::Alarm": 15})
        account()
        run("apply", "--yes", *words)
        applied = things()
        check_cloudformation(json.loads(text)["Resources"], applied)
        check_terraform(template("terraform", *words), applied)
        with Cli(scratch):
            check_script(template("cli", *words), applied, scratch)
    place = ("--log-group", "g", "--account", ACCOUNT, "--region", REGION)
    for wrong in (("--notify", "nobody"), ("--notify", "http://example.com"), ("--topic", "a b"),
                  ("--namespace", "AWS/Logs"), ("--alarms", "rot-use"), ("--format", "yaml"),
                  ("--region", "x'y"), ("--account", "1"), ("--log-group", "a'b")):
        code, out, err = run("plan", *place, *wrong)
        check(f"refused: {wrong}", (code, out, err.startswith("keywarden: error:")), (2, "", True))


def check_cloudformation(resources, applied):
    filters = [one["Properties"] for one in resources.values()
               if one["Type"] == "AWS::Logs::MetricFilter"]
    alarms = [one["Properties"] for one in resources.values()
              if one["Type"] == "AWS::CloudWatch::Alarm"]
    check("CloudFormation: filters",
          sorted((one["FilterName"], one["FilterPattern"], one["MetricTransformations"][0]["MetricName"],
                  one["MetricTransformations"][0]["MetricNamespace"]) for one in filters),
          sorted((one["filterName"], one["filterPattern"],
                  one["metricTransformations"][0]["metricName"],
                  one["metricTransformations"][0]["metricNamespace"]) for one in applied["filters"]))
    keys = ("AlarmName", "AlarmDescription", "MetricName", "Namespace", "Statistic", "Period",
            "EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData")
    check("CloudFormation: alarms", sorted(tuple(one[key] for key in keys) for one in alarms),
          sorted(tuple(one[key] for key in keys) for one in applied["alarms"]))
    check("CloudFormation: actions", {json.dumps(one["AlarmActions"]) for one in alarms},
          {'[{"Ref": "Topic"}]'})


def plain(value):
    """hcl2 keeps the quotes of strings."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    if isinstance(value, str) and value[:1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\").replace("$${", "${")
    return value


def check_terraform(text, applied):
    found = {}
    for block in plain(hcl2.loads(text))["resource"]:
        for kind, named in block.items():
            found.setdefault(kind, []).extend(
                {key: value for key, value in one.items() if not key.startswith("__")}
                for one in named.values())
    check("Terraform: resources", {kind: len(list_) for kind, list_ in found.items()},
          {"aws_sns_topic": 1, "aws_sns_topic_subscription": 2,
           "aws_cloudwatch_log_metric_filter": 15, "aws_cloudwatch_metric_alarm": 15})
    check("Terraform: filters",
          sorted((one["name"], one["pattern"], one["metric_transformation"][0]["namespace"])
                 for one in found["aws_cloudwatch_log_metric_filter"]),
          sorted((one["filterName"], one["filterPattern"],
                  one["metricTransformations"][0]["metricNamespace"]) for one in applied["filters"]))
    check("Terraform: alarms",
          sorted((one["alarm_name"], one["metric_name"], one["period"], one["threshold"],
                  one["treat_missing_data"]) for one in found["aws_cloudwatch_metric_alarm"]),
          sorted((one["AlarmName"], one["MetricName"], one["Period"], one["Threshold"],
                  one["TreatMissingData"]) for one in applied["alarms"]))


def check_script(text, applied, scratch):
    path = os.path.join(scratch, "alarms.sh")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    account()
    done = subprocess.run(["sh", path], capture_output=True, text=True, timeout=300, check=False,
                          env=environment(PATH=scratch + ":" + os.environ["PATH"]))
    check("the script runs", (done.returncode, done.stderr), (0, ""))
    check("the script makes what apply makes", things(), applied)
    other = text.replace(ACCOUNT, "111122223333")
    with open(path, "w", encoding="utf-8") as file:
        file.write(other)
    done = subprocess.run(["sh", path], capture_output=True, text=True, timeout=300, check=False,
                          env=environment(PATH=scratch + ":" + os.environ["PATH"]))
    check("in another account it stops", (done.returncode, things()), (1, applied))


def test_docs():
    """The session of docs/trail-alarms.md that needs AWS, but for the question and its answer."""
    with open(os.path.join(TOP, "docs/trail-alarms.md"), encoding="utf-8") as file:
        block = file.read().split("```console aws\n")[1].split("```")[0]
    command, shown = block.split("\n", 1)
    subscribe = SNSBackend.subscribe

    def subscribe_pending(backend, *words, **named):
        subscription = subscribe(backend, *words, **named)
        subscription.arn = "PendingConfirmation"
        return subscription

    account()
    SNSBackend.subscribe = subscribe_pending
    code, out, err = run(*command.split()[4:], "--yes")
    SNSBackend.subscribe = subscribe
    check("the session of the page", (code, out, err),
          (1, shown.replace("Make these changes? [y/N] y\n", ""), ""))


# ---- setting alarms off -----------------------------------------------------------------------------


def test_fire():
    good()
    before = client("cloudwatch").list_metrics(Namespace="keywarden")["Metrics"]
    code, out, _ = run("test")
    check("test alone touches nothing",
          (code, "catches 5 of 5" in out, client("cloudwatch").list_metrics(
              Namespace="keywarden")["Metrics"]), (0, True, before))
    check("metric", run("test", "--fire")[0], 0)
    check("the metric is there", [one["MetricName"] for one in client("cloudwatch").list_metrics(
        Namespace="keywarden")["Metrics"]], ["root-use"])
    state = client("cloudwatch").describe_alarms()["MetricAlarms"][0]["StateValue"]
    check("state before", state, "OK")
    check("state", run("test", "--fire=state")[0], 0)
    state = client("cloudwatch").describe_alarms()["MetricAlarms"][0]["StateValue"]
    check("state after", state, "ALARM")
    check("nothing to set off", run("test", "--fire", "--alarms", "cis-4.1")[0], 1)
    check("no such way", run("test", "--fire=bell")[0], 2)
    check("files are not fired at", run("test", "--fire", "events.json")[0], 2)


server.start()
for test in (test_nothing, test_apply, test_breaks, test_others, test_denied, test_templates,
             test_docs, test_fire, test_many, test_regions, test_asks):
    test()
server.stop()
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
