# A folder is searched, at any depth, for *.csv, *.csv.gz and *.json; in it, what is no report is
# listed and skipped. A file that was named is an error if it is no report. Hidden files are no input.
. "$CASES/../lib.sh"
mkdir -p fleet/b/c fleet/empty
report <<<'root mfa_active=false' | sed 's/111122223333/100000000001/' >fleet/b/c/one.csv
report <<<'root mfa_active=false' | sed 's/111122223333/100000000002/' | gzip >fleet/a.csv.gz
report <<<'root mfa_active=false' | sed 's/111122223333/100000000003/' >fleet/notes.txt
printf 'account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail\n' >fleet/accounts.csv
printf '100000000001,o-1,false,2020-01-01,3,true,true,true,true\n' >>fleet/accounts.csv
echo 'name,city' >fleet/people.csv
echo '{"Version": "2012-10-17"}' >fleet/policy.json
echo 'not JSON' >fleet/broken.json
: >fleet/zero.csv
echo 'IAMUser should have MFAActive' >rules.txt
audit() { run keywarden audit --as-of 2026-11-01 --rules rules.txt -f csv "$@"; }
audit fleet
echo "quiet:"
audit fleet --quiet | tail -n 2
echo "named:"
audit fleet/notes.txt | tail -n 2
audit fleet/accounts.csv | tail -n 1
audit fleet/people.csv | tail -n 1
audit fleet/policy.json | tail -n 1
audit fleet/zero.csv | tail -n 1
echo "nothing in it:"
audit fleet/empty
