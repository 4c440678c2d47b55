# A reader that goes away early is told by name, exit code 3, and is no crash.
seq 20000 | awk 'BEGIN { print "user,arn,mfa_active" }
    { print "user-" $1 ",arn:aws:iam::111122223333:user/user-" $1 ",false" }' >report.csv
echo 'IAMUser should have MFAActive' >rules.txt
{ keywarden audit report.csv --rules rules.txt --as-of 2026-11-01 -f csv; echo "exit code $?" >&2; } | head -c 10
echo
