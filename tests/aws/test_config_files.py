#!/usr/bin/env python3
"""The files of ~/.aws as our parser and as botocore's read them: the same maps, or both refuse.

usage: tests/aws/test_config_files.py        SEED=n COUNT=n (default 1500)
"""

import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
import support  # noqa: E402

support.reexec()

import botocore.configloader as loader  # noqa: E402
import botocore.exceptions  # noqa: E402
import profiles  # noqa: E402

rng = random.Random(support.SEED)
COUNT = support.COUNT or 1500


def expected(config, credentials):
    try:
        full = loader.load_config(config)
        raw = loader.raw_config_parse(credentials)
    except botocore.exceptions.ConfigParseError:
        return "error"
    merged = {name: dict(keys) for name, keys in full["profiles"].items()}
    for name, keys in raw.items():
        merged.setdefault(name, {}).update(keys)
    return {"merged": merged, "config": full["profiles"], "credentials": raw,
            "sso_sessions": full["sso_sessions"], "services": full["services"]}


def main():
    cases = [(profiles.file(rng), profiles.file(rng)) for _ in range(COUNT)]
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("config", "credentials")]
        for case in cases:
            for path, text in zip(paths, case):
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            outcomes.append(expected(*paths))
    answers = support.lines("profile_probe", [{"config": a, "credentials": b} for a, b in cases])
    support.check("every pair of files is answered", len(answers), len(cases))
    for number, (case, outcome, answer) in enumerate(zip(cases, outcomes, answers)):
        got = "error" if "error" in answer else answer
        if got == "error" and "[DEFAULT]" in case[0] + case[1]:
            continue  # botocore reads what is nested there only when another section takes it over
        support.check("files %d: %r" % (number, case), got, outcome)
    refused = outcomes.count("error")
    support.check("some are refused, most are not", COUNT / 20 < refused < COUNT / 2, True)
    print("# %d pairs of files, %d refused by both" % (COUNT, refused))
    return support.finish()


sys.exit(main())
