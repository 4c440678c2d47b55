# What is asked for wrongly, and folders that hold no sample.
. "$CASES/../lib.sh"
mkdir -p empty fleet/2021-01-10 bad
report <<<ada >fleet/2021-01-10/111122223333.csv
touch file.csv
exec 2>&1
run keywarden study
run keywarden study fleet fleet
run keywarden study nowhere
run keywarden study file.csv
run keywarden study fleet --kind users
run keywarden study fleet --format xml
run keywarden study fleet --by account
run keywarden study fleet --show everything
run keywarden study fleet --show uses --format json
run keywarden study fleet --sample 2021-01-11
run keywarden study fleet --sample yesterday
echo '{"profile":' >bad/profile.json
run keywarden study bad
rm bad/profile.json
echo 'account,organization' >bad/accounts.csv
echo '12,o' >>bad/accounts.csv
run keywarden study bad
run keywarden study empty --format csv
