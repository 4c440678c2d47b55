#!/usr/bin/env python3
"""`keywarden trail scan` from files to csv, against a plain evaluator of all it does.

Random events with copies of them, some that differ, in files of every kind; random Sigma rules,
correlations, filter patterns and a rule of ours. The csv must be what the oracles of this folder say,
byte for byte, whatever the number of workers, with and without the prefilter, and with memory for next
to nothing; the counts of --stats too.

With CORPUS, the published rules over the published events.

SEED and COUNT as everywhere; EVENTS=n events in all (default 3000, with COUNT 14 times that).
KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import glob
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import uuid
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path[:0] = [FOLDER, os.path.join(TOP, "tests", "support")]
import packages  # noqa: E402

packages.need("PyYAML")

import correlation_oracle  # noqa: E402
import pattern_oracle  # noqa: E402
import sigma_oracle  # noqa: E402
import yaml  # noqa: E402
from generate import ADDRESSES, NAMES, TYPES, Generator  # noqa: E402

KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build", "keywarden"))
SEED = int(os.environ.get("SEED", "1"))
EVENTS = int(os.environ.get("EVENTS", int(os.environ.get("COUNT", "0")) * 14 or 3000))
ROUND_EVENTS = 20000 if "COUNT" in os.environ else 500
PLACEHOLDERS = {"users": ["alice", "b*"], "types": ["x", "root"]}
HEADER = "time,account,region,rule,level,event_name,principal,source_ip,event_id"
ACCOUNTS = ["111111111111", "222222222222", "333333333333"]
REGIONS = ["us-east-1", "eu-west-1"]
PLACES = (("eventTime",), ("recipientAccountId", "userIdentity.accountId"), ("awsRegion",), ("eventName",),
          ("userIdentity.arn", "userIdentity.userName", "userIdentity.principalId",
           "userIdentity.invokedBy", "userIdentity.accountId"), ("sourceIPAddress",), ("eventID",))
RUNS = (("--jobs", "1"), ("--jobs", "2", "--no-prefilter"), ("--jobs", "3", "--memory", "4K"),
        ("--jobs", "1", "--memory", "1K", "--no-prefilter"))

counts = {"passed": 0, "failed": 0, "alerts": 0, "hits": 0, "spilled": 0}


def check(what, got, expected):
    if got == expected:
        counts["passed"] += 1
        return
    counts["failed"] += 1
    if counts["failed"] < 10:
        if isinstance(got, list) and isinstance(expected, list):
            at = next((i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]),
                      min(len(got), len(expected)))
            what += " (%d and %d lines, first at %d)" % (len(got), len(expected), at)
            got, expected = got[at:at + 3], expected[at:at + 3]
        print("not ok %s\n# expected %s\n# got      %s" % (what, expected, got))


def scan(path, *words):
    """Exit code, lines of the csv, what --stats counted."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([KEYWARDEN, "trail", "scan", path, "--format", "csv", "--quiet",
                               "--fail-on", "never", "--stats=" + os.path.join(folder, "stats"), *words],
                              capture_output=True, timeout=600, check=False)
        try:
            with open(os.path.join(folder, "stats"), encoding="utf-8") as file:
                stats = json.load(file)
        except OSError:
            stats = {}
    return done.returncode, split(done.stdout.decode()), stats, done.stderr.decode()


def split(text):
    """Lines of the csv: a line end inside quotes does not count."""
    out, line = [], ""
    for part in text.split("\n")[:-1]:
        line += part
        if line.count('"') % 2 == 0:
            out.append(line)
            line = ""
        else:
            line += "\n"
    return out


# ---- the oracle -----------------------------------------------------------------------------------


def text_at(event, path):
    found = [one for one in sigma_oracle.values_at(event, path) if one is not None]
    return sigma_oracle.form(found[0]) if found else ""


def field(event, places):
    return next((text for text in (text_at(event, path) for path in places) if text), "")


def quoted(text):
    return '"%s"' % text.replace('"', '""') if any(c in text for c in ',"\r\n') else text


class Rule:
    def __init__(self, name, level, test, silent=False):
        self.id, self.level, self.test, self.silent = name, level, test, silent

    def line(self, fields):
        return ",".join(quoted(text) for text in fields[:3] + [self.id, self.level] + fields[3:])


class Match:
    def __init__(self, rule, event, fields):
        self.rule, self.event = rule, event
        self.time, self.id, self.line = fields[0], fields[6], rule.line(fields)
        self.fields = fields

    def order(self):
        return self.time.encode(), self.id.encode(), self.rule.id.encode(), self.line.encode()


