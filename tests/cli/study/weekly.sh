# Samples that come more often than weekly, from folders and from a store: one use of root shows in
# two of them, and counts once with --weekly. Two snapshots of one day count as one in any case.
. "$CASES/../lib.sh"
for day in 2021-01-17 2021-01-20 2021-01-24; do
    mkdir -p "fleet/$day"
    report >"fleet/$day/111122223333.csv" <<'.'
<root_account> password_enabled=not_supported password_last_used=2021-01-16T12:00:00Z
ada password_enabled=true password_last_used=2021-01-08T00:00:00Z mfa_active=true
.
done
printf 'account,organization\n111122223333,Larkspur\n' >fleet/accounts.csv

uses() {
    "$KEYWARDEN" study --format csv "$@" | grep -E '^(accounts_mean|weekly_use_accounts_mean|uses),'
}
echo '--- each folder is a sample'
uses fleet
echo '--- one a week'
uses fleet --weekly
echo '--- the same from a store'
cp fleet/2021-01-20/111122223333.csv later.csv
"$KEYWARDEN" store import --store fleet.db fleet --quiet
"$KEYWARDEN" store import --store fleet.db later.csv --at 2021-01-20T18:30:00Z --quiet
uses --store fleet.db
uses --store fleet.db --weekly
echo '--- a week is named by its last day'
"$KEYWARDEN" study --store fleet.db --weekly --show uses --quiet
