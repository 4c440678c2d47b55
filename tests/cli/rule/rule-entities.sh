# A rule about the account as a whole answers once per report, unknown until something is collected; a
# rule about an attribute that no report has is unknown for each row that it applies to.
. "$CASES/../lib.sh"
report >a.csv <<'.'
<root_account> mfa_active=true
alice mfa_active=true
.
cat >r.yaml <<'.'
- id: password-policy
  rule: IAMPasswordPolicy should have MinimumPasswordLength >= 14
- id: trails
  rule: AWS should have atleast one CloudTrails with [ MultiRegionTrailEnabled ]
- id: no-inline
  rule: IAMUser where not RootUser should not have Policies.Inline len() gt 0
- id: no-inline-or-mfa
  rule: IAMUser should not have Policies.Inline len() gt 0 and not MFAActive
.
run keywarden audit a.csv --rules r.yaml --as-of 2026-11-01 -f csv --all
