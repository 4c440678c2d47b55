# With --csv-safe no cell is a formula, and taking one apostrophe away where one was put gives back
# what the report had; without it nothing is changed. Ids of rules are guarded too.
PYTHONPATH=$CASES PYTHONDONTWRITEBYTECODE=1 python3 - <<'.'
import hostile
names = hostile.names + [b"+1", b"-x", b"\t=1", b"\r=1", b" \"=1", b"'=1", b"''ada", b"ada", b"\n@x",
                         "\uff1dcmd".encode()]
with open("report.csv", "wb") as out:
    out.write(b"user,arn,mfa_active\n")
    for name in names:
        out.write(b'"%s",arn:aws:iam::111122223333:user/x,false\n' % name.replace(b'"', b'""'))
with open("rules.yaml", "wb") as out:
    out.write(b'- id: "@mfa"\n  rule: IAMUser should have MFAActive\n')
.
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never -f csv >plain.csv
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never -f csv --csv-safe >safe.csv
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never -f summary --csv-safe
PYTHONPATH=$CASES PYTHONDONTWRITEBYTECODE=1 python3 - <<'.'
import csv, io
def table(name):
    text = open(name, encoding="latin-1", newline="").read().replace("\0", "\u2400")
    return list(csv.reader(io.StringIO(text, newline="")))
plain, safe = table("plain.csv"), table("safe.csv")
signs = ("=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0")
guarded = wrong = 0
for before, after in zip(plain, safe, strict=True):
    for one, two in zip(before, after, strict=True):
        is_formula = one[:1] in ("\t", "\r", "\n") and one != "" or one.lstrip(
            "".join(map(chr, range(33))) + "\u2400\"'").startswith(signs)
        guarded += is_formula
        wrong += two != ("'" + one if is_formula else one)
print(len(plain), "rows,", guarded, "cells guarded,", wrong, "wrong")
.
