# --param sets a control's parameter; each error says what would have been right.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> mfa_active=true
alice mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-10-01T00:00:00Z
 access_key_2_active=true access_key_2_last_rotated=2026-10-30T00:00:00Z
.
audit() { run keywarden audit report.csv --as-of 2026-11-01 -f csv --fail-on medium "$@" | grep -v hardware; }
audit --quiet | cut -d, -f2-4
audit --param access-key-rotated.days=30 | cut -d, -f2-4
audit --param access-key-rotated.days=31 | cut -d, -f2-4
echo "a rotation under way: the second key is 2 days old"
audit --param user-single-active-access-key.grace=2 | cut -d, -f2-4
audit --param user-single-active-access-key.grace=1 | cut -d, -f2-4
echo "the last one wins:"
audit --param access-key-rotated.days=30 --param access-key-rotated.days=90 | cut -d, -f2-4
echo "errors:"
audit --param access-key-rotate.days=30
audit --param access-key-rotated.dayz=30
audit --param access-key-rotated.days
audit --param access-key-rotated.days=x
audit --param access-key-rotated.days=1.5
audit --param access-key-rotated.days=99999999999999999999
audit --param root-mfa-enabled.days=1
audit --param days=1
audit --param =
audit --param access-key-rotated.days=-1 | cut -d, -f2-4
echo "more than the rule can hold:"
audit --param access-key-rotated.days=9223372036854775807
audit --param user-no-access-key-at-setup.seconds=-9223372036854775808
limits() { keywarden audit report.csv --param "$@" 2>&1 >all.csv | sed -n 's/.* it takes is //p'; }
limit=$(limits access-key-rotated.days=9223372036854775807)
audit --param "access-key-rotated.days=$limit" | cut -d, -f2-4
audit --param "access-key-rotated.days=$((limit + 1))"
echo '- {id: twice, params: {n: 1}, rule: IAMUser should not have age(CreationDate) gt -($n - 1) days}' >wrong.yaml
audit --rules wrong.yaml --param twice.n=2
