# Against each form of an earlier output: what was there is left out of output, counts and exit code;
# what is new, or has become a failure from an unknown, is shown.
. "$CASES/../lib.sh"
report >old.csv <<'.'
ada password_enabled=true mfa_active=false
bob password_enabled=not_supported
eve password_enabled=true mfa_active=false
.
report >new.csv <<'.'
ada password_enabled=true mfa_active=false
bob password_enabled=true
dan password_enabled=true mfa_active=false
.
rule='- {id: mfa, severity: high, rule: IAMUser where Password.Enabled should have MFAActive}'
echo "$rule" >rules.yaml
audit() {
    run keywarden audit --rules rules.yaml --as-of 2026-11-01 "$@" 2>&1
}
for format in csv json jsonl; do
    audit old.csv -f $format -o base.$format >/dev/null
    echo "[$format]"
    audit new.csv --baseline base.$format -f csv
    audit new.csv --baseline base.$format -f summary -q
done
python3 -m json.tool base.json pretty.json
echo '[json, laid out anew]'
audit new.csv --baseline pretty.json -f csv
echo '[the same report]'
audit old.csv --baseline base.json -f csv --all --strict
echo '[nothing before]'
audit old.csv --baseline /dev/null -f summary
