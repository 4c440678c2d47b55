# A quote that is never closed makes one bad line, not one bad rest of the file. Bytes behind a closing
# quote belong to the cell, as Python's csv has it.
cat >open.csv <<'.'
user,arn,mfa_active
alice,arn:aws:iam::111122223333:user/alice,false
"bob,arn:aws:iam::111122223333:user/bob,false
carol,arn:aws:iam::111122223333:user/carol,false
.
cat >behind.csv <<'.'
user,arn,mfa_active
"dan"iel,arn:aws:iam::111122223333:user/daniel,false
"",arn:aws:iam::111122223333:user/empty,false
e"ve,arn:aws:iam::111122223333:user/eve,false
.
printf 'user,arn,mfa_active\n"frank,arn:aws:iam::111122223333:user/frank,false' >no-end.csv
printf '"user,arn,mfa_active\nfrank,arn:aws:iam::111122223333:user/frank,false' >header.csv
echo 'IAMUser should have MFAActive' >rules.txt
for file in open behind no-end header; do
    echo "$file:"
    keywarden audit $file.csv --rules rules.txt --as-of 2026-11-01 -f csv --fail-on never 2>&1
    echo "exit code $?"
done
