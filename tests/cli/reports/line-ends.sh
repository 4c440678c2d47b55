# CR LF, a mixture, no line feed at the end, empty lines between and a byte order mark read like the
# plain file.
. "$CASES/../lib.sh"
report >plain.csv <<'.'
<root_account> mfa_active=true
alice password_enabled=true password_last_used=2026-10-31T00:00:00Z
bob access_key_2_active=true access_key_2_last_rotated=2020-01-01T00:00:00Z
.
sed 's/$/\r/' plain.csv >crlf.csv
sed '2s/$/\r/' plain.csv >mixed.csv
printf '%s' "$(cat plain.csv)" >no-end.csv
printf '%s\r' "$(cat plain.csv)" >cr-end.csv
sed 's/$/\n\n/' plain.csv >empty-lines.csv
printf '\357\273\277%s\n' "$(cat plain.csv)" >mark.csv
verdicts plain.csv | tee plain.out
for file in crlf mixed no-end cr-end empty-lines mark; do
    verdicts $file.csv | cmp - plain.out && echo "$file.csv: the same"
done
