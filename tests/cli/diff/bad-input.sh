# What cannot be read is an error, and the rest is compared all the same.
. "$CASES/../lib.sh"
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
report >old.csv <<'.'
<root_account> mfa_active=true
alice mfa_active=true
bob mfa_active=true
.
sed 's/^\(alice.*\),true,/\1,false,/' old.csv >new.csv
echo 'broken,row' >>new.csv
grep bob old.csv | sed 's/,true,/,maybe,/' >>new.csv
run keywarden diff old.csv new.csv "${times[@]}" -f csv
run keywarden diff missing.csv old.csv "${times[@]}"
echo 'some,thing' >thing.csv
run keywarden diff old.csv thing.csv "${times[@]}" -f csv
mkdir empty twice
run keywarden diff old.csv empty "${times[@]}" -f csv
cp old.csv twice/monday.csv
cp new.csv twice/tuesday.csv
run keywarden diff old.csv twice "${times[@]}" -f csv
run keywarden diff new.csv old.csv --as-of-old 2026-10-09 --as-of-new 2026-10-02 -f csv
