# One finding a line, each a document of its own; the same findings as json and csv have.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format jsonl >out.jsonl || echo "exit code $?"
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format json >out.json || true
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format csv >out.csv || true
head -n 2 out.jsonl
tail -n 1 out.jsonl
python3 - <<'.'
import csv, json
lines = [json.loads(line) for line in open("out.jsonl", encoding="utf-8")]
kinds = {}
for line in lines:
    kinds[line["schema"]] = kinds.get(line["schema"], 0) + 1
print(kinds)
findings = [line for line in lines if line["schema"] == "keywarden.finding/1"]
for finding in findings:
    del finding["schema"]
print("as in json:", findings == json.load(open("out.json", encoding="utf-8"))["findings"])
rows = list(csv.DictReader(open("out.csv", encoding="utf-8", newline="")))
print("as in csv:", [(r["account"], r["user"], r["control"], r["status"], r["severity"]) for r in rows]
      == [(f["account"], f["user"], f["control"], f["status"], f["severity"]) for f in findings])
.
