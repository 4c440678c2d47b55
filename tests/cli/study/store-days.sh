# Snapshots of a store at any second: those of a day are one sample, of which an account has the newest
# only; how many others there were is said.
. "$CASES/../lib.sh"
report <<<'<root_account> password_last_used=2021-01-10T12:00:00Z' >early.csv
report <<<'<root_account> password_last_used=2021-01-16T12:00:00Z' >late.csv
for time in 2021-01-10T23:59:59Z 2021-01-17T03:00:07Z; do
    keywarden store import early.csv --at "$time" --quiet
done
keywarden store import late.csv --at 2021-01-17T09:00:00Z --quiet
run keywarden study --store keywarden.db --kind root --format csv 2>&1 |
    grep -E '^(accounts_mean|uses|console_uses),|left out|code'
keywarden study --store keywarden.db --show uses --quiet
