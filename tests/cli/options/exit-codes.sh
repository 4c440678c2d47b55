# 0: nothing at or above --fail-on; 1: findings; 2: usage; 3: bad input or rules, and it wins over 1.
. "$CASES/../lib.sh"
report >good.csv <<<'<root_account> mfa_active=true'
report >failing.csv <<<'<root_account> password_enabled=true'
echo nonsense >bad.csv
audit() { run keywarden audit "$@" --as-of 2026-11-01 -f csv -o out; }
audit good.csv
audit failing.csv
audit failing.csv --fail-on never
audit good.csv --wrong
audit bad.csv
audit bad.csv failing.csv
audit bad.csv failing.csv --fail-on never
echo 'IAMUser should have Nonsense' >rules.txt
audit failing.csv --rules rules.txt
