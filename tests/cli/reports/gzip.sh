# Gzip is known by its content, whatever the file is called; many members are one text.
. "$CASES/../lib.sh"
report >plain.csv <<'.'
<root_account> mfa_active=true
alice password_enabled=true password_last_used=2026-10-31T00:00:00Z
.
verdicts plain.csv | tee plain.out
gzip -c plain.csv >packed.csv.gz
gzip -c plain.csv >misnamed.csv
cp plain.csv not-packed.csv.gz
{ head -n 2 plain.csv | gzip -c; tail -n +3 plain.csv | gzip -c; } >members.gz
for file in packed.csv.gz misnamed.csv not-packed.csv.gz members.gz; do
    verdicts $file | cmp - plain.out && echo "$file: the same"
done
gzip -c plain.csv | verdicts - | cmp - plain.out && echo "standard input: the same"
# Packed, it is larger than what is read at once to see what it is.
python3 "$CASES/../options/reports.py" big 2 big.csv
verdicts big.csv >big.out
gzip -c big.csv >big.csv.gz
verdicts big.csv.gz | cmp - big.out && echo "big.csv.gz: the same"
