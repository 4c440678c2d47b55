# Each account's newest snapshot at its own time; lives of findings, and what is new since a day.
. "$CASES/../lib.sh"
report >one.csv <<'.'
<root_account> mfa_active=true
ada password_enabled=true mfa_active=false
bob password_enabled=true mfa_active=true
.
report >two.csv <<'.'
<root_account> mfa_active=true
ada password_enabled=true mfa_active=true
bob password_enabled=true mfa_active=false
.
sed 's/111122223333/444455556666/' one.csv >other.csv
echo '- {id: mfa, severity: high, rule: IAMUser where not RootUser should have MFAActive}' >rules.yaml
kept() { keywarden store import --store k.db -q "$@"; }
audit() { run keywarden audit --store k.db --rules rules.yaml "$@" 2>&1; }
lives() {
    sqlite3 k.db "SELECT account, user, status, first_seen, last_seen, closed_at, reopened_at,
        reopen_count FROM finding_list ORDER BY account, user"
}
kept one.csv --at 2026-10-01
audit -f csv
kept two.csv --at 2026-10-08
kept other.csv --at 2026-10-02
audit -f csv
lives
kept one.csv --at 2026-10-15
audit -q | sed '/^ *store/s/taken .*/taken AGES/; /^FINDINGS/,$d'
lives
echo '--- an older one that comes late changes nothing'
kept two.csv --at 2026-10-03
audit -q -f summary
lives
echo '--- new since'
audit -f csv --new-since 2026-10-14
audit -f csv --new-since 2026-10-15
audit -f csv --new-since 2026-10-09 --as-of 2026-10-09
audit -q -f json --new-since 2026-10-15 | grep -o '"new_since":{[^}]*}'
audit -q -f markdown --new-since 2026-10-15 | grep 'left out'
echo '--- the past'
audit -f csv --as-of 2026-10-09
audit -f csv --as-of 2026-10-01
lives
