# A folder that may not be listed is an error, and the others are judged. Root may list any.
[ "$(id -u)" -ne 0 ] || { echo "root may read everything"; exit 77; }
mkdir -p fleet/closed
printf 'user,arn,mfa_active\nalice,arn:aws:iam::111122223333:user/alice,false\n' >fleet/a.csv
cp fleet/a.csv fleet/secret.csv
chmod 0 fleet/closed fleet/secret.csv
echo 'IAMUser should have MFAActive' >rules.txt
code=0
keywarden audit fleet --rules rules.txt --as-of 2026-11-01 -f csv || code=$?
chmod 700 fleet/closed
exit $code
