# In YAML the rule's own text is laid out anew; everything around it, comments too, stays as it was.
cat >r.yaml <<'.'
# The head.
- id: one   # first
  title: 'One'
  rule: IAMUser should not have AccessKey with [Active eq True and LastRotatedTime isEarlierThan(-90,"days")]
  severity: low # low

- rule: "IAMUser should have MFAActive # inside"
  id: two
  params: { days: 30 }

- id: three
  params: {days: 90}
  rule: >
    let old = age(CreationDate) gt $days days

    IAMUser should not have   old
- id: four
  rule: |-
      # above
      IAMUser
         should have MFAActive
  remediation:
    - one
# The end.
.
keywarden rule fmt r.yaml
keywarden rule fmt r.yaml >once.yaml
keywarden rule fmt once.yaml | cmp - once.yaml && echo "a fixed point"
keywarden rule fmt "$EXAMPLES/../rules/keywarden.yaml" >pack.yaml
keywarden rule fmt pack.yaml | cmp - pack.yaml && echo "our pack: a fixed point"
keywarden rule check pack.yaml
