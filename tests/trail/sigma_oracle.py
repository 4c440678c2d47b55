"""A plain evaluator of Sigma rules about JSON events, written from the specification and from
docs/sigma.md, and CloudWatch's filter patterns; slow, obvious, and no part of the program.

A rule is a function of an event (a parsed JSON object) that says whether it matches.
"""

import base64
import fnmatch
import ipaddress
import itertools
import re
from datetime import datetime

import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema: yes and no are texts, so are dates."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"),
                             ["~", "n", "N", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"),
                             list("tTfF"))


class Number(str):
    """A plain number, with the text it is written as."""


def number(loader, node):
    return Number(node.value)


NUMBER = re.compile(r"^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$")
Loader.add_implicit_resolver("!number", NUMBER, list("-+0123456789"))
Loader.add_constructor("!number", number)


class Refused(Exception):
    pass


# ---- events ---------------------------------------------------------------------------------------


def form(value):
    """The text form of a value: compact JSON whose strings have no escapes."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ",".join('"%s":%s' % (key, inner(one)) for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(inner(one) for one in value) + "]"
    return str(value)


def inner(value):
    return '"%s"' % value if is_text(value) else form(value)


class Written(str):
    """A JSON number as it is written."""


def is_text(value):
    return isinstance(value, str) and not isinstance(value, Written)


def leaves(value):
    """An array stands for its elements."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def reach(value, names):
    """What a path leads to, arrays element by element; an array at its end as it is."""
    if not names:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from reach(one, names)
    elif isinstance(value, dict) and names[0] in value:
        yield from reach(value[names[0]], names[1:])


def values_at(event, field):
    for found in reach(event, field.split(".")):
        yield from leaves(found)


def everything(value):
    """Every string, number and boolean of an event."""
    if isinstance(value, dict):
        for one in value.values():
            yield from everything(one)
    elif isinstance(value, list):
        for one in value:
            yield from everything(one)
    elif value is not None:
        yield value


