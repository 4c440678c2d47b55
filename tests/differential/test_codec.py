#!/usr/bin/env python3
"""Compares our codecs with Python's on random input, through codec_probe.

Environment: COUNT  cases a codec (default 2000)
             SEED   of the cases (default: another one every time; printed)
             BUILD  where codec_probe was built (default build/release of this tree)
             PROBE  the probe itself

Where we are stricter than Python on purpose, the function that asks Python says so.
"""

import base64
import configparser
import datetime
import gzip
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True  # a test leaves nothing in the source tree

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD") or os.path.join(TREE, "build", "release")
PROBE = os.environ.get("PROBE") or os.path.join(BUILD, "tests", "differential_codec_probe")
COUNT = int(os.environ.get("COUNT") or 2000)
SEED = os.environ.get("SEED") or str(random.SystemRandom().randrange(10**9))
SHOWN_MAX = 5  # differences printed in full

rng = random.Random(SEED)
passed = 0
failed = 0


class Probe:
    """The program under test, one request at a time."""

    def __init__(self):
        self.process = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, what, option, data):
        """True and the result, or False and what came out before the error."""
        self.process.stdin.write(b"%s %d %d\n" % (what.encode(), option, len(data)) + data)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the probe died of: {what} {option} {data!r}")
        word, size = line.split()
        return word == b"ok", self.process.stdout.read(int(size))

    def end(self):
        self.process.stdin.close()
        return self.process.wait()


def check(holds, *what):
    global passed, failed
    if holds:
        passed += 1
        return
    failed += 1
    if failed <= SHOWN_MAX:
        print("DIFFERENT:", *[repr(item)[:2000] for item in what])


def mutate(data, pieces=None):
    """Changes a few bytes: flips, cuts, repeats, or puts in one of the pieces."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(5)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at : at + rng.randint(1, 3)]
        elif kind == 2:
            data[at:at] = data[at : at + rng.randint(1, 8)]
        elif pieces:
            data[at:at] = rng.choice(pieces)
        elif at < len(data):
            data[at] = rng.randrange(256)
    return bytes(data)


# ---- gzip


def random_text():
    kind = rng.randrange(5)
    size = rng.choice([0, 1, 10, 100, 1000, 5000, 70000]) + rng.randrange(20)
    if kind == 0:
        return rng.randbytes(size)
    if kind == 1:
        return bytes([rng.randrange(256)]) * size
    words = [b"user,", b"arn:aws:iam::123456789012:user/", b"true,", b"false,", b"N/A,", b"\n"]
    words.append(rng.randbytes(rng.randint(1, 300)))
    text = bytearray()
    while len(text) < size:
        text += rng.choice(words) if kind == 2 else rng.choice(words) + b"%d" % rng.randrange(10**6)
    return bytes(text)


def random_member(text):
    flags = rng.choice([0, 0, 0, 2, 4, 8, 16, rng.randrange(32)])
    header = bytearray(b"\x1f\x8b\x08" + bytes([flags]) + rng.randbytes(6))
    if flags & 4:
        extra = rng.randbytes(rng.choice([0, 5, 300]))
        header += struct.pack("<H", len(extra)) + extra
    for flag in (8, 16):
        if flags & flag:
            header += rng.randbytes(rng.randrange(40)).replace(b"\0", b"x") + b"\0"
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(bytes(header)) & 0xFFFF)
    strategy = rng.choice([zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE])
    pack = zlib.compressobj(rng.randrange(10), zlib.DEFLATED, -rng.randint(9, 15), 9, strategy)
    body = bytearray()
    at = 0
    while at < len(text):  # flushes make empty stored blocks and short ones
        step = rng.choice([len(text), rng.randint(1, len(text))])
        body += pack.compress(text[at : at + step])
        if rng.random() < 0.3:
            body += pack.flush(rng.choice([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH]))
        at += step
    body += pack.flush()
    return bytes(header) + bytes(body) + struct.pack("<II", zlib.crc32(text), len(text))


def header_is_refused(header):
    """Stricter: Python passes over a header's own checksum and its reserved flags."""
    stored = int.from_bytes(header[-2:], "little")
    return header[3] & 0xE0 or (header[3] & 2 and zlib.crc32(header[:-2]) & 0xFFFF != stored)


