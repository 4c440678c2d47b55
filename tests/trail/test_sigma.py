#!/usr/bin/env python3
"""Sigma rules and filter patterns on many events, against evaluators that are not ours.

Random events and rules: rule_probe must answer as sigma_oracle.py does, event by event, and as the SQL
does that pySigma makes of the same rules and SQLite runs, where SQL can say it. The probe also ends
with an error when a match lacks the literals that literals.h promises.

With CORPUS, the published rules over the published events too.

SEED and COUNT as everywhere; EVENTS=n events in all (default 4000, with COUNT 14 times that).
"""

import glob
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(FOLDER))
sys.path[:0] = [FOLDER, os.path.join(TOP, "tests", "support")]
import packages  # noqa: E402

packages.need("PyYAML", "pysigma", "pysigma-backend-sqlite")

import pattern_oracle  # noqa: E402
import sigma_oracle  # noqa: E402
import yaml  # noqa: E402
from generate import FIELDS, Generator  # noqa: E402
from sigma.backends.sqlite import sqliteBackend  # noqa: E402
from sigma.collection import SigmaCollection  # noqa: E402
from sigma.exceptions import SigmaError  # noqa: E402

PROBE = os.path.join(os.environ.get("BUILD") or os.path.join(TOP, "build", "release"), "tests",
                     "trail_rule_probe")
SEED = int(os.environ.get("SEED", "1"))
EVENTS = int(os.environ.get("EVENTS", int(os.environ.get("COUNT", "0")) * 14 or 4000))
ROUND_EVENTS, ROUND_RULES = (1000, 5) if "COUNT" in os.environ else (250, 24)
PLACEHOLDERS = {"users": ["alice", "b*"], "types": ["x", "root"]}

counts = {"passed": 0, "failed": 0, "sql": 0, "sql_skipped": 0, "matches": 0}


def check(holds, what):
    counts["passed" if holds else "failed"] += 1
    if not holds and counts["failed"] < 20:
        print("not ok " + what)


def probe(rules, events, folder):
    """For each event the set of the numbers of the rules that match."""
    paths = [os.path.join(folder, name) for name in ("rules", "events", "placeholders")]
    for path, text in zip(paths, (rules, "\n".join(events) + "\n", json.dumps(PLACEHOLDERS))):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    done = subprocess.run([PROBE, *paths], capture_output=True, timeout=600, check=False)
    check(done.returncode == 0, "the probe: " + done.stderr.decode()[:2000])
    return [set(line.split()) for line in done.stdout.decode().split("\n")[:-1]]


# ---- SQL ------------------------------------------------------------------------------------------


def used_fields(document):
    """The fields of a rule, and for each what its modifiers ask of SQL."""
    fields = {}

    def walk(body):
        if isinstance(body, dict):
            for key, value in body.items():
                field, *modifiers = key.split("|")
                fields.setdefault(field, set()).update(modifiers)
                values = value if isinstance(value, list) else [value]
                if any(isinstance(one, sigma_oracle.Number) for one in values):
                    fields[field].add("number")
                if "fieldref" in modifiers:
                    for one in values:
                        fields.setdefault(one, set()).add("fieldref")
        elif isinstance(body, list):
            for one in body:
                walk(one)
                if isinstance(one, (str, bool)):
                    fields.setdefault("", set())

    for name, value in document["detection"].items():
        if name != "condition":
            walk(value)
    return fields


def to_sql(document):
    """What pySigma makes of a rule; None where it refuses it."""
    try:
        rules = SigmaCollection.from_yaml(yaml.safe_dump(document))
        queries = sqliteBackend().convert(rules)
    except (SigmaError, ValueError, TypeError):
        return None
    return [query.split(" WHERE ", 1)[1] for query in queries]


def sql_value(found):
    if isinstance(found, sigma_oracle.Written):
        return float(found) if re.search("[.eE]", found) else int(found)
    return None if found is None else sigma_oracle.form(found)


class Tables:
    """One table of events with a column for each field."""

    def __init__(self, events, fields):
        self.fields = sorted(fields)
        self.db = sqlite3.connect(":memory:")
        self.db.create_function("REGEXP", 2, lambda expression, text: text is not None and
                                re.search(expression, str(text)) is not None)
        columns = ", ".join('"%s" COLLATE NOCASE' % field for field in self.fields)
        self.db.execute("CREATE TABLE logs (n INTEGER PRIMARY KEY, %s)" % columns)
        for number, event in enumerate(events):
            row = [next(iter(sigma_oracle.values_at(event, field)), None) for field in self.fields]
            self.db.execute("INSERT INTO logs VALUES (%s)" % ",".join("?" * (len(row) + 1)),
                            [number] + [sql_value(one) for one in row])

    def ask(self, where):
        return {row[0] for row in self.db.execute("SELECT n FROM logs WHERE " + where)}


def sql_can_say(event, fields):
    """Where SQL over flat columns means what Sigma says. It has one value a column (Sigma any of a
    list's), no null beside absence (`exists`), orders texts above numbers and never equates them
    (numbers), knows blocks of addresses as prefixes of texts only (`cidr`), looks for the text forms
    of numbers as SQLite writes them, and cannot search all of an event (keywords)."""
    for field, modifiers in fields.items():
        if not field:
            return False
        found = list(sigma_oracle.reach(event, field.split(".")))
        if len(found) > 1 or any(isinstance(one, list) for one in found):
            return False
        value = found[0] if found else None
        if "exists" in modifiers and found and value is None:
            return False
        is_number = isinstance(value, sigma_oracle.Written)
        if (modifiers & {"lt", "lte", "gt", "gte", "number"}) and value is not None and not is_number:
            return False
        if is_number and (modifiers - {"lt", "lte", "gt", "gte", "number", "exists"} or
                          re.search("[.eE]", value) or "number" not in modifiers):
            return False
        if "cidr" in modifiers and value is not None and not re.fullmatch(r"\d+(\.\d+){3}", value):
            return False
        # strftime('%W') counts weeks from the first Monday, ISO from the first Thursday; and what is
        # no time for one is not for the other.
        if modifiers & {"week", "hour", "minute", "day", "month", "year"} and (
                "week" in modifiers or not isinstance(value, str) or sigma_oracle.read_time(value) is None):
            return False
        # A NUL ends SQLite's texts in patterns.
        if isinstance(value, str) and "\0" in value:
            return False
    return True


