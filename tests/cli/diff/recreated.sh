# A user of the same name, made anew, is another user: nothing of the old one goes on.
. "$CASES/../lib.sh"
report >old.csv <<'.'
<root_account> mfa_active=true
carol user_creation_time=2024-01-01T00:00:00Z password_enabled=true
 password_last_used=2026-10-01T00:00:00Z password_last_changed=2026-09-01T00:00:00Z
 access_key_1_active=true access_key_1_last_rotated=2026-09-01T00:00:00Z
.
report >new.csv <<'.'
<root_account> mfa_active=true
carol user_creation_time=2026-10-05T00:00:00Z password_enabled=true mfa_active=true
 password_last_used=no_information password_last_changed=2026-10-05T00:00:00Z
 access_key_1_active=true access_key_1_last_rotated=2026-10-06T00:00:00Z
.
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
run keywarden diff old.csv new.csv "${times[@]}"
run keywarden diff old.csv new.csv "${times[@]}" --format csv
