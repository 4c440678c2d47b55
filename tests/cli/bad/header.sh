# Headers: none, only one, one that names a column twice, names in another case, names in blanks. One
# that has `user` and `arn` and still cannot be read is a report: in a folder too it is an error.
echo 'IAMUser should have MFAActive' >rules.txt
audit() { keywarden audit "$1" --rules rules.txt --as-of 2026-11-01 -f csv --fail-on never 2>&1; echo "exit code $?"; }
: >empty.csv
printf '\n\n\n' >feeds.csv
printf 'user,arn,mfa_active\n' >only.csv
printf 'user,arn,mfa_active' >only-no-end.csv
printf 'user,arn,mfa_active,user\nalice,arn:aws:iam::111122223333:user/alice,false,bob\n' >twice-known.csv
printf 'user,arn,mfa_active,x,x\nalice,arn:aws:iam::111122223333:user/alice,false,1,2\n' >twice-unknown.csv
printf 'User,ARN,MFA_Active\nalice,arn:aws:iam::111122223333:user/alice,false\n' >case.csv
printf ' user , arn , mfa_active \nalice,arn:aws:iam::111122223333:user/alice,false\n' >blanks.csv
printf '"user","arn","mfa_active"\nalice,arn:aws:iam::111122223333:user/alice,false\n' >quoted.csv
printf 'user;arn;mfa_active\nalice;arn:aws:iam::111122223333:user/alice;false\n' >semicolons.csv
printf 'alice,arn:aws:iam::111122223333:user/alice,false\n' >headless.csv
printf 'user,mfa_active\nalice,false\n' >no-arn.csv
{ printf 'user,arn'; seq -f ',column-%.0f' 600 | tr -d '\n'; echo; } >wide.csv
{ seq -f 'column-%.0f,' 600 | tr -d '\n'; echo 'user,"arn"'; } >wide-behind.csv
{ seq -f 'column-%.0f,' 600 | tr -d '\n'; echo 'user'; } >wide-other.csv
{ printf 'user,arn'; seq -f ',column-%.0f' 510 | tr -d '\n'; echo; } >wide-just.csv
{ printf 'user,arn'; head -c 262000 /dev/zero | tr '\0' ,; echo; } >commas.csv
for file in empty feeds only only-no-end twice-known twice-unknown case blanks quoted semicolons headless \
    no-arn wide wide-behind wide-other wide-just commas; do
    echo "$file:"
    audit $file.csv
done
mkdir folder
mv twice-known.csv wide.csv wide-behind.csv wide-other.csv folder
echo "in a folder:"
audit folder
