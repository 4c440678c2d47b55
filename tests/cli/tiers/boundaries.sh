# Exactly N days: a key's age must be over, an idle time has arrived. Never used and unknown apart.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_enabled=not_supported password_last_used=no_information
 password_last_changed=not_supported access_key_1_active=true
 access_key_1_last_rotated=2016-01-01T00:00:00Z access_key_1_last_used_date=N/A
ada access_key_1_active=true access_key_1_last_rotated=2026-08-03T00:00:00Z
 access_key_1_last_used_date=2026-08-03T00:00:00Z
 access_key_2_active=true access_key_2_last_rotated=2026-08-02T23:59:59Z
 access_key_2_last_used_date=2026-08-03T00:00:01Z
bob password_enabled=true password_last_used=2026-12-01T00:00:00Z
 access_key_1_active=true access_key_1_last_rotated=no_information
 access_key_1_last_used_date=not_supported
eve password_enabled=no_information access_key_1_active=false
 access_key_1_last_rotated=2020-01-01T00:00:00Z access_key_2_active=N/A
dan password_enabled=not_supported
.
audit() {
    keywarden audit report.csv --as-of 2026-11-01 -q --fail-on never "$@"
}
audit --tiers 90,365 | sed -n '/^AGE/,/^ROOT/p'
audit --tiers 90,365 -f json | grep -o '"tiers":.*,"errors":\['
audit --tiers 90,365 -f html | sed -n '/id="tiers"/,/<\/section>/p'
audit --tiers 90,365 -f markdown | sed -n '/^## Age/,/^## [^A]/p'
audit --tiers 90,365 -f summary >with.csv
audit -f summary >without.csv
cmp with.csv without.csv && echo the summary is the same
echo '- {id: a, rule: IAMUser should have Name eq "x"}' >rules.yaml
printf 'user,arn\nada,arn:aws:iam::111122223333:user/ada\n' >short.csv
echo '[no columns]'
keywarden audit short.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never --tiers 90 |
    sed -n '/^AGE/,/^FINDINGS/p'
