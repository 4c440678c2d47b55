# A missing file, a folder without a right to read, a link to nothing, a path under a file: each is an
# error with its name, the good ones beside it are judged, and the exit code is 3.
. "$CASES/../lib.sh"
row() { printf 'user,arn,mfa_active\n%s,arn:aws:iam::111122223333:user/%s,false\n' "$1" "$1"; }
row alice >a.csv
row zoe >z.csv
mkdir fleet
row bob >fleet/b.csv
ln -s nowhere fleet/link.csv
ln -s nowhere link.csv
ln -s loop.csv loop.csv
echo 'IAMUser should have MFAActive' >rules.txt
audit() { run keywarden audit "$@" --rules rules.txt --as-of 2026-11-01 -f csv; }
audit a.csv gone.csv z.csv
audit a.csv/under link.csv z.csv loop.csv
audit fleet
audit ''
audit "$(printf '%0300d' 0)" a.csv
mkdir fleet/really.csv
audit fleet/really.csv
echo "to a file: nothing good is lost, all of it is written"
audit a.csv gone.csv -o out
cut -d, -f2 out
