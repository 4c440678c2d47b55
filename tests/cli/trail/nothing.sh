# No alert is a good answer: it says what was read.
. "$CASES/events.sh.inc"
event 1 2026-03-01T10:00:00Z ListUsers | sed 's/"Root"/"IAMUser"/' >a.json
keywarden trail scan a.json
keywarden trail scan a.json --format csv
keywarden trail scan a.json --format sarif --quiet | head -c 160
