"""Is an HTML page well-formed, self-contained and free of active content? Prints what is wrong, or
`well-formed, self-contained`."""

import html.parser
import re
import sys

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest", "ping"}


class Checker(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.wrong = []
        self.ids = set()
        self.scripts = 0

    def complain(self, text):
        self.wrong.append("line %d: %s" % (self.getpos()[0], text))

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.complain("<%s> repeats an attribute" % tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.complain("<%s %s>: a handler" % (tag, name))
            if name in LOADING and not (value or "").startswith("data:"):
                self.complain("<%s %s=%r> loads something" % (tag, name, value))
            if name in ("href", "xlink:href"):
                if tag == "a" and not re.match(r"https://|#", value or ""):
                    self.complain("<a href=%r>" % value)
                if tag != "a" and not re.match(r"data:|#", value or ""):
                    self.complain("<%s href=%r> loads something" % (tag, value))
            if name == "id":
                if value in self.ids:
                    self.complain("id %r comes twice" % value)
                self.ids.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.complain("</%s> closes %s" % (tag, self.open[-1:] or "nothing"))
        else:
            self.open.pop()


with open(sys.argv[1], "rb") as file:
    page = file.read()
try:
    text = page.decode("utf-8")
except UnicodeDecodeError as error:
    sys.exit("not UTF-8: %s" % error)
checker = Checker()
checker.feed(text)
checker.close()
if checker.open:
    checker.wrong.append("never closed: %s" % checker.open)
if not text.startswith("<!doctype html>") and not text.startswith("<!DOCTYPE html>"):
    checker.wrong.append("no doctype")
if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text):
    checker.wrong.append("control characters")
if re.search(r"@import|url\(\s*['\"]?(?!data:|#)", text):
    checker.wrong.append("a style loads something")
print("\n".join(checker.wrong) or "well-formed, self-contained")
