# Names are untrusted in every format.
. "$CASES/../lib.sh"
report >old.csv <<'.'
<root_account> mfa_active=true
.
python3 - <<'.'
import csv
names = ["\x1b[31mred", "<script>alert(1)</script>", "a|b", "[x](http://h)", "www.example", "=1+1",
         "line\nfeed", "right\u202eleft", "comma,name", "`code`", "@team"]
rows = list(csv.reader(open("old.csv")))
for name in names:
    row = list(rows[1])
    row[0], row[1] = name, "arn:aws:iam::111122223333:user/" + name
    rows.append(row)
csv.writer(open("new.csv", "w", newline=""), lineterminator="\n").writerows(rows)
.
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
for format in table csv json markdown; do
    run keywarden diff old.csv new.csv "${times[@]}" -f $format --fail-on never
done
