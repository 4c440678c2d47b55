#!/usr/bin/env python3
"""Writes embedded_packs.c: the rule packs named on the command line as C arrays.

usage: embed.py OUTPUT [PACK.yaml ...]

Numbers, not string literals: C17 promises only 4,095 bytes of a literal, and -Wpedantic says so.
"""

import os
import sys

BYTES_PER_LINE = 20


def main(output, packs):
    packs = sorted(packs, key=os.path.basename)
    lines = ["/* Generated from rules/ by tools/embed.py. */", '#include "audit/embedded.h"', ""]
    entries = []
    for index, path in enumerate(packs):
        name = os.path.basename(path)[: -len(".yaml")]
        with open(path, "rb") as file:
            text = file.read()
        if not text or not name:
            sys.exit(f"embed.py: {path}: an empty pack")
        lines.append(f"static const unsigned char text_{index}[{len(text)}] = {{")
        for start in range(0, len(text), BYTES_PER_LINE):
            chunk = text[start : start + BYTES_PER_LINE]
            lines.append("    " + ", ".join(str(byte) for byte in chunk) + ",")
        lines += ["};", ""]
        entries.append(
            f'    {{STR_LIT("{name}"), {{(const char *)text_{index}, sizeof text_{index}}}}},'
        )
    lines += ["const struct embedded_pack embedded_packs[] = {", *entries, "    {{0, 0}, {0, 0}},"]
    lines += ["};", ""]
    with open(output, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
