# What goes with --store and what does not.
. "$CASES/../lib.sh"
report >one.csv <<<'ada password_enabled=true mfa_active=false'
echo '- {id: mfa, severity: high, rule: IAMUser should have MFAActive}' >rules.yaml
printf 'account,organization,iam_users,rds,s3,ec2,cloudtrail\n111122223333,o,1,0,0,400,0\n' >accounts.csv
cat >exceptions.yaml <<'.'
- {id: later, control: mfa, user: ada, owner: o, reason: r, ticket: t, expires: 2026-12-01}
.
audit() { run keywarden audit --rules rules.yaml "$@" 2>&1; }
audit --store k.db
: >empty.db
audit --store empty.db
audit --store rules.yaml
keywarden store import --store k.db --at 2026-10-01 -q one.csv --accounts accounts.csv
audit --store k.db one.csv
audit one.csv --new-since 2026-10-01
audit --store k.db --new-since 2026-10-01 --baseline base.csv
audit --store k.db --as-of 2026-10-02 --new-since 2026-10-01
audit --store k.db -f csv
echo '--- severities by what the store knows of the account'
audit --store k.db -f csv --accounts k.db
echo '--- exceptions that the store keeps'
keywarden store import --store k.db --exceptions exceptions.yaml
audit --store k.db -f csv
sqlite3 k.db 'SELECT user, status, verdict, severity, excepted_by FROM finding_list'
echo '[]' >none.yaml
audit --store k.db -f csv --exceptions none.yaml -q
echo '--- a store in the configuration gives way to paths'
printf 'store = k.db\n' >my.conf
audit one.csv -f csv --as-of 2026-10-02 --config my.conf
audit -f csv --config my.conf
echo '--- a plan, a comparison'
run keywarden fix plan --store k.db | grep '^#   '
run keywarden audit --store k.db --compare prowler -f csv | head -n 2
echo '--- damage'
sqlite3 k.db "UPDATE raw_reports SET zstd = zeroblob(20)"
audit --store k.db -f csv
