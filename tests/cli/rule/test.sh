# Cases of three lines: entity, rule or control, expected verdict. What fails is shown with its line.
. "$CASES/../lib.sh"
cat >good.test <<'.'
# A remark.
{"MFAActive": true}
IAMUser should have MFAActive
pass

as-of: 2026-11-01
{"CreationDate": "2026-08-03T00:00:00Z"}
IAMUser should not have age(CreationDate) gt 90 days
pass

as-of: 2026-11-01T00:00:01Z
{"CreationDate": "2026-08-03T00:00:00Z"}
IAMUser should not have age(CreationDate) gt 90 days
fail

{}
IAMUser should have MFAActive
unknown

{"RootUser": true}
IAMUser where not RootUser should have MFAActive
not-applicable
.
run keywarden rule test good.test
cat >bad.test <<'.'
{"MFAActive": true}
IAMUser should have MFAActive
fail

{"MFAActive": false, "RootUser": false}
user-mfa-enabled
fail
.
run keywarden rule test bad.test good.test
run keywarden rule test bad.test --verbose
printf -- '- id: mine\n  params: {n: 1}\n  rule: IAMUser should not have AccessKey len() gt $n\n' >mine.yaml
printf '{"AccessKey": [{"Active": true}, {"Active": true}]}\nmine\nfail\n' >mine.test
run keywarden rule test --rules mine.yaml mine.test
run keywarden rule test --rules mine.yaml --param mine.n=2 mine.test
echo "errors:"
try() { printf '%b' "$1" >t.test; run keywarden rule test t.test; }
try '{"MFAActive": true}\nIAMUser should have MFAActive\n'
try '{"MFAActive": true}\nIAMUser should have MFAActiv\npass\n'
try '{"MFAActive": tru}\nIAMUser should have MFAActive\npass\n'
try '{"MFAActive": true}\nIAMUser should have MFAActive\npassed\n'
try 'as-of: tomorrow\n'
try ''
run keywarden rule test gone.test
