# The page is one well-formed file that loads nothing from anywhere, and names what csv names.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format html -o page.html || echo "exit code $?"
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format csv >out.csv || true
python3 "$CASES/html-check.py" page.html
python3 - <<'.'
import csv, html, re
page = open("page.html", encoding="utf-8").read()
text = html.unescape(re.sub(r"<[^>]*>", " ", page))
rows = list(csv.DictReader(open("out.csv", encoding="utf-8", newline="")))
for name in ("account", "user", "control"):
    missing = sorted({r[name] for r in rows if r[name] not in text})
    print(name, "missing:", missing)
.
