# Older reports say not_supported of root's password: it may be there, so that root without MFA fails;
# an old date of use is still a date of use.
. "$CASES/../lib.sh"
judge() { report >report.csv; verdicts report.csv --fail-on never; }
echo "without MFA, used an hour before:"
judge <<'.'
<root_account> password_enabled=not_supported mfa_active=false password_last_used=2026-10-31T23:00:00+00:00
 password_last_changed=not_supported
.
echo "with MFA, never used:"
judge <<'.'
<root_account> password_enabled=not_supported mfa_active=true password_last_used=no_information
 password_last_changed=not_supported
.
