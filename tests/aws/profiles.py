"""Random files of ~/.aws: what people write, what they get wrong, and what no editor would write."""

SECTIONS = ["default", "profile a", "profile b", "profile \"a b\"", "profile 'c'", "profile a b",
            "profile default", "profilex", "profile", "a", "b", "c", "sso-session s", "sso-session t",
            "services v", "services w", "preview", "DEFAULT", "profile \"open", "profile q\\ r",
            "profile x]y"]
KEYS = ["aws_access_key_id", "AWS_Secret_Access_Key", "aws_session_token", "region", "role_arn",
        "source_profile", "output", "s3", "key with blanks", "services", "sso_session"]
VALUES = ["AKIAEXAMPLE", "us-east-1", "a b  c", "", "x ; no comment", "x # no comment", "a=b", "a:b",
          "%(x)s ${HOME}", "\"quoted\"", "é", "[x]", "trailing  "]


def line(rng, keys):
    key = keys.pop() if keys and rng.random() < 0.95 else rng.choice(KEYS)
    return "%s%s%s" % (key, rng.choice([" = ", "=", ": ", ":", "  =", " =\t"]),
                       rng.choice(VALUES))


def nested(rng):
    lines = [rng.choice(["s3", "iam", "sts", "services"]) + rng.choice([" =", "=", ":"])]
    for _ in range(rng.randrange(4)):
        lines.append(rng.choice(["  ", "\t", "    "]) + rng.choice([
            "endpoint_url = http://localhost:1", "a = b", "A=b=c", "max = 10", "; comment", "", "=x",
            "a = c"] + (["no delimiter"] if rng.random() < 0.1 else [])))
    return "\n".join(lines)


def section(rng, name, wrong):
    keys = rng.sample(KEYS, len(KEYS))
    lines = ["[%s]%s" % (name, rng.choice(["", "", "", " trailing", " ; x ]"]))]
    for _ in range(rng.randrange(6)):
        chance = rng.random()
        if chance < 0.6:
            lines.append(line(rng, keys))
        elif chance < 0.75:
            lines.append(nested(rng))
        elif chance < 0.85:
            lines.append(rng.choice(["# comment", "; comment", "", "   ", "  # indented comment"]))
        elif chance < 0.95:
            lines.append("  " + line(rng, keys))
        elif rng.random() < wrong:
            lines.append(rng.choice(["no delimiter", "= no name", "[]", "[open", "\ufeff", "x\x0b= y",
                                     "[a] [b]"]))
    return "\n".join(lines)


def file(rng):
    """Mostly what a parser takes: each section once, few lines that are wrong."""
    wrong = rng.choice([0, 0, 0, 1])
    names = rng.sample(SECTIONS, rng.randrange(5))
    if names and rng.random() < 0.05:
        names.append(names[0])
    text = "".join(section(rng, name, wrong) + "\n" * rng.randrange(1, 3) for name in names)
    if rng.random() < 0.1:
        text = text.replace("\n", "\r\n")
    if rng.random() < 0.05:
        text = text.rstrip("\n")
    if rng.random() < 0.03:
        text = line(rng, []) + "\n" + text
    return text
