# The published samples write TRUE and FALSE: the same verdicts as in lower case.
. "$CASES/../lib.sh"
report >lower.csv <<'.'
<root_account> password_enabled=true mfa_active=false access_key_1_active=true cert_2_active=true
alice password_enabled=true mfa_active=false password_last_used=2026-10-31T00:00:00Z
bob access_key_1_active=false access_key_1_last_rotated=2020-01-01T00:00:00Z mfa_active=true
.
sed 's/,true/,TRUE/g; s/,false/,FALSE/g' lower.csv >upper.csv
sed 's/,true/,True/g; s/,false/,faLSe/g' lower.csv >mixed.csv
verdicts lower.csv >lower.out
verdicts mixed.csv | cmp - lower.out && verdicts upper.csv | tee upper.out && cmp upper.out lower.out
