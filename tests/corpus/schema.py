"""Validates a JSON document on standard input against a JSON schema; says what is wrong, at most five.

usage: build/venv/bin/python3 tests/corpus/schema.py SCHEMA <DOCUMENT     (jsonschema in build/venv)
"""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
document = json.loads(sys.stdin.buffer.read().decode("utf-8"))
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
wrong = [error for error, _ in zip(kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(document),
                                   range(5))]
for error in wrong:
    print("%s: %s" % ("/".join(map(str, error.absolute_path)), error.message[:300]))
sys.exit(bool(wrong))