def python_members(data):
    """Each member's header and what can be inflated of it; None where it is damaged. Up to the first
    that is not right."""
    while data[:2] == b"\x1f\x8b":
        end = 10
        flags = data[3] if len(data) > 3 else 0
        if flags & 4:
            end += 2 + int.from_bytes(data[end : end + 2], "little")
        for flag in (8, 16):
            if flags & flag:
                zero = data.find(b"\0", end)
                end = len(data) if zero < 0 else zero + 1
        end += 2 if flags & 2 else 0
        unpack = zlib.decompressobj(-15)
        try:
            text = unpack.decompress(data[end:])
        except zlib.error:
            text = None
        yield data[:end], text
        if not unpack.eof or unpack.unused_data[:8] != struct.pack("<II", zlib.crc32(text), len(text)):
            return
        data = unpack.unused_data[8:].lstrip(b"\0")


def python_gzip(data):
    """Stricter: no input at all is an early end."""
    try:
        text = gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error, struct.error):
        return None
    if any(header_is_refused(header) for header, _ in python_members(data)):
        return None
    return text if data else None


def python_beginning(data):
    """What can be inflated of a stream that is not right, and whether damage follows."""
    whole = b""
    for header, text in python_members(data):
        if len(header) < 10 or header[2] != 8 or header_is_refused(header):
            break
        if text is None:
            return whole, True
        whole += text
    return whole, False


def check_gzip(probe, data, is_surely_right=False):
    step = rng.choice([1, 2, 7, 100, 4096, 65536, 1 << 20])
    expected = gzip.decompress(data) if is_surely_right else python_gzip(data)
    ok, text = probe.ask("gzip", step, data)
    if expected is not None:
        check(ok and text == expected, "gzip", step, data, ok, text)
        return
    whole, is_damaged = python_beginning(data)
    # Python keeps to itself what stood before damage; tests/property/deflate.c has zlib's own word.
    is_right = text.startswith(whole) if is_damaged else text == whole
    check(not ok and is_right, "gzip", step, data, ok, text, whole)


