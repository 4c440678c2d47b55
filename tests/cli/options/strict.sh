# Unknown is no pass: --strict fails on what the given input lacks, --strict=all also on what was never
# collected. Both count from --fail-on's severity on.
. "$CASES/../lib.sh"
audit() {
    code=0
    keywarden audit report.csv --as-of 2026-11-01 -f csv "$@" >/dev/null 2>&1 || code=$?
    printf ' %s:%d' "${*:-plain}" "$code"
}
both() { audit; audit --strict; audit --strict=all; audit --strict=all --fail-on critical; echo; }
printf 'never collected (the kind of MFA device):'
report >report.csv <<<'<root_account> mfa_active=true'
both
printf 'a missing column (mfa_active):'
report <<<'<root_account> password_enabled=true' | cut -d, -f1-7,9- >report.csv
both
printf 'no root row:'
report >report.csv <<<'alice mfa_active=true'
both
printf 'a bad date, for a medium control:'
report >report.csv <<'.'
<root_account>
alice mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-02-30T00:00:00Z
.
both
printf 'nothing unknown:'
report >report.csv <<<'<root_account>'
both
printf 'never is never:'
report >report.csv <<<'alice mfa_active=true'
audit --strict=all --fail-on never
echo
