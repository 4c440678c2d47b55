# A file is judged once, under however many names it comes: spelled otherwise, through a link, in a
# folder inside another one, or as standard input. The output is the same for any --jobs.
. "$CASES/../lib.sh"
mkdir -p d/sub
report <<<'alice mfa_active=false' >a.csv
report <<<'bob mfa_active=false' >d/b.csv
report <<<'carol mfa_active=false' >d/sub/c.csv
{ report <<<'dave mfa_active=false' && yes x | head -c 300000; } >large.csv
echo 'IAMUser should have MFAActive' >rules.txt
audit() { keywarden audit --as-of 2026-11-01 --rules rules.txt -f csv "$@" 2>&1 | cut -d, -f2,4 | grep -v large; }
echo "spellings:"
audit ./a.csv a.csv d/../a.csv "$PWD/a.csv" | sed "s,$PWD,PWD,"
echo "the same words:"
audit a.csv a.csv d d
echo "folders:"
audit d ./d
audit d d/sub ./d/sub
audit d ./d --jobs 4 --quiet
echo "links:"
ln a.csv d/hard.csv
ln -s b.csv d/soft.csv
audit d a.csv
echo "standard input:"
audit - - <a.csv
audit - a.csv <a.csv
cat a.csv | audit - a.csv -
echo "equal, but two files:"
cp a.csv copy.csv
audit a.csv copy.csv
echo "large ones are looked at once more when they are opened:"
audit a.csv large.csv | grep -c dave
keywarden audit a.csv large.csv ./large.csv --as-of 2026-11-01 2>&1 >all.csv | grep 'the same'
