# Files add up in their order, an id is used once in all of them, and the first that holds counts.
. "$CASES/../lib.sh"
report >report.csv <<<'ada password_enabled=true mfa_active=false'
entry() {
    printf -- '- {id: %s, control: user-console-mfa, user: "%s", owner: o, reason: r, ticket: t, expires: %s}\n' "$@"
}
entry old a* 2026-10-01 >1.yaml
entry first '?da' 2026-12-01 >2.yaml
entry second a* 2026-12-01 >>2.yaml
audit() {
    run keywarden audit report.csv --as-of 2026-11-01 -f csv "$@" 2>&1 | grep -e console -e : -e exit
}
audit --exceptions 1.yaml --exceptions 2.yaml
audit --exceptions 2.yaml --exceptions 2.yaml
audit --exceptions nothing.yaml
audit --exceptions .
audit --exceptions 2.yaml -q
