# shellcheck source=tests/cli/lib.sh
. "$CASES/../lib.sh"
# Each verdict is a test case in a suite of its own.
report >report.csv <<'.'
<root_account> access_key_1_active=true access_key_1_last_rotated=2024-01-31T00:00:00Z
ann|b password_enabled=true mfa_active=maybe access_key_2_active=false access_key_2_last_rotated=2026-10-30T00:00:00Z
.
keywarden audit report.csv --as-of 2026-11-01 --quiet --all --format junit >out || echo "exit code $?"
cat out
