# `-` is standard input, named so in messages; a file called `-` is ./-.
printf 'user,arn,mfa_active\nalice,arn:aws:iam::111122223333:user/alice,false\nbob,x\n' >report.csv
echo 'IAMUser should have MFAActive' >rules.txt
audit() { keywarden audit --as-of 2026-11-01 --rules rules.txt -f csv "$@" || echo "exit code $?"; }
audit - <report.csv
audit - < <(cat report.csv)
echo "in pieces:"
{ head -n 1 report.csv && sleep 0.2 && tail -n +2 report.csv; } | audit -
echo "from the middle of a file:"
{ echo 'a line before the header' && cat report.csv; } >later.csv
{ read -r _ && audit -; } <later.csv
cp report.csv ./-
audit ./-
audit -- ./- report.csv | cut -d, -f1-3
audit - </dev/null
echo "from the middle of a large file:"
{
    echo 'a line before the header'
    head -n 1 report.csv
    for ((i = 0; i < 9000; i++)); do
        echo "user$i,arn:aws:iam::111122223333:user/user$i,true"
    done
} >later.csv
{ read -r _ && audit - --all; } <later.csv | cut -d, -f4 | sort | uniq -c
