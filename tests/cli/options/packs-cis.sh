# A pack of another system: its ids, in the order of its numbers; what only collected data decides is
# unknown, once for the account, and says what to collect.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> mfa_active=false password_enabled=true password_last_used=2026-10-31T12:00:00Z
alice password_enabled=true password_last_used=2026-09-10T00:00:00Z mfa_active=true
bob access_key_1_active=true access_key_1_last_rotated=2026-07-01T00:00:00Z
  access_key_1_last_used_date=2026-08-15T00:00:00Z
.
run keywarden audit report.csv --as-of 2026-11-01 --pack cis-7.0 --format csv --all
echo "-- the table leaves what waits to its own section"
keywarden audit report.csv --as-of 2026-11-01 --pack cis-7.0 --color never |
    sed -n '/^POSTURE BY CONTROL/,/^ROOT/p; /^UNKNOWN/,$p'
echo "-- unused for 52 and 78 days: 90 are allowed in 1.2 and 1.3, 45 after that"
for version in 1.2 1.3 1.4 1.5 2.0 3.0 4.0.1 5.0 6.0 7.0; do
    keywarden audit report.csv --as-of 2026-11-01 --pack "cis-$version" --format csv |
        grep 'fail,.*last_used' | cut -d, -f 2-4
done
echo "-- thresholds are parameters"
keywarden audit report.csv --as-of 2026-11-01 --pack cis-1.2 --format csv \
    --param cis-1.2-1.3.days=60 | grep cis-1.2-1.3
echo "-- names"
run keywarden audit report.csv --pack cis-4.0
run keywarden audit report.csv --pack cis-8.0
run keywarden audit report.csv --pack cis
