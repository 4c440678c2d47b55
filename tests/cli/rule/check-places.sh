# The caret stands where the fault is, also in YAML's ways to write text, in tabs, and beside wide or
# hostile letters. All faults of a file are told in one run.
cat >r.yaml <<'.'
- id: plain
  rule: IAMUser should have MFAActiv
- id: single
  rule: 'IAMUser should have Name eq "it''s" and MFAActiv'
- id: double
  rule: "IAMUser should have Name eq \"a\" and MFAActiv"
- id: literal
  rule: |
    IAMUser where not RootUser

      should have Name eq "漢字" and MFAActiv
- id: folded
  rule: >
    IAMUser
    should have
    MFAActiv
- id: good
  rule: IAMUser should have MFAActive
- {id: flow, rule: IAMUser should have MFAActiv}
.
keywarden rule check r.yaml
printf '\t\tIAMUser\tshould have\tName eq "\033[31m" and MFAActiv\nIAMUser should have MFAActiv\n' >r.txt
keywarden rule check r.txt
