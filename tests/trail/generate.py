"""Random CloudTrail-like events and random Sigma rules and filter patterns about them, from few words
so that they meet."""

import json

NAMES = ["ConsoleLogin", "CreateAccessKey", "DeleteTrail", "AssumeRole", "PutUserPolicy", "consolelogin"]
SOURCES = ["signin.amazonaws.com", "iam.amazonaws.com", "cloudtrail.amazonaws.com", "sts.amazonaws.com"]
TYPES = ["Root", "IAMUser", "AssumedRole", "AWSService", "root"]
USERS = ["alice", "bob", "Alice", "svc-backup", "admin", "b\u00f6b", "a*b", "a?b", "a\\b", "a\\*b", ""]
AGENTS = ["aws-cli/2.1 -cmd /run", "S3 Browser/9", "console.amazonaws.com", "Mozilla/5.0 (X11)",
          "tool --flag -x", "Y21kLmV4ZQ==", "AWS Internal", "line one\nline two"]
ADDRESSES = ["10.1.2.3", "192.0.2.7", "2001:db8::1", "AWS Internal", "10.1.2.0/24", "::ffff:10.1.2.3"]
TIMES = ["2026-03-01T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T05:30:00Z", "2026-06-15T12:34:56Z",
         "2024-12-30T22:00:00Z", "yesterday"]
WORDS = NAMES + USERS + ["Success", "Failure", "Failed authentication", "AccessDenied", "true", "No", "Yes",
                         "5", "05", "500", "-x", "arn:aws:iam::123456789012:user/alice", "[x]", "{\"a\":1}",
                         "100%", "_", "\u65e5\u672c"]
NUMBERS = [0, 1, 5, 5.0, 500, -3, 0.5, 123456789012, 1e3]
FIELDS = ["eventName", "eventSource", "userIdentity.type", "userIdentity.userName", "userIdentity.arn",
          "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "eventTime", "requestParameters",
          "requestParameters.userName", "requestParameters.list", "requestParameters.list.name",
          "requestParameters.count", "requestParameters.flag", "requestParameters.deep.er.value",
          "responseElements", "responseElements.ConsoleLogin", "additionalEventData.MFAUsed",
          "resources.ARN", "readOnly", "userIdentity", "requestParameters.list.tags"]


