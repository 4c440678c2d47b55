# What is no regular file is opened and written directly: /dev/null, a FIFO, and /dev/full, which
# never takes anything: a named error, exit code 3, and the device is still there.
. "$CASES/../lib.sh"
report >report.csv <<<'<root_account> mfa_active=true'
audit() { run keywarden audit report.csv --as-of 2026-11-01 "$@"; }
audit -f csv -o /dev/null
for format in table csv summary json jsonl html; do
    audit -f $format -o /dev/full
done
echo "standard output full: exit code $(keywarden audit report.csv --as-of 2026-11-01 -f csv >/dev/full; echo $?)"
mkfifo pipe
cat pipe >got &
audit -f summary -o pipe
wait
wc -l <got
stat -c '%n %F' pipe /dev/null /dev/full
ls -A
