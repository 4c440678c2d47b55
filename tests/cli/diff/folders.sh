# Folders are compared by account; an account on one side only has joined or left.
. "$CASES/../lib.sh"
mkdir old new
report >all.csv <<'.'
<root_account> mfa_active=true
alice mfa_active=true
bob password_enabled=true mfa_active=true password_last_changed=2026-09-01T00:00:00Z
.
for account in 111122223333 222222222222 333333333333; do
    sed "s/111122223333/$account/" all.csv >old/$account.csv
done
sed "s/111122223333/444444444444/; s/mfa_active/&/" all.csv | sed 's/,true,\(.*\)$/,false,\1/' >new/z.csv
sed "s/111122223333/222222222222/; /alice/d" all.csv | gzip >new/y.csv.gz
cp old/111122223333.csv new/x.csv
echo "account,organization" >new/accounts.csv
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
run keywarden diff old new "${times[@]}"
run keywarden diff old new "${times[@]}" -f csv -q -j 1 -o one
run keywarden diff old new "${times[@]}" -f csv -q -j 4 -o four
cmp one four && cat one
echo "# other accounts"
run keywarden diff old/333333333333.csv new/x.csv "${times[@]}"
