# Reports of today say true or false of root's password, with its date. Without a password, MFA is not
# missed; what was used before the password was deleted still counts as use.
. "$CASES/../lib.sh"
judge() { report >report.csv; verdicts report.csv --fail-on never; }
echo "with a password, without MFA:"
judge <<'.'
<root_account> password_enabled=true mfa_active=false password_last_used=2026-10-30T00:00:00Z
 password_last_changed=2020-01-01T00:00:00Z
.
echo "without a password:"
judge <<'.'
<root_account> password_enabled=false mfa_active=false password_last_used=N/A password_last_changed=N/A
.
echo "without a password, but it was used yesterday:"
judge <<'.'
<root_account> password_enabled=false mfa_active=false password_last_used=2026-10-31T12:00:00Z
.
