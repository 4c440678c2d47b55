# A date after the as-of time counts as used, with one warning per file and its count.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_last_used=2026-11-01T00:00:01Z mfa_active=true
alice mfa_active=true access_key_1_active=true access_key_1_last_rotated=2030-01-01T00:00:00Z
 access_key_1_last_used_date=2030-01-02T00:00:00Z password_next_rotation=2031-01-01T00:00:00Z
.
verdicts report.csv
