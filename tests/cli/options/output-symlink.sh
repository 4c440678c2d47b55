# A symbolic link is followed, also one to nothing yet, and stays a link.
. "$CASES/../lib.sh"
report >report.csv <<<'<root_account> mfa_active=true'
audit() { run keywarden audit report.csv --as-of 2026-11-01 -f summary "$@"; }
mkdir folder
echo old >folder/file
ln -s folder/file there
ln -s folder/new new
ln -s new chain
ln -s loop loop
audit -o there
audit -o chain
for link in there new chain; do
    stat -c '%F %N' $link
done
ls -A folder
cmp folder/file folder/new && head -n 2 folder/new
audit -o loop
ls -A
