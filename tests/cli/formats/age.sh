# The table says how old a report is, where the report says when it was made.
. "$CASES/../lib.sh"
made() {
    echo "{\"Content\": \"$(report <<<'<root_account> mfa_active=true' | base64 -w 0)\","
    echo " \"GeneratedTime\": \"$(date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ)\"}"
}
for age in '5 minutes ago' '3 hours ago' '26 hours ago' '100 days ago' '150 minutes'; do
    echo "made $age:"
    made "$age" >report.json
    keywarden audit report.json | sed -n 2,3p | sed 's/20..-..-..T..:..:..Z/TIME/g'
done
echo "made after the time asked for:"
keywarden audit report.json --as-of 2026-01-01 | sed -n 3,4p
echo "CSV does not say:"
report <<<'<root_account> mfa_active=true' >report.csv
keywarden audit report.csv | sed -n 2,3p | sed 's/20..-..-..T..:..:..Z/TIME/g'
echo "only some say:"
made '3 hours ago' >report.json
keywarden audit report.json report.csv | grep -A 1 "  age "
keywarden audit report.json report.csv -f html | grep -o '1 of 2 reports[^;]*' | head -n 1
# At the head of the page it stands behind the time, in one line.
keywarden audit report.json --format html --quiet --fail-on never | grep -m1 'Judged as of' |
    sed 's/20..-..-..T..:..:..Z/TIME/g'