def matches_of(rules, texts):
    """Each rule and event once: of copies the one with the smallest line."""
    kept, alone = {}, []
    for text in texts:
        event = sigma_oracle.parse_event(json, text)
        fields = [field(event, places) for places in PLACES]
        for rule in rules:
            if rule.test(event):
                match = Match(rule, event, fields)
                key = (rule.id, match.id)
                if not match.id:
                    alone.append(match)
                elif key not in kept or match.line.encode() < kept[key].line.encode():
                    kept[key] = match
    return sorted(alone + list(kept.values()), key=Match.order)


def expected_lines(rules, correlations, texts):
    """The csv of all alerts; correlations are pairs of a Rule and what the oracle makes of it."""
    out, group, number = [], {}, 0
    last = None

    def step(names, match, at):
        for rule, one in correlations:
            for member, reference in enumerate(one.rules):
                if reference in names and one.feed(member, number, at, match.event):
                    counts["hits"] += 1
                    line = rule.line(match.fields)
                    if not rule.silent:
                        group[rule.id] = min(line, group.get(rule.id, line), key=str.encode)
                    step({one.id, one.name}, match, at)

    def end():
        out.extend(line for _, line in sorted(group.items(), key=lambda pair: pair[0].encode()))
        group.clear()

    for match in matches_of(rules, texts):
        if not match.id or (match.time, match.id) != last:
            end()
            number += 1
        last = (match.time, match.id)
        if not match.rule.silent:
            group.setdefault(match.rule.id, match.rule.line(match.fields))
        at = sigma_oracle.read_time(match.time)
        if at is not None and correlations:
            step({match.rule.id}, match, int(at.replace(tzinfo=timezone.utc).timestamp()))
    end()
    counts["alerts"] += len(out)
    return [HEADER] + out


def passes(text, since, until, accounts, regions):
    """What --since and the like leave; a record that does not say is left."""
    event = sigma_oracle.parse_event(json, text)
    time = sigma_oracle.read_time(text_at(event, "eventTime"))
    account = field(event, ("recipientAccountId", "userIdentity.accountId"))
    region = text_at(event, "awsRegion")
    return (time is None or since <= time <= until) and (not accounts or not account or account in accounts) \
        and (not regions or not region or region in regions)


# ---- random input ---------------------------------------------------------------------------------


def make_event(generator, number):
    pick = generator.random
    event = generator.event()
    event["eventVersion"] = "1.08"
    if pick.random() < 0.98:
        event["eventTime"] = (datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(
            seconds=pick.choice([30, 3000, 300000]) * pick.randrange(40))).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = str(uuid.UUID(int=pick.getrandbits(128), version=4))
    kind = pick.randrange(40)
    if kind == 0:
        name = name.upper()
    elif kind == 1:
        name = pick.choice(["\u00e9vent, %d", 'a "quoted" %d', "%d"]) % number
    if kind in (2, 3):
        event["eventID"] = None if kind == 2 else ""
        event["sourceIPAddress"] = "alone-%d" % number
    elif kind != 4:
        event["eventID"] = name
    else:
        event["sourceIPAddress"] = "alone-%d" % number
    if pick.random() < 0.9:
        event["recipientAccountId"] = pick.choice(ACCOUNTS)
    if pick.random() < 0.3:
        event["userIdentity"] = dict(event.get("userIdentity") or {}, accountId=pick.choice(ACCOUNTS))
        event["userIdentity"].pop("arn", None)
    if pick.random() < 0.9:
        event["awsRegion"] = pick.choice(REGIONS)
    return event


def make_records(generator, count):
    """Texts of records, copies among them; texts of one eventID may differ."""
    pick, out = generator.random, []
    for number in range(count):
        event = make_event(generator, number)
        text = generator.text(event)
        out.append(text)
        while pick.random() < 0.2:
            if pick.random() < 0.3 and event.get("eventID"):
                changed = dict(event, sourceIPAddress=pick.choice(ADDRESSES) + "-%d" % len(out),
                               eventName=pick.choice(NAMES))
                out.append(generator.text(changed))
            else:
                out.append(text)
        if event.get("eventID") and pick.random() < 0.02:
            out.append(generator.text(dict(event, eventID=event["eventID"].swapcase(),
                                           sourceIPAddress="swapped-%d" % number)))
    pick.shuffle(out)
    return out


