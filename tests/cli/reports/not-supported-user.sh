# not_supported (or nothing) of a user's password: console MFA is unknown; elsewhere it is no password;
# a key made at setup could fail, so that is unknown unless no active key could.
. "$CASES/../lib.sh"
report >report.csv <<'.'
alice password_enabled=not_supported access_key_1_active=true
 access_key_1_last_rotated=2020-01-01T00:00:00Z access_key_1_last_used_date=2026-10-31T00:00:00Z
bob password_enabled=not_supported access_key_1_active=true
 access_key_1_last_rotated=2026-10-01T00:00:00Z access_key_1_last_used_date=2026-10-31T00:00:00Z
.
verdicts report.csv
