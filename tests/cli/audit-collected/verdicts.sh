# What a collection decides: an organization of three accounts; some calls were denied, failed or not
# made, one account failed a second time and one always.
. "$CASES/../lib.sh"
sqlite3 k.db <"$CASES/../../store/fixtures/v5.sql"
keywarden store compact --store k.db >/dev/null
audit() { run keywarden audit --store k.db --rules account.yaml "$@"; }
cp "$CASES/../../../rules/account.yaml" .
echo '--- each verdict of rules about the account'
audit -f csv --all 2>&1 | grep -v ',not-applicable,' | cut -c 1-150
echo '--- as of the first collection'
audit -f summary --as-of 2026-11-18T12:00:00Z 2>&1
echo '--- for people'
audit 2>&1 | sed '/^ *store/s/taken .*/taken AGES/'
