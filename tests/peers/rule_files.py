"""Reads rules/compare/*.yaml, with nothing but the standard library.

These files keep to a small part of YAML: a list of mappings of plain or folded words, one block of
text (rule) and one list of mappings (why). Anything else is an error here.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "rules" / "compare"
KEYS = {"id", "compares", "narrowed", "with", "version", "source", "rule", "joins", "why"}


def _block(lines, index, indent):
    """The lines from `index` on that stand further in than `indent`, without their margin."""
    block = []
    while index < len(lines) and (not lines[index].strip() or _indent(lines[index]) > indent):
        block.append(lines[index])
        index += 1
    while block and not block[-1].strip():
        block.pop()
    margin = min((_indent(line) for line in block if line.strip()), default=0)
    return [line[margin:] for line in block], index


def _indent(line):
    return len(line) - len(line.lstrip(" "))


def _mapping(lines, where):
    """A mapping, all of whose keys stand at the margin; values are words, blocks or lists."""
    out, index = {}, 0
    while index < len(lines):
        line = lines[index]
        match = re.fullmatch(r"([a-z]+):(?: (.*))?", line)
        if not match or match[1] in out:
            raise ValueError(f"{where}: cannot read {line!r}")
        key, value = match[1], match[2] or ""
        block, index = _block(lines, index + 1, 0)
        if value == "|":
            out[key] = "\n".join(block)
        elif value == ">-":
            out[key] = " ".join(part.strip() for part in block)
        elif value == "":
            out[key] = [_mapping(item, where) for item in _items(block, where)]
        elif block:
            raise ValueError(f"{where}: {key} goes on where it should not")
        elif value.startswith("{"):
            pairs = (pair.split(":") for pair in value.strip("{}").split(","))
            out[key] = {name.strip(): int(number) for name, number in pairs}
        else:
            out[key] = value.strip('"')
    return out


def _items(lines, where):
    items = []
    for line in lines:
        if line.startswith("- "):
            items.append(["  " + line[2:]])
        elif line.startswith("  ") or not line.strip():
            items[-1].append(line)
        else:
            raise ValueError(f"{where}: {line!r} is no item of a list")
    return [_block(item, 0, -1)[0] for item in items]


def read(name):
    """The entries of rules/compare/NAME.yaml."""
    path = FOLDER / f"{name}.yaml"
    lines = [line for line in path.read_text().split("\n") if not line.startswith("#")]
    while lines and not lines[0]:
        lines.pop(0)
    entries = [_mapping(item, path.name) for item in _items(lines, path.name)]
    for entry in entries:
        if not {"id", "compares", "rule", "source"} <= set(entry) <= KEYS:
            raise ValueError(f"{path.name}: {entry.get('id')} has odd keys: {sorted(entry)}")
    return entries


def names():
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def write_pack(entries, path):
    """The rules alone, as a rule file that the program reads."""
    with open(path, "w", encoding="utf-8") as out:
        for entry in entries:
            rule = entry["rule"].replace("\n", "\n    ")
            out.write(f"- id: {entry['id']}\n  rule: |\n    {rule}\n")
