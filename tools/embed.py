#!/usr/bin/env python3
"""Writes rule files as C arrays, listed in the array called NAME.

usage: embed.py OUTPUT NAME [FILE.yaml|FILE.yml ...]

Numbers, not string literals: C17 promises only 4,095 bytes of a literal, and -Wpedantic says so.
"""

import os
import sys

BYTES_PER_LINE = 20


def c_array(name, data):
    """The lines that define `name` as an array of these bytes."""
    lines = [f"static const unsigned char {name}[{len(data)}] = {{"]
    for start in range(0, len(data), BYTES_PER_LINE):
        chunk = data[start : start + BYTES_PER_LINE]
        lines.append("    " + ", ".join(str(byte) for byte in chunk) + ",")
    return lines + ["};", ""]


def main(output, array, packs):
    packs = sorted(packs, key=os.path.basename)
    lines = ["/* Generated from rules/ by tools/embed.py. */", '#include "audit/embedded.h"', ""]
    entries = []
    for index, path in enumerate(packs):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(path, "rb") as file:
            text = file.read()
        if not text or not name:
            sys.exit(f"embed.py: {path}: an empty pack")
        lines += c_array(f"text_{index}", text)
        entries.append(
            f'    {{STR_LIT("{name}"), {{(const char *)text_{index}, sizeof text_{index}}}}},'
        )
    lines += [f"const struct embedded_pack {array}[] = {{", *entries, "    {{0, 0}, {0, 0}},"]
    lines += ["};", ""]
    with open(output, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