class Generator:
    def __init__(self, random):
        self.random = random

    def maybe(self, chance):
        return self.random.random() < chance

    def scalar(self):
        kind = self.random.randrange(10)
        if kind < 6:
            return self.random.choice(WORDS)
        if kind < 8:
            return self.random.choice(NUMBERS)
        return self.random.choice([True, False, None])

    def listed(self):
        pick = self.random
        return [pick.choice([self.scalar(), {"name": self.scalar(), "tags": [self.scalar(), self.scalar()]},
                             {"name": pick.choice(USERS)}, [self.scalar()]])
                for _ in range(pick.randrange(4))]

    def event(self):
        pick = self.random
        user = pick.choice(USERS)
        event = {
            "eventVersion": "1.08",
            "userIdentity": {"type": pick.choice(TYPES), "userName": user,
                             "arn": "arn:aws:iam::123456789012:user/" + pick.choice([user, "alice"])},
            "eventTime": pick.choice(TIMES), "eventSource": pick.choice(SOURCES),
            "eventName": pick.choice(NAMES), "sourceIPAddress": pick.choice(ADDRESSES),
            "userAgent": pick.choice(AGENTS), "readOnly": pick.choice([True, False, "true"]),
        }
        if self.maybe(0.4):
            event["errorCode"] = pick.choice(["AccessDenied", "Success", None, "Client.Unauthorized"])
        if self.maybe(0.3):
            event["errorMessage"] = self.scalar()
        if self.maybe(0.8):
            event["requestParameters"] = pick.choice([None, {}, self.request(), self.request()])
        if self.maybe(0.6):
            event["responseElements"] = pick.choice(
                [None, {"ConsoleLogin": pick.choice(["Success", "Failure"])}, {"x": self.scalar()}])
        if self.maybe(0.5):
            event["additionalEventData"] = {"MFAUsed": pick.choice(["Yes", "No", "YES", None, True])}
        if self.maybe(0.3):
            event["resources"] = [{"ARN": self.scalar()} for _ in range(pick.randrange(3))]
        for name in list(event):
            if self.maybe(0.03):
                del event[name]
        return event

    def request(self):
        pick = self.random
        request = {"userName": pick.choice(USERS + [None]), "count": pick.choice(NUMBERS + ["5", "x"]),
                   "flag": pick.choice([True, False, "false", None])}
        if self.maybe(0.5):
            request["list"] = pick.choice([self.listed(), self.listed(), self.scalar(), {"name": "bob"}])
        if self.maybe(0.3):
            request["deep"] = pick.choice([{"er": {"value": self.scalar()}}, {"er": self.listed()},
                                           [{"er": {"value": self.scalar()}}], "flat"])
        return request

    def text(self, event):
        """One line of JSON, with escapes, blanks and names that stand twice."""
        text = json.dumps(event, ensure_ascii=self.maybe(0.5),
                          separators=self.random.choice([(",", ":"), (", ", ": ")]))
        if self.maybe(0.05):
            name = self.random.choice(["eventName", "userIdentity", "requestParameters"])
            text = '{"%s": %s,%s' % (name, json.dumps(self.scalar()), text[1:])
        if self.maybe(0.05):
            text = text.replace('"eventName"', '"event\\u004eame"').replace("Login", "\\u004cogin")
        return text

    # ---- rules ------------------------------------------------------------------------------------

    def wild(self, text):
        """A text of Sigma that may match it."""
        pick = self.random
        escaped = text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
        kind = pick.randrange(8)
        if kind < 3:
            return escaped if kind else escaped.swapcase()
        if not text:
            return "*"
        at = pick.randrange(len(text))
        if kind == 3:
            return text[:at] + "*"
        if kind == 4:
            return "*" + text[at:]
        if kind == 5:
            return text[:at] + "?" + text[at + 1:]
        if kind == 6:
            return "*" + text[at:at + 3] + "*"
        return text  # its stars and backslashes mean what they mean

    def part(self):
        word = self.random.choice(WORDS + AGENTS + SOURCES)
        at = self.random.randrange(len(word) + 1)
        return word[at:at + self.random.randrange(1, 6)] or "a"

    def item(self):
        """A key and its value."""
        pick = self.random
        field = pick.choice(FIELDS)
        kind = pick.randrange(22)
        values = [self.wild(pick.choice(WORDS + AGENTS + SOURCES + TYPES + ADDRESSES))
                  for _ in range(pick.randrange(1, 4))]
        if kind < 6:
            field = pick.choice(FIELDS[:9]) if self.maybe(0.5) else field
            return field, values[0] if len(values) == 1 else values
        if kind < 9:
            how = pick.choice(["contains", "startswith", "endswith", "contains|all", "contains|cased",
                               "startswith|cased", "contains|neq"])
            return field + "|" + how, [self.part() for _ in range(pick.randrange(1, 4))]
        if kind == 9:
            return field, pick.choice([None, [None, "Success"], "", True, False, "*"])
        if kind == 10:
            return field, pick.choice([0, 5, 500, -3, [5, 500], [1, "x"]])
        if kind == 11:
            return field + "|exists", pick.choice([True, False])
        if kind == 12:
            return pick.choice(["requestParameters.count", field]) + "|" + pick.choice(
                ["lt", "lte", "gt", "gte"]), pick.choice([0, 5, 100, 0.5])
        if kind == 13:
            return "sourceIPAddress|cidr", pick.choice(["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"])
        if kind == 14:
            return field + "|re" + pick.choice(["", "|i", "|m", "|s"]), pick.choice(
                ["^Console", "login$", "a.*b", "user/.+", "^line.two", "one.line", "[0-9]+", "Success|Failure"])
        if kind == 15:
            return "%s|fieldref%s" % (pick.choice(["userIdentity.userName", "userIdentity.arn", field]),
                                      pick.choice(["", "|endswith", "|startswith", "|contains"])), \
                pick.choice(["requestParameters.userName", "userIdentity.userName",
                             "requestParameters.list.name"])
        if kind == 16:
            return "userAgent|" + pick.choice(["base64|contains", "base64offset|contains",
                                               "wide|base64offset|contains"]), pick.choice(["cmd", "cmd.exe", "exe"])
        if kind == 17:
            return "userAgent|windash|contains", pick.choice([" -cmd", "/run", " -x", "--flag", "-cmd -run"])
        if kind == 18:
            return "eventTime|" + pick.choice(["hour", "minute", "day", "week", "month", "year"]), \
                pick.choice([0, 1, 5, 12, 23, 31, 53, 2026])
        if kind == 19:
            return field + "|neq", values
        if kind == 20:
            return field + "|expand", pick.choice(["%users%", "*%users%", "a%b", "%users%-%types%"])
        return field + "|cased", values[0]

    def detection(self):
        pick = self.random
        kind = pick.randrange(10)
        if kind == 0:
            return [self.part() for _ in range(pick.randrange(1, 3))]
        if kind == 1:
            return [dict([self.item()]) for _ in range(pick.randrange(1, 3))]
        if kind == 2:
            return {"|all": [self.part(), self.part()]}
        if kind == 3:
            return [dict([self.item()]), self.part()]
        return dict(self.item() for _ in range(pick.randrange(1, 4)))

    def condition(self, names, depth=0):
        pick = self.random
        kind = pick.randrange(9 if depth < 3 else 4)
        if kind < 3:
            return pick.choice(names)
        if kind == 3:
            return pick.choice(["1 of selection*", "all of selection*", "1 of them", "any of sel*_*"])
        if kind == 4:
            return "not " + self.condition(names, depth + 1)
        if kind == 5:
            return "(%s)" % self.condition(names, depth + 1)
        return "%s %s %s" % (self.condition(names, depth + 1), pick.choice(["and", "or"]),
                             self.condition(names, depth + 1))

    def rule(self, number):
        names = ["selection_a", "selection_b", "filter"][:self.random.randrange(1, 4)]
        body = {name: self.detection() for name in names}
        body["condition"] = self.condition(names)
        if self.maybe(0.1):
            body["condition"] = [body["condition"], self.condition(names)]
        return {"title": "random %d" % number, "id": "00000000-0000-4000-8000-%012d" % number,
                "logsource": {"product": "aws", "service": "cloudtrail"}, "detection": body}

    # ---- patterns ---------------------------------------------------------------------------------

    def selector(self):
        return "$." + self.random.choice(FIELDS + ["requestParameters.list[0]", "resources[0].ARN",
                                                   "requestParameters.list[1].name",
                                                   "requestParameters.list[0].tags[1]", "none.such"])

    def term(self):
        pick = self.random
        kind = pick.randrange(8)
        word = pick.choice([one for one in WORDS + AGENTS + SOURCES + TYPES if "\n" not in one])
        selector = self.selector() if self.maybe(0.6) else pick.choice(["$.eventName", "$.userIdentity.type"])
        if kind < 4:
            at = pick.randrange(len(word) + 1)
            word = pick.choice([word, word, word[:at] + "*", "*" + word[at:], "*" + word[at:at + 2] + "*",
                                word[:at] + "*" + word[at:]])
            quoted = '"%s"' % word.replace("\\", "\\\\").replace('"', '\\"')
            bare = word and all(c.isalnum() or c in "*._-" for c in word) and word.isascii()
            return "%s %s %s" % (selector, pick.choice(["=", "!="]),
                                 word if bare and self.maybe(0.5) else quoted)
        if kind == 4:
            return "%s NOT EXISTS" % selector
        if kind == 5:
            return "%s IS %s" % (selector, pick.choice(["TRUE", "FALSE", "NULL"]))
        if kind == 6:
            return "%s %s %s" % (pick.choice(["$.requestParameters.count", selector]),
                                 pick.choice(["<", "<=", ">", ">=", "=", "!="]),
                                 pick.choice(["5", "+5", "0.5", "1e2", "-3", "5.0"]))
        return "%s %s %%%s%%" % (selector, pick.choice(["=", "!="]),
                                 pick.choice(["^Console", "login$", "a.*b", "[0-9]+", "user/"]))

    def pattern(self, depth=0):
        kind = self.random.randrange(5 if depth < 3 else 2)
        if kind < 2:
            return self.term()
        if kind == 2:
            return "(%s)" % self.pattern(depth + 1)
        return "%s %s %s" % (self.pattern(depth + 1), self.random.choice(["&&", "||"]),
                             self.pattern(depth + 1))
