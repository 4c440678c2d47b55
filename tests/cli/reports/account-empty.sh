# An account with its root user alone, and one whose report has a header and nothing else.
. "$CASES/../lib.sh"
report >root-only.csv <<'.'
<root_account> mfa_active=true
.
run keywarden audit root-only.csv --as-of 2026-11-01 --format summary
echo "${columns:?}" >header-only.csv
run keywarden audit header-only.csv --as-of 2026-11-01 --format summary