def members(data, pick):
    """Gzip of one or two members."""
    at = pick.choice([0, len(data) // 2])
    return gzip.compress(data[:at]) * (at > 0) + gzip.compress(data[at:])


def file_of(pick, texts):
    """(ending, bytes as they lie there, bytes of JSON)"""
    kind = pick.randrange(9)
    if kind < 3:
        text = '{"Records":[%s]}' % ",".join(texts)
    elif kind == 3:
        text = "\ufeff" * pick.randrange(2) + "\n".join(texts) + "\n" * pick.randrange(2)
    elif kind == 4:
        text = "[\n  " + ",\n  ".join(texts) + "\n]\n"
    elif kind == 5:
        text = "\n".join('{"version":"0","source":"aws.signin","detail":%s}' % one for one in texts)
    elif kind == 6:
        text = '{"Events": [%s]}' % ",".join(
            '{"EventId":"x","CloudTrailEvent":%s}' % json.dumps(one) for one in texts)
    elif kind == 7:
        text = '{"messageType":"DATA_MESSAGE","logEvents":[%s]}' % ",".join(
            '{"id":"1","timestamp":1,"message":%s}' % json.dumps(one) for one in texts)
    else:
        text = '{"QueryResultRows":[%s]}' % ",".join(
            '[{"eventJson":%s}]' % json.dumps(one) for one in texts)
    data = text.encode()
    if pick.randrange(2):
        return ".json.gz", members(data, pick), len(data)
    return pick.choice([".json", ".jsonl"]), data, len(data)


OTHERS = {
    "digest": '{"awsAccountId":"111111111111","digestStartTime":"2026-01-01T00:00:00Z",'
              '"digestS3Bucket":"b","digestS3Object":"AWSLogs/x","logFiles":[]}',
    "insight": '{"Records":[{"eventVersion":"1.07","eventType":"AwsCloudTrailInsight",'
               '"eventID":"i","insightDetails":{"state":"Start"}}]}',
}


def write_files(folder, pick, texts):
    """How many files, how many bytes of JSON."""
    size, number = 0, 0
    rest = list(texts)
    while rest:
        take = min(len(rest), pick.choice([1, 3, 40, len(texts) // 5 + 1]))
        ending, data, n = file_of(pick, rest[:take])
        rest = rest[take:]
        place = os.path.join(folder, pick.choice(["", "a", "a/b", "c"]))
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "%04d%s" % (number, ending)), "wb") as file:
            file.write(data)
        number += 1
        size += n
    for name, text in OTHERS.items():
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
            file.write(text)
        size += len(text)
    with open(os.path.join(folder, "notes.txt"), "w", encoding="utf-8") as file:
        file.write("no JSON")
    return number + len(OTHERS), size


def make_rules(generator, count, numbers):
    out = []
    while len(out) < count:
        rule = generator.rule(next(numbers))
        try:
            sigma_oracle.rule_test(sigma_oracle.load(yaml.safe_dump(rule))[0], PLACEHOLDERS)
        except sigma_oracle.Refused:
            continue
        level = generator.random.choice(["informational", "low", "medium", "high", "critical", None])
        out.append(dict(rule, level=level) if level else rule)
    return out


def make_correlations(pick):
    members_of = [{"title": "member %s" % name, "id": "member-%s" % name, "level": "low",
                   "logsource": {"product": "aws", "service": "cloudtrail"},
                   "detection": {"selection": {"eventName": name, "userIdentity.type": pick.choice(TYPES)},
                                 "condition": "selection"}} for name in NAMES[:3]]
    generates, out = pick.random() < 0.5, []
    for number in range(6):
        references = [one["id"] for one in members_of]
        if number > 3:
            references.append("correlation-%d" % pick.randrange(number))
        kind = pick.choice(["event_count", "value_count", "temporal", "temporal_ordered", "first_seen"])
        body = {"type": kind, "rules": pick.sample(references, pick.randrange(1, len(references) + 1)),
                "timespan": pick.choice(["60s", "1h", "5d"]), "generate": generates,
                "group-by": pick.choice([[], ["userIdentity.userName"], ["sourceIPAddress", "awsRegion"]])}
        if kind in ("event_count", "value_count"):
            body["condition"] = {"gte": pick.randrange(1, 5)}
            if kind == "value_count":
                body["condition"]["field"] = "userAgent"
        out.append({"title": "c%d" % number, "id": "correlation-%d" % number, "level": "high",
                    "correlation": body})
    named = {one for body in out for one in body["correlation"]["rules"]}
    return members_of, out, set() if generates else named


PATTERN_FILE = "patterns.txt"
OWN_RULE = 'CloudTrailEvent should not have eventName eq "DeleteTrail"'


def make_oracles(sigma, correlations, silent, patterns):
    rules = []
    for document in sigma_oracle.load(yaml.safe_dump_all(sigma, allow_unicode=True)):
        rules.append(Rule(document["id"], document.get("level", "medium"),
                          sigma_oracle.rule_test(document, PLACEHOLDERS), document["id"] in silent))
    for number, pattern in enumerate(patterns, 1):
        rules.append(Rule("patterns:%d" % number, "medium", pattern_oracle.Pattern(pattern).test))
    rules.append(Rule("own:1", "medium", lambda event: sigma_oracle.is_text(event.get("eventName"))
                      and event["eventName"] == "DeleteTrail"))
    documents = sigma_oracle.load(yaml.safe_dump_all(correlations)) if correlations else []
    return rules, [(Rule(one["id"], one["level"], None, one["id"] in silent),
                    correlation_oracle.Correlation(one)) for one in documents]


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def distinct(texts):
    names = [field(sigma_oracle.parse_event(json, text), ("eventID",)) for text in texts]
    return len({name for name in names if name}) + sum(not name for name in names)


def compare_random(number, count, with_correlations, numbers):
    pick = random.Random(SEED * 7919 + number)
    generator = Generator(pick)
    label = "seed %d round %d: " % (SEED, number)
    sigma, correlations, silent = make_rules(generator, 6, numbers), [], set()
    if with_correlations:
        more, correlations, silent = make_correlations(pick)
        sigma += more
    patterns = ["{ %s }" % generator.pattern() for _ in range(3)]
    texts = make_records(generator, count)
    rules, oracles = make_oracles(sigma, correlations, silent, patterns)
    with tempfile.TemporaryDirectory() as folder:
        logs = os.path.join(folder, "logs")
        os.mkdir(logs)
        files, size = write_files(logs, pick, texts)
        words = ["--rules", write(os.path.join(folder, "sigma.yml"), yaml.safe_dump_all(
            sigma + correlations, sort_keys=False, allow_unicode=True)),
            "--rules", write(os.path.join(folder, PATTERN_FILE), "\n".join(patterns) + "\n"),
            "--rules", write(os.path.join(folder, "own.txt"), OWN_RULE + "\n"),
            "--placeholders", write(os.path.join(folder, "placeholders"), json.dumps(PLACEHOLDERS))]
        lines = expected_lines(rules, oracles, texts)
        totals = {"files": files, "records": len(texts), "distinct_records": distinct(texts),
                  "bytes": size, "bad_files": 0, "skipped_files": len(OTHERS), "alerts": len(lines) - 1}
        for run in RUNS:
            code, got, stats, messages = scan(logs, *words, *run)
            check(label + " ".join(run) + ": exit code", (code, messages), (0, ""))
            check(label + " ".join(run), got, lines)
            check(label + " ".join(run) + ": counts", {key: stats.get(key) for key in totals}, totals)
            counts["spilled"] += stats.get("spilled_bytes", 0)
        since, until = datetime(2026, 1, 2), datetime(2026, 1, 20, 12)
        kept = [text for text in texts if passes(text, since, until, ACCOUNTS[:2], REGIONS[:1])]
        rules, oracles = make_oracles(sigma, correlations, silent, patterns)
        _, got, _, _ = scan(logs, *words, "--since", "2026-01-02", "--until", "2026-01-20T12:00:00Z",
                            "--account", ACCOUNTS[0], "--account", ACCOUNTS[1], "--region", REGIONS[0])
        check(label + "filtered", got, expected_lines(rules, oracles, kept))


# ---- bad files ------------------------------------------------------------------------------------


def check_bad_files(folder):
    """What stands before the damage counts; the file is named, and the rest is read."""
    logs = os.path.join(folder, "bad")
    os.mkdir(logs)
    event = '{"eventVersion":"1","eventName":"DeleteTrail","eventTime":"2026-01-01T00:00:0%dZ","eventID":"%d"}'
    texts = [event % (i, i) for i in range(6)]
    write(os.path.join(logs, "cut.json"), '{"Records":[%s,%s' % (",".join(texts[:3]), texts[3][:40]))
    write(os.path.join(logs, "good.json"), '{"Records":[%s]}' % texts[4])
    write(os.path.join(logs, "page.json"), "<html>no JSON</html>")
    data = gzip.compress(('{"Records":[%s]}' % texts[5]).encode())
    with open(os.path.join(logs, "sum.json.gz"), "wb") as file:
        file.write(data[:-6] + b"\0\0" + data[-4:])
    rule = write(os.path.join(folder, "own.txt"), OWN_RULE + "\n")
    for run in RUNS:
        code, got, stats, messages = scan(logs, "--rules", rule, *run)
        label = "bad files " + " ".join(run)
        found = [line.rpartition(",")[2] for line in got[1:]]
        check(label + ": alerts", [one for one in found if one != "5"], ["0", "1", "2", "4"])
        check(label + ": exit code", code, 3)
        check(label + ": counts", (stats.get("files"), stats.get("bad_files")), (4, 3))
        check(label + ": names", [name in messages for name in ("cut.json", "page.json", "sum.json.gz",
                                                                "good.json")], [True, True, True, False])


def check_twice(folder):
    """Two copies of an event that differ make a correlation fire twice: it alerts once, by the smaller."""
    logs = os.path.join(folder, "twice.jsonl")
    text = '{"eventVersion":"1","eventName":"%s","eventTime":"2026-01-01T00:00:00Z","eventID":"1","sourceIPAddress":"%s"}'
    write(logs, text % ("A", "192.0.2.9") + "\n" + text % ("B", "192.0.2.1") + "\n")
    member = {"logsource": {"product": "aws", "service": "cloudtrail"}, "level": "low"}
    rules = [dict(member, title=name, id=name, detection={"one": {"eventName": name}, "condition": "one"})
             for name in ("A", "B")]
    rules.append({"title": "both", "id": "both", "level": "high", "correlation": {
        "type": "event_count", "rules": ["A", "B"], "timespan": "1h", "group-by": ["sourceIPAddress"],
        "condition": {"gte": 1}}})
    path = write(os.path.join(folder, "twice.yml"), yaml.safe_dump_all(rules))
    _, got, _, _ = scan(logs, "--rules", path)
    check("fired twice", got[1:], ["2026-01-01T00:00:00Z,,,both,high,A,,192.0.2.9,1"])


# ---- the corpus -----------------------------------------------------------------------------------


def compare_corpus(corpus):
    logs = os.path.join(corpus, "cloudtrail", "invictus")
    texts = []
    for path in sorted(glob.glob(os.path.join(logs, "CloudTrail", "*.json"))):
        with open(path, encoding="utf-8") as file:
            texts += [json.dumps(record) for record in json.load(file)["Records"]]
    rules = []
    for path in sorted(glob.glob(os.path.join(corpus, "sigma", "*.yml"))):
        with open(path, encoding="utf-8") as file:
            for document in sigma_oracle.load(file.read()):
                rules.append(Rule(document["id"], document["level"], sigma_oracle.rule_test(document)))
    lines = expected_lines(rules, [], texts)
    check("57 rules, 2,900 events, alerts", (len(rules), len(texts), len(lines) > 1), (57, 2900, True))
    for run in RUNS:
        code, got, stats, messages = scan(logs, "--rules", os.path.join(corpus, "sigma"), *run)
        check("published rules " + " ".join(run) + ": exit code", (code, messages), (0, ""))
        check("published rules " + " ".join(run), got, lines)
        check("published rules: counts", [stats.get(key) for key in ("records", "distinct_records", "bad_files")],
              [2900, 2900, 0])


def main():
    if os.environ.get("CORPUS"):
        compare_corpus(os.environ["CORPUS"])
    else:
        numbers, done, number = iter(range(1, 1 << 30)), 0, 0
        with tempfile.TemporaryDirectory() as folder:
            check_bad_files(folder)
            check_twice(folder)
        while done < EVENTS:
            size = min(ROUND_EVENTS, EVENTS - done)
            # The oracle of correlations forgets nothing, which takes its time.
            compare_random(number, min(size, 1500) if number % 2 else size, bool(number % 2), numbers)
            done += size
            number += 1
        check("correlations fire, and memory is too small", (counts["hits"] > 0, counts["spilled"] > 0),
              (True, True))
    check("there are alerts", counts["alerts"] > 0, True)
    print("%(alerts)d alerts, %(hits)d of correlations; %(spilled)d bytes set aside" % counts)
    print("%(passed)d passed, %(failed)d failed" % counts)
    return counts["failed"] > 0


sys.exit(main())
