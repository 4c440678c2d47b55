# What is no regular file is opened and written directly: a device, here one that never takes anything,
# and a FIFO. An error is named, with exit code 3, and the device is still there.
# Never -o /dev/full itself: run by root, a program that is wrong here would replace the system's device.
. "$CASES/../lib.sh"
report >report.csv <<<'<root_account> mfa_active=true'
audit() { run keywarden audit report.csv --as-of 2026-11-01 "$@" 2>>../messages; }
if [ "$(id -u)" -eq 0 ]; then
    mknod full c 1 7 2>/dev/null || { echo "no right to make a device"; exit 77; }
    { : >full; } 2>/dev/null || { echo "this file system has no devices"; exit 77; }
else
    ln -s /dev/full full # whose folder we may not write to
fi
for format in table csv summary json jsonl html; do
    audit -f $format -o full
done
echo "standard output full: exit code $(keywarden audit report.csv --as-of 2026-11-01 -f csv 2>>../messages >full; echo $?)"
mkfifo pipe
cat pipe >got &
audit -f summary -o pipe
wait
wc -l <got
sed "s,'/dev/full','full'," ../messages
stat -L -c '%n %F %t,%T' pipe full
ls -A
