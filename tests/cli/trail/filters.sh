# --since, --until, --account, --region, --min-level
. "$CASES/events.sh.inc"
logs
show() {
    echo "$*"
    keywarden trail scan logs --format csv --fail-on never --quiet "$@" | cut -d, -f1,2,5,6 | tail -n +2
}
show --since 2026-03-01T10:06:00Z --until 2026-03-01T10:07:00Z
show --until 2026-02-28
show --until 2026-03-01 --min-level high
show --account 444455556666
show --region eu-west-1
