# A rule file that is wrong stops the audit before anything is judged or written: named with file, line
# and column.
printf 'user,arn,mfa_active\nalice,arn:aws:iam::111122223333:user/alice,false\n' >report.csv
try() {
    cat >rules.yaml
    echo "$1:"
    keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 -f csv -o out 2>&1
    echo "exit code $?"
    [ ! -e out ] || { echo "an output file was made"; rm out; }
}
good='rule: IAMUser should have MFAActive'
try 'unknown field' <<.
- id: x
  severty: high
  $good
.
try 'a field far from any' <<.
- id: x
  zzz: high
  $good
.
try 'no id' <<.
- $good
.
try 'no rule' <<.
- id: x
.
try 'severity' <<.
- id: x
  severity: urgent
  $good
.
try 'two of the same id' <<.
- id: x
  $good
- id: x
  $good
.
try 'a parameter that is no number' <<.
- id: x
  params: {days: ninety}
  $good
.
try 'a list where text is wanted' <<.
- id: x
  title: [a, b]
  $good
.
try 'text where a list is wanted' <<.
- id: x
  remediation: delete it
  $good
.
try 'no list' <<.
id: x
$good
.
printf -- '- id: x\n\trule: IAMUser should have MFAActive\n' | try 'YAML: a tab'
try 'YAML: never closed' <<.
- id: "x
  $good
.
try 'YAML: an anchor' <<.
- id: &x x
  title: *x
  $good
.
try 'YAML: a key twice' <<.
- id: x
  id: y
  $good
.
try 'the rule itself' <<.
- id: x
  title: wrong in its third line
  rule: |
    IAMUser
      where not RootUser
      should have MFAActiv eq true
.
try 'empty' </dev/null
try 'binary' </bin/true
try 'NUL' < <(printf -- '- id: x\0y\n  %s\n' "$good")
