# Thousands of bad rows: the first ones are told, the others counted, and the good ones judged.
{
    echo user,arn,mfa_active
    for i in $(seq 3000); do
        echo "bad-$i,x"
        echo "good-$i,arn:aws:iam::111122223333:user/good-$i,true"
    done
} >report.csv
echo 'IAMUser should have MFAActive' >rules.txt
keywarden audit report.csv --rules rules.txt --as-of 2026-11-01 -f summary 2>err
echo "exit code $?"
grep -c '^keywarden: error: report.csv:[0-9]*:' err
head -n 4 err
tail -n 1 err
