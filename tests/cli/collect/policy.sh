# Policies: exactly what the other options ask; nobody is asked.
. "$CASES/../lib.sh"
export HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true
run keywarden collect --print-policy
run keywarden collect --org --root-session --assets --live-keys --with all --print-policy
run keywarden collect --org --role keywarden --print-policy=cloudformation
run keywarden collect --org --role security/audit/keywarden --with contacts --print-policy=terraform
printf '111122223333\n444455556666,other\n' >accounts.txt
run keywarden collect --accounts accounts.txt --role a/b --print-policy=caller
run keywarden collect --role arn:aws:iam::111122223333:role/x/y --print-policy=caller
AWS_REGION=us-gov-west-1 run keywarden collect --org --root-session --print-policy=caller | grep arn
echo '--- what is no policy'
run keywarden collect --print-policy=role 2>&1
run keywarden collect --org --print-policy=cloudformation 2>&1
run keywarden collect --org --role 'a b' --print-policy=terraform 2>&1
run keywarden collect --print-policy=xml 2>&1
AWS_REGION=us-iso-east-1 run keywarden collect --print-policy 2>&1
ls
