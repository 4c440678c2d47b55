# A finding that is excepted on both sides is no change; one that becomes so, or stops to be, is.
. "$CASES/../lib.sh"
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
report >old.csv <<'.'
<root_account> mfa_active=true
both password_enabled=true mfa_active=false
starts password_enabled=true mfa_active=false
stops password_enabled=true mfa_active=false
mended password_enabled=true mfa_active=false
comes password_enabled=true mfa_active=true
gone password_enabled=true mfa_active=false
values access_key_1_active=true access_key_1_last_rotated=2026-01-01T00:00:00Z
.
report >new.csv <<'.'
<root_account> mfa_active=true
both password_enabled=true mfa_active=false
starts password_enabled=true mfa_active=false
stops password_enabled=true mfa_active=false
mended password_enabled=true mfa_active=true
comes password_enabled=true mfa_active=false
gone password_enabled=true mfa_active=false
values access_key_1_active=true access_key_1_last_rotated=2026-02-01T00:00:00Z
.
exception() { # USER EXPIRES
    echo "- {id: $1, control: [user-console-mfa, access-key-rotated], user: $1, owner: A, reason: r, expires: $2}"
}
# One that begins by what it covers: the user has moved under a path.
sed -i 's,user/starts,user/robots/starts,' new.csv
for user in both mended comes values; do
    exception "$user" 2027-01-01
done >exceptions.yaml
echo '- {control: user-console-mfa, arn: "arn:aws:iam::*:user/robots/*", owner: A, reason: r, expires: 2027-01-01}' \
    >>exceptions.yaml
exception stops 2026-10-05 >>exceptions.yaml
# This one had expired on both sides; it is told of once, with the findings of NEW.
exception gone 2026-09-01 >>exceptions.yaml
exception nobody 2027-01-01 >>exceptions.yaml
changes() { keywarden diff old.csv new.csv "${times[@]}" "$@" || echo "exit code $?"; }
changes --exceptions exceptions.yaml
for format in json csv markdown; do
    echo "[$format]"
    changes --exceptions exceptions.yaml -f $format -q
done
# The same reports, judged a week apart.
echo '[same reports]'
keywarden diff old.csv old.csv "${times[@]}" --exceptions exceptions.yaml -f csv -q || echo "exit code $?"
# Without the file, it is another diff.
echo '[without]'
changes -f csv | grep -e user-console-mfa -e access-key-rotated
echo '[errors]'
echo 'x: y' >wrong.yaml
changes --exceptions wrong.yaml
changes --exceptions missing.yaml
