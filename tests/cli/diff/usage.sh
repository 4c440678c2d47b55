# What the command line cannot mean.
. "$CASES/../lib.sh"
report >a.csv <<'.'
alice
.
run keywarden diff
run keywarden diff a.csv
run keywarden diff a.csv a.csv a.csv
run keywarden diff - -
run keywarden diff a.csv a.csv --format html
run keywarden diff a.csv a.csv --as-of-old yesterday
run keywarden diff a.csv a.csv --as-of-new 2026-13-01
run keywarden diff a.csv a.csv --fail-on loud
run keywarden diff a.csv a.csv --strict=some
run keywarden diff a.csv a.csv --jobs 0
run keywarden diff a.csv a.csv --color pink
run keywarden diff a.csv a.csv --pack nothing
run keywarden diff a.csv a.csv --as-of 2026-01-01
