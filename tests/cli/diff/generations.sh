# A column that one side lacks is not known there: never a change.
. "$CASES/../lib.sh"
report >new.csv <<'.'
<root_account> mfa_active=true password_enabled=true password_last_used=2026-01-01T00:00:00Z
alice password_enabled=true mfa_active=true password_last_changed=2026-09-01T00:00:00Z
 password_last_used=2026-10-01T00:00:00Z access_key_1_active=true
 access_key_1_last_rotated=2026-09-01T00:00:00Z access_key_1_last_used_date=2026-10-01T00:00:00Z
 cert_1_active=true cert_1_last_rotated=2026-09-01T00:00:00Z
.
python3 - <<'.'
import csv
rows = list(csv.reader(open("new.csv")))
def write(name, keep):
    columns = [i for i, column in enumerate(rows[0]) if keep(column)]
    csv.writer(open(name, "w"), lineterminator="\n").writerows([[r[i] for i in columns] for r in rows])
write("16.csv", lambda column: "last_used_" not in column)
write("no-certificates.csv", lambda column: not column.startswith("cert"))
write("no-dates.csv", lambda column: not column.endswith("rotated") and column != "user_creation_time")
.
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
for old in 16 no-certificates no-dates; do
    echo "# $old"
    run keywarden diff $old.csv new.csv "${times[@]}" --format csv
    run keywarden diff new.csv $old.csv "${times[@]}" --format csv
done
