# A line of 64 MB without an end: in the place of the header, of a row, and of a quoted cell. The rows
# around it are judged, and memory stays small.
echo 'IAMUser should have MFAActive' >rules.txt
endless() { head -c 67108864 /dev/zero | tr '\0' "${1:-x}"; }
row() { echo "$1,arn:aws:iam::111122223333:user/$1,false"; }
audit() { keywarden audit - --rules rules.txt --as-of 2026-11-01 -f csv; echo "exit code $?"; }
endless | audit
{ echo user,arn,mfa_active; row alice; endless; echo; row bob; } | audit
{ echo user,arn,mfa_active; row alice; endless; } | audit
{ echo user,arn,mfa_active; row alice; printf '"'; endless; echo '",x,y'; row bob; } | audit
{ echo user,arn,mfa_active; row alice; printf '"'; endless '\n'; echo; row bob; } | audit
{ echo user,arn,mfa_active; row alice; endless ,; echo; row bob; } | audit
{ printf '{"Content": "'; endless; } | audit
endless '{' | audit
endless ' ' | audit
