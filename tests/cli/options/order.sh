# Inputs are judged by path, whatever the order of the arguments, and once each; rows as in the
# report; controls as in the pack.
. "$CASES/../lib.sh"
mkdir -p d/e
for name in b a d/z d/e/y c 'd/e/y 2'; do
    report <<<"user-$(basename "$name" | tr ' ' -) mfa_active=false" >"$name.csv"
done
echo 'IAMUser should have MFAActive' >rules.txt
audit() { keywarden audit --as-of 2026-11-01 --rules rules.txt -f csv "$@" | cut -d, -f2 | tr '\n' ' '; echo; }
audit a.csv b.csv c.csv d
audit d c.csv b.csv a.csv
audit c.csv d/z.csv d a.csv d/e b.csv d a.csv
audit .
audit d/ d/e
