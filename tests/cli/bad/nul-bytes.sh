# NUL is a byte like any other: it ends no name, hides no row.
printf 'user,arn,mfa_active\nali\0ce,arn:aws:iam::111122223333:user/alice,false\n' >report.csv
printf '\0,arn:aws:iam::111122223333:user/x,fal\0se\nbob,arn:aws:iam::111122223333:user/bob,false\n' >>report.csv
echo 'IAMUser should have MFAActive' >rules.txt
keywarden audit report.csv --rules rules.txt --as-of 2026-11-01 -f csv | cat -v
printf 'user,arn,mfa_active\0\nalice,arn:aws:iam::111122223333:user/alice,false\n' >header.csv
keywarden audit header.csv --rules rules.txt --as-of 2026-11-01 -f csv
