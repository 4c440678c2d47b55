# Each control at its boundary second. root-not-used: T - last <= 1 day fails. user-credentials-used:
# idle >= 45 days fails, since 2026-09-17. user-used: idle >= 90 days fails, since 2026-08-03.
# access-key-rotated: T - rotated > 90 days fails. Access key at setup: within 10 seconds fails.
. "$CASES/../lib.sh"
judge() { report >report.csv; verdicts report.csv --fail-on never | grep "$1"; }
judge root-not-used <<'.'
<root_account> password_last_used=2026-10-31T00:00:00Z
.
judge root-not-used <<'.'
<root_account> password_last_used=2026-10-30T23:59:59Z
.
judge root-not-used <<'.'
<root_account> access_key_2_last_used_date=2026-10-31T00:00:00Z access_key_1_active=true
.
judge user-credentials-used <<'.'
idle-45 password_enabled=true password_last_used=2026-09-17T00:00:00Z
idle-45-less-1 password_enabled=true password_last_used=2026-09-17T00:00:01Z
never-45 password_enabled=true password_last_used=no_information
 password_last_changed=2026-09-17T00:00:00Z
never-less-1 password_enabled=true password_last_used=no_information
 password_last_changed=2026-09-17T00:00:01Z
key-45 access_key_2_active=true access_key_2_last_rotated=2020-01-01T00:00:00Z
 access_key_2_last_used_date=2026-09-17T00:00:00Z
key-less-1 access_key_2_active=true access_key_2_last_rotated=2020-01-01T00:00:00Z
 access_key_2_last_used_date=2026-09-17T00:00:01Z
key-never-45 access_key_1_active=true access_key_1_last_rotated=2026-09-17T00:00:00Z
.
judge user-used <<'.'
idle-90 password_enabled=true password_last_used=2026-08-03T00:00:00Z
idle-90-less-1 password_enabled=true password_last_used=2026-08-03T00:00:01Z
one-is-fresh password_enabled=true password_last_used=2020-08-03T00:00:00Z
 access_key_1_active=true access_key_1_last_used_date=2026-08-03T00:00:01Z
none-is-fresh password_enabled=true password_last_used=2020-08-03T00:00:00Z
 access_key_1_active=true access_key_1_last_used_date=2026-08-03T00:00:00Z
.
judge at-setup <<'.'
after-10 password_enabled=true access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:10Z
after-11 password_enabled=true access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:11Z
before-10 password_enabled=true access_key_2_active=true access_key_2_last_rotated=2019-12-31T23:59:50Z
before-11 password_enabled=true access_key_2_active=true access_key_2_last_rotated=2019-12-31T23:59:49Z
inactive password_enabled=true access_key_2_last_rotated=2020-01-01T00:00:00Z
no-password access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:10Z
.
