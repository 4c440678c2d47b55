# What is said of the baseline in table, page and document.
. "$CASES/../lib.sh"
report >old.csv <<<'ada password_enabled=true mfa_active=false'
report >new.csv <<<'bob password_enabled=true mfa_active=true'
echo '- {id: mfa, severity: high, rule: IAMUser should have MFAActive}' >rules.yaml
keywarden audit --rules rules.yaml --as-of 2026-11-01 old.csv -f csv -o base.csv
audit() {
    run keywarden audit --rules rules.yaml --as-of 2026-11-01 --baseline base.csv -q "$@"
}
audit old.csv
audit new.csv | grep -e note -e fails
audit old.csv -f json | grep -o '"baseline":{[^}]*}'
audit old.csv -f html | grep -e "the baseline" -e Baseline