def compare_sql(document, wheres, tables, events, matched, label):
    fields = used_fields(document)
    got = set()
    for where in wheres:
        got |= tables.ask(where)
    differing = []
    for number, event in enumerate(events):
        if sql_can_say(event, fields):
            counts["sql"] += 1
            if (number in got) != (number in matched):
                differing.append(number)
        else:
            counts["sql_skipped"] += 1
    if differing:
        number = differing[0]
        check(False, "%s: SQL says %s of %s\n  %s\n  %s" % (
            label, number in got, json.dumps(events[number]), json.dumps(document["detection"], default=str),
            wheres))
    else:
        check(True, label)


# ---- comparing ------------------------------------------------------------------------------------


def compare_rules(documents, texts, folder, label):
    """Probe, oracle and SQL over the same rules and events."""
    events = [sigma_oracle.parse_event(json, text) for text in texts]
    dumped = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
    read = sigma_oracle.load(dumped)
    got = probe(dumped, texts, folder)
    if len(got) != len(texts):
        return
    tables = Tables(events, {field for document in read for field in used_fields(document) if field}
                    | set(FIELDS))
    for index, document in enumerate(read):
        test = sigma_oracle.rule_test(document, PLACEHOLDERS)
        expected = {number for number, event in enumerate(events) if test(event)}
        matched = {number for number, rules in enumerate(got) if str(index) in rules}
        unknown = {number for number, rules in enumerate(got) if "%d?" % index in rules}
        counts["matches"] += len(matched)
        name = "%s %s" % (label, document["title"])
        wrong = sorted((expected ^ matched) - unknown)
        check(not unknown, name + ": unknown")
        check(not wrong, "%s: %d differ, such as (oracle: %s)\n  %s\n  %s" % (
            name, len(wrong), bool(wrong) and wrong[0] in expected,
            texts[wrong[0]] if wrong else "", json.dumps(document["detection"], default=str)))
        wheres = to_sql(documents[index])
        if wheres is not None and "expand" not in str(document):
            compare_sql(document, wheres, tables, events, matched, name + " as SQL")


def compare_patterns(patterns, texts, folder, label):
    events = [sigma_oracle.parse_event(json, text) for text in texts]
    got = probe("\n".join(patterns) + "\n", texts, folder)
    if len(got) != len(texts):
        return
    for index, pattern in enumerate(patterns):
        test = pattern_oracle.Pattern(pattern).test
        expected = {number for number, event in enumerate(events) if test(event)}
        matched = {number for number, rules in enumerate(got) if str(index) in rules}
        counts["matches"] += len(matched)
        wrong = sorted(expected ^ matched)
        check(not wrong, "%s %s: %d differ, such as (oracle: %s) %s" % (
            label, pattern, len(wrong), bool(wrong) and wrong[0] in expected,
            texts[wrong[0]] if wrong else ""))


def compare_random(folder):
    done, number = 0, 0
    while done < EVENTS:
        generator = Generator(random.Random(SEED * 1000003 + done))
        size = min(ROUND_EVENTS, EVENTS - done)
        texts = [generator.text(generator.event()) for _ in range(size)]
        rules = []
        while len(rules) < ROUND_RULES:
            rule = generator.rule(number)
            number += 1
            try:
                sigma_oracle.rule_test(sigma_oracle.load(yaml.safe_dump(rule))[0], PLACEHOLDERS)
            except sigma_oracle.Refused:
                continue
            rules.append(rule)
        compare_rules(rules, texts, folder, "seed %d event %d:" % (SEED, done))
        compare_patterns(["{ %s }" % generator.pattern() for _ in range(ROUND_RULES)], texts, folder,
                         "seed %d event %d:" % (SEED, done))
        done += size


# ---- the corpus -----------------------------------------------------------------------------------


def compare_corpus(corpus, folder):
    texts = []
    for path in sorted(glob.glob(os.path.join(corpus, "cloudtrail", "invictus", "CloudTrail", "*.json"))):
        with open(path, encoding="utf-8") as file:
            texts += [json.dumps(record) for record in json.load(file)["Records"]]
    documents = []
    for path in sorted(glob.glob(os.path.join(corpus, "sigma", "*.yml"))):
        with open(path, encoding="utf-8") as file:
            documents.append(yaml.safe_load(file))
    for document in documents:
        for name in ("date", "modified"):
            document[name] = str(document.get(name))
    check((len(documents), len(texts)) == (57, 2900), "57 rules, 2,900 events")
    compare_rules(documents, texts, folder, "published:")


def main():
    with tempfile.TemporaryDirectory() as folder:
        if os.environ.get("CORPUS"):
            compare_corpus(os.environ["CORPUS"], folder)
        else:
            compare_random(folder)
    check(counts["matches"] > 0 and counts["sql"] > 0, "rules match, and SQL can say some of it")
    print("%d matches; %d answers compared with SQL, %d that it cannot give" % (
        counts["matches"], counts["sql"], counts["sql_skipped"]))
    print("%d passed, %d failed" % (counts["passed"], counts["failed"]))
    return counts["failed"] > 0


sys.exit(main())
