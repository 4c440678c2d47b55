# MFA lost, a password enabled again, users that come, go and move, root that is used.
. "$CASES/../lib.sh"
report >old.csv <<'.'
<root_account> mfa_active=true password_enabled=true password_last_used=2025-01-01T00:00:00Z
alice password_enabled=true mfa_active=true password_last_changed=2026-09-01T00:00:00Z
 password_last_used=2026-09-30T00:00:00Z
bob
dave user_creation_time=2024-01-01T00:00:00Z mfa_active=true
mover
.
report >new.csv <<'.'
<root_account> mfa_active=false password_enabled=true password_last_used=2026-10-08T00:00:00Z
alice password_enabled=true mfa_active=false password_last_changed=2026-10-03T00:00:00Z
 password_last_used=2026-10-04T00:00:00Z
bob password_enabled=true password_last_changed=2026-10-03T00:00:00Z mfa_active=true
erin user_creation_time=2026-10-06T00:00:00Z mfa_active=true
mover arn=arn:aws:iam::111122223333:user/ops/mover
.
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
run keywarden diff old.csv new.csv "${times[@]}"
run keywarden diff old.csv new.csv "${times[@]}" --format csv
run keywarden diff old.csv new.csv "${times[@]}" --format markdown
run keywarden diff old.csv new.csv "${times[@]}" --format json --pack keywarden
