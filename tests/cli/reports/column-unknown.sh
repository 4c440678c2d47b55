# A column that nobody knows is kept as text, and a rule reads it by name, in any case; one that the
# report lacks is unknown to the rule.
cat >report.csv <<'.'
user,arn,cost_center,mfa_active
alice,arn:aws:iam::111122223333:user/alice,4711,true
bob,arn:aws:iam::111122223333:user/bob,,true
"carol,jr","arn:aws:iam::111122223333:user/carol,jr","a ""b"", c",true
.
cat >rules.yaml <<'.'
- id: has-cost-center
  rule: IAMUser should have Columns.cost_center like "^[0-9]{4}$"
- id: quoted-cell
  rule: IAMUser should not have Columns.Cost_Center like "b\"*, c"
- id: has-owner
  rule: IAMUser should have Columns.owner like "."
.
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --format csv --all
