# Bytes of any kind: an error that names the file, never a crash.
echo 'IAMUser should have MFAActive' >rules.txt
audit() { keywarden audit --rules rules.txt --as-of 2026-11-01 -f summary "$@" 2>&1; echo "exit code $?"; }
audit "$KEYWARDEN" | sed "s,$KEYWARDEN,PROGRAM,"
python3 -c '
import random
random.seed(1)
for i in range(40):
    open("random-%02d" % i, "wb").write(random.randbytes(random.choice([1, 2, 3, 100, 70000])))'
keywarden audit random-* --rules rules.txt --as-of 2026-11-01 -f summary >out 2>err
echo "random: exit code $?, $(grep -c '^keywarden: error: random-[0-9]*: ' err) errors"
# A report, but each row behind the header is noise.
python3 -c '
import random
random.seed(2)
open("noise.csv", "wb").write(b"user,arn,mfa_active\n" + random.randbytes(300000))'
keywarden audit noise.csv --rules rules.txt --as-of 2026-11-01 -f csv -o out 2>err
echo "noise: exit code $?, $(grep -c '^keywarden: error: noise.csv:[0-9]*: ' err) errors told"
tail -n 1 err | sed 's/[0-9]* more/N more/'
for encoding in UTF-16 UTF-16LE UTF-16BE UTF-32; do
    printf 'user,arn,mfa_active\nalice,arn:aws:iam::111122223333:user/alice,false\n' |
        iconv -t $encoding >$encoding.csv
    audit $encoding.csv
done
