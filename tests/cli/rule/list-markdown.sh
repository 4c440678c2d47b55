# Controls in full: texts of packs are nobody's markup, and links lead only to what is on the page.
. "$CASES/../lib.sh"
cat >r.yaml <<'.'
- id: <b>one</b>
  title: "A | title with *stars*"
  severity: low
  params: {days: 9}
  rule: |
    let since = now - $days days
    IAMUser should have CreationDate lt since # ``` and | here
  description: "[a link](https://example.org) <script>alert(1)</script> ``` # no heading"
  impact: |
    Two lines
    of text.
  audit: [1. First, "- Second"]
  remediation: ["`code`"]
  cli: |-
    aws iam ```
    ```
  references: ["https://example.org/<x>", "javascript:alert(1)", "https://example.org/a_b"]
  maps: {other: [A.1, "A|2"], third: "3"}
- id: two
  rule: IAMUser should have MFAActive
- id: three
  extends: two
  severity: high
- id: four
  extends: root-not-used
  params: {days: 5}
- id: five
  extends: two
  rule: IAMUser should have Password.Enabled
.
run keywarden rule list --markdown r.yaml
echo "-- several, under their names"
printf 'IAMUser should have MFAActive\n' >r.txt
keywarden rule list r.yaml r.txt
