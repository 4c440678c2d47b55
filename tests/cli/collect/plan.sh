# Plans: calls, how many, how long; nobody is asked, so there are no credentials here.
. "$CASES/../lib.sh"
export HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true
run keywarden collect --plan
run keywarden collect --org --root-session --live-keys --assets --with contacts,ssh-keys --plan --plan-accounts 10000
printf '111122223333\n444455556666,other\n' >accounts.txt
run keywarden collect --accounts accounts.txt --plan=json --jobs 1
run keywarden collect --accounts accounts.txt --plan --plan-accounts 5000 --jobs 2 | tail -n 4
echo '--- what is no plan'
run keywarden collect --org --plan 2>&1
run keywarden collect --org --plan --plan-accounts 0 2>&1
run keywarden collect --plan=xml 2>&1
run keywarden collect --plan --print-policy 2>&1
run keywarden collect --plan --resume 2>&1
ls
