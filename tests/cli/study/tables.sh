# A fleet small enough to count by hand, in each format: two accounts over three Sundays, one of
# which the second account misses; then by organizational unit.
. "$CASES/../lib.sh"
cat >accounts.csv <<'.'
account,organization,unit,standalone,created,iam_users,rds,s3,ec2,cloudtrail
111122223333,Larkspur,/prod,false,,2,10,20,30,1
444455556666,"Fennel, Inc.",/lab,true,,1,0,0,0,0
.
# DATE ACCOUNT, and on standard input the lines of a report.
sample() {
    mkdir -p "fleet/$1"
    report | sed "s/111122223333/$2/" >"fleet/$1/$2.csv"
}
mkdir fleet
cp accounts.csv fleet
sample 2021-01-10 111122223333 <<'.'
<root_account> password_enabled=not_supported password_last_used=2021-01-05T08:00:00+00:00
ada password_enabled=true password_last_used=2021-01-08T00:00:00Z mfa_active=true access_key_1_active=true
 access_key_1_last_rotated=2020-01-01T00:00:05Z access_key_1_last_used_date=2021-01-09T00:00:00Z
bob access_key_1_active=true access_key_1_last_rotated=2020-10-10T00:00:00Z
.
sample 2021-01-10 444455556666 <<'.'
<root_account> password_enabled=not_supported password_last_used=no_information access_key_1_active=true
 access_key_1_last_rotated=2019-06-01T00:00:00Z access_key_1_last_used_date=2021-01-10T00:00:00Z
cy password_enabled=true password_last_used=no_information password_last_changed=2020-01-01T00:00:00Z
.
sample 2021-01-17 111122223333 <<'.'
<root_account> password_enabled=not_supported password_last_used=2021-01-05T08:00:00+00:00
ada password_enabled=true password_last_used=2021-01-08T00:00:00Z mfa_active=true access_key_1_active=true
 access_key_1_last_rotated=2021-01-12T00:00:00Z
bob access_key_1_active=true access_key_1_last_rotated=2020-10-10T00:00:00Z
.
sample 2021-01-24 111122223333 <<'.'
<root_account> password_enabled=not_supported password_last_used=2021-01-17T00:00:00+00:00 mfa_active=true
ada password_enabled=true password_last_used=2021-01-08T00:00:00Z mfa_active=true access_key_1_active=true
 access_key_1_last_rotated=2021-01-12T00:00:00Z
.
sample 2021-01-24 444455556666 <<'.'
<root_account> password_enabled=not_supported password_last_used=no_information access_key_1_active=true
 access_key_1_last_rotated=2019-06-01T00:00:00Z access_key_1_last_used_date=2021-01-10T00:00:00Z
cy password_enabled=true password_last_used=no_information password_last_changed=2020-01-01T00:00:00Z
.
keywarden study fleet
echo "=== csv"
keywarden study fleet --format csv
echo "=== users of 17 January, by unit"
keywarden study fleet --kind iam --sample 2021-01-17 --by ou
echo "=== json"
keywarden study fleet --format json | sed 's/"version":"[^"]*",//' | python3 -m json.tool --compact
for figure in uses use_organizations repeat_accounts unused_90 oldest_active_key; do
    echo "=== $figure"
    keywarden study fleet --show $figure --quiet
done
