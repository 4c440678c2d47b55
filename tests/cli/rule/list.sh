# The controls of packs and files, in their order, with severity, title and parameters.
. "$CASES/../lib.sh"
run keywarden rule list
keywarden rule list --packs | grep '^keywarden '
cat >r.yaml <<'.'
- id: untitled
  rule: IAMUser should have MFAActive
- id: with-parameters
  title: A title
  severity: info
  params: {days: 90, grace: 0}
  rule: IAMUser should not have age(CreationDate) gt $days days and $grace eq 0
.
printf 'IAMUser should have MFAActive\n' >r.txt
run keywarden rule list r.yaml r.txt
run keywarden rule list --pack keywarden r.yaml | tail -n 3
run keywarden rule list gone.yaml
