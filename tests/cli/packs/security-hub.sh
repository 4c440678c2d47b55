# Security Hub's controls on a small report: what it tells is judged, the rest says what to collect.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_enabled=true mfa_active=false access_key_1_last_rotated=2020-01-01T00:00:00Z
alice password_enabled=true password_last_used=2026-09-17T00:00:00Z
    password_last_changed=2020-01-01T00:00:00Z mfa_active=true
bob access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59Z
    access_key_1_last_used_date=2026-10-31T00:00:00Z
.
keywarden audit report.csv --pack security-hub --as-of 2026-11-01 --format csv | tee csv
echo "IAM.20 is retired: $(grep -c 'IAM\.20,' csv) rows"
# Root without credentials passes IAM.6 and IAM.9, even with an MFA device left over.
report >member.csv <<'.'
<root_account> password_enabled=false mfa_active=true
.
keywarden audit member.csv --pack security-hub --as-of 2026-11-01 --format csv --all |
    grep -E 'IAM\.(4|6|9),'
