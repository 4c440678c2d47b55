# Slots carry no order: a key is the same wherever it stands, and a rotated key is another one.
. "$CASES/../lib.sh"
report >old.csv <<'.'
<root_account> mfa_active=true
moved access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:00Z
 access_key_1_last_used_date=2026-10-01T00:00:00Z
both access_key_1_active=true access_key_1_last_rotated=2026-09-01T00:00:00Z
 access_key_2_active=false access_key_2_last_rotated=2026-09-02T00:00:00Z
rotated access_key_1_active=true access_key_1_last_rotated=2026-08-01T00:00:00Z
retired access_key_2_active=true access_key_2_last_rotated=2026-09-01T00:00:00Z
 access_key_2_last_used_date=2026-09-20T00:00:00Z
twins access_key_1_active=true access_key_1_last_rotated=2026-09-01T00:00:00Z
 access_key_2_active=true access_key_2_last_rotated=2026-09-01T00:00:00Z
twin-gone access_key_1_active=true access_key_1_last_rotated=2026-09-01T00:00:00Z
 access_key_2_active=false access_key_2_last_rotated=2026-09-01T00:00:00Z
certificate cert_1_active=true cert_1_last_rotated=2026-09-01T00:00:00Z
.
report >new.csv <<'.'
<root_account> mfa_active=true
moved access_key_2_active=true access_key_2_last_rotated=2020-01-01T00:00:00Z
 access_key_2_last_used_date=2026-10-01T00:00:00+00:00
both access_key_2_active=TRUE access_key_2_last_rotated=2026-09-01T00:00:00Z
 access_key_1_active=false access_key_1_last_rotated=2026-09-02T00:00:00Z
rotated access_key_1_active=true access_key_1_last_rotated=2026-10-01T00:00:00Z
retired access_key_1_active=false access_key_1_last_rotated=2026-09-01T00:00:00Z
 access_key_1_last_used_date=2026-10-02T00:00:00Z
twins access_key_1_active=false access_key_1_last_rotated=2026-09-01T00:00:00Z
 access_key_2_active=true access_key_2_last_rotated=2026-09-01T00:00:00Z
twin-gone access_key_2_active=true access_key_2_last_rotated=2026-09-01T00:00:00Z
certificate cert_2_active=false cert_2_last_rotated=2026-09-01T00:00:00Z
.
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
run keywarden diff old.csv new.csv "${times[@]}" --all
run keywarden diff old.csv new.csv "${times[@]}" --format csv
