# A timeline beside the reports: the formats, and files that are none.
. "$CASES/../lib.sh"
mkdir -p samples/2026-11-01
report >samples/2026-11-01/111122223333.csv <<'@'
<root_account> password_last_used=2026-10-30T08:00:00Z
@
cat >timeline.csv <<'@'
account,time,event_id,kind,mfa,event_name
111122223333,2026-10-29T08:00:00Z,a,sign-in,no,ConsoleLogin
111122223333,2026-10-30T08:00:00Z,b,sign-in,yes,ConsoleLogin
111122223333,2026-10-30T08:00:00Z,b,sign-in,yes,ConsoleLogin
111122223333,2026-10-30T09:00:00Z,c,key-call,,ListUsers
111122223333,2026-09-01T09:00:00Z,d,key-call,,ListUsers
@
keywarden study samples --kind root --timeline timeline.csv | sed -n '/BY REPORTS AND/,/CONCENTRATION/p; /NOTES/,$p'
keywarden study samples --kind root --timeline timeline.csv -q -f csv | grep -E '^(figure|uses|console|key)'
keywarden study samples --kind root --timeline timeline.csv -q -f html | grep -c 'that a report of the last use cannot show'
try() {
    printf "$1" >bad.csv
    keywarden study samples --timeline bad.csv -q -f csv >/dev/null
    echo "exit code $?"
}
try ''
try 'account,time,kind\n'
try 'account,time,event_id,kind\n1,2026-10-29T08:00:00Z,a,sign-in\n'
try 'account,time,event_id,kind\n111122223333,yesterday,a,sign-in\n'
try 'account,time,event_id,kind\n\n111122223333,2026-10-29T08:00:00Z,a,login\n'
try 'account,time,event_id,kind\n111122223333,2026-10-29T08:00:00Z,a\n'
try 'kind,event_id,time,account\nother,,2026-10-29T08:00:00Z,111122223333\n'
keywarden study samples --timeline missing.csv
echo "exit code $?"
