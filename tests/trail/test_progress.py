#!/usr/bin/env python3
"""The line of `keywarden trail scan` on a terminal: after a second it says how many files were read and how
fast, and it is gone before anything else is written; where standard error is no terminal there is none.

The files are pipes that the test fills, so that it says how long a scan takes; of true files, where the
whole is known, there is a bar, and how long the rest takes.

KEYWARDEN=PROGRAM names the program (default build/keywarden).
"""

import gzip
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEYWARDEN = os.path.realpath(os.environ.get("KEYWARDEN") or os.path.join(TOP, "build", "keywarden"))
SIZE = 50000
LINE = re.compile(r"\r\x1b\[K(\d+) (files?), (\d+) kB, (\d+) kB/s")
BAR = re.compile(r"\r\x1b\[K\[(#*)(\.*)\] (\d+) of (\d+) files, \d+ [kM]B, \d+ [kM]B/s(, \d+ (?:second|minute)s? left)?")
GONE = "\r\x1b[K"
counts = {"passed": 0, "failed": 0}


def check(what, got, expected):
    counts["passed" if got == expected else "failed"] += 1
    if got != expected:
        print("not ok %s\n# expected %r\n# got      %r" % (what, expected, got))


def records(number):
    """One of root's calls, and blanks up to a size that a rate can be told from."""
    event = {"eventVersion": "1.08", "eventID": "id-%d" % number, "eventTime": "2026-01-01T00:00:0%dZ" % number,
             "eventName": "CreateAccessKey", "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1",
             "recipientAccountId": "111122223333", "userIdentity": {"type": "Root"}}
    return json.dumps({"Records": [event]}).encode().ljust(SIZE)


def fill(path, number, pause):
    with open(path, "wb") as file:
        time.sleep(pause)
        file.write(records(number))


def read_all(terminal):
    text = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # nobody is left at the other end
            return text.decode().replace("\r\n", "\n")
        text += piece


def scan(pauses, *words, screen=(2,)):
    """Scans one file after the other, each of which keeps it waiting for so many seconds. What came on
    standard output and on standard error, and on the terminal that those of `screen` are."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "%d.json" % number) for number in range(len(pauses))]
        for path in paths:
            os.mkfifo(path)
        writer = threading.Thread(target=lambda: [fill(*one) for one in zip(paths, range(9), pauses)], daemon=True)
        ours, theirs = pty.openpty()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdout, stderr = theirs if 1 in screen else out, theirs if 2 in screen else err
            writer.start()
            with subprocess.Popen([KEYWARDEN, "trail", "scan", *paths, "--jobs", "1", "--format", "csv",
                                   "--fail-on", "never", *words], stdout=stdout, stderr=stderr) as program:
                os.close(theirs)
                shown = read_all(ours)
            os.close(ours)
            check("exit code", program.returncode, 0)
            out.seek(0)
            err.seek(0)
            return out.read().decode(), err.read().decode(), shown


def check_line(what, shown, wanted):
    """The lines on a screen: what they count, and their rates. What stands there when they are gone."""
    begin, gone, rest = shown.rpartition(GONE)
    lines = list(LINE.finditer(begin))
    files = [int(m.group(1)) for m in lines]
    check(what + ": the line, then nothing", (gone, "".join(m.group() for m in lines)), (GONE, begin))
    # A machine that is busy elsewhere may be long enough about another file to tell of it.
    check(what + ": files, each more than before", (wanted <= set(files), files), (True, sorted(set(files))))
    for m, count in zip(lines, files):
        size, rate = int(m.group(3)), int(m.group(4))
        check(what + ": as many as that", m.group(2), "file" if count == 1 else "files")
        check(what + ": bytes", size, count * SIZE // 1000)
        # Never before the first second is over, so what is read in one is less than what was read.
        check(what + ": rate", 0 < rate <= size, True)
    return rest


def scan_at_once():
    """Of some, the first that is over before there is anything to tell."""
    for _ in range(20):
        begin = time.monotonic()
        shown = scan([0] * 4)[2]
        if time.monotonic() - begin < 1:
            break
    return shown


def scan_true_files():
    """Some 700 MB, all of it read in full, which takes more than a second."""
    event = json.dumps({"eventID": "1", "eventName": "GetObject", "list": list(range(100))}).encode()
    with tempfile.TemporaryDirectory() as folder:
        first = os.path.join(folder, "00.json.gz")
        with gzip.open(first, "wb", compresslevel=1) as file:
            file.write(b'{"Records":[' + b",".join([event] * 60000) + b"]}")
        for number in range(1, 24):
            os.link(first, os.path.join(folder, "%02d.json.gz" % number))
        ours, theirs = pty.openpty()
        with subprocess.Popen([KEYWARDEN, "trail", "scan", folder, "--jobs", "1", "--no-prefilter", "--format", "csv"],
                              stdout=subprocess.DEVNULL, stderr=theirs) as program:
            os.close(theirs)
            shown = read_all(ours)
        os.close(ours)
        check("true files: exit code", program.returncode, 0)
    begin, gone, _ = shown.rpartition(GONE)
    lines = list(BAR.finditer(begin))
    check("true files: bars, then nothing", (gone, "".join(m.group() for m in lines), lines != []), (GONE, begin, True))
    for m in lines:
        filled, count = len(m.group(1)), int(m.group(3))
        check("true files: the bar", (filled + len(m.group(2)), filled, m.group(4)), (20, 20 * count // 24, "24"))
        check("true files: what is left", m.group(5) is not None, count < 24)


def main():
    quick = scan([0] * 4, screen=())[0]
    check("all are read", quick.count("CreateAccessKey") >= 4, True)
    # Time to tell of the second and of the fourth; the third comes too soon after the second.
    slow = [0, 1.1, 0, 0.5]
    silent = {"no screen": ((), ()), "a screen for the output alone": ((), (1,)),
              "--quiet": (("--quiet",), (2,)), "--quiet, one screen": (("--quiet",), (1, 2))}
    with ThreadPoolExecutor() as pool:  # they do nothing but wait
        messages, both, single = pool.submit(scan, slow), pool.submit(scan, slow, screen=(1, 2)), pool.submit(scan, [1.1])
        others = {what: pool.submit(scan, slow, *words, screen=screen) for what, (words, screen) in silent.items()}
    out, err, shown = messages.result()
    check("a screen for messages: the output is as ever", (out, err), (quick, ""))
    check("a screen for messages: the end", check_line("a screen for messages", shown, {2, 4}), "")
    check("one screen: the output below", check_line("one screen", both.result()[2], {2, 4}), quick)
    check_line("one file", single.result()[2], {1})
    for what, done in others.items():
        out, err, shown = done.result()
        check(what + ": no line", (out + shown, err), (quick, ""))
    check("all in the first second: no line", scan_at_once(), "")
    scan_true_files()
    print("%(passed)d passed, %(failed)d failed" % counts)
    return counts["failed"] > 0


sys.exit(main())
