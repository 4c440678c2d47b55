# Exit code 1 from the severity on that --fail-on names. The rules fail at one severity each.
. "$CASES/../lib.sh"
report >report.csv <<<'alice mfa_active=false'
for severity in critical high medium low info; do
    printf -- '- id: x\n  severity: %s\n  rule: IAMUser should have MFAActive\n' $severity >$severity.yaml
    printf '%-8s' $severity
    for level in critical high medium low info never; do
        code=0
        keywarden audit report.csv --as-of 2026-11-01 --rules $severity.yaml --fail-on $level -f csv \
            >/dev/null || code=$?
        printf ' %s=%d' $level $code
    done
    code=0
    keywarden audit report.csv --as-of 2026-11-01 --rules $severity.yaml -f csv >/dev/null || code=$?
    echo " default=$code"
done
