# One document, with the correlation's group and count; and the same alerts line by line.
. "$CASES/events.sh.inc"
logs
keywarden trail scan logs --format json --fail-on never -o out.json
jq -c '.schema, .totals, (.alerts[] | select(.correlation)), .alerts[0]' out.json
jq '[.rules[] | .is_correlation] | length' out.json
keywarden trail scan logs --format jsonl --fail-on never | jq -c 'del(.schema)' >lines
jq -c '.alerts[]' out.json | cmp - lines && echo same