def lower(text):
    """ASCII letters only."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


# ---- texts with wildcards -------------------------------------------------------------------------

ANY, ONE = object(), object()


def read_text(text):
    out, at = [], 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text) and text[at + 1] in "*?\\":
            out.append(text[at + 1])
            at += 1
        else:
            out.append({"*": ANY, "?": ONE}.get(text[at], text[at]))
        at += 1
    return out


def wild(codes, cased):
    """A function that says whether a text matches."""
    fold = (lambda text: text) if cased else lower
    parts = [".*" if code is ANY else "." if code is ONE else re.escape(fold(code)) for code in codes]
    expression = re.compile("".join(parts), re.DOTALL)
    return lambda text: expression.fullmatch(fold(text)) is not None


# ---- modifiers ------------------------------------------------------------------------------------


def plain(codes):
    if any(code is ANY or code is ONE for code in codes) or not codes:
        raise Refused("wildcards cannot be encoded")
    return "".join(codes)


def to_base64(codes):
    return list(base64.b64encode(plain(codes).encode("latin-1" if "\xff\xfe" in plain(codes) else
                                                     "utf-8")).decode())


def to_base64_offsets(codes):
    data = plain(codes).encode("latin-1" if "\xff\xfe" in plain(codes) else "utf-8")
    for shift in range(3):
        coded = base64.b64encode(b" " * shift + data).decode()
        yield list(coded[(0, 2, 3)[shift]:(None, -3, -2)[(shift + len(data)) % 3]])


DASHES = "-/\u2013\u2014\u2015"


def windash(codes):
    """Each dash that begins an option, as each of the dashes."""
    def is_word(code):
        return isinstance(code, str) and (code.isalnum() or code == "_")

    places = [i for i, code in enumerate(codes) if isinstance(code, str) and code in DASHES
              and (i == 0 or not is_word(codes[i - 1])) and i + 1 < len(codes) and is_word(codes[i + 1])]
    if len(places) > 3:
        raise Refused("too many dashes")
    for choice in itertools.product(DASHES, repeat=len(places)):
        copy = list(codes)
        for place, dash in zip(places, choice):
            copy[place] = dash
        yield copy


def expand(codes, placeholders):
    """Replaces %name% by each of its values; a backslash makes a percent sign plain."""
    at = 0
    while at < len(codes):
        if codes[at] == "\\" and codes[at + 1:at + 2] == ["%"]:
            at += 2
            continue
        if codes[at] == "%":
            end = at + 1
            while end < len(codes) and isinstance(codes[end], str) and codes[end] not in "%\\":
                end += 1
            if end < len(codes) and codes[end] == "%" and end > at + 1:
                name = "".join(codes[at + 1:end])
                if name not in placeholders:
                    raise Refused("no placeholder " + name)
                for value in placeholders[name]:
                    middle = read_text(value)
                    for tail in expand(codes[end + 1:], placeholders):
                        yield unescape(codes[:at]) + middle + tail
                return
        at += 1
    yield unescape(codes)


def unescape(codes):
    return [code for i, code in enumerate(codes)
            if not (code == "\\" and codes[i + 1:i + 2] == ["%"])]


PARTS = {
    "minute": lambda t: t.minute, "hour": lambda t: t.hour, "day": lambda t: t.day,
    "week": lambda t: t.isocalendar()[1], "month": lambda t: t.month, "year": lambda t: t.year,
}
COMPARES = {
    "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
}


def read_time(text):
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", text):
            return None
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None


def is_in_block(text, block):
    def network(text):
        net = ipaddress.ip_network(text, strict=False)
        if net.version == 6 and net.network_address.ipv4_mapped and net.prefixlen >= 96:
            return ipaddress.ip_network("%s/%d" % (net.network_address.ipv4_mapped, net.prefixlen - 96))
        return net

    try:
        a, b = network(text), network(block)
    except ValueError:
        return False
    return a.version == b.version and a.subnet_of(b)


def item(key, value, placeholders):
    """A function of an event, for one line of a detection."""
    field, *modifiers = key.split("|")
    values = value if isinstance(value, list) else [value]
    is_all, negated, cased = "all" in modifiers, "neq" in modifiers, "cased" in modifiers
    tests = [value_test(field, modifiers, cased, one, placeholders) for one in values]

    def test(event):
        results = (one(event) for one in tests)
        return (all(results) if is_all else any(results)) != negated

    return test


def value_test(field, modifiers, cased, value, placeholders):
    def any_value(check):
        if not field:
            return lambda event: any(check(one) for one in everything(event))
        return lambda event: any(one is not None and check(one) for one in values_at(event, field))

    if "exists" in modifiers:
        return lambda event: bool(list(reach(event, field.split(".")))) == value
    if "re" in modifiers:
        flags = re.DOTALL * ("s" in modifiers) | re.MULTILINE * ("m" in modifiers) \
            | re.IGNORECASE * ("i" in modifiers)
        expression = re.compile(str(value), flags)
        return any_value(lambda one: expression.search(form(one)) is not None)
    if "cidr" in modifiers:
        return any_value(lambda one: is_in_block(form(one), value))
    if "fieldref" in modifiers:
        return field_test(field, modifiers, cased, value)
    part = next((PARTS[one] for one in modifiers if one in PARTS), None)
    compare = next((COMPARES[one] for one in modifiers if one in COMPARES), None)
    if part is not None:
        compare = compare or (lambda a, b: a == b)
        return any_value(lambda one: is_text(one) and read_time(one) is not None
                         and compare(part(read_time(one)), float(value)))
    if compare is not None:
        return any_value(lambda one: isinstance(one, str) and re.fullmatch(
            r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", one) is not None
            and compare(float(one), float(value)))
    if value is None:
        return lambda event: all(one is None for one in values_at(event, field))
    return text_test(field, modifiers, cased, value, placeholders, any_value)


def field_test(field, modifiers, cased, other):
    fold = (lambda text: text) if cased else lower
    begins = "startswith" in modifiers or "contains" in modifiers
    ends = "endswith" in modifiers or "contains" in modifiers

    def holds(a, b):
        if begins and ends:
            return b in a
        return a.startswith(b) if begins else a.endswith(b) if ends else a == b

    return lambda event: any(
        a is not None and b is not None and holds(fold(form(a)), fold(form(b)))
        for a in values_at(event, field) for b in values_at(event, other))


def text_test(field, modifiers, cased, value, placeholders, any_value):
    forms = [read_text({True: "true", False: "false"}.get(value, value))]
    if field == "":
        modifiers = modifiers + ["contains"]
    for modifier in modifiers:
        if modifier == "contains":
            forms = [[ANY] + codes + [ANY] for codes in forms]
        elif modifier == "startswith":
            forms = [codes + [ANY] for codes in forms]
        elif modifier == "endswith":
            forms = [[ANY] + codes for codes in forms]
        elif modifier in ("wide", "utf16le"):
            forms = [[one for code in codes for one in ([code, "\0"] if isinstance(code, str) else [code])]
                     for codes in forms]
        elif modifier == "utf16be":
            forms = [[one for code in codes for one in (["\0", code] if isinstance(code, str) else [code])]
                     for codes in forms]
        elif modifier == "utf16":
            forms = [list("\xff\xfe") + [one for code in codes for one in [code, "\0"]] for codes in forms]
        elif modifier == "base64":
            forms = [to_base64(codes) for codes in forms]
        elif modifier == "base64offset":
            forms = [offset for codes in forms for offset in to_base64_offsets(codes)]
        elif modifier == "windash":
            forms = [one for codes in forms for one in windash(codes)]
        elif modifier == "expand":
            forms = [one for codes in forms for one in expand(codes, placeholders)]
    checks = [wild(codes, cased) for codes in forms]
    as_number = isinstance(value, Number) and not set(modifiers) - {"all", "neq", "cased"}

    def check(one):
        text = form(one)
        return any(match(text) for match in checks) or (
            as_number and isinstance(one, Written) and float(one) == float(value))

    return any_value(check)


# ---- detections and conditions --------------------------------------------------------------------


def detection(body, placeholders):
    if isinstance(body, dict):
        tests = [item(key, value, placeholders) for key, value in body.items()]
        return lambda event: all(test(event) for test in tests)
    if isinstance(body, list):
        if all(not isinstance(one, dict) for one in body):
            return item("", body, placeholders)
        tests = [detection(one, placeholders) if isinstance(one, dict) else item("", one, placeholders)
                 for one in body]
        return lambda event: any(test(event) for test in tests)
    return item("", body, placeholders)


TOKEN = re.compile(r"\s*([()]|[\w.*?-]+)")


class Condition:
    """A recursive descent over the words of a condition."""

    def __init__(self, text, detections):
        self.words, self.detections, at = [], detections, 0
        while at < len(text.rstrip()):
            match = TOKEN.match(text, at)
            if not match:
                raise Refused("condition: " + text)
            self.words.append(match.group(1))
            at = match.end()
        self.test = self.either()
        if self.words:
            raise Refused("condition: " + text)

    def take(self, *words):
        if self.words and self.words[0].lower() in words:
            return self.words.pop(0)
        return None

    def either(self):
        tests = [self.both()]
        while self.take("or"):
            tests.append(self.both())
        return lambda event: any(test(event) for test in tests)

    def both(self):
        tests = [self.negation()]
        while self.take("and"):
            tests.append(self.negation())
        return lambda event: all(test(event) for test in tests)

    def negation(self):
        if self.take("not"):
            test = self.negation()
            return lambda event: not test(event)
        if self.take("("):
            test = self.either()
            if not self.take(")"):
                raise Refused("condition")
            return test
        word = self.words.pop(0)
        if self.words and self.words[0].lower() == "of":
            self.words.pop(0)
            return self.several(word.lower(), self.words.pop(0))
        return self.detections[word]

    def several(self, how, pattern):
        names = [name for name in self.detections
                 if (not name.startswith("_") if pattern.lower() == "them" else
                     fnmatch.fnmatchcase(name, pattern)
                     and (pattern.startswith("_") or not name.startswith("_")))]
        if not names or how not in ("1", "any", "all"):
            raise Refused("condition")
        tests = [self.detections[name] for name in names]
        join = all if how == "all" else any
        return lambda event: join(test(event) for test in tests)


def rule_test(document, placeholders=None):
    body = document["detection"]
    detections = {name: detection(value, placeholders or {}) for name, value in body.items()
                  if name != "condition"}
    conditions = body["condition"] if isinstance(body["condition"], list) else [body["condition"]]
    tests = [Condition(text, detections).test for text in conditions]
    return lambda event: any(test(event) for test in tests)


def load(text):
    """The documents of a file."""
    return list(yaml.load_all(text, Loader))


def parse_event(json_module, text):
    """An event whose numbers keep the text they are written as."""
    return json_module.loads(text, parse_int=Written, parse_float=Written)
