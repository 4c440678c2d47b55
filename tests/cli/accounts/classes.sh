# Each class of account: severity up, down or as it is, in csv, jsonl and the exit code. Counts that
# are not there are unknown, not 0.
. "$CASES/../lib.sh"
cat >accounts.csv <<'.'
account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail
111111111111,Small,true,2019-01-01,45,1,1,1,1
222222222222,Medium,true,2019-01-01,46,1,1,1,1
333333333333,Medium,true,2019-01-01,250,0,0,0,0
444444444444,"Large, Inc.",true,2019-01-01,251,,,,
555555555555,Unknown,true,2019-01-01,1,1,1,1,
.
mkdir reports
for account in 111111111111 222222222222 333333333333 444444444444 555555555555 666666666666; do
    report <<<'ada password_enabled=true mfa_active=false' | sed "s/111122223333/$account/" >reports/$account.csv
done
cat >rules.yaml <<'.'
- {id: a, severity: critical, rule: IAMUser should have MFAActive}
- {id: b, severity: medium, rule: IAMUser should have MFAActive}
- {id: c, severity: info, rule: IAMUser should have MFAActive}
.
audit() {
    run keywarden audit reports --rules rules.yaml --as-of 2026-11-01 --accounts accounts.csv "$@" 2>&1
}
audit -f csv
audit -f jsonl | grep '"control":"b"' | grep -o '"user".*"gap"'
for account in 111111111111 444444444444; do
    for level in critical high medium low info never; do
        code=0
        keywarden audit reports/$account.csv --rules rules.yaml --as-of 2026-11-01 -f summary -q \
            --accounts accounts.csv --fail-on $level >/dev/null || code=$?
        printf ' %s=%d' $level $code
    done
    echo " in $account"
    sed -i /critical/d rules.yaml
done
