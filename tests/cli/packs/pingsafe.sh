# Root in use within two days, to the second; or within as many as are asked for.
. "$CASES/../lib.sh"
for used in 2026-10-30T00:00:00Z 2026-10-29T23:59:59Z; do
    echo "<root_account> password_last_used=2026-01-01T00:00:00Z access_key_2_last_used_date=$used" |
        report >report.csv
    audit() { run keywarden audit report.csv --pack pingsafe --as-of 2026-11-01 -f csv --all "$@"; }
    audit
    audit --param root-account-in-use.days=3
done
