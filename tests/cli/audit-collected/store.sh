# What the store says of its collections.
. "$CASES/../lib.sh"
sqlite3 k.db <"$CASES/../../store/fixtures/v5.sql"
keywarden store compact --store k.db >/dev/null
keywarden store info --store k.db | sed -n '/collections /p'
keywarden store info --store k.db -f json | grep -o '"collections.*"tables"'
for view in collection_list collection_failures gap_list organization_tree policy_list mfa_device_list; do
    echo "--- $view"
    sqlite3 k.db "SELECT * FROM $view"
done
echo '--- pseudonyms'
keywarden store export out --store k.db --anonymize key >/dev/null
ls out | tr '\n' ' '
grep -rl 111111111111 out || echo 'no account is named'
echo '--- a collection goes with its last snapshot'
keywarden store prune --keep 1 --store k.db
sqlite3 k.db "SELECT collection, done, failed FROM collection_list"
keywarden store prune --before 2030-01-01 --store k.db
sqlite3 k.db "SELECT count(*) FROM collections; SELECT count(*) FROM raw_answers;
    SELECT count(*) FROM entities"
