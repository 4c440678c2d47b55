# Reports by folder, by --at and by GeneratedTime; the same again; and what has no time.
. "$CASES/../lib.sh"
mkdir -p fleet/2026-10-25 fleet/2026-11-01
report <<<'ada mfa_active=true' >fleet/2026-10-25/111122223333.csv
report <<<'ada mfa_active=false' >fleet/2026-11-01/111122223333.csv
echo 'account,organization,standalone
111122223333,Example,true' >fleet/accounts.csv
run keywarden store import fleet
run keywarden store import fleet
run keywarden store import fleet/2026-10-25/111122223333.csv --format jsonl
cp fleet/2026-11-01/111122223333.csv report.csv
run keywarden store import report.csv
run keywarden store import report.csv --at 2026-11-08
printf '{"Content":"%s","GeneratedTime":"2026-11-15T10:00:00Z"}' "$(base64 -w 0 report.csv)" >report.json
run keywarden store import report.json
run keywarden store verify
keywarden store info --format json |
    python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["accounts"], d["snapshots"], d["first"], d["last"])'
