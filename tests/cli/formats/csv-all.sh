# Every evaluation: 13 controls for each of 7 root users and 23 users, in report order.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format csv --all >all.csv || true
python3 - <<'.'
import collections, csv
rows = list(csv.DictReader(open("all.csv", encoding="utf-8", newline="")))
print(len(rows), "rows,", len({(r["account"], r["user"]) for r in rows}), "principals")
for (control, status), count in sorted(collections.Counter(
        (r["control"], r["status"]) for r in rows).items()):
    print(control, status, count)
.
# Without --all only fail and unknown are shown, and in the same order.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format csv >some.csv || true
grep -e ',fail,' -e ',unknown,' -e '^account,' all.csv | cmp - some.csv && echo "the default is a part of it"
