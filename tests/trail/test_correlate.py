#!/usr/bin/env python3
"""Random correlations over random matches, against an evaluator that forgets nothing."""

import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path[:0] = [FOLDER, os.path.join(TOP, "tests", "support")]
import packages  # noqa: E402

packages.need("PyYAML")

import correlation_oracle  # noqa: E402
import sigma_oracle  # noqa: E402
import yaml  # noqa: E402

PROBE = os.path.join(os.environ.get("BUILD") or os.path.join(TOP, "build", "release"), "tests",
                     "trail_rule_probe")
SEED = int(os.environ.get("SEED", "1"))
ROUNDS = int(os.environ.get("COUNT", "0")) // 150 or 30
NAMES = ["a", "b", "c"]


def rules():
    return [{"title": name, "id": "id-" + name, "name": "rule_" + name,
             "logsource": {"product": "aws", "service": "cloudtrail"},
             "detection": {"selection": {"eventName|contains": name}, "condition": "selection"}}
            for name in NAMES]


def correlation(pick, number):
    kind = pick.choice(["event_count", "value_count", "temporal", "temporal_ordered", "first_seen"])
    references = [pick.choice(["id-", "rule_"]) + name for name in NAMES]
    if number > 2 and pick.random() < 0.4:
        references.append("correlation-%d" % pick.randrange(number))
    body = {"type": kind, "rules": pick.sample(references, pick.randrange(1, len(references) + 1)),
            "timespan": pick.choice(["20s", "60s", "2m", "10m"]),
            "group-by": pick.choice([[], ["user"], ["user", "address"], ["who"]])}
    if body["group-by"] == ["who"]:
        body["aliases"] = {"who": {name: pick.choice(["user", "address"]) for name in body["rules"]}}
    if kind in ("event_count", "value_count"):
        body["condition"] = pick.choice([{"gte": pick.randrange(1, 6)}, {"gt": pick.randrange(4)},
                                         {"eq": pick.randrange(1, 4)}, {"lte": 2}, {"gt": 1, "lte": 3}])
        if kind == "value_count":
            body["condition"] = dict(body["condition"], field="value")
    elif kind == "temporal" and pick.random() < 0.3:
        body["condition"] = {"gte": 1 + pick.randrange(len(body["rules"]))}
    return {"title": "c%d" % number, "id": "correlation-%d" % number, "correlation": body}


def events(pick, count):
    time = datetime(2026, 1, 1, tzinfo=timezone.utc)
    for _ in range(count):
        time += timedelta(seconds=pick.choice([0, 0, 1, 5, 19, 20, 21, 60, 130]))
        event = {"eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
                 "eventName": "".join(pick.sample(NAMES, pick.choice([1, 1, 1, 2, 0]))) or "x",
                 "user": pick.choice(["u", "v", ["v", "w"], None]),
                 "address": pick.choice(["u", "1", 1]), "value": pick.choice(["p", "q", "r", "s", None])}
        if pick.random() < 0.1:
            del event["user"]
        yield event


def main():
    passed = failed = hits = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            pick = random.Random(SEED * 7919 + number)
            documents = rules() + [correlation(pick, i) for i in range(8)]
            lines = [json.dumps(event) for event in events(pick, 120)]
            paths = [os.path.join(folder, name) for name in ("rules", "events")]
            for path, text in zip(paths, (yaml.safe_dump_all(documents), "\n".join(lines) + "\n")):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            expected = correlation_oracle.fired(
                sigma_oracle.load(yaml.safe_dump_all(documents)),
                [sigma_oracle.parse_event(json, line) for line in lines], {})
            done = subprocess.run([PROBE, *paths], capture_output=True, timeout=60, check=False)
            got = [{int(word[1:]) for word in line.split() if word[0] == "c"}
                   for line in done.stdout.decode().split("\n")[:-1]]
            hits += sum(len(one) for one in expected)
            if done.returncode == 0 and got == expected:
                passed += 1
            else:
                failed += 1
                first = next((i for i, (a, b) in enumerate(zip(got, expected)) if a != b), None)
                print("not ok round %d (seed %d), event %s: got %s, expected %s; %s" % (
                    number, SEED, first, first is not None and got[first],
                    first is not None and expected[first], done.stderr.decode()[:500]))
                print(yaml.safe_dump_all(documents[3:]))
                print("\n".join(lines[:(first or 0) + 1]))
    print("%d correlations fired" % hits)
    passed += hits > 0
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0 or hits == 0


sys.exit(main())
