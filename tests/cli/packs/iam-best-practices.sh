# The five practices on a user who breaks all of them; root is never judged.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_enabled=true access_key_1_active=true access_key_2_active=true
alice password_enabled=true password_last_used=no_information
    password_last_changed=2020-01-01T00:00:00Z
    access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:10Z
    access_key_2_active=true access_key_2_last_rotated=2020-06-01T00:00:00Z
.
keywarden audit report.csv --pack iam-best-practices --as-of 2026-11-01 --format csv --all
