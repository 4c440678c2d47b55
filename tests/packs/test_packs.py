#!/usr/bin/env python3
"""Holds the built-in packs to each other, to tests/packs/cis.tsv and to docs/controls.md.

usage: tests/packs/test_packs.py     UPDATE=1 writes docs/controls.md anew (read the diff!)
KEYWARDEN names the program (default build/keywarden of this tree).

The packs are read here by lines, not by the program: the layout they are written in is part of
what is held, and a mistake of the program's own reader must not hide itself.
"""

import glob
import os
import re
import subprocess
import sys

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.abspath(os.environ.get("KEYWARDEN") or os.path.join(TREE, "build", "keywarden"))
CATALOGUE = ("keywarden", "account")
OTHERS = ("security-hub", "aws-config", "pingsafe", "netskope")
PAGE = os.path.join(TREE, "docs", "controls.md")
TEXTS = ("title", "severity", "rule", "description", "impact", "rationale", "audit",
         "remediation", "references")

PREFACE = """# Controls

Every control that comes with keywarden: what it asks, why, how to see it by hand and how to mend it.
`keywarden` and `account` are the catalogue. What `keywarden` asks, a credential report decides, all but
the kind of root's MFA device. What `account` asks has to be collected from the account; until then the
answer is unknown, and says what to collect. The other packs are made of these under the ids of others;
each stands in a table that links to what it is made of.

A pack is chosen with `--pack NAME`, and a parameter set with `--param ID.NAME=NUMBER`; the
[rule language](rule-language.md) tells how to write controls, and how to make them of these.

This page is written by `keywarden rule list --markdown`.

"""

passed = 0
failed = 0


def check(what, got, expected=True):
    global passed, failed
    if got == expected:
        passed += 1
        return
    failed += 1
    print("FAILED: %s\n    expected %r\n    got      %r" % (what, expected, got))


def program(*words):
    return subprocess.run([KEYWARDEN, *words], capture_output=True, text=True, check=False)


def pairs_of(text):
    """{"days": "90"} of "{days: 90}"; values may be lists and quoted."""
    pairs = {}
    for name, value in re.findall(r"([\w.-]+): *(\[[^\]]*\]|\"[^\"]*\"|[^,}]+)", text):
        pairs[name] = values_of(value)
    return pairs


def values_of(text):
    return [part.strip().strip('"') for part in text.strip().strip("[]").split(",")]


def read_pack(path):
    """[{"id": ..., "params": {...}, "maps": {...}, other keys: their first line}] of a rule file."""
    controls = []
    key = None
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            found = re.match(r"(?:- |  )([a-z]+):\s*(.*)$", line)
            if line.startswith("- "):
                controls.append({"params": {}, "maps": {}})
            if found:
                key, value = found.groups()
                controls[-1][key] = pairs_of(value) if key in ("params", "maps") else value
            elif key == "maps" and line.startswith("    "):
                name, value = line.strip().split(": ", 1)
                controls[-1]["maps"][name] = values_of(value)
    return controls


def read_table():
    """{version: {number: (control, {parameter: value})}} of cis.tsv, with its count of cells."""
    with open(os.path.join(TREE, "tests", "packs", "cis.tsv"), encoding="utf-8") as file:
        lines = [line.split("\t") for line in file.read().splitlines() if not line.startswith("#")]
    table = {version: {} for version in lines[0][1:]}
    for control, *cells in lines[1:]:
        check("%s: a cell for each version" % control, len(cells), len(table))
        for version, cell in zip(table, cells):
            if cell != "-":
                number, *params = cell.split()
                check("%s %s stands once" % (version, number), number in table[version], False)
                table[version][number] = (control, dict(param.split("=") for param in params))
    return table


def check_cis(packs, catalogue, table):
    for version, numbers in table.items():
        entries = packs.get(version, [])
        check("%s: controls" % version, sorted(entry["id"] for entry in entries),
              sorted("%s-%s" % (version, number) for number in numbers))
        order = [[int(part) for part in entry["id"][len(version) + 1:].split(".")]
                 for entry in entries]
        check("%s: the order of the numbers" % version, order, sorted(order))
        for entry in entries:
            number = entry["id"][len(version) + 1:]
            control, params = numbers.get(number, (None, None))
            check("%s extends" % entry["id"], entry.get("extends"), control)
            check("%s: its own rule" % entry["id"], "rule" in entry, False)
            check("%s: parameters" % entry["id"],
                  {name: value[0] for name, value in entry["params"].items()}, params)
    check("every cis pack is in the table", {name for name in packs if name.startswith("cis-")},
          set(table))


