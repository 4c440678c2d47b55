# Up to seven rising numbers of days.
. "$CASES/../lib.sh"
report >report.csv <<<'ada access_key_1_active=true access_key_1_last_rotated=2020-01-01T00:00:00Z'
for tiers in 1,2,3,4,5,6,100000 90 0 90,90 365,90 1,2,3,4,5,6,7,8 90, '' x 100001; do
    echo "[$tiers]"
    run keywarden audit report.csv --as-of 2026-11-01 --tiers "$tiers" --fail-on never 2>&1 |
        sed -n -e '/^AGE/,/^FINDINGS/p' -e '/error/,/days/p' -e '/^exit/p'
done
