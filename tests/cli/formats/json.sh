# One document with everything: what was judged, as of when, the posture, and the findings.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format json >out.json || echo "exit code $?"
python3 -m json.tool --no-ensure-ascii out.json >/dev/null && echo "valid"
python3 - <<'.'
import csv, json, subprocess
doc = json.load(open("out.json", encoding="utf-8"))
findings = doc.pop("findings")
print("audited at the clock's time:", len(doc.pop("audited_at")))
print(json.dumps(doc, indent=1))
for finding in findings[:3]:
    print(json.dumps(finding, indent=1))
for finding in findings:
    evidence = "; ".join("%s=%s" % (e["name"], e["value"]) for e in finding["evidence"])
    print(",".join([finding["account"], finding["user"], finding["control"], finding["status"],
                    finding["severity"], evidence]))
.
