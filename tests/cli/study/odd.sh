# What is odd is said and counts for nothing: two reports for one date, files that are no reports or lie
# elsewhere, a report of another account than its name says, damage, lost rows, skew, odd cells, no
# root row, an account that changes organization; and no accounts.csv at all.
. "$CASES/../lib.sh"
mkdir -p fleet/2021-01-10 fleet/2021-01-17 fleet/2021-02-07 fleet/2021-03-07 fleet/notes
cat >fleet/accounts.csv <<'.'
account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail
111122223333,Larkspur,false,,1,1,1,1,1
.
cat >fleet/2021-01-17/accounts.csv <<'.'
account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail
111122223333,Fennel,,,1,1,1,1,
.
user() { report <<<"$*"; }
root='<root_account> password_enabled=not_supported password_last_used=2021-01-09T00:00:00Z'
user "$root" >fleet/2021-01-10/111122223333.csv
report </dev/null >fleet/2021-01-10/z-111122223333.csv
user "$root" | sed 's/111122223333/444455556666/' | gzip >fleet/2021-01-10/second.csv.gz
echo 'a,b' >fleet/2021-01-10/list.csv
user ada >fleet/notes/777788889999.csv
cp fleet/notes/777788889999.csv fleet
user ada mfa_active=maybe password_last_used=2021-02-01T00:00:00Z >fleet/2021-01-17/111122223333.csv
echo 'bob,only two cells' >>fleet/2021-01-17/111122223333.csv
user ada | sed 's/111122223333/999900001111/' >fleet/2021-01-17/444455556666.csv
user '<root_account> password_last_used=2021-02-08T00:00:00Z' >fleet/2021-02-07/111122223333.csv
user ada | gzip | head -c 100 >fleet/2021-02-07/444455556666.csv.gz
echo 'a,b' >fleet/2021-02-07/777788889999.csv
run keywarden study fleet --kind root --format csv --jobs 2
run keywarden study fleet --kind iam --quiet | tail -n 9
rm fleet/accounts.csv fleet/2021-01-17/accounts.csv
run keywarden study fleet --quiet 2>/dev/null | grep -o 'there is no accounts.csv.*'
keywarden study fleet --format csv --quiet 2>/dev/null | grep -E 'known|^(uses|accounts),'
echo '--- names that a spreadsheet would run'
mkdir -p names/2021-01-24
report <<<'=1+1 access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:00Z' \
    >names/2021-01-24/111122223333.csv
printf 'account,organization,unit\n111122223333,@Larkspur,-prod\n' >names/accounts.csv
keywarden study names --show not_rotated_90 --quiet
keywarden study names --show not_rotated_90 --csv-safe --quiet
