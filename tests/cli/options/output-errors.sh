# Where FILE cannot be made: a named error, and nothing left behind. A failed audit leaves an older
# file as it was.
. "$CASES/../lib.sh"
report >report.csv <<<'<root_account> mfa_active=true'
audit() { run keywarden audit report.csv --as-of 2026-11-01 -f csv "$@"; }
mkdir folder
audit -o folder
audit -o folder/
audit -o no/such/folder/file
audit -o report.csv/file
audit -o ''
audit -o "$(printf '%0300d' 0)"
# A file may not grow past 1 KiB here, which is how a full disk looks in the middle of writing.
echo old >old
(
    trap '' XFSZ
    ulimit -f 1
    keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 -f json -o old || echo "exit code $?"
    keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 -f json -o new || echo "exit code $?"
)
cat old
ls -A . folder
