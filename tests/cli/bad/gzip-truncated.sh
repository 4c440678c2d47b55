# A gzip file cut at any place: the error names it, the rows before the damage are judged, the row that
# was cut is not. Where no row is left, there is nothing but the error.
seq -f 'user-%03.0f' 300 | awk 'BEGIN { print "user,arn,mfa_active" }
    { print $1 ",arn:aws:iam::111122223333:user/" $1 ",false" }' >plain.csv
# --rsyncable or not, one block: cut the stream of stored blocks, where we know what is left.
python3 - <<'.'
import gzip, zlib
plain = open("plain.csv", "rb").read()
packed = gzip.compress(plain, 0, mtime=0)
head = packed.index(b"user,arn")
cuts = {"magic": 1, "magic-2": 2, "header": 5, "block-header": head - 2, "in-header-line": head + 10,
        "after-header": head + 20, "in-row-1": head + 40, "in-row-100": head + plain.index(b"user-100") + 5,
        "in-last-row": head + len(plain) - 3, "no-checksum": len(packed) - 8, "in-size": len(packed) - 2}
for name, cut in cuts.items():
    open(name + ".csv", "wb").write(packed[:cut])
deflated = gzip.compress(plain, 9, mtime=0)
open("deflated.csv", "wb").write(deflated[:len(deflated) // 2])
.
echo 'IAMUser should have MFAActive' >rules.txt
for name in magic magic-2 header block-header in-header-line after-header in-row-1 in-row-100 in-last-row \
    no-checksum in-size deflated; do
    keywarden audit $name.csv --rules rules.txt --as-of 2026-11-01 -f csv >out 2>err
    echo "$name: exit code $?, $(($(wc -l <out) - 1)) rows, $(head -n 1 err | sed 's/^keywarden: //')"
    tail -n +2 out | cut -d, -f1-5 | cmp - <(tail -n +2 plain.csv | head -n $(($(wc -l <out) - 1)) |
        sed 's/\(user-...\).*/111122223333,\1,rules:1,fail,medium/')
done
