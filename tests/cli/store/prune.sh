# Old snapshots go, and the file gets smaller.
. "$CASES/../lib.sh"
for day in 2026-10-04 2026-10-11 2026-10-18; do
    mkdir $day
    report <<<"ada password_last_used=${day}T00:00:00Z" >$day/111122223333.csv
done
keywarden store import 2026-10-04 2026-10-11 2026-10-18 --quiet
run keywarden store prune --before 2026-10-15 --keep 2 --dry-run
run keywarden store prune --before 2026-10-15 --keep 2
run keywarden store prune --before 2100-01-01
run keywarden store prune --keep 0
run keywarden store compact | sed 's/[0-9]* bytes/N bytes/; s/, [0-9]*/, N/'
run keywarden store verify
