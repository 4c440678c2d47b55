# --check says by its exit code whether the layout would change, --write changes the file: mode and
# link kept, untouched where nothing changes; a file that is wrong is left alone.
. "$CASES/../lib.sh"
printf 'IAMUser   should have MFAActive\n' >r.txt
chmod 640 r.txt
ln -s r.txt link.txt
run keywarden rule fmt --check r.txt
run keywarden rule fmt --write link.txt
stat -c '%n %F %a' r.txt link.txt
cat r.txt
run keywarden rule fmt --check r.txt
before=$(stat -c %i r.txt)
run keywarden rule fmt -w r.txt
[ "$before" = "$(stat -c %i r.txt)" ] && echo "not written again"
printf '# only a remark\n\n' >remark.txt
run keywarden rule fmt -w remark.txt
run keywarden rule fmt remark.txt
printf 'IAMUser   should have MFAActiv\n' >bad.txt
run keywarden rule fmt --write bad.txt
run keywarden rule fmt --check bad.txt
cat bad.txt
run keywarden rule fmt gone.txt
run keywarden rule fmt r.txt bad.txt
{ keywarden rule fmt r.txt >/dev/full; } 2>messages || echo "exit code $?"
cat messages
ls -A
