# Python reads back exactly the bytes that the report had.
python3 "$CASES/hostile.py"
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never -f csv >out.csv
PYTHONPATH=$CASES PYTHONDONTWRITEBYTECODE=1 python3 - <<'.'
import csv, hostile, io
# As Latin-1 each byte is a letter; older versions of csv cannot read NUL.
text = open("out.csv", encoding="latin-1", newline="").read().replace("\0", "\u2400")
rows = list(csv.reader(io.StringIO(text, newline="")))
got = [row[1].replace("\u2400", "\0").encode("latin-1") for row in rows[1:]]
print(len(got), got == hostile.names, {len(row) for row in rows})
.
