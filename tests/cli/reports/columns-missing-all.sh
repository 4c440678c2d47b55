# Only user and arn are there: a report, of which nothing is known.
cat >report.csv <<'.'
user,arn
<root_account>,arn:aws:iam::111122223333:root
alice,arn:aws:iam::111122223333:user/alice
.
. "$CASES/../lib.sh"
verdicts report.csv
keywarden audit report.csv --as-of 2026-11-01 --format csv | cut -d, -f2,3,6-
echo "strict: $(keywarden audit report.csv --as-of 2026-11-01 --strict -f summary >/dev/null; echo $?)"
