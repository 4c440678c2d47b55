# Names that a terminal or a spreadsheet would run.
. "$CASES/events.sh.inc"
event 1 2026-03-01T10:00:00Z StopLogging ',"eventSource":"cloudtrail.amazonaws.com"' |
    sed 's/"arn":"[^"]*"/"userName":"=1+1\\u001b[31m\\u202e"/; s/192.0.2.7/@x/' >a.json
keywarden trail scan a.json --fail-on never | grep '2026-03-01 ' | tail -n 1
keywarden trail scan a.json --fail-on never --format csv --csv-safe -o out.csv
tail -n 1 out.csv | cut -d, -f7,8 | cat -v
