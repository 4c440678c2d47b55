# false with a date is a key that is there but switched off; false without one is no key. An inactive
# root key fails; its past use counts. A user's inactive key is no credential in use, and makes no pair.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> access_key_1_active=false access_key_1_last_rotated=2015-01-01T00:00:00Z
 access_key_1_last_used_date=2026-10-31T12:00:00Z
alice access_key_1_active=false access_key_1_last_rotated=2015-01-01T00:00:00Z
 access_key_2_active=true access_key_2_last_rotated=2026-10-20T00:00:00Z mfa_active=true
bob access_key_1_active=false access_key_1_last_rotated=2015-01-01T00:00:00Z mfa_active=true
 access_key_1_last_used_date=2026-10-31T12:00:00Z
.
verdicts report.csv
