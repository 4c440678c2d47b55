# Counts to standard error, to a file; standard input is one file.
. "$CASES/events.sh.inc"
logs
keywarden trail scan logs --format csv --fail-on never --stats 2>stats >out.csv
jq -c 'del(.parsed_records, .compressed_bytes)' stats
keywarden trail scan - --format csv --fail-on never --quiet --stats=stats.json <logs/eu-west-1/c.jsonl
jq -c 'del(.parsed_records, .compressed_bytes)' stats.json
