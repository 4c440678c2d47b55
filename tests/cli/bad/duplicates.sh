# The same user twice is told with the line of the second; both are judged. The same name in another
# report is no duplicate, nor is one that differs in case.
cat >a.csv <<'.'
user,arn,mfa_active
<root_account>,arn:aws:iam::111122223333:root,true
alice,arn:aws:iam::111122223333:user/alice,true
bob,arn:aws:iam::111122223333:user/bob,true
Alice,arn:aws:iam::111122223333:user/Alice,true
alice,arn:aws:iam::111122223333:user/alice,false
"alice",arn:aws:iam::111122223333:user/alice,false
<root_account>,arn:aws:iam::111122223333:root,false
.
sed '6,$d' a.csv >b.csv
echo 'IAMUser should have MFAActive' >rules.txt
keywarden audit a.csv b.csv --rules rules.txt --as-of 2026-11-01 -f csv
