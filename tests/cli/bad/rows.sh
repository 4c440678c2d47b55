# Rows that are wrong: each error names file and line (and column, where it is one), and the good rows
# are judged. A row with an impossible date is judged with that part unknown.
. "$CASES/../lib.sh"
cat >rules.txt <<'.'
IAMUser should have MFAActive
IAMUser should not have age(CreationDate) gt 90 days
.
cat >report.csv <<'.'
user,arn,user_creation_time,mfa_active
good-1,arn:aws:iam::111122223333:user/good-1,2026-10-01T00:00:00Z,true
short,arn:aws:iam::111122223333:user/short
long,arn:aws:iam::111122223333:user/long,2026-10-01T00:00:00Z,true,what,is,this
,arn:aws:iam::111122223333:user/nobody,2026-10-01T00:00:00Z,true
no-such-day,arn:aws:iam::111122223333:user/no-such-day,2026-02-30T00:00:00Z,false
no-leap-year,arn:aws:iam::111122223333:user/no-leap-year,2023-02-29T00:00:00Z,true
no-such-hour,arn:aws:iam::111122223333:user/no-such-hour,2026-01-01T24:00:00Z,true
leap-second,arn:aws:iam::111122223333:user/leap-second,2016-12-31T23:59:60Z,true
other-zone,arn:aws:iam::111122223333:user/other-zone,2026-10-01T00:00:00+01:00,true
no-zone,arn:aws:iam::111122223333:user/no-zone,2026-10-01T00:00:00,true
empty-cells,arn:aws:iam::111122223333:user/empty-cells,,
perhaps,arn:aws:iam::111122223333:user/perhaps,2026-10-01T00:00:00Z,perhaps
no-arn,,2026-10-01T00:00:00Z,true
good-2,arn:aws:iam::111122223333:user/good-2,2026-10-01T00:00:00Z,true
good-1,arn:aws:iam::111122223333:user/other/good-1,2026-10-01T00:00:00Z,true
"two
lines",arn:aws:iam::111122223333:user/two,2026-10-01T00:00:00Z
after,arn:aws:iam::111122223333:user/after,2026-10-01T00:00:00Z,no
.
keywarden audit report.csv --rules rules.txt --as-of 2026-11-01 -f csv --all
