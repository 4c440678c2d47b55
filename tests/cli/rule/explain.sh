# The program that a rule becomes, with its parameters filled in.
. "$CASES/../lib.sh"
cat >r.yaml <<'.'
- id: rotated
  params: {days: 90}
  rule: |
    let since = now - $days days
    IAMUser where not RootUser
        should not have AccessKey with [ Active and LastRotatedTime lt since ] or Columns.team eq "x"
- id: any
  rule: IAMUser should have every AccessKey with [ Active ] and AccessKey len() gt 1
.
run keywarden rule explain r.yaml
run keywarden rule explain r.yaml --id rotated --param rotated.days=30 --plan
run keywarden rule explain --pack keywarden --id root-mfa-enabled
run keywarden rule explain r.yaml --id wrong
run keywarden rule explain r.yaml --param rotated.dayz=30
