# An excepted finding of the baseline is new once its exception has expired; a failure of the baseline
# that is excepted now is shown, and fails nothing.
. "$CASES/../lib.sh"
report >report.csv <<<'ada password_enabled=true mfa_active=false'
echo '- {id: mfa, severity: high, rule: IAMUser should have MFAActive}' >rules.yaml
echo '- {control: mfa, user: ada, owner: o, reason: r, ticket: t, expires: 2026-11-01}' >e.yaml
audit() {
    run keywarden audit --rules rules.yaml report.csv -f csv "$@" 2>&1
}
audit --as-of 2026-11-01 --exceptions e.yaml -o excepted.csv
audit --as-of 2026-11-01 -o failed.csv
audit --as-of 2026-11-01 --exceptions e.yaml --baseline excepted.csv
audit --as-of 2026-11-02 --exceptions e.yaml --baseline excepted.csv
audit --as-of 2026-11-01 --exceptions e.yaml --baseline failed.csv
