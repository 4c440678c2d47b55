# -o writes a temporary file beside FILE and renames it: the file holds what standard output would
# have had, its mode is kept where it existed, and nothing else is left in the folder.
. "$CASES/../lib.sh"
report >report.csv <<<'<root_account> mfa_active=true'
mkdir out
audit() { run keywarden audit report.csv --as-of 2026-11-01 -f summary "$@"; }
audit >expected
umask 022
audit -o out/new
echo old >out/old && chmod 640 out/old
audit --output out/old
audit -oout/joined --quiet
audit --output=- | cmp - expected && echo "-o - is standard output"
sed -i '$d' expected # the line of the exit code
for name in new old joined; do
    cmp expected out/$name
    stat -c '%n %a' out/$name
done
ls -A out
echo old >out/other && ln out/old out/hard && audit -o out/old && cmp out/hard out/old &&
    stat -c 'a hard link is left alone: %h' out/hard
