# The pack netskope is the 65 published rules, word for word: the digest is that of the published file.
keywarden rule list --pack netskope | wc -l
sed -n '/^  rule: |-$/{n;s/^    //p}' "$EXAMPLES/../rules/netskope.yaml" | sha256sum
keywarden rule check "$EXAMPLES/../rules/netskope.yaml" | sed "s,$EXAMPLES/,,"
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_enabled=false
    access_key_1_last_rotated=2026-01-01T00:00:00Z access_key_1_last_used_date=2026-10-31T23:00:00Z
alice access_key_1_active=true access_key_1_last_rotated=2026-10-01T00:00:00Z
.
# One active key fails the rule that asks whether every key is active; a key of root that was used an
# hour ago and then switched off is missed.
keywarden audit report.csv --pack netskope --as-of 2026-11-01 --format csv --all |
    grep -E ',netskope-(user-every-key-active|user-one-active-key|root-not-used),'
