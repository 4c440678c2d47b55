# shellcheck source=tests/cli/lib.sh
. "$CASES/../lib.sh"
# One run: results, then the rules they name, then what went wrong.
report >report.csv <<'.'
<root_account> access_key_1_active=true access_key_1_last_rotated=2024-01-31T00:00:00Z
ann|b password_enabled=true mfa_active=maybe access_key_2_active=false access_key_2_last_rotated=2026-10-30T00:00:00Z
.
keywarden audit report.csv --as-of 2026-11-01 --quiet --format sarif >out || echo "exit code $?"
python3 - <<'.'
import json
run = json.load(open("out", encoding="utf-8"))["runs"][0]
run["results"] = [run["results"][0], run["results"][2]]
del run["tool"]["driver"]["rules"][1:]
run["invocations"][0]["endTimeUtc"] = "the clock's time"
print(json.dumps(run, indent=1))
.
