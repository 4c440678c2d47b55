# shellcheck source=tests/cli/lib.sh
. "$CASES/../lib.sh"
# Compliance findings, class 2003, in an array.
report >report.csv <<'.'
<root_account> access_key_1_active=true access_key_1_last_rotated=2024-01-31T00:00:00Z
ann|b password_enabled=true mfa_active=maybe access_key_2_active=false access_key_2_last_rotated=2026-10-30T00:00:00Z
.
keywarden audit report.csv --as-of 2026-11-01 --quiet --format ocsf >out || echo "exit code $?"
python3 - <<'.'
import json
events = json.load(open("out", encoding="utf-8"))
print(json.dumps([events[1], events[2]], indent=1))
.
