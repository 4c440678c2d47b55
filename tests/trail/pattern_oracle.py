"""A plain evaluator of CloudWatch's JSON filter patterns, written from their documentation and from
docs/sigma.md; no part of the program."""

import re

from sigma_oracle import Written, form, is_text

TOKEN = re.compile(r"""\s*(?:
    (?P<op>&&|\|\||!=|<=|>=|[(){}=<>])
  | (?P<selector>\$(?:\.[\w-]+|\[\d+\])+)
  | (?P<quoted>"(?:\\["\\]|[^"])*")
  | (?P<regex>%[^%]*%)
  | (?P<word>[^\s()&|{}"=<>!]+)
)""", re.VERBOSE)

ABSENT = object()


def tokens(text):
    at, out = 0, []
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(text[at:])
        out.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return out


def select(event, selector):
    value = event
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", selector):
        if name:
            value = value.get(name, ABSENT) if isinstance(value, dict) else ABSENT
        else:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else ABSENT
    return value


def wild(text):
    head, tail = text.startswith("*"), text.endswith("*") and len(text) > 1
    middle = text[head:len(text) - tail]
    return re.compile(("(?s:.*)" if head else "") + re.escape(middle) + ("(?s:.*)" if tail else ""))


def as_number(text):
    return float(text) if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", text) else None


class Pattern:
    def __init__(self, text):
        self.tokens = tokens(text)
        self.expect("{")
        self.test = self.either()
        self.expect("}")
        assert not self.tokens

    def take(self, token):
        if self.tokens and self.tokens[0][1] == token:
            return self.tokens.pop(0)
        return None

    def expect(self, token):
        if not self.take(token):
            raise ValueError(token)

    def either(self):
        tests = [self.both()]
        while self.take("||"):
            tests.append(self.both())
        return lambda event: any(test(event) for test in tests)

    def both(self):
        tests = [self.term()]
        while self.take("&&"):
            tests.append(self.term())
        return lambda event: all(test(event) for test in tests)

    def term(self):
        if self.take("("):
            test = self.either()
            self.expect(")")
            return test
        _, selector = self.tokens.pop(0)
        _, op = self.tokens.pop(0)
        kind, word = self.tokens.pop(0)
        if op.upper() == "NOT":
            return lambda event: select(event, selector) is ABSENT
        if op.upper() == "IS":
            wanted = {"NULL": None, "TRUE": True, "FALSE": False}[word.upper()]
            return lambda event: select(event, selector) is wanted
        return self.compare(selector, op, kind, word)

    def compare(self, selector, op, kind, word):
        number = as_number(word) if kind == "word" else None
        text = re.sub(r'\\(["\\])', r"\1", word[1:-1]) if kind == "quoted" else word

        def equal(value):
            if kind == "regex":
                return re.search(word[1:-1], form(value)) is not None
            return wild(text).fullmatch(form(value)) is not None or (
                number is not None and isinstance(value, Written) and float(value) == number)

        def test(event):
            value = select(event, selector)
            if not (isinstance(value, Written) or is_text(value)):
                return False
            if op == "=":
                return equal(value)
            if op == "!=":
                return not equal(value)
            return isinstance(value, Written) and {
                "<": float(value) < number, "<=": float(value) <= number,
                ">": float(value) > number, ">=": float(value) >= number}[op]

        return test
