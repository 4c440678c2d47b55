# A wrong accounts file is an error with its place; one that lies in an audited folder is not used.
. "$CASES/../lib.sh"
header=account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail
mkdir reports
report <<<'ada password_enabled=true mfa_active=false' >reports/a.csv
printf '%s\n111122223333,Large,true,,999,9,9,9,9\n' $header >reports/accounts.csv
audit() {
    run keywarden audit reports --as-of 2026-11-01 -f csv "$@" 2>&1 | grep -e console -e : -e '^  ' -e exit
}
audit
audit --accounts reports/accounts.csv
audit --accounts nothing.csv
audit --accounts reports/a.csv
for row in 11112222333,o,true,,1,1,1,1,1 111122223333,o,true,,1,1,x,1,1 111122223333,o; do
    printf '%s\n%s\n' $header "$row" >accounts.csv
    audit --accounts accounts.csv
done
