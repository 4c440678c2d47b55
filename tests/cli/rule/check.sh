# A file in order: one line, exit code 0; --quiet says nothing. Text and YAML.
. "$CASES/../lib.sh"
printf 'IAMUser should have MFAActive\n\n# a remark\nIAMUser should not have\n    AccessKey with [ Active ]\n' >good.txt
run keywarden rule check good.txt
run keywarden rule check good.txt --quiet
run keywarden rule check "$EXAMPLES/../rules/keywarden.yaml" | sed "s,$EXAMPLES/../,,"
printf 'IAMUser should have MFAActive\r\nIAMUser should not have Password . Enabled\r\n' >crlf.txt
printf -- '- id: a\r\n  rule: IAMUser should have MFAActive\r\n' >crlf.yaml
run keywarden rule check crlf.txt crlf.yaml
: >empty.txt
printf '# nothing but a remark\n' >remark.txt
run keywarden rule check empty.txt remark.txt
echo 'IAMUser should have MFAActiv' >bad.txt
run keywarden rule check good.txt bad.txt
run keywarden rule check bad.txt --quiet
run keywarden rule check gone.txt good.txt
run keywarden rule check .
