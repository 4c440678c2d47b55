# For one entity: the verdict, and which predicate decided with which value.
. "$CASES/../lib.sh"
cat >r.yaml <<'.'
- id: rotated
  rule: IAMUser where not RootUser should not have AccessKey with [ Active and age(LastRotatedTime) gt 90 days ]
- id: mfa
  rule: IAMUser should have MFAActive
- id: root
  rule: IAMUser where RootUser should have MFAActive
- id: inline
  rule: IAMUser should not have Policies.Inline len() gt 0
.
cat >bob.json <<'.'
{"Name": "bob", "RootUser": false, "CreationDate": "2020-01-01T00:00:00Z", "AccessKey": [
    {"Active": false, "LastRotatedTime": "2020-01-01T00:00:00Z"},
    {"Active": true, "LastRotatedTime": "2026-08-02T23:59:59Z"}]}
.
run keywarden rule explain r.yaml --entity bob.json --as-of 2026-11-01
run keywarden rule explain r.yaml --entity bob.json --as-of 2026-10-31 --id rotated
echo "values of the wrong type:"
cat >types.yaml <<'.'
- id: types
  rule: IAMUser should have MFAActive and RootUser and Name eq "x" and CreationDate isLaterThan(-1, "days") and AccessKey len() gt 0
.
types() { echo "$1" >types.json; run keywarden rule explain types.yaml --entity types.json --as-of 2026-11-01; }
types '{"MFAActive": "yes", "RootUser": 1, "Name": 5, "CreationDate": true, "AccessKey": false}'
types '{"CreationDate": "tomorrow", "Name": false, "AccessKey": "true"}'
types '{"AccessKey": 7, "MFAActive": "not_supported"}'
echo "errors:"
echo '{"Name": ' >cut.json
echo '{"Name": 5}' >type.json
echo '{"Naxme": "x"}' >name.json
echo '[]' >list.json
for file in cut type name list gone; do
    run keywarden rule explain r.yaml --id mfa --entity $file.json --as-of 2026-11-01
done
