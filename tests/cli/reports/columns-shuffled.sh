# Columns are found by name: the same report in reverse column order gives the same bytes.
. "$CASES/../lib.sh"
report >straight.csv <<'.'
<root_account> password_enabled=true password_last_used=2026-10-31T23:00:00Z
alice password_enabled=true password_last_used=2026-10-31T00:00:00Z mfa_active=false
 access_key_2_active=true access_key_2_last_rotated=2026-01-01T00:00:00Z
 access_key_2_last_used_date=2026-10-30T00:00:00Z
.
awk -F, '{ for (i = NF; i > 0; i--) printf "%s%s", $i, (i > 1 ? "," : "\n") }' straight.csv >report.csv
head -n 1 report.csv | cut -d, -f1-3,21-
keywarden audit --as-of 2026-11-01 --format csv --all straight.csv >straight.out || true
keywarden audit --as-of 2026-11-01 --format csv --all report.csv >report.out || true
cmp straight.out report.out && echo same
keywarden audit --as-of 2026-11-01 --format csv report.csv
