# --quiet keeps notes and warnings back, never errors.
. "$CASES/../lib.sh"
mkdir fleet
echo 'account,name' >fleet/accounts.csv
report >fleet/report.csv <<<'<root_account> password_last_used=2027-01-01T00:00:00Z'
echo 'short,row' >>fleet/report.csv
run keywarden audit fleet --as-of 2026-11-01 -f summary --fail-on never
run keywarden audit fleet --as-of 2026-11-01 -f summary --fail-on never --quiet
