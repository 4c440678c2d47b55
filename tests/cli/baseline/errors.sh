# What is no baseline is an error, not an empty one.
. "$CASES/../lib.sh"
report >report.csv <<<'ada mfa_active=true'
echo '- {id: mfa, rule: IAMUser should have MFAActive}' >rules.yaml
audit() {
    run keywarden audit --rules rules.yaml --as-of 2026-11-01 report.csv -f summary --baseline "$1" 2>&1
}
audit report.csv
audit nothing.csv
audit .
printf 'account,user,control,status,severity,evidence\n1,a,c,fail,high,\n1,a,c\n' >short.csv
audit short.csv
printf '{"schema":"keywarden.audit/1","findings":[\n{"account":"1","user":' >cut.json
audit cut.json
printf '{"schema":"keywarden.finding/1",\n"account":"1","user":"a","control":"c","status":"bad"}' >bad.jsonl
audit bad.jsonl
run keywarden audit report.csv --baseline a --baseline b 2>&1