def test_gzip(probe):
    for _ in range(COUNT // 10):
        data = b"".join(random_member(random_text()) for _ in range(rng.choice([1, 1, 2, 5])))
        check_gzip(probe, data, True)
        check_gzip(probe, data + bytes(rng.choice([1, 8, 100, 70000])), True)
    for _ in range(COUNT // 5):
        data = random_member(random_text()[:3000])
        check_gzip(probe, data + rng.randbytes(rng.randint(1, 20)))
        check_gzip(probe, mutate(data))
        check_gzip(probe, data[: rng.randrange(len(data))])
    for _ in range(COUNT // 1000 + 1):
        data = random_member(random_text()[:200]) + random_member(random_text()[:20])
        for end in range(len(data)):
            check_gzip(probe, data[:end])
        for bit in range(0, len(data) * 8, rng.randint(1, 20)):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            check_gzip(probe, bytes(flipped))


# ---- base64


def python_base64(text):
    """Stricter: white space may stand between groups of four only, and spare bits must be zero."""
    plain = b""
    for part in re.split(rb"([ \t\r\n]+)", text):
        if part[:1] in (b" ", b"\t", b"\r", b"\n"):
            if len(plain) % 4:
                return None
        else:
            plain += part
    try:
        data = base64.b64decode(plain, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data) == plain else None


def test_base64(probe):
    pieces = [b"=", b"==", b"\n", b"\r\n", b" ", b"A", b"/", b"+", b"-", b"_", b"\0", b"\xff", b"Zg=="]
    for _ in range(COUNT):
        size = rng.choice([0, 1, 2, 3, 10, 50, 1000]) + rng.randrange(4)
        text = base64.b64encode(rng.randbytes(size))
        if rng.random() < 0.4:
            width = 4 * rng.randint(1, 20)
            lines = [text[i : i + width] for i in range(0, len(text), width)]
            text = rng.choice([b"\n", b"\r\n", b"\t "]).join(lines) + b"\n"
        if rng.random() < 0.6:
            text = mutate(text, pieces)
        expected = python_base64(text)
        ok, data = probe.ask("base64", 0, text)
        check(data == expected if ok else expected is None, "base64", text, ok, data)


# ---- JSON

JSON_PIECES = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"0", b"-", b".", b"e", b"1", b"null",
               b"NaN", b"-Infinity", b"\\ud800", b"\\udc00", b"\\u0000", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80",
               b" ", b"\n", b"\x1f", b"\x0b", b"\xef\xbb\xbf", b"\xc2\xa0", b"true", b'"a":', b"/*x*/"]


class Number(str):
    """A number as it was written."""


def random_json(depth):
    kind = rng.randrange(8 if depth else 6)
    if kind == 0:
        return rng.choice(["true", "false", "null"])
    if kind in (1, 2):
        digits = str(rng.randrange(10 ** rng.randint(1, 25)))
        return (rng.choice(["", "-"]) + digits + rng.choice(["", "", ".5", ".%03d" % rng.randrange(1000)])
                + rng.choice(["", "", "e5", "E+10", "e-7"]))
    if kind in (3, 4, 5):
        return random_json_string()
    blank = rng.choice(["", " ", "\n\t", "\r\n  "])
    count = rng.randrange(5)
    if kind == 6:
        return "[" + blank + ("," + blank).join(random_json(depth - 1) for _ in range(count)) + "]"
    members = (random_json_string() + blank + ":" + random_json(depth - 1) for _ in range(count))
    return "{" + blank + ("," + blank).join(members) + blank + "}"


def random_json_string():
    text = "".join(rng.choice(["a", "key", "0123456789", "\"", "\\", "\n", "\0", "\x7f", "é", "€", "😀",
                               "\uffff", "\u2028", "/"]) for _ in range(rng.randrange(8)))
    text = json.dumps(text, ensure_ascii=rng.random() < 0.5)
    return text.replace("/", "\\/") if rng.random() < 0.5 else text


def json_tokens(value, depth=1):
    """What codec_probe prints of a value; ValueError where we are stricter."""
    def text(kind, string):
        data = string.encode()  # a lone surrogate cannot be encoded
        return [f"{kind} {data.hex()}" if data else kind]

    if isinstance(value, Number):
        return text("num", value)
    if isinstance(value, str):
        return text("str", value)
    if not isinstance(value, (list, tuple)):
        return [{True: "true", False: "false", None: "null"}[value]]
    if depth > 128:
        raise ValueError("too deep for us")
    if isinstance(value, tuple):
        members = (text("key", key) + json_tokens(item, depth + 1) for key, item in value)
        return ["{"] + sum(members, []) + ["}"]
    return ["["] + sum((json_tokens(item, depth + 1) for item in value), []) + ["]"]


def python_json(data):
    """Stricter: no NaN and Infinity, no lone surrogates, at most 128 levels."""
    def refuse(word):
        raise ValueError(word)

    try:
        value = json.loads(data.decode(), object_pairs_hook=tuple, parse_int=Number,
                           parse_float=Number, parse_constant=refuse)
        return "\n".join(json_tokens(value) + ["END", ""]).encode()
    except (ValueError, RecursionError):
        return None


def test_json(probe):
    for _ in range(COUNT):
        data = random_json(rng.randrange(6)).encode()
        if rng.random() < 0.05:
            depth = rng.randint(120, 135)
            data = b"[" * depth + data + b"]" * depth
        if rng.random() < 0.6:
            data = mutate(data, JSON_PIECES)
        expected = python_json(data)
        ok, tokens = probe.ask("json", 0, data)
        check(tokens == expected if ok else expected is None, "json", data, ok, tokens)


# ---- instants

INSTANT = re.compile(rb"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|\+00:00)")
EPOCH = datetime.datetime(1970, 1, 1)


def python_instant(data):
    """Stricter: the one grammar that AWS writes, out of the many that fromisoformat reads."""
    match = INSTANT.fullmatch(data)
    try:
        at = datetime.datetime.fromisoformat(match[1].decode()) if match else None
    except ValueError:
        return None
    return b"%d" % ((at - EPOCH) // datetime.timedelta(seconds=1)) if at else None


def test_instant(probe):
    pieces = [b"0", b"9", b"2", b"-", b":", b"T", b"Z", b"+00:00", b".", b".5", b" ", b"t"]
    for _ in range(COUNT):
        numbers = (rng.choice([rng.randrange(10000), 2024, 1900, 2000]), rng.randrange(14), rng.randrange(33),
                   rng.randrange(25), rng.randrange(61), rng.randrange(61))
        data = b"%04d-%02d-%02dT%02d:%02d:%02d" % numbers
        data += rng.choice([b"", b"", b".0", b".123456", b".1234567890123"])
        data += rng.choice([b"Z", b"+00:00", b"Z", b"+00:00", b"-00:00", b"+01:00", b""])
        if rng.random() < 0.3:
            data = mutate(data, pieces)
        expected = python_instant(data)
        ok, text = probe.ask("instant", 0, data)
        check(text == expected if ok else expected is None, "instant", data, ok, text)


# ---- walking folders


def random_name():
    letters = [b"-", b".", b"0", b"a", b"b", b"report", b"\xc3\xa9", b"\xff", b" ", b"~", b"\x01"]
    name = b"".join(rng.choice(letters) for _ in range(rng.randint(1, 6)))
    return name + rng.choice([b"", b".csv", b".csv", b".json", b".txt"])


def fill_folder(path, depth):
    for _ in range(rng.choice([0, 1, 3, 10, 60])):
        name = os.path.join(path, random_name())
        if os.path.lexists(name) or name.endswith((b"/.", b"/..")):
            continue
        kind = rng.randrange(8)
        if kind == 0 and depth:
            os.mkdir(name)
            fill_folder(name, depth - 1)
        elif kind == 1:
            os.symlink(rng.choice([os.listdir(path) or [b"x"], [b".."]])[0], name)
        else:
            open(name, "wb").close()


def python_walk(top):
    """Files, or links to files or to nothing, that end in .csv or .json; no names with a dot first."""
    found = []
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(b".")]
        for name in files:
            path = os.path.join(folder, name)
            if not name.startswith(b".") and name.endswith((b".csv", b".json")) and (
                    os.path.isfile(path) or not os.path.exists(path)):
                found.append(path + b"\0")
    return b"".join(sorted(found))


def test_walk(probe):
    for _ in range(COUNT // 100 + 1):
        top = tempfile.mkdtemp(prefix="keywarden-test-").encode()
        try:
            fill_folder(top, 4)
            ok, paths = probe.ask("walk", 0, top)
            check(ok and paths == python_walk(top), "walk", ok, paths, python_walk(top))
        finally:
            shutil.rmtree(top)


# ---- configuration files

INI_PIECES = [b"[", b"]", b"=", b"#", b";", b":", b"\n", b"\r\n", b"\r", b" ", b"\t", b"[a]\n", b"k = v\n",
              b"\xef\xbb\xbf", b"%(a)s", b"\"", b"\\", b"\0", b"\xff", b"\xc3\xa9"]
INI_HEAD = "\x01"  # what stands before the first section; no section of ours can have this name


def random_ini():
    """A file as people write them, which must be accepted."""
    end = rng.choice([b"\n", b"\r\n"])
    indent = rng.choice([b"", b"", b"  ", b"\t"])
    lines = [rng.choice([b"", b"# a = b", b"  ; [x]"]) for _ in range(rng.randrange(3))]
    for _ in range(rng.randrange(12)):
        key = rng.choice([b"pack", b"param", b"fail-on", b"a b", b"k:v", b"x]", b"\xc3\xa9"])
        value = rng.choice([b"", b"v", b"a=b", b"x # y", b"; z", b"[q]", b"'w'", b"50%", b"a  b", b"\xff"])
        blank = rng.choice([b"", b" ", b"\t "])
        lines.append(rng.choice([indent + key + blank + b"=" + blank + value + blank,
                                 indent + key + blank + b"=" + blank + value,
                                 b"[" + rng.choice([b"audit", b"rule list", b"#", b"=", b";x"]) + b"]",
                                 b"", b"# c", indent + b"; d"]))
    return rng.choice([b"", b"\xef\xbb\xbf"]) + end.join(lines) + rng.choice([b"", end])


def python_ini(data):
    """Last values by section and key, or None."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    parser = configparser.RawConfigParser(delimiters="=", strict=False, default_section="\x02")
    parser.optionxform = str
    try:
        parser.read_string(f"[{INI_HEAD}]\n{text}")
    except configparser.Error:
        return None
    return {name.strip(" \t"): dict(parser[name]) for name in parser.sections()}


def our_ini(lines):
    found = {INI_HEAD: {}}
    section = found[INI_HEAD]
    for line in lines.decode().splitlines():
        kind, *texts = line.split(" ")
        name, value = (bytes.fromhex(text[1:]).decode("utf-8", "surrogateescape") for text in texts)
        if kind == "section":
            section = found.setdefault(name, {})
        else:
            section[name] = value
    return found


def test_ini(probe):
    for _ in range(COUNT):
        data = random_ini()
        ok, lines = probe.ask("ini", 0, data)
        check(ok and our_ini(lines) == python_ini(data), "ini", data, ok, lines)
        data = mutate(data, INI_PIECES)
        # Python also trims white space that only Unicode knows, and its names keep their blanks.
        if re.search("[^\\S \t\r\n]", data.decode("utf-8", "surrogateescape")) or re.search(rb"\[[ \t]|[ \t]\]", data):
            continue
        # Stricter: whatever is accepted here means the same there.
        ok, lines = probe.ask("ini", 0, data)
        check(not ok or our_ini(lines) == python_ini(data), "ini", data, ok, lines)


def main():
    print(f"seed {SEED}, {COUNT} cases a codec: replay with SEED={SEED} COUNT={COUNT}", flush=True)
    probe = Probe()
    for test in (test_gzip, test_base64, test_json, test_ini, test_instant, test_walk):
        before = passed
        test(probe)
        print(f"{test.__name__}: {passed - before}", flush=True)
    check(probe.end() == 0, "the probe's exit code")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
