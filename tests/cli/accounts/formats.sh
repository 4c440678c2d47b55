# The table and the page say which severity an account has raised or lowered; the document counts them.
. "$CASES/../lib.sh"
cat >accounts.csv <<'.'
account,iam_users,rds,s3,ec2,cloudtrail
111111111111,1,1,1,1,1
444444444444,251,1,1,1,1
.
mkdir reports
for account in 111111111111 444444444444; do
    report <<'.' | sed "s/111122223333/$account/" >reports/$account.csv
ada password_enabled=true mfa_active=false
bob mfa_active=not_supported
.
done
echo '- {id: mfa, severity: medium, rule: IAMUser should have MFAActive}' >rules.yaml
audit() {
    run keywarden audit reports --rules rules.yaml --as-of 2026-11-01 --accounts accounts.csv -q "$@" 2>&1
}
audit
audit --fail-on critical -f summary
audit --fail-on critical -f summary --strict
audit -f json | grep -o '"controls":.*"errors":\[\]'
audit -f html | grep -e raised -e lowered -e 'one level' -e '<p class="verdict' | cut -c1-400
echo '[excepted]'
echo '- {control: mfa, user: ada, owner: o, reason: r, ticket: t, expires: 2026-12-01}' >e.yaml
audit --exceptions e.yaml -f csv
for level in critical high; do
    audit --exceptions e.yaml -f summary --strict --fail-on $level | tail -1
done
