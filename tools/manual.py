#!/usr/bin/env python3
"""Writes manual_pages.c: the pages of man/ as the plain text that `keywarden help X` prints.

usage: manual.py OUTPUT [PAGE.scd ...]
       manual.py --text PAGE.scd          prints one page

Reads the part of scdoc that our pages use: the title line, # and ## headings, paragraphs, blocks
indented by tabs, `- ` lists, literal blocks between lines of ```, *bold*, _underlined_, backslash
escapes and `++` at the end of a line. Anything else of scdoc is refused, not guessed at.
"""

import os
import re
import sys
import textwrap

sys.dont_write_bytecode = True  # a build leaves nothing in the source tree
from embed import c_array

COLUMNS = 80
INDENT = 4


def plain(text):
    """Text without its marks. As in scdoc, an underscore inside a word is one."""
    out, at = [], 0
    while at < len(text):
        char = text[at]
        inside = text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()
        if char == "\\" and at + 1 < len(text):
            at += 1
            out.append(text[at])
        elif char not in "*_" or (char == "_" and inside):
            out.append(char)
        at += 1
    return "".join(out)


def wrap(lines, indent, first=""):
    """A paragraph; `++` ends a line of it early. Words are never cut, options least of all."""
    out, pending = [], []
    for line in lines + [None]:
        forced = line is not None and line.endswith("++")
        if line is not None:
            pending.append(plain(line[:-2] if forced else line))
        if pending and (forced or line is None):
            lead = " " * indent + first if not out else " " * (indent + len(first))
            out += textwrap.wrap(" ".join(pending), COLUMNS, initial_indent=lead,
                                 subsequent_indent=" " * (indent + len(first)),
                                 break_long_words=False, break_on_hyphens=False)
            pending = []
    return out


class Page:
    """Turns the lines of one page into the lines shown."""

    def __init__(self, path, lines):
        self.path = path
        self.lines = lines
        self.out = []
        self.paragraph, self.first, self.indent = [], "", INDENT
        self.after_heading = False  # where man shows no empty line, so do we

    def fail(self, number, what):
        sys.exit(f"{self.path}:{number}: {what}")

    def flush(self):
        self.out += wrap(self.paragraph, self.indent, self.first)
        self.paragraph, self.first = [], ""

    def blank(self):
        if self.out[-1] != "" and not self.after_heading:
            self.out.append("")

    def title(self, line):
        match = re.fullmatch(r'([a-z.-]+)\(([0-9])\)(?: "[^"]*")?(?: "([^"]*)")?', line)
        if match is None:
            self.fail(1, 'the title is not of the form: name(1) "version" "manual"')
        name = f"{match[1].upper()}({match[2]})"
        middle = match[3] or ""
        room = COLUMNS - 2 * len(name)
        self.out = [name + middle.center(room) + name, ""]

    def block(self, number, line):
        """A line outside literal blocks; its tabs say how deep it stands."""
        text = line.lstrip("\t")
        indent = INDENT * (1 + len(line) - len(text))
        if re.match(r"[|\]\[;]|\. |#{3}", text):
            self.fail(number, "this mark of scdoc is not known to tools/manual.py")
        if text.startswith("- "):
            self.flush()
            self.first, text = "- ", text[2:]
        elif not self.paragraph or (indent != self.indent and not text.startswith("  ")):
            self.flush()
        self.indent = self.indent if text.startswith("  ") else indent
        self.paragraph.append(text.strip())

    def render(self):
        self.title(self.lines[0])
        literal = None
        for number, line in enumerate(self.lines[1:], 2):
            if line.strip() == "```":
                self.flush()
                literal = len(line) - 3 if literal is None else None
            elif literal is not None:
                text = line[literal:] if line[:literal].strip("\t") == "" else line
                self.out.append((" " * INDENT * (literal + 2) + text).rstrip())
            elif line == "":
                self.flush()
                self.blank()
            elif line.startswith("#"):
                self.flush()
                self.blank()
                depth = len(line) - len(line.lstrip("#"))
                self.out.append("  " * (depth - 1) + plain(line[depth:].strip()))
            else:
                self.block(number, line)
            self.after_heading = literal is None and line.startswith("#")
        if literal is not None:
            self.fail(len(self.lines), "a literal block is never closed")
        self.flush()
        return "\n".join(self.out).rstrip() + "\n"


def render(path):
    with open(path, encoding="utf-8") as file:
        return Page(path, file.read().split("\n")).render()


def main(output, paths):
    paths = sorted(paths, key=os.path.basename)
    lines = ["/* Generated from man/ by tools/manual.py. */", '#include "cli/manual.h"', ""]
    entries = []
    for index, path in enumerate(paths):
        name = os.path.basename(path).rsplit(".", 2)[0]
        lines += c_array(f"text_{index}", render(path).encode())
        entries.append(
            f'    {{STR_LIT("{name}"), {{(const char *)text_{index}, sizeof text_{index}}}}},'
        )
    lines += ["const struct manual_page manual_pages[] = {", *entries, "    {{0, 0}, {0, 0}},"]
    lines += ["};", ""]
    with open(output, "w", encoding="ascii") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    if sys.argv[1] == "--text":
        print(render(sys.argv[2]), end="")
    else:
        main(sys.argv[1], sys.argv[2:])
