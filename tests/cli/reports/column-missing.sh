# A missing column makes what depends on it unknown, never a pass; what does not depend on it is
# judged. Each report lacks one column, and only verdicts that are unknown are shown.
. "$CASES/../lib.sh"
report >whole.csv <<'.'
<root_account> password_enabled=true password_last_used=2026-01-01T00:00:00Z mfa_active=true
alice password_enabled=true password_last_used=2026-10-31T00:00:00Z mfa_active=true
 password_last_changed=2026-10-01T00:00:00Z
 access_key_1_active=true access_key_1_last_rotated=2026-10-01T00:00:00Z
 access_key_1_last_used_date=2026-10-31T00:00:00Z
.
for column in user_creation_time password_enabled password_last_used password_last_changed \
    mfa_active access_key_1_active access_key_1_last_rotated access_key_1_last_used_date \
    access_key_2_active access_key_2_last_rotated access_key_2_last_used_date cert_1_active \
    cert_1_last_rotated cert_2_active password_next_rotation access_key_1_last_used_region; do
    python3 -c '
import csv, sys
rows = list(csv.reader(open("whole.csv")))
at = rows[0].index(sys.argv[1])
csv.writer(sys.stdout, lineterminator="\n").writerows(r[:at] + r[at + 1:] for r in rows)' \
        "$column" >report.csv
    echo "without $column:"
    verdicts report.csv --fail-on never | grep -v -e ' pass$' -e ' not-applicable$' -e hardware || true
done
