# JSON is UTF-8 whatever the report was: bytes that are not become U+FFFD, all else comes back. The
# shell words of `cli` are the name again, quoted.
python3 "$CASES/hostile.py"
for format in json jsonl; do
    keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never -f $format >out.$format
done
python3 -m json.tool out.json >/dev/null && echo valid
PYTHONPATH=$CASES PYTHONDONTWRITEBYTECODE=1 python3 - <<'.'
import json, shlex, hostile
one = json.loads(open("out.json", "rb").read().decode("utf-8"))["findings"]
lines = [json.loads(line) for line in open("out.jsonl", "rb").read().decode("utf-8").split("\n")[:-1]]
lines = [line for line in lines if line["schema"] == "keywarden.finding/1"]
print(len(one), [f["user"] for f in one] == [f["user"] for f in lines])
for finding, name in zip(one, hostile.names):
    if finding["user"] != name.decode("utf-8", "replace"):
        print("differs:", repr(name), repr(finding["user"]))
    words = shlex.split(finding["cli"])
    # A name that begins with a dash is joined to its option.
    name = ["--user-name", finding["user"]]
    name = ["=".join(name)] if finding["user"].startswith("-") else name
    if words != ["aws", "iam", "delete-login-profile", *name]:
        print("cli:", ascii(finding["cli"])[:120])
.
