# A plan of two accounts: root first, what can be taken back before what cannot, unknown at the end.
. "$CASES/../lib.sh"
report >one.csv <<'.'
<root_account> mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-10-01T00:00:00Z
bob mfa_active=false access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:05Z
 access_key_1_last_used_date=2026-10-31T00:00:00Z
-x mfa_active=true access_key_1_active=true access_key_1_last_rotated=no_information
.
report <<'.' | sed 's/111122223333/222233334444/' >two.csv
<root_account> mfa_active=true
carol mfa_active=true password_enabled=true password_last_used=2026-10-01T00:00:00Z
 access_key_1_active=true access_key_1_last_rotated=2026-10-30T00:00:00Z
 access_key_2_active=true access_key_2_last_rotated=2026-10-30T00:00:00Z
.
run keywarden fix plan two.csv one.csv --as-of 2026-11-01
