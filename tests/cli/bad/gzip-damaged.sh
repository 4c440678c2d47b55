# Garbage behind the gzip data, damage inside, a wrong checksum: each is named; good rows are kept.
printf 'user,arn,mfa_active\nalice,arn:aws:iam::111122223333:user/alice,false\nbob,arn:aws:iam::111122223333:user/bob,true\n' >plain.csv
gzip -nc plain.csv >good.gz
{ cat good.gz; echo garbage; } >garbage.csv
{ cat good.gz; head -c 512 /dev/zero; } >zeros.csv
{ cat good.gz; gzip -nc plain.csv | head -c 15; } >half-member.csv
python3 - <<'.'
good = bytearray(open("good.gz", "rb").read())
for name, at, value in (("checksum", -8, good[-8] ^ 1), ("size", -4, good[-4] ^ 1), ("method", 2, 9),
                        ("flags", 3, 0xE0), ("block-type", 10, 0xFF)):
    bad = bytearray(good)
    bad[at] = value
    open(name + ".csv", "wb").write(bad)
.
echo 'IAMUser should have MFAActive' >rules.txt
for name in garbage zeros half-member checksum size method flags block-type; do
    keywarden audit $name.csv --rules rules.txt --as-of 2026-11-01 -f csv >out 2>err
    echo "$name: exit code $?, $(($(wc -l <out) - 1)) rows"
    cat err
done
