# A report without its root row says nothing about root: it was neither created nor deleted.
. "$CASES/../lib.sh"
report >with.csv <<'.'
<root_account> mfa_active=false password_enabled=true
alice mfa_active=true
.
grep -v root_account with.csv >without.csv
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
run keywarden diff without.csv with.csv "${times[@]}" --format csv
run keywarden diff with.csv without.csv "${times[@]}" --format csv
run keywarden diff with.csv without.csv "${times[@]}" --format csv --strict
run keywarden diff without.csv without.csv "${times[@]}"