def check_maps(packs, catalogue):
    """An entry of a pack extends a control that maps to it, and the other way round."""
    systems = [name for name in packs if name.startswith("cis-")]
    there = {(system, number, control["id"]) for control in catalogue.values()
             for system in systems for number in control["maps"].get(system, [])}
    here = {(system, entry["id"][len(system) + 1:], entry["extends"])
            for system in systems for entry in packs[system]}
    check("maps that no pack has", there - here, set())
    check("entries that no map names", here - there, set())


def check_other_maps(packs, catalogue):
    """What the catalogue calls by another system's id is in that system's pack, and answers."""
    there = {(system, name, control["id"]) for control in catalogue.values()
             for system in OTHERS for name in control["maps"].get(system, [])}
    entries = {(system, entry["id"]): entry for system in OTHERS for entry in packs[system]}
    check("maps that no pack has", {(system, name) for system, name, _ in there} - set(entries), set())
    asked = {(system, name, control) for (system, name), entry in entries.items()
             for control in entry["maps"].get("keywarden", [])}
    check("entries that name a control which does not name them", asked - there, set())
    check("rules of netskope that do not name the control that names them",
          {way for way in there if way[0] == "netskope"} - asked, set())
    check("controls of security-hub that the control they extend does not name",
          {("security-hub", entry["id"], entry["extends"]) for entry in packs["security-hub"]
           if entry.get("extends") in catalogue} - there, set())
    check("something was compared", (len(there) > 50, len(asked) > 25), (True, True))


def check_catalogue(packs):
    for name in CATALOGUE:
        for control in packs[name]:
            lacking = [text for text in TEXTS if not control.get(text) and text not in control]
            check("%s: texts it lacks" % control["id"], lacking, [])


def check_program(names):
    for name in names:
        path = os.path.join("rules", name + ".yaml")
        done = program("rule", "check", "-q", path)
        check("rule check %s" % path, (done.returncode, done.stderr), (0, ""))
        # What netskope publishes is kept word for word, and so not in our layout.
        done = program("rule", "fmt", "--check", path)
        check("rule fmt --check %s" % path, (done.returncode, done.stderr),
              (1 if name == "netskope" else 0, ""))
        done = program("audit", "--pack", name, "--format", "summary", "--as-of", "2026-11-01",
                       "--fail-on", "never", "examples/organization/management.csv")
        check("audit --pack %s" % name, (done.returncode, done.stderr), (0, ""))
    done = program("rule", "list", "--packs")
    sigma = [os.path.basename(path)[:-4] for path in sorted(glob.glob("rules/*.yml"))]
    check("the packs built in", [line.split()[0] for line in done.stdout.splitlines()],
          sorted(names) + sigma)
    for name in sigma:
        path = os.path.join("rules", name + ".yml")
        done = program("rule", "check", path)
        check("%s: nothing wrong, nothing that never matches" % path,
              (done.returncode, done.stderr, len(done.stdout.splitlines())), (0, "", 1))


def check_page(names):
    order = list(CATALOGUE) + sorted(set(names) - set(CATALOGUE))
    words = [word for name in order for word in ("--pack", name)]
    text = PREFACE + program("rule", "list", "--markdown", *words).stdout
    if os.environ.get("UPDATE"):
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
    shown = ""
    if os.path.exists(PAGE):
        with open(PAGE, encoding="utf-8") as file:
            shown = file.read()
    check("docs/controls.md is what the program writes (UPDATE=1 writes it anew)", shown == text)
    anchors = set(re.findall(r"^#+ (.*)$", text, re.M))
    links = set(re.findall(r"\]\(#([^)]*)\)", text))
    check("links to nowhere on docs/controls.md", links - anchors, set())


def main():
    os.chdir(TREE)
    names = [os.path.basename(path)[:-5] for path in sorted(glob.glob("rules/*.yaml"))]
    packs = {name: read_pack(os.path.join("rules", name + ".yaml")) for name in names}
    catalogue = {control["id"]: control for name in CATALOGUE for control in packs[name]}
    table = read_table()
    check("the table has all ten versions, and its cells",
          (len(table), sum(map(len, table.values()))), (10, 243))
    check_cis(packs, catalogue, table)
    check_maps(packs, catalogue)
    check_other_maps(packs, catalogue)
    check_catalogue(packs)
    check_program(names)
    check_page(names)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
