#!/usr/bin/env python3
"""rules/compare/*.yaml and tests/rules/compare.test tell the same story.

Each check is shown by at least one pair of cases: an entity with their rule and their answer, then the
same entity with our control and our answer. Their rule stands there as the file of the system has it,
and where the answers differ that file explains that very pair of answers. What the cases answer is for
`keywarden rule test` to say.
"""

import sys

import rule_files

CASES = rule_files.ROOT / "tests" / "rules" / "compare.test"
# Checks that ask what ours asks: nothing can differ but what is not published.
ALIKE = {
    "IAM.9",
    "IAM.19",
    "netskope-root-no-active-access-key",
    "netskope-user-console-mfa",
}


def cases():
    """(line number, entity, rule, answer) of each case."""
    block, first = [], 0
    for number, line in enumerate([*CASES.read_text().split("\n"), ""], 1):
        if line and not line.startswith(("#", "as-of:")):
            first = first if block else number
            block.append(line)
        elif block:
            yield (first, *block)
            block = []


def main():
    passed, wrong = 0, []
    entries = [
        (system, entry) for system in rule_files.names() for entry in rule_files.read(system)
    ]
    by_rule = {}  # two systems may ask the same
    for system, entry in entries:
        key = " ".join(entry["rule"].split()), entry["compares"]
        by_rule.setdefault(key, []).append((system, entry))
    shown = {}
    found = list(cases())
    for (line, entity, rule, theirs), (_, same, control, ours) in zip(found[::2], found[1::2]):
        if entity != same:
            wrong.append(f"{CASES.name}:{line}: the two cases of a pair are of two entities")
        elif (rule, control) not in by_rule:
            wrong.append(f"{CASES.name}:{line}: no check has this rule and compares {control}")
        for system, entry in by_rule.get((rule, control), []):
            shown.setdefault((system, entry["id"]), []).append(ours != theirs)
            reasons = [(why.get("ours"), why.get("theirs")) for why in entry.get("why", [])]
            if ours != theirs and (ours, theirs) not in reasons:
                wrong.append(f"{CASES.name}:{line}: {system} does not explain {entry['id']}: "
                             f"ours {ours}, theirs {theirs}")
            else:
                passed += 1
    for system, entry in entries:
        differs = shown.get((system, entry["id"]), [])
        if not differs:
            wrong.append(f"{system}: {entry['id']} has no case")
        elif not any(differs) and entry["id"] not in ALIKE:
            wrong.append(f"{system}: {entry['id']} is not shown to differ")
        elif any(differs) and entry["id"] in ALIKE:
            wrong.append(f"{system}: {entry['id']} differs, though it should be alike")
        else:
            passed += 1
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
