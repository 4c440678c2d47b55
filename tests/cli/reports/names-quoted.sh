# A comma is legal in a user name; quotes, doubled quotes and line feeds are read as CSV has them, and
# written again so that a CSV reader gets the same names back.
cat >report.csv <<'.'
user,arn,mfa_active
"smith, jr","arn:aws:iam::111122223333:user/smith, jr",false
"o""brien",arn:aws:iam::111122223333:user/o,"false"
"two
lines",arn:aws:iam::111122223333:user/two,false
bare"quote,arn:aws:iam::111122223333:user/bare,false
 blanks ,arn:aws:iam::111122223333:user/blanks,false
.
cat >rules.txt <<'.'
IAMUser should have MFAActive
.
keywarden audit report.csv --rules rules.txt --as-of 2026-11-01 -f csv --fail-on never >out.csv
cat out.csv
python3 -c '
import csv
print([row["user"] for row in csv.DictReader(open("out.csv", newline=""))])'
