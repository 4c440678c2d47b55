# Named in their order, with what stands before the damage; the exit code says so.
. "$CASES/events.sh.inc"
logs
printf '{"Records":[%s,{"eventVer' "$(event 20 2026-03-01T12:00:00Z ListRoles ',"eventSource":"iam.amazonaws.com"')" >logs/z-cut.json
echo '<html>' >logs/y-page.json
keywarden trail scan logs --format csv | grep -c .
keywarden trail scan logs nowhere --format csv --quiet --jobs 3 | tail -n 1
keywarden trail scan logs nowhere --format csv --quiet >out.csv
